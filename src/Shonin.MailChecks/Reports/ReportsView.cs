using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.MailChecks;

/// <summary>A report as the view of all of them has it.</summary>
internal sealed record ListedReport(string Number, DateTimeOffset ReceivedAt, int SizeBytes, ReportState State);

/// <summary>Which reports there are, by the time at which they were received.</summary>
internal sealed class ReportsView : View
{
    internal const string Kept = "kept/";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web);

    public override string Name => "reports";

    public override int Version => 1;

    public static ListedReport ReportOf(ViewRow row) => JsonSerializer.Deserialize<ListedReport>(row.Value, json)!;

    public override ValueTask ApplyAsync(StoredEvent happened, ViewChanges rows) =>
        ReportKind.NumberOf(happened.Stream) is { } number ? ApplyAsync(number, ReportKind.Read(happened), rows) : ValueTask.CompletedTask;

    private static async ValueTask ApplyAsync(string number, ReportFact happened, ViewChanges rows)
    {
        switch (happened)
        {
            case ReportFact.Kept kept:
                var place = string.Create(CultureInfo.InvariantCulture, $"{Kept}{kept.ReceivedAt.ToUnixTimeMilliseconds():D15}/{number}");
                rows.Put(PlaceOf(number), place);
                rows.Put(place, JsonSerializer.Serialize(new ListedReport(number, kept.ReceivedAt, kept.SizeBytes, ReportState.New), json));
                break;
            case ReportFact.Handled:
                if (await RowOfAsync(number, rows) is { } listed)
                    rows.Put(listed.Key, JsonSerializer.Serialize(ReportOf(listed) with { State = ReportState.Handled }, json));
                break;
            case ReportFact.Deleted:
                if (await RowOfAsync(number, rows) is { } ended)
                {
                    rows.Remove(ended.Key);
                    rows.Remove(PlaceOf(number));
                }
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Null for a report that is not listed any more.</summary>
    private static async ValueTask<ViewRow?> RowOfAsync(string number, ViewChanges rows) =>
        await rows.FindAsync(PlaceOf(number)) is { } place && await rows.FindAsync(place) is { } value ? new ViewRow(place, value) : null;

    /// <summary>Where a report's row stands.</summary>
    private static string PlaceOf(string number) => $"place-of/{number}";
}
