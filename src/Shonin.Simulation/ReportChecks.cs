using System.Text.Json;
using Shonin.EventLog;
using Shonin.MailChecks;

namespace Shonin.Simulation;

/// <summary>
/// What is promised to those who report a mail: it is one report under a number that is no other's; it is kept whole until an agent deletes
/// it or its time is over, and not a byte longer; it is refused only where there is no room; and the list says what the log says.
/// </summary>
internal sealed class ReportChecks(World world)
{
    /// <summary>Alarms look at the clock every half minute.</summary>
    private static readonly TimeSpan alarmLateMax = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Report> reports = [];
    private readonly HashSet<string> toBeHandled = [];
    private readonly HashSet<string> toBeDeleted = [];
    private ReportKind? kind;

    /// <param name="Name">Of the mail, as the reporter's note says it.</param>
    private sealed record Report(string Number, string Name, DateTimeOffset ReceivedAt)
    {
        public bool IsHandled { get; set; }
        public bool IsDeleted { get; set; }
    }

    /// <param name="WasWhole">Whether the list was known to be whole.</param>
    /// <param name="LiveCount">Reports that there were then.</param>
    /// <param name="AllCount">Those of all times.</param>
    internal sealed record Asked(bool WasWhole, int LiveCount, int AllCount);

    public IReadOnlyList<string> Numbers => [.. reports.Keys];

