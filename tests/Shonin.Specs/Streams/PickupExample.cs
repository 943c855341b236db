using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Specs.Streams;

/// <summary>What happened to one pickup at the counter.</summary>
internal abstract record PickupFact
{
    public sealed record Reserved(string Slot, DateTimeOffset Until) : PickupFact;

    public sealed record Collected : PickupFact;

    public sealed record Lapsed : PickupFact;
}

/// <summary>What is asked of it.</summary>
internal abstract record PickupCommand
{
    public sealed record Reserve(string Slot) : PickupCommand;

    public sealed record Collect : PickupCommand;

    public sealed record LookAtClock : PickupCommand;
}

internal enum PickupRefusal
{
    NothingReserved,
    ReservedAlready,
}

internal sealed record Pickup(string Slot, DateTimeOffset? Until, int CollectedCount);

/// <summary>
/// A stream kind, whole: a slot at the counter is reserved by one pickup at a time, for an hour; who collects in time is counted, and the
/// shelf hears of every slot that nobody came for.
/// </summary>
internal sealed class PickupExample : StreamKind<Pickup, PickupCommand, PickupFact, PickupRefusal?>
{
    public static readonly TimeSpan HeldFor = TimeSpan.FromHours(1);

    public override string Prefix => "pickup-";

    public override PickupCommand Wake { get; } = new PickupCommand.LookAtClock();

    public override Decided<Pickup, PickupFact, PickupRefusal?> Decide(
        StreamId stream,
        Pickup? state,
        PickupCommand command,
        DateTimeOffset at
    ) =>
        command switch
        {
            PickupCommand.Reserve when state?.Until is not null => Refuse(PickupRefusal.ReservedAlready),
            PickupCommand.Reserve reserve => Accept(new PickupFact.Reserved(reserve.Slot, at + HeldFor)),
            PickupCommand.Collect when state?.Until is null => Refuse(PickupRefusal.NothingReserved),
            PickupCommand.Collect => Accept(new PickupFact.Collected()),
            PickupCommand.LookAtClock => state?.Until <= at ? Accept(new PickupFact.Lapsed()) : Accept(),
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };

    public override Pickup Evolve(Pickup? state, PickupFact happened) =>
        happened switch
        {
            PickupFact.Reserved reserved => new Pickup(reserved.Slot, reserved.Until, state?.CollectedCount ?? 0),
            PickupFact.Collected => state! with { Until = null, CollectedCount = state.CollectedCount + 1 },
            PickupFact.Lapsed => state! with { Until = null },
            _ => throw new ArgumentOutOfRangeException(nameof(happened)),
        };

    public override DateTimeOffset? AlarmOf(Pickup state) => state.Until;

    public override void Follow(Step<Pickup, PickupFact> step, Consequences consequences)
    {
        foreach (var happened in step.Facts)
        {
            if (happened is PickupFact.Reserved reserved)
                consequences.Claim(new UniqueKey("slot", $"{reserved.Slot}/{reserved.Until:O}"));
            else if (happened is PickupFact.Lapsed)
                consequences.Tell(ShelfExample.StreamOf(step.After.Slot), JsonSerializer.SerializeToUtf8Bytes(step.After.Slot));
        }
    }

    public override NewEvent Store(PickupFact happened) =>
        happened switch
        {
            PickupFact.Reserved reserved => new NewEvent("reserved/1", JsonSerializer.SerializeToUtf8Bytes(reserved)),
            PickupFact.Collected => new NewEvent("collected/1", "{}"u8.ToArray()),
            PickupFact.Lapsed => new NewEvent("lapsed/1", "{}"u8.ToArray()),
            _ => throw new ArgumentOutOfRangeException(nameof(happened)),
        };

    public override PickupFact Load(StoredEvent stored) =>
        stored.Type switch
        {
            "reserved/1" => JsonSerializer.Deserialize<PickupFact.Reserved>(stored.Payload.Span)!,
            "collected/1" => new PickupFact.Collected(),
            "lapsed/1" => new PickupFact.Lapsed(),
            _ => throw new InvalidDataException($"{stored.Type} is no fact of a pickup."),
        };

    private static Decided<Pickup, PickupFact, PickupRefusal?> Accept(params IReadOnlyList<PickupFact> facts) => new(facts, null);

    private static Decided<Pickup, PickupFact, PickupRefusal?> Refuse(PickupRefusal why) => new([], why);
}
