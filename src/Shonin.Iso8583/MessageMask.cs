using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>
/// Messages for logs and screens. A card number shows its last four digits at most, a security code nothing, not even its length.
/// Only fields of <see cref="shapes"/> are shown at all, and only while their value has that shape; everything else is hidden.
/// </summary>
public static class MessageMask
{
    internal const string Hidden = "(hidden)";
    private const int DigestKeyBytesMin = 16;
    private const int DigestBytes = 16;
    private const int CardNumberDigitsMin = 12; // No network issues shorter ones.
    private const int CardNumberDigitsMax = 19; // ISO/IEC 7812-1 section 4.1.
    private const int ShortNumberDigitsMax = 12; // An amount; a card number of 12 digits is rarer than the harm of hiding every amount.
    private const int TextLengthMax = 50; // The longest text of Shapes, field 63.

    /// <summary>One line, as in <c>0100 2=************4242 3=000000 4=000000015000 … 48=[20=C0 92=(hidden)] 62="N1001"</c>.</summary>
    public static string Mask(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var line = new StringBuilder(message.Mti.ToString());
        foreach (var field in message.Fields)
            line.Append(CultureInfo.InvariantCulture, $" {field}={Value(message, field)}");
        return line.ToString();
    }

    /// <summary>
    /// One line for bytes as they came: the masked message, or where they are malformed their count, their digest, the error and the
    /// masked rest. The digest is keyed, for a plain one would give the card number to whoever tries all numbers.
    /// </summary>
    /// <param name="digestKey">16 bytes or more that are in no log. Under one key, equal bytes have equal digests.</param>
    /// <exception cref="ArgumentException">The key is shorter.</exception>
    public static string Mask(ReadOnlySpan<byte> bytes, MessageFormat format, ReadOnlySpan<byte> digestKey)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (digestKey.Length < DigestKeyBytesMin)
        {
            throw new ArgumentException(
                $"The digest's key has {digestKey.Length} bytes; {DigestKeyBytesMin} are needed.",
                nameof(digestKey)
            );
        }

