using CsCheck;
using Shonin.Domain.Accounts;

namespace Shonin.Specs.Accounts;

/// <summary>Colleagues' accounts: invitations, roles, and codes of an authenticator app.</summary>
public sealed class StaffDeciderSpecs
{
    private static readonly DateTimeOffset now = new(2026, 12, 1, 9, 0, 0, TimeSpan.FromHours(9));
    private static readonly Device device = Device.Of("");

    [Fact]
    public void An_invitation_sets_the_account_up_once_and_in_time()
    {
        var account = Done(null, Open(AccountRole.Agent));
        Assert.True(account.IsInvitedAt("first", now + Invitation.Lifetime - TimeSpan.FromTicks(1)));
        Assert.Equal(AccountRefusal.InvitationVoid, Refused(account, SetUp(account, "another")));
        Assert.Equal(AccountRefusal.InvitationVoid, Refused(account, SetUp(account, "first"), now + Invitation.Lifetime));
        var done = Done(account, SetUp(account, "first"));
        Assert.Null(done.Invitation);
        Assert.Equal(AccountRefusal.InvitationVoid, Refused(done, SetUp(done, "first")));
    }

    [Fact]
    public void A_newer_invitation_makes_the_earlier_one_void()
    {
        var account = Done(Done(null, Open(AccountRole.Agent)), new AccountCommand.Invite(new("second", now + Invitation.Lifetime)));
        Assert.Equal(AccountRefusal.InvitationVoid, Refused(account, SetUp(account, "first")));
        Done(account, SetUp(account, "second"));
    }

    [Fact]
    public void A_new_role_signs_out_everywhere_and_the_same_role_does_nothing()
    {
        var account = Done(Done(null, Open(AccountRole.Agent)), new AccountCommand.OpenSession("s", device));
        Assert.Empty(AccountDecider.Decide(account, new AccountCommand.SetRole(AccountRole.Agent), now).Facts);
        var lead = Done(account, new AccountCommand.SetRole(AccountRole.Lead));
        Assert.Equal(AccountRole.Lead, lead.Role);
        Assert.Empty(lead.Sessions);
    }

    [Fact]
    public void Whoever_was_let_go_cannot_be_invited_and_their_invitation_is_void()
    {
        var former = Done(Done(null, Open(AccountRole.Admin)), new AccountCommand.SetRole(AccountRole.Former));
        Assert.Equal(AccountRefusal.InvitationVoid, Refused(former, SetUp(former, "first")));
        Assert.Equal(AccountRefusal.NotStaff, Refused(former, new AccountCommand.Invite(new("new", now + Invitation.Lifetime))));
        var back = Done(former, new AccountCommand.SetRole(AccountRole.Agent));
        Done(back, new AccountCommand.Invite(new("new", now + Invitation.Lifetime)));
    }

    [Fact]
    public void Signing_out_everywhere_and_another_role_call_back_a_link_that_waits_once_the_account_is_set_up()
    {
        var invited = Done(null, Open(AccountRole.Agent));
        Assert.NotNull(Done(invited, new AccountCommand.SetRole(AccountRole.Lead)).Invitation);
        var setUp = Done(Done(invited, SetUp(invited, "first")), new AccountCommand.Invite(new("stolen", now + Invitation.Lifetime)));
        foreach (var command in new AccountCommand[] { new AccountCommand.EndSessions(), new AccountCommand.SetRole(AccountRole.Lead) })
        {
            var after = Done(setUp, command);
            Assert.Equal(AccountRefusal.InvitationVoid, Refused(after, SetUp(after, "stolen")));
        }
    }

    [Fact]
    public void Nobody_signs_in_by_what_was_void_a_moment_later()
    {
        var invited = Done(null, Open(AccountRole.Agent));
        var setUp = Done(invited, SetUp(invited, "first"));
        var late = new AccountCommand.OpenSession("s", device) { Expected = invited.Revision };
        Assert.Equal(AccountRefusal.ChangedMeanwhile, Refused(setUp, late));
        var former = Done(setUp, new AccountCommand.SetRole(AccountRole.Former));
        Assert.Equal(AccountRefusal.NotStaff, Refused(former, new AccountCommand.OpenSession("s", device) { Expected = setUp.Revision }));
    }

    [Fact]
    public void A_customers_account_never_becomes_a_colleagues_nor_the_other_way_round()
    {
        var customer = Done(null, new AccountCommand.Open(AccountRole.Customer, new("a", 0), [], ReadOnlyMemory<byte>.Empty));
        Assert.Equal(AccountRefusal.NotStaff, Refused(customer, new AccountCommand.SetRole(AccountRole.Admin)));
        Assert.Equal(AccountRefusal.NotStaff, Refused(customer, new AccountCommand.Invite(new("i", now + Invitation.Lifetime))));
        var agent = Done(null, Open(AccountRole.Agent));
        Assert.Equal(AccountRefusal.NotStaff, Refused(agent, new AccountCommand.SetRole(AccountRole.Customer)));
    }

    [Fact]
    public void No_code_of_an_authenticator_app_is_good_twice() =>
        Gen.Long[1, 20]
            .Array[0, 30]
            .Sample(steps =>
            {
                var account = Done(null, Open(AccountRole.Agent));
                var used = new HashSet<long>();
                foreach (var (step, index) in steps.Select((step, index) => (step, index)))
                {
                    var command = new AccountCommand.OpenSession($"s{index}", device) { TimeStep = step };
                    var (facts, refusal) = AccountDecider.Decide(account, command, now);
                    if (refusal is null)
                        Assert.True(used.Add(step), $"the code of step {step} let somebody in twice");
                    else
                        Assert.True(step <= account.TimeStep && facts.IsEmpty);
                    account = facts.Aggregate(account, (state, fact) => AccountDecider.Evolve(state, fact));
                }
            });

    [Fact]
    public void A_session_of_staff_ends_with_the_working_day_and_after_a_rest()
    {
        var account = Done(Done(null, Open(AccountRole.Agent)), new AccountCommand.OpenSession("s", device));
        Assert.NotNull(account.SessionOf("s", now + SessionTerms.Staff.IdleMax - TimeSpan.FromTicks(1)));
        Assert.Null(account.SessionOf("s", now + SessionTerms.Staff.IdleMax));
        for (var at = now; at < now + SessionTerms.Staff.AgeMax; at += TimeSpan.FromHours(2))
            account = Done(account, new AccountCommand.SeeSession("s"), at);
        Assert.Null(account.SessionOf("s", now + SessionTerms.Staff.AgeMax));
    }

    private static AccountCommand.Open Open(AccountRole role) =>
        new(role, new("staff", 0), [], ReadOnlyMemory<byte>.Empty) { Invitation = new("first", now + Invitation.Lifetime) };

    private static AccountCommand.Change SetUp(Account account, string invitation) =>
        new(
            account.Revision,
            new()
            {
                HasNewPassword = true,
                HasNewStamp = true,
                Invitation = invitation,
            },
            ReadOnlyMemory<byte>.Empty
        );

    private static Account Done(Account? state, AccountCommand command, DateTimeOffset? at = null)
    {
        var (facts, refusal) = AccountDecider.Decide(state, command, at ?? now);
        Assert.Null(refusal);
        return facts.Aggregate(state, AccountDecider.Evolve)!;
    }

    private static AccountRefusal? Refused(Account account, AccountCommand command, DateTimeOffset? at = null)
    {
        var (facts, refusal) = AccountDecider.Decide(account, command, at ?? now);
        Assert.Empty(facts);
        return refusal;
    }
}
