using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>What the card shows of the order: held, charged, or neither; what we do about it, and what we cannot know.</summary>
public static class CardHoldWording
{
    /// <param name="record">What the card company's own record says; null where it is not at hand.</param>
    public static Words Of(Order order, CardCompanyRecord? record = null)
    {
        var known = record ?? CardCompanyRecord.NotAtHand;
        var doubtful = order.Attempts.LastOrDefault(attempt => MayBeHeld(attempt, known.Of(attempt.Ordinal)));
        if (order.Shipments.Any(shipment => shipment.Amount.MinorUnits > 0))
        {
            return doubtful is not null ? Charged(order).Then(EarlierOne(HeldFor(order, doubtful)))
                : RestOf(order) is { } rest ? Charged(order).Then(rest)
                : Charged(order);
        }

        if (order.Approval is { } approval)
            return OfApproval(order, approval, known, doubtful);
        var amount = Words.Of(doubtful is null ? order.Total : HeldFor(order, doubtful));
        if (doubtful is { Reversal.AnsweredAt: not null })
            return StillInTheRecord(amount);
        if (order.Attention.Contains(AttentionReason.ReversalUnconfirmed))
            return Unconfirmed(amount);
        if (doubtful is not null)
        {
            return new(
                $"カードの利用枠が{amount.Ja}分、押さえられているかもしれません。当店はカード会社に取り消しを送り、確認できるまで送り続けます。この分を請求することはありません。",
                $"Your card may show {amount.En} as held. We've asked your card company to release the hold and repeat that until it confirms. It won't be charged."
            );
        }

        return order.AttemptInFlight is null ? Released(order, known) : WhileWeAsk(amount);
    }

    /// <summary>
    /// We are taking it back and do not know yet that nothing is held; or the card company's record contradicts its answer to our reversal.
    /// </summary>
    private static bool MayBeHeld(Attempt attempt, RecordedRequest recorded)
    {
        if (recorded is { Fate: RecordedFate.NeverArrived } or { Hold: not RecordedHold.NotEnded })
            return false;
        if (attempt.IsReversing || attempt.Outcome is AttemptOutcome.Unknown && attempt.Reversal is null)
            return true;
        return attempt.Reversal is { AnsweredAt: not null, IsProof: false } && recorded.Fate == RecordedFate.Approved;
    }

    /// <summary>What the card company may hold for an attempt that is being taken back: what was captured of it stays charged.</summary>
    internal static Money HeldFor(Order order, Attempt attempt) =>
        attempt.Outcome is AttemptOutcome.PartiallyApproved partly
            ? partly.Amount
            : attempt.Amount with
            {
                MinorUnits = attempt.Amount.MinorUnits - order.CapturedOn(attempt.Ordinal).MinorUnits,
            };

    private static Words WhileWeAsk(Words amount) =>
        new(
            $"いま問い合わせている{amount.Ja}分の利用枠が、カードの明細に表示されることがあります。請求は、発送のときの1回だけです。",
            $"Your card may show {amount.En} as held while we ask. You're charged once, when we ship."
        );

    /// <summary>
    /// What the card shows of a rest whose approval ran out; null where an approval stands for it, or where there is none.
    /// </summary>
    private static Words? RestOf(Order order)
    {
        if (order.Approval is not null || !order.NeedsAuthorization)
            return null;
        return order.AttemptInFlight is null
            ? new(
                "まだ発送していない分の利用枠は、押さえられていないはずです。",
                "Your card should show no hold for what we haven't shipped."
            )
            : WhileWeAsk(Words.Of(order.Remaining));
    }

    private static Words OfApproval(Order order, Attempt approval, CardCompanyRecord record, Attempt? doubtful)
    {
        var amount = Words.Of(approval.Amount);
        if (record.Of(approval.Ordinal).Hold == RecordedHold.Expired)
        {
            return new(
                "カード会社の記録では、利用枠を押さえる期限が切れています。請求は、発送のときに、発送した分だけです。",
                "Your card company's record says that its hold has ended. We charge only what we ship, when we ship it."
            );
        }

        var held = new Words(
            $"カードの利用枠が{amount.Ja}分、押さえられています。請求は、発送のときに、発送した分だけです。",
            $"Your card shows {amount.En} as held. We charge only what we ship, when we ship it."
        );
        if (doubtful is null)
            return held;
        return held.Then(
            HeldFor(order, doubtful) == approval.Amount
                ? new(
                    "前の問い合わせの取り消しがまだ確認できていないので、しばらくは同じ金額が2回分、押さえられて見えることがあります。当店は取り消しを送り続けます。請求が2回になることはありません。",
                    "Your card company hasn't confirmed yet that it released the hold of an earlier request, so the amount may be held twice for a while. We repeat our request. You won't be charged twice."
                )
                : EarlierOne(HeldFor(order, doubtful))
        );
    }

