using System.Text;
using Shonin.Notices;

namespace Shonin.Specs.Notices;

/// <summary>What comes back, as servers write it.</summary>
public sealed class BounceReportSpecs
{
    private const string Home = "bounces+4821773057-abcdefghij@shop.example.jp";

    [Theory]
    [InlineData("failed", "5.1.1", "Failed")]
    [InlineData("failed", "4.4.1", "Failed")] // given up after days of trying
    [InlineData("FAILED (gone)", "5.0.0", "Failed")]
    [InlineData("delayed", "4.4.1", "Delayed")]
    [InlineData("relayed", "2.0.0", "None")]
    [InlineData("delivered", "2.1.5", "None")]
    [InlineData("expanded", "2.0.0", "None")]
    [InlineData("", "5.2.2 (mailbox full)", "Failed")]
    [InlineData("", "4.2.2", "Delayed")]
    [InlineData("", "2.0.0", "None")]
    [InlineData("", "", "None")]
    public void A_report_for_machines_says_it_by_its_action_or_else_its_status_RFC_3464_2_3(string action, string status, string kind)
    {
        var report = Read(
            Dsn(
                $"Final-Recipient: rfc822; hanako@example.jp\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} <hanako@example.jp>: no such user\r\n"
            )
        );

        Assert.Equal(kind, report.Kind.ToString());
        Assert.Equal([Home], report.DeliveredTo);
        Assert.DoesNotContain("hanako", report.Why, StringComparison.Ordinal);
        if (kind != "None")
            Assert.Contains("no such user", report.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void One_recipient_of_several_who_gets_nothing_is_enough()
    {
        var report = Read(
            Dsn(
                "Final-Recipient: rfc822; a@example.jp\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: rfc822; b@example.jp\r\nAction: failed\r\nStatus: 5.7.1\r\n"
            )
        );
        Assert.Equal((BounceKind.Failed, "status 5.7.1"), (report.Kind, report.Why));
    }

    [Fact]
    public void A_receipt_or_a_complaint_is_no_bounce_whatever_it_quotes()
    {
        foreach (var type in new[] { "disposition-notification", "feedback-report" })
        {
            Assert.Equal(
                BounceKind.None,
                Read(
                    $"From: MAILER-DAEMON@example.jp\r\nTo: {Home}\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
                        + $"Content-Type: multipart/report; report-type={type}; boundary=b\r\n\r\n--b\r\n\r\nUser unknown\r\n--b--\r\n"
                ).Kind
            );
        }
    }

    public static TheoryData<string, string, string, string> Forms =>
        new()
        {
            {
                "qmail",
                "Failed",
                "MAILER-DAEMON@mx.example.jp",
                "failure notice\n\nHi. This is the qmail-send program at mx.example.jp.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<hanako@example.jp>:\nSorry, no mailbox here by that name. (#5.1.1)"
            },
            {
                "exim",
                "Failed",
                "Mail Delivery System <Mailer-Daemon@mx.example.jp>",
                "Mail delivery failed: returning message to sender\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error."
            },
            {
                "exim warns",
                "Delayed",
                "Mailer-Daemon@mx.example.jp",
                "Warning: message 1abc-def delayed 24 hours\n\nThis message was created automatically by mail delivery software.\nA message that you sent has not been delivered to one or more of its\nrecipients after more than 24 hours on the queue.\nNo action is required on your part. Delivery attempts will continue for some time."
            },
            {
                "sendmail warns",
                "Delayed",
                "MAILER-DAEMON@mx.example.jp",
                "Warning: could not send message for past 4 hours\n\n**      THIS IS A WARNING MESSAGE ONLY      **\nYOU DO NOT NEED TO RESEND YOUR MESSAGE\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old"
            },
            {
                "docomo",
                "Failed",
                "mailer-daemon@docomo.ne.jp",
                "Mail System Error - Returned Mail\n\n次のあて先へのメッセージはエラーのため送信できませんでした。\n送信先メールアドレスが見つかりませんでした。\n<hanako@docomo.ne.jp>"
            },
            {
                "au",
                "Failed",
                "Postmaster@ezweb.ne.jp",
                "Mail System Error - Returned Mail\n\nThe following addresses had delivery problems:\n<hanako@ezweb.ne.jp>\n  Host or domain name not found / User unknown"
            },
            {
                "softbank",
                "Failed",
                "MAILER-DAEMON@softbank.ne.jp",
                "Undelivered Mail Returned to Sender\n\nメールを配信できませんでした。宛先が見つかりません。"
            },
            {
                "full",
                "Failed",
                "MAILER-DAEMON@example.jp",
                "Returned mail\n\nお客様のメールボックスの容量を超えているため、お届けできませんでした。"
            },
            {
                "Japanese delay",
                "Delayed",
                "MAILER-DAEMON@example.jp",
                "配送遅延のお知らせ\n\nメールはまだ送信できません。サーバーは再送を続けますので、再度お送りいただく必要はありません。"
            },
            {
                "curly",
                "Failed",
                "postmaster@example.jp",
                "Notice\n\nYour message couldn’t be delivered. The address wasn’t found at example.jp."
            },
            { "a person", "None", "hanako@example.jp", "Re: 【承認されました】\n\nエラーのため送信できませんでした、と表示されました。" },
            { "a daemon with other news", "None", "postmaster@example.jp", "Maintenance\n\nThe server will be restarted tonight." },
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_report_for_people_is_read_by_its_sender_and_its_words(string name, string kind, string from, string text)
    {
        var (subject, body) = (
            text[..text.IndexOf('\n', StringComparison.Ordinal)],
            text[(text.IndexOf('\n', StringComparison.Ordinal) + 2)..]
        );
        foreach (var charset in new[] { "utf-8", "iso-2022-jp" })
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            var mail = (byte[])
                [
                    .. Encoding.UTF8.GetBytes(
                        $"Return-Path: <>\r\nFrom: {from}\r\nTo: {Home}\r\nSubject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
                    ),
                    .. Encoding.GetEncoding(charset).GetBytes(body),
                ];
            var report = BounceReport.Read(mail);
            Assert.True(kind == report.Kind.ToString(), $"{name} in {charset}: {report.Kind}, {report.Why}");
            Assert.DoesNotContain("hanako@", report.Why, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-replied")]
    [InlineData("Precedence: bulk")]
    [InlineData("X-Autoreply: yes")]
    [InlineData("X-Anything: no")]
    public void An_answering_machine_or_a_challenge_is_no_bounce_even_where_it_speaks_of_errors(string field) =>
        Assert.Equal(
            BounceKind.None,
            Read(
                $"Return-Path: <>\r\nFrom: Hanako <hanako@example.jp>\r\nTo: {Home}\r\nSubject: Out of office\r\n{field}\r\n\r\nThe address does not exist any more? Confirm that you are a person, or delivery failed.\r\n"
            ).Kind
        );

    [Fact]
    public void A_server_that_names_the_recipients_it_failed_needs_no_words()
    {
        Assert.Equal(
            BounceKind.Failed,
            Read(
                $"From: nobody@example.jp\r\nTo: {Home}\r\nX-Failed-Recipients: hanako@example.jp\r\nAuto-Submitted: auto-replied\r\nSubject: x\r\n\r\n"
            ).Kind
        );
    }

    [Theory]
    [InlineData("Delivered-To")]
    [InlineData("X-Original-To")]
    [InlineData("Envelope-To")]
    public void Where_it_was_delivered_to_stands_in_more_fields_than_To(string field) =>
        Assert.Contains(Home, Read($"From: x@example.jp\r\nTo: undisclosed-recipients:;\r\n{field}: <{Home}>\r\n\r\n").DeliveredTo);

    [Fact]
    public void Any_bytes_are_read()
    {
        var random = new Random(9);
        var whole = Dsn("Action: failed\r\nStatus: 5.1.1\r\n");
        for (var turn = 0; turn < 300; turn++)
        {
            var bytes = Encoding.UTF8.GetBytes(whole);
            for (var change = 0; change < 8; change++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Assert.InRange(BounceReport.Read(bytes.AsMemory(0, random.Next(bytes.Length))).Why.Length, 0, 400);
        }
    }

    private static BounceReport Read(string mail) => BounceReport.Read(Encoding.UTF8.GetBytes(mail));

    private static string Dsn(string recipients) =>
        $"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.jp\r\nTo: {Home}\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + $"Reporting-MTA: dns; mx.example.jp\r\n\r\n{recipients}\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n--b--\r\n";
}
