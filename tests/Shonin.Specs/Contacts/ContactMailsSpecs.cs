using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Shonin.Contacts;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.Hours;
using Shonin.Letters;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailChecks;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Specs.EventLog;
using Shonin.Specs.Notices;
using Shonin.Specs.Orders;
using Shonin.Streams;
using Shonin.Web;
using static Shonin.Specs.MailChecks.Forwarding;

namespace Shonin.Specs.Contacts;

/// <summary>A mail from its bytes to the message that it becomes, and to the letters that leave for it: all but IMAP and SMTP as in production.</summary>
[Collection(nameof(SigningKeys))]
[RealParts]
public sealed class ContactMailsSpecs(SigningKeys signing) : IAsyncLifetime
{
    private const string Help = "help@shop.example.jp";

    private static readonly ReplyAddress replies = new(MailAddress.Read(Help)!, Shop.MarkKeys);
    private static readonly Order order = OrderStory.Placed(Locale.Ja).Order;
    private static readonly ContactId contact = ContactId.Of(order.Id);
    private static readonly string answerTo = replies.Of(contact)!;

    private readonly DataFolder folder = new();
    private readonly FakeTimeProvider time = new(Now);
    private readonly List<SignedMail> sent = [];
    private readonly ShopHours hours = new(null);
    private ContactRates rates = new();
    private Person? person = new(Customer, "山田 花子", null);
    private SqliteEventStore? store;
    private OwnedLog? log;
    private ContactBook? opened;
    private ContactMails? mails;
    private long uid;

    private ContactBook Book => opened!;

    [Fact]
    public async Task An_answer_to_a_notice_becomes_a_message_of_that_order_s_contact()
    {
        Assert.Equal(Handling.Taken, await TakeAsync(Answer("いつ届きますか。カードは 4242 4242 4242 4242 です")));
        var line = await OnlyMessageAsync(contact);
        Assert.Equal("いつ届きますか。カードは •••• •••• •••• •••• です", line.Text);
        Assert.Equal(new MailOrigin(SenderProof.Proved, 0), ((ContactFact.Said)line.Fact).Mail);
    }

    [Fact]
    public async Task The_subject_binds_a_mail_to_nothing()
    {
        var mail = Signed(
            Mail(
                With($"To: <{Help}>", $"Subject: Re: [{order.Number}] {contact} {answerTo}", "Message-ID: <s@example.com>"),
                "私の注文です"
            )
        );
        Assert.Equal(Handling.Taken, await TakeAsync(mail));
        Assert.Null(await Book.FindAsync(contact));
    }

    [Fact]
    public async Task The_same_mail_that_is_read_twice_is_one_message_and_one_acknowledgement()
    {
        var mail = Answer("いつ届きますか。");
        await TakeAsync(mail);
        await ReopenAsync();
        Assert.Equal(Handling.Taken, await TakeAsync([.. "Received: again\r\n"u8, .. mail]));
        await OnlyMessageAsync(contact);
        await SendAsync();
        Assert.Single(sent);

        var toHelp = Signed(Mail(With($"To: <{Help}>", "Message-ID: <h@example.com>"), "こんにちは"));
        await TakeAsync(toHelp);
        await TakeAsync(toHelp);
        Assert.Equal(2, (await Book.ListWaitingAsync(9, default)).Contacts.Length);
    }

