using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>
/// A notice whose mail leaves so late that the order has moved on. It says that it is late, what happened then, and where the order stands
/// now; what has come since has a notice of its own behind it, so that each hold keeps one problem and one outcome.
/// </summary>
internal static class LateMessages
{
    /// <summary>Whether the notice's own words are true of the order as it stands now.</summary>
    public static bool IsStillTrue(Notice notice, Order order) =>
        notice.Kind switch
        {
            NoticeKind.Received => order.Standing is Standing.AwaitingApproval,
            NoticeKind.Problem or NoticeKind.Update or NoticeKind.Reminder => order.Hold is { } hold
                && hold.Episode == notice.Episode
                && hold.Class == notice.Class,
            NoticeKind.Outcome or NoticeKind.Cancelled => notice.Outcome == NoticeOutcome.Approved
                ? order is { Standing: Standing.Approved, Approval: { } approval }
                    && order.Shipments.All(shipment => shipment.Attempt != approval.Ordinal)
                : order.Standing is Standing.Cancelled,
            NoticeKind.Shipped or NoticeKind.Delivered => true,
        };

    public static NoticeBody Write(NoticeFacts facts, DateTimeOffset queuedAt)
    {
        var (at, order, then) = (facts.Time.DayAndTime(queuedAt), facts.OrderName, WhatHappened(facts, queuedAt));
        var now = OrderWording.StateName(facts.Order);
        return new NoticeBody(
            new("遅れてのお知らせ", "Late notice"),
            new(
                $"{order.Ja}について、{at.Ja}にお伝えするはずだったお知らせです。当店からのメールが遅れました。",
                $"This is what we should have told you about {order.En} on {at.En}. Our mail was late, and we're sorry."
            ),
            NoticeBody.Say(new Words($"そのときの状況:{then.Ja}。", $"What had happened then: {then.En}.")),
            [
                NoticeBody.WhereItStands(
                    new Words($"いまの状況:{now.Ja}。", $"Now: {now.En}."),
                    OrderWording.StateMeaning(facts.Order),
                    CardHoldWording.Of(facts.Order)
                ),
                NoticeBody.WhatHappensNext(
                    new Words(
                        "そのあとの動きは、続けてお届けするお知らせと、ご注文のページでお確かめください。",
                        "What has happened since is in the notices that follow this one, and on your order's page."
                    )
                ),
                new Section(new("お客様にできること", "What you can do"), [NoticeBody.OrderPage(facts)]),
            ]
        );
    }

    private static Words WhatHappened(NoticeFacts facts, DateTimeOffset queuedAt) =>
        facts.Notice.Outcome switch
        {
            NoticeOutcome.Approved => new("カード会社に承認されました", "your card company approved it"),
            NoticeOutcome.CancelledByCustomer or NoticeOutcome.CancelledByDeadline or NoticeOutcome.CancelledByMerchant => new(
                "取り消しました",
                "it was cancelled"
            ),
            null => facts.Notice.Class is { } holdClass
                ? HoldMessages.Was(HoldCause.Of(facts.Order, holdClass, queuedAt))
                : new("ご注文を受け付けました", "we had received it"),
        };
}
