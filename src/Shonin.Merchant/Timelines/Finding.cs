using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;

namespace Shonin.Merchant.Timelines;

/// <summary>What the two records come to. JSON writes these names in camelCase.</summary>
public enum FindingCode
{
    /// <summary>The card company has no trace of the request, in a record that is complete.</summary>
    RequestNeverArrived,

    /// <summary>The card company decided, and its answer did not reach us.</summary>
    AnswerLost,

    /// <summary>The answer reached us after we had given up.</summary>
    AnswerLate,
    Declined,
    Referred,
    DeclinedThenApproved,

    /// <summary>Both sides agree from the first request on.</summary>
    None,
}

/// <summary>The finding in a sentence, for the customer as for anybody: it names no reason of the card company's.</summary>
public sealed record Finding(FindingCode Code, string Ja, string En)
{
    public string In(Domain.Locale locale) => new Words(Ja, En).In(locale);

    /// <summary>
    /// Looks at the first request that was not simply approved, and says of the later ones what became of them. Silence is explained by the
    /// card company's record alone, so without it, or while it does not yet cover that time, there is no finding (null).
    /// </summary>
    public static Finding? Of(OrderRecord record, CardCompanyEvidence? evidence)
    {
        var order = record.Order;
        var books = Books.Of(record, evidence);
        var known = books.RecordOf(order);
        foreach (var attempt in order.Attempts)
        {
            switch (attempt.Outcome)
            {
                case AttemptOutcome.Approved or AttemptOutcome.Sent or AttemptOutcome.NotSent:
                    continue;
                case AttemptOutcome.Unknown:
                    return OfSilence(order, attempt, known);
                case AttemptOutcome.PartiallyApproved:
                    return Say(
                        ApprovedAfter(order, attempt) ? FindingCode.DeclinedThenApproved : FindingCode.Declined,
                        order,
                        attempt,
                        known,
                        new(
                            $"{Name(order, attempt).Ja}で、カード会社が承認したのは一部だけでした。",
                            $"The card company approved only part of the amount on {Name(order, attempt).En}."
                        )
                    );
                case AttemptOutcome.Declined declined:
                    return Say(
                        ApprovedAfter(order, attempt) ? FindingCode.DeclinedThenApproved : FindingCode.Declined,
                        order,
                        attempt,
                        known,
                        Declined(ResponseRules.SaysOf(declined.Codes), Name(order, attempt))
                    );
                case AttemptOutcome.Referred:
                    return Say(
                        FindingCode.Referred,
                        order,
                        attempt,
                        known,
                        new(
                            $"{Name(order, attempt).Ja}に、カード会社は、先にご本人と話したいと答えました。断られたわけではありません。",
                            $"To {Name(order, attempt).En}, the card company answered that it wants to speak to you first. That isn't a refusal."
                        )
                    );
                default:
                    throw new UnreachableException();
            }
        }

        return order.Attempts.FirstOrDefault(attempt => attempt.Outcome is AttemptOutcome.NotSent) is { } unsent
            ? Say(FindingCode.RequestNeverArrived, order, unsent, known, NeverLeft((AttemptOutcome.NotSent)unsent.Outcome))
            : OfAgreement(order, books, known);
    }

    private static Words Declined(AnswerSays says, Words name) =>
        says switch
        {
            AnswerSays.No => new($"{name.Ja}を、カード会社は承認しませんでした。", $"The card company said no to {name.En}."),
            AnswerSays.RequestFaulty => new(
                $"{name.Ja}は、当店の手違いで、カード会社に受け付けられませんでした。カード会社の判断ではありません。",
                $"By our own mistake, the card company turned {name.En} away. That wasn't its decision on the card."
            ),
            AnswerSays.CouldNotAnswer => new(
                $"{name.Ja}に、カード会社の側が回答できませんでした。何も決まっていません。",
                $"The card company's side couldn't answer {name.En}. Nothing was decided."
            ),
        };

    private static Finding? OfSilence(Order order, Attempt attempt, CardCompanyRecord known)
    {
        var name = Name(order, attempt);
        Finding Late(string ja, string en) => Say(FindingCode.AnswerLate, order, attempt, known, new(ja, en));
        Finding Lost(Words what) => Say(FindingCode.AnswerLost, order, attempt, known, what);
        return (attempt.Late, known.Of(attempt.Ordinal).Fate) switch
        {
            ({ Says: LateAnswerSays.Approved }, _) => Late(
                $"{name.Ja}への承認は、当店が待つのをやめたあとに届きました。",
                $"The approval of {name.En} came after we had stopped waiting."
            ),
            ({ Says: LateAnswerSays.NotApproved }, _) => Late(
                $"{name.Ja}への返答は、当店が待つのをやめたあとに届きました。承認ではありませんでした。",
                $"The answer to {name.En} came after we had stopped waiting. It wasn't an approval."
            ),
            (_, RecordedFate.Approved) => Lost(
                new(
                    $"{name.Ja}は、カード会社で承認されていました。その返答が、当店に届きませんでした。",
                    $"The card company approved {name.En}. Its answer never reached us."
                )
            ),
            (_, RecordedFate.AnsweredOtherwise) => Lost(
                new(
                    $"{name.Ja}は、カード会社に届いていました。その返答が、当店に届きませんでした。",
                    $"{Capital(name.En)} reached the card company. Its answer never reached us."
                )
            ),
            (_, RecordedFate.NeverArrived) => Say(
                FindingCode.RequestNeverArrived,
                order,
                attempt,
                known,
                RequestAccount.IsFreeOfDoubt(order, known)
                    ? new(
                        $"{name.Ja}は、カード会社に届いていませんでした。カード会社に断った記録がないのは、断っていないからです。",
                        $"{Capital(name.En)} never reached the card company: it has no trace of a decline because there was none."
                    )
                    : new($"{name.Ja}は、カード会社に届いていませんでした。", $"{Capital(name.En)} never reached the card company.")
            ),
            (_, RecordedFate.NotKnown) => null,
            (_, _) => throw new UnreachableException(),
        };
    }

