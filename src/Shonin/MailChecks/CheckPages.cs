using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.Merchant.Orders;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>
/// Where a customer begins who asks whether a mail is real. For phones whose mail program gives no original: an order number and a
/// notice number in, yes or no out, with when it was sent. It tells nothing else, says the same after the same time whichever of the
/// two numbers is wrong, and misses few times a minute for one address. A right pair is always answered, however much others guess.
/// </summary>
/// <param name="forwardingAddress">Where customers may forward a mail to be checked, or null.</param>
internal sealed class CheckPages(OrderBook orders, string? forwardingAddress, ScreenLimits limits, TimeProvider clock)
{
    /// <summary>Every answer takes at least this long, so that its time does not tell whether the order exists.</summary>
    private static readonly TimeSpan answerTime = TimeSpan.FromMilliseconds(400);

    private const int AddressCountMax = 100_000;
    private const int TypedLengthMax = 64;

    // In memory, and not by order, where a stranger could use up what the customer needs: a billion numbers are too many for whoever
    // guesses.
    private readonly Allowance misses = new(limits.NoticeMissesPerAddressPerMinute, TimeSpan.FromMinutes(1), AddressCountMax, clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/check", (HttpContext http) => Page(http, new CheckResult.NotAsked(), "", "", []));
        routes.MapPost("/check", (Delegate)AnswerAsync);
    }

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        var fields = OrderAccess.Fields(body);
        var (number, reference) = (Typed(fields, "number"), Typed(fields, "reference"));

        var pace = Task.Delay(answerTime, clock, http.RequestAborted);
        var result = await FindAsync(NoticeQuestion.Read(number, reference), http.RequestAborted);
        await pace;
        if (result is not CheckResult.Ours && misses.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        return Page(http, result, number, reference, []);
    }

    /// <summary>The page again, with what was wrong with the mail that was brought, and with all that was typed.</summary>
    /// <param name="brought">Null where it could not be read at all.</param>
    public IResult Page(HttpContext http, PageTrouble trouble, MailFormReading.Read? brought) =>
        new PageResult<CheckPage, CheckModel>(
            Model(http, new CheckResult.NotAsked(), "", "", brought?.Recipient ?? "", [trouble]) with
            {
                Pasted = brought?.Pasted,
            },
            StatusCodes.Status422UnprocessableEntity
        );

    private async ValueTask<CheckResult> FindAsync(NoticeQuestion question, CancellationToken cancellation)
    {
        if (OrderNumberIn(question) is not { } number)
            return new CheckResult.Mistyped();
        var record = await orders.FindByNumberAsync(number, cancellation);
        return record?.Order.Notices.FirstOrDefault(notice => IsAsked(notice.Notice, question)) is { } found
            ? new CheckResult.Ours(found.QueuedAt, found.SentAt)
            : new CheckResult.NotOurs();
    }

    private static string? OrderNumberIn(NoticeQuestion question) =>
        question switch
        {
            NoticeQuestion.ByReference(var order, _) => order,
            NoticeQuestion.ById(var order, _) => order,
            NoticeQuestion.Mistyped => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>An id can be guessed, so it answers only where the notice never had another number.</summary>
    private static bool IsAsked(Notice notice, NoticeQuestion question) =>
        question switch
        {
            NoticeQuestion.ByReference(_, var reference) => notice.Reference == reference,
            NoticeQuestion.ById(_, var id) => notice.Reference is null && string.Equals(notice.Id, id, StringComparison.OrdinalIgnoreCase),
            NoticeQuestion.Mistyped => false,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private PageResult<CheckPage, CheckModel> Page(
        HttpContext http,
        CheckResult result,
        string number,
        string reference,
        ImmutableArray<PageTrouble> troubles
    ) => new(Model(http, result, number, reference, "", troubles), StatusCodes.Status200OK);

    private CheckModel Model(
        HttpContext http,
        CheckResult result,
        string number,
        string reference,
        string recipient,
        ImmutableArray<PageTrouble> troubles
    ) =>
        new(
            PageFaults.ContextOf(http, "/check"),
            result,
            number,
            reference,
            new(forwardingAddress, limits.MailCheckSizeBytesMax),
            recipient,
            troubles
        );

    /// <summary>As typed, with full-width letters and digits made plain; cut where it is longer than any of ours.</summary>
    private static string Typed(IReadOnlyDictionary<string, string> fields, string name)
    {
        var typed = FoldedText.Normal(fields.GetValueOrDefault(name, ""), System.Text.NormalizationForm.FormKC).Trim();
        return typed.Length <= TypedLengthMax ? typed : typed[..TypedLengthMax];
    }
}
