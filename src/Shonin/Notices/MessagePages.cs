using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Shonin.Domain.Notices;
using Shonin.Merchant.Orders;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Notices;

/// <summary>The message centre: every notice word for word, as it was mailed.</summary>
internal sealed class MessagePages(OrderBook orders, OrderAccess access)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/o/{accessKey}/messages", ListAsync);
        routes.MapGet("/o/{accessKey}/messages/{notice}", ShowAsync);
        routes.MapPost("/o/{accessKey}/messages/{notice}", ProveAsync);
    }

    private async Task<IResult> ListAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "/messages");
        if (opened is null)
            return fault!;
        var notices = await orders.ReadNoticesAsync(opened.Record, http.RequestAborted);
        return new PageResult<MessagesPage, MessagesModel>(
            new(opened.Context, opened.Order, accessKey, [.. notices.Reverse().Select(notice => Shown(notice, opened))]),
            StatusCodes.Status200OK
        );
    }

    private Task<IResult> ShowAsync(HttpContext http, string accessKey, string notice) =>
        PageAsync(http, accessKey, notice, (_, _) => ValueTask.FromResult<FormReading?>(null));

    /// <summary>The card's last four, typed to read them in the notice: nothing happens but that.</summary>
    private Task<IResult> ProveAsync(HttpContext http, string accessKey, string notice) =>
        PageAsync(http, accessKey, notice, async (opened, here) =>
        {
            if (await OrderAccess.ReadBodyAsync(http) is not { } body)
                return new FormReading.Refused(new(new("送られた内容が大きすぎます。", "That was too much to read."), null));
            return await access.ReadAsync(here, opened, OrderAccess.Fields(body));
        });

    private async Task<IResult> PageAsync(
        HttpContext http,
        string accessKey,
        string notice,
        Func<OpenedOrder, HttpContext, ValueTask<FormReading?>> read
    )
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, $"/messages/{NameInAddress(notice)}");
        if (opened is null)
            return fault!;
        var notices = await orders.ReadNoticesAsync(opened.Record, http.RequestAborted);
        if (notices.FirstOrDefault(one => IsNamed(one.Record.Notice, notice)) is not { } found)
            return PageFaults.NotFound(http);
        var reading = await read(opened, http);
        if (reading is FormReading.Failed failed)
            return failed.Page;
        var trouble = (reading as FormReading.Refused)?.Trouble;
        if (trouble is null && HttpMethods.IsPost(http.Request.Method))
            return See.Other(opened.Context.To(opened.Context.Path));
        return new PageResult<MessagePage, MessageModel>(
            new(
                opened.Context,
                opened.Order,
                accessKey,
                Shown(found, opened),
                opened.Mention,
                access.NewForm(opened),
                trouble is null ? [] : [trouble]
            ),
            trouble is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity
        );
    }

    /// <summary>The digits alone; the id of a notice from before there were numbers.</summary>
    public static string NameInAddress(string number) => Uri.EscapeDataString(number.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>An address that was kept from before names the notice by its id; whoever has the order's link may see it.</summary>
    private static bool IsNamed(Notice notice, string name) => notice.Reference?.Digits == name || notice.Id == name;

    private static ShownNotice Shown(NoticeRecordText notice, OpenedOrder opened)
    {
        var hides =
            notice.Record.Notice.Reference is null && opened.Mention == CardMention.Brand ? HiddenDigits.LastFour : HiddenDigits.None;
        return new(
            notice.Record.Notice.NumberToQuote(),
            notice.Subject,
            hides == HiddenDigits.LastFour ? LastFourMask.Hide(notice.Text, opened) : notice.Text,
            notice.Record.QueuedAt,
            notice.Record.SentAt,
            notice.MessageId,
            hides
        )
        {
            UndeliverableAt = notice.Record.UndeliverableAt,
        };
    }
}

/// <summary>
/// Hides the last four digits of every card that the order has known, until they have been typed: in notices from before they had
/// numbers to quote, which named the card by these digits.
/// </summary>
internal static class LastFourMask
{
    public static string Hide(string text, OpenedOrder opened) =>
        Hide(
            text,
            [
                .. opened.Order.Attempts.Select(attempt => attempt.Card.Last4),
                opened.Order.Card.Last4,
                .. opened.Record.History.OfType<Domain.Orders.OrderEvent.OrderPlaced>().Select(placed => placed.Card.Last4),
            ]
        );

    /// <summary>Every group of exactly these digits, whatever it stands for: rather a year too many than a card too few.</summary>
    internal static string Hide(string text, ImmutableArray<string> lastFours)
    {
        foreach (var digits in lastFours.Distinct())
            text = Regex.Replace(text, $@"(?<!\d){Regex.Escape(digits)}(?!\d)", "••••", RegexOptions.None, TimeSpan.FromSeconds(1));
        return text;
    }
}
