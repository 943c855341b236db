using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shonin.CardNetwork.Link;
using Shonin.EventLog.Secrets;
using Shonin.Specs.CardCompany;

namespace Shonin.Specs.CardNetwork.Link;

[RealParts]
public sealed class TcpConnectorSpecs
{
    [Theory]
    [InlineData("localhost"), InlineData(":8583"), InlineData("localhost:"), InlineData("localhost:65536"), InlineData("localhost:x")]
    public void An_address_that_is_not_HOST_PORT_is_refused_by_the_setting_s_name(string address) =>
        Assert.Equal(
            $"CardNetwork:Address: expected HOST:PORT, got '{address}'.",
            Assert.Throws<ArgumentException>(() => new TcpConnector(new LinkOptions { Address = address })).Message
        );

    [Theory]
    [InlineData("localhost:8583", "localhost", 8583), InlineData("127.0.0.1:1", "127.0.0.1", 1), InlineData("[::1]:65535", "::1", 65535)]
    public void An_address_is_a_host_and_a_port(string address, string host, int port) =>
        Assert.Equal((host, port), TcpConnector.SplitAddress(address, "x"));

    [Fact]
    public void A_certificate_that_cannot_be_read_is_refused_by_the_setting_s_name() =>
        Assert.StartsWith(
            "CardNetwork:Tls:ClientCertificatePath: /nowhere.pem cannot be read",
            Assert
                .Throws<ArgumentException>(() => new TcpConnector(new LinkOptions { Tls = new LinkTls("host", "/nowhere.pem", null) }))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Nobody_listening_is_an_IOException()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = listener.LocalEndpoint.ToString()!;
        listener.Stop();
        using var connector = new TcpConnector(new LinkOptions { Address = address });
        await Assert.ThrowsAsync<IOException>(() => connector.ConnectAsync(default));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("elsewhere.example", false)]
    public async Task TLS_shows_the_client_s_certificate_and_insists_on_the_server_s_name(string serverName, bool succeeds)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-tls-");
        try
        {
            using var server = SelfSigned("localhost");
            using var client = SelfSigned("merchant");
            using var clientKey = client.GetECDsaPrivateKey();
            var (rootPath, clientPath) = (Path.Combine(folder.FullName, "root.pem"), Path.Combine(folder.FullName, "client.pem"));
            await File.WriteAllTextAsync(rootPath, server.ExportCertificatePem());
            OwnerOnly.Replace(
                clientPath,
                System.Text.Encoding.ASCII.GetBytes(client.ExportCertificatePem() + "\n" + clientKey!.ExportPkcs8PrivateKeyPem())
            );
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var accepted = AcceptAsync(listener, server);
            using var connector = new TcpConnector(
                new LinkOptions { Address = listener.LocalEndpoint.ToString()!, Tls = new LinkTls(serverName, clientPath, rootPath) }
            );
            if (succeeds)
            {
                await using var stream = await connector.ConnectAsync(default);
                Assert.Equal("CN=merchant", await accepted);
            }
            else
            {
                Assert.Contains(
                    "elsewhere.example",
                    (await Assert.ThrowsAsync<IOException>(() => connector.ConnectAsync(default))).Message,
                    StringComparison.Ordinal
                );
                await ((Task)accepted).ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
                ); // whether the server notices is its own affair
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("192.0.2.1:8583"), InlineData("cards.example:8583"), InlineData("loopback:8583"), InlineData("[2001:db8::1]:8583")]
    public void Another_machine_is_not_spoken_to_in_clear(string address)
    {
        Assert.StartsWith(
            "CardNetwork:Tls:ServerName is missing",
            Assert.Throws<ArgumentException>(() => new TcpConnector(new LinkOptions { Address = address })).Message,
            StringComparison.Ordinal
        );
        new TcpConnector(new LinkOptions { Address = address, Tls = new LinkTls("cards.example", null, null) }).Dispose();
    }

    public static TheoryData<string> ServersThatAreNotTheCardCompany => new("another authority's", "expired", "for clients");

    [Theory]
    [MemberData(nameof(ServersThatAreNotTheCardCompany))]
    public async Task TLS_insists_on_a_server_certificate_of_the_named_root_in_its_time_and_for_servers(string kind)
    {
        using var house = new CertificateHouse();
        var authority = house.NewAuthority("root");
        using var server = kind switch
        {
            "another authority's" => house.NewAuthority("another").Issue("localhost", CertificateHouse.ServerUsage),
            "expired" => authority.Issue("localhost", CertificateHouse.ServerUsage, validDays: -30),
            "for clients" => authority.Issue("localhost", CertificateHouse.ClientUsage),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        await RefusedAsync(house, server);
        using var good = authority.Issue("localhost", CertificateHouse.ServerUsage);
        Assert.Null(await ConnectAsync(house, good, SslProtocols.Tls12));
        Assert.Null(await ConnectAsync(house, good, SslProtocols.Tls13));
    }

    [Fact]
    public async Task TLS_of_the_system_s_roots_knows_nothing_of_a_private_one()
    {
        using var house = new CertificateHouse();
        using var server = house.NewAuthority("root").Issue("localhost", CertificateHouse.ServerUsage);
        File.Delete(house.PathOf("root.pem"));
        await RefusedAsync(house, server);
    }

    private static async Task RefusedAsync(CertificateHouse house, X509Certificate2 server) =>
        Assert.Contains(
            "TLS with 'localhost' did not come about",
            (await ConnectAsync(house, server, SslProtocols.None))?.Message,
            StringComparison.Ordinal
        );

    /// <summary>Null where the connection came about.</summary>
    private static async Task<IOException?> ConnectAsync(CertificateHouse house, X509Certificate2 server, SslProtocols protocols)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepted = ServeAsync(listener, server, protocols);
        var root = house.PathOf("root.pem");
        using var connector = new TcpConnector(
            new LinkOptions
            {
                Address = listener.LocalEndpoint.ToString()!,
                Tls = new LinkTls("localhost", null, File.Exists(root) ? root : null),
            }
        );
        try
        {
            await using var stream = await connector.ConnectAsync(default);
            return null;
        }
        catch (IOException refused)
        {
            return refused;
        }
        finally
        {
            // what the server makes of it is its own affair
            await accepted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate, SslProtocols protocols)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        await using var secure = new SslStream(connection.GetStream());
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = protocols }
        );
    }

    private static async Task<string?> AcceptAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        await using var secure = new SslStream(connection.GetStream());
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=merchant",
            }
        );
        return secure.RemoteCertificate?.Subject;
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                pathLengthConstraint: 0,
                critical: true
            )
        );
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }
}
