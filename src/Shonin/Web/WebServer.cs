using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Shonin.Contacts;
using Shonin.EventLog.Secrets;
using Shonin.Hours;
using Shonin.Operations;
using Shonin.Settings;

namespace Shonin.Web;

/// <summary>
/// The HTTP server around REST and pages: limits, headers, who the client is, and an answer to everything that goes wrong.
/// </summary>
internal static class WebServer
{
    /// <summary>
    /// Kestrel's own category; it warns of each connection that is one too many, and whoever opens them would fill the log.
    /// </summary>
    private const string KestrelConnections = "Microsoft.AspNetCore.Server.Kestrel.Connections";
    private const int HeadersSizeBytesMax = 16_384;
    private const int HeaderCountMax = 64;
    private const int RequestLineSizeBytesMax = 4_096;
    private static readonly string[] programPaths = ["/v1", "/openapi", "/health", "/metrics"];
    private const int StreamsPerConnectionMax = 64;
    private static readonly TimeSpan headersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan keepAliveTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan pingEvery = TimeSpan.FromSeconds(30);

    /// <summary>How long a sender or reader may be below the slowest rate before it is cut off.</summary>
    private static readonly TimeSpan slowGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan shutdownTimeout = TimeSpan.FromSeconds(10);

    public static WebApplication Build(SettingValues settings, TimeProvider clock)
    {
        var builder = NewBuilder(settings);
        builder.Services.AddSingleton(settings.MerchantProfile());
        builder.Services.AddSingleton(new ShopHours(settings.OpeningHours()));
        builder.Services.AddSingleton(clock);
        ContactHub.AddTo(builder.Services);
        return builder.Build();
    }

