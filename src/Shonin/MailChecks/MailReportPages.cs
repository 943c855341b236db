using System.Collections.Immutable;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>The report of a mail to the staff, by the customer who brought it.</summary>
internal sealed class MailReportPages(MailReports reports, HeldMails held, ScreenLimits limits, TimeProvider clock)
{
    private const int AddressCountMax = 100_000;
    private const string NoteField = "note";
    private const string ContactField = "contact";

    /// <summary>A full note of three-byte letters, each percent-encoded, and the address.</summary>
    private const int ReportBodyBytesMax = 9 * ReporterWords.NoteLengthMax + 4_096;

    private readonly Allowance reported = new(limits.MailReportsPerAddressPerHour, TimeSpan.FromHours(1), AddressCountMax, clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/check/mails/{name}/report", ShowReport);
        routes.MapPost("/check/mails/{name}/report", ReportAsync);
    }

    private IResult ShowReport(HttpContext http, string name) =>
        held.Find(name) is { } mail ? ReportPage(http, name, mail, [], new("", ""), StatusCodes.Status200OK) : PageFaults.MailGone(http);

    private async Task<IResult> ReportAsync(HttpContext http, string name)
    {
        if (held.Find(name) is not { } mail)
            return PageFaults.MailGone(http);
        if (await OrderAccess.ReadBodyAsync(http, ReportBodyBytesMax) is not { } body)
            return PageFaults.TooLarge(http);
        var fields = OrderAccess.Fields(body);
        var words = new ReporterWords(
            MailCheckPages.Cut(fields.GetValueOrDefault(NoteField, "").ReplaceLineEndings("\n").Trim(), ReporterWords.NoteLengthMax),
            MailCheckPages.Typed(fields, ContactField)
        );
        if (words.Contact.Length > 0 && !MailAddress.IsOne(words.Contact))
        {
            return ReportPage(
                http,
                name,
                mail,
                [new(MailTroubles.NoAddress, ContactField)],
                words,
                StatusCodes.Status422UnprocessableEntity
            );
        }

        return await ReportOnceAsync(http, name, mail, words)
            ?? See.Other(PageFaults.ContextOf(http, "/check").To($"/check/mails/{name}/report"));
    }

    /// <summary>
    /// Keeps the report, or says why it cannot; null where it is kept, now or before, and where the mail was deleted meanwhile. Pressed
    /// twice, it is one report.
    /// </summary>
    private async Task<IResult?> ReportOnceAsync(HttpContext http, string name, HeldMail mail, ReporterWords words)
    {
        if (held.Find(name) is not { ReportNumber: null })
            return null;
        if (reported.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        if (await reports.KeepAsync(mail.Raw, mail.Result, words, name, http.RequestAborted) is not ReportOutcome.Kept kept)
            return ReportPage(http, name, mail, [new(MailTroubles.NoRoom, null)], words, StatusCodes.Status503ServiceUnavailable);
        held.Change(name, before => before with { ReportNumber = kept.Number });
        return null;
    }

    private PageResult<ReportPage, ReportModel> ReportPage(
        HttpContext http,
        string name,
        HeldMail mail,
        ImmutableArray<PageTrouble> troubles,
        ReporterWords words,
        int statusCode
    ) =>
        new(
            new(
                PageFaults.ContextOf(http, $"/check/mails/{name}/report"),
                $"/check/mails/{name}",
                mail.Result.Content.Subject,
                reports.Limits.KeptFor,
                mail.ReportNumber,
                words,
                troubles
            ),
            statusCode
        );
}
