using CsCheck;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

/// <summary>
/// Random walks through the decider: after each step the invariants of an order hold, whatever the card company, the line and the customer
/// do.
/// </summary>
public sealed class OrderWalkSpecs
{
    private static readonly string[] codes = ["00", "00", "01", "05", "10", "30", "43", "51", "57", "91", "9G", "N7", "ZZ"];
    private static readonly string?[] advices = [null, null, null, "02", "03", "21", "24", "30"];
    private static readonly string[] reversalCodes = ["00", "21", "25", "96"];

    /// <summary>One step: what happens, which of several it concerns, and how many seconds pass before it.</summary>
    private static readonly Gen<(int What, int Which, int Seconds)> step = Gen.Select(
        Gen.Int[0, 18],
        Gen.Int[0, 999],
        Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, 90], Gen.Int[0, 300_000])
    );

    /// <summary>Every other walk lives under approvals that soon run out.</summary>
    private static OrderRun Begin(int stepCount) =>
        OrderRun
            .Empty(
                policy: stepCount % 2 == 0
                    ? new ApprovalPolicy { AuthorizationValidity = TimeSpan.FromHours(20), ExpiryWarning = TimeSpan.FromHours(5) }
                    : null
            )
            .Do(OrderRun.PlaceCommand);

    [Fact]
    public void Whatever_happens_an_order_keeps_its_invariants() =>
        step.Array[1, 60]
            .Sample(
                steps =>
                {
                    var run = Begin(steps.Length);
                    Check(run, steps, 0);
                    for (var index = 0; index < steps.Length; index++)
                    {
                        Do(
                            run.After(TimeSpan.FromSeconds(steps[index].Seconds)),
                            steps[index].What,
                            steps[index].Which,
                            $"request-{index}"
                        );
                        Check(run, steps, index);
                    }
                },
                iter: Walks.Times(34)
            );

    [Fact]
    public void Left_to_its_alarms_every_order_comes_to_rest_and_every_announced_hold_to_its_outcome() =>
        step.Array[1, 30]
            .Sample(
                steps =>
                {
                    var run = Begin(steps.Length);
                    for (var index = 0; index < steps.Length; index++)
                    {
                        Do(
                            run.After(TimeSpan.FromSeconds(steps[index].Seconds)),
                            steps[index].What,
                            steps[index].Which,
                            $"request-{index}"
                        );
                    }

                    run.LinkIs(LinkCondition.Up);
                    for (
                        var rings = 0;
                        run.Alarm is { } alarm && run.Order.Standing is Standing.AwaitingApproval or Standing.OnHold or Standing.Closing;
                        rings++
                    )
                    {
                        Assert.True(rings < 5_000, "the order comes to no rest");
                        run.At(alarm).Wake();
                        Assert.NotEmpty(run.LastEvents);
                        Check(run, steps, steps.Length);
                    }
                    Assert.True(run.Order.Standing is Standing.Approved or Standing.Cancelled);
                    foreach (var announced in run.History.OfType<OrderEvent.HoldAnnounced>())
                        Assert.Equal(1, Notices(run, announced.Episode, NoticeKind.Outcome));
                },
                iter: Walks.Times(7)
            );

    private static void Do(OrderRun run, int what, int which, string request)
    {
        var order = run.Order;
        var attempt = 1 + which % order.Attempts.Length;
        var reversing = order.Attempts.FirstOrDefault(each => each.Reversal is not null && (each.IsReversing || which % 2 == 0))?.Ordinal;
        switch (what)
        {
            case 0 or 1 or 2:
                run.Do(
                    run.AnswerTo(
                        order.Attempts.Length,
                        codes[which % codes.Length],
                        advices[which / 7 % advices.Length],
                        which % 11 == 0 ? "G30" : null
                    )
                );
                break;
            case 3:
                run.Do(run.AnswerTo(attempt, codes[which % codes.Length]));
                break;
            case 4:
                var answer = run.AnswerTo(attempt, "00").Answer;
                run.Do(
                    new OrderCommand.RecordAnswer(
                        (which % 3) switch
                        {
                            0 => answer with { ApprovalCode = null },
                            1 => answer with { Rrn = "R99999999999" },
                            _ => answer with { ApprovedAmount = new Money(1, Currency.Jpy) },
                        }
                    )
                );
                break;
            case 5 or 6 when reversing is { } ordinal:
                run.Do(run.ReversalAnswerTo(ordinal, reversalCodes[which % reversalCodes.Length]));
                break;
            case 7:
                run.Do(new OrderCommand.RecordNotSent(attempt, "no signed-on connection"));
                break;
            case 8:
                run.Confirm(request);
                break;
            case 9:
                run.ChangeCard(
                    which % 3 == 0 ? OrderRun.SameCardAgain
                        : which % 3 == 1 ? OrderRun.OtherCard
                        : OrderRun.Card,
                    request
                );
                break;
            case 10 when which % 4 == 0:
                run.Cancel((CancelledBy)(which % 3), request);
                break;
            case 11:
                run.Ship(request, which % 3 == 0 ? [] : [new ShippedItem(OrderRun.Items[which % 3].Sku, 1 + which % 2)]);
                break;
            case 12 when !order.Shipments.IsEmpty:
                run.CaptureAnswer(which % 3 == 0 ? "05" : "00", 1 + which % order.Shipments.Length);
                break;
            case 13 when !order.Shipments.IsEmpty:
                run.Deliver(order.Shipments[which % order.Shipments.Length].Id);
                break;
            case 14:
                run.LinkIs(which % 2 == 0 ? LinkCondition.Up : LinkCondition.Down);
                break;
            case 15:
                run.Do(new OrderCommand.RecordNoticeSent(order.Notices[which % order.Notices.Length].Notice.Id));
                break;
            case 16 when run.Alarm is { } alarm:
                run.At(alarm).Wake();
                break;
            default:
                run.Wake();
                break;
        }
    }

    private static void Check(OrderRun run, (int, int, int)[] steps, int index)
    {
        var order = run.Order;
        void Holds(bool condition, string rule) =>
            Assert.True(
                condition,
                $"{rule}; step {index} of {string.Join(' ', steps)}; last: {string.Join(" · ", run.LastEvents.Select(each => each.GetType().Name))}"
            );

        Holds(order.Attempts.Count(attempt => attempt.IsLive) <= 1, "1: two live attempts");
        Holds(
            order.Attempts.All(attempt => attempt.Outcome is not AttemptOutcome.Unknown || attempt.Reversal is not null),
            "2: an unknown attempt without its reversal"
        );
        Holds(
            run.History.OfType<OrderEvent.NoticeQueued>().Select(queued => queued.Notice.Id).Distinct().Count() == order.Notices.Length,
            "4: one notice twice"
        );
        foreach (var announced in run.History.OfType<OrderEvent.HoldAnnounced>())
        {
            Holds(Notices(run, announced.Episode, NoticeKind.Problem) == 1, "4: not one problem notice");
            var isOver =
                order.Hold?.Episode != announced.Episode && (order.Standing as Standing.Closing)?.Hold?.Episode != announced.Episode;
            Holds(Notices(run, announced.Episode, NoticeKind.Outcome) == (isOver ? 1 : 0), "4: not one outcome notice");
        }
        Holds(
            order.Notices.Count(record => record.Notice.Episode != 0 && record.Notice.Kind == NoticeKind.Outcome)
                <= run.History.OfType<OrderEvent.HoldAnnounced>().Count(),
            "4: an outcome of a hold that was not announced"
        );
        Holds(
            run.LastEvents.OfType<OrderEvent.NoticeQueued>().All(queued => queued.Notice.Kind != NoticeKind.Update)
                || run.LastEvents.Any(each =>
                    each
                        is OrderEvent.HoldClassChanged
                            or OrderEvent.AttemptNotSent
                            or OrderEvent.AttemptDeclined
                            or OrderEvent.AttemptPartiallyApproved
                            or OrderEvent.AttemptUnanswered
                ),
            "4: an update without news"
        );
        Holds(
            order.Hold is not { Class: HoldClass.Declined } || order.LastAttempt?.Outcome is not AttemptOutcome.Unknown,
            "5: declined while unknown"
        );
        Holds(
            order.Standing is not Standing.Approved
                || order.Attempts.Any(attempt => attempt.Outcome is AttemptOutcome.Approved { ApprovalCode: not "" }),
            "5: approved without proof"
        );
        Holds(
            order.Standing is not Standing.Approved
                || order.Approval is not { } approval
                || approval.Amount == order.Remaining + order.CapturedOn(approval.Ordinal),
            "5: approved for another amount"
        );
        Holds(
            order.Attempts.All(attempt => order.CapturedOn(attempt.Ordinal).MinorUnits <= attempt.Amount.MinorUnits),
            "10: more captured than approved"
        );
        Holds(
            order.Standing is not Standing.Approved || order.Approval is not null || !order.NeedsAuthorization,
            "9: approved without an approval, a dead end"
        );
        Holds(
            order.Hold is not { Class: HoldClass.Expired }
                || (order.NeedsAuthorization && order.Attention.Contains(AttentionReason.AuthorizationExpired)),
            "9: an approval ran out that no agent sees"
        );
        foreach (
            var asked in run.LastEvents.OfType<OrderEvent.AttemptClaimed>().Where(asked => asked.Initiator == Initiator.AutomaticRetry)
        )
        {
            Holds(
                order
                    .Attempts.Where(attempt => attempt.Card.Fingerprint == asked.Card.Fingerprint && attempt.Ordinal < asked.Attempt)
                    .All(attempt =>
                        attempt.Outcome
                            is not (AttemptOutcome.Referred or AttemptOutcome.Declined { Codes.ResponseCode: "43" or "ZZ" or "N7" or "57" })
                    ),
                "6: asked by ourselves what only the customer may ask"
            );
        }

        Holds(
            run.LastEvents.OfType<OrderEvent.AttemptClaimed>()
                .All(asked => order.Hold is not { } hold || asked.AnswerDueAt < hold.Deadline),
            "7: a retry that cannot time out"
        );
        Holds(
            run.History.OfType<OrderEvent.AttemptApproved>()
                .All(approved => order.Attempts[approved.Attempt - 1].Outcome is AttemptOutcome.Approved),
            "8: an approval lowered"
        );
        Holds(
            order.Standing is not (Standing.AwaitingApproval or Standing.OnHold or Standing.Closing) || run.Alarm is not null,
            "9: waits without an alarm"
        );
        Holds(order.Attempts.All(attempt => !attempt.IsReversing) || run.Alarm is not null, "9: a reversal without an alarm");
        Holds(order.Shipments.All(shipment => !shipment.CaptureIsOutstanding) || run.Alarm is not null, "9: a capture without an alarm");
        Holds(
            order.Shipments.All(shipment => shipment.DeliveredAt is not null)
                || run.Alarm is not null
                || order.Attention.Contains(AttentionReason.DeliveryMissing),
            "9: a parcel that nobody watches"
        );
        Holds(order.Captured.MinorUnits <= order.Total.MinorUnits, "10: captured more than was approved");
        Holds(
            order.Shipments.All(shipment =>
                order.Attempts[shipment.Attempt - 1] is { Outcome: AttemptOutcome.Approved } attempt
                && (attempt.Reversal is null || attempt.HasExpired)
            ),
            "10: shipped without an approval"
        );
        Holds(order.Standing is not Standing.Cancelled || order.Attempts.All(attempt => !attempt.IsLive), "11: cancelled and live");
        Holds(
            order.Standing is not Standing.Cancelled
                || !order.Attempts.Any(attempt => attempt.IsReversing)
                || order.Attention.Contains(AttentionReason.ReversalUnconfirmed),
            "11: cancelled with an exception that nobody sees"
        );
        Holds(order.Attempts.All(attempt => attempt.EvidenceCount <= Attempt.EvidenceCountMax), "evidence without bound");
    }

    private static int Notices(OrderRun run, int episode, NoticeKind kind) =>
        run.Order.Notices.Count(record => record.Notice.Episode == episode && record.Notice.Kind == kind);
}
