using System.Collections.Immutable;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>The id of one order and the name of its stream; 32 hexadecimal digits of a UUIDv7.</summary>
public readonly record struct OrderId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>One line of an order.</summary>
public sealed record OrderItem(string Sku, string Name, Money UnitPrice, int Quantity)
{
    public Money Amount => UnitPrice with { MinorUnits = checked(UnitPrice.MinorUnits * Quantity) };
}

/// <summary>So many of one line.</summary>
public sealed record ShippedItem(string Sku, int Quantity);

/// <summary>Who ended an order.</summary>
public enum CancelledBy
{
    Customer,
    Agent,
    Merchant,
    Deadline,
}

/// <summary>What an agent did about an order that we cannot hear of by ourselves.</summary>
public enum Remedy
{
    /// <summary>The card company said how it stands, and it stands as it should.</summary>
    CardCompanyConfirmed,

    /// <summary>The customer paid, or was paid back, in another way.</summary>
    PaidOtherwise,

    /// <summary>The carrier or the customer said that the parcel has arrived, or where it is.</summary>
    ParcelFound,

    /// <summary>The customer was told by telephone, chat or another address.</summary>
    CustomerTold,
}

/// <summary>Why an order stands on the agents' list.</summary>
public enum AttentionReason
{
    /// <summary>
    /// A reversal is open for too long, or the card company finds nothing where we hold its approval: it may still hold the amount.
    /// </summary>
    ReversalUnconfirmed,

    /// <summary>The card company refused a capture.</summary>
    CaptureRefused,

    /// <summary>The card company found our message at fault.</summary>
    MessageRefused,
    AuthorizationExpiring,
    AuthorizationExpired,
    DeliveryMissing,

    /// <summary>A notice could not be delivered to the customer's address.</summary>
    NoticeUndeliverable,

    /// <summary>The card is reported lost or stolen: do not ship, do not explain.</summary>
    DoNotShip,

    /// <summary>The customer caused as many tries as one order may have: a person decides whether there are more.</summary>
    TriesSpent,

    /// <summary>A notice's mail does not leave, though it is still tried.</summary>
    NoticeDelayed,

    /// <summary>As many different cards were asked as one order may have: a person decides whether there are more.</summary>
    CardsSpent,

    /// <summary>
    /// A message cannot be sent by a fault of ours, and no other entry names it: the vault, its keys, the message itself.
    /// </summary>
    OwnFault,

    /// <summary>A capture is unanswered for too long: what was shipped may not be charged.</summary>
    CaptureUnanswered,

    /// <summary>The vault no longer has the card, or cannot open it: a message about it cannot be sent.</summary>
    CardUnavailable,
}

/// <summary>What an answer that changes nothing was.</summary>
public enum EvidenceKind
{
    /// <summary>An approval after we had given up: the reversal goes on.</summary>
    LateApproval,

    /// <summary>Any other answer after we had given up.</summary>
    LateAnswer,

    /// <summary>The same answer again.</summary>
    Repeated,

    /// <summary>An answer that contradicts an earlier one.</summary>
    Contradiction,

    /// <summary>An approval without its proof: no approval code, another RRN, another amount.</summary>
    Unproven,
}

/// <summary>A fact about one order. It carries all that replay needs, and is never changed.</summary>
public abstract record OrderEvent(DateTimeOffset At)
{
    /// <param name="Customer">The owner of the personal data that stand outside the log.</param>
    public sealed record OrderPlaced(
        OrderId Order,
        string Number,
        string Customer,
        Locale Locale,
        ImmutableArray<OrderItem> Items,
        Money Total,
        CardOnFile Card,
        string? Reference,
        DateTimeOffset At
    ) : OrderEvent(At);

