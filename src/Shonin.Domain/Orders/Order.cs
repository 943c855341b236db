using System.Collections.Immutable;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>Where an order stands. What was shipped is beside it, in <see cref="Order.Shipments"/>.</summary>
public abstract record Standing
{
    private Standing() { }

    /// <summary>Neither a yes nor anything else that the customer must hear of.</summary>
    /// <param name="SendAgainAt">Set while the last attempt could not be sent.</param>
    public sealed record AwaitingApproval(DateTimeOffset? SendAgainAt) : Standing;

    public sealed record OnHold(Hold Hold) : Standing;

    public sealed record Approved : Standing;

    /// <summary>Cancel was asked; reversals are outstanding.</summary>
    /// <param name="Hold">The hold during which it was asked, or null.</param>
    public sealed record Closing(CancelledBy By, DateTimeOffset PatienceUntil, Hold? Hold) : Standing;

    public sealed record Cancelled(CancelledBy By) : Standing;
}

/// <summary>The episode from the first answer that is not a yes until the outcome.</summary>
/// <param name="AnnouncedAt">When the customer was told of it, or null.</param>
/// <param name="RetryAt">When we ask again by ourselves; null where we do not.</param>
/// <param name="SendAgainAt">Set while the last attempt could not be sent.</param>
/// <param name="RetriesDone">How many automatic retries of this hold reached the network.</param>
public sealed record Hold(
    int Episode,
    HoldClass Class,
    DateTimeOffset OpenedAt,
    DateTimeOffset AnnounceAt,
    DateTimeOffset Deadline,
    DateTimeOffset? AnnouncedAt,
    DateTimeOffset? ReminderAt,
    int Reminders,
    int ClassChanges,
    DateTimeOffset? RetryAt,
    DateTimeOffset? SendAgainAt,
    int RetriesDone
)
{
    /// <summary>When an agent last kept it open for longer; null where none did.</summary>
    public DateTimeOffset? ExtendedAt { get; init; }
}

/// <summary>A parcel and its capture.</summary>
/// <param name="CaptureCode">The answer to the capture, or null while it is outstanding.</param>
public sealed record Shipment(
    string Id,
    ImmutableArray<ShippedItem> Items,
    Money Amount,
    int Attempt,
    Claim Claim,
    string Carrier,
    string Tracking,
    DateTimeOffset ShippedAt,
    int SentCount,
    DateTimeOffset RepeatAt,
    string? CaptureCode,
    DateTimeOffset DeliveryExpectedBy,
    DateTimeOffset? DeliveredAt
)
{
    /// <summary>A parcel of free things captures nothing.</summary>
    public bool CaptureIsOutstanding => CaptureCode is null && Amount.MinorUnits > 0;

    /// <summary>Answered, and not with a yes; a yes may still come.</summary>
    public bool CaptureIsRefused => CaptureCode is not (null or ResponseCodes.Approved);
}

/// <summary>A notice and what became of its mail.</summary>
public sealed record NoticeRecord(Notice Notice, DateTimeOffset QueuedAt, DateTimeOffset? SentAt)
{
    /// <summary>When its text was written; later than it was queued where its mail left late.</summary>
    public DateTimeOffset WrittenAt { get; init; } = QueuedAt;

    /// <summary>How often it was written again.</summary>
    public int RewrittenCount { get; init; }

    /// <summary>Since when it is known that its mail is late, or null.</summary>
    public DateTimeOffset? DelayedAt { get; init; }

    /// <summary>Since when it is known that its mail will never leave, because the order has moved on; or null.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Since when it is known that nobody received it, or null.</summary>
    public DateTimeOffset? UndeliverableAt { get; init; }
}

/// <summary>One order: a fold over its events. An event that the state cannot have produced is an error, never ignored.</summary>
public sealed record Order
{
    public required OrderId Id { get; init; }
    public required string Number { get; init; }
    public required string Customer { get; init; }
    public required Locale Locale { get; init; }
    public required ImmutableArray<OrderItem> Items { get; init; }
    public required Money Total { get; init; }

    /// <summary>The card that the next attempt will ask on.</summary>
    public required CardOnFile Card { get; init; }
    public required string? Reference { get; init; }
    public required DateTimeOffset PlacedAt { get; init; }
    public required Standing Standing { get; init; }
    public ImmutableArray<Attempt> Attempts { get; init; } = [];
    public ImmutableArray<Shipment> Shipments { get; init; } = [];
    public ImmutableArray<NoticeRecord> Notices { get; init; } = [];
    public ImmutableArray<AttentionReason> Attention { get; init; } = [];

    /// <summary>Reasons that stood on the agents' list at any time.</summary>
    public ImmutableArray<AttentionReason> AttentionEver { get; init; } = [];

    /// <summary>
    /// When an agent last took the order off the list for each reason: what was due by then is not asked for again, and what comes later is.
    /// </summary>
    public ImmutableDictionary<AttentionReason, DateTimeOffset> SettledByHand { get; init; } =
        ImmutableDictionary<AttentionReason, DateTimeOffset>.Empty;

