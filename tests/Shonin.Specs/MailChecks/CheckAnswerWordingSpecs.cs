using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.MailChecks;
using Shonin.Specs.Notices;

namespace Shonin.Specs.MailChecks;

public sealed partial class CheckAnswerWordingSpecs
{
    private static readonly CheckDesk desk = new(NoticeScenes.Merchant, "https://shop.example.jp/check", Forwarding.ShopAddress);

    private static ForwardedFinding.Verdict Finding(VerdictWord word, params ReasonCode[] codes) =>
        new(
            new(
                word,
                Confidence.Strong,
                new("見出しです。", "The headline."),
                [.. codes.Select(Reason)],
                [new("これをしてください。", "Do this."), new("次に。", "Then.")]
            ),
            "証商店"
        );

    private static VerdictReason Reason(ReasonCode code) =>
        new(code, ReasonWeight.Decisive, new("引用 evil.example", "quoting evil.example"), "evil.example");

    [Theory]
    [InlineData(VerdictWord.Genuine, "【本物です】", "[Genuine]")]
    [InlineData(VerdictWord.NotGenuine, "【本物ではありません】", "[Not genuine]")]
    [InlineData(VerdictWord.CannotTell, "【判断できません】", "[We can't tell]")]
    public void The_subject_says_the_answer(VerdictWord word, string ja, string en)
    {
        var reply = new CheckAnswer.Judged([Finding(word, ReasonCode.NotSigned)], 0);
        Assert.StartsWith(ja, CheckAnswerWording.Compose(reply, desk, Locale.Ja).Subject, StringComparison.Ordinal);
        Assert.StartsWith(en, CheckAnswerWording.Compose(reply, desk, Locale.En).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_has_one_sentence_three_reasons_one_action_and_the_page()
    {
        var reply = new CheckAnswer.Judged(
            [
                Finding(
                    VerdictWord.NotGenuine,
                    ReasonCode.SenderNotMerchant,
                    ReasonCode.LinkLeadsElsewhere,
                    ReasonCode.PressesForAction,
                    ReasonCode.Forwarded
                ),
            ],
            0
        );
        var text = CheckAnswerWording.Compose(reply, desk, Locale.En).Text;
        Assert.Contains("The headline.", text, StringComparison.Ordinal);
        Assert.Equal(3, NumberedLine().Count(text));
        Assert.Contains("Do this.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Then.", text, StringComparison.Ordinal);
        Assert.Contains("https://shop.example.jp/check", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_it_cannot_be_told_what_would_settle_it_stands_behind_the_first_action()
    {
        var text = CheckAnswerWording
            .Compose(new CheckAnswer.Judged([Finding(VerdictWord.CannotTell, ReasonCode.NotSigned)], 0), desk, Locale.En)
            .Text;
        Assert.True(
            text.IndexOf("Do this.", StringComparison.Ordinal) is var first and > 0
                && text.IndexOf("Then.", StringComparison.Ordinal) > first,
            text
        );
    }

    [Theory]
    [InlineData(Locale.Ja, "リンクを押さないでください。")]
    [InlineData(Locale.En, "Don't press its links")]
    public void An_answer_that_found_nothing_says_first_not_to_press_links(Locale locale, string first)
    {
        foreach (
            var reply in new CheckAnswer[]
            {
                new CheckAnswer.NoOriginal(null),
                new CheckAnswer.Judged([new ForwardedFinding.Unreadable()], 0),
            }
        )
        {
            var text = CheckAnswerWording.Compose(reply, desk, locale).Text;
            Assert.True(
                text.IndexOf(first, StringComparison.Ordinal) is var at and > 0 && at < text.IndexOf("https://", StringComparison.Ordinal),
                text
            );
        }
    }

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public void No_reason_says_again_what_stood_in_the_mail(Locale locale)
    {
        foreach (var code in Enum.GetValues<ReasonCode>())
        {
            var answer = CheckAnswerWording.Compose(new CheckAnswer.Judged([Finding(VerdictWord.CannotTell, code)], 0), desk, locale);
            Assert.DoesNotContain("evil", answer.Text + answer.Html + answer.Subject, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_only_link_is_the_page_for_checking()
    {
        var answer = CheckAnswerWording.Compose(new CheckAnswer.NoOriginal(null), desk, Locale.Ja);
        Assert.Equal(["https://shop.example.jp/check"], Href().Matches(answer.Html).Select(match => match.Groups[1].Value).Distinct());
    }

    [Fact]
    public void Several_mails_are_answered_one_by_one_and_those_beyond_the_limit_are_owned_up_to()
    {
        var text = CheckAnswerWording
            .Compose(
                new CheckAnswer.Judged([Finding(VerdictWord.Genuine, ReasonCode.SignedByMerchant), new ForwardedFinding.Unreadable()], 2),
                desk,
                Locale.En
            )
            .Text;
        Assert.Contains("Mail 1: Genuine", text, StringComparison.Ordinal);
        Assert.Contains("Mail 2: We can't tell", text, StringComparison.Ordinal);
        Assert.Contains("the other 2", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forward_in_words_is_not_judged_and_tells_what_is_on_record_of_its_number()
    {
        var bare = CheckAnswerWording.Compose(new CheckAnswer.NoOriginal(null), desk, Locale.Ja);
        var quoted = CheckAnswerWording.Compose(new CheckAnswer.NoOriginal(new("N1001-1-problem", OrderStory.Morning)), desk, Locale.Ja);
        Assert.StartsWith("【判断できません】", bare.Subject, StringComparison.Ordinal);
        Assert.Contains("添付ファイルとして転送", bare.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("N1001", bare.Text, StringComparison.Ordinal);
        Assert.Contains("番号 N1001-1-problem のお知らせは、当店が", quoted.Text, StringComparison.Ordinal);
        Assert.Contains("同じかどうかまでは分かりません", quoted.Text, StringComparison.Ordinal);
    }

    [GeneratedRegex("^[0-9]\\. ", RegexOptions.Multiline)]
    private static partial Regex NumberedLine();

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Href();
}
