using System.Buffers.Binary;

namespace Shonin.Iso8583;

/// <summary>Packed BCD: two digits a byte, the first one high; an odd count of digits has a 0 before it.</summary>
internal static class Bcd
{
    private const byte Separator = 0xD; // ISO/IEC 7813: the separator of track 2 in its five-bit code.

    /// <summary>
    /// Fills <paramref name="digits"/> with ASCII digits. The result is the place of the first byte that is not BCD, or -1.
    /// </summary>
    public static int Unpack(ReadOnlySpan<byte> packed, Span<byte> digits)
    {
        var odd = digits.Length & 1;
        if (odd == 1)
        {
            if (packed[0] > 9) // The padding must be 0 and the digit a digit.
                return 0;
            digits[0] = (byte)('0' + packed[0]);
        }
        var rest = digits[odd..];
        for (var at = odd; at < packed.Length; at++, rest = rest[2..])
        {
            var pair = pairs[packed[at]];
            if (pair == NoPair)
                return at;
            BinaryPrimitives.WriteUInt16BigEndian(rest, pair);
        }
        return -1;
    }

    /// <summary>As <see cref="Unpack"/>, with D as the separator <c>=</c>.</summary>
    public static int UnpackTrack(ReadOnlySpan<byte> packed, Span<byte> characters)
    {
        var padding = characters.Length & 1;
        for (var nibbleIndex = 0; nibbleIndex < packed.Length * 2; nibbleIndex++)
        {
            var at = nibbleIndex / 2;
            var nibble = (nibbleIndex & 1) == 0 ? packed[at] >> 4 : packed[at] & 0xF;
            if (nibbleIndex < padding)
            {
                if (nibble != 0)
                    return at;
            }
            else if (nibble <= 9)
            {
                characters[nibbleIndex - padding] = (byte)('0' + nibble);
            }
            else if (nibble == Separator)
            {
                characters[nibbleIndex - padding] = (byte)'=';
            }
            else
            {
                return at;
            }
        }
        return -1;
    }

    /// <summary>Packs checked digits at the right of these bytes, with zeros before them.</summary>
    public static void Pack(ReadOnlySpan<byte> digits, Span<byte> packed)
    {
        var zeros = packed.Length - (digits.Length + 1) / 2;
        if (zeros > 0)
        {
            packed[..zeros].Clear();
            packed = packed[zeros..];
        }
        var odd = digits.Length & 1;
        if (odd == 1)
            packed[0] = (byte)(digits[0] - '0');
        var index = odd;
        for (var at = odd; at < packed.Length; at++, index += 2)
            packed[at] = (byte)(digits[index] << 4 | digits[index + 1] & 0xF); // '0' to '9' are 0x30 to 0x39.
    }

    /// <summary>Packs checked digits and separators into as many bytes as they need.</summary>
    public static void PackTrack(ReadOnlySpan<byte> characters, Span<byte> packed)
    {
        var padding = characters.Length & 1;
        packed.Clear();
        for (var index = 0; index < characters.Length; index++)
        {
            var nibble = characters[index] is (byte)'=' or (byte)'D' ? Separator : characters[index] - '0';
            var at = index + padding;
            packed[at / 2] |= (byte)((at & 1) == 0 ? nibble << 4 : nibble);
        }
    }

    private const ushort NoPair = 0;

    /// <summary>Two ASCII digits, the first one high, for each byte that is two digits in BCD.</summary>
    private static readonly ushort[] pairs = [.. Enumerable.Range(0, 256).Select(packed => PairOf(packed >> 4, packed & 0xF))];

    private static ushort PairOf(int high, int low) => high > 9 || low > 9 ? NoPair : (ushort)('0' + high << 8 | '0' + low);
}

/// <summary>Two characters a byte. Upper case is written; lower case is read as well.</summary>
internal static class Hexadecimal
{
    /// <summary>The result is the place of the first character that is not hexadecimal, or -1.</summary>
    public static int Decode(ReadOnlySpan<byte> characters, Span<byte> bytes)
    {
        for (var index = 0; index < characters.Length; index += 2)
        {
            int high = Digit(characters[index]),
                low = Digit(characters[index + 1]);
            if (high < 0)
                return index;
            if (low < 0)
                return index + 1;
            bytes[index / 2] = (byte)(high << 4 | low);
        }
        return -1;
    }

    public static void Encode(ReadOnlySpan<byte> bytes, Span<byte> characters)
    {
        var digits = "0123456789ABCDEF"u8;
        for (var index = 0; index < bytes.Length; index++)
        {
            characters[index * 2] = digits[bytes[index] >> 4];
            characters[index * 2 + 1] = digits[bytes[index] & 0xF];
        }
    }

    /// <summary>0 to 15, or -1 for any other character.</summary>
    public static int Digit(int character) => (uint)character < (uint)digits.Length ? digits[character] : -1;

    private static readonly sbyte[] digits = [.. Enumerable.Range(0, 128).Select(DigitOf)];

    private static sbyte DigitOf(int character) =>
        character switch
        {
            >= '0' and <= '9' => (sbyte)(character - '0'),
            >= 'A' and <= 'F' => (sbyte)(character - 'A' + 10),
            >= 'a' and <= 'f' => (sbyte)(character - 'a' + 10),
            _ => -1,
        };
}
