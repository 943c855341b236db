using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shonin.Specs;

namespace Shonin.Journeys.Doors;

/// <summary>
/// Debian's nginx with the very configuration that the README shows, but for addresses and file names: on ports of its own of the loopback,
/// with a certificate made for it.
/// </summary>
internal sealed class NginxServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-nginx-").FullName;
    private readonly int plainPort = FreePort();
    private readonly int encryptedPort = FreePort();
    private Process? process;

    public Uri Plain => new($"http://127.0.0.1:{plainPort}");

    public Uri Encrypted => new($"https://127.0.0.1:{encryptedPort}");

    public static async Task<NginxServer> StartAsync(Uri shop)
    {
        Assert.True(File.Exists("/usr/sbin/nginx"), "This journey needs Debian's nginx. Install it: apt-get install nginx-light.");
        var server = new NginxServer();
        await server.ConfigureAsync(shop);
        server.process = Process.Start(
            new ProcessStartInfo("/usr/sbin/nginx", ["-p", server.folder, "-c", "nginx.conf", "-e", "error.log"])
        )!;
        using var timeout = new CancellationTokenSource(Waits.Most);
        while (!await server.AnswersAsync(timeout.Token))
        {
            Assert.False(server.process.HasExited, "nginx ended");
            timeout.Token.ThrowIfCancellationRequested();
        }
        return server;
    }

    /// <summary>A client at this address of the loopback network.</summary>
    public static HttpClient ClientAt(string address, Uri server)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=shop.example.jp";
        return new(handler) { BaseAddress = server };
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        Directory.Delete(folder, recursive: true);
    }

    private async Task ConfigureAsync(Uri shop)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=shop.example.jp",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(folder, "shop.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "shop.key"), key.ExportPkcs8PrivateKeyPem());
        string[] temporary = ["client_body_temp_path", "proxy_temp_path", "fastcgi_temp_path", "uwsgi_temp_path", "scgi_temp_path"];
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            daemon off;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            worker_processes 1;
            pid nginx.pid;
            error_log error.log crit;
            events { worker_connections 1024; }
            http {
            {{string.Join('\n', temporary.Select(name => $"{name} {name};"))}}
            {{Exchange(Shown(),
                ("listen 80;", $"listen 127.0.0.1:{plainPort};"), ("listen 443 ssl http2;", $"listen 127.0.0.1:{encryptedPort} ssl http2;"),
                ("/etc/ssl/shop.example.jp.pem", "shop.pem"), ("/etc/ssl/shop.example.jp.key", "shop.key"), ("http://127.0.0.1:8580", shop.GetLeftPart(UriPartial.Authority)))}}
            }
            """
        );
    }

    /// <summary>The README's block; what the journey exchanges in it must stand there.</summary>
    private static string Shown()
    {
        var readme = Repository.Read("README.md");
        const string Begin = "```nginx\n";
        var from = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return readme[from..readme.IndexOf("```", from, StringComparison.Ordinal)];
    }

    private static string Exchange(string text, params IReadOnlyList<(string Shown, string Here)> pairs)
    {
        foreach (var (shown, here) in pairs)
        {
            Assert.Contains(shown, text, StringComparison.Ordinal);
            text = text.Replace(shown, here, StringComparison.Ordinal);
        }
        return text;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, encryptedPort, cancellation);
            return true;
        }
        catch (SocketException)
        {
            await Task.Delay(20, cancellation);
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
