using Microsoft.Extensions.Logging.Abstractions;
using Shonin.CardCompany.Export;
using Shonin.CardCompany.Host;
using Shonin.CardNetwork.Link;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;

namespace Shonin.Simulation;

/// <summary>How hard the world is, drawn from the seed.</summary>
internal sealed record WorldFaults(LineFaults Line, double MerchantCrash, double CardCompanyCrash, double MailAnswerLost)
{
    public static readonly WorldFaults None = new(LineFaults.None, 0, 0, 0);

    public static WorldFaults From(Random random) =>
        new(
            new LineFaults(Upto(random, 0.15), Upto(random, 0.1), Upto(random, 0.1), Upto(random, 0.02), Upto(random, 0.02)),
            Upto(random, 0.01),
            Upto(random, 0.005),
            Upto(random, 0.1)
        );

    private static double Upto(Random random, double most) => random.Next(3) == 0 ? 0 : random.NextDouble() * most;
}

/// <summary>Merchant, line, card company and customers, on one thread and one clock.</summary>
internal sealed class World
{
    private readonly byte[] fingerprintKey = new byte[32];
    private readonly SimulatedLine line;
    private readonly SimulatedProcess nature;
    private readonly List<string> notes = [];
    private CardCompanyHost? host;
    private ExportKeys? exportKeys;

    /// <summary>The key that the card company gave the shop last; null while it is not known which one that is.</summary>
    private string? liveExportKey;
    private bool isKeyBeingIssued;
    private int outages;
    private bool isCrashPlanned;
    private SimulatedProcess hostProcess = null!;

    public World(int seed, int orders)
    {
        Random = new Random(seed);
        // ten minutes before midnight in Tokyo
        Scheduler = new Scheduler(Random, new DateTimeOffset(2026, 11, 24, 14, 50, 0, TimeSpan.Zero));
        Clock = new VirtualTime(Scheduler);
        nature = Scheduler.NewProcess("nature");
        Faults = WorldFaults.From(Random);
        IdleOrderCountMax = Random.Next(4) == 0 ? 8 : 1024;
        Checks = new Checks(this);
        line = new SimulatedLine(Scheduler, Random, Policy.AnswerTimeout, Checks.FrameSent) { Faults = Faults.Line };
        Merchant = new SimulatedMerchant(this);
        Cards = new SimulatedCards(orders);
        Customers = new Customers(this, orders);
        Askers = new Askers(this);
        Reporters = new Reporters(this);
        Points = new Points(this);
    }

    public Random Random { get; }
    public Scheduler Scheduler { get; }
    public TimeProvider Clock { get; }
    public WorldFaults Faults { get; private set; }
    public Checks Checks { get; }

    /// <summary>Some merchants forget what they do not use at once, and read it again from the log.</summary>
    public int IdleOrderCountMax { get; }
    public SimulatedMerchant Merchant { get; }
    public Customers Customers { get; }
    public Askers Askers { get; }
    public Reporters Reporters { get; }
    public Points Points { get; }
    public SimulatedCards Cards { get; }
    public InMemoryEventStore CardCompanyDisk { get; } = new();
    public IReadOnlyList<string> Notes => notes;

