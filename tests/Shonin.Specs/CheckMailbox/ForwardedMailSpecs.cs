using System.Text;
using CsCheck;
using Shonin.CheckMailbox;
using Shonin.Domain;
using static Shonin.Specs.CheckMailbox.Forwarding;

namespace Shonin.Specs.CheckMailbox;

public sealed class ForwardedMailSpecs
{
    private static readonly byte[] original = Encoding.UTF8.GetBytes(
        "DKIM-Signature: v=1; a=x;\r\n  b=AA\r\n\tBB\r\nFrom:  \"A\"   <a@stranger.example> \r\nsubject: odd  spaces\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nline with trailing space \r\n\r\nlast\r\n");

    [Fact]
    public void An_attached_original_is_cut_out_byte_for_byte()
    {
        var forwarded = ForwardedMail.Read(Forwarded("please check", original));
        Assert.Equal(original, Assert.Single(forwarded.Originals).ToArray());
    }

    [Fact]
    public void An_original_that_was_attached_as_an_encoded_file_is_one_too()
    {
        var body = $"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/octet-stream; name=\"doubt.EML\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(original)}\r\n--b--\r\n";
        Assert.Equal(original, Assert.Single(ForwardedMail.Read(Mail(Fields, body)).Originals).ToArray());
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
        var forwarded = ForwardedMail.Read(Mail(Fields, "---------- Forwarded message\r\nFrom: 証商店\r\n番号 N1001-1-problem です。N1001-1-problem, N77-received, n1001-1-problem, N1001-1\r\n"));
        Assert.Empty(forwarded.Originals);
        Assert.Equal(["N1001-1-problem", "N77-received"], forwarded.NoticeNumbers);
    }

    [Fact]
    public void The_number_of_a_notice_is_found_however_it_is_written_and_other_numbers_are_not()
    {
        var forwarded = ForwardedMail.Read(Mail(With("Content-Type: text/plain; charset=utf-8"),
            "電話 03-5550-0100。お知らせ番号 482 177 3057 と ４８２１７７３０５７、482-177-3058、14821773057、48217730571。N1001-received\r\n"));
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
            .Sample(bytes => ForwardedMail.Read(bytes).Originals.Length <= ForwardedMail.OriginalCountMax, iter: 2_000);
    }
}
