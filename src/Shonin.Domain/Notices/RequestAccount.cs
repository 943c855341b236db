using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>One request, or a run of tries that could not be sent, and what became of it.</summary>
/// <param name="Label">Which one, and when.</param>
public sealed record AccountLine(Words Label, Words What);

/// <summary>
/// What became of every request of an order, in order. Where there were several, a text that spoke of the newest alone would let an
/// earlier refusal vanish.
/// </summary>
public static class RequestAccount
{
    /// <summary>More lines than this are not read in a mail: the first, the last ones, and how many lie between.</summary>
    private const int LineCountMax = 6;

    /// <summary>How many requests left us; tries that could not be sent are none.</summary>
    public static int CountOf(Order order) => order.Attempts.Count(HasLeft);

    /// <summary>1 for the first request that left us.</summary>
    public static int NumberOf(Order order, Attempt attempt) => order.Attempts.Take(attempt.Ordinal).Count(HasLeft);

    /// <summary>最初の問い合わせ · our first request, 2回目の問い合わせ · our second request.</summary>
    public static Words NameOf(Order order, Attempt attempt) =>
        NumberOf(order, attempt) is var number && number == 1
            ? new("最初の問い合わせ", "our first request")
            : new($"{number}回目の問い合わせ", $"our {Ordinal(number)} request");

    /// <summary>
    /// A yes was refused to one of the order's requests, whenever and on whichever card. A referral is no refusal, nor is an answer that
    /// blames what we sent or decides nothing.
    /// </summary>
    public static bool HasRefusal(Order order) => order.Attempts.Any(IsRefused);

    /// <summary>
    /// Nothing speaks of a refusal or of a wish to speak to the customer: neither in time nor late, nor in the card company's record.
    /// </summary>
    public static bool IsFreeOfDoubt(Order order, CardCompanyRecord record) =>
        !order.Attempts.Any(attempt =>
            IsRefused(attempt)
            || attempt.Outcome is AttemptOutcome.Referred
            || record.Of(attempt.Ordinal).Fate == RecordedFate.AnsweredOtherwise
        );

    /// <summary>What was asked so far, the oldest first.</summary>
    public static ImmutableArray<AccountLine> Of(Order order, SpokenTime time, CardMention mention, CardCompanyRecord record)
    {
        var runs = RunsOf(order.Attempts);
        var lines = runs.Select(run => LineOf(order, run, time, mention, record)).ToList();
        if (lines.Count <= LineCountMax)
            return [.. lines];
        var left = lines.Count - LineCountMax + 1;
        return
        [
            lines[0],
            new(
                new("そのあと", "After that"),
                new($"ほかに{left}件(ご注文のページですべて見られます)", $"{left} more; your order's page shows them all")
            ),
            .. lines[^(LineCountMax - 2)..],
        ];
    }

