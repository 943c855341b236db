using System.Security.Cryptography;
using System.Text;
using MimeKit;
using Shonin.CardNetwork.Link;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailChecks;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Settings;

namespace Shonin.Journeys.Mail;

/// <summary>A notice goes to a real mail server, and is what it was when it is read there.</summary>
public sealed class NoticeDeliveryJourney : IClassFixture<PostfixServer>, IDisposable
{
    private static readonly MerchantProfile merchant = new(
        "証商店",
        "Akashi Store",
        "shop.example.jp",
        "notice@shop.example.jp",
        "03-5550-0100",
        "毎日 9時から21時",
        "every day, 9:00 to 21:00",
        "https://shop.example.jp/help",
        "Asia/Tokyo"
    );

    private readonly string folder = Directory.CreateTempSubdirectory("shonin-keys-").FullName;
    private readonly PostfixServer server;
    private readonly DkimKeys keys;
    private readonly NoticeMime mime;
    private readonly SmtpRelay relay;

    public NoticeDeliveryJourney(PostfixServer server)
    {
        this.server = server;
        keys = DkimKeys.LoadOrCreate(new KeyFolder(folder), merchant.Domain, TimeProvider.System.GetUtcNow());
        mime = new NoticeMime(merchant, keys, TimeProvider.System);
        relay = new SmtpRelay(new SmtpOptions("127.0.0.1", server.Port, SmtpTls.None, null, Waits.Most), TimeProvider.System);
    }

    public void Dispose()
    {
        relay.Dispose();
        keys.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public async Task A_notice_arrives_word_for_word_and_both_signatures_hold_in_the_mailbox(Locale locale)
    {
        var notice = Notice(locale, PostfixServer.Customer);
        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(mime.Write(notice), default));

        var stored = await server.TakeMailAsync();
        using var message = MimeMessage.Load(new MemoryStream(stored));
        Assert.Equal(notice.Subject, message.Subject);
        Assert.Equal(notice.MessageId, message.MessageId);
        Assert.Equal(notice.Text, message.TextBody!.ReplaceLineEndings("\n"));
        Assert.Equal(notice.Html, message.HtmlBody!.ReplaceLineEndings("\n"));

        var results = await VerifyAsync(stored);
        Assert.Equal([DkimAlgorithm.RsaSha256, DkimAlgorithm.Ed25519Sha256], results.Select(result => result.Signature!.Algorithm));
        Assert.All(results, result => Assert.IsType<DkimOutcome.Pass>(result.Outcome));
    }

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public async Task A_notice_of_a_real_order_is_proved_by_our_own_record_when_its_recipient_asks(Locale locale)
    {
        var log = new InMemoryEventStore();
        var markKeys = new NoticeMarkKeys(new NoticeMarkKey("20261124", RandomNumberGenerator.GetBytes(NoticeMarkKey.SizeBytes)));
        await using var ownedLog = await OwnedLog.TakeAsync(log, default);
        await using var orders = await OpenAsync(ownedLog, markKeys);
        var amount = new Money(12_480, Currency.Jpy);
        var placed = Assert
            .IsType<RequestResult.Done>(
                await orders.PlaceAsync(
                    new(
                        new Person("Hanako@Example.com", "山田 花子", null),
                        locale,
                        [new("BEANS", "コーヒー豆 200g", amount, 1)],
                        new(new("card_1"), "visa", "4242", "2029-08", "f1"),
                        null
                    ),
                    new("journey", "order-1", new byte[] { 1 }),
                    Patience.RespondAtOnce,
                    default
                )
            )
            .Record;
        var notice = (await orders.WordsOfAsync(placed.Order.Id, placed.Order.Notices.Single().Notice.Id, default))!;

        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(mime.Write(notice), default));
        var stored = await server.TakeMailAsync();

