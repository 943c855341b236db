using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.Domain.Help;
using Shonin.Help;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Help;

public sealed partial class HelpPageSpecs
{
    public static TheoryData<Locale> Languages => [Locale.Ja, Locale.En];

    [Theory, MemberData(nameof(Languages))]
    public async Task Every_answer_is_on_its_page_and_its_pages_lead_only_to_pages_that_there_are(Locale locale)
    {
        foreach (var scene in HelpScene.All)
        {
            var page = await scene.PageAsync(locale);
            var text = PageText.Read(page);
            foreach (var sentence in scene.Answer.Says)
                Assert.Contains(sentence.In(locale), text, StringComparison.Ordinal);
            Assert.Contains(ScreenScene.Merchant.SupportPhone, text, StringComparison.Ordinal);
            Assert.DoesNotMatch($@"(?<!\d){scene.Scene.Record.Order.Card.Last4}(?!\d)", text);
            foreach (Match link in OwnLink().Matches(page))
            {
                Assert.Matches(
                    @"^/(o/k7Qm2vXr9sTb(/(help|card|cancel|messages|chat))?|help(/articles/[a-z-]+)?|account|check|privacy)\?lang=(ja|en)(&amp;about=[a-z-]+)?$",
                    link.Groups[1].Value
                );
            }
        }
    }

    /// <summary>Two steps from a notice: its link opens the order's page, whose help asks what it is about.</summary>
    [Theory, MemberData(nameof(Languages))]
    public async Task An_orders_page_leads_to_help_with_that_order(Locale locale)
    {
        var scene = ScreenScenes.Titled("no answer, we ask again");
        var context = scene.Context(locale) with { HelpPath = $"/o/{ScreenScene.AccessKey}/help" };
        Assert.Contains(
            $"/o/{ScreenScene.AccessKey}/help?lang=",
            await PageHtml.RenderAsync<HelpPage, HelpModel>(new(context, "", [])),
            StringComparison.Ordinal
        );
        var questions = await HelpScene.QuestionsPageAsync(scene, locale);
        Assert.Contains(
            $"/o/{ScreenScene.AccessKey}/help/{OrderHelpPages.AddressOf(HelpQuestion.WhyNotApproved)}?lang=",
            questions,
            StringComparison.Ordinal
        );
        Assert.Contains(
            HelpQuestions.NameOf(HelpQuestion.CardCompanyKnowsNothing, scene.Record.Order).In(locale),
            PageText.Read(questions),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_question_stands_in_an_address_in_small_letters() =>
        Assert.Equal("card-company-knows-nothing", OrderHelpPages.AddressOf(HelpQuestion.CardCompanyKnowsNothing));

    [Fact]
    public void The_desk_has_no_help_for_customers()
    {
        Assert.Null(new PageContext(Locale.Ja, ScreenScene.Merchant, "/desk/orders/N1").HelpPath);
        Assert.Equal("/help", new PageContext(Locale.Ja, ScreenScene.Merchant, "/check").HelpPath);
    }

    [GeneratedRegex("<a [^>]*href=\"(/[^\"]*)\"")]
    private static partial Regex OwnLink();
}