    internal static string Ordinal(int number) =>
        number switch
        {
            1 => "first",
            2 => "second",
            3 => "third",
            4 => "fourth",
            5 => "fifth",
            6 => "sixth",
            7 => "seventh",
            8 => "eighth",
            9 => "ninth",
            10 => "tenth",
            _ =>
                $"{number}{(number % 100 is >= 11 and <= 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" })}",
        };

    /// <summary>Each request by itself; tries in a row that could not be sent for one cause are one run.</summary>
    private static List<ImmutableArray<Attempt>> RunsOf(ImmutableArray<Attempt> attempts)
    {
        var runs = new List<ImmutableArray<Attempt>>();
        foreach (var attempt in attempts)
        {
            if (runs.Count > 0 && CauseOf(attempt) is { } cause && CauseOf(runs[^1][0]) == cause)
                runs[^1] = runs[^1].Add(attempt);
            else
                runs.Add([attempt]);
        }

        return runs;
    }

    private static AccountLine LineOf(
        Order order,
        ImmutableArray<Attempt> run,
        SpokenTime time,
        CardMention mention,
        CardCompanyRecord record
    )
    {
        var (first, last) = (run[0], run[^1]);
        var (from, until) = (time.DayAndTime(first.Claim.TransmittedAt), time.DayAndTime(last.Claim.TransmittedAt));
        if (first.Outcome is AttemptOutcome.NotSent notSent)
            return new(from == until ? from : new($"{from.Ja}から{until.Ja}まで", $"{from.En} to {until.En}"), NotSent(notSent.Cause));
        var (number, card) = (NumberOf(order, first), OrderWording.CardName(first.Card, mention));
        return new(
            new($"{number}回目 {from.Ja} {card.Ja}", $"{Capital(Ordinal(number))} request, {from.En}, {card.En}"),
            WhatBecame(first, time, record)
        );
    }

    /// <summary>The end of a sentence: in English it begins with a small letter.</summary>
    internal static Words WhatBecame(Attempt attempt, SpokenTime time, CardCompanyRecord record) =>
        attempt.Outcome switch
        {
            AttemptOutcome.Sent => new("返答を待っています。", "we're waiting for the answer."),
            AttemptOutcome.Approved { ExpiredAt: not null } => new(
                "承認されましたが、すべてを発送する前に期限が切れました。",
                "approved, but that ran out before we had shipped everything."
            ),
            AttemptOutcome.Approved => new("承認されました。", "approved."),
            AttemptOutcome.PartiallyApproved => new("全額の承認は得られませんでした。", "only part of the amount was approved."),
            AttemptOutcome.Declined declined => ResponseRules.SaysOf(declined.Codes) switch
            {
                AnswerSays.No => new("承認しないという返答でした。", "the answer was no."),
                AnswerSays.RequestFaulty => new(
                    "当店の手違いで、カード会社は受け付けませんでした。",
                    "our own mistake: your card company turned our request away."
                ),
                AnswerSays.CouldNotAnswer => new(
                    "カード会社が回答できず、何も決まりませんでした。",
                    "your card company couldn't answer; nothing was decided."
                ),
            },
            AttemptOutcome.Referred => new(
                "カード会社は、先にご本人と話したいと答えました。",
                "your card company wants to speak to you first."
            ),
            AttemptOutcome.Unknown => OfSilence(attempt, time, record.Of(attempt.Ordinal)),
            AttemptOutcome.NotSent notSent => NotSent(notSent.Cause),
            _ => throw new UnreachableException(),
        };

    /// <summary>Silence, and what became known of it afterwards: by a late answer, or by the card company's record.</summary>
    private static Words OfSilence(Attempt attempt, SpokenTime time, RecordedRequest recorded) =>
        (attempt.Late, recorded) switch
        {
            ({ Says: LateAnswerSays.Approved, At: var at }, _) => new(
                $"承認の返答が、待つのをやめたあとの{time.DayAndSecond(at).Ja}に届きました。",
                $"the answer came after we had stopped waiting, on {time.DayAndSecond(at).En}: approved."
            ),
            ({ Says: LateAnswerSays.NotApproved, At: var at }, _) => new(
                $"返答が、待つのをやめたあとの{time.DayAndSecond(at).Ja}に届きました。承認ではありませんでした。",
                $"the answer came after we had stopped waiting, on {time.DayAndSecond(at).En}: it wasn't an approval."
            ),
            (_, { Fate: RecordedFate.Approved, DecidedAt: { } at }) => new(
                $"カード会社は{time.DayAndTime(at).Ja}に承認していました。その返答が当店に届きませんでした。",
                $"your card company approved it on {time.DayAndTime(at).En}; its answer didn't reach us."
            ),
            (_, { Fate: RecordedFate.AnsweredOtherwise, DecidedAt: { } at }) => new(
                $"カード会社は{time.DayAndTime(at).Ja}に返答していました。その返答が当店に届きませんでした。",
                $"your card company answered on {time.DayAndTime(at).En}; its answer didn't reach us."
            ),
            (_, { Fate: RecordedFate.NeverArrived }) => new("カード会社に届いていませんでした。", "it never reached your card company."),
            _ when attempt.HasUnprovenAnswer => new(
                "承認を確かめられる返答は届きませんでした。",
                "no answer came that proves an approval."
            ),
            _ => new("返答は届きませんでした。", "no answer came."),
        };

    private static Words NotSent(NotSentCause cause) =>
        cause switch
        {
            NotSentCause.OutOfReach => new(
                "カード会社につながらず、問い合わせは届いていません。",
                "we couldn't reach your card company; it hasn't received a request."
            ),
            NotSentCause.OwnFault => new(
                "当店の手違いで、問い合わせを送れませんでした。",
                "our own mistake: we couldn't send the request."
            ),
            NotSentCause.HeldBack => new("カードを守るため、問い合わせを控えました。", "we held the request back, to protect the card."),
        };

    private static bool HasLeft(Attempt attempt) => attempt.Outcome is not AttemptOutcome.NotSent;

    private static NotSentCause? CauseOf(Attempt attempt) => (attempt.Outcome as AttemptOutcome.NotSent)?.Cause;

    internal static bool IsRefused(Attempt attempt) =>
        attempt.Outcome switch
        {
            AttemptOutcome.Declined declined => ResponseRules.SaysOf(declined.Codes) == AnswerSays.No,
            AttemptOutcome.PartiallyApproved => true,
            AttemptOutcome.Unknown => attempt.Late is { Says: LateAnswerSays.NotApproved },
            AttemptOutcome.Sent or AttemptOutcome.NotSent or AttemptOutcome.Approved or AttemptOutcome.Referred => false,
            _ => throw new UnreachableException(),
        };

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