    public ApprovalPolicy Policy { get; } =
        new()
        {
            AnswerTimeout = TimeSpan.FromSeconds(2),
            NoticeAfter = TimeSpan.FromSeconds(1),
            RetryAfter = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(600)],
            Deadline = TimeSpan.FromHours(1),
            ReminderEvery = TimeSpan.FromMinutes(20),
            ReversalRepeatAfter = TimeSpan.FromSeconds(3),
            CaptureRepeatAfter = TimeSpan.FromSeconds(3),
            ClosingPatience = TimeSpan.FromMinutes(10),
            SettlePatience = TimeSpan.FromMinutes(15),
            // What is not shipped runs out once after the storm, and is asked again.
            AuthorizationValidity = TimeSpan.FromMinutes(100),
            ExpiryWarning = TimeSpan.FromMinutes(10),
            // Few cards pay for everybody here, and most of them are refused.
            Tries = new()
            {
                TriesPerCardMax = 40,
                TriesPerShopHour = 100_000,
                ConfirmPause = TimeSpan.FromSeconds(1),
            },
        };

    public LinkOptions LinkOptions { get; } =
        new()
        {
            Address = "simulated:1",
            SignOnTimeout = TimeSpan.FromSeconds(2),
            EchoAfter = TimeSpan.FromSeconds(20),
            EchoTimeout = TimeSpan.FromSeconds(2),
            ReconnectAfter = TimeSpan.FromSeconds(1),
            ReconnectAfterMax = TimeSpan.FromSeconds(10),
        };

    public void Fill(Span<byte> buffer) => Random.NextBytes(buffer);

    public TimeSpan FlushTime() => TimeSpan.FromTicks(Random.Next(200, 20_000));

    public CrashPoint NextMerchantCrash()
    {
        var chance = isCrashPlanned && Faults.MerchantCrash > 0 ? 1 : Faults.MerchantCrash;
        isCrashPlanned = false;
        return NextCrash(chance);
    }

    /// <summary>In worlds whose merchant dies at all, it dies at its next write: what is rarely done would rarely meet a crash.</summary>
    public void CrashAtNextWrite() => isCrashPlanned = true;

    /// <summary>After each durable write of the merchant.</summary>
    public void Committed(IReadOnlyList<Append> batch, IReadOnlyList<AppendResult> results)
    {
        Checks.Committed(batch, results);
        for (var index = 0; index < batch.Count; index++)
        {
            if (results[index] is not AppendResult.Committed)
                continue;
            Askers.Checks.Committed(batch[index]);
            Reporters.Checks.Committed(batch[index]);
            Points.Checks.Committed(batch[index]);
        }
    }

    public void Note(string what) => notes.Add($"{Scheduler.Now:HH:mm:ss.fff} {what}");

    public void OnFault(Exception fault)
    {
        Note($"fault: {fault.Message}");
        Checks.Broken($"A fault reached the host: {fault.GetType().Name}: {fault.Message}\n{fault.StackTrace}");
    }

    public void Later(TimeSpan delay, Action what) =>
        new SimulatedTimer(Scheduler, nature, _ => what(), null).Change(delay, Timeout.InfiniteTimeSpan);

    public Stream? Connect(SimulatedProcess merchant)
    {
        if (!line.IsUp || host is not { } serving || !hostProcess.IsAlive)
            return null;
        var (near, far) = line.Connect(merchant, hostProcess);
        hostProcess.Start(
            async () =>
            {
                await serving.ServeConnectionAsync(far, "merchant", CancellationToken.None);
                await far.DisposeAsync();
            },
            OnFault
        );
        return near;
    }

    /// <summary>Plays the whole story; what is broken stands in <see cref="Checks"/>.</summary>
    public void Run()
    {
        StartCardCompany();
        Merchant.Start();
        Customers.Start();
        Askers.Start();
        Reporters.Start();
        PlanOutages();
        PlanExportKeys();
        var end = Scheduler.Now + Customers.Span + Policy.Deadline;
        RunUntil(end);

        // The storm is over: whatever is still open must now come to its end by itself.
        (Faults, line.Faults, line.IsUp) = (WorldFaults.None, LineFaults.None, true);
        RunUntil(end + Policy.Deadline + TimeSpan.FromHours(1));
        for (var minutes = 0; minutes < 60 && Checks.Orders.Any(IsUnderway); minutes++)
            RunUntil(Scheduler.Now + TimeSpan.FromMinutes(1));
        ExpectExportKeyOpens();
        Reporters.LookAtTheEnd();
        Points.LookAtTheEnd();
        RunUntil(Scheduler.Now + TimeSpan.FromMinutes(1));
        // A world that stopped at a broken promise never came to its end: what is missing then says nothing more.
        if (Checks.Problems.Count > 0)
            return;
        Checks.AtEnd();
        Askers.AtEnd();
        Reporters.AtEnd();
        Points.AtEnd();
    }

    /// <summary>Something is on its way that ends within seconds once nothing goes wrong any more.</summary>
    private static bool IsUnderway(Order order) =>
        order.Standing is Standing.AwaitingApproval or Standing.Closing
        || order.AttemptInFlight is not null
        || order.Attempts.Any(attempt => attempt.IsReversing)
        || order.Shipments.Any(shipment => shipment.CaptureIsOutstanding);

    private void RunUntil(DateTimeOffset end)
    {
        while (Checks.Problems.Count == 0 && Scheduler.Step(end)) { }
    }

    private void StartCardCompany()
    {
        hostProcess = Scheduler.NewProcess("card company");
        hostProcess.Start(
            async () =>
            {
                var store = new CrashingStore(
                    CardCompanyDisk,
                    Clock,
                    FlushTime,
                    () => NextCrash(Faults.CardCompanyCrash),
                    KillCardCompany,
                    (_, _) => { }
                );
                host = await CardCompanyHost.StartAsync(
                    store,
                    new CardCompanySettings(Cards.Accounts, fingerprintKey),
                    Clock,
                    NullLogger.Instance
                );
                exportKeys = await ExportKeys.OpenAsync(host, Clock, OnFault);
            },
            OnFault
        );
    }

    private void KillCardCompany()
    {
        Note("card company killed");
        (host, exportKeys, isKeyBeingIssued) = (null, null, false);
        hostProcess.Kill();
        Later(TimeSpan.FromSeconds(1 + Random.Next(30)), StartCardCompany);
    }

    /// <summary>Outages of a second, of minutes, and now and then of most of a hold's life.</summary>
    private void PlanOutages()
    {
        var at = TimeSpan.Zero;
        while (Random.Next(3) != 0)
        {
            at += Customers.Span * Random.NextDouble();
            var length = TimeSpan.FromSeconds(Math.Pow(10, Random.NextDouble() * 3.5));
            Later(at, () =>
            {
                outages++;
                line.IsUp = false;
                Note($"line down for {length.TotalSeconds:0} s");
            });
            Later(at + length, () =>
            {
                outages--;
                line.IsUp = outages == 0;
                Note("outage over");
            });
        }
    }

    /// <summary>A new key ends the one before, unless its answer is lost: then it is not known which one opens.</summary>
    private void PlanExportKeys()
    {
        while (Random.Next(4) != 0)
        {
            Later(Customers.Span * Random.NextDouble(), () =>
            {
                if (exportKeys is not { } keys || isKeyBeingIssued)
                    return;
                (liveExportKey, isKeyBeingIssued) = (null, true);
                hostProcess.Start(async () => (liveExportKey, isKeyBeingIssued) = (await keys.IssueAsync(Shop), false), OnFault);
            });
        }
    }

    private void ExpectExportKeyOpens()
    {
        if (exportKeys is { } keys && liveExportKey is { } key)
        {
            hostProcess.Start(
                async () =>
                {
                    if (!await keys.OpensAsync(key, Shop))
                        Checks.Broken("The key of the export that was given last does not open it");
                },
                OnFault
            );
        }
    }

    private MerchantIdentity Shop => new(LinkOptions.Acquirer, LinkOptions.Merchant);

    private CrashPoint NextCrash(double chance) =>
        Random.NextDouble() >= chance ? CrashPoint.None
        : Random.Next(2) == 0 ? CrashPoint.BeforeWrite
        : CrashPoint.AfterWrite;
}