    private static Words EarlierOne(Money amount) =>
        new(
            $"前の問い合わせの取り消しがまだ確認できていないので、しばらくは{Words.Of(amount).Ja}分が別に押さえられて見えることがあります。当店は取り消しを送り続けます。この分を請求することはありません。",
            $"Your card company hasn't confirmed yet that it released the hold of an earlier request, so another {Words.Of(amount).En} may be held for a while. We repeat our request. It won't be charged."
        );

    /// <summary>
    /// Once something has left, what was charged comes first, and nothing speaks of shipping as if it were still to come.
    /// </summary>
    private static Words Charged(Order order)
    {
        var sentences = new List<Words>();
        Money Sum(Func<Shipment, bool> which) =>
            order.Shipments.Where(which).Aggregate(order.Total with { MinorUnits = 0 }, (sum, shipment) => sum + shipment.Amount);
        void Say(Money amount, Func<Words, Words> sentence)
        {
            if (amount.MinorUnits > 0)
                sentences.Add(sentence(Words.Of(amount)));
        }

        Say(Sum(shipment => shipment.CaptureCode == ResponseCodes.Approved), amount =>
            new($"発送した分の{amount.Ja}を請求しました。", $"We've charged {amount.En} for what we shipped.")
        );
        Say(Sum(shipment => shipment.CaptureIsOutstanding), amount =>
            new($"発送した分の{amount.Ja}を請求しています。", $"We're charging {amount.En} for what we shipped.")
        );
        Say(Sum(shipment => shipment.CaptureCode is { } code && code != ResponseCodes.Approved), amount =>
            new(
                $"発送した分の{amount.Ja}の請求は、当店の担当者がカード会社に確かめています。",
                $"One of our staff is checking the charge of {amount.En} with your card company."
            )
        );
        if (order.Approval is { } approval && !order.IsShippedWhole)
        {
            Say(approval.Amount with { MinorUnits = approval.Amount.MinorUnits - order.CapturedOn(approval.Ordinal).MinorUnits }, amount =>
                new(
                    $"残りの{amount.Ja}分は、押さえられたままです。請求は、残りの商品を送り出してからです。",
                    $"The other {amount.En} stays held until the rest of your order leaves."
                )
            );
        }

        return sentences.Aggregate((before, next) => before.Then(next));
    }

    private static Words Unconfirmed(Words amount) =>
        new(
            $"取り消しの確認が、カード会社からまだ届いていません。カードの利用枠が{amount.Ja}分、数日のあいだ押さえられたままに見えることがあります。当店は確認が取れるまで取り消しを送り続け、担当者も見ています。この分を請求することはありません。",
            $"Your card company hasn't confirmed yet that it released the hold. Your card may go on showing {amount.En} as held for some days. We repeat our request until it confirms, and one of our staff is watching. It won't be charged."
        );

    /// <summary>"Nothing found" is no proof, and here it is disproved.</summary>
    private static Words StillInTheRecord(Words amount) =>
        new(
            $"カード会社は、取り消すものはないと答えましたが、その記録では承認されています。カードの利用枠が{amount.Ja}分、しばらく押さえられて見えることがあります。この分を請求することはありません。",
            $"Your card company answered that there was no hold to release, but its own record says that it approved. Your card may show {amount.En} as held for a while. It won't be charged."
        );

    /// <summary>Nothing is held any more, or nothing ever was.</summary>
    private static Words Released(Order order, CardCompanyRecord record)
    {
        if (order.Attempts.Any(attempt => attempt is { HasExpired: true, Reversal: null }))
        {
            return new(
                "承認の期限が切れたので、カードの利用枠はもう押さえられていないはずです。",
                "The approval has run out, so your card should no longer show a hold."
            );
        }

        var last = order.Attempts.LastOrDefault(attempt => attempt.Reversal is not null);
        if (last is not null && record.Of(last.Ordinal).Fate == RecordedFate.NeverArrived)
        {
            return new(
                "問い合わせがカード会社に届いていなかったので、カードの利用枠は押さえられていません。",
                "Our request never reached your card company, so your card shows no hold."
            );
        }

        if (last?.Reversal is { IsProof: true } || last is not null && record.Of(last.Ordinal).Hold == RecordedHold.Reversed)
        {
            return new(
                "カード会社は、問い合わせの取り消しを確認しました。押さえられた分の表示がいつ消えるかは、カード会社によって違います。",
                "Your card company confirmed that it released the hold. How soon your card stops showing it is up to your card company."
            );
        }

        if (last is not null)
        {
            return new(
                "カード会社は、取り消すものはないと答えました。カードの利用枠は押さえられていないはずです。",
                "Your card company says that there's no hold to release. Your card should show none."
            );
        }

        return order.Attempts.All(attempt => attempt.Outcome is AttemptOutcome.NotSent)
            ? new(
                "問い合わせはカード会社に届いていないので、カードの利用枠は押さえられていません。",
                "Nothing reached your card company, so your card shows no hold."
            )
            : new(
                "承認されていないので、カードの利用枠は押さえられていないはずです。",
                "Nothing was approved, so your card should show no hold."
            );
    }
}
