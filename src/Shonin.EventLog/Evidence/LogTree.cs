using System.Numerics;
using System.Security.Cryptography;

namespace Shonin.EventLog.Evidence;

/// <summary>
/// The Merkle tree over the whole log, RFC 9162 section 2.1.1, kept by its peaks: the roots of its complete subtrees, the largest
/// first, one for each 1 in the binary count of events. The leaf of an event is its <see cref="EventHash"/>; leaves stand in the order of
/// positions.
/// </summary>
public sealed class LogTree
{
    private readonly List<byte[]> peaks;

    public LogTree()
    {
        peaks = [];
    }

    /// <summary>A tree of <paramref name="count"/> leaves from its peaks, each 32 bytes, one after the other.</summary>
    /// <exception cref="ArgumentException">There are not as many peaks as the count has.</exception>
    public LogTree(long count, ReadOnlySpan<byte> peaks)
    {
        if (count < 0 || peaks.Length != BitOperations.PopCount((ulong)count) * EventHash.SizeBytes)
            throw new ArgumentException($"A tree of {count} events cannot have {peaks.Length} bytes of peaks.", nameof(peaks));
        Count = count;
        this.peaks = [];
        for (var start = 0; start < peaks.Length; start += EventHash.SizeBytes)
            this.peaks.Add(peaks.Slice(start, EventHash.SizeBytes).ToArray());
    }

    private LogTree(LogTree other)
    {
        Count = other.Count;
        peaks = [.. other.peaks];
    }

    public long Count { get; private set; }

    public LogHead Head => new(Count, Root());

    /// <summary>The peaks, one after the other; with <see cref="Count"/> they are the whole state.</summary>
    public byte[] Peaks => [.. peaks.SelectMany(peak => peak)];

    /// <summary>A tree that can grow on its own; this one stays.</summary>
    public LogTree Copy() => new(this);

    public void Add(ReadOnlySpan<byte> eventHash)
    {
        var node = Leaf(eventHash);
        // Each trailing 1 of the count is a complete subtree as large as the one just made: the two become one.
        for (var pairs = BitOperations.TrailingZeroCount(~Count); pairs > 0; pairs--)
        {
            node = Node(peaks[^1], node);
            peaks.RemoveAt(peaks.Count - 1);
        }
        peaks.Add(node);
        Count++;
    }

    /// <summary>MTH of RFC 9162 section 2.1.1; for no events, the hash of nothing.</summary>
    public byte[] Root()
    {
        if (peaks.Count == 0)
            return SHA256.HashData([]);
        var root = peaks[^1];
        for (var index = peaks.Count - 2; index >= 0; index--)
            root = Node(peaks[index], root);
        return root;
    }

    private static byte[] Leaf(ReadOnlySpan<byte> data)
    {
        Span<byte> input = stackalloc byte[1 + EventHash.SizeBytes];
        input[0] = 0x00; // RFC 9162 section 2.1.1: leaves and nodes hash apart, so that none can stand for the other
        data.CopyTo(input[1..]);
        return SHA256.HashData(input[..(1 + data.Length)]);
    }

    private static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * EventHash.SizeBytes];
        input[0] = 0x01; // RFC 9162 section 2.1.1
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + EventHash.SizeBytes)..]);
        return SHA256.HashData(input);
    }
}

/// <summary>What the whole log comes down to: how many events it holds, and the root of its <see cref="LogTree"/>.</summary>
/// <param name="Root">32 bytes.</param>
public sealed record LogHead(long Events, ReadOnlyMemory<byte> Root);
