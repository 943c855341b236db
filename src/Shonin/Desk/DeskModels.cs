using System.Collections.Immutable;
using Shonin.Audit;
using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.MailChecks;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Merchant.Tries;
using Shonin.Notices;
using Shonin.Web;

namespace Shonin.Desk;

/// <param name="Stopped">Cards and hours on which nothing more is tried.</param>
/// <param name="NewReports">How many reported mails nobody has dealt with.</param>
public sealed record DeskModel(
    PageContext Context,
    string Staff,
    ImmutableArray<Order> Waiting,
    string? NumberNotFound,
    int NewReports,
    ImmutableArray<StoppedTries> Stopped
) : PageModel(Context)
{
    /// <summary>Orders whose facts cannot be read: nothing else would show them.</summary>
    public ImmutableArray<UnreadableOrder> Unreadable { get; init; } = [];

    /// <summary>What whoever reads it may do.</summary>
    public AccountRole Role { get; init; }

    /// <summary>Customers who wait for an agent.</summary>
    public int WaitingContacts { get; init; }

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

public sealed record DeskReportsModel(PageContext Context, string Staff, ImmutableArray<ShownCampaign> Campaigns, TimeSpan KeptFor)
    : PageModel(Context)
{
    /// <summary>Whether every report is there; not while the list is being built again from the log.</summary>
    public bool IsWhole { get; init; } = true;
}

/// <param name="Header">The mail's header as text; a stranger's.</param>
/// <param name="Text">What it shows; a stranger's.</param>
public sealed record DeskReportModel(
    PageContext Context,
    string Staff,
    MailReport Report,
    DateTimeOffset DeletedAt,
    string Header,
    string Text,
    int AlikeCount
) : PageModel(Context);

/// <param name="Names">The names of staff and API keys by their ids.</param>
/// <param name="Next">The cursor of the next page, or null.</param>
public sealed record DeskAuditModel(
    PageContext Context,
    ImmutableArray<AuditEntry> Entries,
    IReadOnlyDictionary<string, string> Names,
    string? Next
) : PageModel(Context)
{
    /// <summary>The numbers of the orders that these entries name by their ids.</summary>
    public IReadOnlyDictionary<string, string> OrderNumbers { get; init; } = new Dictionary<string, string>();
}

/// <param name="Notices">Word for word but for the order's link, which is the customer's alone; the oldest first.</param>
/// <param name="ToSay">What may be read out to the customer, in both languages.</param>
public sealed record DeskOrderModel(
    PageContext Context,
    string Staff,
    OrderRecord Record,
    TimelineView Timeline,
    ImmutableArray<ShownNotice> Notices,
    Words ToSay
) : PageModel(Context)
{
    /// <summary>What whoever reads it may do.</summary>
    public AccountRole Role { get; init; }

    public string Form { get; init; } = "";
    public DateTimeOffset Now { get; init; }
    public ImmutableArray<PageTrouble> Troubles { get; init; } = [];

    /// <summary>The customer's other orders in a row.</summary>
    public PurchaseFamily Family { get; init; } = PurchaseFamily.Alone;
}

public sealed record DeskCancelModel(PageContext Context, Order Order, string Form) : PageModel(Context);

public sealed record DeskFoundModel(PageContext Context, HeldSearch Search, ImmutableArray<OrderRecord> Found) : PageModel(Context);
