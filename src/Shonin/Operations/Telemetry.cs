using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Shonin.Operations;

/// <summary>Sends what <see cref="Metrics"/> measures to a collector, by OTLP over HTTP, once a minute and at the end.</summary>
internal static class Telemetry
{
    private const string MetricsPath = "v1/metrics"; // OpenTelemetry protocol 1.9, section "OTLP/HTTP request"
    private const int SendEveryMs = 60_000;

    /// <summary>Also what a collector that does not answer may add to the end of the server.</summary>
    private const int SendTimeoutMs = 2_000;

    /// <param name="collector">The collector's base address.</param>
    /// <returns>Sends until it is disposed of. Whether anything arrives is seen at the collector alone.</returns>
    public static MeterProvider Send(Uri collector)
    {
        ArgumentNullException.ThrowIfNull(collector);
        return Sdk.CreateMeterProviderBuilder()
            // The SDK would read the environment; what is set stands in our settings alone.
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()))
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("shonin", autoGenerateServiceInstanceId: false))
            .AddMeter(Metrics.MeterName)
            .AddOtlpExporter(
                (exporter, reader) =>
                {
                    exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                    exporter.Endpoint = new Uri($"{collector.AbsoluteUri.TrimEnd('/')}/{MetricsPath}");
                    exporter.TimeoutMilliseconds = SendTimeoutMs;
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = SendEveryMs;
                    reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = SendTimeoutMs;
                }
            )
            .Build();
    }
}
