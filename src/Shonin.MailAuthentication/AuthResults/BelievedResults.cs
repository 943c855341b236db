using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.PublicSuffixes;

namespace Shonin.MailAuthentication.AuthResults;

/// <summary>What the one trusted host says of the message, its fields read together, and without what it says against itself.</summary>
/// <param name="AuthservId">The host; absent in Microsoft's form.</param>
/// <param name="Results">In order; a result that another one of the same method and identity contradicts is not among them.</param>
public sealed record BelievedResults(string? AuthservId, IReadOnlyList<AuthResult> Results)
{
    private const int ResultCountMax = 100; // Genuine fields hold fewer than ten; each result is held against each.

    /// <summary>Properties that say of whom a result speaks (RFC 8601 section 2.7).</summary>
    private static readonly (string Kind, string Name)[] identities =
    [
        ("header", "d"),
        ("header", "i"),
        ("header", "s"),
        ("header", "b"),
        ("header", "a"),
        ("header", "from"),
        ("smtp", "mailfrom"),
        ("smtp", "helo"),
    ];

    /// <summary>Null where no field is trusted. Of several trusted hosts the topmost speaks.</summary>
    /// <param name="fields">As <see cref="AuthResultsTrust.Decide(MailMessage)"/> gives them.</param>
    public static BelievedResults? Of(IReadOnlyList<AuthResultsField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var trusted = fields
            .Where(field => field.Decision is AuthResultsDecision.Trusted)
            .Select(field => field.Parse)
            .OfType<AuthResultsParse.Parsed>()
            .Select(parsed => parsed.Results)
            .ToList();
        if (trusted is not [var first, ..])
        {
            return null;
        }

        var said = trusted
            .Where(other => IsSame(other.AuthservId, first.AuthservId))
            .SelectMany(other => other.Results)
            .Take(ResultCountMax)
            .ToList();
        return new BelievedResults(first.AuthservId, [.. said.Where(one => !said.Exists(other => Contradict(one, other)))]);
    }

    /// <summary>
    /// The domain that a property names, in A-labels: hosts write "header.from=shop.example" and "header.from=notice@shop.example" alike.
    /// Null where the result carries no such property; "" where what it carries is no domain.
    /// </summary>
    public static string? DomainIn(AuthResult result, string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Property(kind, name) is { } value
            ? DomainName.ToAsciiFromBytes(value[(value.LastIndexOf('@') + 1)..].Trim()) ?? ""
            : null;
    }

    /// <summary>
    /// Whether a result about the author (header.from=) speaks of that domain: of itself, or of one above it that has the same owner,
    /// because the policy stands there. A public suffix speaks of nobody.
    /// </summary>
    /// <param name="author">In lower-case A-labels.</param>
    public static bool SpeaksOf(AuthResult result, string author)
    {
        ArgumentNullException.ThrowIfNull(author);
        return DomainIn(result, "header", "from") is not { } from
            || (
                from.Length > 0
                && (from == author || (DomainName.IsEqualOrBelow(author, from) && DomainName.IsEqualOrBelow(from, OwnerOf(author))))
            );
    }

    private static string OwnerOf(string domain) => PublicSuffixList.Shipped.OrganizationalDomain(domain) ?? domain;

    private static bool IsSame(string? one, string? other) => one is null || other is null ? one == other : DomainName.IsEqual(one, other);

    private static bool Contradict(AuthResult one, AuthResult other) =>
        one.Method == other.Method && one.Result != other.Result && !SpeakOfDifferent(one, other);

    /// <summary>
    /// Two results speak of different things only where a property that both carry says so; SPF checks MAIL FROM and HELO each for itself.
    /// </summary>
    private static bool SpeakOfDifferent(AuthResult one, AuthResult other)
    {
        var shared = identities
            .Where(identity =>
                one.Property(identity.Kind, identity.Name) is not null && other.Property(identity.Kind, identity.Name) is not null
            )
            .ToList();
        return shared.Exists(identity => WhoIs(one, identity) != WhoIs(other, identity))
            || (one.Method == "spf" && shared.Count == 0 && Names(one) && Names(other));

        // One policy answers for all domains of an owner, so two results about them are two about it.
        static string WhoIs(AuthResult result, (string Kind, string Name) identity) =>
            identity switch
            {
                ("header", "d" or "i") or ("smtp", _) => DomainIn(result, identity.Kind, identity.Name)!,
                ("header", "from") => OwnerOf(DomainIn(result, identity.Kind, identity.Name)!),
                ("header", "b") => result.Property(identity.Kind, identity.Name)!,
                _ => result.Property(identity.Kind, identity.Name)!.ToLowerInvariant(),
            };

        static bool Names(AuthResult result) =>
            Array.Exists(identities, identity => result.Property(identity.Kind, identity.Name) is not null);
    }
}
