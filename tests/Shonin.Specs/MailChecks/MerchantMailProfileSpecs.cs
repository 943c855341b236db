using Shonin.MailChecks;
using Shonin.Settings;

namespace Shonin.Specs.MailChecks;

public sealed class MerchantMailProfileSpecs
{
    private static readonly ArchivedKey key = new(
        "shop.example.jp",
        "r20261124",
        "v=DKIM1; p=AAAA",
        new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero)
    );

    [Fact]
    public void Our_own_profile_follows_from_the_settings()
    {
        var profile = MerchantMailProfile.Of(
            Settings(
                ("Merchant:NameJa", "証商店"),
                ("Merchant:NameEn", "Akashi Store"),
                ("Merchant:Domain", "Shop.example.jp"),
                ("Merchant:SenderAddress", "notice@Mail.example.jp"),
                ("Web:PublicUrl", "https://Orders.example.jp/"),
                ("Merchant:SupportUrl", "https://help.example.jp/a"),
                ("Merchant:LinkDomains:0", "Pay.example.com")
            ),
            [key, key with { Domain = "old.example.jp" }]
        );

        Assert.Equal("shop.example.jp", profile.Id);
        Assert.Equal(["証商店", "Akashi Store"], profile.Names);
        Assert.Equal(["shop.example.jp", "mail.example.jp"], profile.Domains);
        Assert.Equal(["orders.example.jp", "help.example.jp", "pay.example.com"], profile.LinkDomains);
        Assert.Equal([key], profile.Keys);
    }

    [Fact]
    public void An_ip_address_in_a_link_is_nobodys_domain() =>
        Assert.Equal(["shop.example.jp"], MerchantMailProfile.Of(Settings(("Web:PublicUrl", "http://127.0.0.1:8580")), []).LinkDomains);

    [Theory]
    [InlineData("localhost")]
    [InlineData("a b.example")]
    [InlineData("https://pay.example.com/")]
    public void A_link_domain_that_is_none_is_refused(string text)
    {
        var refused = Assert.IsType<Reading<SettingValues, IReadOnlyList<string>>.Refused>(
            SettingValues.From([new Said("Merchant:LinkDomains:0", text, "spec")])
        );
        Assert.Contains("domain names", Assert.Single(refused.Why), StringComparison.Ordinal);
    }

    private static SettingValues Settings(params (string Path, string Text)[] said) =>
        Assert
            .IsType<Reading<SettingValues, IReadOnlyList<string>>.Read>(
                SettingValues.From([.. said.Select(one => new Said(one.Path, one.Text, "spec"))])
            )
            .Value;
}
