using System.Globalization;
using CsCheck;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

public sealed class StrangersTextSpecs
{
    [Theory]
    [InlineData("当店より", "当店より")]
    [InlineData("one\r\ntwo\tthree", "one two three")]
    [InlineData("gnp.‮exe", "gnp. exe")]
    [InlineData("a‍mazon", "a mazon")]
    [InlineData("x\0y\u001b[31m", "x y [31m")]
    [InlineData("x\u0301\u0302\u0303\u0304\u0305y", "x\u0301\u0302y")]
    [InlineData("<script>", "<script>")]
    public void A_strangers_text_cannot_leave_its_line(string text, string shown) => Assert.Equal(shown, StrangersText.OneLine(text, 100));

    [Fact]
    public void Half_a_character_is_shown_as_none() => Assert.Equal("a\ufffdb", StrangersText.OneLine("a\ud800b", 100));

    [Fact]
    public void It_is_cut_at_its_length_and_says_so()
    {
        Assert.Equal("12345", StrangersText.OneLine("12345", 5));
        Assert.Equal("12345…", StrangersText.OneLine("123456", 5));
        Assert.Equal("1234…", StrangersText.OneLine("1234\U0001F600", 5));
    }

    [Fact]
    public void Several_lines_stay_several_lines() =>
        Assert.Equal("one\ntwo\n\nthree", StrangersText.Lines("one\r\ntwo\r\n\r\nthree\r\n\r\n", 100));

    [Theory]
    [InlineData("https://evil.example/login?x=1", "evil.example", "hxxps://evil[.]example/…")]
    [InlineData("HTTP://evil.example", "evil.example", "hxxp://evil[.]example/…")]
    [InlineData("https://shop.example.jp/o/SECRET", "shop.example.jp", "hxxps://shop[.]example[.]jp/…")]
    [InlineData("javascript:alert(1)", null, "javascript:…")]
    [InlineData("mailto:a@b.example", null, "mailto:…")]
    [InlineData("evil.example/x", null, "evil[.]example/x")]
    [InlineData("", null, "")]
    public void A_link_is_text_that_nobody_can_press_and_its_path_is_kept_back(string href, string? host, string shown) =>
        Assert.Equal(shown, StrangersText.Defanged(new MailLink("", href, host, null)));

    [Theory]
    [InlineData("leads to https://evil.example/a?b=c and on", "leads to hxxps://evil[.]example/… and on")]
    [InlineData("HTTP://Evil.Example", "hxxp://Evil[.]Example")]
    [InlineData("「https://shop.example.jp/o/SECRET」と表示", "「hxxps://shop[.]example[.]jp/…」と表示")]
    [InlineData("d=shop.example.jp s=r1", "d=shop.example.jp s=r1")]
    [InlineData("https://", "hxxps://")]
    public void An_address_among_words_is_cut_behind_its_host(string text, string shown) =>
        Assert.Equal(shown, StrangersText.Evidence(text, 200));

    [Fact]
    public void No_text_shows_more_than_its_length_or_a_letter_that_is_not_seen() =>
        Gen.Select(Gen.Char.Array[0, 200], Gen.Int[0, 50])
            .Sample(
                (letters, max) =>
                {
                    var shown = StrangersText.OneLine(new string(letters), max);
                    return shown.Length <= max + 1
                        && !shown.Any(letter =>
                            CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format
                        );
                }
            );
}
