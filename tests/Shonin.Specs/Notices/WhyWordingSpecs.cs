using System.Collections.Immutable;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Notices;

public sealed class WhyWordingSpecs
{
    private static readonly SpokenTime tokyo = new("Asia/Tokyo");

    [Fact]
    public void The_customer_hears_no_code_and_no_reason_that_is_the_card_companys_to_tell()
    {
        var story = NoticeScenes
            .Asked(Locale.Ja)
            .Declined("43")
            .NeedsAttention(AttentionReason.DoNotShip)
            .Hold(HoldClass.Declined)
            .Announced();
        var words = Explain(Audience.Customer, story);

        Assert.DoesNotContain("43", words.Ja + words.En, StringComparison.Ordinal);
        Assert.DoesNotContain("DE39", words.Ja + words.En, StringComparison.Ordinal);
        Assert.Contains("理由は、当店には知らされません", words.Ja, StringComparison.Ordinal);
        Assert.DoesNotMatch("紛失|盗難|発送しない", words.Ja);
        Assert.DoesNotMatch("(?i)lost|stolen|do not ship", words.En);
    }

    [Fact]
    public void The_agent_sees_raw_codes_the_rule_and_what_must_not_be_explained()
    {
        var words = Explain(
            Audience.Agent,
            NoticeScenes
                .Asked(Locale.Ja)
                .Declined("43", network: "G12")
                .NeedsAttention(AttentionReason.DoNotShip)
                .Hold(HoldClass.Declined)
                .Announced()
        );

        foreach (var text in new[] { words.Ja, words.En })
        {
            Assert.Contains("DE39=43 DE44=G12", text, StringComparison.Ordinal);
            Assert.Contains("NeverRetryCode", text, StringComparison.Ordinal);
            Assert.Contains("category 1", text, StringComparison.Ordinal);
        }
        Assert.Contains("発送しないでください。理由をお客様に説明しないでください", words.Ja, StringComparison.Ordinal);
        Assert.Contains("Do not ship. Do not explain", words.En, StringComparison.Ordinal);
    }

