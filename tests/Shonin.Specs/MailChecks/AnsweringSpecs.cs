using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Shonin.Domain;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.Letters;
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
public sealed class AnsweringSpecs : IAsyncLifetime
{
    private readonly DataFolder folder = new();
    private readonly FakeTimeProvider time = new(Now);
    private readonly List<SignedMail> sent = [];
    private readonly byte[] hashKey = [.. Enumerable.Repeat((byte)1, AnswerBook.HashKeySizeBytes)];
    private readonly DkimKeys keys;
    private readonly DnsLookup zone;
    private AnswerLimits limits = new(3, 4);
    private SqliteEventStore? store;
    private OwnedLog? log;
    private AnswerBook? opened;
    private MailOutcome relay = new MailOutcome.Taken();
    private long uid;

    public AnsweringSpecs(SigningKeys signing)
    {
        keys = signing.Pair;
        var own = string.Join(
            ",",
            keys.At(Now)
                .Select(key =>
                    $"\"{key.DnsName}\":{{\"TXT\":[[{string.Join(",", key.DnsRecord.Chunk(255).Select(part => $"\"{new string(part)}\""))}]]}}"
                )
        );
        zone = Shonin.Specs.MailAuthentication.Zones.Of(
            $"{{{Names}, {own}, \"_dmarc.shop.example.jp\":{{\"TXT\":[[\"v=DMARC1; p=reject\"]]}}}}"
        );
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
        var phish = Encoding.UTF8.GetBytes(
            "From: =?utf-8?B?6Ki85ZWG5bqX?= <support@evil-shop.example>\r\nTo: <hanako@example.com>\r\nSubject: evil words\r\nDate: Tue, 24 Nov 2026 09:00:00 +0900\r\nMessage-ID: <x@evil-shop.example>\r\n\r\nhttps://evil-shop.example/login\r\n"
        );
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
        var results = await new DkimVerifier(zone).VerifyAsync(Parse(mail.Message), Now);
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
        await HandleAsync(
            Signed(Mail(With("Content-Type: text/plain; charset=utf-8", "Message-ID: <a@example.com>"), "N1001-1-problem は本物ですか\r\n"))
        );
        await HandleAsync(
            Signed(Mail(With("Content-Type: text/plain; charset=utf-8", "Message-ID: <b@example.com>"), "N1002-1-problem は本物ですか\r\n"))
        );
        await SendAsync();
        var texts = sent.Select(mail => MimeMessage.Load(new MemoryStream(mail.Message)))
            .ToDictionary(answer => answer.InReplyTo!, answer => answer.TextBody);
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
        await RestartAsync();
        Assert.True(await Book.IsSettledAsync(place, default));
        await SendAsync();
        await RestartAsync();
        await SendAsync();
        Assert.Single(sent);
    }

    [Fact]
    public async Task An_end_between_the_sending_and_the_note_of_it_sends_the_same_bytes_again()
    {
        await HandleAsync(Forwarded("please", Notice()));
        await SenderBy(_ => throw new InvalidOperationException("the power was cut")).SendDueAsync(default);
        await RestartAsync();
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
        await RestartAsync();
        Assert.Equal(Handling.Answered, await HandleAsync(Numbered(0)));
        Assert.Equal(Handling.Answered, await HandleAsync(Numbered(1)));
        var place = new MailPlace(1, 99);
        Assert.Equal(Handling.PutOff, await HandleAsync(Numbered(2), place));
        Assert.False(await Book.IsSettledAsync(place, default));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Handling.Answered, await HandleAsync(Numbered(2), place));
    }

    [Fact]
    public async Task Once_an_answer_has_left_neither_it_nor_its_address_is_kept()
    {
        await HandleAsync(Forwarded("please", Notice()));
        var (sealedAnswer, key) = (((byte[])Sql("SELECT content FROM documents")!)[..64], (byte[])Sql("SELECT key FROM owners")!);
        Assert.True(AnyFileHolds(sealedAnswer) && AnyFileHolds(key));
        await SendAsync();
        Assert.Equal((0L, 0L), (Sql("SELECT count(*) FROM documents"), Sql("SELECT count(*) FROM outbox")));
        Assert.False(AnyFileHolds(sealedAnswer) || AnyFileHolds(key) || AnyFileHolds("hanako"u8.ToArray()));
    }

    [Fact]
    public async Task An_answer_that_was_sent_while_the_log_could_not_be_written_is_not_sent_again_until_it_is_noted()
    {
        await HandleAsync(Forwarded("please", Notice()));
        var sender = Sender();
        await store!.LimitToPresentSizeAsync();
        await FillAsync();
        await sender.SendDueAsync(default);
        await sender.SendDueAsync(default);
        await store.LiftLimitAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        await sender.SendDueAsync(default);
        Assert.Single(sent);
        Assert.Equal(0L, Sql("SELECT count(*) FROM outbox"));
    }

    [Fact]
    public async Task An_answer_whose_document_was_altered_is_given_up_and_destroyed()
    {
        await HandleAsync(Forwarded("please", Notice()));
        Sql("UPDATE documents SET content = zeroblob(length(content))");
        await SendAsync();
        Assert.Empty(sent);
        Assert.Equal((0L, 0L), (Sql("SELECT count(*) FROM documents"), Sql("SELECT count(*) FROM outbox")));
    }

    [Fact]
    public async Task Only_the_owner_opens_the_book()
    {
        await HandleAsync(Forwarded("please", Notice()));
        foreach (var file in Directory.GetFiles(folder.Path))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task The_limits_hold_for_those_who_ask_at_once()
    {
        limits = new(10, 3);
        await RestartAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => NoteAsync($"{number}@example.com", "m@example.com")));
        Assert.Equal(3, asked.Count(note => note == AnswerNote.Noted));
        limits = new(2, 100);
        await RestartAsync();
        time.Advance(TimeSpan.FromHours(1));
        asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => NoteAsync(Customer, $"{number}@example.com")));
        Assert.Equal(2, asked.Count(note => note == AnswerNote.Noted));
    }

    [Fact]
    public async Task A_key_is_made_for_a_new_book_and_never_in_place_of_a_lost_one()
    {
        var keys = folder.Log.Keys;
        var made = await AnswerBook.KeyOfAsync(keys, store!, default);
        await HandleAsync(Forwarded("please", Notice()));
        Assert.Equal(made, await AnswerBook.KeyOfAsync(keys, store!, default));
        File.Delete(Path.Combine(keys.Path, "check-mailbox.key"));
        var lost = await Assert.ThrowsAsync<KeyFileException>(async () => await AnswerBook.KeyOfAsync(keys, store!, default));
        Assert.Contains("check-mailbox.key is missing", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_earlier_version_noted_is_taken_over_once_and_its_file_is_gone()
    {
        LeaveFormerFile();
        var before = File.ReadAllBytes(FormerPath);
        await TakeOverAsync();
        var events = await store!.LastPositionAsync(default);
        await File.WriteAllBytesAsync(FormerPath, before);
        await TakeOverAsync();

        Assert.Equal(events, await store.LastPositionAsync(default));
        Assert.Empty(Directory.GetFiles(folder.Path, "check-mailbox*"));
        Assert.True(await Book.IsSettledAsync(new(7, 1), default));
        Assert.True(await Book.IsSettledAsync(new(7, 2), default));
        Assert.False(await Book.IsSettledAsync(new(7, 3), default));
        // All three count for the hour, and none is answered again.
        Assert.Equal(AnswerNote.AnsweredBefore, await NoteAsync(Customer, "left"));
        Assert.Equal(AnswerNote.SenderTooOften, await NoteAsync(Customer, "a fourth"));
        // The one that waits is sent as it was written, and the one that was put off at its time; the one that has left is not.
        await SendAsync();
        Assert.Equal(["waiting"], sent.Select(mail => Encoding.UTF8.GetString(mail.Message)));
        Assert.Equal(("waiting@shop.example.jp", Customer), (sent[0].MessageId, sent[0].Recipient));
        time.Advance(TimeSpan.FromMinutes(30));
        await SendAsync();
        Assert.Equal(["waiting", "later"], sent.Select(mail => Encoding.UTF8.GetString(mail.Message)));
        Assert.Equal(0L, Sql("SELECT count(*) FROM documents"));
    }

    [Fact]
    public void A_dry_run_of_the_migration_says_what_would_be_taken_over()
    {
        LeaveFormerFile();
        var told = Assert.Single(FormerFiles.Describe(folder.Path));
        Assert.Contains("check-mailbox.db holds 5 answers and settled mails", told, StringComparison.Ordinal);
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

    public async ValueTask InitializeAsync() => await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        folder.Dispose();
    }

    private static byte[] Numbered(int number) => Signed(Mail(With($"Message-ID: <n{number}@example.com>"), "hello"));

    private byte[] Notice() => new NoticeMime(NoticeScenes.Merchant, keys, time).Write(NoticeMimeSpecs.Mail(Locale.Ja)).Message;

    private async Task<Handling> HandleAsync(byte[] mail, MailPlace? place = null)
    {
        var authenticator = new MailAuthenticator(zone, time);
        var profile = new MailProfile(
            "shop.example.jp",
            [NoticeScenes.Merchant.NameJa, NoticeScenes.Merchant.NameEn],
            ["shop.example.jp"],
            []
        );
        var check = new OwnMailCheck(
            zone,
            new(),
            (_, _, _, _) => ValueTask.FromResult<LedgerFinding>(new LedgerFinding.NotChecked()),
            new() { Now = default, Profiles = [profile] },
            time
        );
        FindQuotedNotice find = (noticeId, recipient, _) =>
            ValueTask.FromResult(noticeId == "N1001-1-problem" && recipient == Customer ? new QuotedNotice(noticeId, Now) : null);
        var rules = new SenderRules(ShopAddress, [NoticeScenes.Merchant.SenderAddress], TimeSpan.FromDays(7));
        var desk = new CheckDesk(NoticeScenes.Merchant, "https://shop.example.jp/check", ShopAddress);
        var answering = new Answering(authenticator, check, find, rules, new AnswerMime(desk, new(NoticeScenes.Merchant, keys)))
        {
            Book = Book,
            Clock = time,
            Log = NullLogger.Instance,
        };
        return await answering.HandleAsync(place ?? new MailPlace(1, ++uid), mail, default);
    }

    private async Task SendAsync() => await Sender().SendDueAsync(default);

    private LetterSender Sender() => SenderBy(_ => relay);

    private LetterSender SenderBy(Func<SignedMail, MailOutcome> answer) =>
        new(
            log!,
            CheckAddress.BoxOf(Book),
            new(
                (mail, _) =>
                {
                    sent.Add(mail);
                    return ValueTask.FromResult(answer(mail));
                },
                new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(4))
            ),
            time,
            NullLogger.Instance
        );

    private async Task<MimeMessage> OnlyAnswerAsync()
    {
        await SendAsync();
        return MimeMessage.Load(new MemoryStream(Assert.Single(sent).Message));
    }

    private AnswerBook Book => opened!;

    private string FormerPath => Path.Combine(folder.Path, "check-mailbox.db");

    private async Task OpenAsync()
    {
        store = await SqliteEventStore.OpenAsync(folder.Log, time, default);
        log = await OwnedLog.TakeAsync(store, default);
        opened = await AnswerBook.OpenAsync(log, hashKey, limits, time, fault => Assert.Fail(fault.ToString()), default);
    }

    private async Task CloseAsync()
    {
        await Book.DisposeAsync();
        await log!.DisposeAsync();
        await store!.DisposeAsync();
    }

    private async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>Nothing fits any more, not even into the pages that there are.</summary>
    private async Task FillAsync()
    {
        var stream = new StreamId("other-1");
        Append Next(long version) =>
            new(stream, version, log!.LeaseOf(stream), time.GetUtcNow()) { Events = [new NewEvent("happened", new byte[100])] };
        for (var version = 0; await log!.AppendAsync(Next(version)) is AppendResult.Committed; version++) { }
    }

    private Task<AnswerNote> NoteAsync(string author, string messageId) =>
        Book.NoteAsync(Book.IdOf(author, messageId, []), new(8, ++uid), author, time.GetUtcNow(), () => ("id", [1]), default).AsTask();

    private async Task TakeOverAsync()
    {
        var heir = new TakeOverPorts(log!, folder.Log.Keys, time, fault => Assert.Fail(fault.ToString()));
        await FormerFiles.TakeOverAsync(folder.Path, heir, default);
        await RestartAsync();
    }

    /// <summary>
    /// As the version before left it: an answer that has left, one that waits, one that was put off, and two settled places.
    /// </summary>
    private void LeaveFormerFile()
    {
        string Hashed(string text) => $"x'{Convert.ToHexString(HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(text)))}'";
        string MailOf(string messageId) => Hashed($"mail\n{Customer}\n{messageId}");
        var (now, sender) = (Now.ToUnixTimeMilliseconds(), Hashed($"sender\n{Customer}"));
        string Waiting(string name, int attempts) =>
            $"{attempts}, '{name}@shop.example.jp', '{Customer}', x'{Convert.ToHexString(Encoding.UTF8.GetBytes(name))}'";
        FormerSql(
            $"""
            PRAGMA journal_mode = WAL;
            CREATE TABLE settled(
                validity INTEGER NOT NULL, uid INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(validity, uid)
            ) WITHOUT ROWID, STRICT;
            CREATE TABLE answer(
                mail BLOB PRIMARY KEY, sender BLOB NOT NULL, noted_at INTEGER NOT NULL,
                due_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, message_id TEXT, recipient TEXT, message BLOB
            ) WITHOUT ROWID, STRICT;
            INSERT INTO settled VALUES (7, 1, {now - 1}), (7, 2, {now - 1});
            INSERT INTO answer VALUES ({MailOf("left")}, {sender}, {now - 3}, NULL, 0, NULL, NULL, NULL);
            INSERT INTO answer VALUES ({MailOf("waiting")}, {sender}, {now - 2}, {now - 2}, {Waiting("waiting", 0)});
            INSERT INTO answer VALUES ({MailOf("later")}, {sender}, {now - 1}, {now + 1_800_000}, {Waiting("later", 1)});
            """
        );
    }

    private object? Sql(string sql) => DataFolder.Sql(folder.Log.Database, sql);

    private object? FormerSql(string sql) => DataFolder.Sql(FormerPath, sql);

    private bool AnyFileHolds(byte[] bytes) => folder.AnyFileHolds(bytes);
}
