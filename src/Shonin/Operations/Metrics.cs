using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Shonin.Operations;

/// <summary>A number of the process that is read when somebody asks for it.</summary>
internal sealed record Gauge(string Name, string Help, Func<long> Read);

/// <summary>What <c>/metrics</c> tells, in the text format of Prometheus (version 0.0.4).</summary>
internal sealed class Metrics(IReadOnlyList<Gauge> gauges)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>What stands for every method that is none of these, and every path that is no route of ours.</summary>
    public const string Other = "other";

    private static readonly FrozenSet<string> methods = new[] { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" }.ToFrozenSet(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<(string Method, string Route, int Status), Series> requests = new();

    private sealed class Series
    {
        public long Count;
        public long Ticks;
    }

    /// <summary>Series are from a closed set: methods that are known, our own routes, and statuses that we give. No client can make one.</summary>
    /// <param name="method">As it was sent: a client may write anything there.</param>
    /// <param name="route">The route's template, never the path itself: ids would make a series each. Null where no route took the request.</param>
    public void Count(string method, string? route, int status, TimeSpan took)
    {
        var series = requests.GetOrAdd((methods.Contains(method) ? method : Other, route ?? Other, status), _ => new());
        Interlocked.Increment(ref series.Count);
        Interlocked.Add(ref series.Ticks, took.Ticks);
    }

    public string Write()
    {
        var text = new StringBuilder();
        var counted = requests.OrderBy(one => one.Key.Route, StringComparer.Ordinal).ThenBy(one => one.Key.Method, StringComparer.Ordinal).ThenBy(one => one.Key.Status).ToList();
        Head(text, "shonin_http_requests_total", "counter", "HTTP requests answered.");
        foreach (var ((method, route, status), series) in counted)
            text.Append(CultureInfo.InvariantCulture, $"shonin_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {Interlocked.Read(ref series.Count)}\n");
        Head(text, "shonin_http_request_seconds", "summary", "Time that requests took, the wait for the card company included.");
        foreach (var ((method, route, status), series) in counted)
        {
            var labels = string.Create(CultureInfo.InvariantCulture, $"{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
            text.Append(CultureInfo.InvariantCulture, $"shonin_http_request_seconds_sum{labels} {TimeSpan.FromTicks(Interlocked.Read(ref series.Ticks)).TotalSeconds}\n");
            text.Append(CultureInfo.InvariantCulture, $"shonin_http_request_seconds_count{labels} {Interlocked.Read(ref series.Count)}\n");
        }
        foreach (var gauge in gauges)
        {
            Head(text, gauge.Name, "gauge", gauge.Help);
            text.Append(CultureInfo.InvariantCulture, $"{gauge.Name} {gauge.Read()}\n");
        }
        return text.ToString();
    }

    private static void Head(StringBuilder text, string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
}
