using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Shonin.CardCompany;

namespace Shonin.Specs.CardCompany;

/// <summary>Desk and export over HTTP: encrypted, or this machine itself.</summary>
public sealed class DeskDoorSpecs : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("shonin-desk-door-");
    private readonly CertificateHouse house = new();
    private CardCompanyApplication application = null!;
    private HttpClient plain = null!;
    private HttpClient encrypted = null!;

    public async ValueTask InitializeAsync()
    {
        house.NewAuthority("web-ca").Issue("localhost", CertificateHouse.ServerUsage);
        application = await CardCompanyApplication.StartAsync(Options(), TimeProvider.System, CancellationToken.None);
        var byScheme = application.Urls.Select(url => new Uri(url)).ToLookup(url => url.Scheme);
        plain = Client(byScheme["http"].Single());
        encrypted = Client(new Uri($"https://localhost:{byScheme["https"].Single().Port}"));
    }

    public async ValueTask DisposeAsync()
    {
        plain.Dispose();
        encrypted.Dispose();
        await application.DisposeAsync();
        house.Dispose();
        folder.Delete(recursive: true);
    }

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
            using var answer = await SendAsync(plain, HttpMethod.Post, path, header, value);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Equal("insecureTransport", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }
        foreach (var path in new[] { "/desk", "/v1/merchants/12345/MERCHANT1/export" })
        {
            using var answer = await SendAsync(plain, HttpMethod.Get, path, header, value);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        if (header is not "Host")
        {
            using var overTls = await SendAsync(encrypted, HttpMethod.Get, "/desk", header, value);
            Assert.Equal(HttpStatusCode.OK, overTls.StatusCode);
        }
    }

    [Fact]
    public async Task From_this_machine_it_is_open_without_encryption()
    {
        using var page = await plain.GetAsync("/desk");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.False(page.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Over_https_the_session_s_cookie_is_secure_and_the_browser_is_told_to_stay_there()
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", application.DeskKey)]);
        using var signedIn = await encrypted.PostAsync("/desk/sign-in", form);
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
        await RefusedAsync(Options() with { Urls = urls, AccountsFile = house.WriteSecret("accounts.json", "[]") }, 64, "https://");
    }

    [Fact]
    public async Task A_name_that_would_be_every_address_is_refused_with_https_too() =>
        await RefusedAsync(Options() with { Urls = "https://desk.example:0", AccountsFile = house.WriteSecret("accounts.json", "[]") }, 64, "every address");

    [Fact]
    public async Task Https_asks_for_its_certificate_by_the_options_names()
    {
        var options = Options() with { DataFolder = Path.Combine(folder.FullName, "beyond"), Urls = "https://0.0.0.0:0", AccountsFile = house.WriteSecret("accounts.json", "[]"), WebCertificateFile = null, WebKeyFile = null };
        await RefusedAsync(options, 64, "--web-certificate FILE");
        await RefusedAsync(options with { WebCertificateFile = house.PathOf("localhost.pem"), WebKeyFile = house.PathOf("nowhere") }, 65, "--web-key");
        await using var running = await CardCompanyApplication.StartAsync(
            options with { TlsCertificateFile = house.PathOf("localhost.pem"), TlsKeyFile = house.PathOf("localhost.key") }, TimeProvider.System, CancellationToken.None);
        Assert.StartsWith("https://", Assert.Single(running.Urls), StringComparison.Ordinal);
    }

    private async Task RefusedAsync(CardCompanyOptions options, int exitCode, string says)
    {
        var errors = new StringWriter();
        var elsewhere = options with { DataFolder = Path.Combine(folder.FullName, "refused") };
        Assert.Equal(exitCode, await CardCompanyApplication.RunAsync(elsewhere, TextWriter.Null, errors, CancellationToken.None));
        Assert.Contains(says, errors.ToString(), StringComparison.Ordinal);
    }

    private CardCompanyOptions Options() => new()
    {
        DataFolder = Path.Combine(folder.FullName, "data"), Listen = "127.0.0.1:0", Urls = "http://127.0.0.1:0;https://127.0.0.1:0",
        WebCertificateFile = house.PathOf("localhost.pem"), WebKeyFile = house.PathOf("localhost.key"),
    };

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string header, string value)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", application.DeskKey);
        request.Headers.TryAddWithoutValidation(header, value);
        return await client.SendAsync(request);
    }

    private HttpClient Client(Uri address)
    {
        var root = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(house.PathOf("web-ca.pem"));
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
