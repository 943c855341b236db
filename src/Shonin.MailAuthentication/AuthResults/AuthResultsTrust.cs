using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.PublicSuffixes;
using UnreachableException = System.Diagnostics.UnreachableException;

namespace Shonin.MailAuthentication.AuthResults;

/// <summary>
/// Whose Authentication-Results are believed. Nobody's, unless the reader says so: the sender can write such fields too
/// (RFC 8601 section 7.1), and only the reader knows which host took the mail in.
/// </summary>
public sealed record AuthResultsTrust
{
    /// <summary>No host is believed.</summary>
    public static AuthResultsTrust Nobody { get; } = new();

    /// <summary>The authserv-ids of the reader's own mail provider, such as mx.google.com.</summary>
    public IReadOnlyList<string> AuthservIds { get; init; } = [];

    /// <summary>Whether the reader's mailbox is at Microsoft, whose fields name nobody.</summary>
    public MicrosoftMailbox Microsoft { get; init; }

    /// <summary>Reads every Authentication-Results field, from the top down, and says of each whether it is believed and why.</summary>
    public IReadOnlyList<AuthResultsField> Decide(MailMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var decided = new List<AuthResultsField>();
        var hopsAbove = new List<Hop>();
        var idsSeen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var firstHop = message.First("Received"u8) is { } topmost ? HopOf(topmost.ValueText()).By : null;
        foreach (var field in message.Fields)
        {
            if (field.Is("Received"u8))
            {
                hopsAbove.Add(HopOf(field.ValueText()));
            }
            else if (field.Is("Authentication-Results"u8))
            {
                var parse = AuthenticationResults.Parse(field);
                decided.Add(
                    new AuthResultsField(
                        parse,
                        parse switch
                        {
                            AuthResultsParse.Malformed(var why) => new AuthResultsDecision.NotTrusted($"The field cannot be read: {why}."),
                            AuthResultsParse.Parsed({ AuthservId: null }) => DecideMicrosoft(decided.Count, hopsAbove),
                            AuthResultsParse.Parsed({ AuthservId: { } id }) => Decide(
                                id,
                                idsSeen.Add(NameOf(id)) || IsAboveOwnHop(id, hopsAbove, firstHop),
                                hopsAbove
                            ),
                            AuthResultsParse.Parsed => throw new UnreachableException(),
                            _ => throw new UnreachableException(),
                        }
                    )
                );
            }
        }

        return decided;
    }

    /// <summary>Whether the host that a Received field names is one of the reader's provider.</summary>
    internal bool Wrote(HeaderField received)
    {
        var host = NameOf(HopOf(received.ValueText()).By);
        return AuthservIds.Any(id => DomainName.IsEqualOrBelow(host, ParentOf(id)))
            || (Microsoft == MicrosoftMailbox.Yes && DomainName.IsEqualOrBelow(host, MicrosoftHosts));
    }

    /// <summary>
    /// Whether a field stands above everything that came with the message: only the host that took it in writes above its own Received
    /// field. A host may split its results into several fields there (RFC 8601 section 5); further down a second one may be the sender's.
    /// </summary>
    private static bool IsAboveOwnHop(string authservId, List<Hop> hopsAbove, string? firstHop) =>
        hopsAbove.Count == 0 && firstHop is not null && DomainName.IsEqualOrBelow(NameOf(firstHop), ParentOf(authservId));

    /// <summary>In A-labels where it is a domain (RFC 8616 section 6); an authserv-id may be any word.</summary>
    private static string NameOf(string host) => DomainName.ToAscii(host) ?? DomainName.ToAsciiFromBytes(host) ?? host;

    private AuthResultsDecision Decide(string authservId, bool isTopmost, List<Hop> hopsAbove)
    {
        if (!AuthservIds.Any(id => DomainName.IsEqual(NameOf(id), NameOf(authservId))))
        {
            return new AuthResultsDecision.NotTrusted($"{Shown(authservId)} is not among the hosts that you trust.");
        }

        if (!isTopmost)
        {
            return new AuthResultsDecision.NotTrusted($"A field of {authservId} stands above it; only the topmost can be that host's own.");
        }

        return
            hopsAbove.Where((hop, index) => !IsOwn(hop, index == 0 ? null : hopsAbove[index - 1], authservId)).FirstOrDefault()
                is { } foreign
            ? new AuthResultsDecision.NotTrusted(
                $"{Shown(foreign.By)} handled the message after this field was written, and could have written it."
            )
            : new AuthResultsDecision.Trusted(
                $"It is the topmost field of {authservId}, which you trust, and no foreign host handled the message after it."
            );
    }

