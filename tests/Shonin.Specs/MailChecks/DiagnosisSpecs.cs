using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;
using Shonin.Specs.Notices;

namespace Shonin.Specs.MailChecks;

public sealed class DiagnosisSpecs
{
    private static readonly SpokenTime time = new("Asia/Tokyo");

    /// <summary>
    /// The states in the order false mail, no answer, registration, arrears or limit: ! this is it, - not this, ? card company, . not
    /// known.
    /// </summary>
    [Theory]
    [InlineData("05", HoldClass.Declined, "--.?")]
    [InlineData("51", HoldClass.Declined, "--.?")]
    [InlineData("62", HoldClass.Declined, "--.?")]
    [InlineData("43", HoldClass.Declined, "--.?")]
    [InlineData("14", HoldClass.Declined, "--!-")]
    [InlineData("54", HoldClass.Declined, "--!-")]
    [InlineData("N7", HoldClass.Declined, "--!-")]
    [InlineData("9G", HoldClass.Declined, "----")]
    [InlineData("30", HoldClass.Declined, "---.")]
    [InlineData("01", HoldClass.Referred, "--??")]
    [InlineData("", HoldClass.NoAnswer, "-!..")]
    [InlineData("", HoldClass.Expired, "----")]
    public void What_the_record_knows_decides_each_cause(string code, HoldClass holdClass, string expected) =>
        Assert.Equal(expected, States(Diagnose(Held(code, holdClass), holdClass)));

    [Theory]
    [InlineData(VerdictWord.NotGenuine, "!...")]
    [InlineData(VerdictWord.CannotTell, "...?")]
    [InlineData(VerdictWord.Genuine, "-..?")]
    public void Without_our_record_only_the_verdict_speaks(VerdictWord word, string expected)
    {
        var diagnosis = Diagnosis.Of(word, new LedgerFinding.NotChecked(), null, time, OrderStory.Morning);

        Assert.Equal(expected, States(diagnosis));
        Assert.Null(diagnosis.Order);
        Assert.Null(diagnosis.Request);
    }

    [Fact]
    public void No_answer_and_then_an_approval_on_the_same_card_rules_out_card_and_arrears()
    {
        var story = Held("", HoldClass.NoAnswer)
            .Reversed(1, "25")
            .After(TimeSpan.FromMinutes(5))
            .Ask(Initiator.AutomaticRetry)
            .Approved()
            .HoldEnds();

        var diagnosis = Diagnose(story, HoldClass.NoAnswer);

        Assert.Equal("-!--", States(diagnosis));
        Assert.Equal("Approved", diagnosis.Order!.State.En);
    }

    [Fact]
    public void A_refusal_and_then_an_approval_leaves_the_reason_with_the_card_company()
    {
        var story = Held("51", HoldClass.Declined).After(TimeSpan.FromMinutes(5)).Ask(Initiator.AutomaticRetry).Approved().HoldEnds();

        Assert.Equal("---?", States(Diagnose(story, HoldClass.Declined)));
    }

    /// <summary>A lost or stolen card, arrears and a limit read alike, to the letter: the card company tells its own customer.</summary>
    [Fact]
    public void Every_reason_that_is_the_card_companys_to_tell_gets_the_same_words()
    {
        var told = new[] { "05", "43", "51", "62" }
            .Select(code => string.Join('\n', Diagnose(Held(code, HoldClass.Declined), HoldClass.Declined).Causes))
            .Distinct();

        Assert.Single(told);
        Assert.DoesNotMatch("(?i)stolen|lost|盗|紛失", told.Single());
    }

    public static TheoryData<string, VerdictWord, RecipientMatch, ContentMatch, string> NotProved =>
        new()
        {
            { "the verdict is not genuine", VerdictWord.NotGenuine, RecipientMatch.Matches, ContentMatch.Same, "N1001" },
            { "the verdict cannot tell", VerdictWord.CannotTell, RecipientMatch.Matches, ContentMatch.Same, "N1001" },
            { "it was sent to another", VerdictWord.Genuine, RecipientMatch.Differs, ContentMatch.Same, "N1001" },
            { "its content was altered", VerdictWord.Genuine, RecipientMatch.Matches, ContentMatch.Differs, "N1001" },
            { "it is of another order", VerdictWord.Genuine, RecipientMatch.Matches, ContentMatch.Same, "N1002" },
        };

