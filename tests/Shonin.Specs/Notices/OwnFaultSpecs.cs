using Shonin.CardNetwork.Link;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Approvals;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Orders;
using Shonin.Specs.Orders;
using Shonin.Specs.Web;

namespace Shonin.Specs.Notices;

/// <summary>
/// What goes wrong on our side is said to be ours, wherever it is read; and what an earlier request was answered is never forgotten.
/// </summary>
public sealed class OwnFaultSpecs
{
    private static readonly SpokenTime tokyo = new("Asia/Tokyo");

    /// <summary>Words that lay a fault of ours on the card company, the line or the card.</summary>
    private const string Elsewhere =
        "(?i)承認が得られませんでした|承認しないという|つながり|返答がありません|couldn't reach|can't reach|said no|the answer was no|declined|didn't answer|nothing is wrong with your card|カードの問題ではありません";

    public static TheoryData<string> Faults =>
        new(
            (IEnumerable<string>)
                [
                    "card unreadable",
                    .. ResponseRules.RequestFaultyCodes,
                    .. ResponseRules.RequestFaultyNetworkCodes.Select(code => "05" + code),
                ]
        );

    [Theory, MemberData(nameof(Faults))]
    public void A_fault_of_ours_is_ours_in_notice_page_why_timeline_and_desk(string fault)
    {
        foreach (var locale in Enum.GetValues<Locale>())
        {
            var story = Faulty(NoticeScenes.Asked(locale), fault);
            Assert.All(Read(story, locale), text =>
            {
                Assert.Matches(locale == Locale.Ja ? "当店の手違い" : "(?i)our own mistake", text);
                Assert.DoesNotMatch(Elsewhere, text);
            });
            Assert.Equal(HoldReason.OwnFault, HoldReasons.Of(story.Order, story.Order.Hold!.Class));
        }
    }

    public static TheoryData<string> Outages =>
        new(
            (IEnumerable<string>)
                [.. ResponseRules.CouldNotAnswerCodes, .. ResponseRules.CouldNotAnswerNetworkCodes.Select(code => "05" + code)]
        );

    /// <summary>
    /// The card company's side answered that it was not able to: nobody said no, nobody made a mistake, and there was an answer.
    /// </summary>
    [Theory, MemberData(nameof(Outages))]
    public void A_card_company_that_could_not_answer_has_neither_refused_nor_been_silent(string codes)
    {
        foreach (var locale in Enum.GetValues<Locale>())
        {
            var story = Declined(NoticeScenes.Asked(locale), codes).Hold(HoldClass.Declined).Announced();
            Assert.All(Read(story, locale), text =>
            {
                Assert.Matches(locale == Locale.Ja ? "回答でき" : "(?i)couldn't answer", text);
                Assert.DoesNotMatch(Elsewhere + "|当店の手違い|our own mistake", text);
            });
            Assert.Equal(HoldReason.CouldNotAnswer, HoldReasons.Of(story.Order, story.Order.Hold!.Class));
            Assert.DoesNotContain(
                "1 decline",
                WhyWording.Explain(Audience.CardCompany, story.Order, story.History, tokyo, story.Now).En,
                StringComparison.Ordinal
            );
        }
    }

    /// <summary>
    /// The words follow the codes of ISO 8583:1987; what may be asked again follows the schemes, and is not touched by them.
    /// </summary>
    [Theory]
    [InlineData("05", null, AnswerSays.No)]
    [InlineData("51", "G12", AnswerSays.No)]
    [InlineData("43", "G95", AnswerSays.No)]
    [InlineData("54", "G97", AnswerSays.No)]
    [InlineData("XX", null, AnswerSays.No)]
    [InlineData("12", null, AnswerSays.RequestFaulty)]
    [InlineData("91", null, AnswerSays.CouldNotAnswer)]
    [InlineData("96", "G12", AnswerSays.CouldNotAnswer)]
    [InlineData("05", "G95", AnswerSays.CouldNotAnswer)]
    [InlineData("05", "G68", AnswerSays.RequestFaulty)]
    public void What_an_answer_says_follows_field_39_and_then_the_networks_own_code(string code, string? network, AnswerSays says) =>
        Assert.Equal(says, ResponseRules.SaysOf(new(code, null, network, null, OrderStory.Morning)));