        switch (format.Parse(bytes))
        {
            case ParseResult.Parsed parsed:
                return Mask(parsed.Message);
            case ParseResult.Malformed malformed:
                var digest = Convert.ToHexString(HMACSHA256.HashData(digestKey, bytes).AsSpan(0, DigestBytes)).ToLowerInvariant();
                return $"malformed, {bytes.Length} bytes, digest {digest}, {malformed.Error.What}, readable {Mask(malformed.Partial)}";
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// One field's value, masked. Of a message that could not be read whole only fields 7 and 11 are shown, and only where 7 is a time and
    /// nothing stands between them: a card number or a track whose length or bitmap was garbled stands in other fields than its own.
    /// </summary>
    internal static string Value(Message message, int field)
    {
        if (
            message.IsPartial
            && !(IsTime(message.Bytes(7)) && (field == 7 || field == 11 && !message.Fields.Any(between => between is 8 or 9 or 10)))
        )
        {
            return Hidden;
        }

        var value = message.Bytes(field);
        return shapes.GetValueOrDefault(field) switch
        {
            Shape.Unknown => Hidden,
            Shape.CardNumber => CardNumber(value),
            Shape.Digits => value.Length <= ShortNumberDigitsMax && Message.DigitsMax18(value) is not null
                ? Encoding.ASCII.GetString(value)
                : Hidden,
            Shape.Code => value.Length <= ShortNumberDigitsMax && IsCode(value)
                ? Encoding.ASCII.GetString(value.TrimEnd((byte)' '))
                : Hidden,
            Shape.Text => Text(value),
            Shape.Elements => Subelements.Parse(value) is FieldReading<Subelements>.Read(var elements) ? $"[{elements}]" : Hidden,
            Shape.Amounts => AdditionalAmount.Parse(value) is FieldReading<IReadOnlyList<AdditionalAmount>>.Read
                ? Encoding.ASCII.GetString(value)
                : Hidden,
            Shape.Original => OriginalData.Parse(value) is FieldReading<OriginalData>.Read(var original) && IsPlausible(original)
                ? Encoding.ASCII.GetString(value)
                : Hidden,
            Shape.Replacement => ReplacementAmount.Parse(value) is FieldReading<ReplacementAmount>.Read
                ? Encoding.ASCII.GetString(value)
                : Hidden,
        };
    }

    /// <summary>One element of field 48, masked.</summary>
    internal static string Element(int id, string value) => IsHarmlessElement(id, value) ? value : Hidden;

    /// <summary>Whether ten digits are a month, a day and a time of day.</summary>
    internal static bool IsTime(ReadOnlySpan<byte> transmitted) =>
        transmitted.Length == 10
        && Message.DigitsMax18(transmitted) is { } digits
        && digits / 100_000_000 is >= 1 and <= 12
        && digits / 1_000_000 % 100 is >= 1 and <= 31
        && digits / 10_000 % 100 < 24
        && digits / 100 % 100 < 60
        && digits % 100 < 60;

    private enum Shape
    {
        Unknown,
        CardNumber,
        Digits,
        Code,
        Text,
        Elements,
        Amounts,
        Original,
        Replacement,
    }

    /// <summary>
    /// Expiry, tracks, PIN, chip data, account numbers and all that is private to somebody are not here, and so are hidden.
    /// </summary>
    private static readonly Dictionary<int, Shape> shapes = new()
    {
        [2] = Shape.CardNumber,
        [3] = Shape.Digits,
        [4] = Shape.Digits,
        [5] = Shape.Digits,
        [6] = Shape.Digits,
        [7] = Shape.Digits,
        [9] = Shape.Digits,
        [10] = Shape.Digits,
        [11] = Shape.Digits,
        [12] = Shape.Digits,
        [13] = Shape.Digits,
        [15] = Shape.Digits,
        [18] = Shape.Digits,
        [22] = Shape.Digits,
        [25] = Shape.Digits,
        [32] = Shape.Digits,
        [33] = Shape.Digits,
        [49] = Shape.Digits,
        [50] = Shape.Digits,
        [51] = Shape.Digits,
        [70] = Shape.Digits,
        [100] = Shape.Digits,
        [37] = Shape.Code,
        [38] = Shape.Code,
        [39] = Shape.Code,
        [41] = Shape.Text,
        [42] = Shape.Text,
        [43] = Shape.Text,
        [44] = Shape.Text,
        [62] = Shape.Text,
        [63] = Shape.Text,
        [48] = Shape.Elements,
        [54] = Shape.Amounts,
        [90] = Shape.Original,
        [95] = Shape.Replacement,
    };

    private static string CardNumber(ReadOnlySpan<byte> value) =>
        value.Length is >= CardNumberDigitsMin and <= CardNumberDigitsMax && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? new string('*', value.Length - 4) + Encoding.ASCII.GetString(value[^4..])
            : Hidden;

    private static string Text(ReadOnlySpan<byte> value) =>
        value.Length > TextLengthMax || value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E) || MayHoldCardNumber(value)
            ? Hidden
            : $"\"{Encoding.ASCII.GetString(value.TrimEnd((byte)' ')).Replace('"', '\'')}\"";

    private static bool IsCode(ReadOnlySpan<byte> value)
    {
        foreach (var character in value.TrimEnd((byte)' '))
        {
            if (!char.IsAsciiLetterOrDigit((char)character))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Shown are what the profile defines and only in the form that it defines. The authentication value (43) and the security code (92)
    /// have no line here.
    /// </summary>
    private static bool IsHarmlessElement(int id, string value) =>
        id switch
        {
            20 => value.Length == 2 && char.IsAsciiLetterUpper(value[0]) && char.IsAsciiDigit(value[1]),
            42 => value.Length == 2 && value.All(char.IsAsciiDigit),
            61 => value is "0" or "1",
            66 => Guid.TryParseExact(value, "D", out _),
            80 => value == "10" || (value.Length == 4 && value.StartsWith("61", StringComparison.Ordinal) && value.All(char.IsAsciiDigit)),
            84 => value.Length == 2 && value.All(char.IsAsciiLetterOrDigit),
            87 => value.Length == 1 && char.IsAsciiLetterUpper(value[0]),
            _ => false,
        };

    /// <summary>A field 90 that is one: of a request, with a time, and nothing in the 11 digits where a card number could hide.</summary>
    private static bool IsPlausible(OriginalData original) =>
        original.Mti.ExpectsAnswer
        && original.Mti.Value < 1000
        && original.Forwarder == 0
        && IsTime(Encoding.ASCII.GetBytes(original.Transmitted));

    /// <summary>
    /// Whether the digits of a text, whatever stands between them, have a run that a card could have: 13 to 19 digits, not from 0, with
    /// Luhn's check digit.
    /// </summary>
    private static bool MayHoldCardNumber(ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[text.Length];
        var count = 0;
        foreach (var character in text)
        {
            if (character is >= (byte)'0' and <= (byte)'9')
                digits[count++] = character;
        }

        for (var start = 0; start < count; start++)
        {
            for (var length = ShortNumberDigitsMax + 1; length <= CardNumberDigitsMax && start + length <= count; length++)
            {
                if (digits[start] != '0' && Luhn.Passes(digits.Slice(start, length)))
                    return true;
            }
        }

        return false;
    }
}
