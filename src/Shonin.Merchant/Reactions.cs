using System.Text.Json;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Stored;

namespace Shonin.Merchant;

/// <summary>
/// What follows from a decision: the one append that makes it durable, with its notices written out, its unique keys and its alarm; and,
/// once that append is durable, the messages to the network.
/// </summary>
/// <param name="countOf">The keys that count a try of the customer's which was not approved.</param>
internal sealed class Reactions(MerchantOptions options, Func<Attempt, DateTimeOffset, IEnumerable<UniqueKey>> countOf)
{
    /// <summary>The queue that holds what needs an agent, until it is settled.</summary>
    public const string AttentionQueue = "attention";

    public Append ToAppend(
        Order before, IReadOnlyList<OrderEvent> events, Order after, SealedPerson? person, long expectedVersion, ShardLease lease, DateTimeOffset at,
        IReadOnlyList<UniqueKey> keys, IReadOnlyList<Document> documents, IReadOnlyList<string> completedOutbox, PurchaseFamily? family = null)
    {
        var stream = OrderKeys.StreamOf(after.Id);
        var stored = new List<NewEvent>(events.Count);
        var unique = new List<UniqueKey>(keys);
        var sealedTexts = new List<Document>(documents);
        var outbox = new List<OutboxItem>();
        var completed = new List<string>(completedOutbox);
        var state = before;
        var told = family ?? PurchaseFamily.Alone;
        foreach (var happened in events)
        {
            stored.Add(StoredOrderEvents.Write(happened));
            state = happened is OrderEvent.OrderPlaced ? state : Order.Evolve(state, happened);
            if (CustomerTries.EndedBy(state, happened) is { Result: TryResult.NotApproved, Attempt: var attempt })
                unique.AddRange(countOf(attempt, at));
            switch (happened)
            {
                case OrderEvent.AttemptClaimed claimed:
                    unique.Add(OrderKeys.Claim(options, claimed.Claim));
                    break;
                case OrderEvent.ReversalStarted reversal:
                    unique.Add(OrderKeys.Claim(options, reversal.Claim));
                    break;
                case OrderEvent.ShipmentRegistered shipment:
                    unique.Add(OrderKeys.Claim(options, shipment.Claim));
                    unique.Add(new UniqueKey(OrderKeys.ShipmentScope, shipment.Shipment));
                    break;
                case OrderEvent.NoticeQueued queued:
                    if (queued.Notice.Reference is { } reference)
                        unique.Add(OrderKeys.Reference(reference, queued.Notice.Id));
                    if (person is null)
                    {
                        unique.Add(new UniqueKey(OrderKeys.NoticeScope, queued.Notice.Id));
                        break;
                    }
                    // The text tells how the order stands after the whole decision: that is what is true when it is sent.
                    Seal(OrderKeys.NoticeScope, queued.Notice.Id, MailOf(queued.Notice, after, person, told, at));
                    outbox.Add(MailOutboxPayload.ItemFor(after.Id, stream, queued.Notice.Id, at));
                    break;
                case OrderEvent.NoticeRewritten rewritten when person is not null:
                    var record = state.Notices.Single(one => one.Notice.Id == rewritten.Notice);
                    Seal(OrderKeys.RewrittenScope, OrderKeys.RewrittenValue(rewritten.Notice, record.RewrittenCount), MailOf(record, after, person, told, rewritten));
                    break;
                case OrderEvent.NoticeWithdrawn withdrawn:
                    completed.Add(MailOutboxPayload.ItemIdOf(withdrawn.Notice));
                    break;
                case OrderEvent.AttentionAsked asked:
                    outbox.Add(new OutboxItem(AttentionId(after, asked.Reason), AttentionQueue, stream, default, at));
                    break;
                case OrderEvent.AttentionSettled settled:
                    if (outbox.RemoveAll(item => item.Id == AttentionId(after, settled.Reason)) == 0)
                        completed.Add(AttentionId(after, settled.Reason));
                    break;
            }
        }
        void Seal(string scope, string value, NoticeMail mail)
        {
            var key = options.MarkKeys.Current;
            var imprint = mail.ImprintUnder(key);
            unique.Add(new UniqueKey(scope, value, RecordedNotice.Of(imprint, key).Write()));
            sealedTexts.Add(mail.MarkedAs(imprint, key).ToDocument(after.Customer));
        }

        return new Append(stream, expectedVersion, lease, at)
        {
            Events = stored,
            Keys = unique,
            Outbox = outbox,
            CompletedOutbox = completed,
            Documents = sealedTexts,
            Alarm = Waking.AlarmOf(after, options.Policy) is { } alarm ? new AlarmChange.Set(alarm) : AlarmChange.Clear.Instance,
        };
    }

