using System.Buffers.Binary;
using System.Diagnostics;

namespace Shonin.Iso8583;

/// <summary>Writes one message into a span: type, bitmaps, then the fields in ascending order.</summary>
internal ref struct MessageWriter
{
    /// <summary>The type and two bitmaps in ASCII.</summary>
    public const int HeaderBytesMax = 4 + 16 + 16;

    private const int BitmapBytes = 8;

    private readonly MessageFormat format;
    private readonly Span<byte> destination;
    private int position;

    public MessageWriter(MessageFormat format, Span<byte> destination)
    {
        this.format = format;
        this.destination = destination;
    }

    private readonly bool IsAscii => format.Encoding == WireEncoding.Ascii;

    public WriteResult Write(Message message)
    {
        var error = WriteHeader(message);
        if (error is not null)
            return new WriteResult.Refused(error);
        foreach (var field in message.Fields)
        {
            error = WriteField(field, message.Bytes(field));
            if (error is not null)
                return new WriteResult.Refused(error);
        }
        return new WriteResult.Written(position);
    }

    private WriteError? WriteHeader(Message message)
    {
        var first = (ulong)(message.Present >> 64);
        var second = (ulong)message.Present;
        if (second != 0)
            first |= 1UL << 63;
        var typeBytes = IsAscii ? 4 : 2;
        var bitmapBytes = IsAscii ? BitmapBytes * 2 : BitmapBytes;
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
        if (IsAscii)
            digits.CopyTo(Next(4));
        else
            Bcd.Pack(digits, Next(2));
    }

    private void WriteBitmap(ulong bitmap)
    {
        Span<byte> bytes = stackalloc byte[BitmapBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, bitmap);
        if (IsAscii)
            Hexadecimal.Encode(bytes, Next(BitmapBytes * 2));
        else
            bytes.CopyTo(Next(BitmapBytes));
    }

    private WriteError? WriteField(int field, ReadOnlySpan<byte> value)
    {
        if (format.Codec(field) is not { } codec)
            return new WriteError(field, "this format has no such field");
        if (!codec.Fits(value.Length))
            return new WriteError(field, $"{value.Length} {codec.Expected}, {codec.Limit}");
        if (codec.Spec.Kind != FieldKind.Text && codec.IndexOfUnfit(value) is var unfit and >= 0)
            return new WriteError(field, $"expected {codec.Expected}, got something else as character {unfit + 1} of {value.Length}");
        var length = codec.Spec.Form == LengthForm.Fixed ? codec.Spec.LengthMax : value.Length;
        if (destination.Length - position < codec.LengthByteCount + codec.ByteCount(length))
            return new WriteError(field, $"does not fit the {destination.Length} bytes given");
        WriteLength(codec, length);
        if (length == value.Length && codec.Spec.Kind != FieldKind.Text)
        {
            Pack(codec, value);
            return null;
        }
        Span<byte> full = stackalloc byte[length];
        Justify(codec, value, full);
        Pack(codec, full);
        return null;
    }

    private void WriteLength(FieldCodec codec, int length)
    {
        if (codec.LengthDigits == 0)
            return;
        Span<byte> digits = [(byte)('0' + length / 100), (byte)('0' + length / 10 % 10), (byte)('0' + length % 10)];
        digits = digits[(3 - codec.LengthDigits)..];
        if (IsAscii)
            digits.CopyTo(Next(codec.LengthByteCount));
        else
            Bcd.Pack(digits, Next(codec.LengthByteCount));
    }

    private void Pack(FieldCodec codec, scoped ReadOnlySpan<byte> value)
    {
        var wire = Next(codec.ByteCount(value.Length));
        switch (codec.Packing)
        {
            case FieldPacking.Characters or FieldPacking.Bytes:
                value.CopyTo(wire);
                break;
            case FieldPacking.Digits:
                Bcd.Pack(value, wire);
                break;
            case FieldPacking.SignedDigits:
                if (value.IsEmpty)
                    break;
                wire[0] = value[0];
                Bcd.Pack(value[1..], wire[1..]);
                break;
            case FieldPacking.Hexadecimal:
                Hexadecimal.Encode(value, wire);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Fills in the value in its full length: numbers with zeros before them (behind the sign), text with spaces after it and nothing
    /// unprintable in it.
    /// </summary>
    private static void Justify(FieldCodec codec, ReadOnlySpan<byte> value, Span<byte> full)
    {
        switch (codec.Spec.Kind)
        {
            case FieldKind.Numeric:
                full.Fill((byte)'0');
                value.CopyTo(full[^value.Length..]);
                break;
            case FieldKind.SignedNumeric:
                full.Fill((byte)'0');
                full[0] = value.IsEmpty ? (byte)'C' : value[0];
                if (value.Length > 1)
                    value[1..].CopyTo(full[^(value.Length - 1)..]);
                break;
            case FieldKind.Alphabetic or FieldKind.Alphanumeric or FieldKind.Text:
                full.Fill((byte)' ');
                value.CopyTo(full);
                for (
                    var unfit = full.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
                    unfit >= 0;
                    unfit = full.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E)
                )
                {
                    full[unfit] = (byte)'?';
                }

                break;
            case FieldKind.Binary or FieldKind.Track:
                value.CopyTo(full);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private Span<byte> Next(int byteCount)
    {
        position += byteCount;
        return destination.Slice(position - byteCount, byteCount);
    }
}
