using Shonin.MailAuthentication.AuthResults;

namespace Shonin.Specs.MailChecks;

/// <summary>
/// A stranger who puts the merchant's address where a reader may take it for the author, and a provider that contradicts itself.
/// </summary>
public sealed class AuthorVerdictSpecs
{
    private const string Text = "Confirm your password: https://stranger.example/login";

    [Theory]
    [InlineData("\"notice@ichiba.example\"@stranger.example")]
    [InlineData("<\"notice@ichiba.example\"@stranger.example>")]
    [InlineData("Ichiba <\"notice@ichiba.example>\"@stranger.example>")]
    [InlineData("=?utf-8?b?bm90aWNlQGljaGliYS5leGFtcGxlAA==?=@stranger.example")]
    [InlineData("\"Ichiba Support\"@stranger.example")]
    [InlineData("x@stranger.example (notice@ichiba.example)")]
    public async Task A_local_part_that_reads_like_the_merchants_address_or_name_is_a_pose(string from)
    {
        var result = await MailStory.CheckAsync(MailStory.Plain(from, "Order", Text), MailStory.StrangerSession);
        Assert.Equal("NotGenuine", result.Verdict.Word.ToString());
    }

    /// <summary>The merchant's own policy refuses the stranger, wherever his address hides in the local part.</summary>
    [Fact]
    public async Task A_strangers_address_in_the_merchants_local_part_is_held_against_the_merchants_policy()
    {
        var result = await MailStory.CheckAsync(
            MailStory.Plain("Ichiba <\"x@stranger.example>\"@ichiba.example>", "Order", "text"),
            MailStory.StrangerSession
        );
        Assert.Equal(
            ("ichiba.example", "fail", "NotGenuine"),
            (result.Findings.From.Mailboxes[0].Domain, result.Findings.Dmarc.Outcome.Word, result.Verdict.Word.ToString())
        );
    }

    [Theory]
    [InlineData("Ichiba <notice@ichiba.example>", true)]
    [InlineData("Ichiba <\"a b..c\"@ichiba.example>", true)]
    [InlineData("\"<x@stranger.example>\" <notice@ichiba.example>", false)]
    [InlineData("Ichiba <\"x@stranger.example\"@ichiba.example>", false)]
    [InlineData("Ichiba <@stranger.example:notice@ichiba.example>", false)]
    public async Task A_signed_mail_is_genuine_only_where_all_readers_name_its_author(string from, bool isGenuine)
    {
        var mail = MailStory.SignedBy(MailStory.MerchantKey, MailStory.Plain(from, "Order", "Thank you."));
        var result = await MailStory.CheckAsync(mail, MailStory.MerchantSession);
        Assert.Equal(
            (isGenuine, isGenuine ? "pass" : "permerror"),
            (result.Verdict.Word.ToString() == "Genuine", result.Findings.Dmarc.Outcome.Word)
        );
    }

    /// <summary>The key is gone, so the provider's word decides; and it has none where it says two things.</summary>
    [Theory]
    [InlineData("Genuine", "dkim=pass header.d=ichiba.example; dmarc=pass header.from=ichiba.example")]
    [InlineData(
        "CannotTell",
        "dkim=pass header.d=ichiba.example; dkim=fail header.d=ichiba.example; dmarc=pass header.from=ichiba.example"
    )]
    [InlineData(
        "CannotTell",
        "dkim=pass header.d=ichiba.example; dmarc=pass header.from=ichiba.example; dmarc=fail header.from=ichiba.example"
    )]
    [InlineData("CannotTell", "dkim=pass header.d=ichiba.example; dmarc=pass header.from=stranger.example")]
    [InlineData("CannotTell", "dkim=pass header.d=ichiba.example (dmarc=pass header.from=ichiba.example)")]
    public async Task A_provider_that_contradicts_itself_vouches_for_nothing(string word, string results)
    {
        var signed = MailStory.SignedBy(MailStory.MerchantKey, MailStory.Plain("Ichiba <notice@ichiba.example>", "Order", "Thank you."));
        byte[] mail = [.. System.Text.Encoding.ASCII.GetBytes($"Authentication-Results: mx.reader.example; {results}\r\n"), .. signed];
        var zone = Shonin.Specs.MailAuthentication.Zones.Of("""{"_dmarc.ichiba.example":{"TXT":[["v=DMARC1; p=reject"]]}}""");
        var result = await MailStory.CheckAsync(mail, dns: zone, trust: new AuthResultsTrust { AuthservIds = ["mx.reader.example"] });
        Assert.Equal(word, result.Verdict.Word.ToString());
    }
}
