using Shonin.Domain.Accounts;

namespace Shonin.Specs.Accounts;

public sealed class CodeDeciderSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 7, TimeSpan.Zero);
    private static readonly CodeLimits limits = CodeLimits.Usual;

    private AddressCodes state = AddressCodes.None;

    [Fact]
    public void A_code_is_right_once()
    {
        Send("a", now);
        Assert.Equal(CodeReply.Right, Try("a", "hash-a", now));
        Assert.Equal(CodeReply.Void, Try("a", "hash-a", now));
    }

    [Fact]
    public void A_code_holds_until_its_time_and_no_longer()
    {
        Send("a", now);
        Send("b", now);
        Assert.Equal(CodeReply.Right, Try("a", "hash-a", now + limits.Lifetime - TimeSpan.FromTicks(1)));
        Assert.Equal(CodeReply.Void, Try("b", "hash-b", now + limits.Lifetime));
    }

    [Fact]
    public void So_many_wrong_ones_may_be_typed_and_then_the_right_one_is_void_too()
    {
        Send("a", now);
        for (var count = 1; count < limits.TryCountMax; count++)
            Assert.Equal(CodeReply.Wrong, Try("a", "wrong", now));
        var before = state;
        Assert.Equal(CodeReply.Wrong, Try("a", "wrong", now));
        Assert.Equal(CodeReply.Void, Try("a", "hash-a", now));
        state = before;
        Assert.Equal(CodeReply.Right, Try("a", "hash-a", now));
    }

    [Fact]
    public void Wrong_tries_of_one_who_asked_cost_another_who_asked_nothing()
    {
        Send("strangers", now);
        Send("owners", now);
        for (var count = 0; count < limits.TryCountMax; count++)
            Try("strangers", "wrong", now);
        Assert.Equal(CodeReply.Void, Try("nobodys", "hash-owners", now));
        Assert.Equal(CodeReply.Right, Try("owners", "hash-owners", now));
    }

    [Theory]
    [InlineData(CodePurpose.Recover, "")]
    [InlineData(CodePurpose.ProveAddress, "")]
    [InlineData(CodePurpose.SignUp, "account")]
    public void A_code_is_good_for_what_it_was_mailed_for_and_for_nothing_else(CodePurpose purpose, string subject)
    {
        Send("a", now);
        Assert.Equal(CodeReply.Void, Do(new CodeCommand.Try("a", purpose, subject, "hash-a"), now));
        Assert.Equal(CodeReply.Right, Try("a", "hash-a", now));
    }

    [Fact]
    public void An_address_is_sent_so_many_codes_an_hour_and_the_next_when_the_first_is_an_hour_old()
    {
        for (var count = 0; count < limits.SentPerHourMax; count++)
            Assert.Equal(CodeReply.Done, Send($"code-{count}", now));
        Assert.Equal(CodeReply.TooManySent, Send("more", now + TimeSpan.FromHours(1) - TimeSpan.FromTicks(1)));
        Assert.Equal(CodeReply.Done, Send("later", now + TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Of_old_codes_nothing_is_kept()
    {
        Send("old", now);
        Do(new CodeCommand.CloseLetter("old"), now);
        Send("new", now + TimeSpan.FromHours(1));
        Assert.Equal(["new"], state.Live.Keys);
        Assert.Single(state.SentAt);
        Assert.Equal(["new"], state.Waiting);
    }

    [Fact]
    public void A_letter_is_closed_once()
    {
        Send("a", now);
        Assert.Single(CodeDecider.Decide(state, new CodeCommand.CloseLetter("a"), limits, now).Facts);
        Do(new CodeCommand.CloseLetter("a"), now);
        Assert.Empty(CodeDecider.Decide(state, new CodeCommand.CloseLetter("a"), limits, now).Facts);
    }

    [Fact]
    public void What_cannot_have_happened_is_not_passed_over()
    {
        Assert.Throws<InvalidOperationException>(() => CodeDecider.Evolve(null, new CodeFact.Used("a")));
        Assert.Throws<InvalidOperationException>(() => CodeDecider.Evolve(null, new CodeFact.WronglyTyped("a")));
        Assert.Throws<InvalidOperationException>(() => CodeDecider.Evolve(null, new CodeFact.LetterClosed("a")));
    }

    private CodeReply Send(string code, DateTimeOffset at) => Do(new CodeCommand.Send(code, CodePurpose.SignUp, "", $"hash-{code}"), at);

    private CodeReply Try(string code, string hash, DateTimeOffset at) => Do(new CodeCommand.Try(code, CodePurpose.SignUp, "", hash), at);

    private CodeReply Do(CodeCommand command, DateTimeOffset at)
    {
        var (facts, reply) = CodeDecider.Decide(state, command, limits, at);
        state = facts.Aggregate(state, CodeDecider.Evolve);
        return reply;
    }
}
