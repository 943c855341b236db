using Microsoft.Playwright;
using OtpNet;

namespace Shonin.Journeys.Screens;

/// <summary>An admin invites colleagues, who set up how they sign in, in real browsers.</summary>
public sealed class StaffJourneys(Shop shop) : IClassFixture<Shop>
{
    private const string Password = "three beans and a pot";

    public static TheoryData<string> Languages => ["ja", "en"];

    [Fact]
    public async Task An_invited_colleague_comes_in_with_a_password_and_an_app_without_script()
    {
        var admin = await AdminAsync();
        var link = await InviteAsync(admin, "花子", "リーダー");
        var colleague = await shop.OpenAsync($"{link}?lang=ja", withScript: false);
        var secret = (await colleague.InnerTextAsync("#secret")).Replace(" ", "", StringComparison.Ordinal);
        await colleague.FillAsync("#password", Password);
        await colleague.FillAsync("#code", "000000");
        await colleague.PressAsync("text=決めて窓口に入る");
        Assert.Contains("コードが違います", await colleague.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal(secret, (await colleague.InnerTextAsync("#secret")).Replace(" ", "", StringComparison.Ordinal));
        await colleague.FillAsync("#password", Password);
        await colleague.FillAsync("#code", CodeOf(secret));
        await colleague.PressAsync("text=決めて窓口に入る");
        Assert.Contains("窓口を出る(花子)", await colleague.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Equal(0, await colleague.Locator("text=窓口の人").CountAsync());

        await colleague.PressAsync("text=窓口を出る");
        await colleague.FillAsync("#address", AddressOf("花子"));
        await colleague.FillAsync("#password", Password);
        await colleague.PressAsync("#by-password");
        await colleague.FillAsync("#code", CodeOf(secret, 1));
        await colleague.PressAsync("text=窓口に入る >> nth=-1");
        await colleague.PressAsync("text=監査の記録");
        Assert.Contains("花子", await colleague.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invited_colleague_comes_in_with_a_passkey_and_is_out_when_let_go()
    {
        var admin = await AdminAsync();
        var link = await InviteAsync(admin, "次郎", "担当者");
        var colleague = await shop.OpenAsync("/", withScript: true);
        await colleague.AddAuthenticatorAsync();
        await colleague.GotoAsync($"{shop.NamedAddress}{link}?lang=ja");
        await colleague.PressAsync("text=パスキーを作る");
        Assert.Contains("窓口を出る(次郎)", await colleague.InnerTextAsync("main"), StringComparison.Ordinal);
        await colleague.PressAsync("text=窓口を出る");
        await colleague.PressAsync("text=パスキーで入る");
        Assert.Contains("窓口を出る(次郎)", await colleague.InnerTextAsync("main"), StringComparison.Ordinal);

        await admin.GotoAsync($"{shop.NamedAddress}/desk/staff?lang=ja");
        await admin.PressAsync("[aria-label='窓口から外す: 次郎']");
        Assert.Contains("次郎さんは、もう窓口に入れません", await admin.InnerTextAsync("[role=status]"), StringComparison.Ordinal);
        await colleague.ReloadAsync();
        Assert.Equal("窓口に入る", await colleague.InnerTextAsync("h1"));
        await colleague.PressAsync("text=パスキーで入る");
        Assert.Contains("パスキーで入れませんでした", await colleague.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_pages_of_staff_have_no_barrier_and_no_cut_word(string language)
    {
        var admin = await AdminAsync();
        var link = await InviteAsync(admin, $"三郎 {language}", "担当者");
        var number = (await shop.PlaceForAsync($"held-{language}@example.jp", "51")).Order.Number;
        await admin.LookAsync("staff invitation", language);
        foreach (
            var (path, name) in new[]
            {
                ("/desk/staff", "staff"),
                (link, "join"),
                ("/desk/renewal", "renewal"),
                ("/desk", "desk"),
                ("/desk/lead", "lead"),
                ($"/desk/orders/{number}", "order"),
                ($"/desk/orders/{number}/cancel", "cancel"),
            }
        )
        {
            await admin.GotoAsync($"{shop.NamedAddress}{path}?lang={language}");
            await admin.LookAsync($"staff {name}", language);
        }
        await admin.Context.ClearCookiesAsync();
        await admin.ReloadAsync();
        await admin.LookAsync("staff sign-in", language);
    }

    private async Task<IPage> AdminAsync()
    {
        var page = await shop.OpenAsync("/desk?lang=ja", withScript: true);
        await page.GotoAsync($"{shop.NamedAddress}/desk?lang=ja");
        await page.FillAsync("#key", Shop.AdminKey);
        await page.PressAsync("form:has(#key) button");
        return page;
    }

    /// <returns>The path of the link.</returns>
    private async Task<string> InviteAsync(IPage admin, string name, string role)
    {
        await admin.GotoAsync($"{shop.NamedAddress}/desk/staff?lang=ja");
        await admin.FillAsync("#name", name);
        await admin.FillAsync("#address", AddressOf(name));
        await admin.CheckAsync($"label:has-text('{role}:') input");
        await admin.PressAsync("text=招待のリンクを作る");
        return new Uri(await admin.InnerTextAsync("#invitation")).AbsolutePath;
    }

    private static string AddressOf(string name) =>
        name switch
        {
            "花子" => "hanako@shop.example",
            "次郎" => "jiro@shop.example",
            _ => $"saburo-{name[^2..]}@shop.example",
        };

    /// <param name="stepsAhead">Half minutes from now: a clock may be one off.</param>
    private static string CodeOf(string secret, int stepsAhead = 0) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(DateTime.UtcNow + TimeSpan.FromSeconds(30 * stepsAhead));
}
