using System.Text;
using CsCheck;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

/// <summary>Who wrote a mail by RFC 5322 sections 3.4 and 4.4, and where programs in use would name somebody else.</summary>
public sealed class AuthorSpecs
{
    private const FromProblems Unclear = FromProblems.ReadersDiffer;

    [Theory]
    // Quoted local parts, in brackets and bare.
    [InlineData("Shop <\"x@evil.example>\"@shop.example>", "x@evil.example>", "shop.example", true)]
    [InlineData("Shop <\"notice@shop.example\"@evil.example>", "notice@shop.example", "evil.example", true)]
    [InlineData("\"notice@shop.example\"@evil.example", "notice@shop.example", "evil.example", true)]
    [InlineData("<\"a,b\"@shop.example>", "a,b", "shop.example", true)]
    [InlineData("<\"a b\"@shop.example>", "a b", "shop.example", false)]
    [InlineData("<\"a\\\"b\"@shop.example>", "a\"b", "shop.example", false)]
    [InlineData("<\"a..b.\"@docomo.ne.jp>", "a..b.", "docomo.ne.jp", false)]
    [InlineData("Taro <a..b.@docomo.ne.jp>", "a..b.", "docomo.ne.jp", false)]
    [InlineData(".a@docomo.ne.jp", ".a", "docomo.ne.jp", false)]
    // The obsolete forms of section 4.4.
    [InlineData("a . b @ shop . example", "a.b", "shop.example", true)]
    [InlineData("a . b@shop.example", "a.b", "shop.example", false)]
    [InlineData("< a@shop.example >", "a", "shop.example", false)]
    [InlineData("<@one.example,@two.example:a@shop.example>", "a", "shop.example", true)]
    [InlineData("<,@one.example:a@shop.example>", "a", "shop.example", true)]
    [InlineData("a@shop.example,", "a", "shop.example", false)]
    [InlineData("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "pete", "silly.test", false)]
    [InlineData("a@evil.example(x).shop.example", "a", "evil.example.shop.example", true)]
    // Ordinary mail.
    [InlineData("Shop  K.K.   <a@shop.example>", "a", "shop.example", false)]
    [InlineData("\"Shop, Inc. (Tokyo)\" <a@shop.example>", "a", "shop.example", false)]
    [InlineData("=?utf-8?B?5ZWG5bqX?=\r\n =?utf-8?B?5ZWG5bqX?= <a@shop.example>", "a", "shop.example", false)]
    [InlineData("[Shop] <a@shop.example>", "a", "shop.example", false)]
    [InlineData("\u001b$B>&E9<>\u001b(B <a@shop.example>", "a", "shop.example", false)]
    [InlineData("a@shop.example <a@shop.example>", "a", "shop.example", false)]
    [InlineData("'a@shop.example' <a@shop.example>", "a", "shop.example", false)]
    [InlineData("a@shop.example (b@evil.example)", "a", "shop.example", false)]
    [InlineData("a@shop.example.", "a", "shop.example", false)]
    [InlineData("a@_x.shop.example", "a", "_x.shop.example", false)]
    // What simpler readers make of it.
    [InlineData("\"x\\\" <a@evil.example>\" <b@shop.example>", "b", "shop.example", true)]
    [InlineData("\"<a@evil.example>\" <b@shop.example>", "b", "shop.example", true)]
    [InlineData("\"a@evil.example, Shop\" <b@shop.example>", "b", "shop.example", true)]
    [InlineData("a@evil.example <b@shop.example>", "b", "shop.example", true)]
    [InlineData("\"a\" <a@shop.example> <c@evil.example>", "a", "shop.example", true)]
    [InlineData("<a@shop.example> c@evil.example", "a", "shop.example", true)]
    [InlineData("<a@shop.example> Tokyo", "a", "shop.example", true)]
    [InlineData("<@shop.example>", "", "shop.example", true)]
    [InlineData("<<a@shop.example>>", "<a", "shop.example", true)]
    [InlineData("=?utf-8?b?bm90aWNlQHNob3AuZXhhbXBsZQA=?=@evil.example", "=?utf-8?b?bm90aWNlQHNob3AuZXhhbXBsZQA=?=", "evil.example", true)]
    [InlineData("a@shop.example evil.example", "a", "shop.example", true)]
    [InlineData("a@shop.example\0@evil.example", "a@shop.example", "evil.example", true)]
    [InlineData("Shop: a@shop.example;", "a", "shop.example", true)]
    public void The_grammar_names_the_author_and_a_second_reading_tells_who_would_differ(
        string from,
        string localPart,
        string domain,
        bool isUnclear
    )
    {
        var read = FromMailboxes.Of(Mail(from));
        Assert.Equal((localPart, domain), Assert.Single(read.Mailboxes) is var only ? (only.LocalPart, only.Domain) : default);
        Assert.Equal((domain, isUnclear), (read.AuthorDomain, read.Problems.HasFlag(Unclear)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("undisclosed:;")]
    [InlineData("<>")]
    [InlineData("a@b, c@d")]
    [InlineData("Shop <a@[192.0.2.1]>")]
    [InlineData("a@\u00ff.example")] // No letter of any charset.
    [InlineData("a@-\u200d-.\u00c3.example")]
    public async Task Where_there_is_no_one_domain_there_is_no_author_and_nothing_passes(string from)
    {
        var read = FromMailboxes.Of(Mail(from));
        Assert.Null(read.AuthorDomain);
        var zone = Zones.Of("""{"_dmarc.evil.example":{"TXT":[["v=DMARC1; p=none"]]}}""");
        Assert.Equal("permerror", (await new DmarcChecker(zone).CheckAsync(DmarcRequest.Of(read, null, []))).Outcome.Word);
    }

    [Theory]
    [InlineData("Shop <notice@shop.example>", "pass")]
    [InlineData("\"Shop, Inc.\" <notice@shop.example> (Tokyo)", "pass")]
    [InlineData("\"<a@evil.example>\" <notice@shop.example>", "permerror")]
    [InlineData("Shop <\"x@evil.example>\"@shop.example>", "permerror")]
    [InlineData("Shop <\"x@shop.example>\"@evil.example>", "fail")]
    public async Task What_is_proved_passes_for_a_clear_author_alone_and_a_failure_stays_one(string from, string word)
    {
        var zone = Zones.Of(
            """{"_dmarc.shop.example":{"TXT":[["v=DMARC1; p=reject"]]},"_dmarc.evil.example":{"TXT":[["v=DMARC1; p=reject"]]}}"""
        );
        var request = DmarcRequest.Of(FromMailboxes.Of(Mail(from)), null, Array.Empty<DkimResult>()) with { DkimPass = ["shop.example"] };
        Assert.Equal(word, (await new DmarcChecker(zone).CheckAsync(request)).Outcome.Word);
    }

    /// <summary>
    /// What a plain address is, is known by writing one: quoted or not, with any name before it, it is read as what was written.
    /// </summary>
    [Fact]
    public void A_written_address_is_read_as_it_was_written() =>
        Gen.Select(Gen.Char[" \t!a.@<>(),:;\\\""].Array[1, 8], Gen.Char["ab <>@,(\"\\"].Array[0, 8])
            .Sample(
                (letters, nameLetters) =>
                {
                    var local = new string(letters);
                    var name = new string(nameLetters);
                    var mailbox = Assert.Single(
                        FromMailboxes.Of(Mail($"\"{Escaped(name)}\" <\"{Escaped(local)}\"@shop.example>")).Mailboxes
                    );
                    Assert.Equal(
                        (name.Trim(' '), local, "shop.example"),
                        (mailbox.DisplayName.Trim(' '), mailbox.LocalPart, mailbox.AsciiDomain)
                    );
                }
            );

    /// <summary>
    /// The same list as one that is long (nearly a megabyte in the whole run): every step is linear, and the count has a bound.
    /// </summary>
    [Theory]
    [InlineData("(")]
    [InlineData("<")]
    [InlineData("@")]
    [InlineData("\"")]
    [InlineData("a@b,")]
    [InlineData("<a@b>")]
    [InlineData(".")]
    [InlineData("[")]
    [InlineData("a ")]
    public void A_field_of_very_many_times_one_sign_is_read_without_harm(string sign)
    {
        var read = FromMailboxes.Of(Mail(string.Concat(Enumerable.Repeat(sign, Walks.Times(30_000) / sign.Length))));
        Assert.InRange(read.Mailboxes.Count, 0, 100);
        Assert.True(read.AuthorDomain is null || read.Problems.HasFlag(Unclear));
    }

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static MailMessage Mail(string from) =>
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.Latin1.GetBytes($"From: {from}\r\n\r\nbody"))).Message;
}