    /// <summary>The claim: durable before a byte leaves.</summary>
    /// <param name="PauseAfter">How long after its answer the customer waits before the same card is asked again; null for not at
    ///   all.</param>
    public sealed record AttemptClaimed(
        int Attempt,
        Claim Claim,
        CardOnFile Card,
        Money Amount,
        Initiator Initiator,
        DateTimeOffset AnswerDueAt,
        DateTimeOffset At,
        TimeSpan? PauseAfter = null
    ) : OrderEvent(At);

    /// <param name="SendAgainAt">When it may be tried again, once the link is up.</param>
    /// <param name="Cause">Null in logs from before causes were told apart: the card company could not be reached.</param>
    public sealed record AttemptNotSent(int Attempt, string Why, DateTimeOffset SendAgainAt, DateTimeOffset At, NotSentCause? Cause = null)
        : OrderEvent(At);

    public sealed record AttemptApproved(
        int Attempt,
        string ResponseCode,
        string ApprovalCode,
        string? TransactionId,
        DateTimeOffset ExpiresAt,
        DateTimeOffset At
    ) : OrderEvent(At);

    public sealed record AttemptPartiallyApproved(
        int Attempt,
        string ApprovalCode,
        Money Amount,
        DateTimeOffset At,
        string? TransactionId = null
    ) : OrderEvent(At);

    public sealed record AttemptDeclined(int Attempt, AnswerCodes Codes, DateTimeOffset At) : OrderEvent(At);

    public sealed record AttemptReferred(int Attempt, AnswerCodes Codes, DateTimeOffset At) : OrderEvent(At);

    public sealed record AttemptUnanswered(int Attempt, DateTimeOffset At) : OrderEvent(At);

    public sealed record EvidenceNoted(
        int Attempt,
        EvidenceKind Kind,
        string ResponseCode,
        string? ApprovalCode,
        DateTimeOffset At,
        string? TransactionId = null
    ) : OrderEvent(At);

    public sealed record ReversalStarted(int Attempt, Claim Claim, ReversalReason Reason, DateTimeOffset RepeatAt, DateTimeOffset At)
        : OrderEvent(At);

    public sealed record ReversalRepeated(int Attempt, int SentCount, DateTimeOffset RepeatAt, DateTimeOffset At) : OrderEvent(At);

    /// <summary>A 0430 that ends the repeats: 00, 21 or 25.</summary>
    public sealed record ReversalAnswered(int Attempt, string ResponseCode, DateTimeOffset At) : OrderEvent(At);

    /// <summary>A 0430 with another code: the repeats go on.</summary>
    public sealed record ReversalRefused(int Attempt, string ResponseCode, DateTimeOffset At) : OrderEvent(At);

    public sealed record HoldOpened(int Episode, HoldClass Class, DateTimeOffset AnnounceAt, DateTimeOffset Deadline, DateTimeOffset At)
        : OrderEvent(At);

    public sealed record HoldClassChanged(int Episode, HoldClass Class, DateTimeOffset At) : OrderEvent(At);

    /// <param name="ReminderAt">When the customer is reminded, while the hold lasts.</param>
    public sealed record HoldAnnounced(int Episode, DateTimeOffset ReminderAt, DateTimeOffset At) : OrderEvent(At);

    public sealed record CustomerReminded(int Episode, int Reminder, DateTimeOffset NextReminderAt, DateTimeOffset At) : OrderEvent(At);

    /// <param name="RetryAt">Null: nothing is asked again by itself.</param>
    public sealed record RetryScheduled(int Episode, DateTimeOffset? RetryAt, DateTimeOffset At) : OrderEvent(At);

    public sealed record HoldEnded(int Episode, DateTimeOffset At) : OrderEvent(At);

    public sealed record ConfirmationAsked(string Request, DateTimeOffset At) : OrderEvent(At)
    {
        /// <summary>Who asked for the customer; null for the customer.</summary>
        public string? Agent { get; init; }
    }

    public sealed record CardChanged(string Request, CardOnFile Card, DateTimeOffset At) : OrderEvent(At);

