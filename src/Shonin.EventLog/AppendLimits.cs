using System.Buffers;
using System.Text;

namespace Shonin.EventLog;

/// <summary>
/// How large things in the log may be. Callers keep to these at their own edge, where they can answer politely; whoever
/// passes them here has a programmer's error, so it throws, before anything is written.
/// </summary>
public static class AppendLimits
{
    public const int StreamNameSizeMax = 100;
    public const int EventTypeSizeMax = 100;
    public const int PayloadSizeBytesMax = 1024 * 1024;
    public const int DocumentSizeBytesMax = 4 * 1024 * 1024;

    /// <summary>Scopes, queues: short constants.</summary>
    public const int ShortNameSizeMax = 50;

    /// <summary>Values of keys, ids of outbox items and documents, owners, in UTF-8 bytes.</summary>
    public const int KeySizeBytesMax = 500;

    /// <summary>Events, keys, outbox items and documents of one append, each kind by itself.</summary>
    public const int ItemCountMax = 1000;

    private static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> printableAscii = SearchValues.Create([
        .. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code),
    ]);

    /// <exception cref="ArgumentException">Names the part of the append that breaks a limit, its size and the limit.</exception>
    public static void Check(Append append)
    {
        CheckStream(append.Stream);
        if (ShardMap.ShardOf(append.Stream) != append.Lease.Shard)
        {
            throw Broken(
                $"stream {append.Stream} belongs to shard {ShardMap.ShardOf(append.Stream)}, "
                    + $"but the lease is for shard {append.Lease.Shard}; acquire the shard that ShardMap.ShardOf names"
            );
        }

        if (TooLarge(append) is { } what)
            throw Broken(what);
        foreach (var written in append.Events)
            CheckAscii("Events/Type", written.Type, EventTypeSizeMax);
        foreach (var key in append.Keys)
        {
            CheckAscii("Keys/Scope", key.Scope, ShortNameSizeMax);
            CheckText("Keys/Value", key.Value);
        }
        foreach (var item in append.Outbox)
        {
            CheckText("Outbox/Id", item.Id);
            CheckAscii("Outbox/Queue", item.Queue, ShortNameSizeMax);
            CheckStream(item.Stream);
        }
        foreach (var document in append.Documents)
        {
            CheckText("Documents/Id", document.Id);
            CheckText("Documents/Owner", document.Owner);
        }
        foreach (var owner in append.ErasedOwners)
            CheckText("ErasedOwners", owner);
    }

    /// <summary>
    /// Which part of the append holds more than the log takes, its size and how much fits; null where all fits. Sizes follow from what
    /// somebody asked for, so that they can be told, and can ask for less.
    /// </summary>
    public static string? TooLarge(Append append)
    {
        ArgumentNullException.ThrowIfNull(append);
        return TooMany("Events", append.Events.Count)
            ?? TooMany("Keys", append.Keys.Count)
            ?? TooMany("Outbox", append.Outbox.Count)
            ?? TooMany("CompletedOutbox", append.CompletedOutbox.Count)
            ?? TooMany("Documents", append.Documents.Count)
            ?? TooMany("ErasedOwners", append.ErasedOwners.Count)
            ?? First(append.Events, PayloadSizeBytesMax, written => written.Payload.Length, written => $"Events/Payload of {written.Type}")
            ?? First(append.Keys, PayloadSizeBytesMax, key => key.Content.Length, key => $"Keys/Content of {key.Scope} {key.Value}")
            ?? First(append.Outbox, PayloadSizeBytesMax, item => item.Payload.Length, item => $"Outbox/Payload of {item.Id}")
            ?? First(
                append.Documents,
                DocumentSizeBytesMax,
                document => document.Content.Length,
                document => $"Documents/Content of {document.Id}"
            );
    }

    internal static void Check(IReadOnlyList<Append> batch)
    {
        foreach (var append in batch)
            Check(append);
    }

    internal static void CheckShard(int shard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, ShardMap.ShardCount);
    }

    private static void CheckStream(StreamId stream) => CheckAscii("Stream", stream.Value, StreamNameSizeMax);

    private static void CheckAscii(string place, string? text, int sizeMax)
    {
        if (string.IsNullOrEmpty(text) || text.AsSpan().ContainsAnyExcept(printableAscii))
            throw Broken($"{place} must be printable ASCII without spaces and not empty, not '{text}'");
        if (text.Length > sizeMax)
            throw Broken(TooLong($"{place} '{text}'", text.Length, sizeMax));
    }

    private static void CheckText(string place, string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Any(char.IsControl))
            throw Broken($"{place} must not be empty and must hold no control characters");
        try
        {
            CheckSize(place, strictUtf8.GetByteCount(text), KeySizeBytesMax);
        }
        catch (EncoderFallbackException)
        {
            throw Broken($"{place} holds half of a surrogate pair and cannot be stored as UTF-8");
        }
    }

    private static void CheckSize(string place, int size, int sizeMax)
    {
        if (size > sizeMax)
            throw Broken(TooLong(place, size, sizeMax));
    }

    private static string TooLong(string place, int size, int sizeMax) => $"{place} has size {size}, at most {sizeMax} fit";

    private static string? TooMany(string place, int count) =>
        count > ItemCountMax ? $"{place} holds {count} items, at most {ItemCountMax} fit; split the append" : null;

    /// <summary>The name of a part is made only where it is too long.</summary>
    private static string? First<T>(IReadOnlyList<T> parts, int sizeMax, Func<T, int> sizeOf, Func<T, string> nameOf)
    {
        for (var index = 0; index < parts.Count; index++)
        {
            if (sizeOf(parts[index]) is var size && size > sizeMax)
                return TooLong(nameOf(parts[index]), size, sizeMax);
        }

        return null;
    }

    private static ArgumentException Broken(string why) => new($"This append cannot be stored: {why}.");
}