    /// <summary>A builder that reads no file, environment or argument of its own: settings come from our table alone.</summary>
    public static WebApplicationBuilder NewBuilder(SettingValues settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "shonin", EnvironmentName = Environments.Production });
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffzzz ";
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(options =>
            options.LogToStandardErrorThreshold = LogLevel.Trace
        );
        builder.Logging.SetMinimumLevel(LevelOf(settings.Of(KnownSettings.LogLevel)));
        // The framework's request lines hold addresses, and a customer's link is a secret; its failure to start is told by the verb.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Logging.AddFilter(KestrelConnections, LogLevel.Error);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdownTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel, settings);
            Listeners.Open(kestrel, settings);
        });
        OpenApi.Add(builder.Services);
        return builder;
    }

    /// <summary>What surrounds every request; the endpoints come after it.</summary>
    public static void UseAround(WebApplication app, SettingValues settings, Metrics metrics, TimeProvider clock)
    {
        var boundary = new TrustBoundary(settings.Trust());
        var publicUrl = settings.PublicUrl();
        var publicAddress = publicUrl.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? PublicAddress.Encrypted
            : PublicAddress.Plain;
        var doorkeeper = new Doorkeeper(publicUrl, publicAddress, app.Logger);
        var uploads = new Uploads(settings.UploadLimits(), clock);
        var refused = new RefusedBodies(
            (route, reason, count) =>
                app.Logger.LogInformation("Bodies refused at {Route} since it was last said: {Count}, {Reason}", route, count, reason),
            clock
        );
        app.Use((http, next) => CountAsync(http, next, metrics, clock));
        app.Use((http, next) => RecogniseAsync(http, next, boundary, publicAddress));
        app.Use(ProtectAsync);
        app.Use(AnswerHeadAsync);
        app.Use((http, next) => FaultAnswers.CatchAsync(http, next, refused, app.Logger));
        app.UseStatusCodePages(TellAsync);
        app.UseRouting();
        app.Use(doorkeeper.GuardAsync);
        app.Use(uploads.GuardAsync);
    }

    public static void MapOwn(WebApplication app, Metrics metrics, ServerHealth health)
    {
        app.MapGet("/health", async (HttpContext http) =>
            {
                var view = await health.LookAsync(http.RequestAborted);
                return Results.Json(
                    view,
                    ApiJson.Options,
                    statusCode: view.Status == Health.Up ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable
                );
            })
            .At(Door.Any)
            .IsOpenToPlainHttp();
        app.MapGet("/metrics", (HttpContext http) =>
                Client.Of(http).IsThisMachine || !ListenerDoors.Of(http).HasFlag(Door.Web)
                    ? Results.Text(metrics.Write(), PrometheusText.ContentType)
                    : new Problem(
                        ProblemCode.Forbidden,
                        "Metrics are told to this machine alone; put the collector beside the server, or give them a listener of their own with Web:OperationsUrls."
                    )
            )
            .At(Door.Operations)
            .IsOpenToPlainHttp();
        OpenApi.Map(app).IsOpenToPlainHttp();
    }

    private static void Limit(KestrelServerOptions kestrel, SettingValues settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = settings.Of(KnownSettings.BodySizeBytesMax);
        kestrel.Limits.MaxRequestHeadersTotalSize = HeadersSizeBytesMax;
        kestrel.Limits.MaxRequestHeaderCount = HeaderCountMax;
        kestrel.Limits.MaxRequestLineSize = RequestLineSizeBytesMax;
        kestrel.Limits.RequestHeadersTimeout = headersTimeout;
        kestrel.Limits.KeepAliveTimeout = keepAliveTimeout;
        var slowest = new MinDataRate(settings.Of(KnownSettings.BytesPerSecondMin), slowGrace);
        kestrel.Limits.MinRequestBodyDataRate = slowest;
        kestrel.Limits.MinResponseDataRate = slowest;
        // RFC 9113 section 5.1.2; resets beyond it end the connection
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
        kestrel.Limits.Http2.KeepAlivePingDelay = pingEvery;
        kestrel.Limits.MaxConcurrentConnections = settings.Of(KnownSettings.ConnectionsMax);
        kestrel.Limits.MaxConcurrentUpgradedConnections = settings.Of(KnownSettings.ConnectionsMax);
        if (settings.Of(KnownSettings.WebCertificatePath) is { } path)
        {
            var certificate = CertificateFile.Read(path);
            kestrel.ConfigureHttpsDefaults(https =>
                (https.ServerCertificate, https.ServerCertificateChain) = (certificate[0], certificate)
            );
        }
    }

    private static async Task CountAsync(HttpContext http, RequestDelegate next, Metrics metrics, TimeProvider clock)
    {
        var startedAt = clock.GetTimestamp();
        await next(http);
        metrics.Count(
            http.Request.Method,
            (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText,
            http.Response.StatusCode,
            clock.GetElapsedTime(startedAt)
        );
    }

    private static Task RecogniseAsync(HttpContext http, RequestDelegate next, TrustBoundary boundary, PublicAddress publicAddress)
    {
        var client = boundary.Recognise(http);
        http.Features.Set(client);
        http.Features.Set(new CookieRules(client, publicAddress));
        return next(http);
    }

    /// <summary>
    /// HEAD is answered wherever GET is, with the same headers (RFC 9110 section 9.3.2): it is routed as GET, and the server, which knows
    /// what was asked, sends no body.
    /// </summary>
    private static async Task AnswerHeadAsync(HttpContext http, RequestDelegate next)
    {
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await next(http);
            return;
        }
        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
        }
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
        if (CookieRules.Of(http).AreSecure)
            headers.StrictTransportSecurity = "max-age=31536000"; // RFC 6797 section 6.1.1: a year
        return next(http);
    }

    /// <summary>Gives a body to what routing and the framework turn away with a bare status.</summary>
    private static Task TellAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var problem = http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new Problem(
                ProblemCode.NotFound,
                "There is nothing at this address; /openapi/v1.json lists what there is."
            ),
            StatusCodes.Status405MethodNotAllowed => new(
                ProblemCode.MethodNotAllowed,
                $"This address takes {http.Response.Headers.Allow}, not {http.Request.Method}."
            ),
            StatusCodes.Status415UnsupportedMediaType => new(
                ProblemCode.UnsupportedMediaType,
                $"Send the body as JSON, with the header Content-Type: {RequestBody.Json}."
            ),
            StatusCodes.Status413PayloadTooLarge => FaultAnswers.TooLarge,
            >= 400 and < 500 => new(ProblemCode.Malformed, "The request cannot be read."),
            _ => null,
        };
        return problem is not null && IsForPrograms(http) ? problem.ExecuteAsync(http) : Task.CompletedTask;
    }

    /// <summary>Whether a program reads the answer; everything else is a page, and its faults are pages.</summary>
    public static bool IsForPrograms(HttpContext http) => programPaths.Any(path => http.Request.Path.StartsWithSegments(path));

    private static LogLevel LevelOf(LogLevelName name) =>
        name switch
        {
            LogLevelName.Error => LogLevel.Error,
            LogLevelName.Warning => LogLevel.Warning,
            LogLevelName.Information => LogLevel.Information,
            LogLevelName.Debug => LogLevel.Debug,
        };
}
