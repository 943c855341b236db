using System.Buffers.Binary;

namespace Shonin.Iso8583;

/// <summary>A message on a connection: two bytes of length, big-endian, and so many bytes.</summary>
public static class Frame
{
    /// <summary>The length itself is not counted in the length.</summary>
    public const int LengthBytes = 2;

    /// <summary>The longest message of the card network profile, in bytes. A frame of no bytes is never allowed.</summary>
    public const int MessageBytesMax = 4096;

    /// <summary>Writes length and message into one span, so that one write to the connection sends both.</summary>
    /// <param name="destination">Where it is longer than a whole frame, the rest is left alone.</param>
    /// <returns>Written with the length's two bytes counted; refused also where the message is longer than
    ///   <paramref name="messageBytesMax"/>.</returns>
    public static WriteResult Write(MessageFormat format, Message message, Span<byte> destination, int messageBytesMax = MessageBytesMax)
    {
        ArgumentNullException.ThrowIfNull(format);
        RequireMaximum(messageBytesMax);
        if (destination.Length < LengthBytes)
            return new WriteResult.Refused(new WriteError(0, $"its frame does not fit the {destination.Length} bytes given"));
        var room = destination[LengthBytes..];
        var result = format.Write(message, room.Length > messageBytesMax ? room[..messageBytesMax] : room);
        if (result is not WriteResult.Written written)
            return result;
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)written.ByteCount);
        return WriteResult.Written.Of(LengthBytes + written.ByteCount);
    }

    internal static void RequireMaximum(int messageBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messageBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageBytesMax, ushort.MaxValue);
    }
}

/// <summary>What came next on a connection.</summary>
public abstract record FrameRead
{
    private FrameRead() { }

    /// <param name="Bytes">One message, without its length; the caller's to keep.</param>
    public sealed record Frame(ReadOnlyMemory<byte> Bytes) : FrameRead;

    /// <summary>The peer closed between two frames.</summary>
    public sealed record End : FrameRead;

    /// <summary>The peer closed within a frame.</summary>
    /// <param name="ByteCount">How many bytes of that frame had come, its length counted.</param>
    public sealed record CutOff(int ByteCount) : FrameRead;

    /// <summary>A length of 0, or above the maximum. Where the next frame starts is unknown: close the connection.</summary>
    public sealed record BadLength(int Length) : FrameRead;
}

/// <summary>Takes a connection apart into messages. One reader a connection, one read at a time.</summary>
public sealed class FrameReader
{
    private readonly Stream stream;
    private readonly int messageBytesMax;
    private readonly byte[] buffer;
    private int start;
    private int end;
    private FrameRead? last;

    /// <param name="stream">Left open.</param>
    /// <param name="messageBytesMax">1 to 65,535; a longer frame is <see cref="FrameRead.BadLength"/>, and nothing of it is kept in
    ///   memory.</param>
    public FrameReader(Stream stream, int messageBytesMax = Frame.MessageBytesMax)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Frame.RequireMaximum(messageBytesMax);
        (this.stream, this.messageBytesMax) = (stream, messageBytesMax);
        buffer = new byte[Frame.LengthBytes + messageBytesMax];
    }

    /// <summary>The next frame. After any other answer than a frame, the same answer again.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; no byte is lost, reading may go on.</exception>
    public async ValueTask<FrameRead> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if ((last ?? Buffered()) is { } read)
                return read;
            Compact();
            var byteCount = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
            if (byteCount == 0)
                last = start == end ? new FrameRead.End() : new FrameRead.CutOff(end - start);
            end += byteCount;
        }
    }

    /// <summary>A frame that is here in full, or null.</summary>
    private FrameRead? Buffered()
    {
        if (end - start < Frame.LengthBytes)
            return null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(start));
        if (length == 0 || length > messageBytesMax)
        {
            last = new FrameRead.BadLength(length);
            return last;
        }
        if (end - start < Frame.LengthBytes + length)
            return null;
        var message = buffer.AsSpan(start + Frame.LengthBytes, length);
        var frame = new FrameRead.Frame(message.ToArray());
        message.Clear(); // Card numbers do not linger in the buffer.
        start += Frame.LengthBytes + length;
        return frame;
    }

    /// <summary>Makes room for the rest of the frame that has begun.</summary>
    private void Compact()
    {
        var begun = end - start;
        buffer.AsSpan(start, begun).CopyTo(buffer);
        buffer.AsSpan(begun, start).Clear(); // Nor does what has just been moved.
        (start, end) = (0, begun);
    }
}

/// <summary>Writes messages to a connection, each in one write. One writer a connection, one write at a time.</summary>
public sealed class FrameWriter
{
    private readonly Stream stream;
    private readonly MessageFormat format;
    private readonly int messageBytesMax;
    private readonly byte[] buffer;

    /// <param name="stream">Left open.</param>
    public FrameWriter(Stream stream, MessageFormat format, int messageBytesMax = Frame.MessageBytesMax)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(format);
        Frame.RequireMaximum(messageBytesMax);
        (this.stream, this.format, this.messageBytesMax) = (stream, format, messageBytesMax);
        buffer = new byte[Frame.LengthBytes + messageBytesMax];
    }

    /// <summary>Sends one message, or nothing where it is refused.</summary>
    /// <exception cref="IOException">The connection failed; whether the peer got the message is unknown.</exception>
    public async ValueTask<WriteResult> WriteAsync(Message message, CancellationToken cancellation)
    {
        var result = Frame.Write(format, message, buffer, messageBytesMax);
        if (result is not WriteResult.Written written)
            return result;
        try
        {
            await stream.WriteAsync(buffer.AsMemory(0, written.ByteCount), cancellation);
            return result;
        }
        finally
        {
            buffer.AsSpan(0, written.ByteCount).Clear(); // Neither card number nor security code lingers in the buffer.
        }
    }
}
