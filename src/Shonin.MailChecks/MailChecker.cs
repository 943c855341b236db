using System.Collections.Immutable;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.MailChecks;

/// <summary>Asks our own record about a mail: its raw message, what it shows, and who asks.</summary>
public delegate ValueTask<LedgerFinding> LedgerLookup(MailMessage message, MailContent content, string? recipient, CancellationToken cancellation);

/// <summary>What is asked of one mail.</summary>
public sealed record MailQuestion
{
    /// <summary>When the check is made.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whom the mail may claim to come from; the one that it claims is judged.</summary>
    public required ImmutableArray<MailProfile> Profiles { get; init; }

    /// <summary>The SMTP session that brought the mail, where somebody trusted knows it.</summary>
    public SpfRequest? Session { get; init; }

    /// <summary>The address of whoever asks.</summary>
    public string? Recipient { get; init; }
}

/// <summary>The verdict on a mail, and all that it rests on.</summary>
/// <param name="Profile">The merchant that the mail was held against; null where it claims none of those asked about.</param>
public sealed record MailCheckResult(MailVerdict Verdict, MailProfile? Profile, MailFindings Findings, MailContent Content, ImmutableArray<LookAlike> LookAlikes, LedgerFinding Ledger);

/// <summary>The outcome of a check: the verdict, or the limit that the message broke.</summary>
public abstract record MailCheck
{
    private MailCheck() { }

    public sealed record Checked(MailCheckResult Result) : MailCheck;

    /// <summary>Which limit, with both numbers.</summary>
    public sealed record Refused(string Why) : MailCheck;
}
