using System.Text;
using CsCheck;
using Shonin.Domain;
using Shonin.MailChecks;
using static Shonin.Specs.MailChecks.Forwarding;

namespace Shonin.Specs.MailChecks;

public sealed class ForwardedMailSpecs
{
    private static readonly byte[] original = Encoding.UTF8.GetBytes(
        "DKIM-Signature: v=1; a=x;\r\n  b=AA\r\n\tBB\r\nFrom:  \"A\"   <a@stranger.example> \r\nsubject: odd  spaces\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nline with trailing space \r\n\r\nlast\r\n"
    );

    [Fact]
    public void An_attached_original_is_cut_out_byte_for_byte()
    {
        var forwarded = ForwardedMail.Read(Forwarded("please check", original));
        Assert.Equal(original, Assert.Single(forwarded.Originals).ToArray());
    }

    [Fact]
    public void An_original_that_was_attached_as_an_encoded_file_is_one_too()
    {
        var body =
            $"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/octet-stream; name=\"doubt.EML\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(original)}\r\n--b--\r\n";
        Assert.Equal(original, Assert.Single(ForwardedMail.Read(Mail(Fields, body)).Originals).ToArray());
    }

    [Fact]
    public void A_file_without_the_name_of_a_mail_is_one_where_it_begins_like_one()
    {
        byte[] traced = [.. "Message-ID: <1@stranger.example>\r\n"u8, .. original];
        string Attached(byte[] content) =>
            $"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/octet-stream; name=note\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(content)}\r\n--b--\r\n";
        Assert.Equal(traced, Assert.Single(ForwardedMail.Read(Mail(Fields, Attached(traced))).Originals).ToArray());
        Assert.Empty(ForwardedMail.Read(Mail(Fields, Attached("Dear shop: hello\r\n"u8.ToArray()))).Originals);
    }

    [Fact]
    public void Originals_keep_their_order_however_they_are_attached()
    {
        var encoded =
            $"--outer\r\nContent-Type: application/octet-stream; name=first.eml\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String("From: first@shop.example\r\n\r\n"u8)}\r\n--outer\r\nContent-Type: message";
        var body = Body("two", original).Replace("--outer\r\nContent-Type: message", encoded, StringComparison.Ordinal);
        var originals = ForwardedMail.Read(Mail(Fields, body)).Originals;
        Assert.Equal(2, originals.Length);
        Assert.StartsWith("From: first@", Encoding.ASCII.GetString(originals[0].Span), StringComparison.Ordinal);
        Assert.Equal(original, originals[1].ToArray());
    }

    [Fact]
    public void A_file_that_only_looks_like_the_mail_to_whoever_saved_it_is_named()
    {
        var body =
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/vnd.ms-outlook; name=mail.msg\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n0M8R4KGxGuE=\r\n--b--\r\n";
        var forwarded = ForwardedMail.Read(Mail(Fields, body));
        Assert.Empty(forwarded.Originals);
        Assert.IsType<SavedMail.OutlookItem>(forwarded.NoMail);
    }

    [Fact]
    public void Of_seven_originals_five_are_looked_at_and_two_are_counted()
    {
        var forwarded = ForwardedMail.Read(Forwarded("seven", [.. Enumerable.Range(0, 7).Select(_ => original)]));
        Assert.Equal((5, 2), (forwarded.Originals.Length, forwarded.MoreCount));
    }

    [Fact]
    public void A_message_that_hangs_on_an_original_belongs_to_it()
    {
        var outer = Forwarded("outer", original);
        var forwarded = ForwardedMail.Read(Forwarded("two deep", outer));
        Assert.Equal(outer, Assert.Single(forwarded.Originals).ToArray());
    }

    [Fact]
    public void A_forward_in_words_has_no_original_but_quotes_its_number()
    {
        var forwarded = ForwardedMail.Read(
            Mail(
                Fields,
                "---------- Forwarded message\r\nFrom: 証商店\r\n番号 N1001-1-problem です。N1001-1-problem, N77-received, n1001-1-problem, N1001-1\r\n"
            )
        );
        Assert.Empty(forwarded.Originals);
        Assert.Equal(["N1001-1-problem", "N77-received"], forwarded.NoticeNumbers);
    }

    [Fact]
    public void The_number_of_a_notice_is_found_however_it_is_written_and_other_numbers_are_not()
    {
        var forwarded = ForwardedMail.Read(
            Mail(
                With("Content-Type: text/plain; charset=utf-8"),
                "電話 03-5550-0100。お知らせ番号 482 177 3057 と ４８２１７７３０５７、482-177-3058、14821773057、48217730571。N1001-received\r\n"
            )
        );
        Assert.Equal(["482 177 3057", "N1001-received"], forwarded.NoticeNumbers);
    }

    [Theory]
    [InlineData("これは本物ですか", Locale.Ja)]
    [InlineData("ｺﾚﾊ", Locale.Ja)]
    [InlineData("is this real?", Locale.En)]
    public void The_answer_is_in_the_language_of_the_words(string text, Locale locale) =>
        Assert.Equal(locale, ForwardedMail.Read(Mail(With("Content-Type: text/plain; charset=utf-8"), text)).Language);

    [Fact]
    public void Any_bytes_are_read()
    {
        Gen.OneOf(Gen.Byte.Array[0, 400], Gen.Int[0, 2_000].Select(cut => Forwarded("x", original, original)[..Math.Min(cut, 1_200)]))
            .Sample(bytes => ForwardedMail.Read(bytes).Originals.Length <= ForwardedMail.OriginalCountMax, iter: Walks.Times(200));
    }
}
