using System.Buffers;
using System.Globalization;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// What may be given to whoever writes a field. A line end or a semicolon that came in with a name would end the field or the tag, and what
/// follows it would be the giver's own: refused, never repaired.
/// </summary>
internal static class FieldGrammar
{
    private const int LineLengthMax = 998; // RFC 5322 section 2.1.1, without CRLF

    // RFC 5322 section 3.6.8 (ftext) without the signs that separate names and tags in h= (RFC 6376 section 3.5).
    private static readonly SearchValues<char> fieldNameLetters = SearchValues.Create(
        "!\"#$%&'()*+,-./0123456789<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    );

    /// <summary>A domain or selector for a tag, in A-labels (RFC 6376 section 3.5: sub-domain labels).</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Name(string value, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameter);
        RefuseControls(value, parameter);
        var name = System.Text.Ascii.IsValid(value) ? value : DomainName.ToAscii(value) ?? value;
        var offset = name.AsSpan().IndexOfAnyExcept(DomainName.LabelLettersAndDot);
        if (offset >= 0)
        {
            throw Refused(
                parameter,
                name[offset],
                offset,
                "only labels of letters, digits, hyphens and underscores with dots between them may stand there (RFC 6376 section 3.5)"
            );
        }

        return DomainName.IsLookupName(name)
            ? name
            : throw new ArgumentException(
                $"{parameter}: a label is empty or longer than 63 characters, or the name is longer than 253 (RFC 1035 section 2.3.4).",
                parameter
            );
    }

    /// <summary>The name of a header field, as h= may list it.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static void FieldName(string value, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, parameter);
        var offset = value.AsSpan().IndexOfAnyExcept(fieldNameLetters);
        if (offset >= 0)
        {
            throw Refused(
                parameter,
                value[offset],
                offset,
                "a field's name has printable ASCII without colon, semicolon, equals sign and space (RFC 5322 section 3.6.8, RFC 6376 section 3.2)"
            );
        }
    }

    /// <summary>
    /// The value of a structured field on one line: no line end, no control character, ASCII, at most 998 characters with what stands
    /// before it.
    /// </summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static void Line(string value, string parameter, int lengthBefore)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameter);
        RefuseControls(value, parameter);
        var offset = value.AsSpan().IndexOfAnyExceptInRange('\t', '~');
        if (offset >= 0)
        {
            throw Refused(parameter, value[offset], offset, "only ASCII may stand there");
        }

        if (value.Length + lengthBefore > LineLengthMax)
        {
            throw new ArgumentException(
                $"{parameter}: {value.Length} characters do not fit on a line of {LineLengthMax} (RFC 5322 section 2.1.1).",
                parameter
            );
        }
    }

    /// <summary>CR, LF, NUL and the other control characters; a tab is white space.</summary>
    public static void RefuseControls(string value, string parameter)
    {
        for (var offset = 0; offset < value.Length; offset++)
        {
            if (char.IsControl(value[offset]) && value[offset] != '\t')
            {
                throw Refused(
                    parameter,
                    value[offset],
                    offset,
                    "no control character, and no line end, may stand in a field (RFC 5322 section 2.2)"
                );
            }
        }
    }

    public static ArgumentException Refused(string parameter, char letter, int offset, string rule) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{parameter}: U+{(int)letter:X4} at offset {offset}; {rule}."), parameter);
}
