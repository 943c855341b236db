using System.Text;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// The addresses in From, from every From field of the message, read on raw bytes (RFC 5322 section 3.4) without undoing encoded words:
/// an encoded word can look like an address, and must not become one.
/// </summary>
/// <param name="FieldCount">From fields; exactly one is allowed (RFC 5322 section 3.6).</param>
public sealed record FromMailboxes(int FieldCount, IReadOnlyList<FromMailbox> Mailboxes, FromProblems Problems)
{
    private const int MailboxCountMax = 100;
    private const char Escape = '\u001b';

    /// <summary>
    /// Texts that belong to no address: comments, names of groups, names without an address. Some programs show them as the sender.
    /// Encoded words are not undone; one char a byte.
    /// </summary>
    public IReadOnlyList<string> Asides { get; init; } = [];

    /// <summary>The domain that DMARC asks about: there is one only where there is one From field and all its addresses are of one domain (RFC 9989 section 5.3.1).</summary>
    public string? AuthorDomain =>
        FieldCount == 1 && Mailboxes.Count is > 0 and < MailboxCountMax && Mailboxes[0].Domain is { Length: > 0 } domain
            && Mailboxes.All(mailbox => DomainName.IsEqual(mailbox.Domain, domain))
            ? domain
            : null;

    public static FromMailboxes Of(MailMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (scanner, fieldCount) = Scan(message, "From"u8);
        var problems = scanner.Problems;
        problems |= fieldCount > 1 ? FromProblems.SeveralFields : FromProblems.None;
        problems |= scanner.Mailboxes.Count == 0 ? FromProblems.NoMailbox : FromProblems.None;
        problems |= scanner.Mailboxes.Count > 1 ? FromProblems.SeveralMailboxes : FromProblems.None;
        return new FromMailboxes(fieldCount, scanner.Mailboxes, problems) { Asides = scanner.Asides };
    }

