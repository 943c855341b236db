using System.Collections.Immutable;

namespace Shonin.MailChecks;

/// <summary>What is known of a merchant's genuine mail: the file of a profile, read.</summary>
/// <param name="Id">Its short name, such as <c>amazon.co.jp</c>.</param>
/// <param name="Names">What the merchant calls itself in From, in every script; the first is shown.</param>
/// <param name="Domains">Where its mail comes from; what lies below each belongs to it. Lower case, A-labels.</param>
/// <param name="LinkDomains">Where its links may lead, beside <paramref name="Domains"/>.</param>
public sealed record MailProfile(
    string Id,
    ImmutableArray<string> Names,
    ImmutableArray<string> Domains,
    ImmutableArray<string> LinkDomains
)
{
    public string Name => Names[0];

    /// <summary>The first name in Latin letters, for English sentences; where there is none, the first.</summary>
    public string EnglishName => Names.FirstOrDefault(name => name.All(char.IsAscii)) ?? Name;

    /// <summary>Keys that signed for its domains, for mails that are older than what DNS holds.</summary>
    public ImmutableArray<ArchivedKey> Keys { get; init; } = [];

    /// <summary>Whether mail from this domain is the merchant's.</summary>
    public bool Sends(string domain) => Domains.Any(own => IsEqualOrBelow(domain, own));

    /// <summary>Whether a link to this host stays with the merchant.</summary>
    public bool LinksTo(string host) => Sends(host) || LinkDomains.Any(own => IsEqualOrBelow(host, own));

    internal static bool IsEqualOrBelow(string name, string parent) =>
        name.EndsWith(parent, StringComparison.OrdinalIgnoreCase) && (name.Length == parent.Length || name[^(parent.Length + 1)] == '.');
}
