using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Shonin.Domain;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Specs.EventLog;
using Shonin.Specs.Notices;
using static Shonin.Specs.MailChecks.Forwarding;

namespace Shonin.Specs.MailChecks;

/// <summary>A mail from its bytes to the answer that leaves, with everything but IMAP and SMTP as in production.</summary>
[Collection(nameof(SigningKeys))]
[RealParts]
public sealed class AnsweringSpecs : IDisposable
{
    private readonly DataFolder folder = new();
    private readonly FakeTimeProvider time = new(Now);
    private readonly List<SignedMail> sent = [];
    private readonly DkimKeys keys;
    private readonly DnsLookup zone;
    private AnswerLimits limits = new(3, 4);
    private AnswerBook book;
    private MailOutcome relay = new MailOutcome.Taken();
    private long uid;

    public AnsweringSpecs(SigningKeys signing)
    {
        keys = signing.Pair;
        var own = string.Join(",", keys.At(Now).Select(key => $"\"{key.DnsName}\":{{\"TXT\":[[{string.Join(",", key.DnsRecord.Chunk(255).Select(part => $"\"{new string(part)}\""))}]]}}"));
        zone = Shonin.Specs.MailAuthentication.Zones.Of($"{{{Names}, {own}, \"_dmarc.shop.example.jp\":{{\"TXT\":[[\"v=DMARC1; p=reject\"]]}}}}");
        book = Open();
    }

    [Fact]
    public async Task A_genuine_notice_that_is_forwarded_as_an_attachment_is_answered_as_genuine()
    {
        await HandleAsync(Forwarded("これは本物ですか", Notice()));
        var answer = await OnlyAnswerAsync();
        Assert.StartsWith("【本物です】", answer.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_false_one_is_answered_as_false_and_nothing_of_it_is_said_again()
    {
        var phish = Encoding.UTF8.GetBytes("From: =?utf-8?B?6Ki85ZWG5bqX?= <support@evil-shop.example>\r\nTo: <hanako@example.com>\r\nSubject: evil words\r\nDate: Tue, 24 Nov 2026 09:00:00 +0900\r\nMessage-ID: <x@evil-shop.example>\r\n\r\nhttps://evil-shop.example/login\r\n");
        await HandleAsync(Forwarded("real?", phish));
        var answer = await OnlyAnswerAsync();
        Assert.StartsWith("[Not genuine]", answer.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", answer.TextBody + answer.HtmlBody + answer.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_is_signed_has_no_return_path_and_says_that_a_machine_wrote_it()
    {
        await HandleAsync(Forwarded("please", Notice()));
        await SendAsync();
        var mail = Assert.Single(sent);
        Assert.Equal(("", Customer), (mail.Sender, mail.Recipient));
        using var answer = MimeMessage.Load(new MemoryStream(mail.Message));
        Assert.Equal("auto-replied", answer.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal(("m1@example.com", "m1@example.com"), (answer.InReplyTo, answer.References.Single()));
        Assert.Equal(mail.MessageId, answer.MessageId);
        var results = await new DkimVerifier(zone).Verify(Parse(mail.Message), Now);
        Assert.All(results, result => Assert.IsType<DkimOutcome.Pass>(result.Outcome));
        Assert.Equal(2, results.Count);
    }

    [Fact]
    public async Task Our_own_answer_that_comes_back_is_not_answered()
    {
        await HandleAsync(Forwarded("please", Notice()));
        await SendAsync();
        Assert.Equal(Handling.Unanswered, await HandleAsync(sent[0].Message));
    }

    [Fact]
    public async Task A_forward_in_words_is_told_what_is_on_record_only_where_the_notice_was_sent_to_the_one_who_asks()
    {
        await HandleAsync(Signed(Mail(With("Content-Type: text/plain; charset=utf-8", "Message-ID: <a@example.com>"), "N1001-1-problem は本物ですか\r\n")));
        await HandleAsync(Signed(Mail(With("Content-Type: text/plain; charset=utf-8", "Message-ID: <b@example.com>"), "N1002-1-problem は本物ですか\r\n")));
        await SendAsync();
        var texts = sent.Select(mail => MimeMessage.Load(new MemoryStream(mail.Message))).ToDictionary(answer => answer.InReplyTo!, answer => answer.TextBody);
        Assert.Contains("番号 N1001-1-problem のお知らせは、当店が", texts["a@example.com"], StringComparison.Ordinal);
        Assert.DoesNotContain("N1002", texts["b@example.com"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_mail_again_is_not_answered_again_wherever_it_lies()
    {
        var mail = Forwarded("please", Notice());
        Assert.Equal(Handling.Answered, await HandleAsync(mail));
        Assert.Equal(Handling.Unanswered, await HandleAsync(mail));
        Assert.Equal(Handling.Unanswered, await HandleAsync([.. "Received: again\r\n"u8, .. mail]));
        await SendAsync();
        Assert.Single(sent);
    }

    [Fact]
    public async Task An_end_between_the_note_and_the_sending_costs_no_answer_and_doubles_none()
    {
        var place = new MailPlace(1, 77);
        await HandleAsync(Forwarded("please", Notice()), place);
        Restart();
        Assert.True(book.IsSettled(place));
        await SendAsync();
        Restart();
        await SendAsync();
        Assert.Single(sent);
    }

    [Fact]
    public async Task An_end_between_the_sending_and_the_note_of_it_sends_the_same_bytes_again()
    {
        await HandleAsync(Forwarded("please", Notice()));
        await new AnswerSender(book, (mail, _) =>
        {
            sent.Add(mail);
            throw new InvalidOperationException("the power was cut");
        }, new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(4)), time, NullLogger.Instance).SendDueAsync(default);
        Restart();
        time.Advance(TimeSpan.FromMinutes(5));
        await SendAsync();
        Assert.Equal(sent[0].Message, sent[1].Message);
        Assert.Equal(sent[0].MessageId, sent[1].MessageId);
    }

    [Fact]
    public async Task A_relay_that_is_away_gets_the_answer_later_and_for_good_after_four_days_nobody_does()
    {
        relay = new MailOutcome.TryLater("421 busy");
        await HandleAsync(Forwarded("please", Notice()));
        await SendAsync();
        await SendAsync();
        Assert.Single(sent);
        time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync();
        Assert.Equal(2, sent.Count);
        time.Advance(TimeSpan.FromDays(4));
        await SendAsync();
        time.Advance(TimeSpan.FromDays(1));
        await SendAsync();
        Assert.Equal(3, sent.Count);
    }

    [Fact]
    public async Task A_sender_gets_so_many_answers_an_hour_and_no_more()
    {
        for (var count = 0; count < 3; count++)
            Assert.Equal(Handling.Answered, await HandleAsync(Numbered(count)));
        Assert.Equal(Handling.Unanswered, await HandleAsync(Numbered(3)));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Handling.Answered, await HandleAsync(Numbered(4)));
    }

    [Fact]
    public async Task Beyond_what_all_may_have_in_an_hour_a_mail_waits_its_turn()
    {
        limits = new(10, 2);
        Restart();
        Assert.Equal(Handling.Answered, await HandleAsync(Numbered(0)));
        Assert.Equal(Handling.Answered, await HandleAsync(Numbered(1)));
        var place = new MailPlace(1, 99);
        Assert.Equal(Handling.PutOff, await HandleAsync(Numbered(2), place));
        Assert.False(book.IsSettled(place));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Handling.Answered, await HandleAsync(Numbered(2), place));
    }

    [Fact]
    public async Task Once_an_answer_has_left_neither_it_nor_its_address_is_kept()
    {
        await HandleAsync(Forwarded("please", Notice()));
        await SendAsync();
        book.Dispose();
        var files = Directory.GetFiles(folder.Path, AnswerBook.FileName + "*").SelectMany(File.ReadAllBytes).ToArray();
        Assert.Equal(-1, files.AsSpan().IndexOf("hanako"u8));
        book = Open();
    }

    [Fact]
    public void Only_the_owner_opens_the_book()
    {
        foreach (var file in Directory.GetFiles(folder.Path, AnswerBook.FileName + "*"))
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("127.0.0.1", nameof(ImapTls.None), true)]
    [InlineData("imap.example.jp", nameof(ImapTls.None), false)]
    [InlineData("imap.example.jp", nameof(ImapTls.Implicit), true)]
    [InlineData("imap.example.jp", nameof(ImapTls.StartTls), true)]
    public void The_mailbox_is_read_over_no_network_in_clear(string host, string tls, bool isAllowed)
    {
        var options = new ImapOptions(host, 143, Enum.Parse<ImapTls>(tls), "check", "secret", "INBOX", "Checked", TimeSpan.FromSeconds(30));
        Assert.Equal(isAllowed, options.Problem is null);
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        book.Dispose();
        folder.Dispose();
    }

    private static byte[] Numbered(int number) => Signed(Mail(With($"Message-ID: <n{number}@example.com>"), "hello"));

    private byte[] Notice() => new NoticeMime(NoticeScenes.Merchant, keys, time).Write(NoticeMimeSpecs.Mail(Locale.Ja)).Message;

    private async Task<Handling> HandleAsync(byte[] mail, MailPlace? place = null)
    {
        var authenticator = new MailAuthenticator(zone, time);
        var profile = new MailProfile("shop.example.jp", [NoticeScenes.Merchant.NameJa, NoticeScenes.Merchant.NameEn], ["shop.example.jp"], []);
        var check = new OwnMailCheck(zone, new(), (_, _, _, _) => ValueTask.FromResult<LedgerFinding>(new LedgerFinding.NotChecked()), new() { Now = default, Profiles = [profile] }, time);
        FindQuotedNotice find = (noticeId, recipient, _) => ValueTask.FromResult(noticeId == "N1001-1-problem" && recipient == Customer ? new QuotedNotice(noticeId, Now) : null);
        var rules = new SenderRules(ShopAddress, [NoticeScenes.Merchant.SenderAddress], TimeSpan.FromDays(7));
        var desk = new CheckDesk(NoticeScenes.Merchant, "https://shop.example.jp/check", ShopAddress);
        var answering = new Answering(authenticator, check, find, rules, new AnswerMime(desk, keys)) { Book = book, Clock = time, Log = NullLogger.Instance };
        return await answering.HandleAsync(place ?? new MailPlace(1, ++uid), mail, default);
    }

    private async Task SendAsync() => await new AnswerSender(book, (mail, _) =>
    {
        sent.Add(mail);
        return ValueTask.FromResult(relay);
    }, new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(4)), time, NullLogger.Instance).SendDueAsync(default);

    private async Task<MimeMessage> OnlyAnswerAsync()
    {
        await SendAsync();
        return MimeMessage.Load(new MemoryStream(Assert.Single(sent).Message));
    }

    private AnswerBook Open() => AnswerBook.Open(Path.Combine(folder.Path, AnswerBook.FileName), [.. Enumerable.Repeat((byte)1, AnswerBook.HashKeySizeBytes)], limits);

    private void Restart()
    {
        book.Dispose();
        book = Open();
    }
}
