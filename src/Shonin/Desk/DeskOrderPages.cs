using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>One order at the desk, with everything about it.</summary>
internal sealed class DeskOrderPages(
    OrderBook orders,
    EvidenceSource evidence,
    StaffNames names,
    MerchantAudit audit,
    DeskDoor door,
    FormSeal seal,
    TimeProvider clock
)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/desk/orders/{number}", ShowAsync);
        routes.MapPost("/desk/orders/{number}/tries", ReleaseAsync).Needs(DeskRight.Lead);
    }

    private async Task<IResult> ShowAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await orders.FindByNumberAsync(number, http.RequestAborted) is not { } record)
            return PageFaults.NotFound(http);
        return await PageAsync(http, staff, record, [], StatusCodes.Status200OK);
    }

    /// <summary>The order's page; reading it is in the trail.</summary>
    public async Task<IResult> PageAsync(
        HttpContext http,
        StaffMember staff,
        OrderRecord record,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    )
    {
        audit.Read(AuditedAct.OrderRead, staff.Id, record.Order.Id.ToString());
        var context = PageFaults.ContextOf(http, $"/desk/orders/{Uri.EscapeDataString(record.Order.Number)}");
        var timeline = await NamedAsync(
            Timeline.Of(record, await evidence(record, http.RequestAborted), context.Locale, Audience.Agent),
            record,
            http.RequestAborted
        );
        var family = await orders.FamilyOfAsync(record.Order, http.RequestAborted);
        var notices = await orders.ReadNoticesAsync(record, http.RequestAborted);
        var toSay = WhyWording.ToSay(record.Order, context.Time, clock.GetUtcNow(), new(timeline.Record, family));
        return new PageResult<DeskOrderPage, DeskOrderModel>(
            new(context, staff.Name, record, timeline, [.. notices.Select(notice => Shown(notice, record))], toSay)
            {
                Family = family,
                Role = staff.Role,
                Form = NewForm(http, record),
                Now = clock.GetUtcNow(),
                Troubles = troubles,
            },
            statusCode
        );
    }

    /// <summary>The log knows staff by their ids; people know them by their names. Most orders were never touched by anybody.</summary>
    private async ValueTask<TimelineView> NamedAsync(TimelineView told, OrderRecord record, CancellationToken cancellation)
    {
        if (!record.History.Any(IsAnAgents))
            return told;
        var known = await names.ReadAsync(cancellation);
        return told with
        {
            Items = [.. told.Items.Select(item => known.TryGetValue(item.Evidence, out var name) ? item with { Evidence = name } : item)],
        };
    }

    private static bool IsAnAgents(OrderEvent happened) =>
        happened is OrderEvent.TriesReleased or OrderEvent.DeadlineExtended or OrderEvent.AttentionSettledByHand;

    /// <summary>What a form about this order carries, in this session.</summary>
    public string NewForm(HttpContext http, OrderRecord record) => seal.New(About(http, record));

    /// <summary>The request id that a form brings, or null where it is none of ours or too old.</summary>
    public string? RequestIn(HttpContext http, OrderRecord record, IReadOnlyDictionary<string, string> fields) =>
        seal.Open(About(http, record), fields.GetValueOrDefault(FormSeal.FieldName));

    private string About(HttpContext http, OrderRecord record) => $"{door.SessionOf(http)?.Secret} {record.Order.Id}";

    /// <summary>"Let it try again": beyond the limits a person decides.</summary>
    private async Task<IResult> ReleaseAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await orders.FindByNumberAsync(number, http.RequestAborted) is not { } record)
            return PageFaults.NotFound(http);
        var release = new OrderCommand.ReleaseTries(staff.Id);
        if (await orders.SubmitAsync(record.Order.Id, release, null, Patience.RespondAtOnce, http.RequestAborted) is not RequestResult.Done)
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        audit.Did(AuditedAct.TriesReleased, staff.Id, record.Order.Id.ToString());
        return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/orders/{Uri.EscapeDataString(number)}"));
    }

    /// <summary>As it was sent. Whoever has the order's link can act as the customer, so it is not shown here.</summary>
    private static ShownNotice Shown(NoticeRecordText notice, OrderRecord record) =>
        new(
            notice.Record.Notice.NumberToQuote(),
            notice.Subject,
            record.AccessKey is { } key ? notice.Text.Replace(key, "••••", StringComparison.Ordinal) : notice.Text,
            notice.Record.QueuedAt,
            notice.Record.SentAt,
            notice.MessageId,
            HiddenDigits.None
        );
}
