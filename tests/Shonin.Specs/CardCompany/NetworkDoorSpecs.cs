using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Shonin.CardCompany;
using Shonin.CardCompany.Host;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.Iso8583;

namespace Shonin.Specs.CardCompany;

/// <summary>The card network's door with TLS, on real sockets: who comes in, and in whose name they may speak.</summary>
[RealParts]
public sealed class NetworkDoorSpecs : IAsyncLifetime
{
    private const string Acquirers = """
        [{"certificate":"dns:shop.example","acquirer":"0012345","terminals":["SHOP*"],"merchants":["MERCHANT1"]},
         {"certificate":"dns:other.example","acquirer":"67890","terminals":["OTHER001"]},
         {"certificate":"dns:twice.example","acquirer":"12345","terminals":["SHOP*"]},
         {"certificate":"subject:CN=twice.example","acquirer":"67890","terminals":["OTHER001"]}]
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("shonin-door-");
    private readonly CertificateHouse house = new();
    private CertificateHouse.Authority authority = null!;
    private CardCompanyApplication application = null!;
    private bool isStopped;

    public async ValueTask InitializeAsync()
    {
        authority = house.NewAuthority("clients-ca");
        house.NewAuthority("server-ca").Issue("cards.example", CertificateHouse.ServerUsage);
        house.Write("acquirers.json", Acquirers);
        application = await CardCompanyApplication.StartAsync(Options(), TimeProvider.System, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        house.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_certificate_of_the_book_is_let_in_and_answered()
    {
        Assert.Equal("00", await AskAsync(authority.Issue("shop.example", CertificateHouse.ClientUsage), SignOn("12345", "SHOP0001")));
        Assert.Equal(
            "00",
            await AskAsync(authority.Issue("shop.example", CertificateHouse.ClientUsage), Authorization("12345", "SHOP0002", "MERCHANT1"))
        );
    }

    public static TheoryData<string> Strangers =>
        new(
            "none",
            "another authority's",
            "expired",
            "for servers",
            "for no named use",
            "of nobody in the book",
            "of two in the book",
            "signed by itself"
        );

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Nobody_else_hears_a_word_of_the_profile(string kind)
    {
        var certificate = kind switch
        {
            "none" => null,
            "another authority's" => house.NewAuthority("another-ca").Issue("shop.example", CertificateHouse.ClientUsage),
            "expired" => authority.Issue("shop.example", CertificateHouse.ClientUsage, validDays: -30),
            "for servers" => authority.Issue("shop.example", CertificateHouse.ServerUsage),
            "for no named use" => authority.Issue("shop.example", usage: null),
            "of nobody in the book" => authority.Issue("stranger.example", CertificateHouse.ClientUsage),
            "of two in the book" => authority.Issue("twice.example", CertificateHouse.ClientUsage),
            "signed by itself" => SelfSigned("shop.example"),
            _ => throw new UnreachableException(),
        };
        Assert.Null(await AskAsync(certificate, SignOn("12345", "SHOP0001")));
        Assert.Equal("00", await AskAsync(authority.Issue("shop.example", CertificateHouse.ClientUsage), SignOn("12345", "SHOP0001")));
        await StopAsync();
        var log = await LogAsync();
        Assert.Single(log, stored => stored.Type == "signedOn/1");
        Assert.Single(log, stored => stored.Type == "connectionClosed/1");
    }

    [Fact]
    public async Task Plain_TCP_gets_nothing_where_TLS_is_spoken()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(application.CardNetwork);
        var stream = client.GetStream();
        await stream.WriteAsync(FrameOf(SignOn("12345", "SHOP0001")));
        Assert.IsNotType<FrameRead.Frame>(await ReadToEndAsync(stream));
    }

    /// <summary>A first message by hand (RFC 5246 section 7.4.1.2), because no client of today sends one of TLS 1.1.</summary>
    [Theory]
    [InlineData(0x01, new byte[] { 21, 2, 70 })] // TLS 1.0: an alert (21), fatal, protocol_version
    [InlineData(0x02, new byte[] { 21, 2, 70 })] // TLS 1.1
    [InlineData(0x03, new byte[] { 22, 2 })] // TLS 1.2: a handshake message, ServerHello
    public async Task What_is_older_than_TLS_1_2_is_refused(byte minorVersion, byte[] answer)
    {
        // group P-256, plain points, ECDSA with SHA-256
        byte[] extensions = [0, 0x0a, 0, 4, 0, 2, 0, 0x17, 0, 0x0b, 0, 2, 1, 0, 0, 0x0d, 0, 4, 0, 2, 4, 3];
        byte[] hello =
        [
            3,
            minorVersion,
            .. RandomNumberGenerator.GetBytes(32),
            0,
            0,
            6,
            0xc0,
            0x2b,
            0xc0,
            0x09,
            0,
            0xff,
            1,
            0,
            0,
            (byte)extensions.Length,
            .. extensions,
        ];
        using var client = new TcpClient();
        await client.ConnectAsync(application.CardNetwork);
        var stream = client.GetStream();
        await stream.WriteAsync(
            new byte[] { 22, 3, 1, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length }
                .Concat(hello)
                .ToArray()
        );
        var record = new byte[7];
        await stream.ReadExactlyAsync(record);
        Assert.Equal(answer, answer.Length == 3 ? [record[0], record[5], record[6]] : new[] { record[0], record[5] });
    }

    [Theory]
    [InlineData("67890", "SHOP0001", "MERCHANT1", "DE 32")]
    [InlineData("12345", "OTHER001", "MERCHANT1", "DE 41")]
    [InlineData("12345", "SHOP0001", "MERCHANT2", "DE 42")]
    public async Task A_message_in_another_s_name_is_answered_58_recorded_and_changes_nothing(
        string acquirer,
        string terminal,
        string merchant,
        string field
    )
    {
        var certificate = authority.Issue("shop.example", CertificateHouse.ClientUsage);
        Assert.Equal("58", await AskAsync(certificate, Authorization(acquirer, terminal, merchant)));
        if (field != "DE 42")
            Assert.Equal("58", await AskAsync(certificate, SignOn(acquirer, terminal)));
        // otherwise a 30, and a row in the other's export
        Assert.Equal("58", await AskAsync(certificate, Authorization(acquirer, terminal, merchant).Remove(14)));
        await StopAsync();
        var log = await LogAsync();
        Assert.All(log, stored => Assert.Equal("messageNotPermitted/1", stored.Type));
        Assert.Contains(field, Encoding.UTF8.GetString(log[0].Payload.Span), StringComparison.Ordinal);
        Assert.DoesNotContain(CardCompanyRun.Approves, Encoding.UTF8.GetString(log[0].Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_acquirer_s_authorization_cannot_be_undone_by_naming_it()
    {
        var reversal = Authorization("12345", "SHOP0001", "MERCHANT1", "0420")
            .Set(39, "17")
            .Set(90, new OriginalData(Mti.Parse("0100"), 1, "1124010203", 67890).Write());
        Assert.Equal("58", await AskAsync(authority.Issue("shop.example", CertificateHouse.ClientUsage), reversal));
        var own = Authorization("12345", "SHOP0001", "MERCHANT1", "0420")
            .Set(39, "17")
            .Set(90, new OriginalData(Mti.Parse("0100"), 1, "1124010203", 12345).Write());
        Assert.Equal("25", await AskAsync(authority.Issue("shop.example", CertificateHouse.ClientUsage), own));
    }

    [Fact]
    public async Task One_certificate_cannot_take_the_places_of_another()
    {
        await StartAgainAsync(new HostLimits { ConnectionsMax = 4, ConnectionsOfPeerMax = 2 });
        var shop = authority.Issue("shop.example", CertificateHouse.ClientUsage);
        await using var first = await ConnectAsync(shop);
        await using var second = await ConnectAsync(shop);
        foreach (var open in new[] { first, second })
            Assert.Equal("00", await AskAsync(open, SignOn("12345", "SHOP0001")));
        Assert.Null(await AskAsync(shop, SignOn("12345", "SHOP0001")));
        Assert.Equal("00", await AskAsync(authority.Issue("other.example", CertificateHouse.ClientUsage), SignOn("67890", "OTHER001")));
        Assert.Equal("00", await AskAsync(first, SignOn("12345", "SHOP0001")));
    }

    [Fact]
    public async Task Silent_handshakes_of_one_address_give_way_to_a_newer_one_the_oldest_first()
    {
        await StartAgainAsync(new HostLimits { HandshakesOfSiteMax = 2 });
        var shop = authority.Issue("shop.example", CertificateHouse.ClientUsage);
        await using var inside = await ConnectAsync(shop);
        Assert.Equal("00", await AskAsync(inside, SignOn("12345", "SHOP0001")));
        using var oldest = await SilentAsync("127.0.0.1");
        using var newer = await SilentAsync("127.0.0.1");

        Assert.Equal("00", await AskAsync(shop, SignOn("12345", "SHOP0001")));

        Assert.Equal(0, await ReceiveAsync(oldest));
        Assert.Equal("00", await AskAsync(inside, SignOn("12345", "SHOP0001")));
    }

    [Fact]
    public async Task However_many_addresses_hold_handshakes_there_is_a_place_for_one_more()
    {
        await StartAgainAsync(new HostLimits { HandshakesMax = 16, HandshakesOfSiteMax = 2 });
        var silent = new List<Socket>();
        foreach (var host in Enumerable.Range(2, 8))
        {
            for (var place = 0; place < 2; place++)
                silent.Add(await SilentAsync($"127.0.0.{host}"));
        }

        Assert.Equal("00", await AskAsync(authority.Issue("shop.example", CertificateHouse.ClientUsage), SignOn("12345", "SHOP0001")));

        Assert.Equal(0, await ReceiveAsync(silent[0]));
        silent.ForEach(socket => socket.Dispose());
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    public async Task Beyond_this_machine_every_file_is_asked_for_by_its_option(string listen)
    {
        var accounts = house.WriteSecret("accounts.json", "[]");
        var options = Options() with { DataFolder = Path.Combine(folder.FullName, "beyond"), Listen = listen, AccountsFile = accounts };
        await RefusedAsync(
            options with
            {
                TlsCertificateFile = null,
                TlsKeyFile = null,
                ClientAuthorityFile = null,
                AcquirersFile = null,
            },
            64,
            "--tls-certificate FILE, --tls-key FILE, --client-ca FILE, --acquirers FILE"
        );
        await RefusedAsync(options with { ClientAuthorityFile = null }, 64, "--client-ca FILE");
        await RefusedAsync(options with { AcquirersFile = null }, 64, "--acquirers FILE");
        await using var running = await CardCompanyApplication.StartAsync(options, TimeProvider.System, CancellationToken.None);
        Assert.NotEqual(0, running.CardNetwork.Port);
    }

    [Fact]
    public async Task A_key_that_others_may_read_or_that_does_not_fit_is_refused_with_its_option()
    {
        var options = Options() with { DataFolder = Path.Combine(folder.FullName, "keys") };
        house.NewAuthority("third-ca").Issue("third.example", CertificateHouse.ServerUsage);
        await RefusedAsync(options with { TlsKeyFile = house.PathOf("third.example.key") }, 65, "--tls-key");
        await RefusedAsync(options with { TlsKeyFile = house.PathOf("nowhere.key") }, 65, "--tls-key");
        await RefusedAsync(options with { TlsCertificateFile = house.PathOf("acquirers.json") }, 65, "--tls-certificate");
        await RefusedAsync(options with { ClientAuthorityFile = house.PathOf("third.example.pem") }, 65, "--client-ca");
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(house.PathOf("cards.example.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await RefusedAsync(options, 65, "--tls-key");
    }

    private async Task StartAgainAsync(HostLimits limits)
    {
        await application.DisposeAsync();
        application = await CardCompanyApplication.StartAsync(
            Options() with
            {
                Limits = limits,
            },
            TimeProvider.System,
            CancellationToken.None
        );
    }

    /// <summary>A connection of another loopback address, which is another party to the host, that never begins its handshake.</summary>
    private async Task<Socket> SilentAsync(string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(application.CardNetwork);
        return socket;
    }

    /// <summary>How many bytes come, none where the host has closed it; a failure where it stays open.</summary>
    private static async Task<int> ReceiveAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            return await socket.ReceiveAsync(new byte[1], patience.Token);
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private async Task StopAsync()
    {
        if (!isStopped)
            await application.DisposeAsync();
        isStopped = true;
    }

    private static async Task RefusedAsync(CardCompanyOptions options, int exitCode, string says)
    {
        var errors = new StringWriter();
        Assert.Equal(exitCode, await CardCompanyApplication.RunAsync(options, TextWriter.Null, errors, CancellationToken.None));
        Assert.Contains(says, errors.ToString(), StringComparison.Ordinal);
    }

    private CardCompanyOptions Options() =>
        new()
        {
            DataFolder = folder.FullName,
            Listen = "127.0.0.1:0",
            Urls = "http://127.0.0.1:0",
            TlsCertificateFile = house.PathOf("cards.example.pem"),
            TlsKeyFile = house.PathOf("cards.example.key"),
            ClientAuthorityFile = house.PathOf("clients-ca.pem"),
            AcquirersFile = house.PathOf("acquirers.json"),
        };

    private async Task<IReadOnlyList<StoredEvent>> LogAsync()
    {
        await using var store = await SqliteEventStore.OpenAsync(
            new LogFiles(folder.FullName, "card-company"),
            TimeProvider.System,
            CancellationToken.None
        );
        return await store.ReadAllAsync(0, 1_000, CancellationToken.None);
    }

    private static Message SignOn(string acquirer, string terminal) =>
        new Message(Mti.Parse("0800")).Set(7, "1124010203").Set(11, 1).Set(32, acquirer).Set(41, terminal).Set(70, "001");

    private static Message Authorization(string acquirer, string terminal, string merchant, string mti = "0100") =>
        new Message(Mti.Parse(mti))
            .Set(2, CardCompanyRun.Approves)
            .Set(3, "000000")
            .Set(4, 1_000)
            .Set(7, "1124010203")
            .Set(11, 7)
            .Set(14, "9912")
            .Set(32, acquirer)
            .Set(37, "R00000000001")
            .Set(41, terminal)
            .Set(42, merchant)
            .Set(49, "392");

    private async Task<SslStream> ConnectAsync(X509Certificate2? certificate)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(application.CardNetwork);
        var secure = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "cards.example",
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, [], offline: true),
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=cards.example", // not what is tried here
            }
        );
        return secure;
    }

    /// <summary>Field 39 of the answer on a connection of its own, or null where the connection was closed without one.</summary>
    private async Task<string?> AskAsync(X509Certificate2? certificate, Message message)
    {
        try
        {
            await using var stream = await ConnectAsync(certificate);
            return await AskAsync(stream, message);
        }
        catch (Exception closed) when (closed is IOException or AuthenticationException)
        {
            return null;
        }
    }

    private static async Task<string?> AskAsync(SslStream stream, Message message)
    {
        await stream.WriteAsync(FrameOf(message));
        return await new FrameReader(stream).ReadAsync(CancellationToken.None) is FrameRead.Frame frame
            ? Assert.IsType<ParseResult.Parsed>(MessageFormat.Profile(WireEncoding.Ascii).Parse(frame.Bytes)).Message.Text(39)
            : null;
    }

    private static ReadOnlyMemory<byte> FrameOf(Message message)
    {
        var frame = new byte[Frame.LengthBytes + Frame.MessageBytesMax];
        return frame.AsMemory(
            0,
            Assert.IsType<WriteResult.Written>(Frame.Write(MessageFormat.Profile(WireEncoding.Ascii), message, frame)).ByteCount
        );
    }

    private static async Task<FrameRead> ReadToEndAsync(Stream stream)
    {
        try
        {
            return await new FrameReader(stream).ReadAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            return new FrameRead.End();
        }
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(string.Create(CultureInfo.InvariantCulture, $"CN={name}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(CertificateHouse.ClientUsage)], critical: false));
        using var signed = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), password: null);
    }
}
