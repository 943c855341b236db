using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using UnreachableException = System.Diagnostics.UnreachableException;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>The signature algorithms of RFC 6376 and RFC 8463.</summary>
public enum DkimAlgorithm
{
    /// <summary>Read to say what it is, never verified: RFC 8301 section 3.1.</summary>
    RsaSha1,

    /// <summary>RFC 6376.</summary>
    RsaSha256,

    /// <summary>RFC 8463.</summary>
    Ed25519Sha256,
}

/// <summary>What a DKIM-Signature field says (RFC 6376 section 3.5), checked for form but not yet against the message.</summary>
public sealed class DkimSignature
{
    private DkimSignature() { }

    /// <summary>a=.</summary>
    public required DkimAlgorithm Algorithm { get; init; }

    /// <summary>d=, in the case in which it was written; U-labels as A-labels (RFC 8616 section 5).</summary>
    public required string Domain { get; init; }

    /// <summary>s=, as <see cref="Domain"/>.</summary>
    public required string Selector { get; init; }

    /// <summary>i=, or "@" and the domain where it is absent; its domain as <see cref="Domain"/>, its local part one char a byte.</summary>
    public required string Identity { get; init; }

    /// <summary>h=, in order, as written.</summary>
    public required IReadOnlyList<string> SignedFields { get; init; }

    /// <summary>The form in which the header is hashed: the first half of c=.</summary>
    public required Canonicalization Header { get; init; }

    /// <summary>The form in which the body is hashed: the second half of c=.</summary>
    public required Canonicalization Body { get; init; }

    /// <summary>l=: how many bytes of the canonical body are signed; absent, all are.</summary>
    public long? BodyLength { get; init; }

    /// <summary>t=.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>x=.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Where the key is looked up.</summary>
    public string KeyName => $"{Selector}._domainkey.{Domain}";

    internal byte[] BodyHash { get; private init; } = [];

    internal byte[] SignatureBytes { get; private init; } = [];

    /// <summary>The b= tag, which is left out when the field itself is hashed.</summary>
    internal TagList.Tag SignatureTag { get; private init; } = new("b", "", 0, 0);

    /// <summary>Reads the value of a DKIM-Signature field. RFC 6376 section 6.1.1: liberality here is a bad strategy.</summary>
    public static DkimSignatureParse Parse(HeaderField field) =>
        TagList.Parse(field.Value.Span) switch
        {
            TagListParse.Malformed(var why) => new DkimSignatureParse.Malformed(DkimReason.SignatureSyntax, why),
            TagListParse.Parsed(var tags) => Parse(tags),
            _ => throw new UnreachableException(),
        };

    private static DkimSignatureParse Parse(TagList tags)
    {
        var reading = new SignatureTags(tags);
        if (tags["v"] is not "1")
        {
            return new DkimSignatureParse.Malformed(DkimReason.Version, $"v= must be 1, it is {Shown(tags["v"])}.");
        }

        var algorithm = reading.Algorithm();
        var canonicalization = reading.Canonicalizations("simple/simple");
        var domain = reading.Domain();
        var names = reading.SignedFields();
        var identity = reading.Identity(domain);
        var signedAt = reading.Time("t");
        var expiresAt = reading.Time("x");
        var length = reading.BodyLength();
        var signature = new DkimSignature
        {
            Algorithm = algorithm,
            Domain = domain,
            Selector = reading.Selector(),
            Identity = identity,
            SignedFields = names,
            Header = canonicalization.Header,
            Body = canonicalization.Body,
            BodyLength = length,
            SignedAt = signedAt,
            ExpiresAt = expiresAt,
            BodyHash = reading.BodyHash(),
            SignatureBytes = reading.Base64("b"),
            SignatureTag = tags.Find("b") ?? new TagList.Tag("b", "", 0, 0),
        };
        reading.QueryMethod();
        if (reading.Problem is { } problem)
        {
            return new DkimSignatureParse.Malformed(problem.Reason, problem.Why);
        }

        if (!names.Contains("from", StringComparer.OrdinalIgnoreCase))
        {
            return new DkimSignatureParse.Malformed(DkimReason.FromNotSigned, "h= does not name From (RFC 6376 section 5.4).");
        }

        if (!IsWithin(identity, domain))
        {
            return new DkimSignatureParse.Malformed(
                DkimReason.IdentityOutsideDomain,
                $"i={identity} lies outside d={domain} (RFC 6376 section 6.1.1)."
            );
        }

        return expiresAt <= signedAt
            ? new DkimSignatureParse.Malformed(DkimReason.SignatureSyntax, "x= is not later than t= (RFC 6376 section 3.5).")
            : new DkimSignatureParse.Parsed(signature);
    }

    /// <summary>i= is an address, or "@" alone and a domain, in d= or below it.</summary>
    private static bool IsWithin(string identity, string domain)
    {
        var at = identity.LastIndexOf('@');
        return at >= 0 && DomainName.IsEqualOrBelow(identity[(at + 1)..], domain);
    }

    internal static string Shown(string? value) =>
        value switch
        {
            null => "absent",
            { Length: > 40 } => $"\"{value[..40]}…\"",
            _ => $"\"{value}\"",
        };
}

/// <summary>A DKIM-Signature field as it was read, or why it could not be.</summary>
public abstract record DkimSignatureParse
{
    private DkimSignatureParse() { }

    /// <summary>It was read.</summary>
    public sealed record Parsed(DkimSignature Signature) : DkimSignatureParse;

    /// <summary>It could not be read; <c>Why</c> says where and what was expected.</summary>
    public sealed record Malformed(DkimReason Reason, string Why) : DkimSignatureParse;
}
