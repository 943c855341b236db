using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Whether the customer's card may show a hold, what we do about it, and what we cannot know.</summary>
public static class CardHoldWording
{
    public static Words Of(Order order)
    {
        var takenBack = order.Attempts.LastOrDefault(attempt => attempt.IsReversing || attempt.Outcome is AttemptOutcome.Unknown && attempt.Reversal is null);
        var takingBack = takenBack is not null;
        var amount = Words.Of(takenBack?.Outcome is AttemptOutcome.PartiallyApproved partly ? partly.Amount : order.Total);
        if (order.Approval is { } approval)
            return takingBack ? Twice(Words.Of(approval.Amount)) : Once(Words.Of(approval.Amount));
        if (order.Attention.Contains(AttentionReason.ReversalUnconfirmed))
            return Unconfirmed(amount);
        if (takingBack)
            return new(
                $"カードの利用枠が{amount.Ja}分、押さえられているかもしれません。当店はカード会社に取り消しを送り、確認できるまで送り続けます。この分を請求することはありません。",
                $"Your card may show {amount.En} as held. We're telling your card company to take it back and will repeat that until it confirms. It won't be charged.");
        if (order.AttemptInFlight is not null)
            return new(
                $"いま問い合わせている{amount.Ja}分の利用枠が、カードの明細に表示されることがあります。請求は、発送のときの1回だけです。",
                $"Your card may show {amount.En} as held while we ask. You're charged once, when we ship.");
        return order.Attempts.LastOrDefault(attempt => attempt.Reversal is not null)?.Reversal is { } reversal ? TakenBack(reversal) : NeverHeld(order);
    }

    private static Words Once(Words amount) => new(
        $"カードの利用枠が{amount.Ja}分、押さえられています。請求は、発送のときに、発送した分だけです。",
        $"Your card shows {amount.En} as held. We charge only what we ship, when we ship it.");

    private static Words Twice(Words amount) => new(
        $"カードの利用枠が{amount.Ja}分、押さえられています。前の問い合わせの取り消しがまだ確認できていないので、しばらくは同じ金額が2回分、押さえられて見えることがあります。当店は取り消しを送り続けます。請求が2回になることはありません。",
        $"Your card shows {amount.En} as held. An earlier request isn't confirmed as taken back yet, so the amount may be held twice for a while. We keep repeating that request. You won't be charged twice.");

    private static Words Unconfirmed(Words amount) => new(
        $"取り消しの確認が、カード会社からまだ届いていません。カードの利用枠が{amount.Ja}分、数日のあいだ押さえられたままに見えることがあります。当店は確認が取れるまで取り消しを送り続け、担当者も見ています。この分を請求することはありません。",
        $"Your card company hasn't confirmed that it took the amount back. Your card may go on showing {amount.En} as held for some days. We repeat our request until it confirms, and one of our staff is watching. It won't be charged.");

    private static Words TakenBack(Reversal reversal) => reversal.IsProof
        ? new(
            "カード会社は、問い合わせの取り消しを確認しました。押さえられた分の表示がいつ消えるかは、カード会社によって違います。",
            "Your card company confirmed that it took the amount back. How soon it disappears from your card's list is up to your card company.")
        : new(
            "カード会社は、取り消すものはないと答えました。カードの利用枠は押さえられていないはずです。",
            "Your card company says that there's nothing to take back. Your card should show no hold.");

    private static Words NeverHeld(Order order) => order.Attempts.All(attempt => attempt.Outcome is AttemptOutcome.NotSent)
        ? new(
            "問い合わせはカード会社に届いていないので、カードの利用枠は押さえられていません。",
            "Nothing reached your card company, so your card shows no hold.")
        : new(
            "承認されていないので、カードの利用枠は押さえられていないはずです。",
            "Nothing was approved, so your card should show no hold.");
}
