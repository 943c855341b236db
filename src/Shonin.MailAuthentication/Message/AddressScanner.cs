using System.Buffers;
using System.Text;
using Shonin.MailAuthentication.Dns;
using static Shonin.MailAuthentication.Message.AddressTokens;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// Reads lists of addresses by the grammar of RFC 5322, the obsolete forms of section 4.4 and the sloppy ones of daily mail included, and
/// then asks what programs with simpler rules would have found. Every step is linear in the field.
/// </summary>
internal sealed class AddressScanner
{
    public const int MailboxCountMax = 100;

    public List<FromMailbox> Mailboxes { get; } = [];

    public List<string> Asides { get; } = [];

    public FromProblems Problems { get; private set; }

    /// <summary>Reads one field; one char a byte.</summary>
    public void Read(string text)
    {
        var scan = AddressTokens.Of(text);
        Tell(FromProblems.Comment, scan.Comments.Count > 0);
        Tell(FromProblems.Malformed, scan.IsMalformed);
        Tell(FromProblems.ReadersDiffer, scan.HasNul);
        foreach (var comment in scan.Comments)
        {
            SetAside(comment);
        }

        var first = Mailboxes.Count;
        ReadList(scan.Tokens);
        if (HasSeveralPlacesForAnAddress(text))
        {
            var read = Mailboxes.Skip(first).Select(mailbox => mailbox.AsciiDomain ?? "").ToHashSet();
            Tell(FromProblems.ReadersDiffer, SimplerReaders.Domains(text, scan.Tokens).Any(domain => !read.Contains(domain)));
        }
    }

    /// <summary>With one "@" and one pair of brackets there is nothing to choose from.</summary>
    private static bool HasSeveralPlacesForAnAddress(string text) =>
        text.AsSpan().Count('@') > 1 || text.AsSpan().Count('<') > 1 || text.AsSpan().Count('>') > 1;

    private void ReadList(List<Token> tokens)
    {
        var start = 0;
        var isInBrackets = false;
        for (var index = 0; index < tokens.Count; index++)
        {
            switch (tokens[index].Kind)
            {
                case Kind.Less:
                    isInBrackets = true;
                    break;
                case Kind.Greater:
                    isInBrackets = false;
                    break;
                case Kind.Comma when !isInBrackets:
                    ReadElement(tokens[start..index]);
                    start = index + 1;
                    break;
                case Kind.Colon or Kind.Semicolon when !isInBrackets:
                    // "group: a, b;" has no place in From; some programs show its members as senders, some its name alone.
                    Tell(FromProblems.Group | FromProblems.ReadersDiffer, true);
                    ReadElement(tokens[start..index]);
                    start = index + 1;
                    break;
                case Kind.Open:
                    // All that follows the quote is a name to some programs and an address to others, so it is neither here.
                    Tell(FromProblems.Malformed, true);
                    ReadElement(tokens[start..index]);
                    return;
            }
        }

        ReadElement(tokens[start..]);
    }

    /// <summary>"name &lt;address&gt;", or an address alone, or nothing (an empty place in the list is obsolete, section 4.4).</summary>
    private void ReadElement(List<Token> tokens)
    {
        var less = tokens.FindIndex(token => token.Kind == Kind.Less);
        if (less < 0)
        {
            ReadBare(tokens);
            return;
        }

        var greater = tokens.FindIndex(less, token => token.Kind == Kind.Greater);
        Tell(FromProblems.Malformed, greater < 0);
        if (greater >= 0 && greater < tokens.Count - 1)
        {
            // What follows the bracket belongs to nothing; some programs take the last thing that looks like an address.
            Tell(FromProblems.Malformed | FromProblems.ReadersDiffer, true);
        }

        var name = TextOf(tokens[..less]);
        Tell(FromProblems.AddressInDisplayName, name.Contains('@', StringComparison.Ordinal));
        ReadAddress(name, WithoutRoute(tokens[(less + 1)..(greater < 0 ? tokens.Count : greater)]));
    }

