using OpenTelemetry.Metrics;
using Shonin.Notices;
using Shonin.Settings;
using Shonin.Web;

namespace Shonin.Operations;

/// <summary>
/// What those who run the server need: API keys and the watch over all files of keys, <c>/health</c>, <c>/metrics</c>, the audit trail.
/// </summary>
internal sealed class OperationsModule : IModule, IDisposable
{
    private readonly KeyWatch keyWatch;
    private readonly MeterProvider? telemetry;

    public OperationsModule(House house, NoticeKeys noticeKeys, IReadOnlyList<IModule> businesses)
    {
        ApiKeys = new ApiKeys(house.Files.Folder, house.Clock);
        keyWatch = new KeyWatch(ApiKeys, noticeKeys.Dkim.Book, house.Files.Keys, house.Audit, house.Clock, house.Log);
        keyWatch.Look();
        house.Health.Asked = [.. house.Health.Asked, .. businesses.SelectMany(module => module.Asked)];
        Metrics = new Metrics([.. businesses.SelectMany(module => module.Gauges)]);
        telemetry = house.Settings.Of(KnownSettings.TelemetryOtlpEndpoint) is { } collector ? Telemetry.Send(collector) : null;
        Gate = new Gate(
            ApiKeys,
            new RequestRate(house.Settings.Of(KnownSettings.RequestsPerSecond), house.Settings.Of(KnownSettings.RequestBurst), house.Clock),
            house.Audit,
            house.Clock
        );
    }

    public ApiKeys ApiKeys { get; }
    public Metrics Metrics { get; }
    public Gate Gate { get; }

    public IEnumerable<Work> Works => [new("Watching the files of keys", keyWatch.RunAsync)];

    public void Dispose()
    {
        telemetry?.Dispose();
        Metrics.Dispose();
    }
}
