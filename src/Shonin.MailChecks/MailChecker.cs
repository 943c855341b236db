using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.MailChecks;

/// <summary>Asks our own record about a mail: its raw message, what it shows, and who asks.</summary>
public delegate ValueTask<LedgerFinding> LedgerLookup(
    MailMessage message,
    MailContent content,
    string? recipient,
    CancellationToken cancellation
);

/// <summary>
/// Answers whether a mail is really from a merchant: reads it, has every protocol checked on its raw bytes, asks the merchant's own record,
/// and has <see cref="MailJudge"/> decide. Nothing that the mail names is ever fetched; DNS is asked for keys and policies alone.
/// </summary>
/// <param name="ledger">The merchant's own record of notices; null where there is none.</param>
public sealed class MailChecker(MailAuthenticator authenticator, LedgerLookup? ledger = null)
{
    private static readonly AuthResultsDecision.NotTrusted attachedResults = new(
        "The mail was attached to another one, and whoever attached it could have written this field."
    );

    /// <param name="brought">The mail in any form in which people bring one: <see cref="BroughtMail"/> opens it.</param>
    public async ValueTask<MailCheck> CheckAsync(
        ReadOnlyMemory<byte> brought,
        MailQuestion question,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(question);
        var (message, opened) = BroughtMail.Open(brought);
        var check = await OpenAsync(message, Hand.TheReaders, AttachedDepthMax, question, cancellation);
        return check is MailCheck.Checked judged && opened is not null ? Told(judged, opened) : check;
    }

    /// <summary>A mail that only carries another one is answered with what it carries, and so is that one.</summary>
    /// <param name="depthLeft">How many more mails may be opened, each hung on the one before.</param>
    private async ValueTask<MailCheck> OpenAsync(
        ReadOnlyMemory<byte> message,
        Hand hand,
        int depthLeft,
        MailQuestion question,
        CancellationToken cancellation
    )
    {
        var check = await JudgeAsync(message, hand, question, cancellation);
        if (depthLeft == 0 || check is not MailCheck.Checked(var carrier) || !OpenedMail.OnlyCarries(carrier.Verdict, carrier.Content))
            return check;
        switch (BroughtMail.AttachedTo(message))
        {
            case { Originals: [var attached] } hung
                when await OpenAsync(attached, Hand.Anybodys, depthLeft - 1, question with { Session = null }, cancellation)
                    is MailCheck.Checked inner:
                return Told(
                    inner,
                    hung.IsAlone && carrier.Oddities.IsEmpty && OpenedMail.SaysNextToNothing(carrier.Content, inner.Result.Content)
                        ? new OpenedMail.Attachment()
                        : new OpenedMail.AttachmentAmongOthers()
                );
            case { Originals: [_, _, ..] several }:
                return Told(new(carrier), new OpenedMail.SeveralAttachments(several.Length));
            case { Originals: [], NoMail: { } kind }:
                return Told(new(carrier), new OpenedMail.NoMail(kind));
            default:
                return check;
        }
    }

    private const int AttachedDepthMax = 3;

    /// <summary>Who can have written a mail's topmost fields.</summary>
    private enum Hand
    {
        /// <summary>The server that took the mail in, for whoever asks.</summary>
        TheReaders,

        /// <summary>
        /// Whoever attached it: no server received it, so no results in it are a server's, and what program would open it is his choice. It
        /// is read as it is.
        /// </summary>
        Anybodys,
    }

    private static MailCheck.Checked Told(MailCheck.Checked check, OpenedMail opened) =>
        new(check.Result with { Verdict = OpenedMail.Told(check.Result.Verdict, opened) });

    private async ValueTask<MailCheck> JudgeAsync(
        ReadOnlyMemory<byte> raw,
        Hand hand,
        MailQuestion question,
        CancellationToken cancellation
    ) =>
        MailMessage.Parse(raw) switch
        {
            MessageParse.Parsed(var message) => new MailCheck.Checked(await CheckAsync(message, hand, question, cancellation)),
            MessageParse.Refused(var why) => new MailCheck.Refused(why),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async ValueTask<MailCheckResult> CheckAsync(
        MailMessage message,
        Hand hand,
        MailQuestion question,
        CancellationToken cancellation
    )
    {
        var receivedAt = ReceiptTime.Of(message, question.Now, hand == Hand.Anybodys ? AuthResultsTrust.Nobody : authenticator.Trust);
        var found = await authenticator.CheckAsync(message, receivedAt, question.Session, cancellation);
        var findings =
            hand == Hand.Anybodys
                ? found with
                {
                    AuthResults = [.. found.AuthResults.Select(field => field with { Decision = attachedResults })],
                }
                : found;
        var read = MailReader.Read(message, findings.From);
        var record = ledger is null
            ? new LedgerFinding.NotChecked()
            : await ledger(message, read.Content, question.Recipient, cancellation);
        var judgement = MailJudge.Judge(GatheredEvidence.Of(message, read, findings, record, question.Time), question.Profiles);
        return new(judgement.Verdict, judgement.Profile, findings, read.Sender, read.Content, judgement.LookAlikes, record)
        {
            Message = message,
            Oddities = read.Oddities,
        };
    }
}

/// <summary>What is asked of one mail.</summary>
public sealed record MailQuestion
{
    /// <summary>When the check is made.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whom the mail may claim to come from; the one that it claims is judged.</summary>
    public required ImmutableArray<MailProfile> Profiles { get; init; }

    /// <summary>The zone in which the answer names times.</summary>
    public SpokenTime Time { get; init; } = new("Asia/Tokyo");

    /// <summary>The SMTP session that brought the mail, where somebody trusted knows it.</summary>
    public SpfRequest? Session { get; init; }

    /// <summary>The address of whoever asks.</summary>
    public string? Recipient { get; init; }
}

/// <summary>The verdict on a mail, and all that it rests on.</summary>
/// <param name="Profile">The merchant that the mail was held against; null where it claims none of those asked about.</param>
public sealed record MailCheckResult(
    MailVerdict Verdict,
    MailProfile? Profile,
    MailFindings Findings,
    SenderEvidence Sender,
    MailContent Content,
    ImmutableArray<LookAlike> LookAlikes,
    LedgerFinding Ledger
)
{
    /// <summary>The message that was judged, without what was around it.</summary>
    public required MailMessage Message { get; init; }

    /// <summary>Where another program may show another mail.</summary>
    public ImmutableArray<ReadingOddity> Oddities { get; init; } = [];
}

/// <summary>The outcome of a check: the verdict, or the limit that the message broke.</summary>
public abstract record MailCheck
{
    private MailCheck() { }

    public sealed record Checked(MailCheckResult Result) : MailCheck;

    /// <summary>Which limit, with both numbers.</summary>
    public sealed record Refused(string Why) : MailCheck;
}
