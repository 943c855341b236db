using System.Collections.Immutable;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;

namespace Shonin.Merchant.Timelines;

/// <summary>A row of the card company's beside what we know of the same message.</summary>
/// <param name="Place">Where it stands in the story: never before its request left, nor after its answer came, whatever the two clocks
///   say.</param>
/// <param name="Answered">What became of the answer; null where the row does not say that there was one.</param>
internal sealed record BookEntry(CardCompanyRow Row, DateTimeOffset Place, CrossingFate? Answered);

/// <summary>The card company's record held against the messages of one order.</summary>
internal sealed class Books
{
    private readonly CardCompanyEvidence? evidence;
    private readonly DateTimeOffset placedAt;

    private Books(OrderRecord record, CardCompanyEvidence? evidence)
    {
        this.evidence = evidence;
        placedAt = record.Order.PlacedAt;
        Entries = evidence is null ? [] : [.. Messages(record).SelectMany(message => EntriesOf(message, evidence.Rows))];
    }

    public static Books Of(OrderRecord record, CardCompanyEvidence? evidence) => new(record, evidence);

    public ImmutableArray<BookEntry> Entries { get; }

    /// <summary>Whether the card company's record covers the order from its first day, so that the answers are drawn from it.</summary>
    public bool AreComplete => evidence is not null && evidence.Covers(placedAt);

    public CardCompanyRow? RowOf(Claim claim) => Entries.FirstOrDefault(entry => entry.Row.WireKey == claim.WireKey)?.Row;

    /// <param name="waitedUntil">Until when an answer was waited for: a record that ends before may still get the row.</param>
    public CrossingFate FateOf(Claim claim, DateTimeOffset waitedUntil)
    {
        if (RowOf(claim) is not null)
            return CrossingFate.Arrived;
        return evidence is not null && evidence.Covers(waitedUntil) ? CrossingFate.Lost : CrossingFate.NotKnown;
    }

    /// <summary>What the record says of each request that left us, for every text beside the timeline.</summary>
    public CardCompanyRecord RecordOf(Order order) =>
        new(
            order
                .Attempts.Where(attempt => attempt.Outcome is not AttemptOutcome.NotSent)
                .ToImmutableDictionary(attempt => attempt.Ordinal, attempt => RecordOf(attempt))
        );

    private RecordedRequest RecordOf(Attempt attempt)
    {
        var decisions = Entries
            .Select(entry => entry.Row)
            .Where(row => row.WireKey == attempt.Claim.WireKey && row is { Kind: "authorization" or "advice", ResponseCode: not null })
            .ToList();
        var decision = decisions.Find(row => row.ResponseCode == ResponseCodes.Approved) ?? decisions.FirstOrDefault();
        var fate = decision switch
        {
            { ResponseCode: ResponseCodes.Approved } => RecordedFate.Approved,
            not null => RecordedFate.AnsweredOtherwise,
            null => FateOf(attempt.Claim, attempt.AnswerDueAt) == CrossingFate.Lost ? RecordedFate.NeverArrived : RecordedFate.NotKnown,
        };
        return new(fate, decision?.At, HoldOf(attempt));
    }

    private RecordedHold HoldOf(Attempt attempt)
    {
        if (
            attempt.Reversal is { } reversal
            && Entries.Any(entry =>
                entry.Row.WireKey == reversal.Claim.WireKey && entry.Row is { Kind: "reversal", ResponseCode: ResponseCodes.Approved }
            )
        )
        {
            return RecordedHold.Reversed;
        }

        return Entries.Any(entry => entry.Row.WireKey == attempt.Claim.WireKey && entry.Row.Kind == "holdExpired")
            ? RecordedHold.Expired
            : RecordedHold.NotEnded;
    }

