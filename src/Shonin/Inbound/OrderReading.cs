using System.Globalization;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant;

namespace Shonin.Inbound;

internal sealed record NoticeView(
    string Id, NoticeKind Kind, int? Episode, Domain.Locale Locale, string Subject, string Text, DateTimeOffset QueuedAt, DateTimeOffset? SentAt, string MessageId);

/// <summary>The requests that only look.</summary>
internal sealed class OrderReading(OrderBook orders, TimeProvider clock)
{
    public const string NoticesRoute = "/v1/orders/{id}/notices";
    private const int PageSizeMax = 100;
    private const int PageSizeDefault = 20;

    public async Task<IResult> ListAsync(HttpContext http, string? number, string? limit, string? after)
    {
        if (number is not null)
            return Page(await orders.FindByNumberAsync(number, http.RequestAborted) is { } record ? [record] : [], null);
        if (PageSizeOf(limit) is not { } pageSize)
            return new Problem(ProblemCode.Malformed, $"limit must be a whole number from 1 to {PageSizeMax}.");
        if (after is not null && await orders.FindByNumberAsync(after, http.RequestAborted) is null)
            return new Problem(ProblemCode.Malformed, "after must be the next of an earlier page, or the number of an order.");
        // One more than asked for shows whether there is a next page.
        var found = await orders.ListAsync(after, pageSize + 1, http.RequestAborted);
        IReadOnlyList<OrderRecord> page = [.. found.Take(pageSize)];
        return Page(page, found.Count > pageSize ? page[^1].Order.Number : null);
    }

    public Task<IResult> GetAsync(HttpContext http, string id) => WithOrderAsync(http, id, record => ValueTask.FromResult(Ok(OrderJson.Of(record, clock.GetUtcNow()))));

    public Task<IResult> NoticesAsync(HttpContext http, string id) => WithOrderAsync(http, id, async record =>
    {
        var notices = await orders.ReadNoticesAsync(record, http.RequestAborted);
        return Ok(new ListView<NoticeView>([.. notices.Select(notice => Of(notice, record.Order))], null));
    });

    private async Task<IResult> WithOrderAsync(HttpContext http, string id, Func<OrderRecord, ValueTask<IResult>> show) =>
        await orders.FindAsync(new(id), http.RequestAborted) is { } record ? await show(record) : Problem.Of(Refusal.OrderNotFound, null);

    private static NoticeView Of(NoticeRecordText notice, Order order)
    {
        var (about, queuedAt, sentAt) = notice.Record;
        return new(about.Id, about.Kind, about.Episode == 0 ? null : about.Episode, order.Locale, notice.Subject, notice.Text, queuedAt, sentAt, notice.MessageId);
    }

    private IResult Page(IReadOnlyList<OrderRecord> records, string? next)
    {
        var now = clock.GetUtcNow();
        return Ok(new ListView<OrderView>([.. records.Select(record => OrderJson.Of(record, now))], next));
    }

    private static IResult Ok<T>(T view) => Results.Json(view, ApiJson.Options);

    private static int? PageSizeOf(string? limit)
    {
        if (limit is null)
            return PageSizeDefault;
        return int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= PageSizeMax ? size : null;
    }
}
