using System.Text;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

public sealed class WrittenWordsSpecs
{
    private const string Ours = "ご注文 N1001 の承認が得られていません。\n期限は12月3日(木)です。";

    public static TheoryData<string, string> Answers =>
        new()
        {
            {
                "いつ届きますか。\n\n2026年11月30日(月) 10:02 しょうにん商店 <orders@shop.example.jp>:\n\n" + Marked(Ours),
                "いつ届きますか。"
            },
            {
                "いつ届きますか。\n\n2026/11/30 10:02、しょうにん商店 <orders@shop.example.jp>のメール:\n\n" + Marked(Ours),
                "いつ届きますか。"
            },
            {
                "Where is it?\n\nOn Mon, Nov 30, 2026 at 10:02 AM Shonin Shop <orders@shop.example.jp> wrote:\n\n" + Marked(Ours),
                "Where is it?"
            },
            {
                "Where is it?\n\nOn Mon, Nov 30, 2026 at 10:02 AM Shonin Shop\n<orders@shop.example.jp>\nwrote:\n" + Marked(Ours),
                "Where is it?"
            },
            { "Where is it?\n\n-----Original Message-----\nFrom: Shonin Shop\n" + Ours, "Where is it?" },
            {
                "いつですか\n________________________________\n差出人: しょうにん商店 <orders@shop.example.jp>\n送信日時: 2026年11月30日\n宛先: hanako@example.com\n件名: お知らせ\n\n"
                    + Ours,
                "いつですか"
            },
            { Marked(Ours) + "\n\n下に書きました。", "下に書きました。" },
            {
                "2026年11月30日 10:02 しょうにん商店 <orders@shop.example.jp>:\n" + Marked(Ours) + "\n\n下に書きました。",
                "下に書きました。"
            },
            {
                "一つ目です。\n> 期限は12月3日(木)です。\nこれは延ばせますか。",
                "一つ目です。\n> 期限は12月3日(木)です。\nこれは延ばせますか。"
            },
            { "はい。\n> 1\n> 2\n> 3\n> 4\n> 5\nいいえ。", "はい。\n> 1\n> 2\n> 3\n> …\nいいえ。" },
            {
                "From: 品川 To: 新宿 と書かれていました。\n2026年11月30日に頼みました:\nどうなりますか",
                "From: 品川 To: 新宿 と書かれていました。\n2026年11月30日に頼みました:\nどうなりますか"
            },
            { "> 引用だけ", "" },
            { "", "" },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public void What_somebody_wrote_is_kept_and_what_their_program_quoted_is_not(string mail, string written) =>
        Assert.Equal(written, Of("Content-Type: text/plain; charset=utf-8", mail).Text);

    [Fact]
    public void Of_two_forms_of_a_text_the_plain_one_is_read() =>
        Assert.Equal(
            ("plain", 0),
            TextAndFilesOf(
                "Content-Type: multipart/alternative; boundary=b",
                "--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n"
            )
        );

    [Theory]
    [InlineData("""<div>いつ届きますか。</div><div class="gmail_quote"><div>しょうにん商店:</div><blockquote>ご注文</blockquote></div>""")]
    [InlineData("""<p>いつ届きますか。</p><div id="divRplyFwdMsg"><b>差出人:</b> しょうにん商店</div><div>ご注文</div>""")]
    [InlineData("""<p>いつ届きますか。</p><blockquote type="cite">ご注文</blockquote>""")]
    [InlineData("<style>p{color:red}</style><p>いつ届きますか。</p><script>alert(1)</script>")]
    public void HTML_alone_is_read_as_text_up_to_the_quotation(string html) =>
        Assert.Equal("いつ届きますか。", Of("Content-Type: text/html; charset=utf-8", html).Text);

    [Fact]
    public void What_hangs_on_a_mail_is_counted_and_not_read() =>
        Assert.Equal(
            ("見てください", 3),
            TextAndFilesOf(
                "Content-Type: multipart/mixed; boundary=b",
                "--b\nContent-Type: text/plain; charset=utf-8\n\n見てください\n--b\nContent-Type: image/jpeg; name=a.jpg\n\nx\n"
                    + "--b\nContent-Type: text/plain; name=secret.txt\nContent-Disposition: attachment\n\nnot read\n"
                    + "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nnot read\n--b--\n"
            )
        );

    [Fact]
    public void Name_and_subject_stand_on_one_line()
    {
        var words = Of($"From: =?utf-8?B?5bGx55Sw?= <hanako@example.com>\r\nSubject: one\r\n two", "hello");
        Assert.Equal(("山田", "one two", "hello"), (words.Name, words.Subject, words.Text));
    }

    [Fact]
    public void No_bytes_make_it_fail()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(2_000)];
            random.NextBytes(bytes);
            Assert.NotNull(WrittenWords.Of(bytes).Text);
        }
    }

    [Fact]
    public void A_mail_of_nothing_but_quotations_costs_no_long_time()
    {
        var text = string.Concat(Enumerable.Repeat("On 2026 > x\n> y\n2026/11/30 wrote\n", 20_000));
        Assert.True(Of("Content-Type: text/plain", text).Text.Length < text.Length);
    }

    private static (string, int) TextAndFilesOf(string field, string body) =>
        Of(field, body) is var words ? (words.Text, words.FileCount) : default;

    private static WrittenWords Of(string field, string body) =>
        WrittenWords.Of(Encoding.UTF8.GetBytes($"MIME-Version: 1.0\n{field}\n\n{body}".ReplaceLineEndings("\r\n")));

    private static string Marked(string text) => string.Join('\n', text.Split('\n').Select(line => $"> {line}"));
}
