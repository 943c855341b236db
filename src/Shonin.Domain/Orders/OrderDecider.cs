using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>
/// Every change of an order is decided here. The same command again is accepted with no new event; what the rules forbid is refused
/// by name; cancel and deadline beat retry.
/// </summary>
public static class OrderDecider
{
    public static Decision Decide(Order? order, OrderCommand command, Moment moment)
    {
        if (command is OrderCommand.Place place)
            return Place(order, place, moment);
        if (order is null)
            return new Decision.Refused(Refusal.OrderNotFound);

        var draft = new OrderDraft(order, moment);
        return command switch
        {
            OrderCommand.Wake => Waking.Wake(draft),
            OrderCommand.RecordNotSent notSent => Attempts.RecordNotSent(draft, notSent),
            OrderCommand.RecordUnsendable unsendable => Unsettled.RecordUnsendable(draft, unsendable),
            OrderCommand.RecordAnswer answered => RecordAnswer(draft, answered.Answer),
            OrderCommand.Confirm confirm => Holding.Confirm(draft, confirm),
            OrderCommand.ChangeCard change => Holding.ChangeCard(draft, change),
            OrderCommand.Cancel cancel => Closing.Cancel(draft, cancel),
            OrderCommand.Ship ship => Shipping.Ship(draft, ship),
            OrderCommand.RegisterDelivery delivery => Shipping.RegisterDelivery(draft, delivery),
            OrderCommand.ReleaseTries release => CustomerTries.Release(draft, release),
            OrderCommand.ExtendDeadline extend => ByHand.Extend(draft, extend),
            OrderCommand.SettleByHand settle => ByHand.Settle(draft, settle),
            OrderCommand.ProveCard guess => CardProving.Prove(draft, guess),
            OrderCommand.RecordNoticeSent sent => Mailing.RecordSent(draft, sent.Notice),
            OrderCommand.RecordNoticeDelayed delayed => Mailing.RecordDelayed(draft, delayed),
            OrderCommand.RefreshNotice refresh => Mailing.Refresh(draft, refresh),
            OrderCommand.RecordNoticeUndeliverable undeliverable => Mailing.RecordUndeliverable(draft, undeliverable),
            OrderCommand.Place => throw new UnreachableException(),
            _ => throw new UnreachableException(),
        };
    }

    private static Decision Place(Order? order, OrderCommand.Place place, Moment moment)
    {
        if (order is not null)
            return new Decision.Accepted([], order);
        if (
            place.Items.IsEmpty
            || place.Items.Any(item => item.Quantity < 1 || item.UnitPrice.Currency != place.Items[0].UnitPrice.Currency)
            || place.Items.Select(item => item.Sku).Distinct().Count() != place.Items.Length
        )
        {
            return new Decision.Refused(Refusal.InvalidItems);
        }

        if (TotalOf(place) is not { } total)
            return new Decision.Refused(Refusal.InvalidAmount);

        var placed = new OrderEvent.OrderPlaced(
            place.Order,
            place.Number,
            place.Customer,
            place.Locale,
            place.Items,
            total,
            place.Card,
            place.Reference,
            moment.Now
        );
        var draft = new OrderDraft(Order.Evolve(null, placed), moment);
        draft.QueueNotice(NoticeKind.Received);
        Attempts.Claim(draft, Initiator.Customer);
        return draft.Accept() is Decision.Accepted accepted
            ? accepted with
            {
                Events = [placed, .. accepted.Events],
            }
            : throw new UnreachableException();
    }

    /// <summary>The sum of the lines, or null where it is not positive or exceeds field 4.</summary>
    private static Money? TotalOf(OrderCommand.Place place)
    {
        Int128 sum = 0;
        foreach (var item in place.Items)
        {
            if (item.UnitPrice.MinorUnits < 0)
                return null;
            sum += (Int128)item.UnitPrice.MinorUnits * item.Quantity;
        }
        return sum > 0 && sum <= Money.MinorUnitsMax ? new Money((long)sum, place.Items[0].UnitPrice.Currency) : null;
    }

    /// <summary>An answer belongs to the attempt, reversal or capture whose claim has its key; any other is not of this order.</summary>
    private static Decision RecordAnswer(OrderDraft draft, NetworkAnswer answer)
    {
        switch (answer.Kind)
        {
            case AnswerKind.Authorization:
                foreach (var attempt in draft.Order.Attempts)
                {
                    if (attempt.Claim.WireKey == answer.WireKey)
                        return Attempts.RecordAnswer(draft, attempt, answer);
                }

                break;
            case AnswerKind.Reversal:
                foreach (var attempt in draft.Order.Attempts)
                {
                    if (attempt.Reversal?.Claim.WireKey == answer.WireKey)
                        return Closing.RecordReversalAnswer(draft, attempt, answer);
                }

                break;
            case AnswerKind.Capture:
                foreach (var shipment in draft.Order.Shipments)
                {
                    if (shipment.Claim.WireKey == answer.WireKey)
                        return Shipping.RecordCaptureAnswer(draft, shipment, answer);
                }

                break;
            default:
                throw new UnreachableException();
        }
        return draft.Accept();
    }
}
