using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Shonin.EventLog.Secrets;
using Shonin.Iso8583;
using Shonin.Specs;

namespace Shonin.Journeys.Rest;

/// <summary>
/// Merchant and card company as the README sets them up beyond one machine: its commands make the certificates, and start both.
/// </summary>
public sealed class CardNetworkTlsJourney : IAsyncLifetime
{
    private const string Heading = "### Merchant and card company on two machines";
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-tls-journey-").FullName;
    private readonly List<Process> running = [];
    private string cardNetworkPort = "";
    private string desk = "";
    private HttpClient merchant = new();

    public async ValueTask InitializeAsync()
    {
        var blocks = BlocksOfReadme();
        await RunScriptAsync(blocks[0]);
        OwnerOnly.Replace(
            Path.Combine(folder, "accounts.json"),
            """
            [{"number":"4242424242424242","expiry":"2035-12","securityCode":"123","holder":"TARO YAMADA","birthDate":"1980-01-01","state":"open","arrears":false}]
            """u8
        );
        var commands = blocks[1].Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var cardCompany = await StartAsync(
            "desk on ",
            Arguments(commands[0], ("0.0.0.0:8583", "0.0.0.0:0"), ("https://0.0.0.0:8584", "https://0.0.0.0:0")),
            "card network on "
        );
        (cardNetworkPort, desk) = (
            cardCompany["card network on "].Split(':')[^1].Trim(),
            $"https://localhost:{cardCompany["desk on "].Split(':')[^1].Split('/')[0]}"
        );
        string[] serve =
        [
            .. Arguments(commands[1], ("cards.example:8583", $"127.0.0.1:{cardNetworkPort}")),
            "--urls",
            "http://127.0.0.1:0",
            "--MailCheck:Dns",
            "offline",
        ];
        var said = await StartAsync("ready on ", serve);
        var made = JsonNode.Parse(
            await ShoninProcess.RunAsync(
                "keys",
                "create",
                "--data",
                Path.Combine(folder, "shop"),
                "--name",
                "journey",
                "--scope",
                "all",
                "--json"
            )
        )!;
        merchant.Dispose();
        merchant = new() { BaseAddress = new Uri(said["ready on "].Trim()) };
        merchant.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)made["key"]!);
    }

    public async ValueTask DisposeAsync()
    {
        merchant.Dispose();
        foreach (var process in running)
            await ShoninProcess.KillAsync(process);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_order_is_approved_over_it_and_nobody_without_a_certificate_hears_a_word()
    {
        Assert.Equal("no answer", await SignOnAsync(withCertificate: false, "100001"));
        Assert.Equal("00", await SignOnAsync(withCertificate: true, "100001"));
        Assert.Equal("58", await SignOnAsync(withCertificate: true, "100002"));

        var card = await PostAsync(
            "/v1/cards",
            """{"number":"4242424242424242","expiry":"2035-12","securityCode":"123","holder":"TARO YAMADA"}"""
        );
        var order = await PostAsync(
            "/v1/orders",
            $$$"""
            {"customer":{"email":"hanako@customer.example","name":"山田 花子","locale":"ja"},
             "items":[{"sku":"SKU-1","name":"急須","unitPrice":{"minorUnits":7980,"currency":"JPY"},"quantity":1}],"payment":{"card":"{{{(string)
                card["id"]!}}}"}}
            """
        );
        Assert.Equal("approved", (string)order["state"]!);
        Assert.Equal("00", (string)order["approval"]!["attempts"]![0]!["responseCode"]!);
    }

    [Fact]
    public async Task The_desk_is_https_there_and_answers_nobody_in_clear()
    {
        using var handler = new SocketsHttpHandler();
        // The name is the README's; its root is tried below.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=cards.example";
        using var client = new HttpClient(handler);
        Assert.Contains("カード会社の窓口", await client.GetStringAsync(desk + "/desk"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.GetStringAsync(desk.Replace("https", "http", StringComparison.Ordinal) + "/desk")
        );
    }

    /// <summary>The field 39 of the answer to a sign-on, or that there was none.</summary>
    private async Task<string> SignOnAsync(bool withCertificate, string acquirer)
    {
        using var own = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "merchant.pem"));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", int.Parse(cardNetworkPort, System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            await using var secure = new SslStream(client.GetStream());
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "cards.example",
                    ClientCertificateContext = withCertificate ? SslStreamCertificateContext.Create(own, [], offline: true) : null,
                    CertificateChainPolicy = new()
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca.pem")) },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                }
            );
            var format = MessageFormat.Profile(WireEncoding.Ascii);
            var signOn = new Message(Mti.Parse("0800"))
                .Set(7, "1124010203")
                .Set(11, 1)
                .Set(32, acquirer)
                .Set(41, "SHONIN01")
                .Set(70, "001");
            await new FrameWriter(secure, format).WriteAsync(signOn, CancellationToken.None);
            return await new FrameReader(secure).ReadAsync(CancellationToken.None) is FrameRead.Frame frame
                ? Assert.IsType<ParseResult.Parsed>(format.Parse(frame.Bytes)).Message.Text(39)!
                : "no answer";
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return "no answer";
        }
    }

    private async Task<JsonNode> PostAsync(string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", path);
        using var response = await merchant.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Starts a verb; what stands behind each of the signs in its output, up to the line with the last.</summary>
    private async Task<Dictionary<string, string>> StartAsync(string last, string[] arguments, params string[] before)
    {
        var (process, said) = await ShoninProcess.StartAsync(last, before, arguments);
        running.Add(process);
        return said;
    }

    /// <summary>A command of the README, as the program takes it: files are the folder's, addresses are replaced.</summary>
    private string[] Arguments(string command, params (string Readme, string Here)[] replaced)
    {
        foreach (var (readme, here) in replaced)
        {
            Assert.Contains(readme, command, StringComparison.Ordinal);
            command = command.Replace(readme, here, StringComparison.Ordinal);
        }
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("./shonin", words[0]);
        return
        [
            .. words[1..]
                .Select(word =>
                    word.Contains('.', StringComparison.Ordinal) && !word.Contains(':', StringComparison.Ordinal) && word != "cards.example"
                    || word is "shop" or "cards"
                        ? Path.Combine(folder, word)
                        : word
                ),
        ];
    }

    private async Task RunScriptAsync(string script)
    {
        using var bash = Process.Start(
            new ProcessStartInfo("bash", ["-euc", script]) { WorkingDirectory = folder, RedirectStandardError = true }
        )!;
        var complaints = await bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, complaints);
    }

    private static string[] BlocksOfReadme()
    {
        var text = Repository.Read("README.md");
        var section = text[text.IndexOf(Heading, StringComparison.Ordinal)..];
        return [.. section.Split("```sh\n").Skip(1).Take(2).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])];
    }
}
