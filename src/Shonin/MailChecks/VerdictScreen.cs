using System.Collections.Immutable;
using System.Globalization;
using MimeKit.Utils;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>Where a link of the mail leads, as text.</summary>
/// <param name="Says">What is read in its place; of an address the host alone.</param>
/// <param name="Leads">Not a link any more.</param>
public sealed record ShownLink(string Says, string Leads, LinkMark Mark);

public enum LinkMark
{
    None,

    /// <summary>It says one address and leads to another.</summary>
    SaysAnother,

    /// <summary>It resembles the merchant's.</summary>
    Resembles,
}

/// <summary>What the mail says of itself: a stranger's words, cut and made harmless.</summary>
/// <param name="WrittenAt">As its sender wrote it, or null.</param>
/// <param name="ArrivedAt">As the last server noted it, or null.</param>
public sealed record MailFacts(string Sender, string Subject, Words? WrittenAt, Words? ArrivedAt);

/// <summary>
/// What the page of a verdict says: the answer, why, what to do, and what the mail shows. Nothing of it is fetched or pressed.
/// </summary>
/// <param name="Reasons">At most three; the others stand in the details.</param>
/// <param name="Diagnosis">Null where the mail is not about an approval.</param>
public sealed record VerdictScreen(
    MailVerdict Verdict,
    ImmutableArray<VerdictReason> Reasons,
    MailFacts Facts,
    ImmutableArray<ShownLink> Links,
    int LinkCount,
    Diagnosis? Diagnosis,
    ImmutableArray<CheckedThing> Checked,
    RecipientQuestion Recipient
)
{
    public const int ReasonsShownMax = 3;
    private const int LinksShownMax = 20;
    private const int LinkTextLengthMax = 60;

    /// <param name="order">The order of the notice that the mail is, or null.</param>
    public static VerdictScreen Of(MailCheckResult result, Order? order, PageContext context, DateTimeOffset now)
    {
        var distinct = result.Content.Links.Select(link => Show(link, result)).Distinct().ToArray();
        return new(
            result.Verdict,
            [.. result.Verdict.Reasons.Take(ReasonsShownMax)],
            FactsOf(result, context, now),
            [.. distinct.OrderBy(link => link.Mark == LinkMark.None).Take(LinksShownMax)],
            distinct.Length,
            Diagnosis.IsAskedBy(result.Ledger, result.Content)
                ? Diagnosis.Of(result.Verdict.Word, result.Ledger, order, context.Time, now)
                : null,
            VerdictDetails.Of(result),
            result.Ledger is LedgerFinding.Known { Notice.Recipient: RecipientMatch.NotAsked }
                ? RecipientQuestion.Open
                : RecipientQuestion.Settled
        );
    }

    private static ShownLink Show(MailLink link, MailCheckResult result)
    {
        var mark = LinkMark.None;
        if (link.Host is { } host && result.LookAlikes.Any(alike => string.Equals(alike.Seen, host, StringComparison.OrdinalIgnoreCase)))
            mark = LinkMark.Resembles;
        else if (link is { Host: { } leads, ShownHost: { } shown } && !IsWithin(leads, shown))
            mark = LinkMark.SaysAnother;
        var says = link.ShownHost is { } named ? StrangersText.Defanged(named) : StrangersText.Evidence(link.Text, LinkTextLengthMax);
        return new(says, StrangersText.Defanged(link), mark);
    }

    /// <summary>www.shop.example under the words shop.example is no other place.</summary>
    private static bool IsWithin(string host, string shown) =>
        string.Equals(host, shown, StringComparison.OrdinalIgnoreCase)
        || host.EndsWith("." + shown, StringComparison.OrdinalIgnoreCase)
        || string.Equals("www." + host, shown, StringComparison.OrdinalIgnoreCase);

    private static MailFacts FactsOf(MailCheckResult result, PageContext context, DateTimeOffset now)
    {
        var message = result.Message;
        return new(
            SenderOf(result.Sender),
            StrangersText.OneLine(result.Content.Subject, SubjectLengthMax),
            message.First("Date"u8) is { } date ? TimeIn(date.ValueText(), context, now) : null,
            message.First("Received"u8) is { } received ? TimeIn(AfterLastSemicolon(received.ValueText()), context, now) : null
        );
    }

    private const int SubjectLengthMax = 200;
    private const int SenderLengthMax = 200;
    private const int SendersShownMax = 5;

    private static string SenderOf(SenderEvidence sender) =>
        string.Join(
            ", ",
            sender
                .Mailboxes.Take(SendersShownMax)
                .Select(mailbox =>
                {
                    var name = StrangersText.OneLine(mailbox.Name, SenderLengthMax);
                    var address = StrangersText.Defanged($"{mailbox.LocalPart}@{mailbox.Domain}");
                    return name.Length == 0 ? address : $"{name} <{address}>";
                })
        );

    private static string AfterLastSemicolon(string text) => text[(text.LastIndexOf(';') + 1)..];

    /// <summary>With the year where it is not this one.</summary>
    private static Words? TimeIn(string text, PageContext context, DateTimeOffset now)
    {
        if (!DateUtils.TryParse(text.Trim(), out var at))
            return null;
        var told = context.Time.DayAndTime(at);
        var (year, thisYear) = (TimeZoneInfo.ConvertTime(at, context.Zone).Year, TimeZoneInfo.ConvertTime(now, context.Zone).Year);
        return year == thisYear
            ? told
            : new(
                string.Create(CultureInfo.InvariantCulture, $"{year}年{told.Ja}"),
                string.Create(CultureInfo.InvariantCulture, $"{told.En}, {year}")
            );
    }
}

/// <summary>Whether it would help to know which address received the mail.</summary>
public enum RecipientQuestion
{
    Settled,
    Open,
}