    private AuthResultsDecision DecideMicrosoft(int fieldsAbove, List<Hop> hopsAbove)
    {
        if (Microsoft == MicrosoftMailbox.No)
        {
            return new AuthResultsDecision.NotTrusted("It names no host, and you did not say that the mailbox is at Microsoft.");
        }

        if (fieldsAbove > 0)
        {
            return new AuthResultsDecision.NotTrusted(
                "It is not the topmost Authentication-Results field; only that one can be Microsoft's."
            );
        }

        return hopsAbove.Count > 0 && hopsAbove.TrueForAll(hop => DomainName.IsEqualOrBelow(hop.By, MicrosoftHosts))
            ? new AuthResultsDecision.Trusted("It is the topmost field, and only Microsoft's hosts handled the message after it.")
            : new AuthResultsDecision.NotTrusted("The hosts above it are not Microsoft's.");
    }

    private const string MicrosoftHosts = "outlook.com"; // The hosts of Exchange Online and Outlook.com are named below it.

    /// <summary>
    /// A host of the one who signs himself so: the same name, or a neighbour under the same parent. What means something only inside a
    /// network (localhost, a private address) is his where he got the message back from inside, or has it still; a bare name or a public
    /// address can be anybody's.
    /// </summary>
    /// <param name="next">The hop after it; null for the last.</param>
    private static bool IsOwn(Hop hop, Hop? next, string authservId) =>
        DomainName.IsEqualOrBelow(NameOf(hop.By), ParentOf(authservId))
        || (
            (hop.By.Equals("localhost", StringComparison.OrdinalIgnoreCase) || PrivateAddresses.IsOne(hop.By))
            && next is null or { IsFromInside: true }
        );

    /// <summary>
    /// The name above a host's, as long as one owner has it: above isp.ne.jp lies a public suffix, where everybody is a neighbour.
    /// </summary>
    private static string ParentOf(string authservId)
    {
        var name = NameOf(authservId);
        var parent = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return PublicSuffixList.Shipped.OrganizationalDomain(name) is { } owned && DomainName.IsEqualOrBelow(parent, owned) ? parent : name;
    }

    /// <summary>One Received field (RFC 5321 section 4.4).</summary>
    /// <param name="By">The host after "by".</param>
    /// <param name="IsFromInside">Whether it names no host that it had the message from, or one of private addresses alone.</param>
    private sealed record Hop(string By, bool IsFromInside);

    private static Hop HopOf(string received)
    {
        if (AuthResultsTokens.Of(received) is not AuthResultsTokens.Scan.Read(var tokens))
        {
            return new Hop(UnreadableHost, IsFromInside: false);
        }

        var by = tokens.TakeWhile(token => !IsWord(token, "by")).Count();
        var from = tokens.Take(by).ToList();
        var host = tokens.Skip(by + 1).FirstOrDefault(token => token.Kind == AuthResultsTokens.Kind.Text)?.Text;
        return new Hop(
            host ?? UnreadableHost,
            !from.Exists(token => IsWord(token, "from")) || PrivateAddresses.AreAllIn(from.Select(token => token.Text))
        );

        static bool IsWord(AuthResultsTokens.Token token, string word) =>
            token.Kind == AuthResultsTokens.Kind.Text && token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A hop that names nobody is nobody's own.</summary>
    private const string UnreadableHost = "a.host.that.gave.no.name.invalid";

    private static string Shown(string text) => text.Length <= 80 ? text : $"{text[..80]}…";
}

/// <summary>Whether the mailbox is at Microsoft (Outlook.com, Microsoft 365).</summary>
public enum MicrosoftMailbox
{
    /// <summary>It is elsewhere, or nobody says.</summary>
    No,

    /// <summary>It is there.</summary>
    Yes,
}

/// <summary>One field, what it says, and whether that counts.</summary>
public sealed record AuthResultsField(AuthResultsParse Parse, AuthResultsDecision Decision);

/// <summary>Whether a field is believed, and why.</summary>
public abstract record AuthResultsDecision
{
    private AuthResultsDecision() { }

    /// <summary>It is believed.</summary>
    public sealed record Trusted(string Why) : AuthResultsDecision;

    /// <summary>It is not believed.</summary>
    public sealed record NotTrusted(string Why) : AuthResultsDecision;
}
