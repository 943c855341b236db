using CsCheck;
using Shonin.Domain.Proofs;

namespace Shonin.Specs.Proofs;

public sealed class NoticeMarkSpecs
{
    private static readonly NoticeMarkKey key = new("20261124", new byte[NoticeMarkKey.SizeBytes]);
    private static readonly NoticeImprint imprint = new(
        "N1001-1-problem",
        new(2026, 11, 24, 1, 2, 7, TimeSpan.Zero),
        key.RecipientOf("N1001-1-problem", "hanako@example.com"),
        ContentDigest.Of("件名", "本文", "<p>本文"),
        ContentDigest.OfLinks("https://shop.example.jp/o/1", "")
    );

    [Fact]
    public void A_mark_is_read_as_it_was_written()
    {
        var mark = key.Mark(imprint);

        Assert.Equal(mark, Assert.IsType<NoticeMarkParse.Parsed>(NoticeMark.Parse(mark.Write())).Mark);
        Assert.StartsWith("v=1; n=N1001-1-problem; k=20261124.66687aad; b=", mark.Write(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hanako@例え.jp", "hanako@xn--r8jz45g.jp")]
    [InlineData("Hanako <HANAKO@例え.JP>", "hanako@xn--r8jz45g.jp")]
    [InlineData("\"a..b.\"@docomo.ne.jp", "a..b.@docomo.ne.jp")]
    public void An_address_is_one_recipient_in_whichever_form_it_is_typed(string typed, string recorded)
    {
        Assert.Equal(key.RecipientOf("N1001-received", recorded), key.RecipientOf("N1001-received", typed));
        Assert.NotEqual(key.RecipientOf("N1001-received", recorded), key.RecipientOf("N1001-received", "x" + recorded));
    }

    [Theory]
    [InlineData(" ; ", ";")]
    [InlineData("; ", ";\r\n\t")]
    [InlineData("v=1; ", " v = 1; ")]
    public void A_mark_that_was_folded_anew_is_the_same(string original, string folded)
    {
        var mark = key.Mark(imprint);

        Assert.Equal(
            mark,
            Assert.IsType<NoticeMarkParse.Parsed>(NoticeMark.Parse(mark.Write().Replace(original, folded, StringComparison.Ordinal))).Mark
        );
    }

    [Theory]
    [InlineData("v=1;", "v=2;")]
    [InlineData("v=1;", "")]
    [InlineData("v=1;", "v=1; v=1;")]
    [InlineData("v=1;", "v=1; x=1;")]
    [InlineData("n=N1001-1-problem", "n=")]
    [InlineData("n=N1001-1-problem", "n=N1001<script>")]
    [InlineData("b=", "b=A")]
    [InlineData("b=", "c=")]
    [InlineData("; k=", " k=")]
    public void A_mark_that_says_less_more_or_something_else_is_refused(string original, string altered)
    {
        var text = key.Mark(imprint).Write();
        Assert.Contains(original, text, StringComparison.Ordinal);

        Assert.IsType<NoticeMarkParse.Malformed>(NoticeMark.Parse(text.Replace(original, altered, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(501)]
    public void A_mark_has_a_longest_length(int length)
    {
        var text = key.Mark(imprint).Write();
        var parse = NoticeMark.Parse(text.PadRight(length));

        Assert.Equal(length <= 500, parse is NoticeMarkParse.Parsed);
    }

    [Fact]
    public void The_code_changes_with_everything_that_it_binds()
    {
        var other = new NoticeMarkKey("20261124", Enumerable.Repeat((byte)1, NoticeMarkKey.SizeBytes).ToArray());
        Digest[] codes =
        [
            key.Mark(imprint).Code,
            other.Mark(imprint).Code,
            key.Mark(imprint with { NoticeId = "N1001-1-update" }).Code,
            key.Mark(imprint with { QueuedAt = imprint.QueuedAt.AddSeconds(1) }).Code,
            key.Mark(imprint with { Recipient = key.RecipientOf(imprint.NoticeId, "taro@example.com") }).Code,
            key.Mark(imprint with { Content = imprint.Links, Links = imprint.Content }).Code,
            key.Mark(imprint with { Links = ContentDigest.OfLinks("https://shop.example.jp/o/2", "") }).Code,
        ];

        Assert.Equal(codes.Length, codes.Distinct().Count());
    }

    [Fact]
    public void Two_keys_of_one_day_have_two_names_and_neither_shows_its_secret()
    {
        var other = new NoticeMarkKey("20261124", Enumerable.Repeat((byte)1, NoticeMarkKey.SizeBytes).ToArray());

        Assert.NotEqual(key.Id, other.Id);
        Assert.Equal($"{key.Id} ***", key.ToString());
        Assert.Same(other, new NoticeMarkKeys(key, other).Current);
        Assert.Same(key, new NoticeMarkKeys(key, other).Find(key.Id));
        Assert.Null(new NoticeMarkKeys(key).Find(other.Id));
    }

    [Theory]
    [InlineData("hanako@example.com")]
    [InlineData("Hanako@Example.COM")]
    [InlineData("  hanako@example.com ")]
    [InlineData("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｃｏｍ")]
    [InlineData("山田 花子 <hanako@example.com>")]
    public void The_one_who_asks_may_write_the_address_as_people_do(string typed) =>
        Assert.Equal(imprint.Recipient, key.RecipientOf(imprint.NoticeId, typed));

    [Theory]
    [InlineData("hanako@example.co")]
    [InlineData("hanak0@example.com")]
    [InlineData("hanako@example.com, taro@example.com")]
    [InlineData("hanako")]
    [InlineData("")]
    [InlineData("<>")]
    [InlineData("\ud800")]
    public void Another_address_is_another_recipient(string typed) =>
        Assert.NotEqual(imprint.Recipient, key.RecipientOf(imprint.NoticeId, typed));

    [Fact]
    public void One_recipient_of_two_notices_has_two_numbers() =>
        Assert.NotEqual(imprint.Recipient, key.RecipientOf("N1002-received", "hanako@example.com"));

    [Fact]
    public void No_text_makes_the_reading_throw() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char[" ;=vnkb1-._A\r\n\ud800"], 0, 60])
            .Sample(text =>
            {
                var read = NoticeMark.Parse(text);
                key.RecipientOf(text, text);
                return read is NoticeMarkParse.Malformed || NoticeMark.Parse(((NoticeMarkParse.Parsed)read).Mark.Write()) == read;
            });
}
