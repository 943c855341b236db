using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Points;

/// <summary>
/// The points of one mail address as a kind of stream, named by the keyed digest that stands in its orders. Orders tell it of deliveries;
/// the alarm does what time does.
/// </summary>
internal sealed class PointsKind(PointsPolicy policy) : StreamKind<PointsLedger, PointsCommand, PointsFact, NoReply>
{
    /// <summary>Letters that tell of points that run out.</summary>
    public const string LetterQueue = "pointsLetters";

    /// <summary>Each parcel and each return counts once, in whatever ledger.</summary>
    public const string CauseScope = "points";

    private const string StreamPrefix = "points-";
    private const string EarnedName = "pointsEarned";
    private const string TakenBackName = "pointsTakenBack";
    private const string ExpiredName = "pointsExpired";
    private const string WarnedName = "pointsWarned";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
    };

    public override string Prefix => StreamPrefix;

    /// <summary>The customer is shown each entry.</summary>
    public override bool KeepsFacts => true;

    public override PointsCommand Wake { get; } = new PointsCommand.Wake();

    /// <param name="customer">As <see cref="Order.Customer"/>.</param>
    public static StreamId StreamOf(string customer) => new(StreamPrefix + customer);

    /// <summary>What an order tells of a delivery; null where it earns nothing.</summary>
    public static ReadOnlyMemory<byte>? Telling(Order order, string parcel, PointsPolicy policy, DateTimeOffset at)
    {
        if (!policy.IsOn || policy.ForParcel(order, parcel) is not (> 0 and var points))
            return null;
        return JsonSerializer.SerializeToUtf8Bytes(
            new Delivered(order.Id.Value, order.Number, parcel, points, at + policy.ExpireAfter),
            json
        );
    }

    public override PointsCommand Hear(StreamMessage message)
    {
        var told = JsonSerializer.Deserialize<Delivered>(message.Content.Span, json)
            ?? throw new JsonException($"What {message.From} tells of its points holds nothing.");
        return new PointsCommand.Earn(new(told.Order), told.Number, told.Parcel, told.Points, told.ExpiresAt);
    }

    public override Decided<PointsLedger, PointsFact, NoReply> Decide(
        StreamId stream,
        PointsLedger? state,
        PointsCommand command,
        DateTimeOffset at
    ) => new(PointsLedger.Decide(state, command, policy, at), default);

    public override PointsLedger Evolve(PointsLedger? state, PointsFact happened) => PointsLedger.Evolve(state, happened);

    public override DateTimeOffset? AlarmOf(PointsLedger state) => state.AlarmOf(policy);

    public override void Follow(Step<PointsLedger, PointsFact> step, Consequences consequences)
    {
        foreach (var happened in step.Facts)
        {
            switch (happened)
            {
                case PointsFact.Earned earned:
                    consequences.Claim(new UniqueKey(CauseScope, $"{earned.Order}/{earned.Parcel}"));
                    break;
                case PointsFact.TakenBack back:
                    consequences.Claim(new UniqueKey(CauseScope, $"{back.Order}/returned"));
                    break;
                case PointsFact.Warned warned:
                    consequences.Queue(ItemOf(warned, step));
                    break;
            }
        }
    }

    public override NewEvent Store(PointsFact happened) =>
        happened switch
        {
            PointsFact.Earned e => Write(
                EarnedName,
                new(e.Order.Value, e.Points, e.At)
                {
                    Number = e.Number,
                    Parcel = e.Parcel,
                    ExpiresAt = e.ExpiresAt,
                }
            ),
            PointsFact.TakenBack e => Write(TakenBackName, new(e.Order.Value, e.Points, e.At) { Number = e.Number }),
            PointsFact.Expired e => Write(ExpiredName, new(e.Order.Value, e.Points, e.At) { Number = e.Number, Parcel = e.Parcel }),
            PointsFact.Warned e => Write(WarnedName, new(e.Order.Value, e.Points, e.At) { Parcels = e.Parcels, ExpiresAt = e.ExpiresAt }),
            _ => throw new UnreachableException(),
        };

    public override PointsFact Load(StoredEvent stored)
    {
        var held = JsonSerializer.Deserialize<Stored>(stored.Payload.Span, json)
            ?? throw new JsonException($"{stored.Type} holds nothing.");
        var order = new OrderId(held.Order);
        return (stored.Type, held) switch
        {
            (EarnedName, { Number: { } number, Parcel: { } parcel, ExpiresAt: { } until }) => new PointsFact.Earned(
                order,
                number,
                parcel,
                held.Points,
                until,
                held.At
            ),
            (TakenBackName, { Number: { } number }) => new PointsFact.TakenBack(order, number, held.Points, held.At),
            (ExpiredName, { Number: { } number, Parcel: { } parcel }) => new PointsFact.Expired(
                order,
                number,
                parcel,
                held.Points,
                held.At
            ),
            (WarnedName, { Parcels: { IsDefaultOrEmpty: false } parcels, ExpiresAt: { } until }) => new PointsFact.Warned(
                order,
                parcels,
                held.Points,
                until,
                held.At
            ),
            _ => throw new JsonException($"{stored.Type} is no fact of points that this program knows."),
        };
    }

    /// <summary>What a letter of the queue is about, and whose ledger knows whether it is still so.</summary>
    public static (StreamId Ledger, OrderId Order, ImmutableArray<string> Parcels) SubjectOf(OutboxItem item)
    {
        var held = JsonSerializer.Deserialize<Letter>(item.Payload.Span, json)
            ?? throw new JsonException($"The letter {item.Id} holds nothing.");
        return (new(held.Ledger), new(held.Order), held.Parcels);
    }

    /// <summary>In a line of its own: a letter that its recipient does not take holds up none of the others.</summary>
    private static OutboxItem ItemOf(PointsFact.Warned warned, Step<PointsLedger, PointsFact> step)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"letter-{step.Stream}-{step.Version}");
        var about = new Letter(step.Stream.Value, warned.Order.Value, warned.Parcels);
        return new(id, LetterQueue, new StreamId(id), JsonSerializer.SerializeToUtf8Bytes(about, json), step.At);
    }

    private static NewEvent Write(string name, Stored held) => new(name, JsonSerializer.SerializeToUtf8Bytes(held, json));

    private sealed record Delivered(string Order, string Number, string Parcel, long Points, DateTimeOffset ExpiresAt);

    private sealed record Letter(string Ledger, string Order, ImmutableArray<string> Parcels);

    private sealed record Stored(string Order, long Points, DateTimeOffset At)
    {
        public string? Number { get; init; }
        public string? Parcel { get; init; }
        public ImmutableArray<string>? Parcels { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
    }
}
