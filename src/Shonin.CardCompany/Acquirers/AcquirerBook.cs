using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shonin.Iso8583;

namespace Shonin.CardCompany.Acquirers;

/// <summary>How the file of acquirers names a certificate.</summary>
internal abstract record CertificateName
{
    private CertificateName() { }

    public abstract bool IsOf(X509Certificate2 certificate);

    /// <param name="Hex">SHA-256 of the whole certificate, 64 upper-case hexadecimal digits: this certificate and no later one.</param>
    public sealed record Sha256(string Hex) : CertificateName
    {
        public override bool IsOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256) == Hex;
    }

    /// <param name="Name">A dNSName of its subject alternative names (RFC 5280 section 4.2.1.6), as a whole; a wildcard is no name
    ///   here.</param>
    public sealed record Dns(string Name) : CertificateName
    {
        public override bool IsOf(X509Certificate2 certificate) =>
            certificate
                .Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .Any(names => names.EnumerateDnsNames().Contains(Name, StringComparer.OrdinalIgnoreCase));
    }

    /// <param name="Name">Its whole subject, as <c>CN=shop, O=Shop K.K., C=JP</c>.</param>
    public sealed record Subject(string Name) : CertificateName
    {
        public override bool IsOf(X509Certificate2 certificate) => certificate.Subject == Name;
    }
}

/// <summary>A name of field 41 or 42, or the beginning of several.</summary>
/// <param name="Text">Without the asterisk that stands for "and whatever follows".</param>
internal sealed record NamePattern(string Text, bool IsPrefix)
{
    public bool Fits(string name) => IsPrefix ? name.StartsWith(Text, StringComparison.Ordinal) : name == Text;
}

/// <summary>For whom the holder of one certificate may speak on the card network.</summary>
/// <param name="Number">Field 32, without leading zeros.</param>
/// <param name="Terminals">What field 41 may be.</param>
/// <param name="Merchants">What field 42 may be; null where the acquirer vouches for its merchants itself.</param>
internal sealed record Acquirer(
    CertificateName Certificate,
    string Number,
    IReadOnlyList<NamePattern> Terminals,
    IReadOnlyList<NamePattern>? Merchants
)
{
    /// <summary>
    /// Which field of the message speaks for somebody else, or null where none does. A field that is absent speaks for nobody.
    /// </summary>
    public string? ObjectionTo(Message message)
    {
        if (message.Number(32) is { } acquirer && Plain(acquirer) != Number)
            return "DE 32: the certificate speaks for another acquirer";
        if (message.Text(41) is { } terminal && !Terminals.Any(pattern => pattern.Fits(terminal)))
            return "DE 41: the certificate does not speak for this terminal";
        if (Merchants is not null && message.Text(42) is { } merchant && !Merchants.Any(pattern => pattern.Fits(merchant)))
            return "DE 42: the certificate does not speak for this merchant";
        // Field 90 says whose authorization is to be undone or captured.
        return
            OriginalData.Parse(message.Bytes(90)) is FieldReading<OriginalData>.Read { Value.Acquirer: var original }
            && Plain(original) != Number
            ? "DE 90: the original is another acquirer's"
            : null;
    }

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Whose certificates are known.</summary>
internal sealed class AcquirerBook(IReadOnlyList<Acquirer> acquirers)
{
    public IReadOnlyList<Acquirer> Acquirers { get; } = acquirers;

    /// <summary>
    /// For whom this certificate speaks; null where no entry names it, or more than one does: then nobody knows for whom.
    /// </summary>
    public Acquirer? Find(X509Certificate2 certificate)
    {
        var named = Acquirers.Where(acquirer => acquirer.Certificate.IsOf(certificate)).Take(2).ToArray();
        return named.Length == 1 ? named[0] : null;
    }
}
