using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shonin.Audit;
using Shonin.CardCompany;
using Shonin.CardCompany.Export;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.Iso8583;

namespace Shonin.Specs.CardCompany;

/// <summary>The whole card company on real sockets and SQLite, in a folder of its own.</summary>
[RealParts]
public sealed partial class CardCompanyApplicationSpecs : IAsyncLifetime
{
    private const string Referred = "4000000000000101";
    private const string InArrears = "4000000000003220";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("shonin-card-company-");
    private CardCompanyApplication application = null!;
    private HttpClient desk = null!;

    public async ValueTask InitializeAsync()
    {
        application = await CardCompanyApplication.StartAsync(Options(), TimeProvider.System, CancellationToken.None);
        desk = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(application.Urls[0]) };
        desk.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", application.DeskKey);
    }

    public async ValueTask DisposeAsync()
    {
        desk.Dispose();
        await application.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_desk_sees_a_referral_releases_it_and_the_next_request_is_approved()
    {
        Assert.Equal("01", await AuthorizeAsync(1, Referred));
        var card = await LookUpAsync(Referred);
        Assert.Equal("open", card.GetProperty("referral").GetString());
        var id = card.GetProperty("id").GetString();

        using var released = await desk.PostAsync($"/v1/cards/{id}/referral-release", null);
        Assert.Equal("released", (await released.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("referral").GetString());
        using var again = await desk.PostAsync($"/v1/cards/{id}/referral-release", null);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("00", await AuthorizeAsync(2, Referred));

        var history = await desk.GetFromJsonAsync<JsonElement>($"/v1/cards/{id}/history");
        var kinds = history.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("kind").GetString()).ToArray();
        Assert.Single(kinds, "referralReleased");
        Assert.Equal(2, kinds.Count(kind => kind == "authorization"));
        Assert.DoesNotContain(Referred, history.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arrears_are_settled_at_the_desk_once_and_for_all()
    {
        Assert.Equal("62", await AuthorizeAsync(1, InArrears));
        var id = (await LookUpAsync(InArrears)).GetProperty("id").GetString();
        using var settled = await desk.PostAsync($"/v1/cards/{id}/arrears-settlement", null);
        Assert.Equal("settled", (await settled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("arrears").GetString());
        Assert.Equal("00", await AuthorizeAsync(2, InArrears));
    }

    [Theory]
    [InlineData("/v1/cards/lookup", """{"number":"4111111111111111"}""", HttpStatusCode.NotFound, "cardNotFound")]
    [InlineData("/v1/cards/lookup", """{"number":"4242424242424241"}""", HttpStatusCode.NotFound, "cardNotFound")]
    [InlineData("/v1/cards/lookup", """{"nummer":"4242424242424242"}""", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/v1/cards/lookup", "{", HttpStatusCode.BadRequest, "malformed")]
    [InlineData("/v1/cards/card-x/referral-release", "", HttpStatusCode.NotFound, "cardNotFound")]
    [InlineData("/v1/merchants/abc/M/export-key", "", HttpStatusCode.BadRequest, "malformed")]
    public async Task A_refusal_is_a_problem_with_a_code(string path, string body, HttpStatusCode status, string code)
    {
        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await desk.PostAsync(path, content);
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(code, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_there_is_nothing_to_do_about_is_a_conflict()
    {
        var id = (await LookUpAsync(InArrears)).GetProperty("id").GetString();
        using var answer = await desk.PostAsync($"/v1/cards/{id}/referral-release", null);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("nothingToRelease", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Without_the_key_nothing_is_shown_or_done(string? key)
    {
        desk.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var lookup = await desk.PostAsJsonAsync("/v1/cards/lookup", new { number = Referred });
        using var issue = await desk.PostAsync("/v1/merchants/12345/MERCHANT1/export-key", null);
        using var export = await desk.GetAsync("/v1/merchants/12345/MERCHANT1/export");
        Assert.All(new[] { lookup, issue, export }, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
    }

    [Fact]
    public async Task A_merchant_fetches_its_signed_export_with_its_own_key()
    {
        await AuthorizeAsync(1, CardCompanyRun.Approves);
        using var issued = await desk.PostAsync("/v1/merchants/12345/MERCHANT1/export-key", null);
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);
        var key = (await issued.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString();
        desk.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var signed = await desk.GetFromJsonAsync<SignedExport>("/v1/merchants/12345/MERCHANT1/export?after=0");
        using var publicKey = ECDsa.Create();
        publicKey.ImportFromPem(await File.ReadAllTextAsync(application.ExportPublicKeyFile));
        var page = JsonDocument.Parse(signed!.Verified(publicKey)!.Value).RootElement;
        Assert.Equal("00", page.GetProperty("rows")[0].GetProperty("responseCode").GetString());
        foreach (
            var foreign in new[]
            {
                "12345/MERCHANT2",
                "12345/MERCHANT",
                "12345/merchant1",
                "12345/MERCHANT1%2F",
                "1234/5MERCHANT1",
                "99999/MERCHANT1",
                "12345/*",
            }
        )
        {
            using var answer = await desk.GetAsync($"/v1/merchants/{foreign}/export");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        using var reissued = await desk.PostAsync("/v1/merchants/12345/MERCHANT1/export-key", null);
        Assert.Equal(HttpStatusCode.Unauthorized, reissued.StatusCode);
    }

    [Fact]
    public async Task The_page_signs_in_with_the_key_looks_a_card_up_and_releases_it()
    {
        desk.DefaultRequestHeaders.Authorization = null;
        using var wrong = await SubmitAsync("/desk/sign-in?lang=en", ("key", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var signedIn = await SubmitAsync("/desk/sign-in?lang=en", ("key", application.DeskKey));
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        desk.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);

        var token = FormToken().Match(await desk.GetStringAsync("/desk?lang=en")).Groups[1].Value;
        using var found = await SubmitAsync("/desk/lookup?lang=en", ("token", token), ("number", "4000 0000 0000 0101"));
        var address = found.Headers.Location!.ToString();
        Assert.DoesNotContain("0101", address, StringComparison.Ordinal);
        Assert.Contains("Release card 0101 for good", await desk.GetStringAsync(address), StringComparison.Ordinal);

        var release = address.Split('?')[0] + "/referral-release?lang=en";
        using var forged = await SubmitAsync(release, ("token", "forged"));
        Assert.Contains("Release card 0101 for good", await desk.GetStringAsync(address), StringComparison.Ordinal);
        using var released = await SubmitAsync(release, ("token", token));
        Assert.Contains("Referral released", await desk.GetStringAsync(address), StringComparison.Ordinal);
        Assert.Contains(
            "保留を解除",
            await desk.GetStringAsync(address.Replace("lang=en", "lang=ja", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Who_signed_in_which_card_was_read_and_which_export_was_fetched_stand_in_its_own_trail_without_a_number()
    {
        using var signedIn = await SubmitAsync("/desk/sign-in?lang=en", ("key", application.DeskKey));
        var card = (await LookUpAsync(Referred)).GetProperty("id").GetString();
        using var issued = await desk.PostAsync("/v1/merchants/12345/MERCHANT1/export-key", null);
        var key = (await issued.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString();
        desk.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        for (var fetched = 0; fetched < 3; fetched++)
        {
            using var export = await desk.GetAsync("/v1/merchants/12345/MERCHANT1/export");
            Assert.Equal(HttpStatusCode.OK, export.StatusCode);
        }

        await using var log = await SqliteEventStore.OpenReadOnlyAsync(new(folder.FullName, "card-company"), CancellationToken.None);
        var trail = (
            await AuditPages.ReadAsync(log, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(-1), null, 100, CancellationToken.None)
        )!.Entries;
        Assert.Equal(["deskSignedIn", "deskCardRead", "exportKeyIssued", "exportDownloaded"], trail.Reverse().Select(entry => entry.Kind));
        Assert.Equal(card, trail.Single(entry => entry.Kind == "deskCardRead").What);
        Assert.DoesNotContain(trail, entry =>
            $"{entry.Who} {entry.What}".Contains(Referred, StringComparison.Ordinal)
            || $"{entry.Who} {entry.What}".Contains("MERCHANT1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void The_desk_key_lies_in_a_file_that_only_its_owner_may_read()
    {
        Assert.Equal(application.DeskKey, File.ReadAllText(application.DeskKeyFile));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(application.DeskKeyFile));
    }

    [Theory]
    [InlineData("0.0.0.0:0", "http://127.0.0.1:0", 64)]
    [InlineData("127.0.0.1:0", "http://0.0.0.0:0", 64)]
    [InlineData("nowhere", "http://127.0.0.1:0", 64)]
    public async Task Demo_accounts_are_for_loopback_and_addresses_must_be_addresses(string listen, string urls, int exitCode)
    {
        var errors = new StringWriter();
        Assert.Equal(
            exitCode,
            await CardCompanyApplication.RunAsync(
                Options() with
                {
                    Listen = listen,
                    Urls = urls,
                },
                TextWriter.Null,
                errors,
                CancellationToken.None
            )
        );
        Assert.StartsWith("shonin card-company: ", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_faulty_accounts_file_is_refused_with_file_entry_and_field()
    {
        var file = Path.Combine(folder.FullName, "accounts.json");
        OwnerOnly.Replace(file, """[{"number":"4242424242424241"}]"""u8);
        var errors = new StringWriter();
        Assert.Equal(
            65,
            await CardCompanyApplication.RunAsync(Options() with { AccountsFile = file }, TextWriter.Null, errors, CancellationToken.None)
        );
        Assert.Contains(
            $"{file}: entry 1, field \"number\": expected a number that passes the Luhn check",
            errors.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_accounts_file_that_others_may_read_is_refused_with_what_to_do()
    {
        if (OperatingSystem.IsWindows())
            return; // There the folder's access list decides.
        var file = Path.Combine(folder.FullName, "accounts.json");
        OwnerOnly.Replace(file, "[]"u8);
        await using (
            await CardCompanyApplication.StartAsync(
                Options() with
                {
                    DataFolder = Path.Combine(folder.FullName, "second"),
                    AccountsFile = file,
                },
                TimeProvider.System,
                CancellationToken.None
            )
        )
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.GroupRead);
        }

        foreach (var (path, says) in new[] { (file, $"chmod 600 {file}"), (file + ".missing", "is missing") })
        {
            var errors = new StringWriter();
            var options = Options() with { DataFolder = Path.Combine(folder.FullName, "third"), AccountsFile = path };
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60)); // One that is taken runs until it is told to end.
            Assert.Equal(65, await CardCompanyApplication.RunAsync(options, TextWriter.Null, errors, patience.Token));
            Assert.StartsWith($"shonin card-company: --accounts {path} ", errors.ToString(), StringComparison.Ordinal);
            Assert.Contains(says, errors.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_address_that_is_taken_is_refused_and_nothing_stays_open()
    {
        var elsewhere = Options() with
        {
            DataFolder = Path.Combine(folder.FullName, "second"),
            Listen = application.CardNetwork.ToString(),
        };
        var errors = new StringWriter();
        Assert.Equal(64, await CardCompanyApplication.RunAsync(elsewhere, TextWriter.Null, errors, CancellationToken.None));
        Assert.Contains($"--listen {application.CardNetwork}: ", errors.ToString(), StringComparison.Ordinal);
        await using var again = await CardCompanyApplication.StartAsync(
            elsewhere with
            {
                Listen = "127.0.0.1:0",
            },
            TimeProvider.System,
            CancellationToken.None
        );
        Assert.NotEqual(application.CardNetwork, again.CardNetwork);
    }

    [Fact]
    public async Task Stopping_lets_go_of_the_data_and_starting_again_finds_it()
    {
        Assert.Equal("00", await AuthorizeAsync(1, CardCompanyRun.Approves));
        await application.DisposeAsync();
        desk.Dispose();
        await InitializeAsync();
        var id = (await LookUpAsync(CardCompanyRun.Approves)).GetProperty("id").GetString();
        var history = await desk.GetFromJsonAsync<JsonElement>($"/v1/cards/{id}/history");
        Assert.Contains("authorization", history.GetRawText(), StringComparison.Ordinal);
    }

    private CardCompanyOptions Options() =>
        new()
        {
            DataFolder = folder.FullName,
            Listen = "127.0.0.1:0",
            Urls = "http://127.0.0.1:0",
        };

    private async Task<string> AuthorizeAsync(int stan, string number)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(application.CardNetwork);
        await using var stream = client.GetStream();
        var format = MessageFormat.Profile(WireEncoding.Ascii);
        await new FrameWriter(stream, format).WriteAsync(
            new Message(Mti.Parse("0100"))
                .Set(2, number)
                .Set(3, "000000")
                .Set(4, 1_000)
                .Set(7, "1124010203")
                .Set(11, stan)
                .Set(14, "9912")
                .Set(32, "12345")
                .Set(37, "R00000000001")
                .Set(41, "SHOP0001")
                .Set(42, "MERCHANT1")
                .Set(49, "392"),
            CancellationToken.None
        );
        var frame = Assert.IsType<FrameRead.Frame>(await new FrameReader(stream).ReadAsync(CancellationToken.None));
        return Assert.IsType<ParseResult.Parsed>(format.Parse(frame.Bytes)).Message.Text(39)!;
    }

    private async Task<JsonElement> LookUpAsync(string number)
    {
        using var answer = await desk.PostAsJsonAsync("/v1/cards/lookup", new { number });
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> SubmitAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await desk.PostAsync(path, form);
    }

    [GeneratedRegex("name=\"token\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
