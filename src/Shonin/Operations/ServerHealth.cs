using System.Globalization;
using Shonin.EventLog.Sqlite;
using Shonin.Streams;

namespace Shonin.Operations;

/// <summary>What <c>/health</c> tells.</summary>
internal enum Health
{
    Up,
    Down,
}

/// <summary>Where something is wrong.</summary>
internal enum HealthArea
{
    Log,
    HeadsFile,
    Vault,
    MailFolder,
    Orders,
    Views,
    BackgroundWork,
    OpeningHours,
}

/// <param name="What">Cause and remedy, for whoever runs the server; nothing in it that a stranger must not read.</param>
internal sealed record HealthProblem(HealthArea Area, string What);

/// <param name="Status">Down while nothing can be written: orders cannot be taken.</param>
/// <param name="CardNetwork">Down while no connection is signed on: orders are taken, and wait.</param>
/// <param name="Mail">Down while mail does not leave: notices are written, and wait.</param>
/// <param name="MailNotLeavingSince">Since when; null while it leaves.</param>
/// <param name="Problems">What somebody should look at; also what keeps no order from being taken.</param>
internal sealed record HealthView(
    Health Status,
    Health CardNetwork,
    Health Mail,
    DateTimeOffset? MailNotLeavingSince,
    IReadOnlyList<HealthProblem> Problems
);

/// <summary>
/// What is wrong at this moment, gathered when somebody asks. A part either is asked itself (the log tries a write) or leaves here what
/// went wrong the last time, until it goes well again.
/// </summary>
internal sealed class ServerHealth
{
    private static readonly TimeSpan knownGoodFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan knownBadFor = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly SortedDictionary<(HealthArea Area, string Part), string> noted = [];

    /// <summary>Asks a part: null where nothing is wrong with it.</summary>
    public delegate ValueTask<string?> AskPart(CancellationToken cancellation);

    /// <summary>Parts that are asked, each about its own area.</summary>
    public IReadOnlyList<(HealthArea Area, AskPart Ask)> Asked { get; set; } = [];

    public Func<Health> CardNetwork { get; set; } = () => Health.Down;

    /// <summary>Since when mail does not leave, or null.</summary>
    public Func<DateTimeOffset?> MailNotLeavingSince { get; set; } = () => null;

    /// <param name="part">Several parts may share an area.</param>
    public void Note(HealthArea area, string part, string what)
    {
        lock (gate)
            noted[(area, part)] = what;
    }

    public void Clear(HealthArea area, string part)
    {
        lock (gate)
            noted.Remove((area, part));
    }

    public async Task<HealthView> LookAsync(CancellationToken cancellation)
    {
        var problems = new List<HealthProblem>();
        foreach (var (area, ask) in Asked)
        {
            if (await ask(cancellation) is { } what)
                problems.Add(new(area, what));
        }

        lock (gate)
            problems.AddRange(noted.Select(note => new HealthProblem(note.Key.Area, note.Value)));
        var mailSince = MailNotLeavingSince();
        return new(
            problems.Any(problem => KeepsOrdersOut(problem.Area)) ? Health.Down : Health.Up,
            CardNetwork(),
            mailSince is null ? Health.Up : Health.Down,
            mailSince,
            problems
        );
    }

    /// <summary>Without the log no order can be taken, without the vault no card.</summary>
    private static bool KeepsOrdersOut(HealthArea area) =>
        area switch
        {
            HealthArea.Log or HealthArea.Vault => true,
            HealthArea.HeadsFile
            or HealthArea.MailFolder
            or HealthArea.Orders
            or HealthArea.Views
            or HealthArea.BackgroundWork
            or HealthArea.OpeningHours => false,
        };

    /// <summary>
    /// A part that is looked at by writing is not looked at again for ten seconds where all was well, else for one: anybody may ask for the
    /// server's health.
    /// </summary>
    public static AskPart Seldom(Func<string?> look, TimeProvider clock)
    {
        var gate = new Lock();
        (long At, string? What)? last = null;
        return _ =>
        {
            lock (gate)
            {
                if (last is not { } known || clock.GetElapsedTime(known.At) >= (known.What is null ? knownGoodFor : knownBadFor))
                    last = known = (clock.GetTimestamp(), look());
                return ValueTask.FromResult(known.What);
            }
        };
    }

    /// <summary>What is found through a view: whether it is still being built, and whether events are missing from it.</summary>
    /// <param name="what">What may be missing meanwhile: "a search by mail address may miss older orders".</param>
    public static (HealthArea Area, AskPart Ask) PartOf(Func<CancellationToken, ValueTask<ViewProgress>> progress, string what)
    {
        return (HealthArea.Views, AskAsync);

        async ValueTask<string?> AskAsync(CancellationToken cancellation)
        {
            var (doneCount, allCount, isWhole, passedOverCount) = await progress(cancellation);
            if (!isWhole && doneCount < allCount)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Being built from the log: {doneCount:N0} of {allCount:N0} events. Until then {what}."
                );
            }

            return passedOverCount == 0
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Events that could not be read: {passedOverCount}; {what}. The server's log names them; shonin log verify looks into it."
                );
        }
    }

    /// <summary>The log: whether it can be written, and whether its heads can.</summary>
    public static IReadOnlyList<(HealthArea Area, AskPart Ask)> PartsOf(SqliteEventStore store) =>
        [(HealthArea.Log, store.TryWritingAsync), (HealthArea.HeadsFile, _ => ValueTask.FromResult(store.WitnessProblem))];
}
