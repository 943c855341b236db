using System.Buffers.Binary;
using System.Diagnostics;

namespace Shonin.Iso8583;

/// <summary>
/// Reads one message. Where something is wrong it goes on as long as the place of what follows is certain, so that a request with one
/// bad field can still be answered: a bad value has a known length, a bad length has not. A length above the field's limit is believed
/// only if everything behind it then reads without fault to the last byte; else what stands behind it is dropped.
/// </summary>
internal ref struct MessageReader
{
    private const int BitmapBits = 64;

    private readonly MessageFormat format;
    private readonly ReadOnlySpan<byte> bytes;

    /// <summary>Stands in the reader until the bitmaps are read; it never leaves it.</summary>
    private static readonly Message unread = new(Mti.Unreadable, fieldCount: 0, valueBytes: 0);

    private Message message = unread;
    private int position;
    private ParseError? firstError;
    private int errorCount;

    public MessageReader(MessageFormat format, ReadOnlySpan<byte> bytes)
    {
        this.format = format;
        this.bytes = bytes;
    }

    /// <summary>What is known, after a field, of the place of the next one.</summary>
    private enum NextPlace
    {
        Certain,
        Doubtful,
        Unknown,
    }

    private readonly bool IsAscii => format.Encoding == WireEncoding.Ascii;

    public ParseResult Read()
    {
        var (type, present) = (Mti.Unreadable, default(UInt128?));
        if (bytes.Length > MessageFormat.MessageBytesMax)
            Report(0, MessageFormat.MessageBytesMax, $"expected at most {MessageFormat.MessageBytesMax} bytes, got {bytes.Length}");
        else if (ReadType() is { } readable)
            (type, present) = (readable, ReadBitmaps());

        var valueBytesMax = (bytes.Length - position) * (IsAscii ? 1 : 2);
        message = present is { } fields
            ? new Message(type, (int)UInt128.PopCount(fields), valueBytesMax)
            : new Message(type, fieldCount: 0, valueBytes: 0);
        if (present is not null)
            ReadFields(present.Value);
        if (firstError is null)
            return new ParseResult.Parsed(message);
        message.IsPartial = true;
        return new ParseResult.Malformed(firstError, message);
    }

    private Mti? ReadType()
    {
        var taken = Take(0, IsAscii ? 4 : 2);
        if (taken.IsEmpty)
            return null;
        Span<byte> digits = stackalloc byte[4];
        var unfit = IsAscii ? taken.IndexOfAnyExceptInRange((byte)'0', (byte)'9') : Bcd.Unpack(taken, digits);
        if (unfit >= 0)
        {
            Report(0, position - taken.Length + unfit, $"expected 4 digits, got {Shown(taken[unfit])}");
            return null;
        }
        if (IsAscii)
            taken.CopyTo(digits);
        return Mti.Of(digits[0] - '0', digits[1] - '0', digits[2] - '0', digits[3] - '0');
    }

    /// <summary>Both bitmaps in one, without the bit that says that the second follows.</summary>
    private UInt128? ReadBitmaps()
    {
        if (ReadBitmap() is not { } first)
            return null;
        const ulong SecondFollows = 1UL << (BitmapBits - 1);
        if ((first & SecondFollows) == 0)
            return new UInt128(first, 0);
        if (ReadBitmap() is not { } second)
            return null;
        return new UInt128(first & ~SecondFollows, second);
    }

    private ulong? ReadBitmap()
    {
        const int BitmapBytes = BitmapBits / 8;
        var taken = Take(1, IsAscii ? BitmapBytes * 2 : BitmapBytes);
        if (taken.IsEmpty)
            return null;
        if (!IsAscii)
            return BinaryPrimitives.ReadUInt64BigEndian(taken);
        Span<byte> bitmap = stackalloc byte[BitmapBytes];
        var unfit = Hexadecimal.Decode(taken, bitmap);
        if (unfit < 0)
            return BinaryPrimitives.ReadUInt64BigEndian(bitmap);
        Report(1, position - taken.Length + unfit, $"expected 16 hexadecimal characters, got {Shown(taken[unfit])}");
        return null;
    }

    private void ReadFields(UInt128 present)
    {
        var last = 1;
        var firstDoubtful = FieldSpec.FieldMax + 1;
        var errorCountBeforeDoubt = 0;
        foreach (var field in new Message.FieldNumbers(present))
        {
            last = field;
            var next = ReadField(field);
            if (next == NextPlace.Unknown)
                break;
            if (next == NextPlace.Doubtful && firstDoubtful > FieldSpec.FieldMax)
                (firstDoubtful, errorCountBeforeDoubt) = (field + 1, errorCount);
        }
        if (position < bytes.Length && (firstError is null || firstDoubtful <= FieldSpec.FieldMax))
            Report(last, position, $"expected the end of the message, got {bytes.Length - position} more bytes");
        if (firstDoubtful <= FieldSpec.FieldMax && errorCount > errorCountBeforeDoubt)
        {
            foreach (var field in message.Fields)
            {
                if (field >= firstDoubtful)
                    message.Remove(field);
            }
        }
    }

    private NextPlace ReadField(int field)
    {
        if (format.Codec(field) is not { } codec)
            return Unknown(field, position, "this format has no such field");
        var length = codec.Spec.LengthMax;
        var next = NextPlace.Certain;
        if (codec.LengthDigits > 0)
        {
            var lengthAt = position;
            if (ReadLength(field, codec) is not { } carried)
                return NextPlace.Unknown;
            if (carried > length)
            {
                Report(field, lengthAt, $"expected at most {length} {codec.Expected}, got a length of {carried}");
                next = NextPlace.Doubtful;
            }
            length = carried;
        }
        var byteCount = codec.ByteCount(length);
        if (byteCount > bytes.Length - position)
        {
            return Unknown(
                field,
                position,
                $"expected {codec.ExpectedOf(length)} in {byteCount} bytes, got the end of the message after {bytes.Length - position}"
            );
        }

        var valueAt = position;
        var wire = bytes.Slice(position, byteCount);
        position += byteCount;
        if (next == NextPlace.Doubtful)
            return next;
        var unfit = Unpack(codec, wire, message.Room(field, length));
        if (unfit >= 0)
        {
            message.Remove(field);
            Report(field, valueAt + unfit, $"expected {codec.ExpectedOf(length)}, got {Shown(wire[unfit])}");
        }
        return next;
    }

    private int? ReadLength(int field, FieldCodec codec)
    {
        var taken = Take(field, IsAscii ? codec.LengthDigits : (codec.LengthDigits + 1) / 2);
        if (taken.IsEmpty)
            return null;
        var length = 0;
        for (var index = 0; index < taken.Length; index++)
        {
            var (high, low) = IsAscii ? (0, taken[index] - '0') : (taken[index] >> 4, taken[index] & 0xF);
            if (high > 9 || low is < 0 or > 9 || (high > 0 && index == 0 && codec.LengthDigits == 3))
            {
                Report(
                    field,
                    position - taken.Length + index,
                    $"expected a length of {codec.LengthDigits} digits, got {Shown(taken[index])}"
                );
                return null;
            }
            length = length * (IsAscii ? 10 : 100) + high * 10 + low;
        }
        return length;
    }

    /// <summary>Turns a field's bytes into its value. The result is the place of the first byte that may not be there, or -1.</summary>
    private static int Unpack(FieldCodec codec, ReadOnlySpan<byte> wire, Span<byte> value)
    {
        switch (codec.Packing)
        {
            case FieldPacking.Characters:
                wire.CopyTo(value);
                return codec.IndexOfUnfit(wire);
            case FieldPacking.Digits:
                return codec.Spec.Kind == FieldKind.Track ? Bcd.UnpackTrack(wire, value) : Bcd.Unpack(wire, value);
            case FieldPacking.SignedDigits:
                if (value.IsEmpty)
                    return -1;
                value[0] = wire[0];
                if (wire[0] is not ((byte)'C' or (byte)'D'))
                    return 0;
                return Bcd.Unpack(wire[1..], value[1..]) is var unfit and >= 0 ? unfit + 1 : -1;
            case FieldPacking.Hexadecimal:
                return Hexadecimal.Decode(wire, value);
            case FieldPacking.Bytes:
                wire.CopyTo(value);
                return -1;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The next bytes, or none, and an error, where there are not so many.</summary>
    private ReadOnlySpan<byte> Take(int field, int byteCount)
    {
        if (byteCount > bytes.Length - position)
        {
            Report(field, position, $"expected {byteCount} bytes, got the end of the message after {bytes.Length - position}");
            return default;
        }
        position += byteCount;
        return bytes.Slice(position - byteCount, byteCount);
    }

    private NextPlace Unknown(int field, int offset, string problem)
    {
        Report(field, offset, problem);
        return NextPlace.Unknown;
    }

    private void Report(int field, int offset, string problem)
    {
        errorCount++;
        firstError ??= new ParseError(field, offset, problem);
    }

    private static string Shown(byte found) => found is >= 0x20 and <= 0x7E ? $"'{(char)found}'" : $"byte 0x{found:X2}";
}
