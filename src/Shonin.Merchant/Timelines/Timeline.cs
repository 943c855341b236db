using System.Collections.Immutable;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;

namespace Shonin.Merchant.Timelines;

/// <summary>Whose record an item comes from.</summary>
public enum TimelineSide
{
    Merchant,
    CardCompany,
}

/// <summary>Which way a message went.</summary>
public enum CrossingDirection
{
    ToCardCompany,
    ToMerchant,
}

/// <summary>What became of a message between the two.</summary>
public enum CrossingFate
{
    Arrived,

    /// <summary>One side's record has it, and the other's, which is complete, does not.</summary>
    Lost,

    /// <summary>Only the sender's record is at hand.</summary>
    NotKnown,
}

/// <summary>A message that crossed, or was lost between the two.</summary>
/// <param name="Name">What the line is called in the picture.</param>
public sealed record Crossing(CrossingDirection Direction, CrossingFate Fate, string Name);

/// <summary>One thing that happened, as one side recorded it.</summary>
/// <param name="Kind">The event's name in camelCase.</param>
/// <param name="Evidence">Numbers by which the same thing is found in the other side's books, or empty.</param>
public sealed record TimelineItem(DateTimeOffset At, TimelineSide Side, string Kind, string Text, string Evidence, Crossing? Crossing);

/// <summary>All that happened to an order, both sides, in order.</summary>
/// <param name="Finding">What the two records come to; null where the card company's is needed and is not at hand.</param>
/// <param name="Record">The card company's record as it bears on each request, for the texts beside the timeline.</param>
/// <param name="EvidenceNote">What the card company's record covers, or that it is not at hand.</param>
public sealed record TimelineView(
    Locale Locale,
    ImmutableArray<TimelineItem> Items,
    Finding? Finding,
    CardCompanyRecord Record,
    string EvidenceNote
);

/// <summary>
/// Reads the merchant's history and the card company's signed record as one story. The card company's side comes from nothing but its
/// own record: what the merchant believes about it is never shown as if the card company had said it.
/// </summary>
public static class Timeline
{
    public static TimelineView Of(OrderRecord record, CardCompanyEvidence? evidence, Locale locale, Audience audience)
    {
        var books = Books.Of(record, evidence);
        var items = new List<(DateTimeOffset Place, TimelineItem Item)>();
        foreach (var happened in record.History)
        {
            if (TimelineWording.Of(happened, record.Order, audience) is { } line)
            {
                items.Add(
                    (
                        happened.At,
                        new(
                            happened.At,
                            TimelineSide.Merchant,
                            TimelineWording.KindOf(happened),
                            line.Text.In(locale),
                            line.Evidence?.In(locale) ?? "",
                            CrossingOf(happened, record, books, locale)
                        )
                    )
                );
            }
        }

        foreach (var entry in books.Entries)
        {
            items.Add(
                (
                    entry.Place,
                    new(
                        entry.Row.At,
                        TimelineSide.CardCompany,
                        entry.Row.Kind,
                        TimelineWording.Of(entry.Row, audience).In(locale),
                        TimelineWording.EvidenceOf(entry.Row, audience).In(locale),
                        AnswerOf(entry, locale)
                    )
                )
            );
        }

        return new(
            locale,
            [.. items.OrderBy(item => item.Place).Select(item => item.Item)],
            Finding.Of(record, evidence),
            books.RecordOf(record.Order),
            TimelineWording.NoteOn(evidence).In(locale)
        );
    }

    /// <summary>What the card company's record says of each request, for who needs no timeline.</summary>
    public static CardCompanyRecord RecordOf(OrderRecord record, CardCompanyEvidence? evidence) =>
        Books.Of(record, evidence).RecordOf(record.Order);

    /// <summary>
    /// The line that a merchant's event draws: what it sent, or, where the card company's record is not at hand, the answer that came.
    /// </summary>
    private static Crossing? CrossingOf(OrderEvent happened, OrderRecord record, Books books, Locale locale)
    {
        switch (happened)
        {
            case OrderEvent.AttemptClaimed claimed when record.Order.Attempts[claimed.Attempt - 1].Outcome is not AttemptOutcome.NotSent:
                return Sent(claimed.Claim, claimed.AnswerDueAt, TimelineWording.Request);
            case OrderEvent.ReversalStarted reversal:
                return Sent(reversal.Claim, reversal.RepeatAt, TimelineWording.ReversalRequest);
            case OrderEvent.ShipmentRegistered shipped:
                return Sent(shipped.Claim, shipped.RepeatAt, TimelineWording.CaptureRequest);
            case OrderEvent.AttemptApproved
            or OrderEvent.AttemptDeclined
            or OrderEvent.AttemptReferred
            or OrderEvent.AttemptPartiallyApproved
            or OrderEvent.ReversalAnswered
            or OrderEvent.CaptureAnswered when !books.AreComplete:
                return new(CrossingDirection.ToMerchant, CrossingFate.Arrived, TimelineWording.Answer.In(locale));
            default:
                return null;
        }

        Crossing Sent(Claim claim, DateTimeOffset waitedUntil, Words name)
        {
            var fate = books.FateOf(claim, waitedUntil);
            return new(CrossingDirection.ToCardCompany, fate, (fate == CrossingFate.Lost ? TimelineWording.Lost(name) : name).In(locale));
        }
    }

    /// <summary>The answer of a row of the card company's: it arrived where we have recorded it.</summary>
    private static Crossing? AnswerOf(BookEntry entry, Locale locale) =>
        entry.Answered is not { } answered
            ? null
            : answered switch
            {
                CrossingFate.Lost => new(
                    CrossingDirection.ToMerchant,
                    CrossingFate.Lost,
                    TimelineWording.Lost(TimelineWording.Answer).In(locale)
                ),
                CrossingFate.Arrived or CrossingFate.NotKnown => new(
                    CrossingDirection.ToMerchant,
                    answered,
                    TimelineWording.Answer.In(locale)
                ),
            };
}
