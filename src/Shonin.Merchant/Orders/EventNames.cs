using Shonin.Domain.Orders;

namespace Shonin.Merchant.Orders;

/// <summary>
/// The stored name of every fact, by hand: a class may be renamed, a stored name never. A changed shape gets a new name and keeps
/// the old one readable.
/// </summary>
public static class EventNames
{
    private static readonly (string Name, Type Type)[] table =
    [
        ("orderPlaced", typeof(OrderEvent.OrderPlaced)),
        ("attemptClaimed", typeof(OrderEvent.AttemptClaimed)),
        ("attemptNotSent", typeof(OrderEvent.AttemptNotSent)),
        ("attemptApproved", typeof(OrderEvent.AttemptApproved)),
        ("attemptPartiallyApproved", typeof(OrderEvent.AttemptPartiallyApproved)),
        ("attemptDeclined", typeof(OrderEvent.AttemptDeclined)),
        ("attemptReferred", typeof(OrderEvent.AttemptReferred)),
        ("attemptUnanswered", typeof(OrderEvent.AttemptUnanswered)),
        ("evidenceNoted", typeof(OrderEvent.EvidenceNoted)),
        ("reversalStarted", typeof(OrderEvent.ReversalStarted)),
        ("reversalRepeated", typeof(OrderEvent.ReversalRepeated)),
        ("reversalAnswered", typeof(OrderEvent.ReversalAnswered)),
        ("reversalRefused", typeof(OrderEvent.ReversalRefused)),
        ("holdOpened", typeof(OrderEvent.HoldOpened)),
        ("holdClassChanged", typeof(OrderEvent.HoldClassChanged)),
        ("holdAnnounced", typeof(OrderEvent.HoldAnnounced)),
        ("customerReminded", typeof(OrderEvent.CustomerReminded)),
        ("retryScheduled", typeof(OrderEvent.RetryScheduled)),
        ("holdEnded", typeof(OrderEvent.HoldEnded)),
        ("confirmationAsked", typeof(OrderEvent.ConfirmationAsked)),
        ("cardChanged", typeof(OrderEvent.CardChanged)),
        ("cancellationAsked", typeof(OrderEvent.CancellationAsked)),
        ("orderCancelled", typeof(OrderEvent.OrderCancelled)),
        ("noticeQueued", typeof(OrderEvent.NoticeQueued)),
        ("noticeSent", typeof(OrderEvent.NoticeSent)),
        ("noticeDelayed", typeof(OrderEvent.NoticeDelayed)),
        ("noticeRewritten", typeof(OrderEvent.NoticeRewritten)),
        ("noticeWithdrawn", typeof(OrderEvent.NoticeWithdrawn)),
        ("noticeUndeliverable", typeof(OrderEvent.NoticeUndeliverable)),
        ("shipmentRegistered", typeof(OrderEvent.ShipmentRegistered)),
        ("captureRepeated", typeof(OrderEvent.CaptureRepeated)),
        ("captureAnswered", typeof(OrderEvent.CaptureAnswered)),
        ("shipmentDelivered", typeof(OrderEvent.ShipmentDelivered)),
        ("authorizationExpired", typeof(OrderEvent.AuthorizationExpired)),
        ("triesReleased", typeof(OrderEvent.TriesReleased)),
        ("cardProved", typeof(OrderEvent.CardProved)),
        ("cardProofMissed", typeof(OrderEvent.CardProofMissed)),
        ("attentionAsked", typeof(OrderEvent.AttentionAsked)),
        ("attentionSettled", typeof(OrderEvent.AttentionSettled)),
        ("attentionSettledByHand", typeof(OrderEvent.AttentionSettledByHand)),
        ("deadlineExtended", typeof(OrderEvent.DeadlineExtended)),
    ];

    private static readonly Dictionary<Type, string> names = table.ToDictionary(row => row.Type, row => row.Name);
    private static readonly Dictionary<string, Type> types = table.ToDictionary(row => row.Name, row => row.Type);

    public static IReadOnlyCollection<string> All => types.Keys;

    public static string Of(OrderEvent happened) => names[happened.GetType()];

    internal static string Of<TEvent>()
        where TEvent : OrderEvent => names[typeof(TEvent)];

    internal static Type TypeOf(string name) => types.TryGetValue(name, out var type) ? type : throw new UnknownEventException(name);
}

/// <summary>The log holds a fact that this version does not know: it was written by a later one.</summary>
public sealed class UnknownEventException(string name)
    : Exception(
        $"The log holds an event named {name}, which this version of Shonin does not know. Run the version that wrote it, or a later one."
    );
