using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Shonin.Journeys.Rest;

/// <summary>A card company and a merchant as processes of their own, on free ports, over a data folder that ends with them.</summary>
public sealed class RunningHouse : IAsyncLifetime
{
    private static readonly TimeSpan startingTimeout = TimeSpan.FromSeconds(30);

    private readonly string folder = Directory.CreateTempSubdirectory("shonin-journey-").FullName;
    private Process? cardCompany;
    private Process? merchant;
    private string cardNetwork = "";

    public HttpClient Client { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        (cardCompany, var said) = await StartAsync("card network on ", "card-company", "--data", Path.Combine(folder, "cc"), "--listen", "127.0.0.1:0", "--urls", "http://127.0.0.1:0");
        cardNetwork = said.Trim();
        await StartMerchantAsync();
    }

    /// <summary>Ends the merchant as a power cut would, and starts it again on the same folder.</summary>
    public async Task KillAndRestartMerchantAsync()
    {
        merchant!.Kill();
        await merchant.WaitForExitAsync();
        await StartMerchantAsync();
    }

    public async Task<string> StoreCardAsync(string number)
    {
        var (_, card) = await SendAsync(HttpMethod.Post, "/v1/cards", null, $$"""{"number":"{{number}}","expiry":"2035-12","securityCode":"123","holder":"TARO YAMADA"}""");
        return (string)card["id"]!;
    }

    /// <param name="key">The Idempotency-Key, or null for none.</param>
    public async Task<(int Status, JsonNode Body)> SendAsync(HttpMethod method, string path, string? key, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Client.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var process in new[] { merchant, cardCompany })
        {
            if (process is null)
                continue;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartMerchantAsync()
    {
        var data = Path.Combine(folder, "merchant");
        (merchant, var said) = await StartAsync(
            "ready on ", "serve", "--data", data, "--card-network", cardNetwork, "--urls", "http://127.0.0.1:0",
            "--Approval:AnswerTimeout", "00:00:05", "--Approval:NoticeAfter", "00:00:01");
        var made = JsonNode.Parse(await RunAsync("keys", "create", "--data", data, "--name", "journey", "--scope", "all", "--json"))!;
        Client.Dispose();
        Client = new() { BaseAddress = new Uri(said.Trim()) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)made["key"]!);
    }

    /// <summary>Starts a verb that stays up, and reads its output up to the line with <paramref name="sign"/>; what stands behind that is returned.</summary>
    private static async Task<(Process Process, string Said)> StartAsync(string sign, params string[] arguments)
    {
        var process = Process.Start(Shonin(arguments))!;
        using var timeout = new CancellationTokenSource(startingTimeout);
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.IndexOf(sign, StringComparison.Ordinal) is var at and >= 0)
            {
                // Whoever stops reading would stop the process once the pipe is full.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return (process, line[(at + sign.Length)..]);
            }
        }
        throw new InvalidOperationException($"shonin {arguments[0]} ended: {await process.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Shonin(arguments))!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    private static ProcessStartInfo Shonin(string[] arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, "shonin"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
