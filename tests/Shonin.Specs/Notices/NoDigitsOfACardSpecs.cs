using System.Net;
using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Notices;

/// <summary>Assume the mail leaks: it opens the order, and nothing in it is the proof that acting asks for.</summary>
public sealed partial class NoDigitsOfACardSpecs
{
    public static TheoryData<string, Locale> EveryScene()
    {
        var scenes = new TheoryData<string, Locale>();
        foreach (var locale in Enum.GetValues<Locale>())
        {
            foreach (var scene in NoticeScenes.All(locale))
                scenes.Add(scene.Title, locale);
        }

        return scenes;
    }

    [Theory, MemberData(nameof(EveryScene))]
    public void No_text_for_a_customer_holds_the_last_four_digits_of_any_card_of_the_order(string title, Locale locale)
    {
        var scene = NoticeScenes.All(locale).Single(one => one.Title == title);
        var text = scene.Write();
        var order = scene.Story.Order;
        var cards = order.Attempts.Select(attempt => attempt.Card).Append(order.Card).ToList();
        var why = WhyWording
            .Explain(Audience.Customer, order, scene.Story.History, new SpokenTime("Asia/Tokyo"), scene.Story.Now)
            .In(locale);

        Assert.All(cards.Select(card => card.Last4).Distinct(), digits =>
        {
            Assert.DoesNotContain(digits, text.Subject, StringComparison.Ordinal);
            Assert.DoesNotContain(digits, WithoutOurNumbers(text.Text), StringComparison.Ordinal);
            Assert.DoesNotContain(digits, WithoutOurNumbers(WebUtility.HtmlDecode(text.Html)), StringComparison.Ordinal);
            Assert.DoesNotContain(digits, why, StringComparison.Ordinal);
        });
        Assert.Contains(OrderWording.CardName(order.Card, CardMention.Brand).In(locale), text.Text, StringComparison.Ordinal);
    }

    /// <summary>Everything of four digits that stands in a mail, tried one after the other, as often as a holder of the mail may.</summary>
    [Theory, MemberData(nameof(EveryScene))]
    public void The_mail_alone_cannot_prove_the_card(string title, Locale locale)
    {
        var scene = NoticeScenes.All(locale).Single(one => one.Title == title);
        var text = scene.Write();
        var inTheMail = FourDigits()
            .Matches(WithoutOurNumbers($"{text.Subject}\n{text.Text}\n{WebUtility.HtmlDecode(text.Html)}"))
            .Select(match => match.Groups[1].Value)
            .Distinct();
        var moment = new Moment(
            scene.Story.Now,
            new ApprovalPolicy
            {
                Tries = new() { ProofGuessesPerHourMax = int.MaxValue, ProofMissesPerDayMax = int.MaxValue },
            },
            OrderRun.SuppliesFrom(1),
            LinkCondition.Up
        );

        Assert.All(inTheMail, digits =>
            Assert.IsType<OrderEvent.CardProofMissed>(
                Assert.Single(
                    Assert
                        .IsType<Decision.Accepted>(OrderDecider.Decide(scene.Story.Order, new OrderCommand.ProveCard(digits), moment))
                        .Events
                )
            )
        );
    }

    /// <summary>
    /// The number of the notice and the retrieval number are drawn by chance: that four of their digits are a card's says nothing to who
    /// does not know the card.
    /// </summary>
    private static string WithoutOurNumbers(string text) => OurNumbers().Replace(text, "");

    [GeneratedRegex(@"[0-9]{3} [0-9]{3} [0-9]{4}|63290100[0-9]{4}")]
    private static partial Regex OurNumbers();

    [GeneratedRegex("(?=([0-9]{4}))")]
    private static partial Regex FourDigits();
}
