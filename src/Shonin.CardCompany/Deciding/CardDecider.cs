using System.Collections.Immutable;
using System.Diagnostics;

namespace Shonin.CardCompany.Deciding;

/// <summary>What follows from a command.</summary>
internal abstract record CardDecision
{
    private CardDecision() { }

    /// <summary>A request is always answered, and what was decided must be durable before the answer leaves.</summary>
    public sealed record Answered(ImmutableArray<CardEvent> Events, Answer Answer) : CardDecision;

    /// <summary>Done; without events where it was done before.</summary>
    public sealed record Accepted(ImmutableArray<CardEvent> Events) : CardDecision;

    public sealed record Refused(DeskRefusal Why) : CardDecision;
}

/// <summary>Why the desk's action was refused. REST and page show these names.</summary>
internal enum DeskRefusal
{
    CardNotFound,
    NothingToRelease,
    NothingToSettle,
}

/// <summary>
/// The card company's judgement about one card. Holds that are due lapse before anything else is looked at, so that no decision
/// depends on how punctual the alarm was.
/// </summary>
internal static class CardDecider
{
    public static CardDecision Decide(CardHistory history, Account? account, CardCommand command)
    {
        var lapsed = Lapsed(history, command.At);
        var current = lapsed.Aggregate(history, (before, happened) => before.Evolve(happened));
        return command switch
        {
            CardCommand.Receive receive => Preceded(lapsed, Receive(current, account, receive)),
            CardCommand.ReceiveWithForeignKey foreign => Preceded(lapsed, ReuseOfKey(foreign.Request, foreign.TransactionId)),
            CardCommand.NoteDelivery delivery => Preceded(lapsed, Note(delivery)),
            CardCommand.ExpireHolds => new CardDecision.Accepted(lapsed),
            CardCommand.ReleaseReferral release => Preceded(lapsed, Release(current, account, release)),
            CardCommand.SettleArrears settle => Preceded(lapsed, Settle(current, account, settle)),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Holds that lapse with one command; where more are due, the alarm stays due and the next command goes on.</summary>
    private const int LapseCountMax = 500;

    private static ImmutableArray<CardEvent> Lapsed(CardHistory history, DateTimeOffset at) =>
        [
            .. history
                .Lapses.TakeWhile(lapse => lapse.Until <= at)
                .Take(LapseCountMax)
                .Select(lapse => new CardEvent.HoldExpired(lapse.Authorization)),
        ];

    private static CardDecision.Answered Receive(CardHistory history, Account? account, CardCommand.Receive receive)
    {
        var facts = receive.Request.Facts;
        var earlier = receive.Request is CardRequest.Advise ? history.FirstAdvices : history.FirstAnswers;
        if (earlier.TryGetValue(facts.Key, out var first))
        {
            return first.Digest == receive.Request.RepeatDigest
                ? Repeated(receive.Request, first.Answer, receive.TransactionId)
                : ReuseOfKey(receive.Request, receive.TransactionId);
        }

        return receive.Request switch
        {
            CardRequest.Authorize authorize => Authorizing.Decide(history, account, authorize, receive),
            CardRequest.Advise advise => Authorizing.Record(history, advise, receive),
            CardRequest.Reverse reverse => Settling.Reverse(history, reverse),
            CardRequest.Capture capture => Settling.Capture(history, capture),
            CardRequest.Refund refund => Settling.Refund(history, refund),
            _ => throw new UnreachableException(),
        };
    }

    private static CardDecision.Answered Repeated(CardRequest request, Answer first, string transactionId)
    {
        var answer = Identified(first, request, transactionId);
        return new CardDecision.Answered([new CardEvent.RequestRepeated(request.Facts, answer)], answer);
    }

    private static CardDecision.Answered ReuseOfKey(CardRequest request, string transactionId)
    {
        var answer = Identified(new Answer(IssuerResponseCodes.Duplicate), request, transactionId);
        return new CardDecision.Answered([new CardEvent.RequestKeyReused(request.Facts, answer, Reason.KeyOfAnotherRequest)], answer);
    }

    /// <summary>Every 0110 carries field 63, also one that refuses, and one that repeats what a stand-in answered without it.</summary>
    private static Answer Identified(Answer answer, CardRequest request, string transactionId) =>
        request is CardRequest.Authorize authorize && answer.TransactionId is null
            ? answer with
            {
                TransactionId = authorize.TransactionId ?? transactionId,
            }
            : answer;

    private static CardDecision.Accepted Note(CardCommand.NoteDelivery note) =>
        new([
            note.Delivery switch
            {
                Delivery.Sent => new CardEvent.AnswerSent(note.Mti, note.Key),
                Delivery.Undelivered => new CardEvent.AnswerUndelivered(note.Mti, note.Key),
            },
        ]);

    private static CardDecision Release(CardHistory history, Account? account, CardCommand.ReleaseReferral release) =>
        account switch
        {
            null => new CardDecision.Refused(DeskRefusal.CardNotFound),
            { Rule: not AnswerRule.Refer } => new CardDecision.Refused(DeskRefusal.NothingToRelease),
            _ when history.ReferralIsReleased => new CardDecision.Accepted([]),
            _ => new CardDecision.Accepted([new CardEvent.ReferralReleased(release.Agent)]),
        };

    private static CardDecision Settle(CardHistory history, Account? account, CardCommand.SettleArrears settle) =>
        account switch
        {
            null => new CardDecision.Refused(DeskRefusal.CardNotFound),
            { Arrears: ArrearsState.None } => new CardDecision.Refused(DeskRefusal.NothingToSettle),
            _ when history.ArrearsAreSettled => new CardDecision.Accepted([]),
            _ => new CardDecision.Accepted([new CardEvent.ArrearsSettled(settle.Agent)]),
        };

    private static CardDecision Preceded(ImmutableArray<CardEvent> events, CardDecision decision) =>
        decision switch
        {
            CardDecision.Answered answered => answered with { Events = events.AddRange(answered.Events) },
            CardDecision.Accepted accepted => accepted with { Events = events.AddRange(accepted.Events) },
            CardDecision.Refused refused => refused,
            _ => throw new UnreachableException(),
        };
}
