using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Specs.Streams;

internal sealed record PutBack(string Slot);

internal sealed record Shelf(int PutBackCount);

/// <summary>A kind that only hears from another: how often what stood in a slot was put back.</summary>
internal sealed class ShelfExample : StreamKind<Shelf, PutBack, PutBack, bool>
{
    public override string Prefix => "shelf-";

    public static StreamId StreamOf(string slot) => new($"shelf-{slot}");

    public override PutBack Hear(StreamMessage message) => new(JsonSerializer.Deserialize<string>(message.Content.Span)!);

    public override Decided<Shelf, PutBack, bool> Decide(StreamId stream, Shelf? state, PutBack command, DateTimeOffset at) =>
        new([command], true);

    public override Shelf Evolve(Shelf? state, PutBack happened) => new((state?.PutBackCount ?? 0) + 1);

    public override NewEvent Store(PutBack happened) => new("putBack/1", JsonSerializer.SerializeToUtf8Bytes(happened));

    public override PutBack Load(StoredEvent stored) => JsonSerializer.Deserialize<PutBack>(stored.Payload.Span)!;
}
