using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>How each fact changes an order.</summary>
internal static class OrderFold
{
    public static Order Apply(Order order, OrderEvent happened)
    {
        var after = Change(order, happened);
        if (after.TransactionId is null && TransactionIdOf(happened) is { } first)
            after = after with { TransactionId = first };
        return IsAboutTelling(happened) ? after : after with { ChangedAt = happened.At };
    }

    /// <summary>Facts about notices and people who look, which change nothing that a notice tells.</summary>
    private static bool IsAboutTelling(OrderEvent happened) =>
        happened
            is OrderEvent.NoticeQueued
                or OrderEvent.NoticeSent
                or OrderEvent.NoticeDelayed
                or OrderEvent.NoticeRewritten
                or OrderEvent.NoticeUndeliverable
                or OrderEvent.NoticeWithdrawn
                or OrderEvent.AttentionAsked
                or OrderEvent.AttentionSettled
                or OrderEvent.AttentionSettledByHand
                or OrderEvent.CardProved
                or OrderEvent.CardProofMissed;

    private static Order Change(Order order, OrderEvent happened) =>
        happened switch
        {
            OrderEvent.OrderPlaced => throw Order.Impossible(order, happened),
            OrderEvent.AttemptClaimed e => Claimed(order, e),
            OrderEvent.AttemptNotSent e => NotSent(order, e),
            OrderEvent.AttemptApproved e => Approved(order, e),
            OrderEvent.AttemptPartiallyApproved e => Settle(
                order,
                e,
                e.Attempt,
                new AttemptOutcome.PartiallyApproved(e.ApprovalCode, e.Amount, e.At)
            ),
            OrderEvent.AttemptDeclined e => Settle(order, e, e.Attempt, new AttemptOutcome.Declined(e.Codes)),
            OrderEvent.AttemptReferred e => Settle(order, e, e.Attempt, new AttemptOutcome.Referred(e.Codes)),
            OrderEvent.AttemptUnanswered e => Settle(order, e, e.Attempt, new AttemptOutcome.Unknown(e.At)),
            OrderEvent.EvidenceNoted e => Attempting(order, e, e.Attempt, attempt =>
                attempt with
                {
                    EvidenceCount = attempt.EvidenceCount + 1,
                    HasUnprovenAnswer = attempt.HasUnprovenAnswer || e.Kind == EvidenceKind.Unproven,
                    Late = LateOf(attempt, e),
                    HasLateProof =
                        attempt.HasLateProof
                        || e is { Kind: EvidenceKind.LateApproval or EvidenceKind.Contradiction, ApprovalCode.Length: > 0 },
                }
            ),
            OrderEvent.ReversalStarted e => ReversalStarted(order, e),
            OrderEvent.ReversalRepeated e => Reversing(order, e, e.Attempt, reversal =>
                e.SentCount == reversal.SentCount + 1
                    ? reversal with
                    {
                        SentCount = e.SentCount,
                        RepeatAt = e.RepeatAt,
                    }
                    : throw Order.Impossible(order, e)
            ),
            OrderEvent.ReversalAnswered e => Reversing(order, e, e.Attempt, reversal =>
                reversal with
                {
                    AnswerCode = e.ResponseCode,
                    AnsweredAt = e.At,
                }
            ),
            OrderEvent.ReversalRefused e => Reversing(order, e, e.Attempt, reversal =>
                reversal with
                {
                    RefusedSentCount = reversal.SentCount,
                }
            ),
            OrderEvent.HoldOpened e => HoldOpened(order, e),
            OrderEvent.HoldClassChanged e => Held(order, e, e.Episode, hold =>
                hold.Class != e.Class
                    ? hold with
                    {
                        Class = e.Class,
                        ClassChanges = hold.ClassChanges + 1,
                    }
                    : throw Order.Impossible(order, e)
            ),
            OrderEvent.HoldAnnounced e => Held(order, e, e.Episode, hold =>
                hold.AnnouncedAt is null ? hold with { AnnouncedAt = e.At, ReminderAt = e.ReminderAt } : throw Order.Impossible(order, e)
            ),
            OrderEvent.CustomerReminded e => Held(order, e, e.Episode, hold =>
                hold.AnnouncedAt is not null && e.Reminder == hold.Reminders + 1
                    ? hold with
                    {
                        Reminders = e.Reminder,
                        ReminderAt = e.NextReminderAt,
                    }
                    : throw Order.Impossible(order, e)
            ),
            OrderEvent.RetryScheduled e => Held(order, e, e.Episode, hold => hold with { RetryAt = e.RetryAt }),
            OrderEvent.HoldEnded e => HoldEnded(order, e),
            OrderEvent.ConfirmationAsked e => AskedOnHold(order, e, e.Request),
            OrderEvent.CardChanged e => AskedOnHold(order, e, e.Request) with { Card = e.Card },
            OrderEvent.CancellationAsked e => CancellationAsked(order, e),
            OrderEvent.OrderCancelled e => order.Standing is Standing.Closing closing && closing.By == e.By
                ? order with
                {
                    Standing = new Standing.Cancelled(e.By),
                }
                : throw Order.Impossible(order, e),
            OrderEvent.NoticeQueued e => order.Notices.All(record => record.Notice.Id != e.Notice.Id)
                ? order with
                {
                    Notices = order.Notices.Add(new(e.Notice, e.At, null)),
                }
                : throw Order.Impossible(order, e),
            OrderEvent.NoticeSent e => Noticing(order, e, e.Notice, record =>
                record.SentAt is null ? record with { SentAt = e.At } : throw Order.Impossible(order, e)
            ),
            OrderEvent.NoticeDelayed e => Noticing(order, e, e.Notice, record =>
                record.DelayedAt is null ? record with { DelayedAt = e.At } : throw Order.Impossible(order, e)
            ),
            OrderEvent.NoticeRewritten e => Noticing(order, e, e.Notice, record =>
                record.SentAt is null
                    ? record with
                    {
                        WrittenAt = e.At,
                        RewrittenCount = record.RewrittenCount + 1,
                    }
                    : throw Order.Impossible(order, e)
            ),
            OrderEvent.NoticeWithdrawn e => Noticing(order, e, e.Notice, record =>
                record is { SentAt: null, UndeliverableAt: null, WithdrawnAt: null }
                    ? record with
                    {
                        WithdrawnAt = e.At,
                    }
                    : throw Order.Impossible(order, e)
            ),
            OrderEvent.NoticeUndeliverable e => Noticing(order, e, e.Notice, record =>
                record.UndeliverableAt is null ? record with { UndeliverableAt = e.At } : throw Order.Impossible(order, e)
            ),
            OrderEvent.ShipmentRegistered e => ShipmentRegistered(order, e),
            OrderEvent.CaptureRepeated e => Shipping(order, e, e.Shipment, shipment =>
                shipment.CaptureIsOutstanding && e.SentCount == shipment.SentCount + 1
                    ? shipment with
                    {
                        SentCount = e.SentCount,
                        RepeatAt = e.RepeatAt,
                    }
                    : throw Order.Impossible(order, e)
            ),
            OrderEvent.CaptureAnswered e => Shipping(order, e, e.Shipment, shipment =>
                shipment.CaptureIsOutstanding || (shipment.CaptureIsRefused && e.ResponseCode == ResponseCodes.Approved)
                    ? shipment with
                    {
                        CaptureCode = e.ResponseCode,
                    }
                    : throw Order.Impossible(order, e)
            ),
            OrderEvent.ShipmentDelivered e => Shipping(order, e, e.Shipment, shipment =>
                shipment.DeliveredAt is null ? shipment with { DeliveredAt = e.DeliveredAt } : throw Order.Impossible(order, e)
            ),
            OrderEvent.AuthorizationExpired e => Expired(order, e),
            OrderEvent.CardProved e => CardProving.Tried(order, ProofOutcome.Proved, e.At),
            OrderEvent.CardProofMissed e => CardProving.Tried(order, ProofOutcome.Missed, e.At),
            OrderEvent.DeadlineExtended e => Held(order, e, e.Episode, hold =>
                e.Deadline > hold.Deadline ? hold with { Deadline = e.Deadline, ExtendedAt = e.At } : throw Order.Impossible(order, e)
            ) with
            {
                Requests = NewRequest(order, e, e.Request),
            },
            OrderEvent.TriesReleased => order with { TriesReleasedCount = order.Attempts.Length },
            OrderEvent.AttentionAsked e => order.Attention.Contains(e.Reason)
                ? throw Order.Impossible(order, e)
                : order with
                {
                    Attention = order.Attention.Add(e.Reason),
                    AttentionEver = order.AttentionEver.Add(e.Reason),
                },
            OrderEvent.AttentionSettled e => order.Attention.Contains(e.Reason)
                ? order with
                {
                    Attention = order.Attention.Remove(e.Reason),
                }
                : throw Order.Impossible(order, e),
            OrderEvent.AttentionSettledByHand e => order.Attention.Contains(e.Reason)
                ? order with
                {
                    Attention = order.Attention.Remove(e.Reason),
                    SettledByHand = order.SettledByHand.SetItem(e.Reason, e.At),
                }
                : throw Order.Impossible(order, e),
            _ => throw new UnreachableException(),
        };

