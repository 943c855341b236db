using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Specs.Streams;

internal sealed record PutBack(string Slot);

internal sealed record Shelf(int PutBackCount);

/// <summary>
/// A kind that only hears from another: how often what stood in a slot was put back. A shelf is used for ever, so that its state is kept
/// now and then.
/// </summary>
internal sealed class ShelfExample : StreamKind<Shelf, PutBack, PutBack, bool>
{
    public override string Prefix => "shelf-";

    public override StateForm<Shelf> Form { get; } =
        new("shelf/1", 10, state => JsonSerializer.SerializeToUtf8Bytes(state), kept => JsonSerializer.Deserialize<Shelf>(kept.Span)!);

    /// <summary>How many facts were read from the log.</summary>
    public int LoadedCount { get; private set; }

    public static StreamId StreamOf(string slot) => new($"shelf-{slot}");

    public override PutBack Hear(StreamMessage message) => new(JsonSerializer.Deserialize<string>(message.Content.Span)!);

    public override Decided<Shelf, PutBack, bool> Decide(StreamId stream, Shelf? state, PutBack command, DateTimeOffset at) =>
        new([command], true);

    public override Shelf Evolve(Shelf? state, PutBack happened) => new((state?.PutBackCount ?? 0) + 1);

    public override NewEvent Store(PutBack happened) => new("putBack/1", JsonSerializer.SerializeToUtf8Bytes(happened));

    public override PutBack Load(StoredEvent stored)
    {
        LoadedCount++;
        return JsonSerializer.Deserialize<PutBack>(stored.Payload.Span)!;
    }
}