        var checker = new MailChecker(
            new MailAuthenticator(PublishedAsync, TimeProvider.System),
            NoticeLookup.Of(new NoticeLedger(log, markKeys))
        );
        Assert.Equal((VerdictWord.Genuine, Confidence.Proved), await JudgeAsync(PostfixServer.Customer));
        Assert.NotEqual(VerdictWord.Genuine, (await JudgeAsync("taro@example.com")).Word);
        stored = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(stored).Replace("Subject: ", "Subject: 1", StringComparison.Ordinal));
        Assert.NotEqual(VerdictWord.Genuine, (await JudgeAsync(PostfixServer.Customer)).Word);

        async Task<(VerdictWord Word, Confidence Confidence)> JudgeAsync(string recipient)
        {
            var question = new MailQuestion
            {
                Now = TimeProvider.System.GetUtcNow(),
                Profiles = [new(merchant.Domain, [merchant.NameJa, merchant.NameEn], [merchant.Domain], [])],
                Recipient = recipient,
            };
            var verdict = Assert.IsType<MailCheck.Checked>(await checker.CheckAsync(stored, question)).Result.Verdict;
            return (verdict.Word, verdict.Confidence);
        }
    }

    [Fact]
    public async Task What_the_server_refuses_for_good_is_refused_and_what_it_puts_off_is_tried_later()
    {
        var refused = Assert.IsType<MailOutcome.Refused>(
            await relay.DeliverAsync(mime.Write(Notice(Locale.Ja, PostfixServer.Nobody)), default)
        );
        Assert.StartsWith("550 ", refused.Why, StringComparison.Ordinal);

        var later = Assert.IsType<MailOutcome.TryLater>(
            await relay.DeliverAsync(mime.Write(Notice(Locale.Ja, PostfixServer.Busy)), default)
        );
        Assert.StartsWith("450 ", later.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_goes_away_and_comes_back_gets_the_mail_on_a_new_connection()
    {
        var mail = mime.Write(Notice(Locale.Ja, PostfixServer.Customer));
        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(mail, default));
        await server.StopAsync();
        Assert.IsType<MailOutcome.RelayAway>(await relay.DeliverAsync(mail, default));
        await server.StartAgainAsync();

        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(mail, default));
        for (var copy = 0; copy < 2; copy++)
        {
            using var message = MimeMessage.Load(new MemoryStream(await server.TakeMailAsync()));
            Assert.Equal(mail.MessageId, message.MessageId);
        }
    }

    private static NoticeMail Notice(Locale locale, string address)
    {
        var now = TimeProvider.System.GetUtcNow();
        var amount = new Money(12_480, Currency.Jpy);
        var order = Order.Evolve(
            null,
            new OrderEvent.OrderPlaced(
                new("0193aaaabbbbccccddddeeeeffff0001"),
                "N1001",
                "customer-1",
                locale,
                [new("BEANS", "コーヒー豆 200g", amount, 1)],
                amount,
                new CardOnFile(new("card_1"), "visa", "4242", "2029-08", "f1"),
                null,
                now
            )
        );
        var notice = new Notice("N1001-received", NoticeKind.Received, 0, null, null, null);
        var text = NoticeWording.Compose(
            notice,
            order,
            new NoticeContext(merchant, "山田 花子", "https://shop.example.jp/o/k7Qm2vXr9sTb", now)
        );
        return NoticeMail.From(
            notice,
            text,
            order,
            new Person(address, "山田 花子", null),
            merchant,
            new NoticeMarkKey("20261124", new byte[NoticeMarkKey.SizeBytes]),
            now
        );
    }

    private static Task<OrderBook> OpenAsync(OwnedLog log, NoticeMarkKeys markKeys) =>
        OrderBook.OpenAsync(
            new(
                new()
                {
                    Profile = merchant,
                    PublicUrl = "https://shop.example.jp",
                    Acquirer = "12345",
                    Terminal = "T1",
                    CustomerHashKey = new byte[32],
                    MarkKeys = markKeys,
                },
                log,
                TimeProvider.System,
                RandomNumberGenerator.Fill
            )
            {
                Send = (_, _) =>
                    ValueTask.FromResult<SendOutcome>(
                        new SendOutcome.NotSent(NotSentReason.NoConnection, "There is no card company in this journey.")
                    ),
                LinkCondition = () => LinkCondition.Down,
                OnFault = _ => { },
            },
            default
        );

    private async Task<IReadOnlyList<DkimResult>> VerifyAsync(byte[] stored)
    {
        var parsed = Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(stored));
        return await new DkimVerifier(PublishedAsync).VerifyAsync(parsed.Message, TimeProvider.System.GetUtcNow());
    }

    private ValueTask<DnsAnswer> PublishedAsync(string name, DnsRecordType type, CancellationToken cancellation) =>
        ValueTask.FromResult<DnsAnswer>(
            type == DnsRecordType.Txt && keys.At(TimeProvider.System.GetUtcNow()).FirstOrDefault(key => key.DnsName == name) is { } key
                ? new DnsAnswer.Records([new DnsRecord.Text(key.DnsRecord)])
                : new DnsAnswer.NxDomain()
        );
}