    private static string? TransactionIdOf(OrderEvent happened) =>
        happened switch
        {
            OrderEvent.AttemptApproved e => e.TransactionId,
            OrderEvent.AttemptPartiallyApproved e => e.TransactionId,
            OrderEvent.AttemptDeclined e => e.Codes.TransactionId,
            OrderEvent.AttemptReferred e => e.Codes.TransactionId,
            OrderEvent.EvidenceNoted e => e.TransactionId,
            _ => null,
        };

    private static Order Claimed(Order order, OrderEvent.AttemptClaimed e)
    {
        if (e.Attempt != order.Attempts.Length + 1 || order.Attempts.Any(attempt => attempt.IsLive))
            throw Order.Impossible(order, e);
        return order with
        {
            Attempts = order.Attempts.Add(
                new(e.Attempt, e.Claim, e.Card, e.Amount, e.Initiator, e.AnswerDueAt, new AttemptOutcome.Sent(), null)
                {
                    PauseAfter = e.PauseAfter,
                }
            ),
            Standing = order.Standing switch
            {
                Standing.AwaitingApproval => new Standing.AwaitingApproval(null),
                Standing.OnHold onHold => new Standing.OnHold(
                    onHold.Hold with
                    {
                        RetryAt = null,
                        SendAgainAt = null,
                        RetriesDone = onHold.Hold.RetriesDone + (IsRetry(e, onHold.Hold) ? 1 : 0),
                    }
                ),
                _ => throw Order.Impossible(order, e),
            },
        };
    }

