using System.Net;
using System.Text.RegularExpressions;
using Shonin.Accounts;
using Shonin.Domain.Accounts;
using Shonin.Merchant.Accounts;
using Shonin.Specs.Orders;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Accounts;

/// <summary>The account's pages over HTTP, as browsers and strangers meet them.</summary>
[RealParts]
public sealed partial class AccountPagesSpecs : IAsyncLifetime
{
    private const string Known = "known.1@example.com";
    private const string Unknown = "nobody1@example.com";
    private const string Password = "three beans and a pot";

    private static readonly ScreenLimits limits = new()
    {
        WrongPasswordsPerAccount = 2,
        WrongPasswordsPerAccountFromAnywhere = 5,
        SignInsPerAddressPerMinute = 100,
    };

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
            limits
        );
    }

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        await shop!.DisposeAsync();
    }

    [Theory]
    [InlineData("/account/sign-up")]
    [InlineData("/account/recover")]
    public async Task Asking_for_a_code_tells_nobody_whether_the_address_has_an_account(string path)
    {
        using var owner = await RegisterAsync(Known);
        using var stranger = NewVisitor();
        var (knownStatus, known) = await stranger.PostAsync(path, ("address", Known));
        var (unknownStatus, unknown) = await stranger.PostAsync(path, ("address", Unknown));
        Assert.Equal(HttpStatusCode.OK, knownStatus);
        Assert.Equal(knownStatus, unknownStatus);
        Assert.Equal(Plain(known, Known), Plain(unknown, Unknown));

        (knownStatus, known) = await stranger.PostAsync($"{path}/code", ("ticket", TicketIn(known)), ("code", "00000000"));
        (unknownStatus, unknown) = await stranger.PostAsync($"{path}/code", ("ticket", TicketIn(unknown)), ("code", "00000000"));
        Assert.Equal((HttpStatusCode)422, knownStatus);
        Assert.Equal(knownStatus, unknownStatus);
        Assert.Equal(Plain(known, Known), Plain(unknown, Unknown));
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_are_refused_alike()
    {
        using var owner = await RegisterAsync(Known);
        using var stranger = NewVisitor();
        var (knownStatus, known) = await stranger.SignInAsync(Known, "a wrong password");
        var (unknownStatus, unknown) = await stranger.SignInAsync(Unknown, "a wrong password");
        Assert.Equal(HttpStatusCode.Unauthorized, knownStatus);
        Assert.Equal(knownStatus, unknownStatus);
        Assert.Equal(Plain(known, Known), Plain(unknown, Unknown));
    }

    [Fact]
    public async Task Who_has_typed_the_code_is_told_what_the_address_has()
    {
        using var owner = await RegisterAsync(Known);
        using var visitor = NewVisitor();
        var (_, page) = await TypeCodeAsync(visitor, "/account/sign-up", Known);
        Assert.Contains("This address has an account already", page, StringComparison.Ordinal);
        (_, page) = await TypeCodeAsync(visitor, "/account/recover", Unknown);
        Assert.Contains("This address has no account", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_opens_one_account_and_is_good_for_nothing_else()
    {
        using var visitor = NewVisitor();
        var (_, page) = await TypeCodeAsync(visitor, "/account/sign-up", Known);
        var ticket = TicketIn(page);
        var (status, _) = await visitor.PostAsync("/account/recover/password", ("ticket", ticket), ("password", Password));
        Assert.Equal((HttpStatusCode)422, status);
        (status, _) = await visitor.PostAsync("/account/sign-up/password", ("ticket", ticket), ("password", Password));
        Assert.Equal(HttpStatusCode.SeeOther, status);
        var (_, again) = await visitor.PostAsync("/account/sign-up/password", ("ticket", ticket), ("password", "another good password"));
        Assert.Contains("This address has an account already", again, StringComparison.Ordinal);
        using var elsewhere = NewVisitor();
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.SignInAsync(Known, "another good password")).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await elsewhere.SignInAsync(Known, Password)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not-a-ticket")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_ticket_that_is_none_of_ours_leads_back_to_the_beginning(string ticket)
    {
        using var visitor = NewVisitor();
        foreach (var path in new[] { "/account/sign-up/code", "/account/sign-up/password", "/account/recover/password" })
        {
            var (status, page) = await visitor.PostAsync(path, ("ticket", ticket), ("code", "00000000"), ("password", Password));
            Assert.Equal((HttpStatusCode)422, status);
            Assert.Contains("Please start again with your mail address", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("elevenchars", "Use 12 characters or more")]
    [InlineData("known.1@example.com", "can't be the password")]
    [InlineData("Known.1Known.1", "can't be the password")]
    public async Task A_password_that_is_too_short_or_is_the_address_is_refused(string password, string said)
    {
        using var visitor = NewVisitor();
        var (_, page) = await TypeCodeAsync(visitor, "/account/sign-up", Known);
        var (status, refused) = await visitor.PostAsync("/account/sign-up/password", ("ticket", TicketIn(page)), ("password", password));
        Assert.Equal((HttpStatusCode)422, status);
        Assert.Contains(said, PageText.Read(refused), StringComparison.Ordinal);
        Assert.DoesNotContain(password, PageText.Read(refused).Replace(Known, "", StringComparison.Ordinal), StringComparison.Ordinal);
        (status, _) = await visitor.PostAsync("/account/sign-up/password", ("ticket", TicketIn(refused)), ("password", "twelve chars"));
        Assert.Equal(HttpStatusCode.SeeOther, status);
    }

    [Fact]
    public async Task A_secret_that_a_browser_brings_is_never_the_one_that_opens_an_account()
    {
        using var owner = await RegisterAsync(Known);
        using var visitor = NewVisitor();
        visitor.Session = new string('a', 64);
        await visitor.SignInAsync(Known, Password);
        Assert.NotEqual(new string('a', 64), visitor.Session);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/account")).Status);
        using var attacker = NewVisitor();
        attacker.Session = new string('a', 64);
        Assert.Equal(HttpStatusCode.Unauthorized, (await attacker.GetAsync("/account")).Status);
    }

    [Fact]
    public async Task Signing_in_again_ends_the_session_before_and_signing_out_ends_the_last()
    {
        using var owner = await RegisterAsync(Known);
        var first = owner.Session;
        await owner.SignInAsync(Known, Password);
        var second = owner.Session;
        Assert.NotEqual(first, second);
        owner.Session = first;
        Assert.Equal(HttpStatusCode.Unauthorized, (await owner.GetAsync("/account")).Status);
        owner.Session = second;
        await owner.PostAsync("/account/sign-out");
        owner.Session = second;
        Assert.Equal(HttpStatusCode.Unauthorized, (await owner.GetAsync("/account")).Status);
    }

    [Fact]
    public async Task A_session_is_in_no_other_cookie_and_out_of_scripts_reach()
    {
        using var owner = await RegisterAsync(Known);
        var (_, cookies) = await owner.SignInForCookiesAsync(Known, Password);
        var session = Assert.Single(cookies, cookie => cookie.StartsWith("shonin-account=", StringComparison.Ordinal));
        Assert.Contains("httponly", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", session, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", session, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_stranger_who_guesses_is_slowed_and_shuts_out_no_browser_of_the_owners()
    {
        using var owner = await RegisterAsync(Known);
        using var stranger = NewVisitor();
        for (var count = 0; count < limits.WrongPasswordsPerAccount; count++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SignInAsync(Known, "a wrong password")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await stranger.SignInAsync(Known, Password)).Status);
        await owner.PostAsync("/account/sign-out");
        Assert.Equal(HttpStatusCode.SeeOther, (await owner.SignInAsync(Known, Password)).Status);
        using var newComputer = NewVisitor("127.0.0.2");
        Assert.Equal(HttpStatusCode.SeeOther, (await newComputer.SignInAsync(Known, Password)).Status);
    }

    [Fact]
    public async Task Strangers_in_many_places_together_are_slowed_too()
    {
        using var owner = await RegisterAsync(Known);
        for (var count = 0; count < limits.WrongPasswordsPerAccountFromAnywhere; count++)
        {
            using var stranger = NewVisitor($"127.0.1.{count + 1}");
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SignInAsync(Known, "a wrong password")).Status);
        }
        using var another = NewVisitor("127.0.0.3");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await another.SignInAsync(Known, Password)).Status);
    }

    [Fact]
    public async Task A_stranger_who_asks_for_codes_leaves_the_owner_some()
    {
        using var stranger = NewVisitor();
        for (var count = 0; count < limits.CodesPerAddressToOnePerHour; count++)
            Assert.Equal(HttpStatusCode.OK, (await stranger.PostAsync("/account/recover", ("address", Known))).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await stranger.PostAsync("/account/recover", ("address", Known))).Status);
        Assert.Equal(HttpStatusCode.OK, (await stranger.PostAsync("/account/recover", ("address", Unknown))).Status);
        using var owner = NewVisitor("127.0.0.2");
        Assert.Equal(HttpStatusCode.OK, (await owner.PostAsync("/account/recover", ("address", Known))).Status);
        Assert.True(limits.CodesPerAddressToOnePerHour < CodeLimits.Usual.SentPerHourMax);
    }

    [Fact]
    public async Task A_form_without_its_seal_or_with_that_of_another_session_changes_nothing()
    {
        using var owner = await RegisterAsync(Known);
        using var other = await RegisterAsync(Unknown);
        var (_, others) = await other.GetAsync("/account/security");
        foreach (var form in new[] { "", FormIn(others) })
        {
            var (status, _) = await owner.PostAsync(
                "/account/security/password",
                ("form", form),
                ("current", Password),
                ("password", "another good password")
            );
            Assert.Equal((HttpStatusCode)422, status);
        }
        using var elsewhere = NewVisitor();
        Assert.Equal(HttpStatusCode.SeeOther, (await elsewhere.SignInAsync(Known, Password)).Status);
    }

    [Fact]
    public async Task A_new_password_needs_the_present_one_and_ends_every_other_session()
    {
        using var owner = await RegisterAsync(Known);
        using var elsewhere = NewVisitor();
        await elsewhere.SignInAsync(Known, Password);
        var (_, page) = await owner.GetAsync("/account/security");
        var (status, refused) = await ChangeAsync("not the present one");
        Assert.Equal((HttpStatusCode)422, status);
        Assert.Contains("present password", refused, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/account")).Status);
        (status, _) = await ChangeAsync(Password);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.GetAsync("/account")).Status);
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync("/account")).Status);

        Task<(HttpStatusCode Status, string Page)> ChangeAsync(string current) =>
            owner.PostAsync(
                "/account/security/password",
                ("form", FormIn(page)),
                ("current", current),
                ("password", "another good password")
            );
    }

    [Fact]
    public async Task An_order_of_another_customer_and_one_that_does_not_exist_are_the_same()
    {
        using var owner = await RegisterAsync(Known);
        var placed = await shop!.PlacedAsync();
        var (status, others) = await owner.GetAsync($"/account/orders/{placed.Order.Id}");
        var (noneStatus, none) = await owner.GetAsync("/account/orders/0193");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal(status, noneStatus);
        Assert.Equal(none, others);
        using var stranger = NewVisitor();
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync($"/account/orders/{placed.Order.Id}")).Status);
    }

    [Fact]
    public async Task An_account_of_the_staff_neither_enters_nor_is_recovered_at_the_customers_door()
    {
        using var manager = new AccountManager(House.Accounts);
        var agent = new AccountUser
        {
            Id = new("agent"),
            Role = AccountRole.Agent,
            Addresses = [new(House.Accounts.DigestOf(Known), Known)],
            Grounds = new() { Proof = "proof-of-agent" },
        };
        Assert.True((await manager.CreateAsync(agent, Password)).Succeeded);
        using var visitor = NewVisitor();
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.SignInAsync(Known, Password)).Status);
        var (_, page) = await TypeCodeAsync(visitor, "/account/recover", Known);
        Assert.Contains("This address has no account", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_present_password_is_guessed_no_more_often_than_signing_in_and_shuts_out_nobody_else()
    {
        using var owner = await RegisterAsync(Known);
        using var found = NewVisitor();
        await found.SignInAsync(Known, Password);
        var (_, page) = await found.GetAsync("/account/security");
        var (_, privacy) = await found.GetAsync("/account/privacy");
        for (var count = 0; count < limits.WrongPasswordsPerAccount; count++)
        {
            var tried = count % 2 == 0 ? await ChangeAsync(found, page, "a guess") : await EraseAsync(found, privacy, "a guess");
            Assert.Equal((HttpStatusCode)422, tried.Status);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, (await ChangeAsync(found, page, Password)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await EraseAsync(found, privacy, Password)).Status);
        var (_, own) = await owner.GetAsync("/account/security");
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync(owner, own, Password)).Status);

        static Task<(HttpStatusCode Status, string Page)> ChangeAsync(Visitor visitor, string page, string current) =>
            visitor.PostAsync(
                "/account/security/password",
                ("form", FormIn(page)),
                ("current", current),
                ("password", "another good password")
            );

        static Task<(HttpStatusCode Status, string Page)> EraseAsync(Visitor visitor, string page, string password) =>
            visitor.PostAsync("/account/privacy/erasure", ("form", FormIn(page)), ("password", password));
    }

    [Fact]
    public async Task An_account_is_erased_by_a_code_for_this_alone_and_everybody_is_signed_out()
    {
        using var owner = await RegisterAsync(Known);
        using var elsewhere = NewVisitor();
        await elsewhere.SignInAsync(Known, Password);
        var (_, adding) = await owner.PostAsync("/account/addresses", ("address", Known));
        var (status, _) = await owner.PostAsync(
            "/account/privacy/erasure/code",
            ("ticket", TicketIn(adding)),
            ("code", await MailedCodeAsync(Known))
        );
        Assert.Equal((HttpStatusCode)422, status);

        var (_, asking) = await owner.PostAsync("/account/privacy/erasure");
        var typed = (("ticket", TicketIn(asking)), ("code", await MailedCodeAsync(Known)));
        Assert.Equal(
            (HttpStatusCode)422,
            (await owner.PostAsync("/account/privacy/erasure/code", typed.Item1, ("code", "00000000"))).Status
        );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await NewVisitor().PostAsync("/account/privacy/erasure/code", typed.Item1, typed.Item2)).Status
        );
        var (done, page) = await owner.PostAsync("/account/privacy/erasure/code", typed.Item1, typed.Item2);
        Assert.Equal(HttpStatusCode.OK, done);
        Assert.Contains("one last mail", page, StringComparison.Ordinal);
        while (await House.Erasures.DoDueAsync(default)) { }
        Assert.Equal(HttpStatusCode.Unauthorized, (await owner.GetAsync("/account")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.GetAsync("/account")).Status);
        Assert.Null(await House.Accounts.FindByAddressAsync(Known, default));
    }

    [Fact]
    public async Task An_export_is_a_file_of_ones_own_without_a_secret_and_needs_a_form_of_ours()
    {
        using var owner = await RegisterAsync(Known);
        Assert.Equal((HttpStatusCode)422, (await owner.PostAsync("/account/privacy/export")).Status);
        var (_, page) = await owner.GetAsync("/account/privacy");
        var (status, export) = await owner.PostAsync("/account/privacy/export", ("form", FormIn(page)));
        Assert.Equal(HttpStatusCode.OK, status);
        var account = System.Text.Json.JsonDocument.Parse(export).RootElement.GetProperty("account");
        Assert.Equal(Known, account.GetProperty("addresses")[0].GetString());
        Assert.DoesNotContain("passwordHash", export, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(owner.Session!, export, StringComparison.Ordinal);
    }

    private async Task<Visitor> RegisterAsync(string address)
    {
        var visitor = NewVisitor();
        var (_, page) = await TypeCodeAsync(visitor, "/account/sign-up", address);
        var (status, _) = await visitor.PostAsync("/account/sign-up/password", ("ticket", TicketIn(page)), ("password", Password));
        Assert.Equal(HttpStatusCode.SeeOther, status);
        return visitor;
    }

    private async Task<(HttpStatusCode Status, string Page)> TypeCodeAsync(Visitor visitor, string path, string address)
    {
        var (_, page) = await visitor.PostAsync(path, ("address", address));
        return await visitor.PostAsync($"{path}/code", ("ticket", TicketIn(page)), ("code", await MailedCodeAsync(address)));
    }

    private async Task<string> MailedCodeAsync(string address)
    {
        var letters = new List<CodeLetter>();
        var soon = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1);
        foreach (var item in await shop!.Store.ReadOutboxAsync(MailedCodes.Queue, soon, 100, default))
        {
            if (await House.Codes.FindLetterAsync(item, default) is { } letter && letter.Recipient == address)
                letters.Add(letter);
        }
        return letters.MaxBy(letter => letter.SentAt)!.Code;
    }

    /// <param name="from">The network address that the browser stands at.</param>
    private Visitor NewVisitor(string from = "127.0.0.1") => new(House.Address, IPAddress.Parse(from));

    /// <summary>A page without what differs for everybody: the ticket and the address that was typed.</summary>
    private static string Plain(string page, string address) =>
        TicketField().Replace(page, "ticket").Replace(address, "ADDRESS", StringComparison.Ordinal);

    private static string TicketIn(string page) => TicketField().Match(page).Groups[1].Value;

    private static string FormIn(string page) => FormField().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]*)\"")]
    private static partial Regex TicketField();

    [GeneratedRegex("name=\"form\" value=\"([^\"]*)\"")]
    private static partial Regex FormField();
}
