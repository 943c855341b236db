using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Shonin.Domain.Notices;
using Shonin.Merchant;
using Shonin.Screens.Guards;
using Shonin.Screens.Pages;

namespace Shonin.Screens;

/// <summary>The message centre: every notice word for word, as it was mailed.</summary>
internal sealed class MessagePages(ScreenParts parts, OrderAccess access)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/o/{accessKey}/messages", ListAsync);
        routes.MapGet("/o/{accessKey}/messages/{noticeId}", ShowAsync);
        routes.MapPost("/o/{accessKey}/messages/{noticeId}", ProveAsync);
    }

    private async Task<IResult> ListAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "/messages");
        if (opened is null)
            return fault!;
        var notices = await parts.Orders.ReadNoticesAsync(opened.Record, http.RequestAborted);
        return new PageResult<MessagesPage, MessagesModel>(
            new(opened.Context, opened.Order, accessKey, [.. notices.Reverse().Select(notice => Shown(notice, opened))]), StatusCodes.Status200OK);
    }

    private Task<IResult> ShowAsync(HttpContext http, string accessKey, string noticeId) =>
        PageAsync(http, accessKey, noticeId, (_, _) => ValueTask.FromResult<PageTrouble?>(null));

    /// <summary>The card's last four, typed to read them in the notice: nothing happens but that.</summary>
    private Task<IResult> ProveAsync(HttpContext http, string accessKey, string noticeId) =>
        PageAsync(http, accessKey, noticeId, async (opened, here) =>
        {
            if (await OrderAccess.ReadBodyAsync(http) is not { } body)
                return new(new("送られた内容が大きすぎます。", "That was too much to read."), null);
            return access.Read(here, opened, OrderAccess.Fields(body)) is FormReading.Refused refused ? refused.Trouble : null;
        });

    private async Task<IResult> PageAsync(
        HttpContext http, string accessKey, string noticeId, Func<OpenedOrder, HttpContext, ValueTask<PageTrouble?>> read)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, $"/messages/{Uri.EscapeDataString(noticeId)}");
        if (opened is null)
            return fault!;
        var notices = await parts.Orders.ReadNoticesAsync(opened.Record, http.RequestAborted);
        if (notices.FirstOrDefault(notice => notice.Record.Notice.Id == noticeId) is not { } found)
            return PageFaults.NotFound(http);
        var trouble = await read(opened, http);
        if (trouble is null && HttpMethods.IsPost(http.Request.Method))
            return See.Other(opened.Context.To(opened.Context.Path));
        return new PageResult<MessagePage, MessageModel>(
            new(opened.Context, opened.Order, accessKey, Shown(found, opened), opened.Mention, access.NewForm(opened), trouble is null ? [] : [trouble]),
            trouble is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private static ShownNotice Shown(NoticeRecordText notice, OpenedOrder opened) => new(
        notice.Record.Notice.Id, notice.Subject, LastFourMask.Apply(notice.Text, opened), notice.Record.QueuedAt, notice.Record.SentAt, notice.MessageId);
}

/// <summary>Hides the last four digits of every card that the order has known, until they have been typed.</summary>
internal static class LastFourMask
{
    public static string Apply(string text, OpenedOrder opened) => opened.Mention switch
    {
        CardMention.LastFour => text,
        CardMention.None => Hide(text, [.. opened.Order.Attempts.Select(attempt => attempt.Card.Last4), opened.Order.Card.Last4, .. opened.Record.History
            .OfType<Domain.Orders.OrderEvent.OrderPlaced>().Select(placed => placed.Card.Last4)]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Every group of exactly these digits, whatever it stands for: rather a year too many than a card too few.</summary>
    internal static string Hide(string text, ImmutableArray<string> lastFours)
    {
        foreach (var digits in lastFours.Distinct())
            text = Regex.Replace(text, $@"(?<!\d){Regex.Escape(digits)}(?!\d)", "••••", RegexOptions.None, TimeSpan.FromSeconds(1));
        return text;
    }
}
