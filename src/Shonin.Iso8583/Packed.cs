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
        var index = 0;
        var odd = digits.Length & 1;
        if (odd == 1)
        {
            if (packed[0] > 9) // The padding must be 0 and the digit a digit.
                return 0;
            digits[index++] = (byte)('0' + packed[0]);
        }
        for (var at = odd; at < packed.Length; at++)
        {
            int high = packed[at] >> 4,
                low = packed[at] & 0xF;
            if (high > 9 || low > 9)
                return at;
            digits[index] = (byte)('0' + high);
            digits[index + 1] = (byte)('0' + low);
            index += 2;
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

    /// <summary>Packs checked digits and separators into as many bytes as they need.</summary>
    public static void Pack(ReadOnlySpan<byte> characters, Span<byte> packed)
    {
        var index = 0;
        var odd = characters.Length & 1;
        if (odd == 1)
            packed[0] = (byte)Nibble(characters[index++]);
        for (var at = odd; at < packed.Length; at++, index += 2)
            packed[at] = (byte)(Nibble(characters[index]) << 4 | Nibble(characters[index + 1]));
    }

    private static int Nibble(byte character) => character is (byte)'=' or (byte)'D' ? Separator : character - '0';
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
    public static int Digit(int character) =>
        character switch
        {
            >= '0' and <= '9' => character - '0',
            >= 'A' and <= 'F' => character - 'A' + 10,
            >= 'a' and <= 'f' => character - 'a' + 10,
            _ => -1,
        };
}
