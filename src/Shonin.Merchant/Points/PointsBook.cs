using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.EventLog;
using Shonin.Streams;
using PointsOutcome = Shonin.Streams.Outcome<Shonin.Domain.Points.PointsLedger, Shonin.Domain.Points.PointsFact, Shonin.Streams.NoReply>;
using PointsStreams = Shonin.Streams.StreamHost<
    Shonin.Domain.Points.PointsLedger,
    Shonin.Domain.Points.PointsCommand,
    Shonin.Domain.Points.PointsFact,
    Shonin.Streams.NoReply
>;

namespace Shonin.Merchant.Points;

/// <summary>Points that run out soon, as they are now.</summary>
/// <param name="Order">Its customer is told.</param>
/// <param name="ExpiresAt">When the first of them run out.</param>
public sealed record PointsWarning(OrderId Order, long Points, DateTimeOffset ExpiresAt);

/// <summary>Every customer's points. A customer is named as in their orders: by the keyed digest of their mail address.</summary>
public sealed class PointsBook : IAsyncDisposable
{
    /// <inheritdoc cref="PointsKind.LetterQueue"/>
    public const string LetterQueue = PointsKind.LetterQueue;

    private readonly TimeProvider clock;
    private readonly PointsStreams streams;

    private PointsBook(PointsPolicy policy, TimeProvider clock, PointsStreams streams) =>
        (Policy, this.clock, this.streams) = (policy, clock, streams);

    public PointsPolicy Policy { get; }

    public static async ValueTask<PointsBook> OpenAsync(
        OwnedLog log,
        PointsPolicy policy,
        TimeProvider clock,
        Action<Exception> onFault,
        CancellationToken cancellation
    )
    {
        var ports = new StreamPorts<PointsLedger, PointsFact>(log, clock)
        {
            OnFault = onFault,
            OnUnreadable = onFault,
            HearsMessages = true,
        };
        var streams = await PointsStreams.OpenAsync(new PointsKind(policy), ports, cancellation);
        streams.Start();
        return new(policy, clock, streams);
    }

    /// <summary>What these customers have together: one person, who has proved each of the addresses.</summary>
    /// <exception cref="StreamUnreadableException">A ledger cannot be read.</exception>
    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<PointsView> OfAsync(IEnumerable<string> customers)
    {
        ArgumentNullException.ThrowIfNull(customers);
        var found = new List<(PointsLedger, IReadOnlyList<PointsFact>)>();
        foreach (var customer in customers.Distinct(StringComparer.Ordinal))
        {
            if (await streams.ReadAsync(PointsKind.StreamOf(customer)) is { } ledger)
                found.Add((ledger.State, ledger.Facts));
        }
        return PointsView.Of(found, clock.GetUtcNow());
    }

    /// <summary>What this order earned; null where it came back.</summary>
    /// <inheritdoc cref="OfAsync" path="/exception"/>
    public async ValueTask<OrderPoints?> OfOrderAsync(Order order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return await streams.ReadAsync(PointsKind.StreamOf(order.Customer)) is { } ledger
            ? OrderPoints.Of(order.Id, ledger.Facts)
            : OrderPoints.None;
    }

    /// <summary>The whole order came back to the shop: its points go, once, however often this is told.</summary>
    /// <returns>Why it could not be done now, or null.</returns>
    public async ValueTask<string?> TakeBackAsync(Order order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var outcome = await streams.SubmitAsync(PointsKind.StreamOf(order.Customer), new PointsCommand.TakeBack(order.Id, order.Number));
        return outcome is PointsOutcome.Done
            ? null
            : outcome.WhyNotNow ?? throw new LogUnusableException($"Points of {order.Id}: {outcome}");
    }

    /// <summary>What a letter of the queue has to tell; null where nothing of it is left, or it has run out meanwhile.</summary>
    /// <exception cref="System.Text.Json.JsonException">The item is damaged.</exception>
    public async ValueTask<PointsWarning?> FindWarningAsync(OutboxItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var (ledger, order, parcels) = PointsKind.SubjectOf(item);
        var now = clock.GetUtcNow();
        var left = (await streams.ReadAsync(ledger))?.State.Batches.FindAll(batch =>
            parcels.Contains(batch.Parcel) && batch.ExpiresAt > now
        );
        return left is { IsEmpty: false } ? new(order, left.Sum(batch => batch.Left), left[0].ExpiresAt) : null;
    }

    /// <summary>It has left, or never will.</summary>
    /// <exception cref="LogUnusableException">That could not be written: it waits in the outbox still.</exception>
    public async ValueTask CloseLetterAsync(OutboxItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var outcome = await streams.SubmitAsync(
            PointsKind.SubjectOf(item).Ledger,
            new PointsCommand.CloseLetter(),
            new() { CompletedOutbox = [item.Id] }
        );
        if (outcome is not PointsOutcome.Done)
            throw new LogUnusableException($"That the letter {item.Id} is done could not be written: {outcome}");
    }

    public ValueTask DisposeAsync() => streams.DisposeAsync();
}
