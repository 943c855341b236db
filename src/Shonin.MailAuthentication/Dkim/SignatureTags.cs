using System.Globalization;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>
/// Reads the tags that DKIM and ARC signatures share. The first thing wrong is kept in <see cref="Problem"/> and reading goes on,
/// so that a caller reads all and asks once.
/// </summary>
internal sealed class SignatureTags(TagList tags)
{
    private const int TimeDigitsMax = 12; // RFC 6376 section 3.5: 1*12DIGIT
    private const int LengthDigitsMax = 76; // RFC 6376 section 3.5: 1*76DIGIT
    private const int SignedFieldsMax = 500;
    private const int DigestSizeBytes = 32; // SHA-256

    public TagProblem? Problem { get; private set; }

    /// <summary>a=, with exactly the spelling of the RFC: values are case-sensitive (RFC 6376 section 3.2).</summary>
    public DkimAlgorithm Algorithm()
    {
        switch (tags["a"])
        {
            case "rsa-sha256":
                return DkimAlgorithm.RsaSha256;
            case "ed25519-sha256":
                return DkimAlgorithm.Ed25519Sha256;
            case "rsa-sha1":
                return DkimAlgorithm.RsaSha1;
            case var unknown:
                Report(DkimReason.SignatureSyntax, $"a= must be rsa-sha256 or ed25519-sha256, it is {DkimSignature.Shown(unknown)}.");
                return DkimAlgorithm.RsaSha256;
        }
    }

    /// <summary>c=: "/simple" where it has one part.</summary>
    /// <param name="absent">What holds where it is absent: "simple/simple" for DKIM; sealers of ARC mean "relaxed/relaxed".</param>
    public (Canonicalization Header, Canonicalization Body) Canonicalizations(string absent)
    {
        var parts = (tags["c"] ?? absent).Split('/');
        if (parts.Length > 2 || !Array.TrueForAll(parts, part => part is "simple" or "relaxed"))
        {
            Report(
                DkimReason.SignatureSyntax,
                $"c= must be simple or relaxed for header and body, it is {DkimSignature.Shown(tags["c"])}."
            );
        }

        return (Form(parts[0]), parts.Length == 2 ? Form(parts[1]) : Canonicalization.Simple);

        static Canonicalization Form(string word) => word == "relaxed" ? Canonicalization.Relaxed : Canonicalization.Simple;
    }

    /// <summary>d=, as written where it is ASCII; U-labels become A-labels (RFC 8616 section 5).</summary>
    public string Domain()
    {
        var domain = Ascii(tags["d"] ?? "");
        if (!DomainName.IsLookupName(domain) || !domain.Contains('.', StringComparison.Ordinal))
        {
            Report(DkimReason.SignatureSyntax, $"d= must be a domain, it is {DkimSignature.Shown(tags["d"])}.");
        }

        return domain;
    }

    /// <summary>s=, in the form of <see cref="Domain"/>.</summary>
    public string Selector()
    {
        var selector = Ascii(tags["s"] ?? "");
        if (!DomainName.IsLookupName(selector))
        {
            Report(DkimReason.SignatureSyntax, $"s= must be a selector, it is {DkimSignature.Shown(tags["s"])}.");
        }

        return selector;
    }

    /// <summary>i=, its domain in the form of <see cref="Domain"/>; "@" and the domain where it is absent.</summary>
    public string Identity(string domain)
    {
        var identity = tags["i"] ?? $"@{domain}";
        var at = identity.LastIndexOf('@');
        return identity[..(at + 1)] + Ascii(identity[(at + 1)..]);
    }

    /// <summary>What is no name stays as it is, and is refused as such.</summary>
    private static string Ascii(string name) => System.Text.Ascii.IsValid(name) ? name : DomainName.ToAsciiFromBytes(name) ?? name;

    /// <summary>
    /// h=: names with colons between them. Present it must be; empty it signs the signature alone. An empty name between two colons
    /// stands for nothing, as signers and verifiers in use agree.
    /// </summary>
    public IReadOnlyList<string> SignedFields()
    {
        if (tags["h"] is not { } list)
        {
            Report(DkimReason.SignatureSyntax, "h= is missing.");
            return [];
        }

        if (list.Length == 0)
        {
            return [];
        }

        var names = list.Split(':');
        if (names.Length > SignedFieldsMax)
        {
            Report(DkimReason.SignatureSyntax, $"h= names more than {SignedFieldsMax} fields.");
            return [];
        }

        for (var index = 0; index < names.Length; index++)
        {
            names[index] = names[index].Trim(' ', '\t', '\r', '\n');
            if (names[index].AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                Report(DkimReason.SignatureSyntax, $"h= holds {DkimSignature.Shown(names[index])}, which is no name of a field.");
            }
        }

        return names;
    }

    /// <summary>t= or x=: seconds since 1970; beyond the year 9999 it is read as the last moment of that year.</summary>
    public DateTimeOffset? Time(string tag)
    {
        if (tags[tag] is not { } digits)
        {
            return null;
        }

        if (digits.Length is 0 or > TimeDigitsMax || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            Report(DkimReason.SignatureSyntax, $"{tag}= must be 1 to {TimeDigitsMax} digits, it is {DkimSignature.Shown(digits)}.");
            return null;
        }

        var seconds = long.Parse(digits, CultureInfo.InvariantCulture);
        return DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
    }

    /// <summary>l=.</summary>
    public long? BodyLength()
    {
        if (tags["l"] is not { } digits)
        {
            return null;
        }

        if (digits.Length is 0 or > LengthDigitsMax || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            Report(DkimReason.SignatureSyntax, $"l= must be 1 to {LengthDigitsMax} digits, it is {DkimSignature.Shown(digits)}.");
            return null;
        }

        return long.TryParse(digits, CultureInfo.InvariantCulture, out var length) ? length : long.MaxValue;
    }

    /// <summary>bh=.</summary>
    public byte[] BodyHash()
    {
        var hash = Base64("bh");
        if (Problem is null && hash.Length != DigestSizeBytes && tags["a"] != "rsa-sha1")
        {
            Report(DkimReason.SignatureSyntax, $"bh= must hold {DigestSizeBytes} bytes, it holds {hash.Length}.");
        }

        return hash;
    }

    /// <summary>b= or bh=, white space inside it left out.</summary>
    public byte[] Base64(string tag)
    {
        var compact = tags.Find(tag)?.Compact ?? "";
        var bytes = new byte[compact.Length];
        if (compact.Length > 0 && Convert.TryFromBase64String(compact, bytes, out var length))
        {
            return bytes[..length];
        }

        Report(DkimReason.SignatureSyntax, $"{tag}= must be base64, it is {DkimSignature.Shown(tags[tag])}.");
        return [];
    }

    /// <summary>q=: of all the ways to a key only DNS exists.</summary>
    public void QueryMethod()
    {
        if (tags["q"] is { } methods && !methods.Split(':').Any(method => method.Trim(' ', '\t', '\r', '\n') == "dns/txt"))
        {
            Report(DkimReason.SignatureSyntax, $"q= must offer dns/txt, it is {DkimSignature.Shown(methods)}.");
        }
    }

    private void Report(DkimReason reason, string why) => Problem ??= new TagProblem(reason, why);

    internal sealed record TagProblem(DkimReason Reason, string Why);
}
