using System.Net;
using Shonin.Domain.Accounts;
using Shonin.Specs.Orders;
using Shonin.Specs.Web;

namespace Shonin.Specs.Staff;

/// <summary>Staff's accounts over HTTP: invited, set up, signed in, and kept to their roles.</summary>
[RealParts]
public sealed class StaffPagesSpecs : IAsyncLifetime
{
    private const string Address = "hanako@shop.example";
    private const string Password = AtTheDesk.Password;

    private Shop? shop;
    private PageHouse? opened;

    private PageHouse House => opened!;

    public async ValueTask InitializeAsync()
    {
        shop = await Shop.OpenAsync();
        opened = await PageHouse.OpenAsync(
            shop.Book,
            shop.Log,
            shop.Store,
            why => Assert.Fail(why),
            (_, _, _) => throw new NotSupportedException(),
            new() { WrongPasswordsPerAccount = 2, SignInsPerAddressPerMinute = 100 }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        await shop!.DisposeAsync();
    }

    [Fact]
    public async Task A_colleague_sets_up_a_password_and_an_app_and_then_signs_in_with_both()
    {
        using var admin = await AdminAsync();
        var link = await AtTheDesk.InviteAsync(admin, Address, AccountRole.Agent);
        using var colleague = new Visitor(House.Address);
        var (secret, typed) = await AtTheDesk.JoinAsync(colleague, link);
        var (status, desk) = await colleague.GetAsync("/desk");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("Sign out (花子)", WebUtility.HtmlDecode(desk), StringComparison.Ordinal);

        using var elsewhere = new Visitor(House.Address);
        var (_, asked) = await PasswordAsync(elsewhere, Address, Password);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.GetAsync("/desk")).Status);
        // The code that set the app up let somebody in already; that of the next half minute is good once.
        Assert.Contains("This code was used already", (await CodeAsync(elsewhere, asked, typed)).Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await CodeAsync(elsewhere, asked, AtTheDesk.CodeNow(secret, 1))).Status);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/desk")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await elsewhere.GetAsync(link)).Status);
    }

    [Fact]
    public async Task A_password_alone_opens_nothing_and_wrong_codes_are_limited()
    {
        using var admin = await AdminAsync();
        using var colleague = new Visitor(House.Address);
        var (secret, _) = await AtTheDesk.JoinAsync(colleague, await AtTheDesk.InviteAsync(admin, Address, AccountRole.Agent));
        using var thief = new Visitor(House.Address);
        var (_, asked) = await PasswordAsync(thief, Address, Password);
        for (var count = 0; count < 5; count++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await CodeAsync(thief, asked, "000000")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await CodeAsync(thief, asked, AtTheDesk.CodeNow(secret, 1))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/desk")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CodeAsync(thief, "made up", AtTheDesk.CodeNow(secret, 1))).Status);
    }

    [Fact]
    public async Task Who_is_a_colleague_is_told_to_nobody()
    {
        using var admin = await AdminAsync();
        await AtTheDesk.InviteAsync(admin, Address, AccountRole.Agent);
        using var stranger = new Visitor(House.Address);
        var (status, known) = await PasswordAsync(stranger, Address, "some other words");
        var (noneStatus, unknown) = await PasswordAsync(stranger, "nobody@shop.example", "some other words");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (status, noneStatus));
        Assert.Equal(
            known.Replace(Address, "ADDRESS", StringComparison.Ordinal),
            unknown.Replace("nobody@shop.example", "ADDRESS", StringComparison.Ordinal)
        );
        var (_, slowed) = await PasswordAsync(stranger, Address, "some other words");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PasswordAsync(stranger, Address, "some other words")).Status);
    }

    [Theory]
    [InlineData(AccountRole.Agent, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(AccountRole.Lead, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(AccountRole.Admin, HttpStatusCode.OK, HttpStatusCode.OK)]
    public async Task Each_role_reaches_its_own_pages_alone(AccountRole role, HttpStatusCode trail, HttpStatusCode staff)
    {
        using var admin = await AdminAsync();
        using var colleague = new Visitor(House.Address);
        await AtTheDesk.JoinAsync(colleague, await AtTheDesk.InviteAsync(admin, Address, role));
        Assert.Equal(HttpStatusCode.OK, (await colleague.GetAsync("/desk/contacts")).Status);
        Assert.Equal(trail, (await colleague.GetAsync("/desk/audit")).Status);
        Assert.Equal(staff, (await colleague.GetAsync("/desk/staff")).Status);
        if (staff == HttpStatusCode.Forbidden)
            Assert.Equal(HttpStatusCode.Forbidden, (await colleague.PostAsync("/desk/staff", ("name", "x"))).Status);
    }

    [Fact]
    public async Task Whoever_is_let_go_is_out_at_once_and_comes_back_with_a_role_and_their_old_way_in()
    {
        using var admin = await AdminAsync();
        using var colleague = new Visitor(House.Address);
        var (secret, _) = await AtTheDesk.JoinAsync(colleague, await AtTheDesk.InviteAsync(admin, Address, AccountRole.Agent));
        var account = (await House.Accounts.FindStaffAsync(Address, default))!.Id.Value;

        Assert.Equal(HttpStatusCode.OK, (await ActAsync(admin, "leaving", account)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await colleague.GetAsync("/desk")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PasswordAsync(colleague, Address, Password)).Status);

        Assert.Equal(HttpStatusCode.OK, (await ActAsync(admin, "role", account, ("role", "Lead"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await colleague.GetAsync("/desk")).Status);
        var (_, asked) = await PasswordAsync(colleague, Address, Password);
        Assert.Equal(HttpStatusCode.SeeOther, (await CodeAsync(colleague, asked, AtTheDesk.CodeNow(secret, 1))).Status);
        Assert.Equal(HttpStatusCode.OK, (await colleague.GetAsync("/desk/audit")).Status);
    }

    [Fact]
    public async Task Setting_it_up_anew_makes_what_was_there_before_void()
    {
        using var admin = await AdminAsync();
        using var colleague = new Visitor(House.Address);
        var (former, _) = await AtTheDesk.JoinAsync(colleague, await AtTheDesk.InviteAsync(admin, Address, AccountRole.Agent));
        var (_, page) = await colleague.GetAsync("/desk/renewal");
        var (status, _) = await colleague.PostAsync("/desk/renewal", ("form", AtTheDesk.FormIn(page)));
        Assert.Equal(HttpStatusCode.SeeOther, status);

        using var phone = new Visitor(House.Address);
        await AtTheDesk.JoinAsync(phone, colleague.LastLocation!.Split('?')[0], "four beans and a pan");
        Assert.Equal(HttpStatusCode.Unauthorized, (await colleague.GetAsync("/desk")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PasswordAsync(colleague, Address, Password)).Status);
        var (_, asked) = await PasswordAsync(colleague, Address, "four beans and a pan");
        Assert.Equal(HttpStatusCode.Unauthorized, (await CodeAsync(colleague, asked, AtTheDesk.CodeNow(former, 1))).Status);
    }

    [Fact]
    public async Task A_customer_with_the_same_address_is_somebody_else()
    {
        using var admin = await AdminAsync();
        using var colleague = new Visitor(House.Address);
        await AtTheDesk.JoinAsync(colleague, await AtTheDesk.InviteAsync(admin, Address, AccountRole.Agent));
        Assert.Null(await House.Accounts.FindByAddressAsync(Address, default));
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await colleague.PostAsync("/account/sign-in", ("address", Address), ("password", Password))).Status
        );
    }

    [Fact]
    public async Task Nobody_is_invited_twice_nameless_or_without_an_address()
    {
        using var admin = await AdminAsync();
        await AtTheDesk.InviteAsync(admin, Address, AccountRole.Agent);
        var form = AtTheDesk.FormIn((await admin.GetAsync("/desk/staff")).Page);
        foreach (var (name, address, status) in new[] { ("次郎", Address, 409), ("", "jiro@shop.example", 422), ("次郎", "jiro", 422) })
        {
            var answer = await admin.PostAsync("/desk/staff", ("form", form), ("name", name), ("address", address), ("role", "Agent"));
            Assert.Equal((HttpStatusCode)status, answer.Status);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await admin.PostAsync("/desk/staff", ("form", "none"), ("name", "次郎"))).Status);
        Assert.Single((await House.Accounts.ListStaffAsync(10, default)).Members);
    }

    [Fact]
    public async Task An_invitation_is_good_for_nobody_elses_account()
    {
        using var admin = await AdminAsync();
        var first = await AtTheDesk.InviteAsync(admin, Address, AccountRole.Agent);
        var second = await AtTheDesk.InviteAsync(admin, "jiro@shop.example", AccountRole.Admin);
        var mixed = $"{second[..second.LastIndexOf('.')]}{first[first.LastIndexOf('.')..]}";
        using var visitor = new Visitor(House.Address);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(second)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(mixed)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.PostAsync(mixed, ("password", Password))).Status);
    }

    [Fact]
    public async Task The_trail_names_everybody_who_was_at_the_desk()
    {
        using var admin = await AdminAsync();
        using var colleague = new Visitor(House.Address);
        await AtTheDesk.JoinAsync(colleague, await AtTheDesk.InviteAsync(admin, Address, AccountRole.Lead));
        var (_, page) = await colleague.GetAsync("/desk/audit");
        Assert.Contains("Colleague invited", page, StringComparison.Ordinal);
        Assert.Contains("Way to sign in set up", page, StringComparison.Ordinal);
        Assert.Contains("Signed in at the desk", page, StringComparison.Ordinal);
    }

    private Task<Visitor> AdminAsync() => AtTheDesk.ByKeyAsync(House.Address, PageHouse.AdminKey);

    private static Task<(HttpStatusCode Status, string Page)> PasswordAsync(Visitor visitor, string address, string password) =>
        visitor.PostAsync("/desk/sign-in", ("address", address), ("password", password));

    private static Task<(HttpStatusCode Status, string Page)> CodeAsync(Visitor visitor, string page, string code) =>
        visitor.PostAsync("/desk/sign-in/code", ("ticket", AtTheDesk.TicketIn(page)), ("code", code));

    private static async Task<(HttpStatusCode Status, string Page)> ActAsync(
        Visitor admin,
        string act,
        string account,
        params (string Name, string Value)[] fields
    ) =>
        await admin.PostAsync(
            $"/desk/staff/{act}",
            [("form", AtTheDesk.FormIn((await admin.GetAsync("/desk/staff")).Page)), ("account", account), .. fields]
        );
}
