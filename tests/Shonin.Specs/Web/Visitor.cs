using System.Net;
using System.Net.Sockets;

namespace Shonin.Specs.Web;

/// <summary>A browser that follows nothing by itself.</summary>
/// <param name="from">The network address that it stands at; null for this machine's usual one.</param>
internal sealed class Visitor(string address, IPAddress? from = null) : IDisposable
{
    private readonly CookieContainer cookies = new();
    private HttpClient? client;

    private HttpClient Client =>
        client ??= new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                CookieContainer = cookies,
                ConnectCallback = ConnectAsync,
            }
        )
        {
            BaseAddress = new(address),
        };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Where the latest answer led to, or null.</summary>
    public string? LastLocation { get; private set; }

    public string Session
    {
        get => cookies.GetCookies(new(address))["shonin-account"]?.Value ?? "";
        set => cookies.Add(new(address), new Cookie("shonin-account", value, "/"));
    }

    public async Task<(HttpStatusCode Status, string Page)> GetAsync(string path) =>
        await ReadAsync(await Client.GetAsync($"{path}?lang=en"));

    public async Task<(HttpStatusCode Status, string Page)> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = FormOf(fields);
        return await ReadAsync(await Client.PostAsync($"{path}?lang=en", form));
    }

    public Task<(HttpStatusCode Status, string Page)> SignInAsync(string who, string password) =>
        PostAsync("/account/sign-in", ("address", who), ("password", password));

    public async Task<(HttpStatusCode Status, IReadOnlyList<string> Cookies)> SignInForCookiesAsync(string who, string password)
    {
        using var form = FormOf([("address", who), ("password", password)]);
        using var answer = await Client.PostAsync("/account/sign-in", form);
        return (answer.StatusCode, [.. answer.Headers.GetValues("Set-Cookie")]);
    }

    public void Dispose() => client?.Dispose();

    private static FormUrlEncodedContent FormOf((string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private async Task<(HttpStatusCode Status, string Page)> ReadAsync(HttpResponseMessage answer)
    {
        LastLocation = answer.Headers.Location?.OriginalString;
        using (answer)
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
