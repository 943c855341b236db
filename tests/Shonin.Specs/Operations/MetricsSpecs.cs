using Shonin.Operations;

namespace Shonin.Specs.Operations;

/// <summary>Whatever clients send, what <c>/metrics</c> tells does not grow with it.</summary>
public sealed class MetricsSpecs
{
    [Fact]
    public void Methods_and_paths_that_clients_think_of_make_no_series_of_their_own()
    {
        var metrics = new Metrics([]);
        for (var request = 0; request < 1_000; request++)
            metrics.Count($"M{request}", null, 405, TimeSpan.Zero);
        metrics.Count("get", "/health", 405, TimeSpan.Zero);
        metrics.Count("GET\"} 1\nevil", "/health", 405, TimeSpan.Zero);
        metrics.Count("GET", "/health", 200, TimeSpan.FromSeconds(1.5));
        Assert.Equal(
            """
            # HELP shonin_http_requests_total HTTP requests answered.
            # TYPE shonin_http_requests_total counter
            shonin_http_requests_total{method="GET",route="/health",status="200"} 1
            shonin_http_requests_total{method="other",route="/health",status="405"} 2
            shonin_http_requests_total{method="other",route="other",status="405"} 1000

            """,
            metrics.Write()[..metrics.Write().IndexOf("# HELP shonin_http_request_seconds", StringComparison.Ordinal)]);
    }
}
