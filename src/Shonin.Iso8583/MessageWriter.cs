using System.Buffers.Binary;
using System.Diagnostics;

namespace Shonin.Iso8583;

/// <summary>Writes one message into a span: type, bitmaps, then the fields in ascending order.</summary>
internal ref struct MessageWriter
{
    /// <summary>The type and two bitmaps in ASCII.</summary>
    public const int HeaderBytesMax = 4 + 16 + 16;

    private const int BitmapBytes = Bitmaps.Bits / 8;

    private readonly MessageFormat format;
    private readonly Span<byte> destination;
    private readonly bool isAscii;
    private int position;

    public MessageWriter(MessageFormat format, Span<byte> destination)
    {
        this.format = format;
        this.destination = destination;
        isAscii = format.Encoding == WireEncoding.Ascii;
    }

    public WriteResult Write(Message message)
    {
        var error = WriteHeader(message);
        if (error is not null)
            return new WriteResult.Refused(error);
        var index = 0;
        for (var rest = message.Present; rest.Lowest is > 0 and var field; rest = rest.Without(field))
        {
            error = WriteField(field, message.BytesAt(index), message.CharactersAt(index));
            if (error is not null)
                return new WriteResult.Refused(error);
            index++;
        }
        return WriteResult.Written.Of(position);
    }

    private WriteError? WriteHeader(Message message)
    {
        var (first, second) = message.Present;
        if (second != 0)
            first |= 1UL << (Bitmaps.Bits - 1);
        var typeBytes = isAscii ? 4 : 2;
        var bitmapBytes = isAscii ? BitmapBytes * 2 : BitmapBytes;
        if (destination.Length < typeBytes + bitmapBytes * (second == 0 ? 1 : 2))
            return new WriteError(0, $"its type and bitmaps do not fit the {destination.Length} bytes given");
        WriteType(message.Mti.Value);
        WriteBitmap(first);
        if (second != 0)
            WriteBitmap(second);
        return null;
    }

    private void WriteType(int type)
    {
        Span<byte> digits =
        [
            (byte)('0' + type / 1000),
            (byte)('0' + type / 100 % 10),
            (byte)('0' + type / 10 % 10),
            (byte)('0' + type % 10),
        ];
        if (isAscii)
            digits.CopyTo(Next(4));
        else
            Bcd.Pack(digits, Next(2));
    }

    private void WriteBitmap(ulong bitmap)
    {
        Span<byte> bytes = stackalloc byte[BitmapBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, bitmap);
        if (isAscii)
            Hexadecimal.Encode(bytes, Next(BitmapBytes * 2));
        else
            bytes.CopyTo(Next(BitmapBytes));
    }

    private WriteError? WriteField(int field, ReadOnlySpan<byte> value, Characters known)
    {
        if (format.Codec(field) is not { } codec)
            return new WriteError(field, "this format has no such field");
        if (!codec.Fits(value.Length))
            return WrongLength(field, codec, value.Length);
        var isSure = codec.Takes(known);
        if (!isSure && codec.Kind != FieldKind.Text && codec.IndexOfUnfit(value) is var unfit and >= 0)
            return Unfit(field, codec, value.Length, unfit);
        var length = codec.IsFixed ? codec.LengthMax : value.Length;
        var byteCount = codec.ByteCount(length);
        if (destination.Length - position < codec.LengthByteCount + byteCount)
            return NoRoom(field);
        if (!codec.IsFixed)
            WriteLength(codec, length);
        var wire = Next(byteCount);
        Pack(codec, value, wire);
        if (!isSure && codec.Kind == FieldKind.Text)
            HideUnprintable(wire);
        return null;
    }

    private void WriteLength(FieldCodec codec, int length)
    {
        Span<byte> digits = [(byte)('0' + length / 100), (byte)('0' + length / 10 % 10), (byte)('0' + length % 10)];
        digits = digits[(3 - codec.LengthDigits)..];
        if (isAscii)
            digits.CopyTo(Next(codec.LengthByteCount));
        else
            Bcd.Pack(digits, Next(codec.LengthByteCount));
    }

    /// <summary>
    /// Fills all of the field: numbers with zeros before them (behind the sign), text with spaces after it and nothing unprintable in it.
    /// </summary>
    private readonly void Pack(FieldCodec codec, ReadOnlySpan<byte> value, Span<byte> wire)
    {
        switch (codec.Kind)
        {
            case FieldKind.Numeric:
                PackDigits(value, wire);
                break;
            case FieldKind.Track:
                if (isAscii)
                    value.CopyTo(wire);
                else
                    Bcd.PackTrack(value, wire);
                break;
            case FieldKind.SignedNumeric:
                if (wire.IsEmpty)
                    break;
                wire[0] = value.IsEmpty ? (byte)'C' : value[0];
                PackDigits(value.IsEmpty ? value : value[1..], wire[1..]);
                break;
            case FieldKind.Alphabetic or FieldKind.Alphanumeric or FieldKind.Text:
                value.CopyTo(wire);
                if (wire.Length > value.Length)
                    wire[value.Length..].Fill((byte)' ');
                break;
            case FieldKind.Binary:
                if (isAscii)
                    Hexadecimal.Encode(value, wire);
                else
                    value.CopyTo(wire);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private readonly void PackDigits(ReadOnlySpan<byte> digits, Span<byte> wire)
    {
        if (!isAscii)
        {
            Bcd.Pack(digits, wire);
            return;
        }
        var zeros = wire.Length - digits.Length;
        if (zeros > 0)
            wire[..zeros].Fill((byte)'0');
        digits.CopyTo(wire[zeros..]);
    }

    private static void HideUnprintable(Span<byte> text)
    {
        while (text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) is var unfit and >= 0)
        {
            text[unfit] = (byte)'?';
            text = text[(unfit + 1)..];
        }
    }

    private Span<byte> Next(int byteCount)
    {
        position += byteCount;
        return destination.Slice(position - byteCount, byteCount);
    }

    // What is wrong is put into words apart from the writing, which is faster without the room for them.

    private static WriteError WrongLength(int field, FieldCodec codec, int length) =>
        new(field, $"{length} {codec.Expected}, {codec.Limit}");

    private static WriteError Unfit(int field, FieldCodec codec, int length, int unfit) =>
        new(field, $"expected {codec.Expected}, got something else as character {unfit + 1} of {length}");

    private readonly WriteError NoRoom(int field) => new(field, $"does not fit the {destination.Length} bytes given");
}
