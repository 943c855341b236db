using System.Text;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.PublicSuffixes;

/// <summary>
/// The list of names under which anybody can register (co.uk, github.io), in the format of publicsuffix.org: it tells which part of a
/// name belongs to one owner. It ages and knows only what was reported to it, so DMARC asks it last.
/// </summary>
public sealed class PublicSuffixList
{
    private const string BeginPrivate = "===BEGIN PRIVATE DOMAINS===";
    private const string EndPrivate = "===END PRIVATE DOMAINS===";

    private static readonly Lazy<PublicSuffixList> embedded = new(ReadEmbedded);

    /// <summary>Rules by the name that they end in, without "*." and "!"; names in lower-case A-labels.</summary>
    private readonly Dictionary<string, Rule> rules = [];

    private PublicSuffixList() { }

    /// <summary>The list that comes with this package, of <see cref="ShippedOn"/>.</summary>
    public static PublicSuffixList Shipped => embedded.Value;

    /// <summary>The day of the shipped list; SOURCE.md beside it says where it comes from.</summary>
    public static DateOnly ShippedOn { get; } = new(2026, 8, 19);

    /// <summary>Rules that were read.</summary>
    public int RuleCount { get; private set; }

    /// <summary>
    /// Reads a list: a rule a line up to the first white space, "//" before comments, "*." and "!" as publicsuffix.org defines them. Lines
    /// that are no rule are passed over.
    /// </summary>
    public static PublicSuffixList Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var list = new PublicSuffixList();
        var section = Sections.Icann;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var rule = line.TrimStart();
            if (rule.StartsWith("//"))
            {
                section =
                    rule.Contains(BeginPrivate, StringComparison.Ordinal) ? Sections.Private
                    : rule.Contains(EndPrivate, StringComparison.Ordinal) ? Sections.Icann
                    : section;
                continue;
            }

            var end = rule.IndexOfAny(' ', '\t');
            list.Add((end < 0 ? rule : rule[..end]).ToString(), section);
        }

        return list;
    }

    /// <summary>
    /// The name that one owner has: the public suffix and one label more ("mail.example.co.uk" gives "example.co.uk", "a.user.github.io"
    /// gives "user.github.io"). In lower-case A-labels, whatever the question was in; null for a public suffix itself and for what is no
    /// name.
    /// </summary>
    public string? OrganizationalDomain(string domain) => Above(domain, Sections.Icann | Sections.Private);

    /// <summary>
    /// The name that was bought from a registry, by the list's ICANN section alone: "a.user.github.io" gives "github.io".
    /// </summary>
    public string? RegisteredDomain(string domain) => Above(domain, Sections.Icann);

    private string? Above(string domain, Sections sections)
    {
        ArgumentNullException.ThrowIfNull(domain);
        if (DomainName.ToAscii(domain) is not { } name)
        {
            return null;
        }

        var suffixLabels = SuffixLabelCount(name, sections);
        return DomainName.LabelCount(name) > suffixLabels ? DomainName.LastLabels(name, suffixLabels + 1) : null;
    }

    /// <summary>
    /// An exception decides; otherwise the longest rule does; without any the top label is a suffix (the algorithm of publicsuffix.org).
    /// </summary>
    private int SuffixLabelCount(string name, Sections sections)
    {
        var labels = DomainName.LabelCount(name);
        var longest = 1;
        for (var count = 1; count <= labels; count++)
        {
            if (!rules.TryGetValue(DomainName.LastLabels(name, count), out var rule))
            {
                continue;
            }

            if ((rule.Exception & sections) != 0)
            {
                return count - 1;
            }

            longest = (rule.Exact & sections) != 0 ? count : longest;
            longest = (rule.Wildcard & sections) != 0 && labels > count ? count + 1 : longest;
        }

        return longest;
    }

    private void Add(string text, Sections section)
    {
        var isException = text.StartsWith('!');
        var isWildcard = text.StartsWith("*.", StringComparison.Ordinal);
        if (
            DomainName.ToAscii(
                isException ? text[1..]
                : isWildcard ? text[2..]
                : text
            )
            is not { } name
        )
        {
            return;
        }

        var rule = rules.GetValueOrDefault(name);
        rules[name] =
            isException ? rule with { Exception = rule.Exception | section }
            : isWildcard ? rule with { Wildcard = rule.Wildcard | section }
            : rule with { Exact = rule.Exact | section };
        RuleCount++;
    }

    private static PublicSuffixList ReadEmbedded()
    {
        using var stream = typeof(PublicSuffixList).Assembly.GetManifestResourceStream("public_suffix_list.dat")
            ?? throw new InvalidOperationException("The assembly was built without its public suffix list.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(reader.ReadToEnd());
    }

    [Flags]
    private enum Sections
    {
        None = 0,

        /// <summary>What registries sell.</summary>
        Icann = 1,

        /// <summary>What owners of names hand out below them.</summary>
        Private = 2,
    }

    /// <summary>In which sections a name stands, and how.</summary>
    private readonly record struct Rule(Sections Exact, Sections Wildcard, Sections Exception);
}
