using System.Text;
using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// What one stream tells another. It waits in the outbox, durable with the facts that it follows from, and is heard at least once and once
/// in effect.
/// </summary>
/// <param name="From">Of one stream's messages to the streams of one kind, each is heard after those before it.</param>
public sealed record StreamMessage(StreamId From, StreamId To, ReadOnlyMemory<byte> Content)
{
    /// <summary>What was heard: in the append that follows from it, so that no crash and no second server makes it twice.</summary>
    internal const string HeardScope = "heard";

    private const string QueuePrefix = "to-";

    /// <summary>Where messages to a kind wait.</summary>
    internal static string QueueOf(string prefix) => QueuePrefix + prefix;

    /// <param name="version">The version after the decision that tells it, and its place among those that the decision tells: the same for
    ///   ever.</param>
    internal OutboxItem ToItem(long version, int place, DateTimeOffset at) =>
        new(
            $"{From}/{version}/{place}",
            QueueOf(KindOf(To)),
            From,
            (byte[])[.. Encoding.ASCII.GetBytes(To.Value), (byte)'\n', .. Content.Span],
            at
        );

    /// <exception cref="InvalidDataException">The item holds no message.</exception>
    internal static StreamMessage Of(OutboxItem item)
    {
        var end = item.Payload.Span.IndexOf((byte)'\n');
        return end > 0
            ? new StreamMessage(item.Stream, new StreamId(Encoding.ASCII.GetString(item.Payload.Span[..end])), item.Payload[(end + 1)..])
            : throw new InvalidDataException($"The outbox item {item.Id} names no stream. Run: shonin log verify.");
    }

    private static string KindOf(StreamId stream) =>
        stream.Value.IndexOf('-', StringComparison.Ordinal) is > 0 and var end
            ? stream.Value[..(end + 1)]
            : throw new ArgumentException($"{stream} names no kind: KIND-NAME.", nameof(stream));
}
