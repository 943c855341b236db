using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Shonin.CardNetwork.Vault;
using Shonin.EventLog.Secrets;
using Shonin.Screens;
using Shonin.Settings;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Shonin.Inbound;

/// <summary>What <c>/health</c> tells.</summary>
internal enum Health { Up, Down }

/// <param name="Status">Down while nothing can be written.</param>
/// <param name="CardNetwork">Down while no connection is signed on: orders are taken, and wait.</param>
internal sealed record HealthView(Health Status, Health CardNetwork);

/// <summary>The HTTP server around REST and pages: limits, headers, and an answer to everything that goes wrong.</summary>
internal static class WebServer
{
    private const int HeadersSizeBytesMax = 16_384;
    private const int HeaderCountMax = 64;
    private const int RequestLineSizeBytesMax = 4_096;
    private static readonly string[] ProgramPaths = ["/v1", "/openapi", "/health", "/metrics"];
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A builder that reads no file, environment or argument of its own: settings come from our table alone.</summary>
    public static WebApplicationBuilder NewBuilder(SettingValues settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "shonin", EnvironmentName = Environments.Production });
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffzzz ";
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LevelOf(settings.Of(KnownSettings.LogLevel)));
        // The framework's request lines hold addresses, and a customer's link is a secret; its failure to start is told by the verb.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls([.. settings.Of(KnownSettings.WebUrls).Select(url => url.GetLeftPart(UriPartial.Authority))]);
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, settings));
        OpenApi.Add(builder.Services);
        return builder;
    }

    /// <summary>What surrounds every request; the endpoints come after it.</summary>
    public static void UseAround(WebApplication app, Metrics metrics, TimeProvider clock)
    {
        app.Use((http, next) => CountAsync(http, next, metrics, clock));
        app.Use(ProtectAsync);
        app.Use((http, next) => CatchAsync(http, next, app.Logger));
        app.UseStatusCodePages(TellAsync);
        app.UseRouting();
    }

    public static void MapOwn(WebApplication app, Metrics metrics, Func<HealthView> health)
    {
        app.MapGet("/health", () =>
        {
            var view = health();
            return Results.Json(view, ApiJson.Options, statusCode: view.Status == Health.Up ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
        app.MapGet("/metrics", (HttpContext http) => http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            ? Results.Text(metrics.Write(), Metrics.ContentType)
            : new Problem(ProblemCode.Forbidden, "Metrics are told to this machine alone; put the collector beside the server."));
        app.MapOpenApi(OpenApi.Route);
    }

    private static void Limit(KestrelServerOptions kestrel, SettingValues settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = settings.Of(KnownSettings.BodySizeBytesMax);
        kestrel.Limits.MaxRequestHeadersTotalSize = HeadersSizeBytesMax;
        kestrel.Limits.MaxRequestHeaderCount = HeaderCountMax;
        kestrel.Limits.MaxRequestLineSize = RequestLineSizeBytesMax;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = KeepAliveTimeout;
        kestrel.Limits.MaxConcurrentConnections = settings.Of(KnownSettings.ConnectionsMax);
        kestrel.Limits.MaxConcurrentUpgradedConnections = settings.Of(KnownSettings.ConnectionsMax);
        if (settings.Of(KnownSettings.WebCertificatePath) is { } path)
        {
            var certificate = CertificateFile.Read(path);
            kestrel.ConfigureHttpsDefaults(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate[0], certificate));
        }
    }

    private static async Task CountAsync(HttpContext http, RequestDelegate next, Metrics metrics, TimeProvider clock)
    {
        var startedAt = clock.GetTimestamp();
        await next(http);
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        metrics.Count(http.Request.Method.Length <= 7 ? http.Request.Method : "other", route, http.Response.StatusCode, clock.GetElapsedTime(startedAt));
    }

    /// <summary>Headers for whatever answers; a page that needs a wider policy sets its own.</summary>
    private static Task ProtectAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        if (http.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000"; // RFC 6797 section 6.1.1: a year
        return next(http);
    }

    private static async Task CatchAsync(HttpContext http, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there any more to read an answer.
        }
        catch (Exception fault) when (!http.Response.HasStarted) // The host loop: every fault becomes an answer without a trace.
        {
            var problem = ProblemOf(fault, http, logger);
            await (IsForPrograms(http) ? problem : CustomerPages.Broken(http)).ExecuteAsync(http);
        }
    }

    private static Problem ProblemOf(Exception fault, HttpContext http, ILogger logger)
    {
        switch (fault)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new(ProblemCode.BodyTooLarge, "The body is too large; Limits:BodySizeBytesMax says how large it may be.");
            case BadHttpRequestException unreadable:
                return new(ProblemCode.Malformed, $"The request cannot be read: {unreadable.Message}");
            case VaultUnavailableException unavailable:
                return new(ProblemCode.StorageUnavailable, unavailable.Message) { RetryAfter = TimeSpan.FromSeconds(1) };
            default:
                var reference = Activity.Current?.Id ?? http.TraceIdentifier;
                logger.LogError(fault, "{Method} {Route} failed; reference {Reference}", http.Request.Method, (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText, reference);
                return new(ProblemCode.InternalError, $"Something broke on our side. Quote {reference} to whoever runs this server; sending the same request again with the same Idempotency-Key is safe.");
        }
    }

    /// <summary>Gives a body to what routing and the framework turn away with a bare status.</summary>
    private static Task TellAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var problem = http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new Problem(ProblemCode.NotFound, "There is nothing at this address; /openapi/v1.json lists what there is."),
            StatusCodes.Status405MethodNotAllowed => new(ProblemCode.MethodNotAllowed, $"This address takes {http.Response.Headers.Allow}, not {http.Request.Method}."),
            StatusCodes.Status415UnsupportedMediaType => new(ProblemCode.UnsupportedMediaType, $"Send the body as JSON, with the header Content-Type: {RequestBody.Json}."),
            StatusCodes.Status413PayloadTooLarge => new(ProblemCode.BodyTooLarge, "The body is too large; Limits:BodySizeBytesMax says how large it may be."),
            >= 400 and < 500 => new(ProblemCode.Malformed, "The request cannot be read."),
            _ => null,
        };
        return problem is not null && IsForPrograms(http) ? problem.ExecuteAsync(http) : Task.CompletedTask;
    }

    /// <summary>Whether a program reads the answer; everything else is a page, and its faults are pages.</summary>
    private static bool IsForPrograms(HttpContext http) => ProgramPaths.Any(path => http.Request.Path.StartsWithSegments(path));

    private static LogLevel LevelOf(LogLevelName name) => name switch
    {
        LogLevelName.Error => LogLevel.Error,
        LogLevelName.Warning => LogLevel.Warning,
        LogLevelName.Information => LogLevel.Information,
        LogLevelName.Debug => LogLevel.Debug,
    };
}
