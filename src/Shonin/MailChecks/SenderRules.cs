using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>Why a mail gets no answer.</summary>
internal enum WhyUnanswered
{
    /// <summary>It has no return path: a machine's report, which nobody answers (RFC 5321 section 4.5.5).</summary>
    NullReturnPath,

    /// <summary>Its fields say that no person wrote it (RFC 3834 section 5), or it is a report (RFC 6522).</summary>
    Automatic,
    Bulk,
    List,

    /// <summary>Its author is a mail server's own mailbox.</summary>
    Machine,

    /// <summary>It comes from an address of ours: an answer would be a loop.</summary>
    Ourselves,

    /// <summary>There is not exactly one author, or it can be read as another.</summary>
    SenderUnclear,

    /// <summary>Nothing proves that it comes from its author's domain: an answer could go to somebody who never wrote to us.</summary>
    SenderNotProved,

    /// <summary>
    /// To and Cc, as they were signed, do not name the check address: somebody sent an old mail of the author's on to us.
    /// </summary>
    NotToUs,

    /// <summary>Its date is too long ago, or not yet.</summary>
    NotOfThisTime,
}

/// <summary>Whether a mail to the check address is answered.</summary>
internal abstract record Correspondence
{
    private Correspondence() { }

    /// <param name="Author">The address in From, which its domain vouches for. The answer goes there and nowhere else: a Reply-To can name
    ///   anybody.</param>
    public sealed record Answered(string Author) : Correspondence;

    public sealed record Unanswered(WhyUnanswered Why) : Correspondence;

    /// <summary>DNS did not answer: the same mail may be answered later.</summary>
    public sealed record Undecided : Correspondence;
}

/// <summary>
/// Who is answered. An answering machine that can be pointed at others is a weapon, so everything must speak for an answer.
/// </summary>
/// <param name="CheckAddress">Where the mails that are judged here are sent to.</param>
/// <param name="OwnAddresses">Addresses that our own mail comes from.</param>
/// <param name="AgeMax">How old a mail may be; the book of answers remembers for longer, so nothing is answered twice.</param>
internal sealed record SenderRules(string CheckAddress, IReadOnlyList<string> OwnAddresses, TimeSpan AgeMax)
{
    /// <summary>Clocks differ.</summary>
    private static readonly TimeSpan aheadMax = TimeSpan.FromDays(1);

    /// <summary>
    /// A remark, or one's address in the place of one's name: what stands between the angle brackets is clear all the same.
    /// </summary>
    private const FromProblems Harmless = FromProblems.Comment | FromProblems.AddressInDisplayName;

    private static readonly string[] machines =
    [
        "mailer-daemon",
        "postmaster",
        "noreply",
        "no-reply",
        "donotreply",
        "do-not-reply",
        "bounce",
        "bounces",
    ];
    private static readonly string[] bulkWords = ["bulk", "list", "junk", "auto_reply"];

    /// <summary>Whether an address is this one under another name, as NAME+TAG@DOMAIN is.</summary>
    public Func<string, bool> IsAlsoUs { get; init; } = _ => false;

    /// <summary>The one author in From; null where there is not exactly one, or it can be read as another. Nothing proves it.</summary>
    public static string? AuthorOf(MailFindings findings) => AuthorIn(findings) is { } author ? AddressOf(author) : null;

    public Correspondence Decide(MailMessage message, MailFindings findings, DateTimeOffset now)
    {
        if (SilenceOfHeader(message) is { } silence)
            return new Correspondence.Unanswered(silence);
        if (AuthorIn(findings) is not { } author)
            return new Correspondence.Unanswered(WhyUnanswered.SenderUnclear);

        var address = AddressOf(author);
        if (machines.Contains(author.LocalPart, StringComparer.OrdinalIgnoreCase))
            return new Correspondence.Unanswered(WhyUnanswered.Machine);
        if (IsAlsoUs(address) || OwnAddresses.Append(CheckAddress).Contains(address, StringComparer.OrdinalIgnoreCase))
            return new Correspondence.Unanswered(WhyUnanswered.Ourselves);
        if (!IsOfThisTime(message, now))
            return new Correspondence.Unanswered(WhyUnanswered.NotOfThisTime);
        if (FieldNamingUs(message) is not { } field)
            return new Correspondence.Unanswered(WhyUnanswered.NotToUs);
        return IsVouchedFor(findings, author.Domain)
            ? new Correspondence.Answered(address)
            : Prove(findings.Dmarc, findings.Dkim, field, address);
    }

