using CsCheck;
using Shonin.CardCompany.Deciding;
using static Shonin.Specs.CardCompany.CardStory;

namespace Shonin.Specs.CardCompany;

public sealed class CardDeciderSpecs
{
    private static readonly Account limited = Open with { Limit = new Amount(10_000, "JPY") };

    [Fact]
    public void All_orders_of_a_card_share_its_limit()
    {
        var story = new CardStory(limited);
        Assert.Equal("00", story.Tell(Authorize(1, 6_000)).ResponseCode);
        Assert.Equal("00", story.Tell(Authorize(2, 4_000)).ResponseCode);
        Assert.Equal("51", story.Tell(Authorize(3, 1)).ResponseCode);
    }

    [Fact]
    public void A_reversal_frees_the_limit_but_what_was_captured_stays_used()
    {
        var story = new CardStory(limited).After(Authorize(1, 10_000)).After(Capture(2, 1, 7_000)).After(Reverse(3, 1));
        Assert.Equal("51", story.Tell(Authorize(4, 3_001)).ResponseCode);
        Assert.Equal("00", story.Tell(Authorize(5, 3_000)).ResponseCode);
    }

    [Fact]
    public void A_part_is_approved_only_where_the_request_allows_it()
    {
        var account = limited with { Rule = AnswerRule.ApproveInPart.Instance };
        Assert.Equal("51", new CardStory(account).Tell(Authorize(1, 12_000)).ResponseCode);
        var answer = new CardStory(account).Tell(Authorize(1, 12_000, partial: PartialApproval.Supported));
        Assert.Equal(("10", new Amount(10_000, "JPY")), (answer.ResponseCode, answer.ApprovedAmount));
    }

    [Fact]
    public void The_same_request_gets_its_first_answer_even_after_everything_changed()
    {
        var story = new CardStory(limited);
        var first = story.Tell(Authorize(1, 10_000));
        story.After(Reverse(2, 1)).After(Authorize(3, 10_000));
        Assert.Equal(first, story.Tell(Authorize(1, 10_000, mti: "0101")));
        Assert.IsType<CardEvent.RequestRepeated>(story.Events[^1]);
        Assert.Equal(10_000, story.History.Used("JPY"));
    }

    [Fact]
    public void A_key_with_other_content_is_refused_and_leaves_the_first_as_it_was()
    {
        var story = new CardStory(Open).After(Authorize(1, 1_000));
        Assert.Equal("94", story.Tell(Authorize(1, 2_000)).ResponseCode);
        Assert.Equal("94", story.Tell(Reverse(1, 1)).ResponseCode);
        Assert.Equal(1_000, story.History.Used("JPY"));
    }

    [Fact]
    public void A_request_overtaken_by_its_reversal_is_refused_and_the_reversal_keeps_its_answer()
    {
        var story = new CardStory(Open);
        Assert.Equal("25", story.Tell(Reverse(2, 1)).ResponseCode);
        Assert.Equal("94", story.Tell(Authorize(1, 1_000)).ResponseCode);
        Assert.Equal(nameof(Reason.ReversedBeforeItCame), story.LastReason);
        Assert.Equal("25", story.Tell(Reverse(2, 1, mti: "0421")).ResponseCode);
        Assert.Equal("21", story.Tell(Reverse(3, 1)).ResponseCode);
        Assert.Equal(0, story.History.Used("JPY"));
    }

    [Fact]
    public void Captures_in_parts_never_exceed_the_authorization()
    {
        var story = new CardStory(Open).After(Authorize(1, 1_000));
        Assert.Equal("00", story.Tell(Capture(2, 1, 600)).ResponseCode);
        Assert.Equal("13", story.Tell(Capture(3, 1, 401)).ResponseCode);
        Assert.Equal("00", story.Tell(Capture(4, 1, 400)).ResponseCode);
        Assert.Equal("13", story.Tell(Capture(5, 1, 1)).ResponseCode);
    }

    [Fact]
    public void Refunds_in_parts_never_exceed_what_was_captured()
    {
        var story = new CardStory(Open).After(Authorize(1, 1_000)).After(Capture(2, 1, 600));
        Assert.Equal("00", story.Tell(Refund(3, 1, 500)).ResponseCode);
        Assert.Equal("13", story.Tell(Refund(4, 1, 101)).ResponseCode);
        Assert.Equal("00", story.Tell(Refund(5, 1, 100)).ResponseCode);
    }

    [Fact]
    public void A_hold_lapses_at_its_moment_and_not_before()
    {
        var story = new CardStory(limited).After(Authorize(1, 10_000));
        Assert.Equal(Start + Validity, story.History.NextLapse);
        story.Now = Start + Validity - TimeSpan.FromMilliseconds(1);
        Assert.Equal("51", story.Tell(Authorize(2, 1)).ResponseCode);
        story.Now = Start + Validity;
        Assert.Equal("00", story.Tell(Authorize(3, 10_000)).ResponseCode);
        Assert.Contains(new CardEvent.HoldExpired(Key(1)), story.Events);
    }

