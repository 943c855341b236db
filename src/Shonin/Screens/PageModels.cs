using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.EventLog.Audit;
using Shonin.Merchant;
using Shonin.Merchant.Tries;
using Shonin.Merchant.Views;
using Shonin.Reports;

namespace Shonin.Screens;

/// <summary>Something that went wrong with a form: said at the top, and beside its field where it has one.</summary>
/// <param name="Field">The field's id, or null.</param>
public sealed record PageTrouble(Words Sentence, string? Field);

/// <summary>What comes back into a form that was refused, so that it need not be typed again. A card's number and its security code never do.</summary>
public sealed record TypedFields(string? LastFour, string? Expiry)
{
    public static TypedFields None { get; } = new(null, null);
}

/// <param name="AccessKey">The secret of the order's link; it stands in nothing but this page's own addresses.</param>
/// <param name="Form">The sealed request id of this page's form.</param>
public sealed record OrderModel(PageContext Context, OrderScreen Screen, string AccessKey, string Form, ImmutableArray<PageTrouble> Troubles) : PageModel(Context)
{
    public TypedFields Typed { get; init; } = TypedFields.None;
}

/// <summary>Before an order is cancelled: the consequence, and the button that says it.</summary>
public sealed record CancelModel(PageContext Context, OrderScreen Screen, string AccessKey, string Form, ImmutableArray<PageTrouble> Troubles) : PageModel(Context)
{
    public TypedFields Typed { get; init; } = TypedFields.None;
}

/// <summary>A new card. Its form goes to the vault alone, and comes back without number and security code.</summary>
public sealed record CardModel(PageContext Context, OrderScreen Screen, string AccessKey, string Form, ImmutableArray<PageTrouble> Troubles) : PageModel(Context)
{
    public TypedFields Typed { get; init; } = TypedFields.None;
}

/// <summary>A notice as the message centre shows it.</summary>
/// <param name="Number">The number to quote, and the notice's name in the page's address.</param>
/// <param name="Text">Word for word, but for the card's last four digits in notices that were sent with them, while they have not been proved.</param>
public sealed record ShownNotice(string Number, string Subject, string Text, DateTimeOffset QueuedAt, DateTimeOffset? SentAt, string MessageId, HiddenDigits Hides)
{
    /// <summary>Since when it is known that its mail reached nobody, or null.</summary>
    public DateTimeOffset? UndeliverableAt { get; init; }
}

/// <summary>What of a notice is not shown yet. Notices name no card by its digits; earlier ones did.</summary>
public enum HiddenDigits { None, LastFour }

public sealed record MessagesModel(PageContext Context, Order Order, string AccessKey, ImmutableArray<ShownNotice> Notices) : PageModel(Context);

public sealed record MessageModel(PageContext Context, Order Order, string AccessKey, ShownNotice Notice, CardMention Mention, string Form, ImmutableArray<PageTrouble> Troubles)
    : PageModel(Context);

public sealed record HomeModel(PageContext Context) : PageModel(Context);

/// <summary>Whether a notice is ours.</summary>
public abstract record CheckResult
{
    private CheckResult() { }

    public sealed record NotAsked : CheckResult;

    /// <summary>Nothing but that and when: whoever types numbers need not be the one it was sent to.</summary>
    /// <param name="SentAt">When its mail left; null while it has not.</param>
    public sealed record Ours(DateTimeOffset QueuedAt, DateTimeOffset? SentAt) : CheckResult;

    /// <summary>The check digit does not fit: a slip of the hand, whatever is on record.</summary>
    public sealed record Mistyped : CheckResult;

    public sealed record NotOurs : CheckResult;
}

/// <summary>What the page of mails offers beside the file.</summary>
/// <param name="ForwardTo">Where a mail may be forwarded, or null.</param>
public sealed record CheckOffer(string? ForwardTo, int SizeBytesMax)
{
    public int MegabytesMax => SizeBytesMax / (1024 * 1024);
}

public sealed record CheckModel(
    PageContext Context, CheckResult Result, string Number, string Reference, CheckOffer Offer, string Recipient, ImmutableArray<PageTrouble> Troubles) : PageModel(Context)
{
    /// <summary>The text of a mail that was pasted and refused, or null.</summary>
    public string? Pasted { get; init; }
}

