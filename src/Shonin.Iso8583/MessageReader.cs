using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Shonin.Iso8583;

/// <summary>
/// Reads one message. Where something is wrong it goes on as long as the place of what follows is certain, so that a request with one
/// bad field can still be answered: a bad value has a known length, a bad length has not. A length above the field's limit is believed
/// only if everything behind it then reads without fault to the last byte; else what stands behind it is dropped.
/// </summary>
internal ref struct MessageReader
{
    private readonly MessageFormat format;
    private readonly ReadOnlySpan<byte> bytes;
    private readonly Message message;
    private readonly bool isAscii;
    private Span<byte> values;
    private Characters known; // Of all values together.
    private Bitmaps unread;
    private int position;
    private int fieldsAt;
    private ParseError? firstError;
    private int errorCount;

    /// <param name="message">What is read into.</param>
    public MessageReader(MessageFormat format, ReadOnlySpan<byte> bytes, Message message)
    {
        this.format = format;
        this.bytes = bytes;
        this.message = message;
        isAscii = format.Encoding == WireEncoding.Ascii;
    }

    /// <summary>What is known, after a field, of the place of the next one.</summary>
    private enum NextPlace
    {
        Certain,
        Doubtful,
        Unknown,
    }

    /// <summary>How many characters may come of a byte. A value has its place as far from the first as its field has on the wire.</summary>
    private readonly int ValueBytesPerByte => isAscii ? 1 : 2;

    public ParseResult Read()
    {
        var (type, present) = (Mti.Unreadable, default(Bitmaps?));
        if (bytes.Length > MessageFormat.MessageBytesMax)
            Report(0, MessageFormat.MessageBytesMax, $"expected at most {MessageFormat.MessageBytesMax} bytes, got {bytes.Length}");
        else if (ReadType() is { } readable)
            (type, present) = (readable, ReadBitmaps());

        fieldsAt = position;
        if (present is { } fields)
        {
            values = message.StartAnew(type, fields, (bytes.Length - fieldsAt) * ValueBytesPerByte);
            if (isAscii)
            {
                bytes[fieldsAt..].CopyTo(values); // Where they are to be: a value is what stands on an ASCII wire.
                known = values.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E) ? Characters.Unknown : Characters.Printable;
            }
            ReadFields(fields);
        }
        else
        {
            message.StartAnew(type, default, valueBytes: 0);
        }
        if (firstError is null)
            return message.Whole;
        message.ClearAroundFields();
        message.IsPartial = true;
        return new ParseResult.Malformed(firstError, message);
    }

    private Mti? ReadType()
    {
        var taken = Take(0, isAscii ? 4 : 2);
        if (taken.IsEmpty)
            return null;
        Span<byte> digits = stackalloc byte[4];
        var unfit = isAscii ? taken.IndexOfAnyExceptInRange((byte)'0', (byte)'9') : Bcd.Unpack(taken, digits);
        if (unfit >= 0)
        {
            Report(0, position - taken.Length + unfit, $"expected 4 digits, got {Shown(taken[unfit])}");
            return null;
        }
        if (isAscii)
            taken.CopyTo(digits);
        return Mti.Of(digits[0] - '0', digits[1] - '0', digits[2] - '0', digits[3] - '0');
    }

    /// <summary>Both bitmaps, without the bit that says that the second follows.</summary>
    private Bitmaps? ReadBitmaps()
    {
        if (ReadBitmap() is not { } first)
            return null;
        const ulong SecondFollows = 1UL << (Bitmaps.Bits - 1);
        if ((first & SecondFollows) == 0)
            return new Bitmaps(first, 0);
        if (ReadBitmap() is not { } second)
            return null;
        return new Bitmaps(first & ~SecondFollows, second);
    }

    private ulong? ReadBitmap()
    {
        const int BitmapBytes = Bitmaps.Bits / 8;
        var taken = Take(1, isAscii ? BitmapBytes * 2 : BitmapBytes);
        if (taken.IsEmpty)
            return null;
        if (!isAscii)
            return BinaryPrimitives.ReadUInt64BigEndian(taken);
        Span<byte> bitmap = stackalloc byte[BitmapBytes];
        var unfit = Hexadecimal.Decode(taken, bitmap);
        if (unfit < 0)
            return BinaryPrimitives.ReadUInt64BigEndian(bitmap);
        Report(1, position - taken.Length + unfit, $"expected 16 hexadecimal characters, got {Shown(taken[unfit])}");
        return null;
    }

    private void ReadFields(Bitmaps present)
    {
        var last = 1;
        var index = 0;
        var firstDoubtful = FieldSpec.FieldMax + 1;
        var errorCountBeforeDoubt = 0;
        for (var rest = present; rest.Lowest is > 0 and var field; rest = rest.Without(field))
        {
            last = field;
            var next = ReadField(field, index++);
            if (next == NextPlace.Unknown)
            {
                unread = unread.With(rest);
                break;
            }
            if (next == NextPlace.Doubtful && firstDoubtful > FieldSpec.FieldMax)
                (firstDoubtful, errorCountBeforeDoubt) = (field + 1, errorCount);
        }
        if (position < bytes.Length && (firstError is null || firstDoubtful <= FieldSpec.FieldMax))
            Report(last, position, $"expected the end of the message, got {bytes.Length - position} more bytes");
        if (firstError is null)
            return;
        foreach (var field in new Message.FieldNumbers(present))
        {
            if (unread.Has(field) || (field >= firstDoubtful && errorCount > errorCountBeforeDoubt))
                message.Remove(field);
        }
    }

    private NextPlace ReadField(int field, int index)
    {
        if (format.Codec(field) is not { } codec)
            return Unknown(field, position, "this format has no such field");
        var length = codec.LengthMax;
        if (!codec.IsFixed)
        {
            if (ReadLength(field, codec) is not { } carried)
                return NextPlace.Unknown;
            length = carried;
        }
        var byteCount = codec.ByteCount(length);
        if (length > codec.LengthMax || byteCount > bytes.Length - position)
            return SkipField(field, codec, length);

        var start = (position - fieldsAt) * ValueBytesPerByte;
        var value = values.Slice(start, length);
        var wire = bytes.Slice(position, byteCount);
        position += byteCount;
        var unfit = codec.Packing == FieldPacking.Characters ? ReadCharacters(codec, wire, value) : Unpack(codec, wire, value);
        if (unfit < 0)
            message.Place(index, start, length, codec.Ensured);
        else
            ReportUnfit(field, codec, length, wire, unfit);
        return NextPlace.Certain;
    }

    /// <summary>Where the field is too long for itself, or for what there is.</summary>
    private NextPlace SkipField(int field, FieldCodec codec, int length)
    {
        if (length > codec.LengthMax)
        {
            var atMost = $"expected at most {codec.LengthMax} {codec.Expected}";
            Report(field, position - codec.LengthByteCount, $"{atMost}, got a length of {length}");
        }
        var byteCount = codec.ByteCount(length);
        if (byteCount > bytes.Length - position)
        {
            var expected = $"expected {codec.ExpectedOf(length)} in {byteCount} bytes";
            return Unknown(field, position, $"{expected}, got the end of the message after {bytes.Length - position}");
        }
        position += byteCount;
        unread = unread.With(field);
        return NextPlace.Doubtful;
    }

    private int? ReadLength(int field, FieldCodec codec)
    {
        var taken = Take(field, codec.LengthByteCount);
        if (taken.IsEmpty)
            return null;
        var length = 0;
        for (var index = 0; index < taken.Length; index++)
        {
            var (high, low) = isAscii ? (0, taken[index] - '0') : (taken[index] >> 4, taken[index] & 0xF);
            if (high > 9 || low is < 0 or > 9 || (high > 0 && index == 0 && codec.LengthDigits == 3))
                return NoLength(field, codec, taken, index);
            length = length * (isAscii ? 10 : 100) + high * 10 + low;
        }
        return length;
    }

    /// <summary>As <see cref="Unpack"/>, for one byte a character, with what is known of all of them.</summary>
    private readonly int ReadCharacters(FieldCodec codec, ReadOnlySpan<byte> wire, Span<byte> value)
    {
        if (!isAscii)
            wire.CopyTo(value);
        if (codec.Takes(known) || (codec.Kind == FieldKind.Numeric && AreDigits(position - wire.Length, wire.Length)))
            return -1;
        return codec.IndexOfUnfit(wire);
    }

    /// <summary>Whether so many bytes from there on are digits, in one step; false also where there is no room for that step.</summary>
    private readonly bool AreDigits(int start, int count)
    {
        if (count > Vector128<byte>.Count || bytes.Length - start < Vector128<byte>.Count)
            return false;
        var distances = Vector128.Create(bytes.Slice(start, Vector128<byte>.Count)) - Vector128.Create((byte)'0');
        var others = Vector128.GreaterThan(distances, Vector128.Create((byte)9)).ExtractMostSignificantBits();
        return (others & ((1u << count) - 1)) == 0; // What stands behind the value is not asked.
    }

    /// <summary>Turns a field's bytes into its value. The result is the place of the first byte that may not be there, or -1.</summary>
    private static int Unpack(FieldCodec codec, ReadOnlySpan<byte> wire, Span<byte> value)
    {
        switch (codec.Packing)
        {
            case FieldPacking.Digits:
                return codec.Kind == FieldKind.Track ? Bcd.UnpackTrack(wire, value) : Bcd.Unpack(wire, value);
            case FieldPacking.SignedDigits:
                if (value.IsEmpty)
                    return -1;
                value[0] = wire[0];
                if (wire[0] is not ((byte)'C' or (byte)'D'))
                    return 0;
                return Bcd.Unpack(wire[1..], value[1..]) is var unfit and >= 0 ? unfit + 1 : -1;
            case FieldPacking.Hexadecimal:
                return Hexadecimal.Decode(wire, value);
            case FieldPacking.Characters or FieldPacking.Bytes:
                wire.CopyTo(value);
                return codec.IndexOfUnfit(wire);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The next bytes, or none, and an error, where there are not so many.</summary>
    private ReadOnlySpan<byte> Take(int field, int byteCount)
    {
        if (byteCount > bytes.Length - position)
            return Nothing(field, byteCount);
        position += byteCount;
        return bytes.Slice(position - byteCount, byteCount);
    }

    // What is wrong is put into words apart from the reading, which is faster without the room for them.

    private ReadOnlySpan<byte> Nothing(int field, int byteCount)
    {
        Report(field, position, $"expected {byteCount} bytes, got the end of the message after {bytes.Length - position}");
        return default;
    }

    private int? NoLength(int field, FieldCodec codec, ReadOnlySpan<byte> taken, int unfit)
    {
        Report(field, position - taken.Length + unfit, $"expected a length of {codec.LengthDigits} digits, got {Shown(taken[unfit])}");
        return null;
    }

    private void ReportUnfit(int field, FieldCodec codec, int length, ReadOnlySpan<byte> wire, int unfit)
    {
        unread = unread.With(field);
        Report(field, position - wire.Length + unfit, $"expected {codec.ExpectedOf(length)}, got {Shown(wire[unfit])}");
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
