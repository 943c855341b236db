using MimeKit;
using Shonin.Domain;
using Shonin.Letters;
using Shonin.Specs.Notices;

namespace Shonin.Specs.Letters;

[Collection(nameof(SigningKeys))]
public sealed class LetterMimeSpecs(SigningKeys signing)
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 7, TimeSpan.Zero);

    [Theory]
    [InlineData(LetterAuthor.Person, null)]
    [InlineData(LetterAuthor.Program, "auto-generated")]
    [InlineData(LetterAuthor.ProgramInReply, "auto-replied")]
    internal void A_letter_says_whether_a_machine_wrote_it(LetterAuthor author, string? said) =>
        Assert.Equal(said, Read(new("letter-1", "hanako@example.com", Locale.Ja) { Author = author }).Headers[HeaderId.AutoSubmitted]);

    [Fact]
    public void A_letter_goes_back_to_where_it_says_and_names_the_mail_that_it_answers()
    {
        var letter = Read(
            new("contact-7.3", "hanako@example.com", Locale.En)
            {
                Author = LetterAuthor.Person,
                ReplyTo = "help+token@shop.example.jp",
                InReplyTo = "<asked@example.com>",
            }
        );
        Assert.Equal("help+token@shop.example.jp", Assert.Single(letter.ReplyTo.Mailboxes).Address);
        Assert.Equal("asked@example.com", letter.InReplyTo);
        Assert.Equal("asked@example.com", Assert.Single(letter.References));
        Assert.Equal($"contact-7.3@{NoticeScenes.Merchant.Domain}", letter.MessageId);
        Assert.Equal("Words", letter.TextBody!.Trim());
        Assert.Contains("<p>Words</p>", letter.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Message_ID_that_cannot_be_read_is_left_out_and_none_brings_a_field_of_its_own()
    {
        var unread = Read(new("letter-1", "hanako@example.com", Locale.Ja) { Author = LetterAuthor.Person, InReplyTo = "<>" });
        Assert.Null(unread.InReplyTo);
        Assert.Empty(unread.References);
        var injected = new LetterEnvelope("letter-1", "hanako@example.com", Locale.Ja)
        {
            Author = LetterAuthor.Person,
            InReplyTo = "<a@example.com>\r\nBcc: x@example.com",
        };
        Assert.Empty(Read(injected).Bcc);
    }

    [Fact]
    public void An_address_that_is_none_is_refused() =>
        Assert.Throws<FormatException>(() => Read(new("letter-1", "hanako", Locale.Ja) { Author = LetterAuthor.Program }));

    private MimeMessage Read(LetterEnvelope envelope)
    {
        var (_, message) = new LetterMime(NoticeScenes.Merchant, signing.Pair).Write(
            envelope,
            new("Subject", "Words", "<p>Words</p>"),
            now
        );
        return MimeMessage.Load(new MemoryStream(message));
    }
}
