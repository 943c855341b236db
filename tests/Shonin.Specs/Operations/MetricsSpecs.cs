using Shonin.Operations;

namespace Shonin.Specs.Operations;

/// <summary>Whatever clients send, what <c>/metrics</c> tells does not grow with it.</summary>
public sealed class MetricsSpecs
{
    [Fact]
    public void Methods_and_paths_that_clients_think_of_make_no_series_of_their_own()
    {
        using var metrics = new Metrics([]);
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
            metrics.Write()[..metrics.Write().IndexOf("# HELP shonin_http_request_seconds", StringComparison.Ordinal)]
        );
    }

    [Fact]
    public void The_whole_text_stands_in_the_order_of_routes_and_its_sums_are_exact()
    {
        var waiting = 3L;
        using var metrics = new Metrics([new("shonin_things_waiting", "Things that wait.", () => waiting)]);
        metrics.Count("POST", "/v1/orders/{id}", 409, TimeSpan.FromTicks(1));
        metrics.Count("POST", "/v1/orders", 201, TimeSpan.FromMilliseconds(100));
        metrics.Count("POST", "/v1/orders", 201, TimeSpan.FromMilliseconds(200));
        metrics.Count("GET", "/v1/orders", 200, TimeSpan.FromMilliseconds(500));
        metrics.Count("GET", "/v1/orders", 200, TimeSpan.FromMilliseconds(500));
        metrics.Count("POST", "/v1/orders", 422, TimeSpan.Zero);
        metrics.Write();
        waiting = 4;
        Assert.Equal(
            """
            # HELP shonin_http_requests_total HTTP requests answered.
            # TYPE shonin_http_requests_total counter
            shonin_http_requests_total{method="GET",route="/v1/orders",status="200"} 2
            shonin_http_requests_total{method="POST",route="/v1/orders",status="201"} 2
            shonin_http_requests_total{method="POST",route="/v1/orders",status="422"} 1
            shonin_http_requests_total{method="POST",route="/v1/orders/{id}",status="409"} 1
            # HELP shonin_http_request_seconds Time that requests took, the wait for the card company included.
            # TYPE shonin_http_request_seconds summary
            shonin_http_request_seconds_sum{method="GET",route="/v1/orders",status="200"} 1
            shonin_http_request_seconds_count{method="GET",route="/v1/orders",status="200"} 2
            shonin_http_request_seconds_sum{method="POST",route="/v1/orders",status="201"} 0.3
            shonin_http_request_seconds_count{method="POST",route="/v1/orders",status="201"} 2
            shonin_http_request_seconds_sum{method="POST",route="/v1/orders",status="422"} 0
            shonin_http_request_seconds_count{method="POST",route="/v1/orders",status="422"} 1
            shonin_http_request_seconds_sum{method="POST",route="/v1/orders/{id}",status="409"} 1E-07
            shonin_http_request_seconds_count{method="POST",route="/v1/orders/{id}",status="409"} 1
            # HELP shonin_things_waiting Things that wait.
            # TYPE shonin_things_waiting gauge
            shonin_things_waiting 4

            """,
            metrics.Write()
        );
    }
}
