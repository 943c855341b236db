using System.Globalization;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;
using Shonin.Merchant.Timelines;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Orders;

/// <param name="Reference">The number to quote, as the notice writes it; null in notices from before there were such numbers.</param>
internal sealed record NoticeView(
    string Id,
    NoticeKind Kind,
    int? Episode,
    Domain.Locale Locale,
    string Subject,
    string Text,
    DateTimeOffset QueuedAt,
    DateTimeOffset? SentAt,
    string MessageId,
    string? Reference
)
{
    /// <summary>
    /// Since when it is known that its mail reached nobody: it was refused, given up, or came back. Null where nothing such is known.
    /// </summary>
    public DateTimeOffset? UndeliverableAt { get; init; }
}

internal sealed record TimelineItemJson(DateTimeOffset At, TimelineSide Side, string Kind, string Text, string Evidence);

internal sealed record TimelineJson(IReadOnlyList<TimelineItemJson> Items, Finding? Finding, string Note);

internal sealed record WhyView(Audience For, Domain.Locale Lang, string Text);

/// <summary>The requests that only look. Whatever they show of a customer, the trail tells of.</summary>
internal sealed class OrderReads(OrderBook orders, EvidenceSource evidence, MerchantAudit audit, string timeZone, TimeProvider clock)
{
    public const string NoticesRoute = "/v1/orders/{id}/notices";
    public const string TimelineRoute = "/v1/orders/{id}/timeline";
    public const string WhyRoute = "/v1/orders/{id}/why";
    private const int PageSizeMax = 100;
    private const int PageSizeDefault = 20;
    private const int TextWidthDefault = 100;

    public required PointsBook Points { get; init; }

    public async Task<IResult> ListAsync(HttpContext http, string? number, string? limit, string? after)
    {
        if (number is not null)
            return Page(http, await orders.FindByNumberAsync(number, http.RequestAborted) is { } record ? [record] : [], null);
        if (PageSizeOf(limit) is not { } pageSize)
            return new Problem(ProblemCode.Malformed, $"limit must be a whole number from 1 to {PageSizeMax}.");
        if (after is not null && await orders.FindByNumberAsync(after, http.RequestAborted) is null)
            return new Problem(ProblemCode.Malformed, "after must be the next of an earlier page, or the number of an order.");
        // One more than asked for shows whether there is a next page.
        var found = await orders.ListAsync(after, pageSize + 1, http.RequestAborted);
        IReadOnlyList<OrderRecord> page = [.. found.Take(pageSize)];
        return Page(http, page, found.Count > pageSize ? page[^1].Order.Number : null);
    }

    public Task<IResult> GetAsync(HttpContext http, string id) =>
        WithOrderAsync(http, id, AuditedAct.OrderReadByApi, async record =>
            Ok(OrderJson.Of(record, clock.GetUtcNow()) with { Points = await PointsOfAsync(record.Order) })
        );

    public Task<IResult> NoticesAsync(HttpContext http, string id) => WithOrderAsync(http, id, AuditedAct.NoticesReadByApi, async record =>
        {
            var notices = await orders.ReadNoticesAsync(record, http.RequestAborted);
            return Ok(new ListView<NoticeView>([.. notices.Select(notice => Of(notice, record.Order))], null));
        });

    /// <summary>
    /// Both sides of the story, as JSON or, for <c>Accept: text/plain</c>, as the picture for a terminal; the interface is the merchant's
    /// own, so that it reads what an agent reads.
    /// </summary>
    public Task<IResult> TimelineAsync(HttpContext http, string id, string? lang) =>
        WithLocaleAsync(lang, locale => WithOrderAsync(http, id, AuditedAct.OrderReadByApi, async record =>
            {
                var view = Timeline.Of(record, await evidence(record, http.RequestAborted), locale, Audience.Agent);
                if (http.Request.GetTypedHeaders().Accept is [{ MediaType.Value: "text/plain" }, ..])
                    return Results.Text(TimelineText.Render(view, TimeZoneInfo.FindSystemTimeZoneById(timeZone), TextWidthOf(http)));
                return Ok(
                    new TimelineJson(
                        [.. view.Items.Select(item => new TimelineItemJson(item.At, item.Side, item.Kind, item.Text, item.Evidence))],
                        view.Finding,
                        view.EvidenceNote
                    )
                );
            }));