    private static Words NeverLeft(AttemptOutcome.NotSent notSent) =>
        notSent.Cause switch
        {
            NotSentCause.OutOfReach => new(
                "はじめは、当店からカード会社につながらず、問い合わせが出ていませんでした。カード会社に記録がないのは、そのためです。",
                "At first we couldn't reach the card company, and no request left us. That is why it has no trace of one."
            ),
            NotSentCause.OwnFault => new(
                "はじめは、当店の手違いで、問い合わせが出ていませんでした。カード会社に記録がないのは、そのためです。",
                "At first, by our own mistake, no request left us. That is why the card company has no trace of one."
            ),
            NotSentCause.HeldBack => new(
                "はじめは、カードを守るため、当店が問い合わせを控えていました。カード会社に記録がないのは、そのためです。",
                "At first we held our request back, to protect the card. That is why the card company has no trace of one."
            ),
        };

    /// <summary>Nothing was refused. That the records agree is said once they do.</summary>
    private static Finding OfAgreement(Order order, Books books, CardCompanyRecord known)
    {
        Finding None(string ja, string en) => new(FindingCode.None, ja, en);
        var approved = order.Attempts.Where(attempt => attempt.Outcome is AttemptOutcome.Approved).ToList();
        if (approved.Count == 0)
            return None("カード会社の返答を待っています。", "We're waiting for the card company's answer.");
        if (approved.TrueForAll(attempt => known.Of(attempt.Ordinal).Fate == RecordedFate.Approved))
            return None("当店とカード会社の記録は、最初から一致しています。", "Our record and the card company's agree from the start.");
        return
            books.AreComplete
            && approved.Exists(attempt => known.Of(attempt.Ordinal).Fate is RecordedFate.NeverArrived or RecordedFate.AnsweredOtherwise)
            ? None(
                "当店は承認の返答を受け取りましたが、カード会社の記録と合っていません。",
                "We received an approval, and the card company's record doesn't match it."
            )
            : None(
                "最初の問い合わせで承認されました。カード会社の記録とは、まだ照合していません。",
                "The first request was approved. It hasn't been held against the card company's record yet."
            );
    }

    /// <summary>The sentence, and what came of the order afterwards.</summary>
    private static Finding Say(FindingCode code, Order order, Attempt attempt, CardCompanyRecord known, Words what)
    {
        foreach (var later in order.Attempts.Skip(attempt.Ordinal))
        {
            if (Later(order, later, known) is { } became)
                what = what.Then(became);
        }

        if (ApprovedAfter(order, attempt))
            what = what.Then(new("そのあとの問い合わせは、承認されました。", "A later request was approved."));
        return new(code, what.Ja, what.En);
    }

    private static Words? Later(Order order, Attempt attempt, CardCompanyRecord known)
    {
        var name = Name(order, attempt);
        Words Was(string ja, string en) => new($"{name.Ja}は{ja}。", $"{Capital(name.En)} {en}.");
        return attempt.Outcome switch
        {
            AttemptOutcome.Approved or AttemptOutcome.Sent or AttemptOutcome.NotSent => null,
            AttemptOutcome.Declined declined => ResponseRules.SaysOf(declined.Codes) switch
            {
                AnswerSays.No => Was("承認されませんでした", "wasn't approved"),
                AnswerSays.RequestFaulty => Was("、当店の手違いで受け付けられませんでした", "was turned away by our own mistake"),
                AnswerSays.CouldNotAnswer => Was("、カード会社の側が回答できませんでした", "got no decision from the card company's side"),
            },
            AttemptOutcome.PartiallyApproved => Was("一部だけが承認されました", "was approved in part only"),
            AttemptOutcome.Referred => Was("、先にご本人と話したいという返答でした", "was answered with a wish to speak to you first"),
            AttemptOutcome.Unknown => (attempt.Late, known.Of(attempt.Ordinal).Fate) switch
            {
                (not null, _) => Was("、返答が遅れて届きました", "was answered too late"),
                (_, RecordedFate.Approved or RecordedFate.AnsweredOtherwise) => Was(
                    "、返答が当店に届きませんでした",
                    "was answered, and the answer never reached us"
                ),
                (_, RecordedFate.NeverArrived) => Was("カード会社に届いていませんでした", "never reached the card company"),
                (_, _) => Was("返答がありませんでした", "got no answer"),
            },
            _ => throw new UnreachableException(),
        };
    }

    private static bool ApprovedAfter(Order order, Attempt attempt) =>
        order.Attempts.Any(later => later.Ordinal > attempt.Ordinal && later.Outcome is AttemptOutcome.Approved);

    private static Words Name(Order order, Attempt attempt) => RequestAccount.NameOf(order, attempt);

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
