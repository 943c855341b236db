using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Shonin.Cards;
using Shonin.Desk;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.Domain.Orders;
using Shonin.Notices;
using Shonin.Specs.Notices;
using Shonin.Web;

namespace Shonin.Specs.Web;

public sealed class GuardSpecs
{
    private readonly FakeTimeProvider clock = new(OrderStory.Morning);
    private readonly ScreenKeys keys = new(new byte[ScreenKeys.MasterSizeBytes]);
    private readonly Order order = OrderStory.Placed(Locale.Ja).Order;

    [Fact]
    public void An_allowance_gives_so_many_in_a_window_and_says_when_there_are_more()
    {
        var allowance = new Allowance(2, TimeSpan.FromMinutes(1), 10, clock);

        Assert.IsType<AllowanceResult.Taken>(allowance.Take("a"));
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<AllowanceResult.Taken>(allowance.Take("a"));
        Assert.Equal(new AllowanceResult.UsedUp(TimeSpan.FromSeconds(40)), allowance.Take("a"));
        Assert.IsType<AllowanceResult.Taken>(allowance.Take("b"));
        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.IsType<AllowanceResult.Taken>(allowance.Take("a"));
    }

    [Fact]
    public void A_flood_of_keys_takes_nothing_from_whoever_was_there_and_buys_no_more_than_the_shared_counts()
    {
        var allowance = new Allowance(2, TimeSpan.FromMinutes(1), 2, clock);
        allowance.Take("honest");
        allowance.Take("b");

        var bought = Enumerable.Range(0, 50_000).Count(stranger => allowance.Take($"stranger {stranger}") is AllowanceResult.Taken);

        Assert.InRange(bought, 2, 2 * Allowance.SharedCountMax);
        Assert.Equal(2, allowance.KeyCount);
        Assert.IsType<AllowanceResult.Taken>(allowance.Take("honest"));
        Assert.IsType<AllowanceResult.UsedUp>(allowance.Take("honest"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<AllowanceResult.Taken>(allowance.Take("c"));
    }

    [Fact]
    public void A_key_that_was_counted_among_others_has_no_second_allowance_once_there_is_room()
    {
        var allowance = new Allowance(1, TimeSpan.FromMinutes(1), 1, clock);
        allowance.Take("a");
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<AllowanceResult.Taken>(allowance.Take("late"));

        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(new AllowanceResult.UsedUp(TimeSpan.FromSeconds(30)), allowance.Take("late"));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<AllowanceResult.Taken>(allowance.Take("late"));
    }

    [Fact]
    public void Looking_takes_nothing_and_remembers_nobody()
    {
        var allowance = new Allowance(1, TimeSpan.FromMinutes(1), 10, clock);

        Assert.IsType<AllowanceResult.Taken>(allowance.Look("a"));
        Assert.Equal(0, allowance.KeyCount);
        Assert.IsType<AllowanceResult.Taken>(allowance.Take("a"));
        Assert.IsType<AllowanceResult.UsedUp>(allowance.Look("a"));
    }

    [Fact]
    public void A_form_opens_for_its_order_for_a_day()
    {
        var seal = new FormSeal(keys, clock);
        var form = seal.New(order.Id.Value);

        Assert.Equal(form.Split('.')[0], seal.Open(order.Id.Value, form));
        clock.Advance(FormSeal.Lifetime);
        Assert.NotNull(seal.Open(order.Id.Value, form));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(seal.Open(order.Id.Value, form));
    }

    [Fact]
    public void A_form_of_another_order_of_another_key_or_with_one_letter_changed_does_not_open()
    {
        var seal = new FormSeal(keys, clock);
        var form = seal.New(order.Id.Value);
        var master = new byte[ScreenKeys.MasterSizeBytes];
        master[0] = 1;

        Assert.Null(seal.Open("another", form));
        Assert.Null(new FormSeal(new ScreenKeys(master), clock).Open(order.Id.Value, form));
        for (var index = 0; index < form.Length; index++)
            Assert.Null(seal.Open(order.Id.Value, form[..index] + (form[index] == '0' ? '1' : '0') + form[(index + 1)..]));
        foreach (var malformed in new[] { null, "", ".", "é", form + "0", form[..^1] })
            Assert.Null(seal.Open(order.Id.Value, malformed));
    }

    [Fact]
    public void A_proof_lasts_a_quarter_of_an_hour_and_is_for_one_order()
    {
        var proof = new CardProof(keys, clock);
        var http = new DefaultHttpContext();
        proof.Remember(http, order.Id);
        var cookie = http.Response.Headers.SetCookie.ToString().Split(';')[0];
        var later = new DefaultHttpContext();
        later.Request.Headers.Cookie = cookie;
        var stolen = new DefaultHttpContext();
        stolen.Request.Headers.Cookie = cookie.Replace(order.Id.Value, "another", StringComparison.Ordinal);

        Assert.True(proof.IsProved(later, order.Id));
        Assert.False(proof.IsProved(stolen, new OrderId("another")));
        clock.Advance(CardProof.Lifetime);
        Assert.False(proof.IsProved(later, order.Id));
    }

    [Fact]
    public void Every_known_last_four_is_hidden_and_longer_numbers_are_left()
    {
        Assert.Equal("下4桁 ••••、注文 N10002、••••。", LastFourMask.Hide("下4桁 0002、注文 N10002、4242。", ["0002", "4242"]));
    }

    [Fact]
    public void The_desk_fails_closed_and_a_revoked_key_is_out_at_once()
    {
        var live = true;
        var sessions = new KeySessions(key => live && key == "good" ? new StaffMember("key_1", "ann", AccountRole.Admin) : null, clock);

        Assert.Null(sessions.Open("bad"));
        var session = sessions.Open("good");
        Assert.Equal("ann", sessions.Find(session!)!.Member.Name);
        Assert.Null(sessions.Find(""));
        live = false;
        Assert.Null(sessions.Find(session!));
        live = true;
        clock.Advance(KeySessions.Lifetime);
        Assert.Null(sessions.Find(session!));
    }
}
