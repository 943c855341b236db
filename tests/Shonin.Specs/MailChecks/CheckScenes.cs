using System.Text;
using Shonin.Desk;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Specs.Notices;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.MailChecks;

/// <summary>A moment at which somebody looks at one of the pages around a mail's check.</summary>
public sealed record CheckScene(string Title, Func<Locale, Task<string>> PageAsync)
{
    public override string ToString() => Title;
}

/// <summary>Mails of our own making, judged by the production code, on every page that shows one.</summary>
public static class CheckScenes
{
    public const string MailPath = "/check/mails/0123456789abcdef0123456789abcdef";
    public const string Recipient = "hanako@example.com";

    public static readonly DateTimeOffset Now = OrderStory.Morning.AddHours(13);

    private static readonly MailProfile profile = new(
        "shop.example.jp",
        [ScreenScene.Merchant.NameJa, ScreenScene.Merchant.NameEn],
        ["shop.example.jp"],
        []
    );

    public static IReadOnlyList<CheckScene> All { get; } =
    [
        Start("start", new CheckResult.NotAsked(), "check@shop.example.jp"),
        Start("start, no address", new CheckResult.NotAsked(), null),
        Start("ours by number", new CheckResult.Ours(OrderStory.Morning, OrderStory.Morning), null),
        Start("ours by number, not sent yet", new CheckResult.Ours(OrderStory.Morning, null), null),
        Start("mistyped number", new CheckResult.Mistyped(), null),
        Start("not ours by number", new CheckResult.NotOurs(), null),
        Start(
            "start, Outlook file",
            new CheckResult.NotAsked(),
            null,
            new PageTrouble(SavedMailWording.WayOut(new SavedMail.OutlookItem()), MailTroubles.FileId)
        ),
        Start(
            "start, no such address",
            new CheckResult.NotAsked(),
            null,
            new PageTrouble(MailTroubles.NoAddress, MailTroubles.RecipientId)
        ),
        Verdict("genuine, no answer", Mails.Problem, Recipient, Known(HoldClass.NoAnswer, RecipientMatch.Matches), Silent()),
        Verdict(
            "genuine, no answer, approved since",
            Mails.Problem,
            Recipient,
            Known(HoldClass.NoAnswer, RecipientMatch.Matches),
            Silent().Reversed(1, "25").After(TimeSpan.FromMinutes(5)).Ask().Approved().HoldEnds()
        ),
        Verdict(
            "genuine, declined",
            Mails.Problem,
            Recipient,
            Known(HoldClass.Declined, RecipientMatch.Matches),
            Asked().Declined("51").Hold(HoldClass.Declined).Announced()
        ),
        Verdict(
            "genuine, wrong number",
            Mails.Problem,
            Recipient,
            Known(HoldClass.Declined, RecipientMatch.Matches),
            Asked().Declined("14").Hold(HoldClass.Declined).Announced()
        ),
        Verdict(
            "genuine, referred",
            Mails.Problem,
            Recipient,
            Known(HoldClass.Referred, RecipientMatch.Matches),
            Asked().Referred("01").Hold(HoldClass.Referred).Announced()
        ),
        Verdict("genuine, recipient not asked", Mails.Problem, null, Known(HoldClass.NoAnswer, RecipientMatch.NotAsked), Silent()),
        Verdict("sent to another", Mails.Problem, "taro@example.com", Known(HoldClass.NoAnswer, RecipientMatch.Differs), Silent()),
        Verdict("genuine, shipped", Mails.Shipped, null, new LedgerFinding.NoMark(), null),
        Verdict("not genuine, approval", Mails.False, null, new LedgerFinding.NoMark(), null),
        Verdict("not genuine, reported", Mails.False, null, new LedgerFinding.NoMark(), null, "R-7K3M-9QX2"),
        Verdict("not genuine, not held", Mails.False, null, new LedgerFinding.NoMark(), null, isHeld: false),
        Verdict("not genuine, hostile", Mails.Hostile, null, new LedgerFinding.NoMark(), null),
        Verdict("cannot tell, approval", Mails.Pasted, null, new LedgerFinding.NoMark(), null),
        Verdict("cannot tell, about nothing", Mails.Unrelated, null, new LedgerFinding.NoMark(), null),
        Report("report", null),
        Report("report, no such address", null, new PageTrouble(MailTroubles.NoAddress, "contact")),
        Report("reported", "R-7K3M-9QX2"),
        Desk("desk, no reports", []),
        Desk("desk, two campaigns", [Mails.FalseTo("山田 花子", 12_480), Mails.FalseTo("佐藤 一郎", 3_980), Mails.Hostile]),
        DeskReport("desk, one report", Mails.False),
        DeskReport("desk, hostile report", Mails.Hostile),
    ];