    [Fact]
    public void Every_rule_that_blames_our_message_is_told_as_our_fault() =>
        Assert.All(ResponseRules.Rows.Where(row => row.Meaning == ResponseMeaning.OurFault), row =>
            Assert.Contains(row.Code, ResponseRules.RequestFaultyCodes)
        );

    [Theory]
    [InlineData(NotSentReason.NoConnection, NotSentCause.OutOfReach)]
    [InlineData(NotSentReason.TooManyInFlight, NotSentCause.OwnFault)]
    [InlineData(NotSentReason.CardNotFound, NotSentCause.OwnFault)]
    [InlineData(NotSentReason.CardUnreadable, NotSentCause.OwnFault)]
    [InlineData(NotSentReason.MessageInvalid, NotSentCause.OwnFault)]
    [InlineData(NotSentReason.Stopped, NotSentCause.OwnFault)]
    public void Only_a_missing_connection_is_not_ours(NotSentReason reason, NotSentCause cause) =>
        Assert.Equal(cause, NotSentMeaning.CauseOf(reason));

    [Fact]
    public void Held_back_by_our_limits_is_neither_out_of_reach_nor_refused()
    {
        foreach (var locale in Enum.GetValues<Locale>())
        {
            Assert.All(Read(NoticeScenes.Asked(locale).NotSent(NotSentCause.HeldBack).Hold(HoldClass.NoAnswer).Announced(), locale), text =>
                Assert.DoesNotMatch(Elsewhere, text)
            );
        }
    }

    [Theory, MemberData(nameof(Faults))]
    public void After_a_refusal_nothing_says_that_the_card_is_free_of_doubt(string fault)
    {
        foreach (var locale in Enum.GetValues<Locale>())
        {
            var refused = NoticeScenes
                .Asked(locale)
                .Declined("05")
                .Hold(HoldClass.Declined)
                .Announced()
                .After(TimeSpan.FromMinutes(5))
                .Ask(Initiator.CustomerConfirms);
            var silent = NoticeScenes
                .Asked(locale)
                .Declined("05")
                .Hold(HoldClass.Declined)
                .Announced()
                .After(TimeSpan.FromMinutes(5))
                .Ask(Initiator.CustomerConfirms)
                .Silent()
                .ClassChanges(HoldClass.NoAnswer);
            foreach (
                var story in new[]
                {
                    fault == "card unreadable" ? refused.NotSent(NotSentCause.OwnFault) : Declined(refused, fault),
                    silent,
                }
            )
            {
                foreach (var text in Read(story, locale))
                {
                    Assert.DoesNotMatch(
                        "問題があるとは限りません|断られたのではありません|doesn't mean that anything is wrong|wasn't refused|hasn't refused|weren't refused",
                        text
                    );
                    Assert.Matches(
                        "(?i)承認しないという返答|承認されませんでした|the answer was no|answer: no|wasn't approved|said no",
                        text
                    );
                }
            }
        }
    }

    [Fact]
    public void A_fault_that_lasts_is_on_the_agents_list_until_a_request_is_answered()
    {
        var run = OrderRun.Placed().Do(new OrderCommand.RecordNotSent(1, "the vault cannot open the card", Cause: NotSentCause.OwnFault));
        Assert.DoesNotContain(AttentionReason.OwnFault, run.Order.Attention);

        while (run.Order.Hold is null)
        {
            run.At(Waking.AlarmOf(run.Order, new ApprovalPolicy())!.Value)
                .Wake()
                .Do(
                    new OrderCommand.RecordNotSent(
                        run.Order.Attempts.Length,
                        "the vault cannot open the card",
                        Cause: NotSentCause.OwnFault
                    )
                );
        }

        Assert.Contains(AttentionReason.OwnFault, run.Order.Attention);

        run.At(run.Order.Hold.SendAgainAt!.Value).Wake().Answer("05");
        Assert.DoesNotContain(AttentionReason.OwnFault, run.Order.Attention);
    }

