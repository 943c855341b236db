using System.Diagnostics;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>
/// Judges what people bring into a conversation to ask whether it is ours, before it is kept: numbers of notices as the page of checks
/// judges them, and whole mails as the page of mails does, with the counts of both.
/// </summary>
internal sealed class BroughtChecks(NoticeCheck numbers, MailJudging mails, ContactBook contacts, OrderBook orders)
{
    /// <summary>The message with what is known of the numbers in it. One that is there already is not asked about again.</summary>
    /// <param name="contact">Null where it begins with this message and has no order.</param>
    /// <param name="party">Whose misses are counted: an address, or an agent.</param>
    public async ValueTask<TypedMessage> JudgeNoticesAsync(
        ContactId? contact,
        Speaker by,
        TypedMessage message,
        string party,
        CancellationToken cancellation
    )
    {
        // Most messages hold no number, and cost nothing here.
        if (NoticesInText.Of(message.Text, null).IsEmpty)
            return message;
        if (
            contact is { } known
            && (await contacts.FindAsync(known))?.State.ClientIds.Contains(Contact.NameOf(by, message.ClientId)) == true
        )
        {
            return message;
        }
        var atHand = contact?.Order is { } about ? (await orders.FindAsync(about, cancellation))?.Order.Number : null;
        var findings = new List<NoticeFinding>();
        foreach (var mention in NoticesInText.Of(message.Text, atHand))
        {
            if (await JudgeAsync(mention, atHand, party, cancellation) is { } finding)
                findings.Add(finding);
        }
        return message with { Notices = findings };
    }

    /// <summary>What was found of a mail, or why it was not looked at.</summary>
    public async ValueTask<MailInContact> JudgeMailAsync(HttpContext http, OpenedContact opened, ReadOnlyMemory<byte> mail)
    {
        if (SavedMail.Of(mail) is var saved and not SavedMail.Original)
            return new MailInContact.NotRead(SavedMailWording.WayOut(saved));
        // Whoever opened the order's link asks for its customer; what is typed elsewhere proves nobody.
        var order = opened.Order is { } about ? await orders.FindAsync(about.Id, http.RequestAborted) : null;
        return await mails.JudgeAsync(http, mail, order?.Person?.Email) switch
        {
            null => new MailInContact.Busy(),
            MailCheck.Checked(var result) => new MailInContact.Judged(FindingOf(result, opened.Context.Merchant, order?.Order.Number)),
            MailCheck.Refused(var why) => new MailInContact.NotRead(MailTroubles.BeyondLimit(why)),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>An agent's misses are their own, wherever they sit.</summary>
    public static string PartyOf(Speaker.Agent agent) => $"agent {agent.Id}";

    public AllowanceResult MayBringMail(HttpContext http) => mails.MayAsk(http);

    public int MailSizeBytesMax => mails.SizeBytesMax;

    /// <summary>Null where nothing is to be said: a telephone number that is no notice's.</summary>
    private async ValueTask<NoticeFinding?> JudgeAsync(NoticeMention mention, string? atHand, string party, CancellationToken cancellation)
    {
        if (mention.Question is not { } question)
            return mention.Form == MentionForm.AsNotice ? new NoticeFinding.NeedsOrderNumber() : null;
        NoticeFinding finding = await numbers.AnswerAsync(question, party, cancellation) switch
        {
            CheckResult.Ours(var queuedAt, var sentAt) when question is NoticeQuestion.ByReference(var order, _) && order == atHand =>
                new NoticeFinding.OfThisOrder(queuedAt, sentAt),
            CheckResult.Ours(var queuedAt, var sentAt) => new NoticeFinding.OfAnotherOrder(queuedAt, sentAt),
            CheckResult.NotOurs => new NoticeFinding.NotOurs(),
            CheckResult.Mistyped => new NoticeFinding.Mistyped(),
            CheckResult.TooMany => new NoticeFinding.NotNow(),
            _ => throw new UnreachableException(),
        };
        var isOurs = finding is NoticeFinding.OfThisOrder or NoticeFinding.OfAnotherOrder;
        return isOurs || mention.Form == MentionForm.AsNotice ? finding : null;
    }

    private static MailFinding FindingOf(MailCheckResult result, MerchantProfile merchant, string? order) =>
        result.Verdict.Word switch
        {
            VerdictWord.Genuine when IsOfOrder(result, order) => MailFinding.OfThisOrder,
            VerdictWord.Genuine when result.Profile?.Sends(MailKeyBook.DomainOf(merchant.Domain)) == true => MailFinding.Genuine,
            VerdictWord.Genuine => MailFinding.GenuineOfAnother,
            VerdictWord.NotGenuine => MailFinding.NotGenuine,
            VerdictWord.CannotTell => MailFinding.CannotTell,
        };

    private static bool IsOfOrder(MailCheckResult result, string? order) =>
        order is not null
        && Diagnosis.IsProved(result.Verdict.Word, result.Ledger)
        && result.Ledger is LedgerFinding.Known { Notice: { Recipient: RecipientMatch.Matches } notice }
        && notice.OrderNumber == order;
}

/// <summary>What became of a mail that was brought into a conversation.</summary>
internal abstract record MailInContact
{
    private MailInContact() { }

    public sealed record Judged(MailFinding Finding) : MailInContact;

    /// <param name="Why">And what to do, as the page of mails says it.</param>
    public sealed record NotRead(Words Why) : MailInContact;

    /// <summary>So many are judged now that this one has to come again.</summary>
    public sealed record Busy : MailInContact;
}
