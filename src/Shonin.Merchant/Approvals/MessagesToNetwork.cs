using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Merchant.Approvals;

/// <summary>What a decision sends to the card network.</summary>
internal static class MessagesToNetwork
{
    /// <summary>The messages that the facts ask for; they leave only when the facts are durable.</summary>
    public static IEnumerable<NetworkRequest> Of(Order order, IReadOnlyList<OrderEvent> events)
    {
        foreach (var happened in events)
        {
            switch (happened)
            {
                case OrderEvent.AttemptClaimed claimed:
                    // A claim that the same decision gave up again (cancelled at once) must not leave.
                    if (order.Attempts[claimed.Attempt - 1].IsInFlight)
                    {
                        yield return new NetworkRequest.Authorize(
                            claimed.Claim,
                            claimed.Card.Token,
                            claimed.Amount,
                            order.Number,
                            claimed.Initiator,
                            order.TransactionId
                        );
                    }

                    break;
                case OrderEvent.ReversalStarted started:
                    yield return Reversal(order, started.Attempt, repeat: 0);
                    break;
                case OrderEvent.ReversalRepeated repeated:
                    yield return Reversal(order, repeated.Attempt, repeated.SentCount - 1);
                    break;
                case OrderEvent.ShipmentRegistered registered when registered.Amount.MinorUnits > 0:
                    yield return Capture(order, registered.Shipment, repeat: 0);
                    break;
                case OrderEvent.CaptureRepeated repeated:
                    yield return Capture(order, repeated.Shipment, repeated.SentCount - 1);
                    break;
            }
        }
    }

    private static NetworkRequest.Reverse Reversal(Order order, int ordinal, int repeat)
    {
        var attempt = order.Attempts[ordinal - 1];
        var approvalCode = attempt.Outcome switch
        {
            AttemptOutcome.Approved approved => approved.ApprovalCode,
            AttemptOutcome.PartiallyApproved { ApprovalCode: { Length: > 0 } code } => code,
            _ => null,
        };
        return new NetworkRequest.Reverse(
            attempt.Reversal!.Claim,
            attempt.Card.Token,
            attempt.Amount,
            order.Number,
            attempt.Claim,
            approvalCode,
            attempt.Reversal.Reason,
            repeat,
            attempt.Reversal.Reason == ReversalReason.Rest ? order.CapturedOn(ordinal) : null
        );
    }

    private static NetworkRequest.Capture Capture(Order order, string id, int repeat)
    {
        var shipment = order.Shipments.Single(parcel => parcel.Id == id);
        var attempt = order.Attempts[shipment.Attempt - 1];
        var approvalCode = ((AttemptOutcome.Approved)attempt.Outcome).ApprovalCode;
        return new NetworkRequest.Capture(
            shipment.Claim,
            attempt.Card.Token,
            shipment.Amount,
            order.Number,
            attempt.Claim,
            approvalCode,
            repeat
        );
    }
}
