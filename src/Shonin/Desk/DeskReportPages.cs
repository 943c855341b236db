using System.Collections.Immutable;
using System.Net.Mime;
using System.Text;
using Shonin.MailAuthentication.Message;
using Shonin.MailChecks;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>What the staff see of reported mails: campaigns first, then one report with all that the mail holds, as text.</summary>
internal sealed class DeskReportPages(MailReports reports, MerchantAudit audit, DeskDoor door)
{
    private const int NumberLengthMax = 32;
    private const int HeaderLengthMax = 64_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/desk/reports", (Delegate)ListAsync);
        routes.MapGet("/desk/reports/{number}", ShowAsync);
        routes.MapGet("/desk/reports/{number}/original", DownloadAsync);
        routes.MapPost("/desk/reports/{number}/handled", MarkHandledAsync);
        routes.MapPost("/desk/reports/{number}/deletion", DeleteAsync);
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        var list = await reports.ListAsync(http.RequestAborted);
        audit.Read(AuditedAct.ReportsListed, staff.Id, null);
        return new PageResult<DeskReportsPage, DeskReportsModel>(
            new(PageFaults.ContextOf(http, "/desk/reports"), staff.Name, Campaigns(list.Reports), reports.Limits.KeptFor)
            {
                IsWhole = list.IsWhole,
            },
            StatusCodes.Status200OK
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (
            await FindAsync(http, number) is not { } report
            || await reports.ReadAsync(report.Number, http.RequestAborted) is not { } content
        )
        {
            return PageFaults.NotFound(http);
        }

        audit.Read(AuditedAct.ReportRead, staff.Id, report.Number);
        var all = (await reports.ListAsync(http.RequestAborted)).Reports;
        // While the list is being built again, this one may not be on it yet.
        var campaign = Campaigns(all).FirstOrDefault(one => one.Reports.Any(other => other.Number == report.Number));
        var alike = campaign is null ? 0 : campaign.Reports.Length - 1;
        return new PageResult<DeskReportPage, DeskReportModel>(
            new(
                PageFaults.ContextOf(http, $"/desk/reports/{report.Number}"),
                staff.Name,
                report,
                report.ReceivedAt + reports.Limits.KeptFor,
                HeaderOf(content.Message),
                content.Text,
                alike
            ),
            StatusCodes.Status200OK
        );
    }

    /// <summary>The mail as it was brought, as a file and never as a page.</summary>
    private async Task<IResult> DownloadAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (
            await FindAsync(http, number) is not { } report
            || await reports.ReadAsync(report.Number, http.RequestAborted) is not { } content
        )
        {
            return PageFaults.NotFound(http);
        }

        return await audit.DownloadedAsync(staff.Id, report.Number)
            ? Results.Bytes(content.Message, MediaTypeNames.Application.Octet, $"{report.Number}.eml")
            : PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
    }

    private async Task<IResult> MarkHandledAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await FindAsync(http, number) is not { } report)
            return PageFaults.NotFound(http);
        await reports.MarkHandledAsync(report.Number);
        audit.Did(AuditedAct.ReportHandled, staff.Id, report.Number);
        return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/reports/{report.Number}"));
    }

    private async Task<IResult> DeleteAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await FindAsync(http, number) is not { } report)
            return PageFaults.NotFound(http);
        await reports.DeleteAsync(report.Number);
        audit.Did(AuditedAct.ReportDeleted, staff.Id, report.Number);
        return See.Other(PageFaults.ContextOf(http, "/desk").To("/desk/reports"));
    }

    private async ValueTask<MailReport?> FindAsync(HttpContext http, string number) =>
        number.Length <= NumberLengthMax ? await reports.FindAsync(number.ToUpperInvariant(), http.RequestAborted) : null;

    internal static ImmutableArray<ShownCampaign> Campaigns(ImmutableArray<MailReport> reports)
    {
        var byNumber = reports.ToDictionary(report => report.Number);
        return
        [
            .. Campaign
                .Group(reports.Select(report => new ReportedMail(report.Number, report.ReceivedAt, report.Traits)))
                .Select(campaign => new ShownCampaign(campaign, [.. campaign.Reports.Reverse().Select(mail => byNumber[mail.Report])])),
        ];
    }

    /// <summary>Every byte of the header as one letter, so that nothing in it is lost or joined.</summary>
    internal static string HeaderOf(byte[] raw) =>
        MailMessage.Parse(BroughtMail.Open(raw).Message) is MessageParse.Parsed(var message)
            ? StrangersText.Lines(
                Encoding.Latin1.GetString(message.Raw.Span[..(message.Raw.Length - message.Body.Length)]),
                HeaderLengthMax
            )
            : "";
}