    private void ReadBare(List<Token> tokens)
    {
        if (tokens.Count == 0)
        {
            return;
        }

        if (!tokens.Exists(token => token.Kind == Kind.At))
        {
            // A group's name, or no address at all.
            SetAside(TextOf(tokens));
            Tell(FromProblems.Malformed, !Problems.HasFlag(FromProblems.Group));
            return;
        }

        ReadAddress("", tokens);
    }

    /// <summary>"&lt;@relay,@other:user@host&gt;" is an obsolete route (section 4.4); the address follows its colon.</summary>
    private List<Token> WithoutRoute(List<Token> tokens)
    {
        if (
            tokens is not [{ Kind: Kind.At or Kind.Comma }, ..]
            || tokens.FindIndex(token => token.Kind == Kind.Colon) is not (> 0 and var colon)
        )
        {
            return tokens;
        }

        Tell(FromProblems.Malformed | FromProblems.ReadersDiffer, true);
        return tokens[(colon + 1)..];
    }

    /// <summary>local-part "@" domain. Dots may lead, trail or stand in pairs: such addresses are in use, quoted or not.</summary>
    private void ReadAddress(string name, List<Token> tokens)
    {
        var at = tokens.FindLastIndex(token => token.Kind == Kind.At);
        if (at < 0)
        {
            SetAside(name);
            SetAside(TextOf(tokens));
            Tell(FromProblems.Malformed, true);
            return;
        }

        var local = LocalPart(tokens[..at]);
        var domain = Domain(tokens[(at + 1)..]);
        Tell(FromProblems.Malformed | FromProblems.ReadersDiffer, local.Length == 0 || domain.Length == 0);
        Tell(FromProblems.ReadersDiffer, IsEncodedWord(local) || IsEncodedWord(domain));
        if (Mailboxes.Count < MailboxCountMax)
        {
            Mailboxes.Add(new FromMailbox(name, local, domain));
        }
    }

    private string LocalPart(List<Token> tokens)
    {
        // Words that no dot joins: "Shop a@host". The last of them is the address to every reader.
        var start = tokens.Count == 0 ? 0 : tokens.Count - 1;
        while (start > 0 && (!tokens[start].IsApart || tokens[start].Kind == Kind.Dot || tokens[start - 1].Kind == Kind.Dot))
        {
            start--;
        }

        Tell(FromProblems.Malformed, start > 0);
        var words = tokens[start..];
        var isSound =
            words.TrueForAll(word => word.Kind is Kind.Atom or Kind.Dot or Kind.Quoted)
            && HasNoControls(words)
            && !words.Zip(words.Skip(1)).Any(pair => pair.First.Kind != Kind.Dot && pair.Second.Kind != Kind.Dot);
        Tell(FromProblems.Malformed, !isSound);
        Tell(
            FromProblems.ReadersDiffer,
            words.Exists(word =>
                word.Kind is not (Kind.Atom or Kind.Dot or Kind.Quoted)
                || word.IsAfterComment
                || word.Text.AsSpan().IndexOfAny(SimplerReaders.Signs) >= 0
            )
                && tokens.Count > 0
        );
        return string.Concat(words.Select(word => word.Text));
    }

    private string Domain(List<Token> tokens)
    {
        if (tokens is [{ Kind: Kind.Literal } literal, ..])
        {
            Tell(FromProblems.Malformed | FromProblems.ReadersDiffer, tokens.Count > 1);
            return literal.Text;
        }

        var domain = new StringBuilder();
        var count = 0;
        while (
            count < tokens.Count
            && tokens[count].Kind is Kind.Atom or Kind.Dot
            && !tokens[count].Text.Contains(AddressTokens.Escape)
            && (count == 0 || tokens[count].Kind != tokens[count - 1].Kind)
        )
        {
            domain.Append(tokens[count].Text);
            count++;
        }

        // A program that stops at white space, or that does not know comments, sees another domain.
        Tell(FromProblems.ReadersDiffer, tokens.Take(count).Skip(1).Any(token => token.IsApart));
        Tell(FromProblems.Malformed | FromProblems.ReadersDiffer, count < tokens.Count || !HasNoControls(tokens[..count]));
        return domain.ToString().TrimEnd('.');
    }

