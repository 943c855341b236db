using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Shonin.Journeys.Doors;

/// <summary>The merchant as a process of its own, on a free port, with no card company behind it.</summary>
internal sealed class ServedShop(Process process, Uri address, string folder, string logPath) : IAsyncDisposable
{
    public Uri Address => address;

    /// <summary>Files and sockets that the process has open.</summary>
    public int OpenCount => Directory.GetFileSystemEntries($"/proc/{process.Id}/fd").Length;

    public static async Task<ServedShop> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-doors-").FullName;
        var logPath = Path.GetTempFileName();
        // The process's own end closes it.
        var log = new FileStream(logPath, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var (process, said) = await ShoninProcess.StartAsync(
            "ready on ",
            [],
            [
                "serve",
                "--data",
                folder,
                "--card-network",
                "127.0.0.1:1",
                "--urls",
                "http://127.0.0.1:0",
                "--MailCheck:Dns",
                "offline",
                .. settings,
            ],
            log
        );
        return new(process, new(said["ready on "].Trim()), folder, logPath);
    }

    /// <summary>What the log on standard error says so far.</summary>
    public async Task<string> ReadLogAsync()
    {
        await using var file = new FileStream(logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }

    public async Task<string> NewKeyAsync() =>
        (string)
            JsonNode.Parse(
                await ShoninProcess.RunAsync("keys", "create", "--data", folder, "--name", "journey", "--scope", "all", "--json")
            )!["key"]!;

    public static HttpRequestMessage CardRequest(string key) =>
        new(HttpMethod.Post, "/v1/cards")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
            Content = new StringContent(
                """{"number":"4242424242424242","expiry":"2035-12","securityCode":"123"}""",
                Encoding.UTF8,
                "application/json"
            ),
        };

    public async ValueTask DisposeAsync()
    {
        await ShoninProcess.KillAsync(process);
        Directory.Delete(folder, recursive: true);
        File.Delete(logPath);
    }
}
