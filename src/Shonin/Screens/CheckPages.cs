using System.Collections.Immutable;
using Shonin.Domain.Proofs;
using Shonin.Screens.Guards;
using Shonin.Screens.Pages;

namespace Shonin.Screens;

/// <summary>
/// Where a customer begins who asks whether a mail is real. For phones whose mail program gives no original: an order number and a
/// notice's number in, yes or no out, with when and under which subject it was sent. It tells nothing else, takes the same time for
/// both, and is asked few times a minute.
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
        routes.MapGet("/check", (HttpContext http) => Page(http, new CheckResult.NotAsked(), "", "", []));
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
        return Page(http, result, number, reference, []);
    }

    /// <summary>The page again, with what was wrong with the mail that was brought.</summary>
    public IResult Page(HttpContext http, PageTrouble trouble, string recipient) =>
        new PageResult<CheckPage, CheckModel>(Model(http, new CheckResult.NotAsked(), "", "", recipient, [trouble]), StatusCodes.Status422UnprocessableEntity);

    private async ValueTask<CheckResult> FindAsync(string number, string reference, CancellationToken cancellation)
    {
        var record = await parts.Orders.FindByNumberAsync(number.ToUpperInvariant(), cancellation);
        var notice = record?.Order.Notices.FirstOrDefault(notice => string.Equals(notice.Notice.Id, reference, StringComparison.OrdinalIgnoreCase));
        if (record is null || notice is null)
            return new CheckResult.NotOurs();
        var texts = await parts.Orders.ReadNoticesAsync(record, cancellation);
        var subject = texts.FirstOrDefault(text => text.Record.Notice.Id == notice.Notice.Id)?.Subject;
        return new CheckResult.Ours(notice.QueuedAt, notice.SentAt, subject is null ? null : WithoutAmount(subject, record.Order));
    }

    /// <summary>The order number and the notice's can be guessed; what was spent is nobody's business but the customer's.</summary>
    private static string WithoutAmount(string subject, Domain.Orders.Order order) => subject.Replace(order.Total.Text(order.Locale), "…", StringComparison.Ordinal);

    private PageResult<CheckPage, CheckModel> Page(HttpContext http, CheckResult result, string number, string reference, ImmutableArray<PageTrouble> troubles) =>
        new(Model(http, result, number, reference, "", troubles), StatusCodes.Status200OK);

    private CheckModel Model(HttpContext http, CheckResult result, string number, string reference, string recipient, ImmutableArray<PageTrouble> troubles) =>
        new(PageFaults.ContextOf(http, "/check"), result, number, reference, new(parts.CheckAddress, parts.Limits.MailCheckSizeBytesMax), recipient, troubles);

    /// <summary>As typed, with full-width letters and digits made plain; cut where it is longer than any of ours.</summary>
    private static string Typed(IReadOnlyDictionary<string, string> fields, string name)
    {
        var typed = FoldedText.Normal(fields.GetValueOrDefault(name, ""), System.Text.NormalizationForm.FormKC).Trim();
        return typed.Length <= TypedLengthMax ? typed : typed[..TypedLengthMax];
    }
}