    private static bool HasNoControls(List<Token> tokens) =>
        !tokens.Exists(token => token.Text.AsSpan().IndexOfAnyInRange('\u0001', '\u001f') >= 0 || token.Text.Contains('\u007f'));

    /// <summary>RFC 2047 section 5 allows none in an address; programs that undo them first see what it hides.</summary>
    private static bool IsEncodedWord(string text) => text.Contains("=?", StringComparison.Ordinal);

    /// <summary>A phrase as it is shown: quotes undone, comments left out, white space kept.</summary>
    private static string TextOf(List<Token> tokens) =>
        string.Concat(tokens.Select(token => token.Before + token.Text)).Trim(' ', '\t', '\r', '\n');

    private void SetAside(string text)
    {
        if (text.Length > 0 && Asides.Count < MailboxCountMax)
        {
            Asides.Add(text);
        }
    }

    private void Tell(FromProblems problem, bool isThere) => Problems |= isThere ? problem : FromProblems.None;
}

/// <summary>
/// How programs find the author that do not follow the grammar: a pattern for what stands in angle brackets, a split at commas, the text
/// around an "@". Each is known from programs in use; where one of them finds another domain, From is not clear.
/// </summary>
internal static class SimplerReaders
{
    /// <summary>What such readers take for structure, although it stands in a quoted text.</summary>
    public static readonly SearchValues<char> Signs = SearchValues.Create("@<>(),:;");

    private static readonly char[] domainEnds = [.. " \t\r\n\"'()<>,;:@[]\\"];

    /// <summary>The domains that they find, in lower-case A-labels; "" for what is none.</summary>
    public static IEnumerable<string> Domains(string text, List<Token> tokens) => InBrackets(text).Concat(BetweenCommas(tokens));

    /// <summary>Every run from "&lt;" to the next bracket, in quotes and comments too.</summary>
    private static IEnumerable<string> InBrackets(string text)
    {
        for (var less = text.IndexOf('<', StringComparison.Ordinal); less >= 0; less = text.IndexOf('<', less + 1))
        {
            var end = text.AsSpan(less + 1).IndexOfAny('<', '>');
            var run = end < 0 ? text[(less + 1)..] : text.Substring(less + 1, end);
            if (run.Contains('\u001b', StringComparison.Ordinal))
            {
                // Two-byte letters of ISO-2022-JP hold signs that are none.
                continue;
            }

            foreach (var domain in AroundAts(run))
            {
                yield return domain;
            }
        }
    }

    /// <summary>The pieces between commas, quotes disregarded, that hold no bracket.</summary>
    private static IEnumerable<string> BetweenCommas(List<Token> tokens)
    {
        var text = string.Concat(tokens.Select(token => token.Raw.StartsWith('\u001b') ? " " : token.Before + token.Raw));
        return text.Split(',')
            .Where(piece => !piece.Contains('<', StringComparison.Ordinal))
            .SelectMany(AroundAts)
            .Concat(Unquoted(tokens));
    }

    /// <summary>An address before the bracket that no quotes make a name.</summary>
    private static IEnumerable<string> Unquoted(List<Token> tokens)
    {
        for (var index = 0; index < tokens.Count - 1; index++)
        {
            if (tokens[index].Kind == Kind.At && tokens[index + 1].Kind is Kind.Atom)
            {
                var end = index + 1;
                while (end < tokens.Count && tokens[end].Kind is Kind.Atom or Kind.Dot && !(end > index + 1 && tokens[end].IsApart))
                {
                    end++;
                }

                yield return DomainName.ToAsciiFromBytes(string.Concat(tokens[(index + 1)..end].Select(token => token.Text)).TrimEnd('\''))
                    ?? "";
            }
        }
    }

    private static IEnumerable<string> AroundAts(string text)
    {
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            var end = text.IndexOfAny(domainEnds, at + 1);
            var domain = (end < 0 ? text[(at + 1)..] : text[(at + 1)..end]).Trim();
            if (domain.Length > 0)
            {
                yield return DomainName.ToAsciiFromBytes(domain) ?? "";
            }
        }
    }
}
