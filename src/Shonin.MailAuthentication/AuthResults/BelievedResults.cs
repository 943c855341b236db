using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.AuthResults;

/// <summary>What the one trusted host says of the message, its fields read together, and without what it says against itself.</summary>
/// <param name="AuthservId">The host; absent in Microsoft's form.</param>
/// <param name="Results">In order; a result that another one of the same method and identity contradicts is not among them.</param>
public sealed record BelievedResults(string? AuthservId, IReadOnlyList<AuthResult> Results)
{
    private const int ResultCountMax = 100; // Genuine fields hold fewer than ten; each result is held against each.

    /// <summary>Properties that say of whom a result speaks (RFC 8601 section 2.7).</summary>
    private static readonly (string Kind, string Name)[] identities =
        [("header", "d"), ("header", "i"), ("header", "s"), ("header", "b"), ("header", "a"), ("header", "from"), ("smtp", "mailfrom"), ("smtp", "helo")];

    /// <summary>Null where no field is trusted. Of several trusted hosts the topmost speaks.</summary>
    /// <param name="fields">As <see cref="AuthResultsTrust.Decide(MailMessage)"/> gives them.</param>
    public static BelievedResults? Of(IReadOnlyList<AuthResultsField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var trusted = fields.Where(field => field.Decision is AuthResultsDecision.Trusted).Select(field => field.Parse).OfType<AuthResultsParse.Parsed>().Select(parsed => parsed.Results).ToList();
        if (trusted is not [var first, ..])
        {
            return null;
        }

        var said = trusted.Where(other => IsSame(other.AuthservId, first.AuthservId)).SelectMany(other => other.Results).Take(ResultCountMax).ToList();
        return new BelievedResults(first.AuthservId, [.. said.Where(one => !said.Exists(other => Contradict(one, other)))]);
    }

    private static bool IsSame(string? one, string? other) => one is null || other is null ? one == other : DomainName.IsEqual(one, other);

    private static bool Contradict(AuthResult one, AuthResult other) =>
        one.Method == other.Method && one.Result != other.Result && !SpeakOfDifferent(one, other);

    /// <summary>Two results speak of different things only where a property that both carry says so; SPF checks MAIL FROM and HELO each for itself.</summary>
    private static bool SpeakOfDifferent(AuthResult one, AuthResult other)
    {
        var shared = identities.Where(identity => one.Property(identity.Kind, identity.Name) is not null && other.Property(identity.Kind, identity.Name) is not null).ToList();
        return shared.Exists(identity => !one.Property(identity.Kind, identity.Name)!.Equals(other.Property(identity.Kind, identity.Name), StringComparison.OrdinalIgnoreCase))
            || (one.Method == "spf" && shared.Count == 0 && Names(one) && Names(other));

        static bool Names(AuthResult result) => Array.Exists(identities, identity => result.Property(identity.Kind, identity.Name) is not null);
    }
}