    [Fact]
    public void A_fault_that_is_known_to_last_is_on_the_list_at_once_by_its_own_name_and_once()
    {
        var run = OrderRun.Placed();
        Assert.Equal([AttentionReason.CardUnavailable], run.Do(Unsendable(run)).Order.Attention);
        while (run.Order.Hold is null)
            run.At(Waking.AlarmOf(run.Order, new ApprovalPolicy())!.Value).Wake().Do(Unsendable(run));
        Assert.Equal([AttentionReason.CardUnavailable], run.Order.Attention);
        Assert.Empty(run.At(run.Order.Hold.SendAgainAt!.Value).Wake().Answer("05").Order.Attention);
    }

    private static OrderCommand.RecordNotSent Unsendable(OrderRun run) =>
        new(
            run.Order.Attempts.Length,
            "the vault has no such card",
            Cause: NotSentCause.OwnFault,
            Lasting: UnsendableReason.CardUnavailable
        );

    [Fact]
    public void A_lost_card_is_not_tried_every_minute_for_days()
    {
        var run = OrderRun.Placed();
        for (var tries = 0; tries < 20; tries++)
        {
            run.Do(new OrderCommand.RecordNotSent(run.Order.Attempts.Length, "no card", Cause: NotSentCause.OwnFault))
                .At(run.Order.Hold?.SendAgainAt ?? ((Standing.AwaitingApproval)run.Order.Standing).SendAgainAt!.Value)
                .Wake();
        }

        Assert.Equal(
            TimeSpan.FromHours(1),
            run.Do(
                new OrderCommand.RecordNotSent(run.Order.Attempts.Length, "no card", Cause: NotSentCause.OwnFault)
            ).Order.Hold!.SendAgainAt!.Value - run.Now
        );
    }

    private static OrderStory Faulty(OrderStory asked, string fault) =>
        fault == "card unreadable"
            ? asked.NotSent(NotSentCause.OwnFault).Hold(HoldClass.NoAnswer).Announced()
            : Declined(asked, fault).Hold(HoldClass.Declined).Announced();

    /// <param name="codes">Field 39, and behind it field 44 where there is one.</param>
    private static OrderStory Declined(OrderStory asked, string codes) =>
        asked.Declined(codes[..2], network: codes.Length > 2 ? codes[2..] : null);

    /// <summary>
    /// The texts of one order, each as its reader sees it: mail, page, why for customer and agent, timeline for customer and agent.
    /// </summary>
    internal static IEnumerable<string> Read(OrderStory story, Locale locale)
    {
        var order = story.Order;
        var mail = NoticeWording.Compose(
            new("N1001-1-problem", NoticeKind.Problem, 1, order.Hold!.Class, null, null),
            order,
            NoticeScenes.Context(story.Now)
        );
        yield return mail.Subject + "\n" + mail.Text;
        var record = new OrderRecord(order, null, null, story.History.Count, story.History);
        var timeline = Timeline.Of(record, null, locale, Audience.Customer);
        yield return PageText.Of(OrderScreen.Of(order, timeline, tokyo, story.Now, CardMention.Brand), locale);
        yield return WhyWording.Explain(Audience.Customer, order, story.History, tokyo, story.Now).In(locale);
        yield return WhyWording.ToSay(order, tokyo, story.Now, Surroundings.Nothing).In(locale)
            + string.Join('\n', order.Attempts.Select(attempt => AttemptNames.Of(attempt.Outcome).In(locale)));
        foreach (var audience in new[] { Audience.Customer, Audience.Agent })
            yield return string.Join('\n', Timeline.Of(record, null, locale, audience).Items.Select(item => item.Text));
    }
}