    public Task<IResult> WhyAsync(HttpContext http, string id, string? audience, string? lang) =>
        WithLocaleAsync(lang, async locale =>
            AudienceOf(audience ?? "customer") is { } reader ? await WithOrderAsync(http, id, AuditedAct.OrderReadByApi, async record =>
                {
                    var around = new Surroundings(
                        Timeline.RecordOf(record, await evidence(record, http.RequestAborted)),
                        await orders.FamilyOfAsync(record.Order, http.RequestAborted)
                    );
                    return Ok(
                        new WhyView(
                            reader,
                            locale,
                            WhyWording
                                .Explain(reader, record.Order, record.History, new SpokenTime(timeZone), clock.GetUtcNow(), around)
                                .In(locale)
                        )
                    );
                }) : new Problem(ProblemCode.Malformed, "for must be customer, agent or card-company.")
        );

    public static Audience? AudienceOf(string name) =>
        name switch
        {
            "customer" => Audience.Customer,
            "agent" => Audience.Agent,
            "card-company" => Audience.CardCompany,
            _ => null,
        };

    private static async Task<IResult> WithLocaleAsync(string? lang, Func<Domain.Locale, Task<IResult>> show) =>
        OrderRequests.LocaleOf(lang ?? "ja") is { } locale
            ? await show(locale)
            : new Problem(ProblemCode.Malformed, "lang must be ja or en.");

    private async Task<IResult> WithOrderAsync(HttpContext http, string id, AuditedAct kind, Func<OrderRecord, ValueTask<IResult>> show)
    {
        if (await orders.FindAsync(new(id), http.RequestAborted) is not { } record)
            return Problem.Of(Refusal.OrderNotFound, null);
        audit.ReadByApi(kind, Gate.CallerOf(http).Id, record.Order.Id.ToString());
        return await show(record);
    }

    /// <summary>Null in a shop that gives none.</summary>
    private async ValueTask<PointsJson?> PointsOfAsync(Order order) =>
        Points.Policy.IsOn && (await Points.OfOrderAsync(order) ?? OrderPoints.None) is var points
            ? new(points.Earned, points.ExpiresAt)
            : null;

    private static NoticeView Of(NoticeRecordText notice, Order order)
    {
        var (about, queuedAt, sentAt) = notice.Record;
        return new(
            about.Id,
            about.Kind,
            about.Episode == 0 ? null : about.Episode,
            order.Locale,
            notice.Subject,
            notice.Text,
            queuedAt,
            sentAt,
            notice.MessageId,
            about.Reference?.ToString()
        )
        {
            UndeliverableAt = notice.Record.UndeliverableAt,
        };
    }

    private IResult Page(HttpContext http, IReadOnlyList<OrderRecord> records, string? next)
    {
        if (records.Count > 0)
            audit.OrdersListedByApi(Gate.CallerOf(http).Id, records.Count);
        var now = clock.GetUtcNow();
        return Ok(new ListView<OrderView>([.. records.Select(record => OrderJson.Of(record, now))], next));
    }

    private static int TextWidthOf(HttpContext http) =>
        int.TryParse(http.Request.Query["width"], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            ? width
            : TextWidthDefault;

    private static IResult Ok<T>(T view) => Results.Json(view, ApiJson.Options);

    private static int? PageSizeOf(string? limit)
    {
        if (limit is null)
            return PageSizeDefault;
        return int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= PageSizeMax
            ? size
            : null;
    }
}
