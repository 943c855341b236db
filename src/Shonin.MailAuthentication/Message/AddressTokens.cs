using System.Buffers;
using System.Text;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// The words and signs of an address field (RFC 5322 section 3.2, with what section 4.1 adds), in one pass over one char a byte.
/// White space and comments are not tokens; a token knows the white space before it and whether a comment stands there.
/// </summary>
internal static class AddressTokens
{
    /// <summary>Begins and ends letters of ISO-2022-JP (RFC 1468).</summary>
    public const char Escape = '\u001b';

    private static readonly SearchValues<char> atomEnds = SearchValues.Create(" \t\r\n()<>@,;:.\"\0\u001b");

    internal enum Kind
    {
        Atom,
        Quoted,

        /// <summary>A quoted text without its end: to some programs all that follows is a name, to others it holds an address.</summary>
        Open,
        Literal,
        Dot,
        At,
        Less,
        Greater,
        Comma,
        Colon,
        Semicolon,
    }

    /// <param name="Text">Quotes and backslashes undone.</param>
    /// <param name="Before">The white space before it.</param>
    /// <param name="Raw">As written.</param>
    internal readonly record struct Token(Kind Kind, string Text, string Before, bool IsAfterComment, string Raw)
    {
        public bool IsApart => Before.Length > 0 || IsAfterComment;
    }

    /// <param name="Comments">Their texts, without parentheses.</param>
    /// <param name="IsMalformed">Something does not close, or a control character stands where none may.</param>
    /// <param name="HasNul">Some programs stop reading at NUL.</param>
    internal sealed record Scan(List<Token> Tokens, List<string> Comments, bool IsMalformed, bool HasNul);

    public static Scan Of(string text)
    {
        var scan = new Scan([], [], false, false);
        var space = new StringBuilder();
        var isAfterComment = false;
        var position = 0;
        while (position < text.Length)
        {
            var start = position;
            var letter = text[position];
            if (letter is ' ' or '\t' or '\r' or '\n')
            {
                space.Append(letter);
                position++;
                continue;
            }

            if (letter == '(')
            {
                (var comment, position, var isClosed) = Enclosed(text, position, ')');
                scan.Comments.Add(comment);
                scan = scan with { IsMalformed = scan.IsMalformed || !isClosed };
                isAfterComment = true;
                continue;
            }

            Kind kind;
            string word;
            if (letter == '"')
            {
                (word, position, var isClosed) = Enclosed(text, position, '"');
                kind = isClosed ? Kind.Quoted : Kind.Open;
            }
            else if (letter == '[' && scan.Tokens is [.., { Kind: Kind.At }])
            {
                (word, position, var isClosed) = Enclosed(text, position, ']');
                kind = Kind.Literal;
                word = $"[{word}]";
                scan = scan with { IsMalformed = scan.IsMalformed || !isClosed };
            }
            else if (letter == Escape)
            {
                // Letters of ISO-2022-JP stand between escapes, and their bytes look like brackets and quotes: all of it is part of a name.
                position = AfterShifted(text, position);
                (kind, word) = (Kind.Atom, text[start..position]);
                scan = scan with { IsMalformed = true };
            }
            else if (letter == '\0')
            {
                position++;
                scan = scan with { IsMalformed = true, HasNul = true };
                continue;
            }
            else if (KindOf(letter) is { } sign)
            {
                position++;
                (kind, word) = (sign, text[start..position]);
            }
            else
            {
                var length = text.AsSpan(position + 1).IndexOfAny(atomEnds);
                position = length < 0 ? text.Length : position + 1 + length;
                (kind, word) = (Kind.Atom, text[start..position]);
            }

            scan.Tokens.Add(new Token(kind, word, space.ToString(), isAfterComment, text[start..position]));
            space.Clear();
            isAfterComment = false;
        }

        return scan;
    }

    private static Kind? KindOf(char letter) =>
        letter switch
        {
            '.' => Kind.Dot,
            '@' => Kind.At,
            '<' => Kind.Less,
            '>' => Kind.Greater,
            ',' => Kind.Comma,
            ':' => Kind.Colon,
            ';' => Kind.Semicolon,
            _ => null,
        };

    /// <summary>
    /// What stands up to the closing sign, and the index behind it; comments nest, a backslash takes the next character as it is.
    /// </summary>
    private static (string Text, int End, bool IsClosed) Enclosed(string text, int start, char closing)
    {
        var kept = new StringBuilder();
        var depth = 1;
        for (var position = start + 1; position < text.Length; position++)
        {
            var letter = text[position];
            if (letter == '\\' && position + 1 < text.Length)
            {
                kept.Append(text[++position]);
                continue;
            }

            depth += closing == ')' && letter == '(' ? 1 : 0;
            depth -= letter == closing ? 1 : 0;
            if (depth == 0)
            {
                return (kept.ToString(), position + 1, true);
            }

            kept.Append(letter);
        }

        return (kept.ToString(), text.Length, false);
    }

    /// <summary>The index after "ESC ( B" or "ESC ( J", which end a run of two-byte letters (RFC 1468).</summary>
    private static int AfterShifted(string text, int start)
    {
        var end = start + 1;
        while (end < text.Length && !(text[end] == Escape && end + 2 < text.Length && text[end + 1] == '(' && text[end + 2] is 'B' or 'J'))
        {
            end++;
        }

        return Math.Min(end + 3, text.Length);
    }
}
