using System.Net;
using System.Net.Sockets;
using System.Text;
using Shonin.Web;

namespace Shonin.Journeys.Doors;

/// <summary>One address does all that it can to take the server for itself; another gets its answers meanwhile.</summary>
public sealed class HostileVisitorJourney(TalkativeShop talkative) : IClassFixture<TalkativeShop>
{
    private const string Hostile = "127.0.0.5";
    private const string Honest = "127.0.0.6";
    private const int ConnectionsPerAddressMax = 220;
    private const int SlowUploadCount = 200;

    // Fewer than the bodies that one address may have on their way.
    private static readonly int heldUploadCount = new ScreenLimits().MailChecksPerAddressPerMinute;
    private const int IdleCount = 300;

    [Fact]
    public async Task Slow_uploads_idle_connections_and_made_up_links_of_one_address_do_not_touch_another()
    {
        await using var shop = await ServedShop.StartAsync(
            "--Limits:ConnectionsPerAddressMax",
            $"{ConnectionsPerAddressMax}",
            "--Limits:MailUploadTimeout",
            "00:10:00",
            "--Limits:BytesPerSecondMin",
            "1"
        );
        var openBefore = shop.OpenCount;
        var slow = new List<Socket>();
        var idle = new List<Socket>();
        using var guessing = NginxServer.ClientAt(Hostile, shop.Address);
        using var customer = NginxServer.ClientAt(Honest, shop.Address);
        try
        {
            for (var index = 0; index < SlowUploadCount; index++)
                slow.Add(await BeginUploadAsync(shop.Address.Port));
            using var link = await guessing.GetAsync("/o/guess-0");
            Assert.Equal(HttpStatusCode.NotFound, link.StatusCode);
            for (var guess = 1; guess <= 60; guess++)
                (await guessing.GetAsync($"/o/guess-{guess}")).Dispose();
            using var limited = await guessing.GetAsync("/o/guess-61");
            Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
            for (var index = 0; index < IdleCount; index++)
                idle.Add(await ConnectAsync(shop.Address.Port));
            await EndedAsync(idle[^1]);

            using var checkedMail = await customer.PostAsync("/check/mail", NewMail());
            using var verdict = await customer.GetAsync(checkedMail.Headers.Location);
            using var wrongLink = await customer.GetAsync("/o/cut-off-by-a-mail-program");

            Assert.Equal(
                (HttpStatusCode.SeeOther, HttpStatusCode.OK, HttpStatusCode.NotFound),
                (checkedMail.StatusCode, verdict.StatusCode, wrongLink.StatusCode)
            );
            await AnsweredAsync(slow, SlowUploadCount - heldUploadCount);
            Assert.Equal(heldUploadCount, slow.Count(IsOpen));
            Assert.InRange(shop.OpenCount - openBefore, 1, ConnectionsPerAddressMax + 64);
        }
        finally
        {
            slow.Concat(idle).ToList().ForEach(socket => socket.Dispose());
        }
    }

    [Theory]
    [InlineData("/check", "Content-Length: 9000000", "x=1", "HTTP/1.1 413")]
    [InlineData("/check", "Transfer-Encoding: chunked", "ZZ\r\nnonsense\r\n", "HTTP/1.1 400")]
    [InlineData("/v1/orders", "Transfer-Encoding: chunked", "ZZ\r\nnonsense\r\n", "HTTP/1.1 400")]
    [InlineData("/v1/cards", "Transfer-Encoding: chunked", "ZZ\r\nnonsense\r\n", "HTTP/1.1 400")]
    [InlineData("/v1/mail-checks", "Content-Length: 90000000", "x", "HTTP/1.1 413")]
    [InlineData("/v1/orders", "Content-Length: 9000000", "x", "HTTP/1.1 413")]
    public async Task A_body_that_is_too_large_or_badly_cut_is_refused_without_a_trace(
        string path,
        string framing,
        string body,
        string expected
    )
    {
        var shop = talkative.Shop;
        var type =
            path == "/v1/mail-checks" ? "message/rfc822"
            : path.StartsWith("/v1", StringComparison.Ordinal) ? "application/json"
            : "application/x-www-form-urlencoded";
        using var socket = await ConnectAsync(shop.Address.Port);

        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {talkative.Key}\r\nIdempotency-Key: k\r\nContent-Type: {type}\r\n{framing}\r\n\r\n{body}"
            )
        );
        var answer = await ReadToEndAsync(socket);

        Assert.StartsWith(expected, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer, StringComparison.Ordinal);
        var log = await shop.ReadLogAsync();
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", log, StringComparison.Ordinal);
    }

    private static MultipartFormDataContent NewMail() =>
        new()
        {
            {
                new ByteArrayContent(
                    Encoding.ASCII.GetBytes("From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nhello\r\n")
                ),
                "mail",
                "mail.eml"
            },
        };

    /// <summary>Header and some bytes of a mail that never ends.</summary>
    private static async Task<Socket> BeginUploadAsync(int port)
    {
        var socket = await ConnectAsync(port);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                "POST /check/mail HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"mail\"\r\n\r\nFrom: "
            )
        );
        return socket;
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(Hostile), 0));
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed before we had seen it open.
        }
        return socket;
    }

    /// <summary>The server has closed this connection, which came after all that it keeps for one address.</summary>
    private static async Task EndedAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(Waits.Most);
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], patience.Token));
        }
        catch (SocketException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }

    /// <summary>So many of them have been answered; nothing is taken out of their sockets.</summary>
    private static async Task AnsweredAsync(IEnumerable<Socket> sockets, int count)
    {
        using var patience = new CancellationTokenSource(Waits.Most);
        var waiting = sockets.Select(socket => socket.ReceiveAsync(Memory<byte>.Empty, patience.Token).AsTask()).ToList();
        for (var answered = 0; answered < count; answered++)
            waiting.Remove(await Task.WhenAny(waiting));
        Assert.False(patience.IsCancellationRequested, "too few were answered");
    }

    /// <summary>Neither an answer nor an end has come.</summary>
    private static bool IsOpen(Socket socket) => !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(Waits.Most);
        var answer = new StringBuilder();
        var chunk = new byte[4_096];
        try
        {
            for (int size; (size = await socket.ReceiveAsync(chunk, patience.Token)) > 0; )
                answer.Append(Encoding.UTF8.GetString(chunk.AsSpan(0, size)));
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset && answer.Length > 0)
        {
            // It answered, and did not wait for the rest of the body.
        }
        return answer.ToString();
    }
}

/// <summary>One shop whose log says much, and a key of it, for all who look for a trace there.</summary>
public sealed class TalkativeShop : IAsyncLifetime
{
    private ServedShop? shop;

    public string Key { get; private set; } = "";

    internal ServedShop Shop => shop ?? throw new InvalidOperationException("the shop is not open");

    public async ValueTask InitializeAsync()
    {
        shop = await ServedShop.StartAsync("--Log:Level", "information");
        Key = await shop.NewKeyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (shop is not null)
            await shop.DisposeAsync();
    }
}