    /// <summary>An automatic retry that was not planned already; the first request after an approval that ran out is none.</summary>
    private static bool IsRetry(OrderEvent.AttemptClaimed e, Hold hold) =>
        hold.SendAgainAt is null
        && (e.Initiator == Initiator.AutomaticRetry || (e.Initiator == Initiator.Reauthorization && hold.Class != HoldClass.Expired));

    private static LateAnswer? LateOf(Attempt attempt, OrderEvent.EvidenceNoted e) =>
        e.Kind switch
        {
            EvidenceKind.LateApproval when attempt.Late is null or { Says: LateAnswerSays.NotApproved } => new(
                LateAnswerSays.Approved,
                e.At
            ),
            EvidenceKind.LateAnswer when attempt.Late is null => new(LateAnswerSays.NotApproved, e.At),
            EvidenceKind.LateApproval
            or EvidenceKind.LateAnswer
            or EvidenceKind.Repeated
            or EvidenceKind.Contradiction
            or EvidenceKind.Unproven => attempt.Late,
        };

    private static Order NotSent(Order order, OrderEvent.AttemptNotSent e)
    {
        var settled = Settle(order, e, e.Attempt, new AttemptOutcome.NotSent(e.Cause ?? NotSentCause.OutOfReach, e.Why, e.At));
        return settled with
        {
            Standing = settled.Standing switch
            {
                Standing.AwaitingApproval => new Standing.AwaitingApproval(e.SendAgainAt),
                Standing.OnHold onHold => new Standing.OnHold(onHold.Hold with { SendAgainAt = e.SendAgainAt }),
                _ => throw Order.Impossible(order, e),
            },
        };
    }

