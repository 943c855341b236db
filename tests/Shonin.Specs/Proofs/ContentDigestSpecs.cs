using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Shonin.Domain.Proofs;

namespace Shonin.Specs.Proofs;

public sealed class ContentDigestSpecs
{
    private const string Text = "ご注文 N1001 は承認されました。\nhttps://shop.example.jp/o/k7\n合計 12,480円\n";
    private const string Html =
        "<p>ご注文 N1001 は承認されました。<a href=\"https://shop.example.jp/o/k7\">https://shop.example.jp/o/k7</a></p>\n";

    private static readonly Digest recorded = ContentDigest.Of("承認されました", Text, Html);

    [Theory]
    [InlineData("\n", "\r\n")]
    [InlineData("\n", "")]
    [InlineData("合計 12,480円", "合計\n 12,480円")]
    [InlineData("は", "　は　")]
    public void Line_ends_folds_and_spaces_do_not_count(string original, string altered) =>
        Assert.Equal(
            recorded,
            ContentDigest.Of(
                " 承認 されました\r\n",
                Text.Replace(original, altered, StringComparison.Ordinal),
                Html.Replace(original, altered, StringComparison.Ordinal)
            )
        );

    [Fact]
    public void A_letter_and_its_mark_that_travel_apart_are_the_same_sign() =>
        Assert.Equal(ContentDigest.Of("", "が", ""), ContentDigest.Of("", "か\u3099", ""));

    [Theory]
    [InlineData("12,480", "12,489")]
    [InlineData("承認", "否認")]
    [InlineData("k7", "k8")]
    [InlineData("。", ".")]
    [InlineData("N1001", "Ｎ1001")]
    [InlineData("o/", "o/\u200b")]
    public void Every_sign_counts_in_each_part(string original, string altered)
    {
        string Altered(string text) => text.Replace(original, altered, StringComparison.Ordinal);
        Assert.NotEqual(recorded, ContentDigest.Of("承認されました", Altered(Text), Html));
        Assert.Equal(
            Html.Contains(original, StringComparison.Ordinal),
            recorded != ContentDigest.Of("承認されました", Text, Altered(Html))
        );
        Assert.NotEqual(recorded, ContentDigest.Of("承認されました。", Text, Html));
    }

    [Theory]
    [InlineData("<p>", "<p hidden>")]
    [InlineData("<a href=\"https://shop.example.jp/o/k7\">", "<a href=\"https://shop.example.jp/o/k7?\">")]
    [InlineData("</p>", "</p><img src=\"https://evil.example/\">")]
    public void Every_tag_counts(string original, string altered) =>
        Assert.NotEqual(recorded, ContentDigest.Of("承認されました", Text, Html.Replace(original, altered, StringComparison.Ordinal)));

    [Fact]
    public void What_moves_from_one_part_into_the_next_counts() =>
        Assert.NotEqual(ContentDigest.Of("ab", "c", ""), ContentDigest.Of("a", "bc", ""));

    [Theory]
    [InlineData("https://a.example/1 https://b.example/2", "")]
    [InlineData("https://b.example/2\r\nhttps://a.example/1\r\nhttps://a.example/1", "")]
    [InlineData("", "<a href=\"https://a.example/1\">1</a><a href='HTTPS://b.example/2'>2</a>")]
    [InlineData("<https://b.example/2>", "<a href=&quot;https://a.example/1&quot;>")]
    [InlineData("", "<a href=\"&#104;ttps://a.example/1\">1</a> https://b.example/2")]
    public void Links_are_a_set_wherever_they_stand(string text, string html) =>
        Assert.Equal(ContentDigest.OfLinks("https://a.example/1\nhttps://b.example/2", ""), ContentDigest.OfLinks(text, html));

    [Theory]
    [InlineData("https://a.example/1")]
    [InlineData("https://a.example/1 https://b.example/2 https://c.example/")]
    [InlineData("https://a.example/1 http://b.example/2")]
    [InlineData("https://a.example/1 https://b.example/2/")]
    [InlineData("https://a.example/1 https://B.example/2")]
    [InlineData("https://a.example/1 ftp://b.example/2")]
    public void A_link_more_less_or_other_counts(string text) =>
        Assert.NotEqual(ContentDigest.OfLinks("https://a.example/1\nhttps://b.example/2", ""), ContentDigest.OfLinks(text, ""));

    /// <summary>What stands in logs was digested so: each part composed, without white space, behind its length in UTF-8.</summary>
    [Fact]
    public void The_digest_is_the_one_that_logs_hold() =>
        Gen.String[Gen.OneOf(Gen.Char[" \t\r\n\u3000\u00a0\u2028ab。承が\u3099&<>"], Gen.Const('か')), 0, 60]
            .Select(Gen.String[Gen.Char["か\u3099 x"], 0, 20])
            .Sample(
                (body, subject) =>
                {
                    var expected = new MemoryStream();
                    foreach (var part in (string[])["content", subject, body, body + subject])
                    {
                        var bytes = Encoding.UTF8.GetBytes([.. part.Normalize().Where(letter => !char.IsWhiteSpace(letter))]);
                        expected.Write([0, 0, (byte)(bytes.Length >> 8), (byte)bytes.Length]);
                        expected.Write(bytes);
                    }
                    Assert.Equal(
                        Base64Url.EncodeToString(SHA256.HashData(expected.ToArray())),
                        ContentDigest.Of(subject, body, body + subject).Text
                    );
                }
            );

    [Fact]
    public void No_text_makes_the_digest_throw() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["a:/https&#10;\ud800\udc00\uffff\uffff\ufffe<>\""], 0, 50])
            .Sample(text =>
            {
                ContentDigest.Of(text, text, text);
                ContentDigest.OfLinks(text, text);
            });
}
