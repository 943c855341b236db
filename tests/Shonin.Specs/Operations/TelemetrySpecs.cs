using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Shonin.Operations;
using Shonin.Settings;

namespace Shonin.Specs.Operations;

/// <summary>What is sent to a collector of OpenTelemetry, over a real connection.</summary>
[RealParts]
public sealed class TelemetrySpecs
{
    private static readonly TimeSpan endsWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_collector_gets_every_instrument_under_the_name_that_metrics_has()
    {
        await using var collector = await Collector.OpenAsync();
        using var metrics = new Metrics([new("shonin_things_waiting", "Things that wait.", () => 3)]);
        using var telemetry = Telemetry.Send(new($"{collector.Address}/otlp"));
        metrics.Count("POST", "/v1/orders/{id}", 201, TimeSpan.FromMilliseconds(100));
        Assert.True(telemetry.ForceFlush());
        var (path, type, body) = Assert.Single(collector.Received);
        Assert.Equal(("/otlp/v1/metrics", "application/x-protobuf"), (path, type));
        string[] told =
        [
            "shonin",
            Metrics.MeterName,
            "/v1/orders/{id}",
            "shonin_http_requests_total",
            "shonin_http_request_seconds",
            "shonin_things_waiting",
        ];
        Assert.All(told, text => Assert.Contains(text, body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_environment_has_no_say_in_it()
    {
        const string Name = "OTEL_RESOURCE_ATTRIBUTES",
            Headers = "OTEL_EXPORTER_OTLP_HEADERS";
        Environment.SetEnvironmentVariable(Name, "said.by=environment");
        Environment.SetEnvironmentVariable(Headers, "said-by=environment");
        try
        {
            await using var collector = await Collector.OpenAsync();
            using var metrics = new Metrics([]);
            using var telemetry = Telemetry.Send(new(collector.Address));
            metrics.Count("GET", "/health", 200, TimeSpan.Zero);
            Assert.True(telemetry.ForceFlush());
            Assert.DoesNotContain("said.by", Assert.Single(collector.Received).Body, StringComparison.Ordinal);
            Assert.DoesNotContain("said-by", collector.HeaderNames);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Name, null);
            Environment.SetEnvironmentVariable(Headers, null);
        }
    }

    [Fact]
    public void A_collector_that_is_not_there_or_says_nothing_holds_up_the_end_for_seconds_only()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        foreach (var address in new[] { "http://127.0.0.1:1", $"http://{silent.LocalEndpoint}" })
        {
            using var metrics = new Metrics([]);
            var telemetry = Telemetry.Send(new(address));
            metrics.Count("GET", "/health", 200, TimeSpan.Zero);
            var startedAt = Stopwatch.GetTimestamp();
            telemetry.Dispose();
            Assert.InRange(Stopwatch.GetElapsedTime(startedAt), TimeSpan.Zero, endsWithin);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:4318", true)]
    [InlineData("https://collector.example.jp/otlp", true)]
    [InlineData("", true)]
    [InlineData("collector:4318", false)]
    [InlineData("grpc://collector:4317", false)]
    [InlineData("https://user:password@collector.example.jp", false)]
    [InlineData("https://collector.example.jp?key=1", false)]
    public void A_collector_is_a_web_address_without_secrets(string text, bool isTaken) =>
        Assert.Equal(isTaken, KnownSettings.TelemetryOtlpEndpoint.Accepts([text]));

    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<(string Path, string? Type, string Body)> Received { get; } = new();
        public ConcurrentBag<string> HeaderNames { get; } = [];
        public string Address => app.Urls.First();

        public static async Task<Collector> OpenAsync()
        {
            RealParts.Open();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var collector = new Collector(app);
            app.Run(collector.TakeAsync);
            await app.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext http)
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            foreach (var name in http.Request.Headers.Keys)
                HeaderNames.Add(name);
            Received.Enqueue((http.Request.Path, http.Request.ContentType, Encoding.Latin1.GetString(body.ToArray())));
        }
    }
}
