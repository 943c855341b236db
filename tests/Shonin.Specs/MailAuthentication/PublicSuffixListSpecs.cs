using CsCheck;
using Shonin.MailAuthentication.PublicSuffixes;

namespace Shonin.Specs.MailAuthentication;

/// <summary>The cases of publicsuffix.org's own test file, against the shipped list; names come back in A-labels.</summary>
public sealed class PublicSuffixListSpecs
{
    [Theory]
    [InlineData("COM", null)]
    [InlineData("example.COM", "example.com")]
    [InlineData("WwW.example.COM", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData(".com", null)]
    [InlineData(".example.com", null)]
    [InlineData("", null)]
    [InlineData("a..com", null)]
    [InlineData("exa mple.com", null)]
    // No rule: the top label is the suffix.
    [InlineData("example", null)]
    [InlineData("a.b.example.example", "example.example")]
    // One rule, and rules of two levels.
    [InlineData("biz", null)]
    [InlineData("a.b.domain.biz", "domain.biz")]
    [InlineData("b.example.com", "example.com")]
    [InlineData("uk.com", null)]
    [InlineData("a.b.example.uk.com", "example.uk.com")]
    [InlineData("test.ac", "test.ac")]
    // A wildcard alone.
    [InlineData("mm", null)]
    [InlineData("c.mm", null)]
    [InlineData("a.b.c.mm", "b.c.mm")]
    // Japan: second level, prefectures and cities, wildcards with exceptions.
    [InlineData("jp", null)]
    [InlineData("www.test.jp", "test.jp")]
    [InlineData("ac.jp", null)]
    [InlineData("www.test.ac.jp", "test.ac.jp")]
    [InlineData("amazon.co.jp", "amazon.co.jp")]
    [InlineData("kyoto.jp", null)]
    [InlineData("test.kyoto.jp", "test.kyoto.jp")]
    [InlineData("ide.kyoto.jp", null)]
    [InlineData("a.b.ide.kyoto.jp", "b.ide.kyoto.jp")]
    [InlineData("c.kobe.jp", null)]
    [InlineData("a.b.c.kobe.jp", "b.c.kobe.jp")]
    [InlineData("www.city.kobe.jp", "city.kobe.jp")]
    [InlineData("ck", null)]
    [InlineData("test.ck", null)]
    [InlineData("a.b.test.ck", "b.test.ck")]
    [InlineData("www.www.ck", "www.ck")]
    [InlineData("k12.ak.us", null)]
    [InlineData("www.test.k12.ak.us", "test.k12.ak.us")]
    // In letters of any script, and as A-labels.
    [InlineData("食狮.com.cn", "xn--85x722f.com.cn")]
    [InlineData("www.食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn")]
    [InlineData("公司.cn", null)]
    [InlineData("shishi.中国", "shishi.xn--fiqs8s")]
    [InlineData("www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn")]
    [InlineData("xn--fiqs8s", null)]
    public void The_organization_of_a_name_is_its_public_suffix_and_one_label_more(string name, string? organization) =>
        Assert.Equal(organization, PublicSuffixList.Shipped.OrganizationalDomain(name));

    [Theory]
    [InlineData("a.user.github.io", "user.github.io", "github.io")]
    [InlineData("github.io", null, "github.io")]
    [InlineData("www.example.co.jp", "example.co.jp", "example.co.jp")]
    public void What_owners_hand_out_below_their_names_separates_organizations_but_was_not_bought_from_a_registry(
        string name,
        string? organization,
        string? registered
    ) =>
        Assert.Equal(
            (organization, registered),
            (PublicSuffixList.Shipped.OrganizationalDomain(name), PublicSuffixList.Shipped.RegisteredDomain(name))
        );

    [Fact]
    public void The_shipped_list_is_whole() => Assert.InRange(PublicSuffixList.Shipped.RuleCount, 9_000, 20_000);

    [Fact]
    public void Another_list_takes_its_place_with_comments_blanks_and_lines_that_are_no_rule()
    {
        var list = PublicSuffixList.Parse(
            "// first\r\n\r\ntest  // a rule ends at white space\n  *.wild.test\n!free.wild.test\n!!\n*\n..\na b\n// ===BEGIN PRIVATE DOMAINS===\nhost.test\n// ===END PRIVATE DOMAINS===\nmore.test"
        );
        Assert.Equal(6, list.RuleCount);
        Assert.Equal("x.test", list.OrganizationalDomain("a.x.test"));
        Assert.Equal("a.x.wild.test", list.OrganizationalDomain("a.x.wild.test"));
        Assert.Equal("free.wild.test", list.OrganizationalDomain("a.free.wild.test"));
        Assert.Equal("a.host.test", list.OrganizationalDomain("b.a.host.test"));
        Assert.Equal("host.test", list.RegisteredDomain("b.a.host.test"));
        Assert.Equal("a.more.test", list.RegisteredDomain("b.a.more.test"));
    }

    [Fact]
    public void Any_text_is_a_list_and_any_name_has_an_answer() =>
        Gen.Select(Gen.String, Gen.String)
            .Sample(
                (text, name) =>
                {
                    PublicSuffixList.Parse(text).OrganizationalDomain(name);
                    PublicSuffixList.Shipped.RegisteredDomain(name);
                }
            );
}