    [Fact]
    public async Task An_acknowledgement_is_signed_says_that_a_machine_wrote_it_and_leads_back_to_the_contact()
    {
        await TakeAsync(Answer("いつ届きますか。"));
        await SendAsync();
        var mail = Assert.Single(sent);
        Assert.Equal(("", Customer), (mail.Sender, mail.Recipient));
        Assert.EndsWith("-acknowledgement-" + mail.FileName[^8..], mail.FileName, StringComparison.Ordinal);
        using var letter = Read(mail);
        Assert.Equal("auto-replied", letter.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal(answerTo, Assert.Single(letter.ReplyTo.Mailboxes).Address);
        Assert.Equal(("m1@example.com", "m1@example.com"), (letter.InReplyTo, letter.References.Single()));
        Assert.Equal("【受け取りました】ご注文 N1001 のお問い合わせ", letter.Subject);
        Assert.Contains("14:02 (日本時間)までに、担当者がお返事します", letter.TextBody, StringComparison.Ordinal);
        var zone = Shonin.Specs.MailAuthentication.Zones.Of(
            $"{{{string.Join(",", signing.Pair.At(Now).Select(key => $"\"{key.DnsName}\":{{\"TXT\":[[{string.Join(",", key.DnsRecord.Chunk(255).Select(part => $"\"{new string(part)}\""))}]]}}"))}}}"
        );
        Assert.All(await new DkimVerifier(zone).VerifyAsync(Parse(mail.Message), Now), result =>
            Assert.IsType<DkimOutcome.Pass>(result.Outcome)
        );
    }

    [Fact]
    public async Task An_agent_s_answer_goes_to_the_order_s_own_address_as_a_mail_of_the_same_thread_and_the_next_answer_joins()
    {
        await TakeAsync(Answer("いつ届きますか。"));
        await SendAsync();
        await AnsweredAsync(contact, "本日、発送します。");
        await SendAsync();
        using var letter = Read(sent[1]);
        Assert.Null(letter.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal((answerTo, "m1@example.com"), (Assert.Single(letter.ReplyTo.Mailboxes).Address, letter.InReplyTo));
        Assert.Contains("本日、発送します。", letter.TextBody, StringComparison.Ordinal);
        Assert.Contains("このメールに返信しても、続けられます。", letter.TextBody, StringComparison.Ordinal);

        await TakeAsync(Answer("ありがとう", "m2"));
        var record = (await Book.FindAsync(contact))!;
        Assert.Equal((3, 1, "hanako"), (record.State.MessageCount, record.State.Episode, record.State.Agent));
        Assert.IsType<ContactFact.Promised>(record.Facts[^1]);
    }

    [Fact]
    public async Task An_answer_that_a_mail_of_the_customer_crossed_is_in_the_letter()
    {
        await TakeAsync(Answer("いつ届きますか。"));
        await Book.ClaimAsync(contact, "hanako", "渡辺");
        await Book.SayAsync(contact, new Speaker.Agent("hanako"), new("a-1", MessageKind.Text, "本日、発送します。"));
        await TakeAsync(Answer("急いでいます", "m2"));
        time.Advance(TimeSpan.FromMinutes(2));
        await Book.SubmitAsync(contact, new ContactCommand.Wake());
        await SendAsync();
        var answer = Assert.Single(sent, mail => mail.FileName.Contains("-answer-", StringComparison.Ordinal));
        Assert.Contains("本日、発送します。", Read(answer).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_contact_is_opened_again_by_a_mail()
    {
        await TakeAsync(Answer("いつ届きますか。"));
        await Book.SubmitAsync(contact, new ContactCommand.Close(Speaker.Customer.Instance));
        await TakeAsync(Answer("もう一つあります", "m2"));
        var record = (await Book.FindAsync(contact))!;
        Assert.Equal((2, true), (record.State.Episode, record.State.IsOpen));
    }

    public static TheoryData<string> Lies =>
        new()
        {
            // Somebody else who has the mail: her husband, or a thief.
            { "From: <taro@example.com>" },
            { "From: <hanako@stranger.example>" },
            { "Date: Mon, 16 Nov 2026 10:00:00 +0900" },
            { "From: <hanako@example.com>, <taro@example.com>" },
        };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Who_is_not_shown_to_be_the_customer_is_marked_and_told_nothing(string field)
    {
        Assert.Equal(Handling.Taken, await TakeAsync(Signed(Mail(With($"To: <{answerTo}>", field), "住所を変えてください"))));
        await AssertUnprovedAsync();
    }

    [Fact]
    public async Task A_forged_mail_of_the_customer_s_is_marked_and_told_nothing()
    {
        Assert.Equal(Handling.Taken, await TakeAsync(Mail(With($"To: <{answerTo}>"), "住所を変えてください")));
        await AssertUnprovedAsync();
    }

    [Fact]
    public async Task A_mail_of_the_customer_s_to_somebody_else_that_is_sent_on_to_us_is_marked()
    {
        var toTaro = Signed(Mail(With("To: <taro@example.com>"), "住所を変えてください"), "From", "To", "Date", "Message-ID");
        Assert.Equal(Handling.Taken, await TakeAsync([.. Encoding.ASCII.GetBytes($"Cc: <{answerTo}>\r\n"), .. toTaro]));
        await AssertUnprovedAsync();
    }

    private async Task AssertUnprovedAsync()
    {
        var line = await OnlyMessageAsync(contact);
        Assert.Equal(SenderProof.Unproved, ((ContactFact.Said)line.Fact).Mail!.Sender);
        await SendAsync();
        Assert.Empty(sent);
        await AnsweredAsync(contact, "こちらからお電話します。");
        await SendAsync();
        var answer = Assert.Single(sent);
        Assert.Equal(Customer, answer.Recipient);
        Assert.Null(Read(answer).InReplyTo);
    }

    public static TheoryData<string> Machines =>
        new()
        {
            { "Return-Path: <>" },
            { "Auto-Submitted: auto-replied" },
            { "Auto-Submitted: auto-generated" },
            { "X-Autoreply: yes" },
            { "Precedence: bulk" },
            { "List-Id: <talk.example.com>" },
            { "From: <mailer-daemon@example.com>" },
            { "From: <no-reply@example.com>" },
            { "From: <orders@shop.example.jp>" },
            { "From: <check@shop.example.jp>" },
            { $"From: <{Help}>" },
            { "From: <help+again@shop.example.jp>" },
            { "Content-Type: multipart/report; report-type=disposition-notification; boundary=x" },
        };

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task What_no_person_wrote_becomes_nothing_and_is_answered_by_nothing(string field)
    {
        foreach (var to in new[] { answerTo, Help })
            Assert.Equal(Handling.Unanswered, await TakeAsync(Signed(Mail(With($"To: <{to}>", field), "I'm away"))));
        Assert.Empty((await Book.ListWaitingAsync(9, default)).Contacts);
        await SendAsync();
        Assert.Empty(sent);
    }

    [Fact]
    public async Task A_letter_of_ours_that_comes_back_to_us_becomes_nothing()
    {
        await TakeAsync(Answer("いつ届きますか。"));
        await AnsweredAsync(contact, "本日、発送します。");
        await SendAsync();
        foreach (var mail in sent)
        {
            Assert.Equal(
                Handling.Unanswered,
                await TakeAsync([.. Encoding.ASCII.GetBytes($"Delivered-To: {answerTo}\r\n"), .. mail.Message])
            );
        }
    }

    [Fact]
    public async Task A_machine_that_hides_what_it_is_gets_one_letter_and_no_more()
    {
        for (var turn = 0; turn < 10; turn++)
        {
            await TakeAsync(Answer("不在にしております。", $"auto{turn}"));
            await SendAsync();
            await Book.SubmitAsync(contact, new ContactCommand.Close(Speaker.Shop.Instance));
            time.Advance(TimeSpan.FromMinutes(10));
        }
        Assert.Single(sent);
        Assert.Equal(10, (await Book.FindAsync(contact))!.State.Episode);
    }

    [Fact]
    public async Task Who_writes_to_the_help_address_is_answered_by_mail_with_nothing_of_any_order()
    {
        var mail = Signed(Mail(With($"To: <{Help}>", "Subject: 送料について", "Message-ID: <h@example.com>"), "沖縄への送料は?"));
        Assert.Equal(Handling.Taken, await TakeAsync(mail));
        var asked = Assert.Single((await Book.ListWaitingAsync(9, default)).Contacts).Contact;
        Assert.Null(asked.Order);
        Assert.Equal("送料について\n\n沖縄への送料は?", (await OnlyMessageAsync(asked)).Text);
        await SendAsync();
        using var acknowledgement = Read(Assert.Single(sent));
        Assert.Equal("【受け取りました】お問い合わせ", acknowledgement.Subject);
        Assert.Contains("そのご注文のお知らせのメールに返信してください", acknowledgement.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain(order.Number, acknowledgement.ToString(), StringComparison.Ordinal);

        await AnsweredAsync(asked, "880円です。");
        await SendAsync();
        var answer = sent[1];
        Assert.Equal(Customer, answer.Recipient);
        await TakeAsync(
            Signed(Mail(With($"To: <{Read(answer).ReplyTo.Mailboxes.Single().Address}>", "Message-ID: <h2@example.com>"), "ありがとう"))
        );
        Assert.Equal(3, (await Book.FindAsync(asked))!.State.MessageCount);
        Assert.Null(await Book.FindAsync(contact));
    }

    [Fact]
    public async Task A_stranger_at_the_help_address_gets_what_a_person_answers_and_nothing_that_the_shop_sends_by_itself()
    {
        Assert.Equal(Handling.Taken, await TakeAsync(Mail(With($"To: <{Help}>", "From: <taro@open.example>"), "hello")));
        var asked = Assert.Single((await Book.ListWaitingAsync(9, default)).Contacts).Contact;
        await SendAsync();
        time.Advance(TimeSpan.FromHours(5));
        await Book.SubmitAsync(asked, new ContactCommand.Wake());
        await SendAsync();
        Assert.Empty(sent);
        await AnsweredAsync(asked, "What can we do for you?");
        await SendAsync();
        Assert.Equal("taro@open.example", Assert.Single(sent).Recipient);
    }

    [Fact]
    public async Task An_address_gets_three_acknowledgements_a_day_however_many_mails_it_sends()
    {
        for (var count = 0; count < 5; count++)
            await TakeAsync(Signed(Mail(With($"To: <{Help}>", $"Message-ID: <h{count}@example.com>"), "こんにちは")));
        await SendAsync();
        Assert.Equal(3, sent.Count);
        time.Advance(TimeSpan.FromDays(1));
        await TakeAsync(
            Signed(Mail(With($"To: <{Help}>", "Message-ID: <h9@example.com>", "Date: Wed, 25 Nov 2026 10:00:00 +0900"), "こんにちは"))
        );
        await SendAsync();
        Assert.Equal(4, sent.Count);
    }

    [Fact]
    public async Task A_sender_writes_so_often_an_hour_and_who_forges_an_address_takes_nothing_from_who_has_it()
    {
        rates = new() { MailsPerSenderPerHour = 2, MailsPerHour = 3 };
        await ReopenAsync();
        for (var count = 0; count < 2; count++)
            Assert.Equal(Handling.Taken, await TakeAsync(Mail(With($"To: <{answerTo}>", $"Message-ID: <f{count}@x.example>"), "forged")));
        Assert.Equal(Handling.Unanswered, await TakeAsync(Mail(With($"To: <{answerTo}>", "Message-ID: <f2@x.example>"), "forged")));
        Assert.Equal(Handling.Taken, await TakeAsync(Answer("本人です")));
        Assert.Equal(Handling.Taken, await TakeAsync(Mail(With($"To: <{answerTo}>", "From: <a@x.example>"), "one more")));
        Assert.Equal(Handling.PutOff, await TakeAsync(Mail(With($"To: <{answerTo}>", "From: <b@x.example>"), "waits its turn")));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Handling.Taken, await TakeAsync(Mail(With($"To: <{answerTo}>", "From: <b@x.example>"), "waits its turn")));
    }

    [Fact]
    public async Task While_dns_is_away_a_mail_waits_a_while_and_is_then_taken_without_a_proof()
    {
        var mail = Signed(Mail(With($"To: <{answerTo}>", "From: <hanako@silent.example>"), "急ぎです"));
        Assert.Equal(Handling.PutOff, await TakeAsync(mail));
        time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(Handling.Taken, await TakeAsync(mail));
        Assert.Equal(SenderProof.Unproved, ((ContactFact.Said)(await OnlyMessageAsync(contact)).Fact).Mail!.Sender);
    }

    [Fact]
    public async Task What_is_written_to_an_order_whose_customer_was_erased_is_a_question_without_an_order()
    {
        person = null;
        Assert.Equal(Handling.Taken, await TakeAsync(Answer("いつ届きますか。")));
        Assert.Null(await Book.FindAsync(contact));
        Assert.Null(Assert.Single((await Book.ListWaitingAsync(9, default)).Contacts).Contact.Order);
    }

    [Fact]
    public async Task A_mail_to_another_address_is_left_to_others() =>
        Assert.Null(await mails!.TryHandleAsync(new(1, 1), Signed(Mail(Fields, "hello")), default));

    [Fact]
    public async Task A_mail_that_is_longer_than_a_message_is_cut_and_one_without_words_says_so()
    {
        await TakeAsync(Answer(new string('あ', 5_000)));
        Assert.EndsWith("…(以下は省きました)", (await OnlyMessageAsync(contact)).Text, StringComparison.Ordinal);
        await TakeAsync(Answer($"{new string('あ', ContactLimits.TextLengthMax - 20)} 4242 4242 4242 4242 {new string('い', 100)}", "m3"));
        Assert.DoesNotContain("4242", (await MessagesAsync(contact))[1].Text, StringComparison.Ordinal);
        await TakeAsync(Answer("", "m2"));
        Assert.Equal("(本文がありません)", (await MessagesAsync(contact))[2].Text);
    }

    [Fact]
    public async Task The_log_holds_nothing_of_a_mail_in_clear()
    {
        await TakeAsync(Signed(Mail(With($"To: <{Help}>", "Subject: ひみつの題", "Message-ID: <himitsu@example.com>"), "ひみつの本文")));
        foreach (var secret in new[] { "ひみつの題", "ひみつの本文", "himitsu", Customer, "山田" })
            Assert.False(folder.AnyFileHolds(Encoding.UTF8.GetBytes(secret)), secret);
    }

    public async ValueTask InitializeAsync() => await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        folder.Dispose();
    }

    private static byte[] Answer(string text, string id = "m1") =>
        Signed(
            Mail(
                With(
                    $"To: <{answerTo}>",
                    "Subject: Re: お知らせ",
                    $"Message-ID: <{id}@example.com>",
                    "Content-Type: text/plain; charset=utf-8"
                ),
                $"{text}\r\n\r\n2026年11月24日(火) 10:02 証商店 <orders@shop.example.jp>:\r\n> ご注文の承認が得られていません。\r\n"
            )
        );

    private async Task<Handling?> TakeAsync(byte[] mail) => await mails!.TryHandleAsync(new(1, ++uid), mail, default);

    private async Task<ContactLine> OnlyMessageAsync(ContactId id) => Assert.Single(await MessagesAsync(id));

    private async Task<List<ContactLine>> MessagesAsync(ContactId id) =>
        [
            .. (await Book.LinesAsync((await Book.FindAsync(id))!, 0, ContactReader.Agent, default)).Where(line =>
                line.Fact is ContactFact.Said { By: Speaker.Customer }
            ),
        ];

    private async Task AnsweredAsync(ContactId id, string text)
    {
        await Book.ClaimAsync(id, "hanako", "渡辺");
        Assert.IsType<ContactResult.Done>(
            await Book.SayAsync(id, new Speaker.Agent("hanako"), new($"a-{text.Length}", MessageKind.Text, text))
        );
        time.Advance(TimeSpan.FromMinutes(2));
        await Book.SubmitAsync(id, new ContactCommand.Wake());
    }

    private async Task SendAsync()
    {
        var letters = new ContactLetters(
            Book,
            FindAsync,
            new(NoticeScenes.Merchant, "https://shop.example.jp"),
            new LetterMime(NoticeScenes.Merchant, signing.Pair),
            replies
        );
        var sender = new LetterSender(
            log!,
            letters.Box,
            new(
                (mail, _) =>
                {
                    sent.Add(mail);
                    return ValueTask.FromResult<MailOutcome>(new MailOutcome.Taken());
                },
                new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(4))
            ),
            time,
            NullLogger.Instance
        );
        // The letters of one contact leave one after the other.
        for (var round = 0; round < 3; round++)
            await sender.SendDueAsync(default);
    }

    private ValueTask<OrderRecord?> FindAsync(OrderId id, CancellationToken cancellation) =>
        ValueTask.FromResult(id == order.Id ? new OrderRecord(order, person, person is null ? null : "k7Qm2vXr9sTb", 1, []) : null);

    private static MimeMessage Read(SignedMail mail) => MimeMessage.Load(new MemoryStream(mail.Message));

    private async Task OpenAsync()
    {
        store = await SqliteEventStore.OpenAsync(folder.Log, time, default);
        log = await OwnedLog.TakeAsync(store, default);
        var offer = new ContactOffer(hours, TimeSpan.FromHours(4), () => false, time);
        opened = await ContactBook.OpenAsync(
            new(
                log,
                new InMemoryViewStore(),
                time,
                RandomNumberGenerator.GetBytes,
                new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2), TimeSpan.FromDays(1), offer.PromiseFrom)
            )
            {
                OnFault = fault => Assert.Fail(fault.ToString()),
            },
            default
        );
        mails = new(replies, Book, FindAsync, offer)
        {
            Authenticator = Authenticator(),
            OwnAddresses = [NoticeScenes.Merchant.SenderAddress, "orders@shop.example.jp", "check@shop.example.jp"],
            Limiter = new(rates, time),
            Clock = time,
            Log = NullLogger.Instance,
        };
    }

    private async Task CloseAsync()
    {
        await Book.DisposeAsync();
        await log!.DisposeAsync();
        await store!.DisposeAsync();
    }

    private async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }
}
