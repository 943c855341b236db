using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shonin.EventLog.Secrets;
using Shonin.Operations;

namespace Shonin.Demo;

/// <summary>What <c>demo.json</c> tells the scripts that wait for the demo.</summary>
internal sealed record DemoAddresses(
    string BaseUrl,
    string ApiKey,
    string AgentKey,
    string CardNetwork,
    string MailFolder,
    string DeskUrl,
    string CardCompanyUrl,
    string CardCompanyKey,
    IReadOnlyDictionary<string, int> Pids
);

/// <summary>Merchant, line and card company, each a process of its own, with no set-up.</summary>
internal sealed partial class DemoHouse : IAsyncDisposable
{
    public const string AddressesFile = "demo.json";

    /// <summary>Who answers customers in the demo, as they read it.</summary>
    internal const string AgentName = "渡辺";
    internal const string Acquirer = "100001";
    internal const string MerchantNumber = "SHONINSHOP";

    private readonly List<ChildProcess> processes = [];

    public required string Folder { get; init; }
    public DemoAddresses Addresses { get; private set; } = null!;
    public DemoPace Pace { get; private set; } = null!;

    public static async Task<DemoHouse> OpenAsync(string folder, int port, CancellationToken cancellation)
    {
        OwnerOnlyFolder.Open(folder);
        var house = new DemoHouse { Folder = folder };
        try
        {
            await house.StartAsync(port, cancellation);
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>The name of a process that has ended though nobody asked it to, or null.</summary>
    public bool IsWhole => processes.TrueForAll(process => !process.HasEnded);

    /// <summary>The merchant first, so that it signs off; then the line, then the card company.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var index = processes.Count - 1; index >= 0; index--)
            await processes[index].DisposeAsync();
        processes.Clear();
    }

    private async Task StartAsync(int port, CancellationToken cancellation)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        var cardCompany = Start(
            "card company",
            "card-company.log",
            "card-company",
            "--data",
            Folder,
            "--listen",
            "127.0.0.1:0",
            "--urls",
            "http://127.0.0.1:0"
        );
        var network = await cardCompany.SaysAsync(CardNetworkLine(), cancellation);
        Pace = DemoPace.Of(TimeProvider.System.GetElapsedTime(startedAt));
        var cardCompanyUrl = await cardCompany.SaysAsync(CardCompanyDeskLine(), cancellation);
        var deskKey = (await File.ReadAllTextAsync(await cardCompany.SaysAsync(DeskKeyLine(), cancellation), cancellation)).Trim();

        var line = Start("line", "line.log", "line", "--listen", "127.0.0.1:0", "--to", network, "--demo", Pace.Settings[0].Value);
        var lineAddress = await line.SaysAsync(LineListening(), cancellation);

        var exportKeyFile = await KeepExportKeyAsync(cardCompanyUrl, deskKey, cancellation);
        var apiKey = NewApiKey("demo", Scope.All);
        var agentKey = NewApiKey(AgentName, Scope.Admin);
        var merchant = Start(
            "merchant",
            "merchant.log",
            [
                "serve",
                "--data",
                Folder,
                "--urls",
                $"http://127.0.0.1:{port}",
                "--card-network",
                lineAddress,
                "--CardNetwork:Acquirer",
                Acquirer,
                "--CardNetwork:Merchant",
                MerchantNumber,
                "--CardCompany:ExportUrl",
                cardCompanyUrl,
                "--CardCompany:ExportKeyFile",
                exportKeyFile,
                "--CardCompany:PublicKeyFile",
                Path.Combine(Folder, "keys", "card-company-export.public.pem"),
                "--CardCompany:PullEvery",
                "00:00:00.500",
                "--Points:PerHundred",
                "1",
                "--Merchant:SupportOpen", // Whenever somebody plays it, an agent is there.
                "Mon-Sun 00:00-24:00",
                .. Pace.Settings.SelectMany(setting => new[] { $"--{setting.Setting}", setting.Value }),
            ]
        );
        var baseUrl = await merchant.SaysAsync(MerchantReady(), cancellation);
        Addresses = new(
            baseUrl,
            apiKey,
            agentKey,
            lineAddress,
            Path.Combine(Path.GetFullPath(Folder), "mail"),
            $"{baseUrl}/desk",
            cardCompanyUrl,
            deskKey,
            new Dictionary<string, int>
            {
                ["merchant"] = merchant.Id,
                ["line"] = line.Id,
                ["cardCompany"] = cardCompany.Id,
            }
        );
        await SignedOnAsync(baseUrl, cancellation);
        WriteAddresses();
    }

    /// <summary>The merchant serves before its link to the card company is signed on; the story begins once it is.</summary>
    internal static async Task SignedOnAsync(string baseUrl, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        await DemoShop.UntilAsync(
            "the merchant is signed on at the card company",
            () => http.GetFromJsonAsync<JsonElement>($"{baseUrl}/health", cancellation),
            health => health.GetProperty("cardNetwork").GetString() == "up",
            cancellation
        );
    }

    private ChildProcess Start(string name, string log, params IEnumerable<string> arguments)
    {
        var process = ChildProcess.Start(name, Path.Combine(Folder, log), arguments);
        processes.Add(process);
        return process;
    }

    private string NewApiKey(string name, Scope scope) =>
        new ApiKeys(Folder, TimeProvider.System).Create(name, [scope]) switch
        {
            Reading<(string Secret, ApiKey Key), string>.Read(var (secret, _)) => secret,
            Reading<(string Secret, ApiKey Key), string>.Refused(var why) => throw new CannotGoOnException(why),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>The card company gives the merchant a key for the export of the merchant's own requests.</summary>
    private async Task<string> KeepExportKeyAsync(string cardCompanyUrl, string deskKey, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{cardCompanyUrl}/v1/merchants/{Acquirer}/{MerchantNumber}/export-key"
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", deskKey);
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        var key = (await response.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("key").GetString()!;
        var file = Path.Combine(Folder, "keys", "card-company-export.key");
        OwnerOnly.Replace(file, System.Text.Encoding.ASCII.GetBytes(key));
        return file;
    }

    private void WriteAddresses() =>
        OwnerOnly.Replace(Path.Combine(Folder, AddressesFile), JsonSerializer.SerializeToUtf8Bytes(Addresses, JsonSerializerOptions.Web));

    [GeneratedRegex(@"^card company: card network on (\S+)")]
    internal static partial Regex CardNetworkLine();

    [GeneratedRegex(@"^card company: desk on (\S+?)/desk")]
    private static partial Regex CardCompanyDeskLine();

    [GeneratedRegex(@"^card company: the desk's key is in (.+)$")]
    private static partial Regex DeskKeyLine();

    [GeneratedRegex(@"^line: listening on ([^\s,]+)")]
    private static partial Regex LineListening();

    [GeneratedRegex(@"^shonin serve: ready on ([^\s,]+)")]
    internal static partial Regex MerchantReady();
}