    private static Order Approved(Order order, OrderEvent.AttemptApproved e)
    {
        var settled = Settle(order, e, e.Attempt, new AttemptOutcome.Approved(e.ApprovalCode, e.TransactionId, e.At, e.ExpiresAt, null));
        return settled.Standing switch
        {
            Standing.AwaitingApproval => settled with { Standing = new Standing.Approved() },
            Standing.OnHold => settled,
            _ => throw Order.Impossible(order, e),
        };
    }

    /// <summary>The one way in which an attempt settles: from Sent, once.</summary>
    private static Order Settle(Order order, OrderEvent e, int ordinal, AttemptOutcome outcome) =>
        Attempting(order, e, ordinal, attempt =>
            attempt.Outcome is AttemptOutcome.Sent ? attempt with { Outcome = outcome } : throw Order.Impossible(order, e)
        );

    private static Order ReversalStarted(Order order, OrderEvent.ReversalStarted e) =>
        Attempting(order, e, e.Attempt, attempt =>
            attempt.Outcome is not AttemptOutcome.Sent && attempt.Reversal is null or { AnsweredAt: not null, IsProof: false }
                ? attempt with
                {
                    Reversal = new Reversal(e.Claim, e.Reason, e.At, 1, e.RepeatAt, null, null),
                }
                : throw Order.Impossible(order, e)
        );

    private static Order Reversing(Order order, OrderEvent e, int ordinal, Func<Reversal, Reversal> change) =>
        Attempting(order, e, ordinal, attempt =>
            attempt.Reversal is { AnsweredAt: null } reversal
                ? attempt with
                {
                    Reversal = change(reversal),
                }
                : throw Order.Impossible(order, e)
        );

    private static Order Expired(Order order, OrderEvent.AuthorizationExpired e) =>
        Attempting(order, e, e.Attempt, attempt =>
            attempt is { IsUsable: true, Outcome: AttemptOutcome.Approved approved }
                ? attempt with
                {
                    Outcome = approved with { ExpiredAt = e.At },
                }
                : throw Order.Impossible(order, e)
        );

    private static Order Attempting(Order order, OrderEvent e, int ordinal, Func<Attempt, Attempt> change) =>
        ordinal >= 1 && ordinal <= order.Attempts.Length
            ? order with
            {
                Attempts = order.Attempts.SetItem(ordinal - 1, change(order.Attempts[ordinal - 1])),
            }
            : throw Order.Impossible(order, e);

    /// <summary>While the first approval is awaited, or once an approval has run out before all was shipped.</summary>
    private static Order HoldOpened(Order order, OrderEvent.HoldOpened e) =>
        (
            order.Standing is Standing.AwaitingApproval
            || (order.Standing is Standing.Approved && order.Approval is null && !order.IsShippedWhole)
        )
        && e.Episode == order.Episodes + 1
            ? order with
            {
                Episodes = e.Episode,
                Standing = new Standing.OnHold(
                    new(
                        e.Episode,
                        e.Class,
                        e.At,
                        e.AnnounceAt,
                        e.Deadline,
                        null,
                        null,
                        0,
                        0,
                        null,
                        (order.Standing as Standing.AwaitingApproval)?.SendAgainAt,
                        0
                    )
                ),
            }
            : throw Order.Impossible(order, e);