    public static CheckScene Titled(string title) => All.First(scene => scene.Title == title);

    public static async Task<MailCheckResult> JudgeAsync(byte[] mail, string? recipient, LedgerFinding ledger)
    {
        DnsLookup published = (name, type, _) =>
            ValueTask.FromResult<DnsAnswer>(
                name == Mails.Key.DnsName && type == DnsRecordType.Txt
                    ? new DnsAnswer.Records([new DnsRecord.Text(Mails.Key.DnsRecord)])
                    : new DnsAnswer.NxDomain()
            );
        var checker = new MailChecker(new MailAuthenticator(published, TimeProvider.System), (_, _, _, _) => ValueTask.FromResult(ledger));
        var check = await checker.CheckAsync(
            mail,
            new()
            {
                Now = Now,
                Profiles = [profile],
                Recipient = recipient,
            }
        );
        return check is MailCheck.Checked judged ? judged.Result : throw new InvalidOperationException($"the mail was refused: {check}");
    }

    public static PageContext Context(Locale locale, string path) => new(locale, ScreenScene.Merchant, path);

    private static CheckScene Start(string title, CheckResult result, string? forwardTo, params PageTrouble[] troubles) =>
        new(title, locale =>
            PageHtml.RenderAsync<CheckPage, CheckModel>(
                new(Context(locale, "/check"), result, "", "", new(forwardTo, 25 * 1024 * 1024), "", [.. troubles])
            )
        );

    private static CheckScene Verdict(
        string title,
        byte[] mail,
        string? recipient,
        LedgerFinding ledger,
        OrderStory? story,
        string? reportNumber = null,
        bool isHeld = true
    ) => new(title, async locale =>
        {
            var result = await JudgeAsync(mail, recipient, ledger);
            var context = Context(locale, isHeld ? MailPath : "/check");
            var screen = VerdictScreen.Of(result, story?.Order, context, Now);
            return await PageHtml.RenderAsync<VerdictPage, VerdictModel>(
                new(context, screen, isHeld ? new(MailPath, Now.AddMinutes(30), reportNumber) : null, [])
            );
        });

    private static CheckScene Report(string title, string? number, params PageTrouble[] troubles) =>
        new(title, locale =>
            PageHtml.RenderAsync<ReportPage, ReportModel>(
                new(
                    Context(locale, MailPath + "/report"),
                    MailPath,
                    Mails.HostileSubject,
                    TimeSpan.FromDays(90),
                    number,
                    new("", ""),
                    [.. troubles]
                )
            )
        );

    private static CheckScene Desk(string title, IReadOnlyList<byte[]> mails) => new(title, async locale =>
        {
            var reports = new List<MailReport>();
            foreach (var mail in mails)
            {
                reports.Add(
                    MailReport.Of(
                        $"R-0000-000{reports.Count}",
                        Now.AddMinutes(reports.Count),
                        mail.Length,
                        await JudgeAsync(mail, null, new LedgerFinding.NoMark()),
                        new("<b>変です</b>", "")
                    )
                );
            }

            return await PageHtml.RenderAsync<DeskReportsPage, DeskReportsModel>(
                new(Context(locale, "/desk/reports"), "staff", DeskReportPages.Campaigns([.. reports]), TimeSpan.FromDays(90))
            );
        });

    private static CheckScene DeskReport(string title, byte[] mail) => new(title, async locale =>
        {
            var result = await JudgeAsync(mail, null, new LedgerFinding.NoMark());
            var report = MailReport.Of("R-7K3M-9QX2", Now, mail.Length, result, new("<i>おかしいと思いました</i>", "hanako@example.com"));
            return await PageHtml.RenderAsync<DeskReportPage, DeskReportModel>(
                new(
                    Context(locale, "/desk/reports/R-7K3M-9QX2"),
                    "staff",
                    report,
                    Now.AddDays(90),
                    DeskReportPages.HeaderOf(mail),
                    StrangersText.Lines(result.Content.VisibleText, 20_000),
                    2
                )
            );
        });

    private static OrderStory Asked() => OrderStory.Placed(Locale.Ja).Ask();

    private static OrderStory Silent() => Asked().Silent().Hold(HoldClass.NoAnswer).Announced();

    private static LedgerFinding.Known Known(HoldClass holdClass, RecipientMatch recipient) =>
        new(
            new(
                "N1001-1-problem",
                "N1001",
                NoticeKind.Problem,
                holdClass,
                OrderStory.Morning,
                OrderStory.Morning,
                "h…@…",
                recipient,
                ContentMatch.Same,
                ContentMatch.Same
            )
        );

