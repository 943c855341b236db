using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Timelines;

namespace Shonin.Orders;

/// <summary>The picture beside the state; it says nothing that the words do not say.</summary>
public enum StateIcon
{
    Asking,
    NoAnswer,
    SaidNo,
    AsksToCall,
    Approved,
    Parcel,
    Delivered,
    Closing,
    Cancelled,
}

/// <summary>Whether the form of the same card asks for the security code.</summary>
public enum SecurityCodeField
{
    Optional,
    Wanted,
}

/// <summary>Whether there is a button already: the card network may have set a wait.</summary>
public enum ButtonState
{
    Shown,
    NotYet,
}

/// <summary>Something that the customer can do on this page.</summary>
public sealed record OrderChoice(HoldChoice Choice, ButtonState Button);

/// <summary>When the order is cancelled by itself, and what that means.</summary>
public sealed record OrderDeadline(Words At, Words WhatThen);

/// <summary>What the order's page says and offers at one moment: a pure view of the order, in both languages.</summary>
/// <param name="OnCard">What the card shows of the order: held, charged, or neither.</param>
/// <param name="Account">What became of each request, where there were several.</param>
/// <param name="Family">How the customer's other orders in a row stand.</param>
/// <param name="Explained">What we know and do not know of the reason, in order.</param>
/// <param name="Next">What happens next by itself, and when.</param>
public sealed record OrderScreen(
    Order Order,
    StateIcon Icon,
    Words Headline,
    Words Meaning,
    Words OnCard,
    ImmutableArray<Words> Explained,
    ImmutableArray<AccountLine> Account,
    ImmutableArray<Words> Family,
    ImmutableArray<Words> Next,
    OrderDeadline? Deadline,
    Words? Note,
    ImmutableArray<OrderChoice> Choices,
    SecurityCodeField SecurityCode,
    CardMention Mention,
    TimelineView Timeline
)
{
    /// <summary>Whether the card company is being asked at this moment.</summary>
    public bool Underway => Order.AttemptInFlight is not null;

    public bool Offers(OrderAction action) =>
        Choices.Any(offered => offered.Choice.Action == action && offered.Button == ButtonState.Shown);

    /// <param name="mention">The card's last four digits are shown only to whoever has typed them.</param>
    /// <param name="family">The customer's other orders in a row; null for none.</param>
    public static OrderScreen Of(
        Order order,
        TimelineView timeline,
        SpokenTime time,
        DateTimeOffset now,
        CardMention mention,
        PurchaseFamily? family = null
    )
    {
        var advice = order.Hold is { } hold ? HoldAdvice.For(order, hold.Class, time, now, mention, timeline.Record) : null;
        return new(
            order,
            IconOf(order),
            OrderWording.StateName(order, timeline.Record),
            OrderWording.StateMeaning(order),
            CardHoldWording.Of(order, timeline.Record),
            advice is null ? Explain(order) : [advice.Known, advice.NotKnown],
            advice?.Account ?? [],
            FamilyWording.Of(order, family ?? PurchaseFamily.Alone),
            advice is null ? NextOf(order, time, now) : [advice.Next],
            advice is null ? null : new(advice.Deadline, advice.AtDeadline),
            advice?.Note,
            ChoicesOf(order, advice, now),
            ConfirmOffer.For(order, now) is ConfirmOffer.AfterMending { What: Mendable.SecurityCode }
                ? SecurityCodeField.Wanted
                : SecurityCodeField.Optional,
            mention,
            timeline
        );
    }

    private static StateIcon IconOf(Order order) =>
        order.Standing switch
        {
            Standing.AwaitingApproval => StateIcon.Asking,
            Standing.OnHold when order.AttemptInFlight is not null => StateIcon.Asking,
            // Our own fault is drawn as no answer: the card company has decided nothing.
            Standing.OnHold onHold => HoldReasons.Of(order, onHold.Hold.Class) switch
            {
                HoldReason.SaidNo or HoldReason.ApprovedInPart => StateIcon.SaidNo,
                HoldReason.AsksToCall => StateIcon.AsksToCall,
                HoldReason.NoAnswer
                or HoldReason.CouldNotAnswer
                or HoldReason.OutOfReach
                or HoldReason.OwnFault
                or HoldReason.HeldBack
                or HoldReason.ApprovalExpired => StateIcon.NoAnswer,
            },
            Standing.Approved when order.Shipments.IsEmpty => StateIcon.Approved,
            Standing.Approved when order.IsShippedWhole && order.Shipments.All(parcel => parcel.DeliveredAt is not null) =>
                StateIcon.Delivered,
            Standing.Approved => StateIcon.Parcel,
            Standing.Closing => StateIcon.Closing,
            Standing.Cancelled => StateIcon.Cancelled,
            _ => throw new UnreachableException(),
        };

    private static ImmutableArray<Words> Explain(Order order) =>
        order.Standing switch
        {
            Standing.Cancelled cancelled =>
            [
                .. WhyCancelled(cancelled),
                .. CancellationWording.ReasonOf(order) is { } reason
                    ? new[] { new Words($"取り消した理由: {reason.Ja}", $"Why: {reason.En}") }
                    : [],
            ],
            Standing.AwaitingApproval or Standing.OnHold or Standing.Approved or Standing.Closing => [],
            _ => throw new UnreachableException(),
        };

    private static ImmutableArray<Words> WhyCancelled(Standing.Cancelled cancelled) =>
        [
            cancelled.By switch
            {
                CancelledBy.Customer => new("お申し出のとおり、取り消しました。", "We've cancelled it, as you asked."),
                CancelledBy.Deadline => new(
                    "期限までに承認されなかったため、取り消しました。",
                    "It wasn't approved by the deadline, so we've cancelled it."
                ),
                CancelledBy.Agent or CancelledBy.Merchant => new("当店が取り消しました。", "We've had to cancel it."),
            },
        ];

    private static ImmutableArray<Words> NextOf(Order order, SpokenTime time, DateTimeOffset now) =>
        order.Standing switch
        {
            Standing.AwaitingApproval awaiting =>
            [
                Asking(order, awaiting, time, now),
                new(
                    "すぐに承認されないときは、何が起きたのかをお知らせします。お客様の操作は必要ありません。",
                    "If it isn't approved straight away, we'll tell you what happened. You don't need to do anything."
                ),
            ],
            Standing.Approved when order.Shipments.IsEmpty =>
            [
                new(
                    "発送したら、配送会社と追跡番号をお知らせします。お客様の操作は必要ありません。",
                    "We'll tell you the carrier and tracking number when we ship — you don't need to do anything."
                ),
            ],
            Standing.Approved when order.IsShippedWhole && order.Shipments.All(parcel => parcel.DeliveredAt is not null) =>
            [
                new(
                    "商品が見当たらないときや、傷んでいるときは、下の窓口にご連絡ください。",
                    "If you can't find the parcel, or something is damaged, please contact us as below."
                ),
            ],
            Standing.Approved =>
            [
                new(
                    "お届けが済んだら、お知らせします。お客様の操作は必要ありません。",
                    "We'll tell you when it's been delivered — you don't need to do anything."
                ),
            ],
            Standing.Closing closing =>
            [
                new(
                    $"カード会社が取り消しを確認したら、お知らせします。確認が届かなくても、{time.DayAndTime(closing.PatienceUntil).Ja}には取り消します。お客様の操作は必要ありません。",
                    $"We'll tell you when your card company has confirmed it. Even without that, we cancel on {time.DayAndTime(closing.PatienceUntil).En}. You don't need to do anything."
                ),
            ],
            Standing.Cancelled =>
            [
                order.Attempts.Any(attempt => attempt.IsReversing)
                    ? new(
                        "カード会社への取り消しは、当店が続けます。お客様の操作は必要ありません。",
                        "We go on asking your card company to release the hold — you don't need to do anything."
                    )
                    : new(
                        "このご注文については、これで終わりです。お客様の操作は必要ありません。",
                        "This order is closed — you don't need to do anything."
                    ),
            ],
            Standing.OnHold => throw new InvariantBrokenException("a hold's next step is in its advice"),
            _ => throw new UnreachableException(),
        };

    private static Words Asking(Order order, Standing.AwaitingApproval awaiting, SpokenTime time, DateTimeOffset now)
    {
        if (order.AttemptInFlight is { } attempt)
        {
            var asked = time.DayAndSecond(attempt.Claim.TransmittedAt);
            var wait = SpokenTime.Length(attempt.AnswerDueAt - attempt.Claim.TransmittedAt);
            return new(
                $"{asked.Ja}に問い合わせました。返答を{wait.Ja}まで待ちます。",
                $"We asked on {asked.En}, and wait up to {wait.En} for the answer."
            );
        }
        if (awaiting.SendAgainAt is not { } again || again <= now)
            return new("まもなく問い合わせます。", "We're about to ask.");
        var at = time.DayAndSecond(again);
        return order.LastAttempt?.Outcome is AttemptOutcome.NotSent { Cause: NotSentCause.OutOfReach }
            ? new(
                $"カード会社につながりません。{at.Ja}に、もう一度試します。",
                $"We can't reach your card company. We try again on {at.En}."
            )
            : new($"{at.Ja}に、もう一度試します。", $"We try again on {at.En}.");
    }

    /// <summary>On hold, what the decider accepts now; else only the cancelling of what has not left yet.</summary>
    private static ImmutableArray<OrderChoice> ChoicesOf(Order order, HoldAdvice? advice, DateTimeOffset now)
    {
        if (advice is not null)
        {
            var accepted = OrderActions.Of(order, now);
            return accepted.Count == 0
                ? []
                :
                [
                    .. advice.Choices.Select(choice => new OrderChoice(
                        choice,
                        accepted.Contains(choice.Action) ? ButtonState.Shown : ButtonState.NotYet
                    )),
                ];
        }
        return OrderActions.MayCancelBeforeShipping(order)
            ?
            [
                new(
                    new(
                        OrderAction.Cancel,
                        ActionNames.Cancel(order.Number),
                        new("発送するまで、取り消せます。", "You can cancel until we ship.")
                    ),
                    ButtonState.Shown
                ),
            ]
            : [];
    }
}
