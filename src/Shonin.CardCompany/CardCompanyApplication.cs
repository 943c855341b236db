using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shonin.Audit;
using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.Desk;
using Shonin.CardCompany.Export;
using Shonin.CardCompany.Host;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.CardCompany;

/// <summary>
/// A whole card company: log, host, listener, desk and export. Disposing it stops it gracefully: what was read is still answered.
/// </summary>
public sealed class CardCompanyApplication : IAsyncDisposable
{
    private const string LogName = "card-company";
    private const int SecretBytes = 32;
    private const int BodyBytesMax = 16 * 1024;
    private static readonly TimeSpan headersTimeout = TimeSpan.FromSeconds(10);

    private readonly SqliteEventStore store;
    private readonly CardCompanyHost host;
    private readonly CardNetworkListener listener;
    private readonly WebApplication web;
    private readonly ECDsa exportKey;

    private CardCompanyApplication(
        SqliteEventStore store,
        CardCompanyHost host,
        CardNetworkListener listener,
        WebApplication web,
        ECDsa exportKey
    ) => (this.store, this.host, this.listener, this.web, this.exportKey) = (store, host, listener, web, exportKey);

    private AuditTrail Trail { get; init; } = null!;
    private ExportKeys ExportKeys { get; init; } = null!;

    /// <summary>Where the card network is listened to.</summary>
    public IPEndPoint CardNetwork => listener.EndPoint;

    /// <summary>The addresses of desk and export, with the real ports.</summary>
    public IReadOnlyList<string> Urls => [.. web.Urls];

    /// <summary>The file that holds the desk's key, mode 0600.</summary>
    public required string DeskKeyFile { get; init; }

    /// <summary>The desk's key itself, for a demo that signs in by itself.</summary>
    public required string DeskKey { get; init; }

    /// <summary>The public half of the key that signs exports.</summary>
    public required string ExportPublicKeyFile { get; init; }

    /// <summary>True where no accounts file was given.</summary>
    public required bool HasDemoAccounts { get; init; }