    [Fact]
    public void A_release_and_a_settlement_open_the_card_and_doing_them_again_changes_nothing()
    {
        var referred = new CardStory(Open with { Rule = new AnswerRule.Refer("01") });
        Assert.Equal("01", referred.Tell(Authorize(1, 1_000)).ResponseCode);
        referred.Tell(new CardCommand.ReleaseReferral(Start, "agent"));
        Assert.Empty(Assert.IsType<CardDecision.Accepted>(referred.Tell(new CardCommand.ReleaseReferral(Start, "agent"))).Events);
        Assert.Equal("00", referred.Tell(Authorize(2, 1_000)).ResponseCode);

        var behind = new CardStory(Open with { Arrears = ArrearsState.Due });
        Assert.Equal("62", behind.Tell(Authorize(1, 1_000)).ResponseCode);
        behind.Tell(new CardCommand.SettleArrears(Start, "agent"));
        Assert.Empty(Assert.IsType<CardDecision.Accepted>(behind.Tell(new CardCommand.SettleArrears(Start, "agent"))).Events);
        Assert.Equal("00", behind.Tell(Authorize(2, 1_000)).ResponseCode);
    }

    [Fact]
    public void The_desk_refuses_what_there_is_nothing_to_do_about()
    {
        Assert.Equal(
            new CardDecision.Refused(DeskRefusal.NothingToRelease),
            new CardStory(Open).Tell(new CardCommand.ReleaseReferral(Start, "agent"))
        );
        Assert.Equal(
            new CardDecision.Refused(DeskRefusal.NothingToSettle),
            new CardStory(Open).Tell(new CardCommand.SettleArrears(Start, "agent"))
        );
        Assert.Equal(
            new CardDecision.Refused(DeskRefusal.CardNotFound),
            new CardStory(null).Tell(new CardCommand.ReleaseReferral(Start, "agent"))
        );
    }

    [Fact]
    public void A_stand_ins_approval_is_held_even_beyond_the_limit_but_never_twice()
    {
        var story = new CardStory(limited);
        Assert.Equal("00", story.Tell(Advise(1, 12_000, "00")).ResponseCode);
        Assert.Equal(12_000, story.History.Used("JPY"));
        var repeated = story.Tell(Authorize(1, 12_000));
        Assert.Equal(("S00001", "T0001"), (repeated.ApprovalCode, repeated.TransactionId));
        var held = new CardStory(limited).After(Authorize(1, 5_000)).After(Advise(1, 5_000, "00"));
        Assert.Equal(5_000, held.History.Used("JPY"));
    }

    [Fact]
    public void A_stand_ins_approval_of_a_request_that_was_reversed_ahead_holds_nothing()
    {
        var story = new CardStory(Open).After(Reverse(2, 1)).After(Advise(1, 1_000, "00"));
        Assert.Equal(0, story.History.Used("JPY"));
    }

    [Fact]
    public void Secrets_are_not_shown()
    {
        Assert.DoesNotContain("987", Authorize(1, 1_000, code: "987").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("987", (Open with { SecurityCode = new ComparedSecret("987") }).ToString(), StringComparison.Ordinal);
    }

    /// <summary>Any messages, in any order, with any repeats and any pauses.</summary>
    [Fact]
    public void Under_any_interleaving_holds_stay_within_the_limit_and_captures_within_the_hold()
    {
        var stan = Gen.Int[1, 12];
        var yen = Gen.Long[0, 6_000];
        var request = Gen.OneOf<CardRequest>(
            Gen.Select(stan, yen, (key, amount) => (CardRequest)Authorize(key, amount)),
            Gen.Select(stan, stan, (key, original) => (CardRequest)Reverse(20 + key, original)),
            Gen.Select(stan, stan, yen, (key, original, total) => (CardRequest)Reverse(40 + key, original, total)),
            Gen.Select(stan, stan, yen, (key, original, amount) => (CardRequest)Capture(60 + key, original, amount)),
            Gen.Select(stan, stan, yen, (key, original, amount) => (CardRequest)Refund(80 + key, original, amount))
        );
        var step = Gen.Select(request, Gen.Int[0, 20], (message, days) => (message, days));
        step.Array[0, 40]
            .Sample(
                steps =>
                {
                    var story = new CardStory(limited);
                    foreach (var (message, days) in steps)
                    {
                        story.Now += TimeSpan.FromDays(days);
                        story.Tell(message);
                        var authorizations = story.History.Authorizations.Values.ToArray();
                        Assert.InRange(story.History.Used("JPY"), 0, 10_000);
                        Assert.Equal(authorizations.Sum(authorization => authorization.Used), story.History.Used("JPY"));
                        Assert.All(authorizations, authorization =>
                        {
                            Assert.InRange(authorization.Captured, 0, authorization.Request.Amount.MinorUnits);
                            Assert.InRange(authorization.Refunded, 0, authorization.Captured);
                        });
                        Assert.Equal(
                            authorizations.Count(authorization => authorization.Standing is AuthorizationStanding.Held),
                            story.History.Lapses.Count
                        );
                    }
                },
                iter: Walks.Times(100)
            );
    }
}
