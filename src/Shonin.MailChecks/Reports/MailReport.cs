using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>What a customer tells beside the mail itself.</summary>
/// <param name="Note">Or empty.</param>
/// <param name="Contact">The address to answer to, or empty.</param>
public sealed record ReporterWords(string Note, string Contact)
{
    public const int NoteLengthMax = 2_000;
    public const int ContactLengthMax = 254; // RFC 5321 section 4.5.3.1.3, without the angle brackets
}

/// <summary>Whether somebody has dealt with a report.</summary>
public enum ReportState
{
    New,
    Handled,
}

/// <summary>A report as the staff's lists show it; the mail itself is read apart.</summary>
/// <param name="Number">What the customer quotes: R-7K3M-9QX2.</param>
/// <param name="NoticeId">The notice of ours that the mail names, or null.</param>
/// <param name="LookAlikes">Names that resemble ours, as written in the mail.</param>
public sealed record MailReport(
    string Number,
    DateTimeOffset ReceivedAt,
    ReportState State,
    int SizeBytes,
    VerdictWord Verdict,
    Words Headline,
    ImmutableArray<Words> Reasons,
    string Subject,
    MailTraits Traits,
    string? NoticeId,
    ImmutableArray<LookAlike> LookAlikes,
    ReporterWords Words
)
{
    private const int SubjectLengthMax = 300;
    private const int HostCountMax = 50;

    public static MailReport Of(string number, DateTimeOffset at, int sizeBytes, MailCheckResult result, ReporterWords words)
    {
        var traits = MailTraits.Of(result.Sender.Mailboxes.Select(mailbox => mailbox.Domain), result.Content);
        return new(
            number,
            at,
            ReportState.New,
            sizeBytes,
            result.Verdict.Word,
            result.Verdict.Headline,
            [.. result.Verdict.Reasons.Select(reason => reason.Text)],
            StrangersText.OneLine(result.Content.Subject, SubjectLengthMax),
            traits with
            {
                LinkHosts = [.. traits.LinkHosts.Take(HostCountMax)],
                SenderDomains = [.. traits.SenderDomains.Take(HostCountMax)],
            },
            NoticeIn(result.Ledger),
            [.. result.LookAlikes.Take(HostCountMax)],
            words
        );
    }

    private static string? NoticeIn(LedgerFinding ledger) =>
        ledger switch
        {
            LedgerFinding.Known known => known.Notice.NoticeId,
            LedgerFinding.Copied copied => copied.Notice.NoticeId,
            LedgerFinding.Forged forged => forged.NoticeId,
            LedgerFinding.Unknown or LedgerFinding.NoMark or LedgerFinding.NotChecked => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
