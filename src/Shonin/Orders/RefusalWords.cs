using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Orders;

/// <summary>Words for what the order book answered, where it was not done.</summary>
internal static class RefusalWords
{
    public static Words Of(Refusal refusal) =>
        refusal switch
        {
            Refusal.AttemptInProgress => new(
                "いま、カード会社に問い合わせています。返答を待ってから、お選びください。",
                "We're asking your card company right now. Please choose once it has answered."
            ),
            Refusal.AlreadyApproved => new(
                "すでに承認されています。何もする必要はありません。",
                "It's approved already. You don't need to do anything."
            ),
            Refusal.AlreadyShipped => new("すでに発送したので、取り消せません。", "It's been shipped, so it can't be cancelled."),
            Refusal.AlreadyCancelled => new("このご注文は、すでに取り消されています。", "This order has been cancelled already."),
            Refusal.DeadlinePassed => new(
                "期限を過ぎたので、このご注文は取り消されます。",
                "The deadline has passed, so this order is being cancelled."
            ),
            Refusal.NeverRetryCode => new(
                "このご注文では、このカードでもう一度確認することはできません。支払い方法を変えられます。",
                "This card cannot be asked again for this order. You can change how you pay."
            ),
            Refusal.RetryTooEarly => new(
                "まだ確認できません。いつから確認できるかは、下に書いてあります。",
                "It's too early to ask again. Below you can see from when you can."
            ),
            Refusal.RetryBudgetSpent => new(
                "このカードで確認できる回数を使い切りました。支払い方法を変えられます。",
                "This card has been asked as often as its rules allow. You can change how you pay."
            ),
            Refusal.TriesSpent => new(
                "お試しになれる回数を使い切りました。ここからは、当店の担当者が決めます。下の番号にお電話ください。",
                "This has been tried as often as we allow. One of our staff now decides; please call the number below."
            ),
            Refusal.InvalidDeadline => new(
                "期限は、いまの期限より後で、保留が始まってから30日以内にしてください。",
                "Choose a deadline later than the present one, at most 30 days after the hold began."
            ),
            Refusal.NotOnHold => new("このご注文は、いまは変えられません。", "This order can't be changed right now."),
            Refusal.NoLiveAuthorization
            or Refusal.InvalidAmount
            or Refusal.InvalidItems
            or Refusal.ShipmentNotFound
            or Refusal.CardNotProved
            or Refusal.NotSettledSo
            or Refusal.OrderNotFound => new("このご注文では、それはできません。", "That can't be done for this order."),
        };
}