    /// <summary>Starts, says on <paramref name="output"/> what it is and where, and runs until cancelled.</summary>
    /// <returns>An exit code: 0, 64 or 65.</returns>
    public static async Task<int> RunAsync(CardCompanyOptions options, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        try
        {
            await using var running = await StartAsync(options, TimeProvider.System, cancellation);
            await output.WriteLineAsync(running.Introduction());
            await output.FlushAsync(cancellation);
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancellation.Register(() => stopped.TrySetResult()))
                await stopped.Task;
            await output.WriteLineAsync("card company: stopping, open requests are still answered");
            return 0;
        }
        catch (CardCompanyRefusedException refused)
        {
            await errors.WriteLineAsync($"shonin card-company: {refused.Message}");
            return refused.ExitCode;
        }
    }

    /// <exception cref="CardCompanyRefusedException">The options, a file or an address cannot be used.</exception>
    public static async Task<CardCompanyApplication> StartAsync(
        CardCompanyOptions options,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var address = AddressOf(options.Listen);
        var accounts = options.AccountsFile is { } file ? ReadAccounts(file) : DemoAccountsFor(options, address);
        var tls = Entrances.CardNetwork(options, address);
        var webCertificate = Entrances.Desk(options);
        var files = new LogFiles(options.DataFolder, LogName);
        var (store, foundOpen) = await OpenAsync(files, clock, cancellation);
        var begun = new Stack<IAsyncDisposable>([store]); // Undone, the latest first, where something later fails.
        try
        {
            var existing = (await store.ReadAllAsync(0, 1, cancellation)).Count > 0 ? KeyNeed.ForDataThatExist : KeyNeed.None;
            // whoever signs in reads it from its file
            var deskKey = Convert.ToHexStringLower(Key(files, "card-company-desk", KeyNeed.None));
            var deskKeyFile = WriteDeskKey(files.Keys, deskKey);
            var exportKey = ExportKey(files, existing);
            var settings = new CardCompanySettings(accounts, Key(files, "card-company-fingerprint", existing))
            {
                Encoding = options.Encoding,
                AuthorizationValidity = options.AuthorizationValidity,
                Limits = options.Limits,
            };
            var web = BuildWeb(options, webCertificate);
            begun.Push(web);
            var log = web.Services.GetRequiredService<ILoggerFactory>().CreateLogger(LogName);
            foreach (var note in foundOpen)
                log.LogWarning("{Note}", note);
            var host = await CardCompanyHost.StartAsync(store, settings, clock, log);
            begun.Push(host);
            var trail = await AuditTrail.OpenAsync(
                new(host.Log, RandomNumberGenerator.GetBytes, clock) { OnTrouble = why => log.LogError("{Why}", why) },
                cancellation
            );
            begun.Push(trail);
            var exportKeys = await ExportKeys.OpenAsync(host, clock, fault => log.LogError(fault, "A merchant's export key met a fault"));
            begun.Push(exportKeys);
            var desk = new DeskParts(
                host,
                new CardsAtDesk(host),
                new ComparedSecret(deskKey),
                exportKeys,
                new MerchantExport(host, clock),
                new ExportSigning(exportKey),
                new DeskAudit(trail)
            );
            DeskApi.Map(web, desk);
            DeskPages.Map(web, desk, new DeskSessions(clock));
            var listener = Listen(address, host, tls, clock, log);
            begun.Push(listener);
            await StartWebAsync(web, options.Urls, cancellation);
            return new CardCompanyApplication(store, host, listener, web, exportKey)
            {
                Trail = trail,
                ExportKeys = exportKeys,
                DeskKey = deskKey,
                DeskKeyFile = deskKeyFile,
                HasDemoAccounts = options.AccountsFile is null,
                ExportPublicKeyFile = Path.Combine(files.Keys.Path, "card-company-export.public.pem"),
            };
        }
        catch
        {
            foreach (var part in begun)
                await part.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        await web.DisposeAsync();
        await ExportKeys.DisposeAsync();
        await Trail.DisposeAsync();
        await host.DisposeAsync();
        await store.DisposeAsync();
        exportKey.Dispose();
    }

    private string Introduction()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"card company: card network on {CardNetwork}\n");
        text.Append(CultureInfo.InvariantCulture, $"card company: desk on {string.Join(", ", Urls.Select(url => url + "/desk"))}\n");
        text.Append(CultureInfo.InvariantCulture, $"card company: the desk's key is in {DeskKeyFile}\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"card company: exports are signed with {ExportPublicKeyFile}\n{exportKey.ExportSubjectPublicKeyInfoPem()}"
        );
        if (HasDemoAccounts)
            text.Append("\ncard company: these are the demo accounts, on loopback only; --accounts FILE takes others");
        return text.ToString();
    }

    /// <summary>Card numbers with their security codes: what others may have read is refused, as a key is.</summary>
    private static AccountBook ReadAccounts(string file)
    {
        var content = GivenFiles.ReadSecret("--accounts", file, AccountsFile.SizeBytesMax, "It must be a JSON array of accounts.");
        return AccountsFile.Parse(content) switch
        {
            AccountsRead.Read read => read.Book,
            AccountsRead.Faulty faulty => throw new CardCompanyRefusedException(
                CardCompanyRefusedException.UnreadableInput,
                string.Join('\n', faulty.Problems.Select(problem => $"{file}: {problem}"))
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Everybody knows the numbers and the security code of the demo cards: they are offered to this machine alone.</summary>
    private static AccountBook DemoAccountsFor(CardCompanyOptions options, IPEndPoint address) =>
        Entrances.AreOnThisMachine(options, address)
            ? DemoAccounts.Book
            : throw new CardCompanyRefusedException(
                CardCompanyRefusedException.BadUsage,
                "the demo accounts are served on loopback only: give --accounts FILE, or loopback addresses to --listen and --urls"
            );

    private static IPEndPoint AddressOf(string listen) =>
        IPEndPoint.TryParse(listen.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var address)
        && listen.Contains(':', StringComparison.Ordinal)
            ? address
            : throw new CardCompanyRefusedException(
                CardCompanyRefusedException.BadUsage,
                $"--listen {listen}: expected HOST:PORT, as in 127.0.0.1:8583"
            );

    /// <returns>The log, and what had been open to others.</returns>
    private static async Task<(SqliteEventStore Store, IReadOnlyList<string> FoundOpen)> OpenAsync(
        LogFiles files,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        try
        {
            var foundOpen = OwnerOnlyFolder.Open(files.Folder);
            return (await SqliteEventStore.OpenAsync(files, clock, cancellation), foundOpen);
        }
        catch (Exception unusable) when (unusable is LogUnusableException or KeyFileException or IOException or UnauthorizedAccessException)
        {
            throw new CardCompanyRefusedException(CardCompanyRefusedException.UnreadableInput, DiskFault.Describe(unusable));
        }
    }

    /// <summary>Merchants were given its public half, and believe no other.</summary>
    private static ECDsa ExportKey(LogFiles files, KeyNeed need)
    {
        try
        {
            return files.Keys.LoadOrCreateSigningKey("card-company-export", need);
        }
        catch (KeyFileException unusable)
        {
            throw new CardCompanyRefusedException(CardCompanyRefusedException.UnreadableInput, unusable.Message);
        }
    }

    private static byte[] Key(LogFiles files, string name, KeyNeed need)
    {
        try
        {
            return files.Keys.LoadOrCreate(name, SecretBytes, need);
        }
        catch (KeyFileException unusable)
        {
            throw new CardCompanyRefusedException(CardCompanyRefusedException.UnreadableInput, unusable.Message);
        }
    }

    /// <summary>The key as text, for whoever has to type or paste it.</summary>
    private static string WriteDeskKey(KeyFolder keys, string deskKey)
    {
        var file = Path.Combine(keys.Path, "card-company-desk.txt");
        OwnerOnly.Replace(file, Encoding.ASCII.GetBytes(deskKey));
        return file;
    }

    private static CardNetworkListener Listen(
        IPEndPoint address,
        CardCompanyHost host,
        CardNetworkTls? tls,
        TimeProvider clock,
        ILogger log
    )
    {
        try
        {
            return new CardNetworkListener(address, host, tls, clock, log);
        }
        catch (SocketException taken)
        {
            throw new CardCompanyRefusedException(
                CardCompanyRefusedException.BadUsage,
                $"--listen {address}: {taken.Message}. Give another port, or 0 for a free one."
            );
        }
    }

    private static WebApplication BuildWeb(CardCompanyOptions options, X509Certificate2Collection? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder
            .Logging.ClearProviders()
            .AddSimpleConsole(console => console.SingleLine = true)
            .SetMinimumLevel(LogLevel.Warning)
            // It warns of each connection that is one too many.
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Error);
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
                kestrel.Limits.MaxConcurrentConnections = options.WebConnectionsMax;
                kestrel.Limits.RequestHeadersTimeout = headersTimeout;
                if (certificate is not null)
                {
                    kestrel.ConfigureHttpsDefaults(https =>
                        (https.ServerCertificate, https.ServerCertificateChain) = (certificate[0], certificate)
                    );
                }
            });
        builder.Services.AddRateLimiter(limits =>
        {
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                RateLimitPartition.GetFixedWindowLimiter(
                    context.Connection.RemoteIpAddress is { } address ? NetworkSite.Of(address) : "",
                    _ => new FixedWindowRateLimiterOptions { PermitLimit = options.RequestsPerMinuteMax, Window = TimeSpan.FromMinutes(1) }
                )
            );
            limits.OnRejected = async (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = "60";
                await DeskApi
                    .Problem(
                        StatusCodes.Status429TooManyRequests,
                        "rateLimited",
                        $"At most {options.RequestsPerMinuteMax} requests a minute. Try again in a minute."
                    )
                    .ExecuteAsync(rejected.HttpContext);
            };
        });
        var web = builder.Build();
        web.UseRateLimiter();
        web.Use(DeskDoor.EnterAsync);
        return web;
    }

    private static async Task StartWebAsync(WebApplication web, string urls, CancellationToken cancellation)
    {
        try
        {
            foreach (var url in urls.Split(';'))
                web.Urls.Add(url);
            await web.StartAsync(cancellation);
        }
        catch (Exception refused) when (refused is IOException or SocketException or FormatException or InvalidOperationException)
        {
            throw new CardCompanyRefusedException(CardCompanyRefusedException.BadUsage, $"--urls {urls}: {refused.Message}");
        }
    }
}
