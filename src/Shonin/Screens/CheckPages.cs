using Shonin.Screens.Guards;
using Shonin.Screens.Pages;

namespace Shonin.Screens;

/// <summary>
/// Whether a notice is real, without its links: an order number and a notice's number in, yes or no and when out. It tells nothing
/// else, takes the same time for both, and is asked few times a minute.
/// </summary>
internal sealed class CheckPages(ScreenParts parts)
{
    /// <summary>Every answer takes at least this long, so that its time does not tell whether the order exists.</summary>
    private static readonly TimeSpan answerTime = TimeSpan.FromMilliseconds(400);

    private const int AddressCountMax = 100_000;
    private const int TypedLengthMax = 64;

    private readonly Allowance asked = new(parts.Limits.NoticeChecksPerAddressPerMinute, TimeSpan.FromMinutes(1), AddressCountMax, parts.Clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/check", (HttpContext http) => Page(http, new CheckResult.NotAsked(), "", ""));
        routes.MapPost("/check", (Delegate)AnswerAsync);
    }

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        if (asked.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        var fields = OrderAccess.Fields(body);
        var (number, reference) = (Typed(fields, "number"), Typed(fields, "reference"));

        var pace = Task.Delay(answerTime, parts.Clock, http.RequestAborted);
        var result = await FindAsync(number, reference, http.RequestAborted);
        await pace;
        return Page(http, result, number, reference);
    }

    private async ValueTask<CheckResult> FindAsync(string number, string reference, CancellationToken cancellation)
    {
        var record = await parts.Orders.FindByNumberAsync(number.ToUpperInvariant(), cancellation);
        var notice = record?.Order.Notices.FirstOrDefault(notice => string.Equals(notice.Notice.Id, reference, StringComparison.OrdinalIgnoreCase));
        return notice is null ? new CheckResult.NotOurs() : new CheckResult.Ours(notice.QueuedAt, notice.SentAt);
    }

    private static PageResult<CheckPage, CheckModel> Page(HttpContext http, CheckResult result, string number, string reference) =>
        new(new(PageFaults.ContextOf(http, "/check"), result, number, reference), StatusCodes.Status200OK);

    /// <summary>As typed, with full-width letters and digits made plain; cut where it is longer than any of ours.</summary>
    private static string Typed(IReadOnlyDictionary<string, string> fields, string name)
    {
        var typed = fields.GetValueOrDefault(name, "").Normalize(System.Text.NormalizationForm.FormKC).Trim();
        return typed.Length <= TypedLengthMax ? typed : typed[..TypedLengthMax];
    }
}
