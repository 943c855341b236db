using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.PublicSuffixes;

namespace Shonin.MailChecks;

/// <param name="Verdict">genuine, not-genuine or cannot-tell.</param>
/// <param name="Merchant">The id of the profile that the mail was held against; null where it claims none of those asked about.</param>
internal sealed record MailCheckView(
    string Schema,
    string Verdict,
    Confidence Confidence,
    string? Merchant,
    WordsView Headline,
    IReadOnlyList<ReasonView> Reasons,
    IReadOnlyList<WordsView> Advice,
    FromView From,
    SpfView Spf,
    IReadOnlyList<DkimView> Dkim,
    DmarcView Dmarc,
    ArcView Arc,
    IReadOnlyList<AuthResultsView> AuthResults,
    IReadOnlyList<LookAlikeView> Lookalike,
    IReadOnlyList<LinkView> Links,
    LedgerView Ledger,
    IReadOnlyList<DnsQueryView> DnsQueries
);

internal sealed record WordsView(string Ja, string En);

/// <param name="Evidence">What exactly was seen: a stranger's text, to be shown as such. Null where the words say all.</param>
internal sealed record ReasonView(ReasonCode Code, ReasonWeight Weight, string Ja, string En, string? Evidence);

internal sealed record LookAlikeView(string Seen, string Resembles, Resemblance Kind);

/// <param name="Mismatch">Whether its text names a host of another organization than the one it leads to.</param>
internal sealed record LinkView(string Text, string Href, bool Mismatch);

/// <param name="Checked">Whether there is a record to ask.</param>
/// <param name="Match">Whether the mail carries the mark that was made for the notice.</param>
/// <param name="RecipientMatches">Null where nobody said who asks, or nothing matched.</param>
/// <param name="Reference">The number that the notice quotes; absent where nothing matched, or the notice is from before there were such
///   numbers.</param>
/// <param name="BodyHashMatches">Whether subject, texts and links are those on record; null where nothing matched.</param>
internal sealed record LedgerView(
    bool Checked,
    bool Match,
    string? NoticeId,
    DateTimeOffset? SentAt,
    bool? RecipientMatches,
    bool? BodyHashMatches,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reference = null
);

/// <summary>The answer to "is this mail really from them?", as REST and <c>shonin mail verify</c> show it.</summary>
internal static class MailCheckJson
{
    public const string Schema = "shonin.mail-check/1";

    /// <param name="queries">What DNS was asked for it, where somebody wrote it down.</param>
    /// <param name="trust">Whose results and seals were believed.</param>
    public static MailCheckView Of(MailCheckResult result, IReadOnlyList<DnsQuery>? queries = null, AuthResultsTrust? trust = null)
    {
        var (verdict, findings) = (result.Verdict, result.Findings);
        return new(
            Schema,
            WordOf(verdict.Word),
            verdict.Confidence,
            result.Profile?.Id,
            Of(verdict.Headline),
            [
                .. verdict.Reasons.Select(reason => new ReasonView(
                    reason.Code,
                    reason.Weight,
                    reason.Text.Ja,
                    reason.Text.En,
                    reason.Evidence
                )),
            ],
            [.. verdict.Advice.Select(Of)],
            FromOf(result),
            MailFindingsJson.Of(findings.Spf),
            MailFindingsJson.Of(findings.Dkim, findings.Dmarc),
            MailFindingsJson.Of(findings.Dmarc),
            MailFindingsJson.Of(findings.Arc, trust ?? AuthResultsTrust.Nobody),
            MailFindingsJson.Of(findings.AuthResults),
            [.. result.LookAlikes.Select(alike => new LookAlikeView(alike.Seen, alike.Resembles, alike.Kind))],
            [.. result.Content.Links.Select(link => new LinkView(link.Text, link.Href, IsMismatch(link)))],
            Of(result.Ledger),
            MailFindingsJson.Of(queries ?? [])
        );
    }

    public static string WordOf(VerdictWord word) =>
        word switch
        {
            VerdictWord.Genuine => "genuine",
            VerdictWord.NotGenuine => "not-genuine",
            VerdictWord.CannotTell => "cannot-tell",
        };

    private static WordsView Of(Words words) => new(words.Ja, words.En);

    /// <summary>
    /// The protocols read From as bytes; a person reads the names decoded. Both found the same senders, or the names stay as they are.
    /// </summary>
    private static FromView FromOf(MailCheckResult result)
    {
        var view = MailFindingsJson.Of(result.Findings.From);
        ImmutableArray<SenderMailbox> read = result.Sender.Mailboxes;
        return read.Length == view.Mailboxes.Count
            ? view with
            {
                Mailboxes = [.. view.Mailboxes.Zip(read, (mailbox, sender) => mailbox with { Name = sender.Name })],
            }
            : view;
    }

    /// <summary>www.shop.example for shop.example misleads nobody.</summary>
    private static bool IsMismatch(MailLink link) =>
        link is { ShownHost: { } shown, Host: { } host } && OrganizationOf(shown) != OrganizationOf(host);

    private static string OrganizationOf(string host) => PublicSuffixList.Shipped.OrganizationalDomain(host) ?? host;

    private static LedgerView Of(LedgerFinding finding) =>
        finding switch
        {
            LedgerFinding.NotChecked => new(false, false, null, null, null, null),
            LedgerFinding.NoMark => new(true, false, null, null, null, null),
            LedgerFinding.Unknown(var noticeId) => new(true, false, noticeId, null, null, null),
            LedgerFinding.Forged(var noticeId, _) => new(true, false, noticeId, null, null, null),
            LedgerFinding.Copied(var notice) => new(true, false, null, null, null, null, notice.Number),
            LedgerFinding.Known(var notice) => new(
                true,
                true,
                notice.NoticeId,
                notice.SentAt,
                Of(notice.Recipient),
                notice.Content == ContentMatch.Same,
                notice.Reference?.ToString()
            ),
            _ => throw new UnreachableException(),
        };

    private static bool? Of(RecipientMatch recipient) =>
        recipient switch
        {
            RecipientMatch.NotAsked => null,
            RecipientMatch.Matches => true,
            RecipientMatch.Differs => false,
        };
}
