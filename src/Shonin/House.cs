using System.Security.Cryptography;
using Shonin.Audit;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant.Orders;
using Shonin.Operations;
using Shonin.Settings;
using Shonin.Streams;

namespace Shonin;

/// <summary>What a business of the merchant brings beside its endpoints and pages.</summary>
internal interface IModule
{
    /// <summary>What <c>/health</c> asks it.</summary>
    IEnumerable<(HealthArea Area, ServerHealth.AskPart Ask)> Asked => [];

    /// <summary>What <c>/metrics</c> tells of it.</summary>
    IEnumerable<Gauge> Gauges => [];

    /// <summary>What runs beside the requests for as long as the server does.</summary>
    IEnumerable<Work> Works => [];
}

/// <summary>
/// What every module stands on: the data folder with its log, the settings, the clock, the server's own log and its health.
/// </summary>
internal sealed class House : IAsyncDisposable
{
    private readonly SqliteEventStore store;
    private readonly AuditTrail trail;

    private House(
        SettingValues settings,
        LogFiles files,
        SqliteEventStore store,
        OwnedLog ownedLog,
        AuditTrail trail,
        TimeProvider clock,
        ILogger log
    )
    {
        (Settings, Files, this.store, OwnedLog, this.trail, Clock, Log) = (settings, files, store, ownedLog, trail, clock, log);
        Audit = new MerchantAudit(trail);
        Views = new SqliteViewStore(PathOf("views.db"));
        Health = new ServerHealth { Asked = ServerHealth.PartsOf(store) };
    }

    public SettingValues Settings { get; }
    public LogFiles Files { get; }
    public IEventStore Store => store;
    public OwnedLog OwnedLog { get; }

    /// <summary>Where the views of all modules are kept.</summary>
    public SqliteViewStore Views { get; }
    public MerchantAudit Audit { get; }
    public ServerHealth Health { get; }
    public TimeProvider Clock { get; }
    public ILogger Log { get; }

    /// <summary>Keys that what the log holds was made with: lost beside orders, they are not made anew.</summary>
    public required KeyNeed KeysOfOrders { get; init; }

    /// <exception cref="LogUnusableException">The folder or its log cannot be used; the message says what to do.</exception>
    public static async Task<House> OpenAsync(SettingValues settings, TimeProvider clock, ILogger log, CancellationToken cancellation)
    {
        var files = new LogFiles(settings.Of(KnownSettings.StorageFolder), Composition.LogName);
        foreach (var note in OwnerOnlyFolder.Open(files.Folder).Concat(settings.Unfinished()))
            log.LogWarning("{Note}", note);
        var store = await SqliteEventStore.OpenAsync(files, clock, cancellation);
        OwnedLog? ownedLog = null;
        try
        {
            ownedLog = await OwnedLog.TakeAsync(store, cancellation);
            var ports = new TakeOverPorts(ownedLog, files.Keys, clock, fault =>
                log.LogError(fault, "A file of an earlier version met a fault while it was taken over")
            );
            foreach (var told in await FormerFiles.TakeOverAsync(files.Folder, ports, cancellation))
                log.LogInformation("{Told}", told);
            var hasOrders = await OrderReader.HasAnyAsync(store, cancellation);
            var trail = await AuditTrail.OpenAsync(
                new(ownedLog, RandomNumberGenerator.GetBytes, clock) { OnTrouble = why => log.LogError("{Why}", why) },
                cancellation
            );
            return new House(settings, files, store, ownedLog, trail, clock, log)
            {
                KeysOfOrders = hasOrders ? KeyNeed.ForDataThatExist : KeyNeed.None,
            };
        }
        catch
        {
            if (ownedLog is not null)
                await ownedLog.DisposeAsync();
            await store.DisposeAsync();
            throw;
        }
    }

    public string PathOf(string name) => Path.Combine(Files.Folder, name);

    public async ValueTask DisposeAsync()
    {
        Views.Dispose();
        await trail.DisposeAsync();
        await OwnedLog.DisposeAsync();
        await store.DisposeAsync();
    }
}
