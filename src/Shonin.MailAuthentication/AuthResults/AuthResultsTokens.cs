using System.Buffers;
using System.Text;

namespace Shonin.MailAuthentication.AuthResults;

/// <summary>The words, quoted texts, comments and signs of a structured field (RFC 5322 section 3.2), in one pass.</summary>
internal static class AuthResultsTokens
{
    private static readonly SearchValues<char> breaks = SearchValues.Create(" \t\r\n;=\"(");

    internal enum Kind
    {
        Text,
        Quoted,
        Comment,
        Equals,
        Semicolon,
    }

    public const int LengthMax = 32 * 1024; // Genuine fields have some hundred characters.

    public static Scan Of(string value)
    {
        if (value.Length > LengthMax)
        {
            return new Scan.Unreadable($"it has more than {LengthMax} characters");
        }

        var tokens = new List<Token>();
        var position = 0;
        while (position < value.Length)
        {
            switch (value[position])
            {
                case ' ' or '\t' or '\r' or '\n':
                    position++;
                    break;
                case ';':
                    tokens.Add(new Token(Kind.Semicolon, ";"));
                    position++;
                    break;
                case '=':
                    tokens.Add(new Token(Kind.Equals, "="));
                    position++;
                    break;
                case '"' or '(':
                    var (text, end) = Enclosed(value, position);
                    if (end < 0)
                    {
                        return new Scan.Unreadable("a comment or a quoted text is not closed");
                    }

                    tokens.Add(new Token(value[position] == '"' ? Kind.Quoted : Kind.Comment, text));
                    position = end;
                    break;
                default:
                    var rest = value.AsSpan(position);
                    var length = rest.IndexOfAny(breaks);
                    length = length < 0 ? rest.Length : length;
                    tokens.Add(new Token(Kind.Text, rest[..length].ToString()));
                    position += length;
                    break;
            }
        }

        return new Scan.Read(Joined(tokens));
    }

    /// <summary>
    /// "dkim (comment) / 1" and "policy (comment) . expired" are each one word, however far apart (RFC 8601 section 2.2). A word is
    /// joined once: a row of a thousand slashes must not become a word that grows a thousand times.
    /// </summary>
    private static List<Token> Joined(List<Token> tokens)
    {
        var joined = new List<Token>(tokens.Count);
        var isJoining = false;
        var lastText = -1;
        var lastJoined = -1;
        foreach (var token in tokens)
        {
            if (token.Kind == Kind.Text && lastText >= 0 && (isJoining || (token.Text is "/" or "." && lastText != lastJoined)))
            {
                lastJoined = lastText;
                joined[lastText] = new Token(Kind.Text, joined[lastText].Text + token.Text);
                isJoining = !isJoining;
                continue;
            }

            joined.Add(token);
            lastText =
                token.Kind == Kind.Text ? joined.Count - 1
                : token.Kind == Kind.Comment ? lastText
                : -1;
            isJoining &= token.Kind == Kind.Comment;
        }

        return joined;
    }

    /// <summary>A quoted text, or a comment with comments inside it; a backslash takes the next character as it is.</summary>
    private static (string Text, int End) Enclosed(string value, int start)
    {
        var text = new StringBuilder();
        var isComment = value[start] == '(';
        var depth = 1;
        for (var position = start + 1; position < value.Length; position++)
        {
            var letter = value[position];
            if (letter == '\\' && position + 1 < value.Length)
            {
                text.Append(value[++position]);
                continue;
            }

            depth += isComment && letter == '(' ? 1 : 0;
            depth -= letter == (isComment ? ')' : '"') ? 1 : 0;
            if (depth == 0)
            {
                return (text.ToString(), position + 1);
            }

            if (letter is not ('\r' or '\n'))
            {
                text.Append(letter);
            }
        }

        return ("", -1);
    }

    internal sealed record Token(Kind Kind, string Text);

    internal abstract record Scan
    {
        private Scan() { }

        public sealed record Read(IReadOnlyList<Token> Tokens) : Scan;

        public sealed record Unreadable(string Why) : Scan;
    }
}