    private static Order Held(Order order, OrderEvent e, int episode, Func<Hold, Hold> change) =>
        order.Standing is Standing.OnHold onHold && onHold.Hold.Episode == episode
            ? order with
            {
                Standing = new Standing.OnHold(change(onHold.Hold)),
            }
            : throw Order.Impossible(order, e);

    private static Order HoldEnded(Order order, OrderEvent.HoldEnded e) =>
        order.Standing is Standing.OnHold onHold && onHold.Hold.Episode == e.Episode && order.Approval is not null
            ? order with
            {
                Standing = new Standing.Approved(),
            }
            : throw Order.Impossible(order, e);

    /// <summary>The customer wants the card company asked again: only in a hold, and only while nobody is being asked.</summary>
    private static Order AskedOnHold(Order order, OrderEvent e, string request) =>
        order.Standing is Standing.OnHold && order.AttemptInFlight is null
            ? order with
            {
                Requests = NewRequest(order, e, request),
            }
            : throw Order.Impossible(order, e);

    private static ImmutableArray<string> NewRequest(Order order, OrderEvent e, string request) =>
        order.Requests.Contains(request) ? throw Order.Impossible(order, e) : order.Requests.Add(request);

    /// <summary>Of what was shipped in part, the rest can be cancelled while no approval stands for it.</summary>
    private static Order CancellationAsked(Order order, OrderEvent.CancellationAsked e) =>
        order with
        {
            Requests =
                order.Shipments.IsEmpty || order.Standing is Standing.OnHold
                    ? NewRequest(order, e, e.Request)
                    : throw Order.Impossible(order, e),
            CancellationReason = e.Reason,
            Standing = order.Standing switch
            {
                Standing.AwaitingApproval or Standing.Approved => new Standing.Closing(e.By, e.PatienceUntil, null),
                Standing.OnHold onHold => new Standing.Closing(e.By, e.PatienceUntil, onHold.Hold),
                _ => throw Order.Impossible(order, e),
            },
        };

    private static Order Noticing(Order order, OrderEvent e, string notice, Func<NoticeRecord, NoticeRecord> change)
    {
        for (var index = 0; index < order.Notices.Length; index++)
        {
            if (order.Notices[index].Notice.Id == notice)
                return order with { Notices = order.Notices.SetItem(index, change(order.Notices[index])) };
        }

        throw Order.Impossible(order, e);
    }

    private static Order ShipmentRegistered(Order order, OrderEvent.ShipmentRegistered e) =>
        order.Standing is Standing.Approved
        && order.Approval is { } approval
        && approval.Ordinal == e.Attempt
        && (order.CapturedOn(e.Attempt) + e.Amount).MinorUnits <= approval.Amount.MinorUnits
        && order.Shipments.All(shipment => shipment.Id != e.Shipment)
            ? order with
            {
                Requests = NewRequest(order, e, e.Request),
                Shipments = order.Shipments.Add(
                    new(
                        e.Shipment,
                        e.Items,
                        e.Amount,
                        e.Attempt,
                        e.Claim,
                        e.Carrier,
                        e.Tracking,
                        e.At,
                        1,
                        e.RepeatAt,
                        null,
                        e.DeliveryExpectedBy,
                        null
                    )
                ),
            }
            : throw Order.Impossible(order, e);

    private static Order Shipping(Order order, OrderEvent e, string id, Func<Shipment, Shipment> change)
    {
        for (var index = 0; index < order.Shipments.Length; index++)
        {
            if (order.Shipments[index].Id == id)
                return order with { Shipments = order.Shipments.SetItem(index, change(order.Shipments[index])) };
        }

        throw Order.Impossible(order, e);
    }
}
