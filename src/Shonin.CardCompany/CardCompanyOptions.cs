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
    /// <summary>Addresses of desk and export, as ASP.NET takes them: <c>http://127.0.0.1:8584</c>; several with semicolons, port 0 takes a free one.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8584";
    /// <summary>The accounts file; null for the demo accounts, which are served on loopback only.</summary>
    public string? AccountsFile { get; init; }
    public WireEncoding Encoding { get; init; } = WireEncoding.Ascii;
    public TimeSpan AuthorizationValidity { get; init; } = TimeSpan.FromDays(60);
    public HostLimits Limits { get; init; } = new();
    /// <summary>Null for plain TCP.</summary>
    public CardNetworkTls? Tls { get; init; }
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