    /// <summary>Whether a notice among the facts tells of the customer's other orders in a row.</summary>
    public static bool TellsOfFamily(IReadOnlyList<OrderEvent> events) => events.Any(happened => happened is OrderEvent.NoticeRewritten
        or OrderEvent.NoticeQueued { Notice.Kind: NoticeKind.Problem or NoticeKind.Update or NoticeKind.Reminder or NoticeKind.Outcome });

    /// <summary>The messages that the facts ask for; they leave only when the facts are durable.</summary>
    public static IEnumerable<NetworkRequest> ToNetwork(Order order, IReadOnlyList<OrderEvent> events)
    {
        foreach (var happened in events)
        {
            switch (happened)
            {
                case OrderEvent.AttemptClaimed claimed:
                    // A claim that the same decision gave up again (cancelled at once) must not leave.
                    if (order.Attempts[claimed.Attempt - 1].IsInFlight)
                        yield return new NetworkRequest.Authorize(
                            claimed.Claim, claimed.Card.Token, claimed.Amount, order.Number, claimed.Initiator, order.TransactionId);
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

    private NoticeMail MailOf(Notice notice, Order order, SealedPerson person, PurchaseFamily family, DateTimeOffset at) =>
        MailOf(notice, NoticeWording.Compose(notice, order, ContextOf(person, family, at)), order, person, at);

    /// <summary>The same message, queued when it was, with what is true now.</summary>
    private NoticeMail MailOf(NoticeRecord record, Order order, SealedPerson person, PurchaseFamily family, OrderEvent.NoticeRewritten rewritten) =>
        MailOf(record.Notice, NoticeWording.ComposeLate(record, order, ContextOf(person, family, rewritten.At)), order, person, record.QueuedAt) with
        {
            MessageId = rewritten.MessageId,
            RewrittenAt = rewritten.At,
        };

    private NoticeMail MailOf(Notice notice, NoticeText text, Order order, SealedPerson person, DateTimeOffset queuedAt) =>
        NoticeMail.From(notice, text, order, new Person(person.Email, person.Name, person.Phone), options.Profile, options.MarkKeys.Current, queuedAt);

    private NoticeContext ContextOf(SealedPerson person, PurchaseFamily family, DateTimeOffset at) =>
        new(options.Profile, person.Name, $"{options.PublicUrl}/o/{person.AccessKey}", at) { Family = family };

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
            attempt.Reversal!.Claim, attempt.Card.Token, attempt.Amount, order.Number, attempt.Claim, approvalCode, attempt.Reversal.Reason, repeat,
            attempt.Reversal.Reason == ReversalReason.Rest ? order.CapturedOn(ordinal) : null);
    }

    private static NetworkRequest.Capture Capture(Order order, string id, int repeat)
    {
        var shipment = order.Shipments.Single(parcel => parcel.Id == id);
        var attempt = order.Attempts[shipment.Attempt - 1];
        var approvalCode = ((AttemptOutcome.Approved)attempt.Outcome).ApprovalCode;
        return new NetworkRequest.Capture(shipment.Claim, attempt.Card.Token, shipment.Amount, order.Number, attempt.Claim, approvalCode, repeat);
    }

    /// <summary>Whether an item of the agents' list stands there for this reason.</summary>
    public static bool IsAbout(OutboxItem item, AttentionReason reason) => item.Id.EndsWith(NameOf(reason), StringComparison.Ordinal);

    private static string AttentionId(Order order, AttentionReason reason) => $"attention-{order.Id.Value}{NameOf(reason)}";

    private static string NameOf(AttentionReason reason) => $"-{JsonNamingPolicy.CamelCase.ConvertName(reason.ToString())}";
}