    [Theory, MemberData(nameof(NotProved))]
    public void Nothing_of_the_order_is_told_where(
        string why,
        VerdictWord word,
        RecipientMatch recipient,
        ContentMatch content,
        string number
    )
    {
        var story = Held("14", HoldClass.Declined);

        var diagnosis = Diagnosis.Of(word, Known(HoldClass.Declined, recipient, content, number), story.Order, time, story.Now);

        Assert.True(diagnosis is { Order: null, Request: null }, why);
        Assert.DoesNotContain(diagnosis.Causes, cause =>
            cause.Cause == PossibleCause.CardRegisteredWrongly && cause.State == CauseState.ThisIsIt
        );
    }

    [Fact]
    public void The_request_to_ask_about_is_the_one_that_the_mail_is_about()
    {
        var story = Held("51", HoldClass.Declined);

        var request = Diagnose(story, HoldClass.Declined).Request!;

        Assert.Equal(story.Order.Attempts[0].Claim.Rrn, request.Rrn);
        Assert.Contains(
            request.Rrn,
            DiagnosisWording.HowToAsk(Diagnose(story, HoldClass.Declined), new("証商店", "Akashi Store"))[2].Ja,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "0002",
            string.Join('\n', DiagnosisWording.HowToAsk(Diagnose(story, HoldClass.Declined), new("証商店", "Akashi Store"))),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(NoticeKind.Problem, true)]
    [InlineData(NoticeKind.Update, true)]
    [InlineData(NoticeKind.Reminder, true)]
    [InlineData(NoticeKind.Received, false)]
    [InlineData(NoticeKind.Outcome, false)]
    [InlineData(NoticeKind.Shipped, false)]
    public void Our_own_notice_asks_for_a_diagnosis_by_its_kind_whatever_words_stand_in_it(NoticeKind kind, bool expected)
    {
        var known = Known(HoldClass.Declined);
        var speaksOfTrouble = new MailContent("", "", "", "カード会社から承認が得られませんでした", []);

        Assert.Equal(expected, Diagnosis.IsAskedBy(new LedgerFinding.Known(known.Notice with { Kind = kind }), speaksOfTrouble));
    }

    [Fact]
    public void Another_mail_asks_for_it_by_its_words()
    {
        Assert.True(Diagnosis.IsAskedBy(new LedgerFinding.NoMark(), new("お支払い方法に問題があります", "", "", "", [])));
        Assert.False(Diagnosis.IsAskedBy(new LedgerFinding.NoMark(), new("発送しました", "", "", "", [])));
    }

    private static OrderStory Held(string code, HoldClass holdClass)
    {
        var asked = OrderStory.Placed(Locale.Ja).Ask();
        if (holdClass == HoldClass.Expired)
            return asked.Approved().RunsOut().Announced();
        return (
            holdClass switch
            {
                HoldClass.Declined => asked.Declined(code),
                HoldClass.Referred => asked.Referred(code),
                HoldClass.NoAnswer => asked.Silent(),
                HoldClass.Expired => throw new System.Diagnostics.UnreachableException(),
            }
        )
            .Hold(holdClass)
            .Announced();
    }

    private static Diagnosis Diagnose(OrderStory story, HoldClass holdClass) =>
        Diagnosis.Of(VerdictWord.Genuine, Known(holdClass), story.Order, time, story.Now);

    private static LedgerFinding.Known Known(
        HoldClass holdClass,
        RecipientMatch recipient = RecipientMatch.Matches,
        ContentMatch content = ContentMatch.Same,
        string number = "N1001"
    ) =>
        new(
            new(
                $"{number}-1-problem",
                number,
                NoticeKind.Problem,
                holdClass,
                OrderStory.Morning,
                OrderStory.Morning,
                "h…@…",
                recipient,
                content,
                content
            )
        );

    private static string States(Diagnosis diagnosis)
    {
        Assert.Equal(Enum.GetValues<PossibleCause>(), diagnosis.Causes.Select(cause => cause.Cause));
        return string.Concat(
            diagnosis.Causes.Select(cause =>
                cause.State switch
                {
                    CauseState.ThisIsIt => '!',
                    CauseState.RuledOut => '-',
                    CauseState.OnlyCardCompanyCanSay => '?',
                    CauseState.CannotBeTold => '.',
                }
            )
        );
    }
}
