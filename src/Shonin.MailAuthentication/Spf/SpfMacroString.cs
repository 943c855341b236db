using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shonin.MailAuthentication.Spf;

/// <summary>A macro-string of RFC 7208 section 7: literal text with macros in it, parsed once and expanded for each sender.</summary>
internal sealed class SpfMacroString
{
    private const string DomainLetters = "slodiphv";
    private const string ExplanationLetters = DomainLetters + "crt";
    private static readonly SearchValues<char> delimiters = SearchValues.Create(".-+,/_="); // RFC 7208 section 7.1
    private readonly List<Part> parts;

    private SpfMacroString(List<Part> parts) => this.parts = parts;

    /// <summary>Whether %{p} occurs, which costs look-ups.</summary>
    public bool NeedsValidatedName => parts.Exists(part => part is Part.Macro { Letter: 'p' });

    /// <summary>Whether %{s} or %{l} occurs, which put the sender's local part into a name.</summary>
    public bool NeedsLocalPart => parts.Exists(part => part is Part.Macro { Letter: 's' or 'l' });

    /// <summary>Reads a domain-spec: a macro-string that ends in a top label or a macro (section 7.1).</summary>
    public static SpfMacroParse ParseDomain(string text)
    {
        var parse = Parse(text, DomainLetters, '!');
        if (parse is not SpfMacroParse.Parsed(var macros))
        {
            return parse;
        }

        return macros.parts is [.., Part.Macro] || EndsInTopLabel(text)
            ? parse
            : new SpfMacroParse.Malformed($"\"{text}\" does not end in a top-level label or a macro");
    }

    /// <summary>Reads the value of a modifier that we do not know; only its grammar counts.</summary>
    public static SpfMacroParse ParseModifier(string text) => Parse(text, DomainLetters, '!');

    /// <summary>Reads an explanation, where spaces and three more macros are allowed (section 6.2).</summary>
    public static SpfMacroParse ParseExplanation(string text) => Parse(text, ExplanationLetters, ' ');

    /// <summary>The text for one sender; at most <paramref name="lengthMax"/> characters, what is longer is cut.</summary>
    public string Expand(SpfMacroValues values, int lengthMax)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(
                part switch
                {
                    Part.Literal(var literal) => literal,
                    Part.Macro macro => Expand(macro, values),
                    _ => throw new System.Diagnostics.UnreachableException(),
                }
            );
            if (text.Length > lengthMax)
            {
                return text.ToString(0, lengthMax);
            }
        }

        return text.ToString();
    }

    private static string Expand(Part.Macro macro, SpfMacroValues values)
    {
        var value = values.Of(macro.Letter);
        if (macro.LabelCount is not null || macro.IsReversed || macro.Delimiters.Length > 0)
        {
            var labels = value.Split((macro.Delimiters.Length == 0 ? "." : macro.Delimiters).ToCharArray());
            if (macro.IsReversed)
            {
                Array.Reverse(labels);
            }

            value = string.Join('.', labels.TakeLast(macro.LabelCount ?? labels.Length));
        }

        return macro.IsUrlEscaped ? Uri.EscapeDataString(value) : value;
    }

    private static SpfMacroParse Parse(string text, string letters, char lowest)
    {
        var parts = new List<Part>();
        var literal = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] < lowest || text[index] > '~')
            {
                return new SpfMacroParse.Malformed($"character {(int)text[index]} at {index} is not allowed");
            }

            if (text[index] != '%')
            {
                literal.Append(text[index]);
                continue;
            }

            index++;
            switch (index < text.Length ? text[index] : '\0')
            {
                case '%':
                    literal.Append('%');
                    break;
                case '_':
                    literal.Append(' ');
                    break;
                case '-':
                    literal.Append("%20");
                    break;
                case '{' when ParseMacro(text, index, letters) is { } macro:
                    parts.Add(new Part.Literal(literal.ToString()));
                    literal.Clear();
                    parts.Add(macro);
                    index = text.IndexOf('}', index);
                    break;
                default:
                    return new SpfMacroParse.Malformed($"\"{text}\" holds no macro at {index - 1} where % begins one");
            }
        }

        if (literal.Length > 0)
        {
            parts.Add(new Part.Literal(literal.ToString()));
        }

        return new SpfMacroParse.Parsed(new SpfMacroString(parts));
    }

    /// <summary>"{" letter [digits] ["r"] *delimiter "}".</summary>
    private static Part.Macro? ParseMacro(string text, int brace, string letters)
    {
        var end = text.IndexOf('}', brace);
        if (end < 0 || end == brace + 1)
        {
            return null;
        }

        var letter = text[brace + 1];
        if (!letters.Contains(char.ToLowerInvariant(letter), StringComparison.Ordinal))
        {
            return null;
        }

        var rest = text.AsSpan(brace + 2, end - brace - 2);
        var digits = rest[..^rest.TrimStart("0123456789").Length];
        rest = rest[digits.Length..];
        var isReversed = rest.Length > 0 && rest[0] is 'r' or 'R';
        rest = isReversed ? rest[1..] : rest;
        if (rest.ContainsAnyExcept(delimiters) || (digits.Length > 0 && digits.TrimStart('0').IsEmpty))
        {
            return null;
        }

        int? labelCount =
            digits.IsEmpty ? null
            : int.TryParse(digits, CultureInfo.InvariantCulture, out var count) ? count
            : int.MaxValue;
        return new Part.Macro(char.ToLowerInvariant(letter), char.IsAsciiLetterUpper(letter), labelCount, isReversed, rest.ToString());
    }

    /// <summary>"." toplabel ["."]: letters, digits and inner hyphens, not digits alone.</summary>
    private static bool EndsInTopLabel(string text)
    {
        var name = text.EndsWith('.') ? text.AsSpan(0, text.Length - 1) : text;
        var dot = name.LastIndexOf('.');
        var label = name[(dot + 1)..];
        if (dot < 0 || label.IsEmpty || label[0] == '-' || label[^1] == '-')
        {
            return false;
        }

        foreach (var letter in label)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '-')
            {
                return false;
            }
        }

        return label.ContainsAnyExceptInRange('0', '9');
    }

    private abstract record Part
    {
        private Part() { }

        public sealed record Literal(string Text) : Part;

        public sealed record Macro(char Letter, bool IsUrlEscaped, int? LabelCount, bool IsReversed, string Delimiters) : Part;
    }
}

internal abstract record SpfMacroParse
{
    private SpfMacroParse() { }

    public sealed record Parsed(SpfMacroString Macros) : SpfMacroParse;

    public sealed record Malformed(string Why) : SpfMacroParse;
}

/// <summary>What the letters stand for while one record is evaluated (RFC 7208 section 7.2).</summary>
internal sealed record SpfMacroValues(SpfClient Client, string Domain, string ValidatedName, DateTimeOffset Now)
{
    public string Of(char letter) =>
        letter switch
        {
            's' => $"{Client.LocalPart}@{Client.SenderDomain}",
            'l' => Client.LocalPart,
            'o' => Client.SenderDomain,
            'd' => Domain,
            'i' => Client.DottedIp,
            'p' => ValidatedName,
            'v' => Client.IsIpv4 ? "in-addr" : "ip6",
            'h' => Client.Helo,
            'c' => Client.Ip.ToString(),
            'r' => Client.Receiver,
            't' => Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
