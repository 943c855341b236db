using System.Collections.Immutable;
using System.Net.Mime;
using System.Text;
using Shonin.MailAuthentication.Message;
using Shonin.MailChecks;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>What the staff see of reported mails: campaigns first, then one report with all that the mail holds, as text.</summary>
internal sealed class DeskReportPages(ScreenParts parts, DeskDoor door)
{
    private const int NumberLengthMax = 32;
    private const int HeaderLengthMax = 64_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/desk/reports", List);
        routes.MapGet("/desk/reports/{number}", Show);
        routes.MapGet("/desk/reports/{number}/original", DownloadAsync);
        routes.MapPost("/desk/reports/{number}/handled", MarkHandled);
        routes.MapPost("/desk/reports/{number}/deletion", Delete);
    }

    private IResult List(HttpContext http)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        var reports = parts.Reports.List();
        parts.Audit.Read(AuditKind.ReportsListed, staff.Id, null);
        return new PageResult<DeskReportsPage, DeskReportsModel>(
            new(PageFaults.ContextOf(http, "/desk/reports"), staff.Name, Campaigns(reports), parts.Reports.Limits.KeptFor), StatusCodes.Status200OK);
    }

    private IResult Show(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        if (Find(number) is not { } report || parts.Reports.Read(report.Number) is not { } content)
            return PageFaults.NotFound(http);
        parts.Audit.Read(AuditKind.ReportRead, staff.Id, report.Number);
        var alike = Campaigns(parts.Reports.List()).First(campaign => campaign.Reports.Any(other => other.Number == report.Number)).Reports.Length - 1;
        return new PageResult<DeskReportPage, DeskReportModel>(
            new(PageFaults.ContextOf(http, $"/desk/reports/{report.Number}"), staff.Name, report, report.ReceivedAt + parts.Reports.Limits.KeptFor, HeaderOf(content.Message),
                content.Text, alike),
            StatusCodes.Status200OK);
    }

    /// <summary>The mail as it was brought, as a file and never as a page.</summary>
    private async Task<IResult> DownloadAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        if (Find(number) is not { } report || parts.Reports.Read(report.Number) is not { } content)
            return PageFaults.NotFound(http);
        return await parts.Audit.DownloadedAsync(staff.Id, report.Number)
            ? Results.Bytes(content.Message, MediaTypeNames.Application.Octet, $"{report.Number}.eml")
            : PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
    }

    private IResult MarkHandled(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        if (Find(number) is not { } report)
            return PageFaults.NotFound(http);
        parts.Reports.MarkHandled(report.Number);
        parts.Audit.Did(AuditKind.ReportHandled, staff.Id, report.Number);
        return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/reports/{report.Number}"));
    }

    private IResult Delete(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        if (Find(number) is not { } report)
            return PageFaults.NotFound(http);
        parts.Reports.Delete(report.Number);
        parts.Audit.Did(AuditKind.ReportDeleted, staff.Id, report.Number);
        return See.Other(PageFaults.ContextOf(http, "/desk").To("/desk/reports"));
    }

    private MailReport? Find(string number) => number.Length <= NumberLengthMax ? parts.Reports.Find(number.ToUpperInvariant()) : null;

    internal static ImmutableArray<ShownCampaign> Campaigns(ImmutableArray<MailReport> reports)
    {
        var byNumber = reports.ToDictionary(report => report.Number);
        return
        [
            .. Campaign.Group(reports.Select(report => new ReportedMail(report.Number, report.ReceivedAt, report.Traits)))
                .Select(campaign => new ShownCampaign(campaign, [.. campaign.Reports.Reverse().Select(mail => byNumber[mail.Report])])),
        ];
    }

    /// <summary>Every byte of the header as one letter, so that nothing in it is lost or joined.</summary>
    internal static string HeaderOf(byte[] raw) => MailMessage.Parse(BroughtMail.Open(raw).Message) is MessageParse.Parsed(var message)
        ? StrangersText.Lines(Encoding.Latin1.GetString(message.Raw.Span[..(message.Raw.Length - message.Body.Length)]), HeaderLengthMax)
        : "";
}
