using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace Shonin.Operations;

/// <summary>A number of the process that is read when somebody asks for it.</summary>
internal sealed record Gauge(string Name, string Help, Func<long> Read);

/// <summary>
/// What the server measures: the instruments of one meter. <c>/metrics</c> tells them as text; whoever listens to the meter hears the same.
/// </summary>
internal sealed class Metrics : IDisposable
{
    public const string MeterName = "Shonin";

    /// <summary>What stands for every method that is none of these, and every path that is no route of ours.</summary>
    public const string Other = "other";

    private static readonly FrozenSet<string> methods = new[] { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" }.ToFrozenSet(
        StringComparer.Ordinal
    );

    /// <summary>Seconds: those of OpenTelemetry's http.server.request.duration, and what the wait for the card company may add.</summary>
    private static readonly InstrumentAdvice<double> times = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60],
    };

    private readonly Meter meter = new(MeterName);
    private readonly PrometheusText text;
    private readonly Counter<long> requests;
    private readonly Histogram<double> requestSeconds;

    public Metrics(IReadOnlyList<Gauge> gauges)
    {
        text = new PrometheusText(meter);
        requests = meter.CreateCounter<long>("shonin_http_requests_total", description: "HTTP requests answered.");
        requestSeconds = meter.CreateHistogram(
            "shonin_http_request_seconds",
            unit: "s",
            description: "Time that requests took, the wait for the card company included.",
            tags: null,
            advice: times
        );
        foreach (var gauge in gauges)
            meter.CreateObservableGauge(gauge.Name, gauge.Read, description: gauge.Help);
    }

    /// <summary>
    /// Series are from a closed set: methods that are known, our own routes, and statuses that we give. No client can make one.
    /// </summary>
    /// <param name="method">As it was sent: a client may write anything there.</param>
    /// <param name="route">The route's template, never the path itself: ids would make a series each. Null where no route took the
    ///   request.</param>
    public void Count(string method, string? route, int status, TimeSpan took)
    {
        KeyValuePair<string, object?> byRoute = new("route", route ?? Other);
        KeyValuePair<string, object?> byMethod = new("method", methods.Contains(method) ? method : Other);
        KeyValuePair<string, object?> byStatus = new("status", status);
        requests.Add(1, byRoute, byMethod, byStatus);
        requestSeconds.Record(took.TotalSeconds, byRoute, byMethod, byStatus);
    }

    /// <summary>As <see cref="PrometheusText.ContentType"/>.</summary>
    public string Write() => text.Write();

    public void Dispose()
    {
        text.Dispose();
        meter.Dispose();
    }
}