    /// <summary>The addresses of another field that holds a list of them, such as Reply-To, from all fields of that name.</summary>
    public static IReadOnlyList<FromMailbox> In(MailMessage message, ReadOnlySpan<byte> fieldName)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Scan(message, fieldName).Scanner.Mailboxes;
    }

    private static (Scanner Scanner, int FieldCount) Scan(MailMessage message, ReadOnlySpan<byte> fieldName)
    {
        var scanner = new Scanner();
        var fieldCount = 0;
        foreach (var field in message.Fields)
        {
            if (field.Is(fieldName))
            {
                fieldCount++;
                scanner.Read(Encoding.Latin1.GetString(RawLetters.AsUtf8(field.Value).Span));
            }
        }

        return (scanner, fieldCount);
    }

    /// <summary>Walks over one field: comments, quoted texts, angle brackets and what lies between the commas.</summary>
    private sealed class Scanner
    {
        private readonly StringBuilder outside = new();
        private readonly StringBuilder angle = new();
        private readonly StringBuilder comment = new();
        private bool hasAngle;

        public List<FromMailbox> Mailboxes { get; } = [];

        public List<string> Asides { get; } = [];

        public FromProblems Problems { get; private set; }

        public void Read(string text)
        {
            var position = 0;
            while (position < text.Length)
            {
                switch (text[position])
                {
                    case '(':
                        Problems |= FromProblems.Comment;
                        position = AfterEnclosed(text, position, ')', comment);
                        SetAside(comment.ToString());
                        comment.Clear();
                        break;
                    case '"':
                        position = AfterEnclosed(text, position, '"', outside);
                        break;
                    case '<' when hasAngle:
                        Problems |= FromProblems.Malformed;
                        position = AfterEnclosed(text, position, '>', null);
                        break;
                    case '<':
                        hasAngle = true;
                        position = AfterEnclosed(text, position, '>', angle);
                        break;
                    case ',':
                        Close();
                        position++;
                        break;
                    case ':' or ';':
                        // "group: a, b;" has no place in From, yet some programs show its members as senders.
                        Problems |= FromProblems.Group;
                        Close();
                        position++;
                        break;
                    case Escape:
                        // Letters of ISO-2022-JP stand between escapes, and their bytes look like brackets and quotes.
                        Problems |= FromProblems.Malformed;
                        position = AfterShifted(text, position);
                        break;
                    case '\0':
                        Problems |= FromProblems.Malformed;
                        position++;
                        break;
                    default:
                        outside.Append(text[position]);
                        position++;
                        break;
                }
            }

            Close();
        }

        private void Close()
        {
            var display = outside.ToString().Trim(' ', '\t', '\r', '\n');
            var address = hasAngle ? angle.ToString() : display;
            outside.Clear();
            angle.Clear();
            var isInBrackets = hasAngle;
            hasAngle = false;
            if (address.Length == 0 && display.Length == 0)
            {
                return;
            }

            address = TagList.WithoutWhiteSpace(address);
            if (isInBrackets && address.StartsWith('@') && address.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
            {
                // "<@relay:user@host>" is an obsolete route (RFC 5322 section 4.4); the address follows it.
                Problems |= FromProblems.Malformed;
                address = address[(colon + 1)..];
            }

            var at = address.LastIndexOf('@');
            if (at < 0)
            {
                // A group's name, or no address at all.
                SetAside(display);
                Problems |= Problems.HasFlag(FromProblems.Group) ? FromProblems.None : FromProblems.Malformed;
                return;
            }

            if (address.IndexOf('@', StringComparison.Ordinal) != at || at == 0 || at == address.Length - 1)
            {
                Problems |= FromProblems.Malformed;
            }

            var name = isInBrackets ? display : "";
            Problems |= name.Contains('@', StringComparison.Ordinal) ? FromProblems.AddressInDisplayName : FromProblems.None;
            if (Mailboxes.Count < MailboxCountMax)
            {
                Mailboxes.Add(new FromMailbox(name, address[..at], address[(at + 1)..].TrimEnd('.')));
            }
        }

        /// <summary>The index after "ESC ( B" or "ESC ( J", which end a run of two-byte letters (RFC 1468); all of it is part of a name.</summary>
        private int AfterShifted(string text, int start)
        {
            var end = start + 1;
            while (end < text.Length && !(text[end] == Escape && end + 2 < text.Length && text[end + 1] == '(' && text[end + 2] is 'B' or 'J'))
            {
                end++;
            }

            end = Math.Min(end + 3, text.Length);
            outside.Append(text, start, end - start);
            return end;
        }

        private void SetAside(string text)
        {
            if (text.Length > 0 && Asides.Count < MailboxCountMax)
            {
                Asides.Add(text);
            }
        }

        /// <summary>The index after the closing sign; comments nest, a backslash takes the next character as it is.</summary>
        private int AfterEnclosed(string text, int start, char closing, StringBuilder? kept)
        {
            var depth = 1;
            for (var position = start + 1; position < text.Length; position++)
            {
                var letter = text[position];
                if (letter == '\\' && closing != '>' && position + 1 < text.Length)
                {
                    position++;
                    kept?.Append(text[position]);
                    continue;
                }

                depth += closing == ')' && letter == '(' ? 1 : 0;
                depth -= letter == closing ? 1 : 0;
                if (depth == 0)
                {
                    return position + 1;
                }

                kept?.Append(letter);
            }

            Problems |= FromProblems.Malformed;
            if (closing == '"')
            {
                // All that follows the quote is a name to some programs and an address to others, so it is neither here.
                kept?.Clear();
            }

            return text.Length;
        }
    }
}

/// <summary>One sender as written.</summary>
/// <param name="DisplayName">Quotes undone, encoded words not; one char a byte.</param>
/// <param name="Domain">In the case in which it was written; may be no domain at all.</param>
public sealed record FromMailbox(string DisplayName, string LocalPart, string Domain);

[Flags]
public enum FromProblems
{
    None = 0,
    SeveralFields = 1,
    SeveralMailboxes = 2,
    NoMailbox = 4,

    /// <summary>"name: a@b, c@d;", allowed in no From of today.</summary>
    Group = 8,

    /// <summary>A comment, which some programs show and others do not.</summary>
    Comment = 16,

    /// <summary>The display name holds an "@": it may pose as the address.</summary>
    AddressInDisplayName = 32,

    /// <summary>Brackets, quotes or addresses that do not close or do not belong; programs differ in what they show.</summary>
    Malformed = 64,
}