/// <summary>The verdict on a mail.</summary>
/// <param name="Held">Null where the mail is not held, so that it can neither be asked about again nor be reported.</param>
public sealed record VerdictModel(PageContext Context, VerdictScreen Screen, HeldPage? Held, ImmutableArray<PageTrouble> Troubles) : PageModel(Context);

/// <summary>The page of a mail that is held.</summary>
/// <param name="Path">It holds the mail's random name.</param>
/// <param name="EndsAt">When the mail is deleted.</param>
/// <param name="ReportNumber">Null while it is not reported.</param>
public sealed record HeldPage(string Path, DateTimeOffset EndsAt, string? ReportNumber);

/// <summary>Reporting a mail: what that means, and then its number.</summary>
/// <param name="Subject">A stranger's text.</param>
public sealed record ReportModel(
    PageContext Context, string MailPath, string Subject, TimeSpan KeptFor, string? ReportNumber, ReporterWords Words, ImmutableArray<PageTrouble> Troubles) : PageModel(Context);

/// <summary>A page that says what went wrong and what to do.</summary>
public sealed record FaultModel(PageContext Context, Words Title, Words WhatToDo) : PageModel(Context);

public sealed record SignInModel(PageContext Context, ImmutableArray<PageTrouble> Troubles) : PageModel(Context);

/// <param name="Stopped">Cards and hours on which nothing more is tried.</param>
/// <param name="NewReports">How many reported mails nobody has dealt with.</param>
public sealed record DeskModel(PageContext Context, string Staff, ImmutableArray<Order> Waiting, string? NumberNotFound, int NewReports, ImmutableArray<StoppedTries> Stopped) : PageModel(Context)
{
    /// <summary>Orders whose facts cannot be read: nothing else would show them.</summary>
    public ImmutableArray<UnreadableOrder> Unreadable { get; init; } = [];

    /// <summary>Since when notices do not leave, or null.</summary>
    public DateTimeOffset? MailNotLeavingSince { get; init; }

    /// <summary>What the relay said, or why it cannot be reached.</summary>
    public string? MailTrouble { get; init; }
}

/// <summary>Reports of mails that come from one kit, as the staff see them.</summary>
public sealed record ShownCampaign(Campaign Campaign, ImmutableArray<MailReport> Reports)
{
    public int NewCount => Reports.Count(report => report.State == ReportState.New);
}

public sealed record DeskReportsModel(PageContext Context, string Staff, ImmutableArray<ShownCampaign> Campaigns, TimeSpan KeptFor) : PageModel(Context);

/// <param name="Header">The mail's header as text; a stranger's.</param>
/// <param name="Text">What it shows; a stranger's.</param>
public sealed record DeskReportModel(
    PageContext Context, string Staff, MailReport Report, DateTimeOffset DeletedAt, string Header, string Text, int AlikeCount) : PageModel(Context);

/// <param name="Names">The names of API keys by their ids.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record DeskAuditModel(PageContext Context, ImmutableArray<AuditEntry> Entries, IReadOnlyDictionary<string, string> Names, string? Next) : PageModel(Context)
{
    /// <summary>The numbers of the orders that these entries name by their ids.</summary>
    public IReadOnlyDictionary<string, string> OrderNumbers { get; init; } = new Dictionary<string, string>();
}

/// <param name="Notices">Word for word but for the order's link, which is the customer's alone; the oldest first.</param>
/// <param name="ToSay">What may be read out to the customer, in both languages.</param>
public sealed record DeskOrderModel(
    PageContext Context, string Staff, OrderRecord Record, TimelineView Timeline, ImmutableArray<ShownNotice> Notices, Words ToSay) : PageModel(Context)
{
    /// <summary>The customer's other orders in a row.</summary>
    public PurchaseFamily Family { get; init; } = PurchaseFamily.Alone;
}

public sealed record DeskFoundModel(PageContext Context, HeldSearch Search, ImmutableArray<OrderRecord> Found) : PageModel(Context);