    /// <param name="PatienceUntil">When the order is cancelled even though a reversal is unanswered.</param>
    public sealed record CancellationAsked(string Request, CancelledBy By, string? Reason, DateTimeOffset PatienceUntil, DateTimeOffset At)
        : OrderEvent(At);

    public sealed record OrderCancelled(CancelledBy By, DateTimeOffset At) : OrderEvent(At);

    /// <summary>
    /// A notice exists from here on: its text is in the message centre and its mail in the outbox, in the same transaction.
    /// </summary>
    public sealed record NoticeQueued(Notice Notice, DateTimeOffset At) : OrderEvent(At);

    public sealed record NoticeSent(string Notice, DateTimeOffset At) : OrderEvent(At);

    /// <summary>Its mail has not left, or has not arrived yet, and is still tried.</summary>
    public sealed record NoticeDelayed(string Notice, string Why, DateTimeOffset At) : OrderEvent(At);

    /// <summary>
    /// Its mail left so late that it would have said what is no longer true: the text is written again, in the same message.
    /// </summary>
    public sealed record NoticeRewritten(string Notice, string MessageId, DateTimeOffset At) : OrderEvent(At);

    /// <summary>
    /// Its mail had not left when the order had moved on, and a later notice says what it would have said: it never leaves.
    /// </summary>
    public sealed record NoticeWithdrawn(string Notice, DateTimeOffset At) : OrderEvent(At);

    /// <summary>Nobody received it: it was refused or given up, or came back after it had been sent.</summary>
    public sealed record NoticeUndeliverable(string Notice, string Why, DateTimeOffset At) : OrderEvent(At);

    /// <param name="DeliveryExpectedBy">When a parcel without a delivery goes onto the agents' list.</param>
    public sealed record ShipmentRegistered(
        string Request,
        string Shipment,
        ImmutableArray<ShippedItem> Items,
        Money Amount,
        int Attempt,
        Claim Claim,
        string Carrier,
        string Tracking,
        DateTimeOffset RepeatAt,
        DateTimeOffset DeliveryExpectedBy,
        DateTimeOffset At
    ) : OrderEvent(At);

    public sealed record CaptureRepeated(string Shipment, int SentCount, DateTimeOffset RepeatAt, DateTimeOffset At) : OrderEvent(At);

    /// <summary>The 0230: 00 captured, anything else for the desk.</summary>
    public sealed record CaptureAnswered(string Shipment, string ResponseCode, DateTimeOffset At) : OrderEvent(At);

    public sealed record ShipmentDelivered(string Shipment, DateTimeOffset DeliveredAt, DateTimeOffset At) : OrderEvent(At);

    public sealed record AuthorizationExpired(int Attempt, DateTimeOffset At) : OrderEvent(At);

    /// <summary>Whoever holds the order's link typed the card's last four digits.</summary>
    public sealed record CardProved(DateTimeOffset At) : OrderEvent(At);

    /// <summary>Whoever holds the order's link typed something else.</summary>
    public sealed record CardProofMissed(DateTimeOffset At) : OrderEvent(At);

    /// <param name="By">Who kept the order on hold for longer.</param>
    public sealed record DeadlineExtended(string Request, int Episode, string By, DateTimeOffset Deadline, DateTimeOffset At)
        : OrderEvent(At);

    /// <param name="By">Who let the customer try again.</param>
    public sealed record TriesReleased(string By, DateTimeOffset At) : OrderEvent(At);

    /// <summary>Onto the agents' list. The same reason stands there once at a time.</summary>
    public sealed record AttentionAsked(AttentionReason Reason, DateTimeOffset At) : OrderEvent(At);

    public sealed record AttentionSettled(AttentionReason Reason, DateTimeOffset At) : OrderEvent(At);

    /// <summary>Off the agents' list because somebody did what was to be done.</summary>
    public sealed record AttentionSettledByHand(AttentionReason Reason, Remedy Remedy, string By, DateTimeOffset At) : OrderEvent(At);
}
