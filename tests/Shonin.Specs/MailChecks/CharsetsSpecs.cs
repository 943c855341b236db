using System.Text;
using CsCheck;
using Shonin.MailChecks;
using static Shonin.Specs.MailChecks.MailStory;

namespace Shonin.Specs.MailChecks;

/// <summary>Letters under a label that they are not in are read as they are, and where programs may follow either, both are.</summary>
public sealed class CharsetsSpecs
{
    private const string Text = "いちば商店からのお知らせ。表示";

    static CharsetsSpecs() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static TheoryData<string, string?> Lies
    {
        get
        {
            var lies = new TheoryData<string, string?>();
            foreach (var charset in new[] { "utf-8", "shift_jis", "euc-jp", "iso-2022-jp" })
            {
                foreach (
                    var label in new[]
                    {
                        null,
                        "iso-2022-jp",
                        "us-ascii",
                        "utf-8",
                        "shift_jis",
                        "euc-jp",
                        "iso-8859-1",
                        "windows-1252",
                        "utf-7",
                        "hz-gb-2312",
                        "iso-2022-kr",
                        "nobody",
                    }
                )
                {
                    lies.Add(charset, label);
                }
            }

            return lies;
        }
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_text_is_read_under_any_label(string charset, string? label) =>
        Assert.Contains(Text, Charsets.Readings(Encoding.GetEncoding(charset).GetBytes(Text), label));

    [Theory]
    [InlineData("utf-8", "iso-2022-jp")]
    [InlineData("shift_jis", "iso-2022-jp")]
    [InlineData("euc-jp", "iso-2022-jp")]
    [InlineData("utf-8", "us-ascii")]
    [InlineData("shift_jis", "utf-8")]
    [InlineData("euc-jp", null)]
    [InlineData("shift_jis", null)]
    public void Where_the_label_cannot_be_there_is_no_other_reading_before_it(string charset, string? label) =>
        Assert.Equal(Text, Charsets.Decode(Encoding.GetEncoding(charset).GetBytes(Text), label));

    [Theory]
    [InlineData("shift_jis", "shift_jis", "ﾊｯﾁｭｳ")]
    [InlineData("iso-8859-1", "iso-8859-1", "Grüße")]
    public void A_label_that_can_be_is_followed_first(string charset, string label, string text) =>
        Assert.Equal(text, Charsets.Decode(Encoding.GetEncoding(charset).GetBytes(text), label));

    [Theory]
    [InlineData("utf-8", "iso-2022-jp")]
    [InlineData("shift_jis", "iso-2022-jp")]
    [InlineData("utf-8", "shift_jis")]
    [InlineData("utf-8", "iso-8859-1")]
    [InlineData("euc-jp", "shift_jis")]
    public async Task An_imitation_is_named_whatever_charset_its_name_or_its_text_declares(string charset, string label)
    {
        var bytes = Encoding.GetEncoding(charset);
        var word = $"=?{label}?B?{Convert.ToBase64String(bytes.GetBytes("いちば商店"))}?=";
        Assert.Equal(
            "NotGenuine Strong SenderNotMerchant",
            (await CheckAsync(Plain($"{word} <x@stranger.example>", "x", "https://stranger.example/"))).Said()
        );
        byte[] mail =
        [
            .. Encoding.ASCII.GetBytes(
                $"Received: from a by b\r\nFrom: {Encoded("いちば商店")} <x@stranger.example>\r\nSubject: x\r\nMessage-ID: <1@x>\r\nContent-Type: text/plain; charset={label}\r\n\r\n"
            ),
            .. bytes.GetBytes("いちば商店からのお知らせ。パスワードを確認してください。\r\n"),
        ];
        Assert.Equal("NotGenuine Strong SenderNotMerchant", (await CheckAsync(mail)).Said());
    }

    /// <summary>Letters of Shift_JIS whose second byte is a backslash, an at sign or a bracket to whoever does not know it.</summary>
    [Theory]
    [InlineData("時刻表ソ")]
    [InlineData("表")]
    [InlineData("ァゼ")]
    [InlineData("申十ミ貼能")]
    public async Task A_raw_name_in_Shift_JIS_ends_where_its_quotes_do(string name)
    {
        byte[] mail =
        [
            .. "Received: from a by b\r\nFrom: \""u8,
            .. Encoding.GetEncoding("shift_jis").GetBytes(name),
            .. "\" <notice@ichiba.example>\r\nTo: a@b.example\r\nSubject: x\r\nDate: Tue, 24 Nov 2026 10:02:00 +0900\r\n\r\nx\r\n"u8,
        ];
        var result = await CheckAsync(new Shonin.MailAuthentication.Dkim.DkimSigner().Sign(mail, [MerchantKey], Now));
        Assert.Equal(
            ("Genuine Strong SignedByMerchant", new SenderMailbox(name, "notice", "ichiba.example")),
            (result.Said(), result.Sender.Author)
        );
    }

    private static readonly string?[] labels =
    [
        null,
        "utf-8",
        "iso-2022-jp",
        "shift_jis",
        "euc-jp",
        "utf-7",
        "utf-16",
        "x-user-defined",
        "",
    ];

    [Fact]
    public void Any_bytes_have_a_reading_under_any_label() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, labels.Length - 1].Select(index => labels[index]))
            .Sample((bytes, label) => Charsets.Readings(bytes, label) is { Length: > 0 and <= 4 }, iter: 2_000);
}
