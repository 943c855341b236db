using System.Text;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// The "tag=value; tag=value" form of DKIM signatures, DKIM keys, ARC fields and DMARC records (RFC 6376 section 3.2).
/// Text is Latin-1: one char a byte, so that offsets in the text are offsets in the field.
/// </summary>
internal sealed class TagList
{
    private const int TagCountMax = 100; // Signatures have some fifteen; more only costs time.
    private readonly List<Tag> tags;

    private TagList(List<Tag> tags) => this.tags = tags;

    public IReadOnlyList<Tag> Tags => tags;

    /// <summary>The value with folds and white space around it removed, or null where the tag is absent.</summary>
    public string? this[string name] => Find(name)?.Value;

    public Tag? Find(string name) => tags.Find(tag => tag.Name == name);

    /// <summary>
    /// Reads a list. An empty part between two semicolons, a tag without name and a repeated tag spoil the whole list, as the section
    /// demands.
    /// </summary>
    public static TagListParse Parse(ReadOnlySpan<byte> bytes) => Parse(Encoding.Latin1.GetString(bytes));

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static TagListParse Parse(string text)
    {
        var tags = new List<Tag>(12);
        var start = 0;
        while (start < text.Length)
        {
            var semicolon = text.IndexOf(';', start);
            var end = semicolon < 0 ? text.Length : semicolon;
            var part = text.AsSpan(start, end - start);
            if (part.IndexOfAnyExcept(FoldingWhiteSpace) < 0)
            {
                if (semicolon < 0 && tags.Count > 0)
                {
                    break;
                }

                return new TagListParse.Malformed($"byte {start}: a tag was expected, nothing stands there");
            }

            var equals = part.IndexOf('=');
            if (equals < 0)
            {
                return new TagListParse.Malformed($"byte {start}: a tag without \"=\"");
            }

            var name = part[..equals].Trim(FoldingWhiteSpace);
            if (!IsName(name))
            {
                return new TagListParse.Malformed($"byte {start}: \"{Shown(name)}\" is no name of a tag");
            }

            var value = part[(equals + 1)..];
            var valueTrimmed = value.Trim(FoldingWhiteSpace);
            if (
                valueTrimmed.ContainsAnyInRange('\0', '\b')
                || valueTrimmed.ContainsAnyInRange('\v', '\f')
                || valueTrimmed.ContainsAnyInRange('\x0e', '\x1f')
            )
            {
                return new TagListParse.Malformed($"byte {start}: a control character in the value of {name}=");
            }

            var tag = new Tag(name.ToString(), valueTrimmed.ToString(), start + equals + 1, end);
            if (tags.Count == TagCountMax)
            {
                return new TagListParse.Malformed($"byte {start}: more than {TagCountMax} tags");
            }

            if (tags.Exists(other => other.Name == tag.Name))
            {
                return new TagListParse.Malformed($"byte {start}: the tag {tag.Name}= stands there twice");
            }

            tags.Add(tag);
            start = end + 1;
        }

        return tags.Count == 0 ? new TagListParse.Malformed("byte 0: no tags at all") : new TagListParse.Parsed(new TagList(tags));
    }

    internal const string FoldingWhiteSpace = " \t\r\n";

    /// <summary>ALPHA *(ALPHA / DIGIT / "_"), RFC 6376 section 3.2.</summary>
    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || !char.IsAsciiLetter(name[0]))
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '_')
            {
                return false;
            }
        }

        return true;
    }

    private static string Shown(ReadOnlySpan<char> name) => name.Length <= 20 ? name.ToString() : $"{name[..20]}…";

    /// <summary>One tag; the raw value, white space included, is text[ValueStart..ValueEnd].</summary>
    internal sealed record Tag(string Name, string Value, int ValueStart, int ValueEnd)
    {
        /// <summary>The value without any white space, as base64 and lists want it.</summary>
        public string Compact => WithoutWhiteSpace(Value);
    }

    internal static string WithoutWhiteSpace(string value) =>
        value.AsSpan().IndexOfAny(FoldingWhiteSpace) < 0 ? value : string.Concat(value.Split([' ', '\t', '\r', '\n']));
}

internal abstract record TagListParse
{
    private TagListParse() { }

    public sealed record Parsed(TagList Tags) : TagListParse;

    /// <summary>Where, and what was expected.</summary>
    public sealed record Malformed(string Why) : TagListParse;
}