    /// <summary>Ids of requests that were accepted: the same one again changes nothing.</summary>
    public ImmutableArray<string> Requests { get; init; } = [];

    /// <summary>Guesses of the card's last four digits in the 24 hours before the latest of them.</summary>
    public ImmutableArray<ProofTry> ProofTries { get; init; } = [];

    /// <summary>How many attempts had been made when a person last let the customer try again: these count no more.</summary>
    public int TriesReleasedCount { get; init; }

    /// <summary>When something last happened that a notice might tell of.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>What whoever cancelled it gave as the reason, or null.</summary>
    public string? CancellationReason { get; init; }

    /// <summary>Field 63 of the first answer that brought one; every later attempt carries it. Null while none came.</summary>
    public string? TransactionId { get; init; }

    /// <summary>How many holds the order has had.</summary>
    public int Episodes { get; init; }

    public Hold? Hold => Standing is Standing.OnHold onHold ? onHold.Hold : null;

    /// <summary>The number that a customer quotes: the last notice's, which nobody can guess, or else the order's own.</summary>
    public string NumberToQuote() => Notices.IsEmpty ? Number : Notices[^1].Notice.NumberToQuote();

    public Attempt? AttemptInFlight => Attempts.FirstOrDefault(attempt => attempt.IsInFlight);

    /// <summary>How many approvals ran out before all was shipped.</summary>
    public int ExpiredCount => Attempts.Count(attempt => attempt.HasExpired);

    public Attempt? LastAttempt => Attempts.IsEmpty ? null : Attempts[^1];

    /// <summary>The approval that the order stands on, or null.</summary>
    public Attempt? Approval => Attempts.FirstOrDefault(attempt => attempt.IsUsable);

    /// <summary>
    /// Whether the card company may hold the amount twice: once for a live attempt, once for one that we are taking back.
    /// </summary>
    public bool MayBeHeldTwice => Attempts.Any(attempt => attempt.IsReversing) && Attempts.Any(attempt => attempt.IsLive);

    /// <summary>The sum of what was shipped.</summary>
    public Money Captured => Shipments.Aggregate(Total with { MinorUnits = 0 }, (sum, shipment) => sum + shipment.Amount);

    /// <summary>The sum of what was shipped on one attempt's approval.</summary>
    public Money CapturedOn(int attempt) =>
        Shipments
            .Where(shipment => shipment.Attempt == attempt)
            .Aggregate(Total with { MinorUnits = 0 }, (sum, shipment) => sum + shipment.Amount);

    /// <summary>What has not been shipped, in money: so much is asked of the card company.</summary>
    public Money Remaining => Total with { MinorUnits = Total.MinorUnits - Captured.MinorUnits };

    /// <summary>Whether something that costs money has not been shipped: free things leave without the card company's leave.</summary>
    public bool NeedsAuthorization => Remaining.MinorUnits > 0;

    /// <summary>
    /// The attempts on a card since it was last approved, or all of them: an approval says that what it had said before no longer stands.
    /// </summary>
    public IEnumerable<Attempt> AttemptsSinceApproval(CardOnFile card)
    {
        var onCard = Attempts.Where(attempt => attempt.Card.Fingerprint == card.Fingerprint).ToList();
        return onCard.Skip(onCard.FindLastIndex(attempt => attempt.Outcome is AttemptOutcome.Approved) + 1);
    }

    /// <summary>How many of a line have not been shipped.</summary>
    public int Unshipped(string sku) =>
        Items.Where(item => item.Sku == sku).Sum(item => item.Quantity)
        - Shipments.SelectMany(shipment => shipment.Items).Where(item => item.Sku == sku).Sum(item => item.Quantity);

    public bool IsShippedWhole => Items.All(item => Unshipped(item.Sku) == 0);

    /// <summary>The state after one more fact. Throws where the state cannot have produced it.</summary>
    public static Order Evolve(Order? order, OrderEvent happened) =>
        happened is OrderEvent.OrderPlaced placed
            ? order is null
                ? Placed(placed)
                : throw Impossible(order, happened)
            : OrderFold.Apply(order ?? throw new InvariantBrokenException($"{happened.GetType().Name} before OrderPlaced"), happened);

    internal static InvariantBrokenException Impossible(Order order, OrderEvent happened) =>
        new($"order {order.Id}, {order.Standing.GetType().Name}, cannot have produced {happened.GetType().Name}");

    private static Order Placed(OrderEvent.OrderPlaced placed) =>
        new()
        {
            Id = placed.Order,
            Number = placed.Number,
            Customer = placed.Customer,
            Locale = placed.Locale,
            Items = placed.Items,
            Total = placed.Total,
            Card = placed.Card,
            Reference = placed.Reference,
            PlacedAt = placed.At,
            ChangedAt = placed.At,
            Standing = new Standing.AwaitingApproval(null),
        };
}
