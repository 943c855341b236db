using Shonin.Domain;
using Shonin.Domain.Help;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Specs.Web;

namespace Shonin.Specs.Help;

public sealed class HelpAnswerSpecs
{
    public static TheoryData<string> Scenes => [.. ScreenScenes.All.Select(scene => scene.Title)];

    [Theory, MemberData(nameof(Scenes))]
    public void Every_question_of_an_order_has_an_answer_in_both_languages(string title)
    {
        foreach (var scene in Of(title))
        {
            var answer = scene.Answer;
            Assert.False(answer.Says.IsEmpty, $"{scene} has no answer");
            Assert.All(answer.Says, sentence => Assert.Matches(@"[。?!]$", sentence.Ja));
            Assert.All(answer.Says, sentence => Assert.Matches(@"[.?!]$", sentence.En));
            Assert.All(answer.Articles, name => Assert.Contains(name, HelpArticles.All));
            Assert.NotEmpty(answer.Articles);
        }
    }

    /// <summary>A button that leads to a page which refuses is a dead one.</summary>
    [Theory, MemberData(nameof(Scenes))]
    public void What_an_answer_offers_the_orders_page_offers_too(string title)
    {
        foreach (var scene in Of(title))
        {
            var screen = scene.Scene.Screen(Locale.Ja, CardMention.Brand);
            foreach (var offer in scene.Answer.Offers)
            {
                if (offer.Place == HelpPlace.ChangeCard)
                    Assert.True(screen.Offers(OrderAction.ChangeMethod), $"{scene} offers another card");
                if (offer.Place == HelpPlace.Cancel)
                    Assert.True(screen.Offers(OrderAction.Cancel), $"{scene} offers to cancel");
                if (offer.Name == ActionNames.Confirm)
                    Assert.True(screen.Offers(OrderAction.Confirm), $"{scene} offers to confirm");
                if (offer.Place == HelpPlace.Notices)
                    Assert.NotEmpty(screen.Order.Notices);
                Assert.Equal(offer.Place == HelpPlace.Carrier, offer.Address is not null);
            }
        }
    }

    /// <summary>Who is told that no page of ours can do it must find nothing on a page that does it.</summary>
    [Theory, MemberData(nameof(Scenes))]
    public void Who_wants_to_cancel_is_sent_to_a_person_only_where_the_page_cannot(string title)
    {
        foreach (var scene in Of(title).Where(scene => scene.Question == HelpQuestion.CancelOrder))
        {
            var offered = scene.Scene.Screen(Locale.Ja, CardMention.Brand).Offers(OrderAction.Cancel);
            Assert.Equal(offered, scene.Answer.Offers.Any(offer => offer.Place == HelpPlace.Cancel));
            if (offered)
                Assert.Equal(PersonNeed.IfStillUnclear, scene.Answer.Person);
        }
    }

    [Theory]
    [InlineData("asking", "HeldOnCard PayAnotherWay / IsNoticeReal NoticeDidNotCome / CancelOrder ChangeOrder / WhenItComes")]
    [InlineData(
        "no answer, we ask again",
        "WhyNotApproved CardCompanyKnowsNothing HeldOnCard PayAnotherWay / IsNoticeReal NoticeDidNotCome / CancelOrder ChangeOrder / WhenItComes"
    )]
    [InlineData("approved", "HeldOnCard PayAnotherWay / IsNoticeReal NoticeDidNotCome / CancelOrder ChangeOrder / WhenItComes")]
    [InlineData(
        "shipped",
        "WhenItComes ItHasNotCome SomethingIsWrong / HeldOnCard PayAnotherWay / IsNoticeReal NoticeDidNotCome / CancelOrder ChangeOrder"
    )]
    [InlineData("cancelled by customer", "HeldOnCard / IsNoticeReal NoticeDidNotCome")]
    public void An_order_is_asked_what_it_can_have_the_likeliest_first(string title, string questions) =>
        Assert.Equal(
            questions,
            string.Join(" / ", HelpQuestions.Of(ScreenScenes.Titled(title).Record.Order).Select(issue => string.Join(' ', issue.Questions)))
        );

    [Fact]
    public void Who_hears_of_no_refusal_at_the_card_company_learns_that_both_are_right()
    {
        var answer = Answer("no answer, never arrived, approved", HelpQuestion.CardCompanyKnowsNothing);
        Assert.Equal("カード会社は、このご注文を断っていません。", answer.Says[0].Ja);
        Assert.Contains("当店もカード会社も、正しいことを言っています", answer.Says[1].Ja, StringComparison.Ordinal);
        Assert.Equal(2, answer.Account.Length);
        Assert.Contains("「証商店」", answer.Says[2].Ja, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_was_refused_is_told_when_and_never_why()
    {
        var answer = Answer("declined, never again", HelpQuestion.CardCompanyKnowsNothing);
        Assert.Contains("承認しないという返答の記録があります", answer.Says[0].Ja, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Says, sentence => sentence.Ja.Contains("盗難", StringComparison.Ordinal));
        Assert.NotEmpty(answer.Account);
    }

    [Fact]
    public void Who_asks_why_on_hold_reads_what_the_orders_page_says()
    {
        var scene = ScreenScenes.Titled("no answer, we ask again");
        var screen = scene.Screen(Locale.Ja, CardMention.Brand);
        var says = Answer(scene.Title, HelpQuestion.WhyNotApproved).Says;
        Assert.Equal([.. screen.Explained, .. screen.Next], says[..^1]);
        Assert.Contains(screen.Deadline!.At.Ja, says[^1].Ja, StringComparison.Ordinal);
    }

    [Fact]
    public void An_approved_orders_past_is_asked_about_as_past_and_nobody_is_told_to_cancel()
    {
        var scene = ScreenScenes.Titled("no answer, never arrived, approved");
        Assert.Equal("なぜ、すぐに承認されなかったのですか", HelpQuestions.NameOf(HelpQuestion.WhyNotApproved, scene.Record.Order).Ja);
        Assert.Equal([HelpPlace.Order], Answer(scene.Title, HelpQuestion.WhyNotApproved).Offers.Select(offer => offer.Place));
    }

    [Fact]
    public void Where_a_parcel_is_its_carriers_page_tells()
    {
        var answer = Answer("shipped", HelpQuestion.ItHasNotCome);
        Assert.Contains(answer.Offers, offer => offer.Address!.AbsoluteUri.EndsWith("412356789012", StringComparison.Ordinal));
        Assert.Equal(PersonNeed.Needed, answer.Person);
        Assert.Empty(Answer("delivered", HelpQuestion.ItHasNotCome).Offers);
    }

    private static HelpAnswer Answer(string title, HelpQuestion question) => new HelpScene(ScreenScenes.Titled(title), question).Answer;

    private static IEnumerable<HelpScene> Of(string title) => HelpScene.All.Where(scene => scene.Scene.Title == title);
}
