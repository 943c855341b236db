using Microsoft.Playwright;
using Shonin.Merchant.Accounts;

namespace Shonin.Journeys.Screens;

/// <summary>A guest who registers, another computer, a passkey, and a session that is ended from elsewhere, in a real browser.</summary>
public sealed class AccountJourneys(Shop shop) : IClassFixture<Shop>
{
    private const string Password = "three beans and a pot";

    public static TheoryData<string> Languages => ["ja", "en"];

    [Fact]
    public async Task A_guest_sees_their_orders_once_the_code_is_typed_and_finds_them_on_a_new_computer_without_script()
    {
        var address = NewAddress();
        var order = await shop.PlaceForAsync(address, "51");
        var others = await shop.PlaceForAsync(NewAddress(), "00");

        var page = await shop.OpenAsync("/help?lang=ja", withScript: false);
        await page.PressAsync("header >> text=マイページ");
        Assert.Equal("ログイン", await page.InnerTextAsync("h1"));
        await page.PressAsync("text=新しく登録する");
        await page.FillAsync("#address", address);
        await page.PressAsync("text=確認コードを送る");
        Assert.Equal("メールの確認コードを入れてください", await page.InnerTextAsync("h1"));
        Assert.DoesNotContain(order.Order.Number, await page.ContentAsync(), StringComparison.Ordinal);

        await page.FillAsync("#code", "0000 0000");
        await page.PressAsync("text=次へ進む");
        Assert.Contains("コードが違います", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.DoesNotContain(order.Order.Number, await page.ContentAsync(), StringComparison.Ordinal);
        var code = await shop.MailedCodeAsync(address);
        await page.FillAsync("#code", $"{code[..4]} {code[4..]}");
        await page.PressAsync("text=次へ進む");

        await page.FillAsync("#password", "short");
        await page.PressAsync("button:text-is('登録する')");
        Assert.Contains("12文字以上", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
        await page.FillAsync("#password", Password);
        await page.PressAsync("button:text-is('登録する')");
        Assert.Equal("マイページ", await page.InnerTextAsync("h1"));
        Assert.Contains(order.Order.Number, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.DoesNotContain(others.Order.Number, await page.InnerTextAsync("main"), StringComparison.Ordinal);

        var elsewhere = await SignInAsync(address, withScript: false);
        Assert.Contains($"Order {order.Order.Number}", await elsewhere.InnerTextAsync("main"), StringComparison.Ordinal);
        await elsewhere.PressAsync($"text=Order {order.Order.Number}");
        Assert.Contains(order.Order.Number, await elsewhere.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.EndsWith($"/o/{order.AccessKey}?lang=en", elsewhere.Url, StringComparison.Ordinal);

        await elsewhere.GotoAsync($"{shop.NamedAddress}/account/orders/{others.Order.Id}?lang=en");
        Assert.Equal("There is no such page", await elsewhere.InnerTextAsync("h1"));
    }

    [Fact]
    public async Task A_notice_of_an_order_is_read_in_the_account()
    {
        var address = NewAddress();
        var order = await shop.PlaceForAsync(address, "51");
        await shop.MailOfAsync(order, "problem");
        var page = await RegisterAsync(address, withScript: true);
        await page.PressAsync("section[aria-labelledby=notices] li:first-child a");
        Assert.StartsWith($"{shop.NamedAddress}/o/{order.AccessKey}/messages/", page.Url, StringComparison.Ordinal);
        Assert.Equal(1, await page.Locator(".letter").CountAsync());
    }

    [Fact]
    public async Task Another_address_brings_its_orders_once_its_code_is_typed()
    {
        var (address, second) = (NewAddress(), NewAddress());
        var order = await shop.PlaceForAsync(second, "00");
        var page = await RegisterAsync(address, withScript: true);
        Assert.Contains("another mail address of yours may hold it", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.PressAsync("text=Add a mail address");
        await page.FillAsync("#address", second);
        await page.PressAsync("text=Send me a code");
        await page.FillAsync("#code", await shop.MailedCodeAsync(second));
        await page.PressAsync("text=Continue");
        Assert.Contains(order.Order.Number, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Contains(AccountNews.AddressProved, await shop.NewsForAsync(address));
    }

    [Fact]
    public async Task A_passkey_is_added_with_a_name_and_signs_in_on_its_own()
    {
        var address = NewAddress();
        var page = await RegisterAsync(address, withScript: true);
        await page.AddAuthenticatorAsync();
        await page.GotoAsync($"{shop.NamedAddress}/account/security?lang=en");
        await page.FillAsync("#passkey-name", "My laptop");
        await page.PressAsync("text=Add a passkey");
        Assert.Contains("Your passkey is added", await page.InnerTextAsync("[role=status]"), StringComparison.Ordinal);
        Assert.Contains("My laptop", await page.InnerTextAsync("section[aria-labelledby=passkeys]"), StringComparison.Ordinal);
        Assert.Contains(AccountNews.PasskeyAdded, await shop.NewsForAsync(address));

        await page.GotoAsync($"{shop.NamedAddress}/account?lang=en");
        await page.PressAsync("button:text-is('Sign out')");
        Assert.Equal("Sign in", await page.InnerTextAsync("h1"));
        await page.PressAsync("text=Sign in with a passkey");
        Assert.Equal("Your account", await page.InnerTextAsync("h1"));

        await page.GotoAsync($"{shop.NamedAddress}/account/security?lang=en");
        await page.PressAsync("text=Remove “My laptop”");
        await page.GotoAsync($"{shop.NamedAddress}/account?lang=en");
        await page.PressAsync("button:text-is('Sign out')");
        await page.PressAsync("text=Sign in with a passkey");
        Assert.Contains("The passkey didn't work", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_registers_with_a_passkey_and_no_password()
    {
        var address = NewAddress();
        var page = await shop.OpenAsync("/help", withScript: true);
        await page.AddAuthenticatorAsync();
        await TypeCodeAsync(page, address);
        await page.PressAsync("text=Create a passkey");
        Assert.Equal("Your account", await page.InnerTextAsync("h1"));
        await page.PressAsync("button:text-is('Sign out')");
        await page.PressAsync("text=Sign in with a passkey");
        await page.PressAsync("a:text-is('Sign-in and security')");
        Assert.Contains("Set a password", await page.InnerTextAsync("section[aria-labelledby=password-title]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_is_ended_from_another_device_is_out_at_once()
    {
        var address = NewAddress();
        var first = await RegisterAsync(address, withScript: false);
        var second = await SignInAsync(address, withScript: false);
        await second.GotoAsync($"{shop.NamedAddress}/account/security?lang=en");
        Assert.Equal(2, await second.Locator("section[aria-labelledby=sessions] li").CountAsync());
        Assert.Equal(1, await second.Locator("text=This device").CountAsync());
        await second.PressAsync("section[aria-labelledby=sessions] li button");
        Assert.Equal(1, await second.Locator("section[aria-labelledby=sessions] li").CountAsync());
        await first.ReloadAsync();
        Assert.Equal("Sign in", await first.InnerTextAsync("h1"));
        await second.ReloadAsync();
        Assert.Equal("Sign-in and security", await second.InnerTextAsync("h1"));
    }

    [Fact]
    public async Task A_forgotten_password_is_set_anew_by_a_mailed_code_and_signs_out_everywhere_else()
    {
        var address = NewAddress();
        var first = await RegisterAsync(address, withScript: false);
        var page = await shop.OpenAsync("/account/recover?lang=en", withScript: false);
        await page.GotoAsync($"{shop.NamedAddress}/account/recover?lang=en");
        await page.FillAsync("#address", address);
        await page.PressAsync("text=Send me a code");
        await page.FillAsync("#code", await shop.MailedCodeAsync(address));
        await page.PressAsync("text=Continue");
        await page.FillAsync("#password", "four beans and a lid");
        await page.PressAsync("text=Change the password");
        Assert.Equal("Your account", await page.InnerTextAsync("h1"));
        await first.ReloadAsync();
        Assert.Equal("Sign in", await first.InnerTextAsync("h1"));
        Assert.Contains(AccountNews.PasswordChanged, await shop.NewsForAsync(address));
        await first.FillAsync("#address", address);
        await first.FillAsync("#password", Password);
        await first.PressAsync("main form:last-of-type button");
        Assert.Contains("the password is wrong", await first.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task No_account_page_has_a_barrier_is_too_wide_or_too_faint(string language)
    {
        var address = NewAddress();
        await shop.PlaceForAsync(address, "51");
        await shop.PlaceForAsync(address, "00");
        var page = await RegisterAsync(address, withScript: true);
        await page.AddAuthenticatorAsync();
        await page.GotoAsync($"{shop.NamedAddress}/account/security?lang=en");
        await page.PressAsync("text=Add a passkey");
        var guest = await shop.OpenAsync("/help", withScript: true);
        foreach (var path in new[] { "/account", "/account/security", "/account/addresses", "/account/privacy" })
            await LookAsync(page, path, language);
        await page.PressAsync("form[action*='/account/privacy/erasure']:last-of-type button");
        await page.LookAsync("the code that erases", language);
        await LookAsync(page, "/privacy", language);
        foreach (var path in new[] { "/account/sign-in", "/account/sign-up", "/account/recover" })
            await LookAsync(guest, path, language);

        await guest.FillAsync("#address", address);
        await guest.PressAsync("form button");
        await guest.LookAsync("the code's page", language);
        await guest.FillAsync("#code", "1");
        await guest.PressAsync("form button");
        await guest.LookAsync("a wrong code", language);
        await guest.FillAsync("#code", await shop.MailedCodeAsync(address));
        await guest.PressAsync("form button");
        await guest.LookAsync("a new password", language);
    }

    private async Task LookAsync(IPage page, string path, string language)
    {
        await page.GotoAsync($"{shop.NamedAddress}{path}?lang={language}");
        await page.LookAsync(path, language);
    }

    private async Task<IPage> RegisterAsync(string address, bool withScript)
    {
        var page = await shop.OpenAsync("/help", withScript);
        await TypeCodeAsync(page, address);
        await page.FillAsync("#password", Password);
        await page.PressAsync("text=Create the account");
        Assert.Equal("Your account", await page.InnerTextAsync("h1"));
        return page;
    }

    private async Task TypeCodeAsync(IPage page, string address)
    {
        await page.GotoAsync($"{shop.NamedAddress}/account/sign-up?lang=en");
        await page.FillAsync("#address", address);
        await page.PressAsync("text=Send me a code");
        await page.FillAsync("#code", await shop.MailedCodeAsync(address));
        await page.PressAsync("text=Continue");
    }

    /// <summary>In a browser that never saw us.</summary>
    private async Task<IPage> SignInAsync(string address, bool withScript)
    {
        var page = await shop.OpenAsync("/help", withScript);
        await page.GotoAsync($"{shop.NamedAddress}/account/sign-in?lang=en");
        await page.FillAsync("#address", address);
        await page.FillAsync("#password", Password);
        await page.PressAsync("main form:last-of-type button");
        Assert.Equal("Your account", await page.InnerTextAsync("h1"));
        return page;
    }

    private static string NewAddress() => $"guest-{Guid.NewGuid():N}"[..20] + "@example.jp";
}
