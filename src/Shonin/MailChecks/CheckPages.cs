using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>Where a customer begins who asks whether a mail is real: by its numbers (<see cref="NoticeCheck"/>), or with the mail itself.</summary>
/// <param name="forwardingAddress">Where customers may forward a mail to be checked, or null.</param>
internal sealed class CheckPages(NoticeCheck numbers, string? forwardingAddress, ScreenLimits limits)
{
    private const int TypedLengthMax = 64;

    public CheckOffer Offer { get; } = new(forwardingAddress, limits.MailCheckSizeBytesMax);

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

        var question = NoticeQuestion.Read(number, reference);
        var result = await numbers.AnswerAsync(question, PageGate.AddressOf(http), http.RequestAborted);
        if (result is CheckResult.TooMany(var wait))
            return PageFaults.TooMany(http, wait);
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
    ) => new(PageFaults.ContextOf(http, "/check"), result, number, reference, Offer, recipient, troubles);

    /// <summary>As typed, with full-width letters and digits made plain; cut where it is longer than any of ours.</summary>
    private static string Typed(IReadOnlyDictionary<string, string> fields, string name)
    {
        var typed = FoldedText.Normal(fields.GetValueOrDefault(name, ""), System.Text.NormalizationForm.FormKC).Trim();
        return typed.Length <= TypedLengthMax ? typed : typed[..TypedLengthMax];
    }
}