    [Fact]
    public void The_card_company_gets_the_keys_of_each_message_as_they_went_over_the_wire()
    {
        var words = Explain(Audience.CardCompany, NoticeScenes.Asked(Locale.Ja).Silent().Hold(HoldClass.NoAnswer).Announced());

        foreach (var text in new[] { words.Ja, words.En })
        {
            Assert.Contains("DE7=1124010207 DE11=000417 DE37=632901000001", text, StringComparison.Ordinal);
            Assert.Contains("0420", text, StringComparison.Ordinal);
            Assert.Contains("N1001", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_attempt_that_never_left_is_no_refusal_and_the_card_company_can_have_no_trace_of_it()
    {
        var story = NoticeScenes
            .Asked(Locale.Ja)
            .NotSent()
            .Hold(HoldClass.NoAnswer)
            .Announced()
            .Ask(Initiator.AutomaticRetry)
            .Approved()
            .HoldEnds();

        Assert.Contains("カード会社は、このご注文を断っていません", Explain(Audience.Customer, story).Ja, StringComparison.Ordinal);
        Assert.Contains("you should have no trace of it", Explain(Audience.CardCompany, story).En, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "断っていません",
            Explain(Audience.Customer, NoticeScenes.OnHold(Locale.Ja, HoldClass.Declined)).Ja,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_agent_sees_an_answer_that_came_too_late()
    {
        var story = NoticeScenes.Asked(Locale.Ja).Silent();
        story.Then(new OrderEvent.EvidenceNoted(1, EvidenceKind.LateApproval, "00", "A1B2C3", story.Now));

        Assert.Contains("LateApproval", Explain(Audience.Agent, story).En, StringComparison.Ordinal);
        Assert.Contains("DE38=A1B2C3", Explain(Audience.Agent, story).Ja, StringComparison.Ordinal);
    }

    [Fact]
    public void The_customer_hears_what_happens_next_and_by_when()
    {
        var words = Explain(Audience.Customer, NoticeScenes.OnHold(Locale.Ja, HoldClass.Declined).RetryAfter(TimeSpan.FromHours(1)));

        Assert.Contains("このあと: 1時間後の11月24日(火)11:03 (日本時間)に、もう一度問い合わせます", words.Ja, StringComparison.Ordinal);
        Assert.Contains("期限: 11月30日(月)10:02 (日本時間)", words.Ja, StringComparison.Ordinal);
        Assert.Contains("What happens next: We'll ask again in 1 hour", words.En, StringComparison.Ordinal);
        Assert.Contains("Deadline: Mon 30 Nov, 10:02 (Japan time)", words.En, StringComparison.Ordinal);
        Assert.Contains("“Confirm with the same card”, “Change how you pay”, “Cancel order N1001”", words.En, StringComparison.Ordinal);
    }

    [Fact]
    public void The_agent_sees_what_was_sent_and_a_sentence_to_say()
    {
        var story = NoticeScenes.Asked(Locale.Ja).Silent().Hold(HoldClass.NoAnswer).Announced();
        story.Then(
            new OrderEvent.NoticeQueued(
                new("N1001-1-problem", NoticeKind.Problem, 1, HoldClass.NoAnswer, null, null, NoticeReference.Of(482_177_305)),
                story.Now
            )
        );
        story.After(TimeSpan.FromSeconds(3)).Then(new OrderEvent.NoticeSent("N1001-1-problem", story.Now));
        var words = Explain(Audience.Agent, story);

        Assert.Contains("Notice 482 177 3057: problem, sent on Tue 24 Nov, 10:03", words.En, StringComparison.Ordinal);
        Assert.Contains("お知らせ 482 177 3057: 問題のお知らせ、11月24日(火)10:03 (日本時間)に送信", words.Ja, StringComparison.Ordinal);
        Assert.Contains(
            "Say to the customer: “About your order N1001 (¥12,480): Your card company didn't answer.",
            words.En,
            StringComparison.Ordinal
        );
        Assert.Contains("お客様への言い方: ご注文 N1001(12,480円)は、いま「", words.Ja, StringComparison.Ordinal);
    }

    /// <summary>What an agent may read out holds no code and no reason that is the card company's to tell.</summary>
    [Fact]
    public void The_sentence_to_say_is_fit_for_the_customers_ears()
    {
        var story = NoticeScenes
            .Asked(Locale.Ja)
            .Declined("43")
            .NeedsAttention(AttentionReason.DoNotShip)
            .Hold(HoldClass.Declined)
            .Announced();
        var said = WhyWording.ToSay(story.Order, tokyo, story.Now, Surroundings.Nothing);

        Assert.DoesNotMatch("(?i)43|DE39|stolen|lost|紛失|盗難|発送しない", said.Ja + said.En);
    }

    [Fact]
    public void The_card_company_reads_in_words_whether_we_received_a_decline()
    {
        Assert.Contains(
            "We have received no decline from you for this order.",
            Explain(Audience.CardCompany, NoticeScenes.Asked(Locale.Ja).Silent()).En,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "貴社の否認の返答を受け取っていません",
            Explain(Audience.CardCompany, NoticeScenes.ApprovedAtOnce(Locale.Ja)).Ja,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "We received 1 decline from you for this order.",
            Explain(Audience.CardCompany, NoticeScenes.Asked(Locale.Ja).Declined("05")).En,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_the_card_companys_record_proves_is_said()
    {
        var story = NoticeScenes.Asked(Locale.Ja).Silent().Hold(HoldClass.NoAnswer).Announced();
        var record = new CardCompanyRecord(
            new Dictionary<int, RecordedRequest>
            {
                [1] = new(RecordedFate.Approved, OrderStory.Morning, RecordedHold.NotEnded),
            }.ToImmutableDictionary()
        );
        var words = WhyWording.Explain(Audience.Customer, story.Order, story.History, tokyo, story.Now, new(record, PurchaseFamily.Alone));

        Assert.Contains("Your card company approved it, but its answer didn't reach us", words.En, StringComparison.Ordinal);
        Assert.DoesNotContain("didn't answer", words.En, StringComparison.Ordinal);
        Assert.Contains("断っていません", words.Ja, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_state_has_a_text_for_everybody_in_both_languages()
    {
        foreach (var scene in NoticeScenes.All(Locale.Ja))
        {
            foreach (var audience in Enum.GetValues<Audience>())
            {
                var words = Explain(audience, scene.Story);
                Assert.Contains("N1001", words.Ja, StringComparison.Ordinal);
                Assert.DoesNotMatch("[\u3041-\u309F]", words.En);
            }
        }
    }

    private static Words Explain(Audience audience, OrderStory story) =>
        WhyWording.Explain(audience, story.Order, story.History, tokyo, story.Now);
}
