using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Shonin.Domain;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Specs.EventLog;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Notices;

/// <summary>Making an RSA key takes a while: the specs of this folder share one pair.</summary>
public sealed class SigningKeys : IDisposable
{
    private readonly DataFolder folder = new();

    public SigningKeys() => Pair = DkimKeys.LoadOrCreate(Folder, "shop.example.jp", OrderStory.Morning);

    internal KeyFolder Folder => new(folder.Path);

    internal DkimKeys Pair { get; }

    public void Dispose()
    {
        Pair.Dispose();
        folder.Dispose();
    }
}

[CollectionDefinition(nameof(SigningKeys))]
public sealed class SharedSigningKeys : ICollectionFixture<SigningKeys>;

[Collection(nameof(SigningKeys))]
public sealed class NoticeMimeSpecs
{
    private readonly FakeTimeProvider time = new(OrderStory.Morning);
    private readonly DkimKeys keys;
    private readonly NoticeMime mime;

    public NoticeMimeSpecs(SigningKeys signing)
    {
        keys = signing.Pair;
        mime = new NoticeMime(NoticeScenes.Merchant, keys, time);
    }

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public async Task Both_signatures_hold_with_the_records_that_we_publish(Locale locale)
    {
        var results = await VerifyAsync(mime.Write(Mail(locale)).Message);

        Assert.Equal([DkimAlgorithm.RsaSha256, DkimAlgorithm.Ed25519Sha256], results.Select(result => result.Signature!.Algorithm));
        Assert.All(results, result => Assert.IsType<DkimOutcome.Pass>(result.Outcome));
        Assert.All(results, result => Assert.Equal(0, result.Coverage!.UncoveredBytes));
    }

    [Theory]
    [InlineData("a..b.@docomo.ne.jp", "<\"a..b.\"@docomo.ne.jp>")]
    [InlineData("hanako@xn--r8jz45g.jp", "<hanako@xn--r8jz45g.jp>")]
    [InlineData("花子@example.jp", "<花子@example.jp>")]
    public async Task The_header_names_the_recipient_as_the_envelope_does_and_the_signatures_hold(string address, string written)
    {
        var mail = mime.Write(Mail(Locale.Ja) with { To = address });

        Assert.Contains(written, Encoding.UTF8.GetString(mail.Message), StringComparison.Ordinal);
        Assert.All(await VerifyAsync(mail.Message), result => Assert.IsType<DkimOutcome.Pass>(result.Outcome));
    }

