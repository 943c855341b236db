using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.EventLog.Evidence;

/// <summary>
/// The hash that chains the events of one stream. Anyone can recompute it from the rows of the <c>events</c> table.
/// <para>
/// <c>hash = SHA-256(domain ‖ previous ‖ position ‖ version ‖ at ‖ field(stream) ‖ field(type) ‖ field(payload))</c>, where
/// </para>
/// <list type="bullet">
/// <item><c>domain</c> is the 20 ASCII bytes <c>shonin-event-hash-v1</c>;</item>
/// <item><c>previous</c> is the 32-byte hash of the event of the same stream with the version before, or 32 zero bytes for version
/// 1;</item>
/// <item><c>position</c>, <c>version</c> and <c>at</c> (milliseconds since 1970-01-01T00:00:00Z) are signed 64-bit integers,
/// big-endian;</item>
/// <item><c>field(x)</c> is the length of <c>x</c> in bytes as an unsigned 32-bit integer, big-endian, followed by <c>x</c>; the stream's
/// name and the event's type are ASCII, the payload is taken as it is stored.</item>
/// </list>
/// </summary>
public static class EventHash
{
    public const int SizeBytes = SHA256.HashSizeInBytes;
    private const int FixedSizeBytes = 20 + SizeBytes + 3 * sizeof(long);

    private static ReadOnlySpan<byte> Domain => "shonin-event-hash-v1"u8;

    /// <summary>What stands in place of a previous hash before the first event of a stream.</summary>
    public static ReadOnlyMemory<byte> BeforeFirst { get; } = new byte[SizeBytes];

    /// <param name="previous">32 bytes; <see cref="BeforeFirst"/> for version 1.</param>
    public static byte[] Compute(
        ReadOnlySpan<byte> previous,
        long position,
        StreamId stream,
        long version,
        DateTimeOffset at,
        string type,
        ReadOnlySpan<byte> payload
    ) => Compute(previous, position, stream, version, Milliseconds.Floor(at), type, payload);

    internal static byte[] Compute(
        ReadOnlySpan<byte> previous,
        long position,
        StreamId stream,
        long version,
        long atMs,
        string type,
        ReadOnlySpan<byte> payload
    )
    {
        // Names are limited (AppendLimits), so all but the payload fits on the stack.
        Span<byte> head = stackalloc byte[FixedSizeBytes + 2 * (sizeof(uint) + AppendLimits.StreamNameSizeMax) + sizeof(uint)];
        if (
            previous.Length != SizeBytes
            || stream.Value.Length > AppendLimits.StreamNameSizeMax
            || type.Length > AppendLimits.EventTypeSizeMax
        )
        {
            throw new ArgumentException(
                $"Event {version} of stream {stream}: its names or its previous hash have a size that no event can have."
            );
        }

        Domain.CopyTo(head);
        var size = Domain.Length;
        previous.CopyTo(head[size..]);
        size += SizeBytes;
        size += Number(head[size..], position);
        size += Number(head[size..], version);
        size += Number(head[size..], atMs);
        size += Name(head[size..], stream.Value);
        size += Name(head[size..], type);
        BinaryPrimitives.WriteUInt32BigEndian(head[size..], (uint)payload.Length);
        size += sizeof(uint);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head[..size]);
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }

    private static int Number(Span<byte> target, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(target, number);
        return sizeof(long);
    }

    private static int Name(Span<byte> target, string name)
    {
        // A name that an intruder made non-ASCII is hashed as '?': the hash does not match, which is the finding.
        var length = Encoding.ASCII.GetBytes(name, target[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)length);
        return sizeof(uint) + length;
    }
}
