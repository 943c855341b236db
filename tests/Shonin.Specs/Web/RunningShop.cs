using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shonin.Operations;
using Shonin.Settings;

namespace Shonin.Specs.Web;

/// <summary>
/// The merchant as <c>shonin serve</c> puts it together, on a real server within this process, over a folder that ends with it. No card
/// company answers.
/// </summary>
internal sealed class RunningShop : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-serve-").FullName;
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource<WebApplication> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? serving;
    private WebApplication? app;

    public HttpClient Client { get; } =
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                SslOptions =
                {
                    RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=shop.example.jp",
                },
            }
        );

    /// <summary>The data folder.</summary>
    public string Folder => folder;

    /// <summary>What <c>shonin serve</c> writes for whoever started it.</summary>
    public StringWriter Output { get; } = new();

    public Uri Address => new(app!.Urls.First());

    /// <summary>Every address that it listens on, in the order of the settings.</summary>
    public IReadOnlyList<Uri> Addresses => [.. app!.Urls.Select(url => new Uri(url))];

    public IReadOnlyList<RouteEndpoint> Routes =>
        [.. app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    public static async Task<RunningShop> OpenAsync(params (string Name, string Value)[] settings)
    {
        RealParts.Open();
        var shop = new RunningShop();
        RsaKeys.Place(new(Path.Combine(shop.folder, "keys")), "r20260101", 0);
        var said = new List<Said>
        {
            Say("Storage:Folder", shop.folder),
            Say("Web:Urls", "http://127.0.0.1:0"),
            Say("CardNetwork:Address", "127.0.0.1:1"),
            Say("MailCheck:Dns", "offline"),
            Say("Log:Level", "error"),
        };
        foreach (var (name, value) in settings)
            said.Add(Say(name, value));
        var values = Assert.IsType<Reading<SettingValues, IReadOnlyList<string>>.Read>(SettingValues.From(said)).Value;
        shop.serving = Composition.ServeAsync(
            values,
            new(shop.Output, TextWriter.Null, new Hashtable()),
            shop.ending.Token,
            shop.opened.SetResult
        );
        if (await Task.WhenAny(shop.opened.Task, shop.serving) == shop.serving)
            await shop.serving;
        shop.app = await shop.opened.Task;
        shop.Client.BaseAddress = shop.Address;
        return shop;
    }

    /// <summary>An API key that may do everything.</summary>
    public string NewKey() =>
        Assert
            .IsType<Reading<(string Secret, ApiKey Key), string>.Read>(new ApiKeys(folder, TimeProvider.System).Create("spec", [Scope.All]))
            .Value.Secret;

    /// <summary>Sends bytes as they stand and returns what comes back, up to the end of a JSON object or of the connection.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        var answer = new StringBuilder();
        var chunk = new byte[4_096];
        for (int size; !EndsAnObject(answer) && (size = await socket.ReceiveAsync(chunk)) > 0; )
            answer.Append(Encoding.UTF8.GetString(chunk.AsSpan(0, size)));
        return answer.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        // First, or the server would wait for what it takes for a customer.
        Client.Dispose();
        await ending.CancelAsync();
        if (serving is not null)
            await serving;
        ending.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static bool EndsAnObject(StringBuilder answer) => answer.ToString().TrimEnd('0', '\r', '\n').EndsWith('}');

    private static Said Say(string name, string value) => new(name, value, "spec");
}