    [Theory]
    [InlineData("Subject: ", "Subject: =?utf-8?B?MQ==?=\r\nSubject: ")]
    [InlineData("To: ", "To: thief@evil.example, ")]
    [InlineData("From: ", "From: x@evil.example\r\nFrom: ")]
    [InlineData("Message-Id: ", "Message-Id: <1@evil.example>\r\nMessage-Id: ")]
    [InlineData("Date: ", "Date: Mon, 23 Nov 2026 01:02:07 +0000\r\nDate: ")]
    public async Task An_altered_or_added_field_breaks_both_signatures(string original, string altered)
    {
        var message = Encoding.Latin1.GetString(mime.Write(Mail(Locale.Ja)).Message);
        var at = message.IndexOf("\r\n" + original, StringComparison.Ordinal) + 2;
        Assert.True(at > 2, $"no field {original}");

        var results = await VerifyAsync(Encoding.Latin1.GetBytes(message[..at] + altered + message[(at + original.Length)..]));

        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.IsNotType<DkimOutcome.Pass>(result.Outcome));
    }

    [Theory]
    [InlineData(Locale.Ja, "証商店", "ja")]
    [InlineData(Locale.En, "Akashi Store", "en")]
    public void A_mail_says_who_it_is_from_and_to_whom_and_that_no_answering_machine_need_reply(
        Locale locale,
        string sender,
        string language
    )
    {
        var notice = Mail(locale);
        using var message = Read(mime.Write(notice).Message);

        Assert.Equal(sender, message.From.Mailboxes.Single().Name);
        Assert.Equal("notice@shop.example.jp", message.From.Mailboxes.Single().Address);
        Assert.Equal("hanako@example.com", message.To.Mailboxes.Single().Address);
        Assert.Equal("山田 花子", message.To.Mailboxes.Single().Name);
        Assert.Equal(notice.Subject, message.Subject);
        Assert.Matches("^[A-Za-z0-9_-]{43}@shop\\.example\\.jp$", message.MessageId);
        Assert.Equal(notice.QueuedAt.ToUnixTimeSeconds(), message.Date.ToUnixTimeSeconds());
        Assert.Equal("auto-generated", message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal(language, message.Body!.Headers[HeaderId.ContentLanguage]);
    }

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public void Text_and_html_arrive_word_for_word_as_alternatives(Locale locale)
    {
        var notice = Mail(locale);
        using var message = Read(mime.Write(notice).Message);

        Assert.IsType<MultipartAlternative>(message.Body);
        Assert.Equal(notice.Text, message.TextBody!.ReplaceLineEndings("\n"));
        Assert.Equal(notice.Html, message.HtmlBody!.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public void A_mail_is_seven_bit_with_short_lines_that_no_relay_has_to_change(Locale locale)
    {
        var message = Encoding.Latin1.GetString(mime.Write(Mail(locale)).Message);

        Assert.All(message, letter => Assert.True(letter < 128));
        Assert.All(message.Split("\r\n"), line => Assert.True(line.Length <= 78 && !line.Contains('\n'), line));
    }

    [Fact]
    public void A_mail_that_is_made_again_is_the_same_message_but_for_the_time_in_its_signatures()
    {
        var first = Encoding.Latin1.GetString(mime.Write(Mail(Locale.Ja)).Message);
        time.Advance(TimeSpan.FromHours(1));
        var second = Encoding.Latin1.GetString(mime.Write(Mail(Locale.Ja)).Message);

        Assert.NotEqual(first, second);
        Assert.Equal(BelowSignatures(first), BelowSignatures(second));

        static string BelowSignatures(string message) => message[message.IndexOf("\r\nFrom: ", StringComparison.Ordinal)..];
    }

    [Fact]
    public void A_name_with_a_line_end_adds_no_field()
    {
        using var message = Read(mime.Write(Mail(Locale.Ja) with { Name = "花子\r\nBcc: thief@evil.example" }).Message);

        Assert.DoesNotContain(message.Headers, header => header.Id == HeaderId.Bcc);
        Assert.Equal("hanako@example.com", message.To.Mailboxes.Single().Address);
    }

    internal static NoticeMail Mail(Locale locale)
    {
        var scene = NoticeScenes.Problems(locale).First();
        return NoticeMail.From(
            scene.Notice,
            scene.Write(),
            scene.Story.Order,
            new Person("hanako@example.com", "山田 花子", null),
            NoticeScenes.Merchant,
            Shop.MarkKeys.Current,
            scene.Story.Now
        );
    }

    private static MimeMessage Read(byte[] message) => MimeMessage.Load(new MemoryStream(message));

    private async Task<IReadOnlyList<DkimResult>> VerifyAsync(byte[] message)
    {
        var names = keys.At(time.GetUtcNow())
            .ToDictionary(
                key => key.DnsName,
                key => new Dictionary<string, string[][]>
                {
                    ["TXT"] =
                    [
                        [key.DnsRecord],
                    ],
                }
            );
        var zone = Assert.IsType<ZoneFileParse.Parsed>(
            ZoneFile.Parse(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        version = 1,
                        @default = "NXDOMAIN",
                        names,
                    }
                )
            )
        );
        var parsed = Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(message));
        return await new DkimVerifier(zone.Zone.Lookup).VerifyAsync(parsed.Message, time.GetUtcNow());
    }
}
