using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Shonin.Journeys.Rest;

public sealed class MailChecksByRestJourney(RunningHouse house) : IClassFixture<RunningHouse>
{
    private const int SizeBytesMax = 65_536;
    private const string Recipient = "hanako@example.jp";

    [Fact]
    public async Task A_notice_of_ours_is_genuine_to_the_one_it_was_sent_to_and_with_one_letter_changed_to_nobody()
    {
        var notice = await ReceiveNoticeAsync();

        var (status, check) = await CheckAsync(notice, $"?recipient={Recipient}");
        Assert.Equal((200, "genuine", "proved"), (status, (string?)check["verdict"], (string?)check["confidence"]));
        Assert.Equal(
            (true, true, true),
            ((bool)check["ledger"]!["match"]!, (bool)check["ledger"]!["recipientMatches"]!, (bool)check["ledger"]!["bodyHashMatches"]!)
        );

        var (_, another) = await CheckAsync(notice, "?recipient=taro@example.jp");
        Assert.Equal("cannot-tell", (string?)another["verdict"]);

        var body = Array.LastIndexOf(notice, (byte)'A');
        byte[] altered = [.. notice];
        altered[body] = (byte)'B';
        var (_, changed) = await CheckAsync(altered, $"?recipient={Recipient}");
        Assert.NotEqual("genuine", (string?)changed["verdict"]);
    }

    public static TheoryData<int, string?, string, int, string?> Answers =>
        new()
        {
            { SizeBytesMax, "message/rfc822", "", 200, null },
            { SizeBytesMax + 1, "message/rfc822", "", 413, "bodyTooLarge" },
            { 100, "application/octet-stream", "", 200, null },
            { 100, "Message/RFC822; charset=us-ascii", "", 200, null },
            { 100, "application/json", "", 415, "unsupportedMediaType" },
            { 100, null, "", 415, "unsupportedMediaType" },
            { 0, "message/rfc822", "", 422, "invalidMail" },
            { 100, "message/rfc822", "?recipient=hanako", 422, "invalidValue" },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_cannot_be_checked_is_refused_by_name(int sizeBytes, string? type, string query, int status, string? code)
    {
        var mail = Encoding.ASCII.GetBytes("Subject: x\r\n\r\n".PadRight(sizeBytes, 'x'))[..sizeBytes];
        var (refused, body) = await CheckAsync(mail, query, type);
        Assert.Equal((status, code), (refused, (string?)body["code"]));
    }

    /// <summary>A header of more fields than are read.</summary>
    [Fact]
    public async Task A_mail_that_breaks_a_limit_is_refused_with_the_limit()
    {
        var (status, problem) = await CheckAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("X: y\r\n", 1001)) + "\r\n"), "");
        Assert.Equal((422, "invalidMail"), (status, (string?)problem["code"]));
        Assert.Contains("1000", (string?)problem["detail"], StringComparison.Ordinal);
    }

    private async Task<byte[]> ReceiveNoticeAsync()
    {
        Directory.CreateDirectory(house.MailFolder);
        using var watcher = new FileSystemWatcher(house.MailFolder, "*.eml") { EnableRaisingEvents = true };
        var arrived = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Renamed += (_, file) => arrived.TrySetResult(file.FullPath);
        var card = await house.StoreCardAsync("4242424242424242");
        await house.SendAsync(
            HttpMethod.Post,
            "/v1/orders",
            "mail-check-1",
            $$"""
            {"customer":{"email":"{{Recipient}}","name":"山田花子","locale":"ja"},
             "items":[{"sku":"TEA","name":"お茶","unitPrice":{"minorUnits":1200,"currency":"JPY"},"quantity":2}],"payment":{"card":"{{card}}"} }
            """
        );
        return await File.ReadAllBytesAsync(await arrived.Task.WaitAsync(Waits.Most));
    }

    private async Task<(int Status, JsonNode Body)> CheckAsync(byte[] mail, string query, string? type = "message/rfc822")
    {
        using var content = new ByteArrayContent(mail);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        using var response = await house.Client.PostAsync(new Uri("/v1/mail-checks" + query, UriKind.Relative), content);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
