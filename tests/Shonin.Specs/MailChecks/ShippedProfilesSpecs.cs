using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

/// <summary>The profiles that ship as examples.</summary>
public sealed class ShippedProfilesSpecs
{
    [Fact]
    public void Amazon_and_four_other_brands_ship_each_under_the_name_of_its_file() =>
        Assert.Equal(
            ["amazon.co.jp", "kuronekoyamato.co.jp", "mercari.com", "rakuten.co.jp", "smbc-card.com"],
            ShippedProfiles.All.Select(profile => profile.Id)
        );

    [Theory]
    [InlineData(
        "amazon.co.jp",
        "amazon.co.jp",
        "marketplace.amazon.co.jp",
        "gc.email.amazon.co.jp",
        "payments.amazon.co.jp",
        "amazon.jp",
        "email.amazon.com",
        "amazon.de"
    )]
    [InlineData(
        "rakuten.co.jp",
        "mkrm.rakuten.co.jp",
        "account.rakuten.com",
        "mail.rakuten-card.co.jp",
        "ac.rakuten-bank.co.jp",
        "shop.rakuten.co.jp"
    )]
    [InlineData("mercari.com", "mercari.jp", "email.mercari.jp")]
    [InlineData("kuronekoyamato.co.jp", "kuronekoyamato.co.jp", "hellolight.kuronekoyamato.co.jp")]
    [InlineData("smbc-card.com", "contact.vpass.ne.jp", "payment.vpass.ne.jp", "prepaid.smbc-card.com")]
    public void What_the_brand_names_as_its_own_is_in_its_profile(string id, params string[] domains)
    {
        var profile = ShippedProfiles.All.Single(one => one.Id == id);
        Assert.All(domains, domain => Assert.True(profile.Sends(domain), domain));
    }

    // Names that forged mails of these brands were seen to use, and neighbours of the listed ones.
    [Theory]
    [InlineData(
        "amazon.co.jp",
        "amazonpre.com",
        "amazon.co.jp.account.example",
        "notamazon.co.jp",
        "amazonses.com",
        "amazonaws.com",
        "co.jp"
    )]
    [InlineData("rakuten.co.jp", "rakuten-co.jp", "xrakuten.co.jp", "rakuten.co.jp.example")]
    [InlineData("mercari.com", "mercari.co.jp", "no-reply6-merica.co.jp", "winesaying.com")]
    [InlineData("kuronekoyamato.co.jp", "kuronekoyamato.com", "yamato.co.jp", "line.me")]
    [InlineData("smbc-card.com", "creema.jp", "smbc_net-q5x3.cbel.com", "sarb-card.com", "ne.jp")]
    public void What_is_somebody_elses_is_not(string id, params string[] domains)
    {
        var profile = ShippedProfiles.All.Single(one => one.Id == id);
        Assert.All(domains, domain => Assert.False(profile.Sends(domain) || profile.LinksTo(domain), domain));
    }
}
