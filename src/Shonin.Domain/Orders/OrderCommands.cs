using System.Collections.Immutable;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>Why a command was refused. REST, pages and the command line show these same names.</summary>
public enum Refusal
{
    OrderNotFound,
    ShipmentNotFound,
    NotOnHold,
    AttemptInProgress,
    AlreadyApproved,
    AlreadyShipped,
    AlreadyCancelled,
    DeadlinePassed,
    NeverRetryCode,
    RetryTooEarly,
    RetryBudgetSpent,
    NoLiveAuthorization,
    InvalidAmount,
    InvalidItems,
    CardNotProved,
    TriesSpent,

    /// <summary>Not later than the present deadline, or later than a hold may last.</summary>
    InvalidDeadline,

    /// <summary>What was done does not settle this, or it leaves the agents' list by something else.</summary>
    NotSettledSo,
}

/// <summary>What somebody or something wants of one order.</summary>
public abstract record OrderCommand
{
    private OrderCommand() { }

    public sealed record Place(
        OrderId Order,
        string Number,
        string Customer,
        Locale Locale,
        ImmutableArray<OrderItem> Items,
        CardOnFile Card,
        string? Reference
    ) : OrderCommand;

    /// <summary>The alarm rang: do whatever is due.</summary>
    public sealed record Wake : OrderCommand;

    /// <summary>Certainly no byte of this attempt left.</summary>
    /// <param name="Pause">Before this it is not tried again; null for the usual pause.</param>
    /// <param name="Lasting">Set where an own fault will not be otherwise the next time, as long as nobody mends it.</param>
    public sealed record RecordNotSent(
        int Attempt,
        string Why,
        TimeSpan? Pause = null,
        NotSentCause Cause = NotSentCause.OutOfReach,
        UnsendableReason? Lasting = null
    ) : OrderCommand;

    /// <summary>This reversal or capture cannot be sent as long as nobody mends it.</summary>
    public sealed record RecordUnsendable(string WireKey, UnsendableReason Why) : OrderCommand;

    /// <summary>The card company answered something with a key of this order.</summary>
    public sealed record RecordAnswer(NetworkAnswer Answer) : OrderCommand;

    /// <summary>The customer's button: ask again on the same card.</summary>
    /// <param name="Request">The request's own id: the same one again changes nothing.</param>
    public sealed record Confirm(string Request) : OrderCommand
    {
        /// <summary>Who asks for the customer, as the desk knows them; null for the customer.</summary>
        public string? Agent { get; init; }
    }

    public sealed record ChangeCard(string Request, CardOnFile Card) : OrderCommand;

    public sealed record Cancel(string Request, CancelledBy By, string? Reason) : OrderCommand;

    /// <param name="Items">What is in the parcel; empty for all that has not been shipped.</param>
    public sealed record Ship(string Request, string Shipment, ImmutableArray<ShippedItem> Items, string Carrier, string Tracking)
        : OrderCommand;

    public sealed record RegisterDelivery(string Shipment, DateTimeOffset DeliveredAt) : OrderCommand;

    /// <summary>A person at the shop has looked at the order and lets its customer try again.</summary>
    /// <param name="By">Who, as the desk knows them.</param>
    public sealed record ReleaseTries(string By) : OrderCommand;

    /// <summary>An agent keeps the order on hold for longer.</summary>
    /// <param name="Request">The request's own id: the same one again changes nothing.</param>
    /// <param name="By">Who, as the desk knows them.</param>
    public sealed record ExtendDeadline(string Request, string By, DateTimeOffset Until) : OrderCommand;

    /// <summary>An agent did what was to be done, which we cannot hear of by ourselves.</summary>
    /// <param name="By">Who, as the desk knows them.</param>
    public sealed record SettleByHand(string By, AttentionReason Reason, Remedy Remedy) : OrderCommand;

    /// <summary>Somebody who holds the order's link types what should be the card's last four digits.</summary>
    public sealed record ProveCard(string LastFour) : OrderCommand;

    public sealed record RecordNoticeSent(string Notice) : OrderCommand;

    public sealed record RecordNoticeDelayed(string Notice, string Why) : OrderCommand;

    /// <summary>Its mail is about to leave, later than it was written: the text is written again where the order has moved on.</summary>
    /// <param name="MessageId">Of the mail, which stays the same message.</param>
    public sealed record RefreshNotice(string Notice, string MessageId) : OrderCommand;

    /// <summary>Also after it was sent: it came back.</summary>
    public sealed record RecordNoticeUndeliverable(string Notice, string Why) : OrderCommand;
}

/// <summary>Whether the card network can be reached.</summary>
public enum LinkCondition
{
    Up,
    Down,
}

/// <summary>Fresh identities, enough for one decision: a run of STANs, one RRN, and numbers for notices.</summary>
/// <param name="FirstStan">The first of <see cref="StanCount"/> consecutive STANs that nobody else uses.</param>
/// <param name="References"><see cref="ReferenceCount"/> numbers drawn by chance. One that is taken is found out by the log, and the
///   decision is made anew.</param>
/// <param name="Sender">Who sends new attempts; null where nobody keeps it.</param>
public sealed record Supplies(int FirstStan, string Rrn, ImmutableArray<NoticeReference> References, WireSender? Sender = null)
{
    /// <summary>The most messages that one decision can send: reversals of live attempts, and one new attempt.</summary>
    public const int StanCount = 4;

    /// <summary>The most notices that one decision can queue, and one to spare.</summary>
    public const int ReferenceCount = 3;
}

/// <summary>What a decision may know of the world beyond the order itself.</summary>
/// <param name="Link">Whether the card network can be reached at this moment.</param>
/// <param name="Supplies">Identities for messages that the decision may want to send.</param>
public sealed record Moment(DateTimeOffset Now, ApprovalPolicy Policy, Supplies Supplies, LinkCondition Link);

/// <summary>What a decision comes to.</summary>
public abstract record Decision
{
    private Decision() { }

    /// <summary>Accepted; no events means that it was so already.</summary>
    /// <param name="Order">The order after the events.</param>
    public sealed record Accepted(IReadOnlyList<OrderEvent> Events, Order Order) : Decision;

    /// <param name="Rule">The dated rule that forbids it, where one does.</param>
    /// <param name="Until">When it no longer does; null where time alone does not end it.</param>
    public sealed record Refused(Refusal Reason, string? Rule = null, DateTimeOffset? Until = null) : Decision
    {
        /// <summary>Of two refusals the one that ends last; either may be null.</summary>
        internal static Refused? Longer(Refused? one, Refused? other) =>
            one is null || (other is not null && one.Until is { } until && !(other.Until <= until)) ? other : one;
    }
}