    private static IEnumerable<BookEntry> EntriesOf(Message message, ImmutableArray<CardCompanyRow> rows)
    {
        var own = rows.Where(row => row.WireKey == message.Claim.WireKey).OrderBy(row => row.At).ToList();
        var last = own.FindLastIndex(row => row.Answer is not AnswerDelivery.None);
        for (var index = 0; index < own.Count; index++)
        {
            var place = own[index].At < message.LeftAt ? message.LeftAt : own[index].At;
            if (own[index].Answer is not AnswerDelivery.None && message.AnsweredAt is { } came && place > came)
                place = came;
            yield return new(own[index], place, FateOfAnswer(own[index], message, index == last ? RowRank.Last : RowRank.Earlier));
        }
    }

    /// <summary>One answer arrives of a message that was repeated: the last. The earlier ones are why it was repeated.</summary>
    private static CrossingFate? FateOfAnswer(CardCompanyRow row, Message message, RowRank rank) =>
        row.Answer switch
        {
            AnswerDelivery.None => null,
            AnswerDelivery.Sent or AnswerDelivery.Pending when rank == RowRank.Last && message.AnsweredAt is not null =>
                CrossingFate.Arrived,
            AnswerDelivery.Sent or AnswerDelivery.Pending when rank == RowRank.Last && !message.WasGivenUp => CrossingFate.NotKnown,
            AnswerDelivery.Sent or AnswerDelivery.Pending or AnswerDelivery.Undelivered => CrossingFate.Lost,
        };

    private enum RowRank
    {
        Earlier,
        Last,
    }

    /// <summary>What we sent for this order, with what we heard of it.</summary>
    private static List<Message> Messages(OrderRecord record)
    {
        var messages = new List<Message>();
        // "Nothing found" ends a reversal, and an approval that comes afterwards starts another: an answer is that of the one under way.
        var reversals = new Dictionary<int, Claim>();
        foreach (var happened in record.History)
        {
            switch (happened)
            {
                case OrderEvent.AttemptClaimed e when record.Order.Attempts[e.Attempt - 1].Outcome is not AttemptOutcome.NotSent:
                    messages.Add(new(e.Claim, e.At));
                    break;
                case OrderEvent.ReversalStarted e:
                    reversals[e.Attempt] = e.Claim;
                    messages.Add(new(e.Claim, e.At));
                    break;
                case OrderEvent.ShipmentRegistered e:
                    messages.Add(new(e.Claim, e.At));
                    break;
                case OrderEvent.AttemptApproved e:
                    Of(ClaimOf(e.Attempt)).AnsweredAt = e.At;
                    break;
                case OrderEvent.AttemptPartiallyApproved e:
                    Of(ClaimOf(e.Attempt)).AnsweredAt = e.At;
                    break;
                case OrderEvent.AttemptDeclined e:
                    Of(ClaimOf(e.Attempt)).AnsweredAt = e.At;
                    break;
                case OrderEvent.AttemptReferred e:
                    Of(ClaimOf(e.Attempt)).AnsweredAt = e.At;
                    break;
                case OrderEvent.AttemptUnanswered e:
                    Of(ClaimOf(e.Attempt)).WasGivenUp = true;
                    break;
                // An answer to what certainly never left is evidence too, and there is no message for it.
                case OrderEvent.EvidenceNoted { Kind: EvidenceKind.LateApproval or EvidenceKind.LateAnswer } e
                    when record.Order.Attempts[e.Attempt - 1].Outcome is not AttemptOutcome.NotSent:
                    Of(ClaimOf(e.Attempt)).AnsweredAt ??= e.At;
                    break;
                case OrderEvent.ReversalAnswered e:
                    Of(reversals[e.Attempt]).AnsweredAt = e.At;
                    break;
                case OrderEvent.CaptureAnswered e:
                    Of(record.Order.Shipments.First(shipment => shipment.Id == e.Shipment).Claim).AnsweredAt = e.At;
                    break;
            }
        }

        return messages;

        Claim ClaimOf(int attempt) => record.Order.Attempts[attempt - 1].Claim;
        Message Of(Claim claim) => messages.First(message => message.Claim == claim);
    }

    private sealed class Message(Claim claim, DateTimeOffset leftAt)
    {
        public Claim Claim { get; } = claim;
        public DateTimeOffset LeftAt { get; } = leftAt;
        public DateTimeOffset? AnsweredAt { get; set; }
        public bool WasGivenUp { get; set; }
    }
}