    /// <summary>
    /// Raw messages, genuine and false. They are made without the scenes, which are made of them: two that wait for each other would see
    /// nothing.
    /// </summary>
    public static class Mails
    {
        internal static DkimKey Key { get; } = DkimKey.FromEd25519Seed(ScreenScene.Merchant.Domain, "scene", new byte[32]);

        /// <summary>Markup, a mark that turns the reading, and a letter without width.</summary>
        public const string HostileSubject = "<script>alert(1)</script>\u202Eevil\u200B\"'><img src=x onerror=alert(2)>";

        public static byte[] Problem { get; } =
            Sign(
                Write(
                    "証商店 <notice@shop.example.jp>",
                    "【カード会社の返答がありません】ご注文 N1001(12,480円)",
                    "山田 花子 様\r\n\r\nご注文 N1001(12,480円)について、カード会社から返答がありませんでした。\r\n\r\nご注文のページ: https://shop.example.jp/o/k7Qm2vXr9sTb\r\n"
                )
            );

        public static byte[] Shipped { get; } =
            Sign(
                Write(
                    "証商店 <notice@shop.example.jp>",
                    "【発送しました】ご注文 N1001",
                    "発送しました。\r\nhttps://shop.example.jp/o/k7Qm2vXr9sTb\r\n"
                )
            );

        public static byte[] False { get; } = FalseTo("お客様", 12_480);

        public static byte[] Pasted { get; } =
            Write("証商店 <notice@shop.example.jp>", "お支払い方法に問題があります", "お支払い方法に問題があります。ご確認ください。\r\n");

        public static byte[] Unrelated { get; } = Write("Taro <taro@friends.example>", "週末の予定", "土曜日はどうですか。\r\n");

        public static byte[] Hostile { get; } =
            Write(
                "証商店 \"<b>notice@shop.example.jp</b>\" <x@evil.example>",
                HostileSubject,
                "<html><body><p>証商店 クレジットカードの利用承認が得られていません。カード番号と暗証番号を入力してください。</p><script>alert(3)</script>"
                    + "<a href=\"https://evil.example/&quot;&gt;&lt;script&gt;alert(4)&lt;/script&gt;\">https://shop.example.jp/&lt;b&gt;</a>"
                    + "<a href=\"javascript:alert(5)\">\u202E証商店</a><img src=\"https://evil.example/pixel.gif\"></body></html>",
                "text/html"
            );

        public static byte[] FalseTo(string name, int yen) =>
            Write(
                "証商店 <info@shop-example-jp.support.example>",
                $"【重要】証商店 クレジットカードの利用承認が得られていません({yen}円)",
                $"""
                <html><body><p>{name} 様</p><p>証商店をご利用いただきありがとうございます。ご注文({yen}円)について、クレジットカードの利用承認が得られていません。</p>
                <p>24時間以内に、カード番号と暗証番号を入力して、ご本人であることを確認してください。ご確認いただけない場合、アカウントを停止いたします。</p>
                <p><a href="https://shop.example.jp.account-{yen}.example/login?u={yen}">https://shop.example.jp/account</a></p></body></html>
                """,
                "text/html"
            );

        private static byte[] Sign(byte[] message) => new DkimSigner(NoticeSigning.Options).Sign(message, [Key], OrderStory.Morning);

        private static byte[] Write(string from, string subject, string body, string type = "text/plain") =>
            Encoding.ASCII.GetBytes(
                string.Join(
                    "\r\n",
                    [
                        "Received: from mx.example (mx.example [192.0.2.1]) by mail.example.com; Tue, 24 Nov 2026 10:02:08 +0900",
                        $"From: {Phrase(from)}",
                        $"To: {Recipient}",
                        $"Subject: {Encoded(subject)}",
                        "Date: Tue, 24 Nov 2026 10:02:07 +0900",
                        $"Message-ID: <N1001-1-problem@shop.example.jp>",
                        "MIME-Version: 1.0",
                        $"Content-Type: {type}; charset=utf-8",
                        "Content-Transfer-Encoding: base64",
                        "",
                        Convert.ToBase64String(Encoding.UTF8.GetBytes(body), Base64FormattingOptions.InsertLineBreaks),
                        "",
                    ]
                )
            );

        private static string Phrase(string from)
        {
            var open = from.LastIndexOf('<');
            return $"{Encoded(from[..open].Trim())} {from[open..]}";
        }

        private static string Encoded(string text) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
    }
}