    /// <summary>
    /// The session is not known to us, so a signature of the author's domain is what counts; and it must show that the mail was written to
    /// us.
    /// </summary>
    private static Correspondence Prove(DmarcResult dmarc, IReadOnlyList<DkimResult> dkim, string field, string address)
    {
        if (dmarc.Outcome is DmarcOutcome.TempError)
            return new Correspondence.Undecided();
        if (dmarc.Outcome is not DmarcOutcome.Pass)
            return new Correspondence.Unanswered(WhyUnanswered.SenderNotProved);
        var aligned = dkim.Where(result =>
            result.Outcome is DkimOutcome.Pass
            && dmarc.Identifiers.Any(one => one.IsAligned && IsSame(one.Domain, result.Signature!.Domain))
        );
        return aligned.Any(result => IsWrittenToUs(result.Signature!, field))
            ? new Correspondence.Answered(address)
            : new Correspondence.Unanswered(WhyUnanswered.NotToUs);
    }

    /// <summary>
    /// The field that names us is signed. Microsoft signs neither To nor Cc: there the signed date and Message-ID limit what a mail to
    /// somebody else, sent on to us, can do, to one answer within a week.
    /// </summary>
    private static bool IsWrittenToUs(DkimSignature signature, string field)
    {
        bool Signs(string name) => signature.SignedFields.Contains(name, StringComparer.OrdinalIgnoreCase);
        return Signs(field) || (!Signs("To") && !Signs("Cc") && Signs("Date") && Signs("Message-ID"));
    }

    /// <summary>The mailbox's own server saw the session, and is believed where the settings say so.</summary>
    private static bool IsVouchedFor(MailFindings findings, string domain) =>
        findings.AuthResults.Any(field =>
            field is { Decision: AuthResultsDecision.Trusted, Parse: AuthResultsParse.Parsed(var results) }
            && results.Results.Any(result =>
                result.Method.Equals("dmarc", StringComparison.OrdinalIgnoreCase)
                && result.Result.Equals("pass", StringComparison.OrdinalIgnoreCase)
                && result.Property("header", "from") is { } from
                && IsSame(from[(from.LastIndexOf('@') + 1)..], domain)
            )
        );

    private static FromMailbox? AuthorIn(MailFindings findings) =>
        findings.From is { FieldCount: 1, Mailboxes: [var author] } from
        && (from.Problems & ~Harmless) == FromProblems.None
        && Shonin.Web.MailAddress.IsOne(AddressOf(author))
            ? author
            : null;

    private static WhyUnanswered? SilenceOfHeader(MailMessage message)
    {
        if (message.First("Return-Path"u8) is { } path && path.ValueText().Trim() is "<>" or "")
            return WhyUnanswered.NullReturnPath;
        if (message.First("Auto-Submitted"u8) is { } automatic && !FirstWord(automatic).Equals("no", StringComparison.OrdinalIgnoreCase))
            return WhyUnanswered.Automatic;
        if (message.First("X-Autoreply"u8) is not null || message.First("X-Autorespond"u8) is not null)
            return WhyUnanswered.Automatic;
        if (message.First("Content-Type"u8) is { } type && FirstWord(type).Equals("multipart/report", StringComparison.OrdinalIgnoreCase))
            return WhyUnanswered.Automatic;
        if (message.First("Precedence"u8) is { } precedence && bulkWords.Contains(FirstWord(precedence), StringComparer.OrdinalIgnoreCase))
            return WhyUnanswered.Bulk;
        return message.First("List-Id"u8) is not null || message.First("List-Unsubscribe"u8) is not null ? WhyUnanswered.List : null;
    }

    private bool IsOfThisTime(MailMessage message, DateTimeOffset now) =>
        DateOf(message) is { } written && written > now - AgeMax && written < now + aheadMax;

    /// <summary>When its author says it was written; null where that cannot be read.</summary>
    public static DateTimeOffset? DateOf(MailMessage message) =>
        message.First("Date"u8) is { } date && MimeKit.Utils.DateUtils.TryParse(date.ValueText(), out var written) ? written : null;

    /// <summary>The first of To and Cc that names the check address, or null.</summary>
    private string? FieldNamingUs(MailMessage message) =>
        FromMailboxes.In(message, "To"u8).Any(IsUs) ? "To"
        : FromMailboxes.In(message, "Cc"u8).Any(IsUs) ? "Cc"
        : null;

    private bool IsUs(FromMailbox mailbox) =>
        AddressOf(mailbox) is var address && (IsAlsoUs(address) || address.Equals(CheckAddress, StringComparison.OrdinalIgnoreCase));

    private static string AddressOf(FromMailbox mailbox) => $"{mailbox.LocalPart}@{mailbox.Domain}";

    private static bool IsSame(string domain, string other) =>
        domain.TrimEnd('.').Equals(other.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private static string FirstWord(HeaderField field) => field.ValueText().Split(';', 2)[0].Split('(', 2)[0].Trim();
}
