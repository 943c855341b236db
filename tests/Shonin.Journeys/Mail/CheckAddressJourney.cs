using System.Text;
using MimeKit;
using Shonin.MailAuthentication.Dkim;

namespace Shonin.Journeys.Mail;

/// <summary>A customer forwards a mail to the check address, and gets an answer by mail.</summary>
[Collection(nameof(ForwardingHouses))]
public sealed class CheckAddressJourney(ForwardingHouse house)
{
    private static readonly byte[] phish = Encoding.UTF8.GetBytes(
        "From: =?utf-8?B?44GX44KH44GG44Gr44KT5ZWG5bqX?= <support@evil-shop.example>\r\nTo: <hanako@example.com>\r\nSubject: evil\r\nDate: Tue, 24 Nov 2026 09:00:00 +0900\r\n"
            + "Message-ID: <x@evil-shop.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhttps://evil-shop.example/login\r\n"
    );

    [Fact]
    public async Task A_real_notice_is_genuine_a_false_one_is_not_and_machines_and_strangers_get_nothing()
    {
        var notice = await house.ReceiveNoticeAsync();
        var before = await house.CountHandledAsync();

        // The mailbox is read in order: once the last is answered, the ones before were dealt with.
        await house.AppendAsync(
            house.Forward("an answering machine", ["Auto-Submitted: auto-replied"], notice),
            [.. "Return-Path: <>\r\n"u8, .. house.Forward("a bounce", [], notice)],
            house.Forward("not signed", [], notice).AsSpan().WithoutFirstField()
        );
        await house.SendAsync(house.Forward("これは本物ですか", [], notice));
        var answer = await house.TakeAnswerAsync();
        Assert.StartsWith("【本物です】", Read(answer).Subject, StringComparison.Ordinal);
        await house.WaitForHandledAsync(before + 4);

        await house.SendAsync(house.Forward("is this real?", [], phish));
        var second = Read(await house.TakeAnswerAsync());
        Assert.StartsWith("[Not genuine]", second.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", second.TextBody + second.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_signed_comes_from_no_return_path_and_says_that_a_machine_wrote_it()
    {
        await house.SendAsync(house.Forward("これは?", [], phish));
        var answer = await house.TakeAnswerAsync();

        Assert.StartsWith("Return-Path: <>", Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
        var results = await house.VerifyAsync(answer);
        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.IsType<DkimOutcome.Pass>(result.Outcome));
    }

    [Fact]
    public async Task Power_that_is_cut_before_an_answer_has_left_costs_none_and_doubles_none()
    {
        var before = await house.CountHandledAsync();
        await house.Postfix.StopAsync();
        await house.AppendAsync(house.Forward("停電の前", [], phish));
        await house.WaitForHandledAsync(before + 1);
        await house.CutPowerAsync();
        await house.Postfix.StartAgainAsync();
        await house.StartAsync();

        var first = Read(await house.TakeAnswerAsync());
        await house.SendAsync(house.Forward("停電の後", [], phish));
        var second = Read(await house.TakeAnswerAsync());
        Assert.NotEqual(first.MessageId, second.MessageId);
    }

    private static MimeMessage Read(byte[] mail) => MimeMessage.Load(new MemoryStream(mail));
}

internal static class Unsigned
{
    /// <summary>Without its first field, which is the signature; a signature runs on over lines that begin with white space.</summary>
    public static byte[] WithoutFirstField(this Span<byte> mail)
    {
        var end = 0;
        do end += mail[end..].IndexOf((byte)'\n') + 1;
        while (mail[end] is (byte)' ' or (byte)'\t');
        return mail[end..].ToArray();
    }
}
