using System.Buffers.Binary;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>One line of an explanation.</summary>
/// <param name="Place"><c>MTI</c>, <c>DE 4</c>, or <c>DE 48/20</c> for an element.</param>
/// <param name="Value">Masked.</param>
/// <param name="Meaning">In English words; empty where there is nothing to say.</param>
public sealed record DescriptionLine(string Place, string Name, string Value, string Meaning);

/// <summary>A message explained field by field, masked as <see cref="MessageMask"/> does.</summary>
public abstract record MessageDescription
{
    private MessageDescription() { }

    /// <summary>The message was read.</summary>
    public sealed record Whole(WireEncoding Encoding, IReadOnlyList<DescriptionLine> Lines) : MessageDescription
    {
        /// <inheritdoc/>
        public override string ToString() => Table(Lines);
    }

    /// <param name="Lines">What could be read; of it only what names the message shows a value.</param>
    public sealed record Malformed(WireEncoding Encoding, IReadOnlyList<DescriptionLine> Lines, ParseError Error) : MessageDescription
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Table(Lines)}Malformed: {Error.What} (offsets count bytes from the message type on)\n";
    }

    /// <summary>Not even bytes.</summary>
    /// <param name="Offset">Which character, from 0.</param>
    public sealed record NotHexadecimal(int Offset, string Problem) : MessageDescription
    {
        /// <summary>As in <c>character 7: expected a hexadecimal digit, got 'g'</c>.</summary>
        public string What => $"character {Offset}: {Problem}";

        /// <inheritdoc/>
        public override string ToString() => $"Not hexadecimal: {What}\n";
    }

    /// <summary>
    /// Explains hexadecimal digits in the card network profile, in whichever encoding reads them; where neither does, in the one that the
    /// message type fits.
    /// </summary>
    /// <param name="hex">White space between the digits and a frame's length before the message are allowed.</param>
    public static MessageDescription Of(string hex)
    {
        var ascii = Of(hex, MessageFormat.Profile(WireEncoding.Ascii));
        if (ascii is not Malformed { Error: var asciiError })
            return ascii;
        var binary = Of(hex, MessageFormat.Profile(WireEncoding.Binary));
        return binary is Whole || asciiError.Field == 0 && binary is Malformed { Error.Field: not 0 } ? binary : ascii;
    }

    /// <summary>Explains hexadecimal digits in one format.</summary>
    /// <param name="hex">White space between the digits and a frame's length before the message are allowed.</param>
    public static MessageDescription Of(string hex, MessageFormat format)
    {
        ArgumentNullException.ThrowIfNull(hex);
        ArgumentNullException.ThrowIfNull(format);
        var digits = new List<int>(hex.Length);
        for (var offset = 0; offset < hex.Length; offset++)
        {
            if (char.IsWhiteSpace(hex[offset]))
                continue;
            if (digits.Count == BytesMax * 2)
                return new NotHexadecimal(offset, $"expected at most {BytesMax} bytes, the longest frame");
            if (Hexadecimal.Digit(hex[offset]) is var digit and >= 0)
                digits.Add(digit);
            else
                return new NotHexadecimal(offset, $"expected a hexadecimal digit, got {Shown(hex[offset])}");
        }
        if (digits.Count == 0 || digits.Count % 2 != 0)
            return new NotHexadecimal(hex.Length, $"expected pairs of hexadecimal digits, got {digits.Count} digits in all");
        var bytes = digits.Chunk(2).Select(pair => (byte)(pair[0] << 4 | pair[1])).ToArray();
        return Of(bytes, format);
    }

    /// <summary>
    /// Explains bytes in one format. Where they begin with their own length as a frame does and it does not read as a message, it is left
    /// out.
    /// </summary>
    public static MessageDescription Of(ReadOnlySpan<byte> bytes, MessageFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        var whole = format.Parse(bytes);
        if (
            whole is ParseResult.Malformed
            && bytes.Length > Frame.LengthBytes
            && BinaryPrimitives.ReadUInt16BigEndian(bytes) == bytes.Length - Frame.LengthBytes
        )
        {
            whole = format.Parse(bytes[Frame.LengthBytes..]);
        }

        return whole switch
        {
            ParseResult.Parsed(var message) => new Whole(format.Encoding, LinesOf(message, format)),
            ParseResult.Malformed(var error, var partial) => new Malformed(format.Encoding, LinesOf(partial, format), error),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Explains a message at hand.</summary>
    public static IReadOnlyList<DescriptionLine> LinesOf(Message message, MessageFormat format)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(format);
        var lines = new List<DescriptionLine>();
        if (message.Mti != Mti.Unreadable)
            lines.Add(new DescriptionLine("MTI", "message type", message.Mti.ToString(), Meanings.Of(message.Mti)));
        foreach (var field in message.Fields)
        {
            var name = format.Field(field)?.Name ?? "";
            var value = MessageMask.Value(message, field);
            if (field == 48 && value != MessageMask.Hidden && Subelements.Of(message) is FieldReading<Subelements>.Read(var elements))
            {
                lines.Add(new DescriptionLine("DE 48", name, "", $"{elements.Ids.Count()} elements"));
                foreach (var id in elements.Ids)
                    lines.Add(Element(id, elements[id]!));
            }
            else
            {
                lines.Add(new DescriptionLine($"DE {field}", name, value, Meanings.Of(message, field)));
            }
        }
        return lines;
    }

    private const int BytesMax = Frame.LengthBytes + Frame.MessageBytesMax;

    private static DescriptionLine Element(int id, string value)
    {
        var masked = MessageMask.Element(id, value);
        var meaning =
            masked == value || id == 92 ? Meanings.ElementMeaning(id, value) : "not shown: its content is not known to be harmless";
        return new DescriptionLine($"DE 48/{id:00}", Meanings.ElementName(id), masked, meaning);
    }

    /// <summary>Columns as wide as they must be, a line feed after each line.</summary>
    private static string Table(IReadOnlyList<DescriptionLine> lines)
    {
        var table = new StringBuilder();
        var placeWidth = lines.Select(line => line.Place.Length).DefaultIfEmpty().Max();
        var nameWidth = lines.Select(line => line.Name.Length).DefaultIfEmpty().Max();
        var valueWidth = lines.Select(line => line.Value.Length).DefaultIfEmpty().Max();
        foreach (var line in lines)
        {
            table
                .Append(
                    $"{line.Place.PadRight(placeWidth)}  {line.Name.PadRight(nameWidth)}  {line.Value.PadRight(valueWidth)}  {line.Meaning}".TrimEnd()
                )
                .Append('\n');
        }

        return table.ToString();
    }

    private static string Shown(char found) => found is >= ' ' and <= '~' ? $"'{found}'" : $"U+{(int)found:X4}";
}
