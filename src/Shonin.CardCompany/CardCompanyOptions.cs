using Shonin.CardCompany.Host;
using Shonin.Iso8583;

namespace Shonin.CardCompany;

/// <summary>What <c>shonin card-company</c> is told.</summary>
public sealed record CardCompanyOptions
{
    /// <summary>The folder of card-company.db, keys/ and heads/. Made where it is missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>HOST:PORT of the card network; port 0 takes a free one. HOST is an address or <c>localhost</c>.</summary>
    public string Listen { get; init; } = "127.0.0.1:8583";

    /// <summary>
    /// Addresses of desk and export, as ASP.NET takes them: <c>http://127.0.0.1:8584</c>; several with semicolons, port 0 takes a free one.
    /// </summary>
    public string Urls { get; init; } = "http://127.0.0.1:8584";

    /// <summary>The accounts file; null for the demo accounts, which are served on loopback only.</summary>
    public string? AccountsFile { get; init; }
    public WireEncoding Encoding { get; init; } = WireEncoding.Ascii;
    public TimeSpan AuthorizationValidity { get; init; } = TimeSpan.FromDays(60);
    public HostLimits Limits { get; init; } = new();

    /// <summary>
    /// A PEM file with the host's certificate, then those between it and its root. With the three files below the card network is TLS;
    /// without them plain TCP, on loopback only.
    /// </summary>
    public string? TlsCertificateFile { get; init; }

    /// <summary>A PEM file with that certificate's private key, mode 0600.</summary>
    public string? TlsKeyFile { get; init; }

    /// <summary>A PEM file with the certificates of those who sign the acquirers' certificates.</summary>
    public string? ClientAuthorityFile { get; init; }

    /// <summary>A JSON file that says which certificate speaks for which acquirer, terminals and merchants.</summary>
    public string? AcquirersFile { get; init; }

    /// <summary>As <see cref="TlsCertificateFile"/>, for desk and export; null for the same one.</summary>
    public string? WebCertificateFile { get; init; }

    /// <summary>As <see cref="TlsKeyFile"/>, for desk and export; null for the same one.</summary>
    public string? WebKeyFile { get; init; }

    /// <summary>Connections to desk and export that may be open at once.</summary>
    public int WebConnectionsMax { get; init; } = 256;

    /// <summary>Requests to desk and export that one address may make in a minute.</summary>
    public int RequestsPerMinuteMax { get; init; } = 600;
}

/// <summary>Why a card company did not start; the message says what was wrong, where, and what to do.</summary>
/// <param name="exitCode">64 bad usage, 65 unreadable input.</param>
public sealed class CardCompanyRefusedException(int exitCode, string why) : Exception(why)
{
    public const int BadUsage = 64; // EX_USAGE of sysexits.h
    public const int UnreadableInput = 65; // EX_DATAERR of sysexits.h

    public int ExitCode { get; } = exitCode;
}
