using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Shonin.CardCompany;

namespace Shonin.Specs.CardCompany;

/// <summary>
/// A card company that listens with and without TLS; the specs of its door share it, because none of them changes what it holds.
/// </summary>
public sealed class DeskDoor : IAsyncLifetime
{
    internal DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("shonin-desk-door-");
    internal CertificateHouse House { get; } = new();
    internal CardCompanyApplication Application { get; private set; } = null!;
    internal HttpClient Plain { get; private set; } = null!;
    internal HttpClient Encrypted { get; private set; } = null!;

    internal CardCompanyOptions Options =>
        new()
        {
            DataFolder = Path.Combine(Folder.FullName, "data"),
            Listen = "127.0.0.1:0",
            Urls = "http://127.0.0.1:0;https://127.0.0.1:0",
            WebCertificateFile = House.PathOf("localhost.pem"),
            WebKeyFile = House.PathOf("localhost.key"),
        };

    public async ValueTask InitializeAsync()
    {
        House.NewAuthority("web-ca").Issue("localhost", CertificateHouse.ServerUsage);
        Application = await CardCompanyApplication.StartAsync(Options, TimeProvider.System, CancellationToken.None);
        var byScheme = Application.Urls.Select(url => new Uri(url)).ToLookup(url => url.Scheme);
        Plain = Client(byScheme["http"].Single());
        Encrypted = Client(new Uri($"https://localhost:{byScheme["https"].Single().Port}"));
    }

    public async ValueTask DisposeAsync()
    {
        Plain.Dispose();
        Encrypted.Dispose();
        await Application.DisposeAsync();
        House.Dispose();
        Folder.Delete(recursive: true);
    }

    private HttpClient Client(Uri address)
    {
        var root = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(House.PathOf("web-ca.pem"));
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        };
        return new HttpClient(handler) { BaseAddress = address };
    }
}

/// <summary>Desk and export over HTTP: encrypted, or this machine itself.</summary>
[RealParts]
public sealed class DeskDoorSpecs(DeskDoor door) : IClassFixture<DeskDoor>
{
    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("x-forwarded-host", "localhost")]
    [InlineData("Forwarded", "for=127.0.0.1;proto=https")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Client-IP", "127.0.0.1")]
    [InlineData("CDN-Loop", "cdn.example")]
    [InlineData("x-envoy-external-address", "127.0.0.1")]
    [InlineData("Host", "desk.example")]
    public async Task What_a_proxy_passed_on_in_clear_is_not_this_machine_s_whatever_it_says(string header, string value)
    {
        foreach (var path in new[] { "/v1/cards/lookup", "/v1/merchants/12345/MERCHANT1/export-key", "/desk/sign-in", "/desk/lookup" })
        {
            using var answer = await SendAsync(door.Plain, HttpMethod.Post, path, header, value);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Equal("insecureTransport", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }
        foreach (var path in new[] { "/desk", "/v1/merchants/12345/MERCHANT1/export" })
        {
            using var answer = await SendAsync(door.Plain, HttpMethod.Get, path, header, value);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        if (header is not "Host")
        {
            using var overTls = await SendAsync(door.Encrypted, HttpMethod.Get, "/desk", header, value);
            Assert.Equal(HttpStatusCode.OK, overTls.StatusCode);
        }
    }

    [Fact]
    public async Task From_this_machine_it_is_open_without_encryption()
    {
        using var page = await door.Plain.GetAsync("/desk");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.False(page.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Over_https_the_session_s_cookie_is_secure_and_the_browser_is_told_to_stay_there()
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", door.Application.DeskKey)]);
        using var signedIn = await door.Encrypted.PostAsync("/desk/sign-in", form);
        Assert.Contains("; secure", Assert.Single(signedIn.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("max-age=31536000", Assert.Single(signedIn.Headers.GetValues("Strict-Transport-Security")));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://desk.example:0")]
    [InlineData("http://loopback:0")] // to Uri this is the machine itself; Kestrel listens everywhere
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task Beyond_this_machine_plain_http_is_refused(string urls)
    {
        await RefusedAsync(door.Options with { Urls = urls, AccountsFile = door.House.WriteSecret("accounts.json", "[]") }, 64, "https://");
    }

    [Fact]
    public async Task A_name_that_would_be_every_address_is_refused_with_https_too() =>
        await RefusedAsync(
            door.Options with
            {
                Urls = "https://desk.example:0",
                AccountsFile = door.House.WriteSecret("accounts.json", "[]"),
            },
            64,
            "every address"
        );

    [Fact]
    public async Task Https_asks_for_its_certificate_by_the_options_names()
    {
        var options = door.Options with
        {
            DataFolder = Path.Combine(door.Folder.FullName, "beyond"),
            Urls = "https://0.0.0.0:0",
            AccountsFile = door.House.WriteSecret("accounts.json", "[]"),
            WebCertificateFile = null,
            WebKeyFile = null,
        };
        await RefusedAsync(options, 64, "--web-certificate FILE");
        await RefusedAsync(
            options with
            {
                WebCertificateFile = door.House.PathOf("localhost.pem"),
                WebKeyFile = door.House.PathOf("nowhere"),
            },
            65,
            "--web-key"
        );
        await using var running = await CardCompanyApplication.StartAsync(
            options with
            {
                TlsCertificateFile = door.House.PathOf("localhost.pem"),
                TlsKeyFile = door.House.PathOf("localhost.key"),
            },
            TimeProvider.System,
            CancellationToken.None
        );
        Assert.StartsWith("https://", Assert.Single(running.Urls), StringComparison.Ordinal);
    }

    private async Task RefusedAsync(CardCompanyOptions options, int exitCode, string says)
    {
        var errors = new StringWriter();
        var elsewhere = options with { DataFolder = Path.Combine(door.Folder.FullName, "refused") };
        Assert.Equal(exitCode, await CardCompanyApplication.RunAsync(elsewhere, TextWriter.Null, errors, CancellationToken.None));
        Assert.Contains(says, errors.ToString(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string header, string value)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", door.Application.DeskKey);
        request.Headers.TryAddWithoutValidation(header, value);
        return await client.SendAsync(request);
    }
}