    public void Committed(Append append)
    {
        if (ReportKind.NumberOf(append.Stream) is not { } number)
            return;
        kind ??= new ReportKind(Limits.KeptFor);
        var isNew = false;
        foreach (var written in append.Events)
        {
            switch (kind.Load(new StoredEvent(0, append.Stream, 0, append.At, written.Type, written.Payload, default)))
            {
                case ReportFact.Kept kept:
                    isNew = true;
                    Begun(number, kept, append);
                    break;
                case ReportFact.Handled:
                    Handled(number);
                    break;
                case ReportFact.Deleted:
                    Deleted(number, append.At);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        if (append.Documents.Count > 0 && !isNew)
            world.Checks.Broken($"What is kept of {number} was written over");
    }

    public Asked BeginAsking(bool isWhole) => new(isWhole, Live(world.Scheduler.Now).Count(), reports.Count);

    /// <summary>A reporter was told the number.</summary>
    /// <returns>When its time is over.</returns>
    public DateTimeOffset Kept(string name, string number)
    {
        var report = reports.GetValueOrDefault(number);
        if (report is null)
            world.Checks.Broken($"{name} was acknowledged as {number}, which the log does not know");
        else if (report.Name != name)
            world.Checks.Broken($"{name} was acknowledged as {number}, which is {report.Name}");
        return (report?.ReceivedAt ?? world.Scheduler.Now) + Limits.KeptFor;
    }

    /// <summary>A reporter was told that there is no room.</summary>
    public void WasFull(string name, Asked asked)
    {
        if (asked.WasWhole && asked.LiveCount + reports.Count - asked.AllCount < Limits.CountMax)
            world.Checks.Broken($"{name} was refused with {asked.LiveCount} of {Limits.CountMax} reports");
    }

    /// <summary>An agent is about to handle it, or to delete it.</summary>
    public void Wants(string number, bool isToGo) => (isToGo ? toBeDeleted : toBeHandled).Add(number);

    /// <summary>The agent was told that it is so.</summary>
    public void IsSo(string number, bool isToGo)
    {
        var report = reports[number];
        if (!report.IsDeleted && (isToGo || !report.IsHandled))
            world.Checks.Broken($"{number} was said to be {(isToGo ? "deleted" : "handled")}, and the log does not say so");
    }

    /// <summary>What the desk shows.</summary>
    public void Listed(ReportList list, int newCount)
    {
        var live = Live(world.Scheduler.Now)
            .OrderByDescending(report => report.ReceivedAt.ToUnixTimeMilliseconds())
            .ThenByDescending(report => report.Number, StringComparer.Ordinal)
            .ToList();
        if (!list.IsWhole)
            world.Checks.Broken("The list of reports is not whole at the end");
        var (shown, durable) = (
            string.Join(", ", list.Reports.Select(report => $"{report.Number} {report.State}")),
            string.Join(", ", live.Select(report => $"{report.Number} {StateOf(report)}"))
        );
        if (shown != durable)
            world.Checks.Broken($"The list of reports says: {shown}; and the log: {durable}");
        if (newCount != live.Count(report => !report.IsHandled))
            world.Checks.Broken($"{newCount} reports are said to be new, of: {durable}");
    }

    /// <summary>What is read of one.</summary>
    public void Shown(string number, MailReport? found, ReportedContent? content)
    {
        var report = reports[number];
        if (!Live(world.Scheduler.Now).Contains(report))
        {
            if (found is not null || content is not null)
                world.Checks.Broken($"{number} is over and still shown");
        }
        else if (
            found is null
            || (found.Words.Note, found.State) != (report.Name, StateOf(report))
            || content is null
            || !content.Message.AsSpan().SequenceEqual(Reporters.MailOf(report.Name))
        )
        {
            world.Checks.Broken($"{number} is not shown as {report.Name} was reported: {found}");
        }
    }

    public void AtEnd()
    {
        foreach (var report in reports.Values)
        {
            if (!report.IsDeleted && report.ReceivedAt + Limits.KeptFor + alarmLateMax <= world.Scheduler.Now)
                world.Checks.Broken($"{report.Number} is kept for longer than it may be");
            string[] documents =
            [
                ReportKind.DescribedIdOf(report.Number),
                ReportKind.TextIdOf(report.Number),
                ReportKind.PartIdOf(report.Number, 0),
            ];
            if (Array.Find(documents, document => IsKept(document) == report.IsDeleted) is { } wrong)
                world.Checks.Broken($"{wrong} is {(report.IsDeleted ? "still kept" : "lost")}");
        }
    }

    private ReportLimits Limits => world.Reporters.Limits;

    private void Begun(string number, ReportFact.Kept kept, Append append)
    {
        var described = append.Documents.FirstOrDefault(document => document.Id == ReportKind.DescribedIdOf(number));
        if (described is null || JsonSerializer.Deserialize<MailReport>(described.Content.Span) is not { Words.Note: var name })
        {
            world.Checks.Broken($"{number} was kept without a description");
            return;
        }
        if (reports.Values.Any(report => report.Name == name))
            world.Checks.Broken($"{name} was reported once and is kept twice");
        if (!reports.TryAdd(number, new Report(number, name, kept.ReceivedAt)))
            world.Checks.Broken($"{number} was given to {name} and to {reports[number].Name}");
        if (Live(append.At).Count() > Limits.CountMax)
            world.Checks.Broken($"There are more than {Limits.CountMax} reports");
    }

    private void Handled(string number)
    {
        var report = reports[number];
        if (!toBeHandled.Contains(number) || report.IsHandled || report.IsDeleted)
            world.Checks.Broken($"{number} was handled by nobody, or twice");
        report.IsHandled = true;
    }

    private void Deleted(string number, DateTimeOffset at)
    {
        var report = reports[number];
        if (report.IsDeleted || (!toBeDeleted.Contains(number) && at < report.ReceivedAt + Limits.KeptFor))
            world.Checks.Broken($"{number} was deleted by nobody before its time, or twice");
        report.IsDeleted = true;
    }

    private IEnumerable<Report> Live(DateTimeOffset at) =>
        reports.Values.Where(report => !report.IsDeleted && report.ReceivedAt > at - Limits.KeptFor);

    private static ReportState StateOf(Report report) => report.IsHandled ? ReportState.Handled : ReportState.New;

    private bool IsKept(string document) =>
        world.Merchant.Disk.ReadDocumentAsync(document, CancellationToken.None).AsTask().GetAwaiter().GetResult() is not null;
}
