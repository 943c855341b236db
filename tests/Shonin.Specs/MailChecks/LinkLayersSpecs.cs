using static Shonin.Specs.MailChecks.MailStory;

namespace Shonin.Specs.MailChecks;

/// <summary>Where links lead through the protection of one relay, and of one inside another's.</summary>
public sealed class LinkLayersSpecs
{
    [Theory]
    [InlineData("https://urldefense.proofpoint.com/v1/url?u=http%3A%2F%2Fstranger.example%2Fa&amp;k=x")]
    [InlineData("https://urldefense.proofpoint.com/v2/url?u=http-3A__stranger.example_a&amp;d=x")]
    [InlineData("https://urldefense.com/v3/__http://stranger.example/a__;!!x")]
    [InlineData("https://urldefense.com/v3/__http:/stranger.example/a__;!!x")]
    [InlineData("https://urldefense.us/v3/__http://stranger.example/a__;!!x")]
    [InlineData(
        "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.com%2Fv3%2F__http%3A%2F%2Fstranger.example%2Fa__%3B!!x&amp;data=1"
    )]
    [InlineData("https://urldefense.com/v3/__https://jpn01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fstranger.example%2Fa__;!!x")]
    [InlineData("https://urldefense.com/v3/__https://urldefense.com/v3/__http://stranger.example/a__;!!x__;!!y")]
    [InlineData("https://urldefense.com/v3/__mailto:x__;!!x", "urldefense.com")]
    public async Task A_link_leads_where_its_innermost_address_does(string href, string host = "stranger.example") =>
        Assert.Equal(
            host,
            Assert.Single((await CheckAsync(Html("x@stranger.example", "x", $"<a href=\"{href}\">see</a>"))).Content.Links).Host
        );

    [Fact]
    public async Task As_many_layers_as_fit_are_taken_off()
    {
        var href = "http://stranger.example/";
        while (href.Length < 8_000)
            href = $"https://urldefense.com/v3/__{href}__;";
        Assert.Equal(
            "stranger.example",
            Assert.Single((await CheckAsync(Html("x@stranger.example", "x", $"<a href=\"{href}\">see</a>"))).Content.Links).Host
        );
    }
}
