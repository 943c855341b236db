using Shonin.CardNetwork.Vault;
using Shonin.Domain.Notices;
using Shonin.EventLog;
using Shonin.MailChecks;
using Shonin.Merchant;
using Shonin.Merchant.Views;
using Shonin.Notices;
using Shonin.Operations;

namespace Shonin.Web;

/// <summary>The card company's signed record about an order, or null while it is not at hand.</summary>
public delegate ValueTask<CardCompanyEvidence?> EvidenceSource(OrderRecord record, CancellationToken cancellation);

/// <summary>Somebody at the desk: the id of the API key that let them in, and its name.</summary>
public sealed record StaffMember(string Id, string Name);

/// <summary>Whose admin API key this secret is, or null: then nobody is let in.</summary>
public delegate StaffMember? StaffLookup(string secret);

/// <summary>What the pages work with.</summary>
public sealed class ScreenParts
{
    public required OrderBook Orders { get; init; }
    public required OrderIndex Index { get; init; }
    public required CardVault Vault { get; init; }
    public required CardIntake Intake { get; init; }
    public required MerchantProfile Merchant { get; init; }
    public required EvidenceSource Evidence { get; init; }
    public required StaffLookup Staff { get; init; }
    public required MerchantAudit Audit { get; init; }

    /// <summary>The log that the trail is read from.</summary>
    public required IEventReader Log { get; init; }

    /// <summary>The names of the API keys by their ids, for whoever reads the trail.</summary>
    public required Func<IReadOnlyDictionary<string, string>> StaffNames { get; init; }
    public required MailCheckSource CheckMail { get; init; }
    public required MailReports Reports { get; init; }

    /// <summary>Whether notices leave; null where nothing is sent.</summary>
    internal Func<RelayCondition>? MailTrouble { get; init; }

    /// <summary>Where customers may forward a mail to be checked, or null.</summary>
    public string? CheckAddress { get; init; }
    public required TimeProvider Clock { get; init; }
    public ScreenLimits Limits { get; init; } = new();

    /// <summary>32 random bytes that the data folder keeps; see <see cref="ScreenKeys"/>.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }
}

/// <summary>Words for what the order book answered, where it was not done.</summary>
internal static class RefusalWords
{
    public static Words Of(Domain.Orders.Refusal refusal) => refusal switch
    {
        Domain.Orders.Refusal.AttemptInProgress => new(
            "いま、カード会社に問い合わせています。返答を待ってから、お選びください。", "We're asking your card company right now. Please choose once it has answered."),
        Domain.Orders.Refusal.AlreadyApproved => new("すでに承認されています。何もする必要はありません。", "It's approved already. You don't need to do anything."),
        Domain.Orders.Refusal.AlreadyShipped => new("すでに発送したので、取り消せません。", "It's been shipped, so it can't be cancelled."),
        Domain.Orders.Refusal.AlreadyCancelled => new("このご注文は、すでに取り消されています。", "This order has been cancelled already."),
        Domain.Orders.Refusal.DeadlinePassed => new("期限を過ぎたので、このご注文は取り消されます。", "The deadline has passed, so this order is being cancelled."),
        Domain.Orders.Refusal.NeverRetryCode => new(
            "このご注文では、このカードでもう一度確認することはできません。支払い方法を変えられます。", "This card cannot be asked again for this order. You can change how you pay."),
        Domain.Orders.Refusal.RetryTooEarly => new("まだ確認できません。いつから確認できるかは、下に書いてあります。", "It's too early to ask again. Below you can see from when you can."),
        Domain.Orders.Refusal.RetryBudgetSpent => new(
            "このカードで確認できる回数を使い切りました。支払い方法を変えられます。", "This card has been asked as often as its rules allow. You can change how you pay."),
        Domain.Orders.Refusal.TriesSpent => new(
            "お試しになれる回数を使い切りました。ここからは、当店の担当者が決めます。下の番号にお電話ください。",
            "This has been tried as often as we allow. One of our staff now decides; please call the number below."),
        Domain.Orders.Refusal.NotOnHold => new("このご注文は、いまは変えられません。", "This order can't be changed right now."),
        Domain.Orders.Refusal.NoLiveAuthorization or Domain.Orders.Refusal.InvalidAmount or Domain.Orders.Refusal.InvalidItems
            or Domain.Orders.Refusal.ShipmentNotFound or Domain.Orders.Refusal.CardNotProved or Domain.Orders.Refusal.OrderNotFound =>
            new("このご注文では、それはできません。", "That can't be done for this order."),
    };
}
