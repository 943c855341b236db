using System.Security.Cryptography;
using System.Text;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

public sealed class DkimVerifierSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly RSA rsa = RsaKeys.Of(0);
    private const string Message = "From: a@shop.example\r\nTo: b@example.net\r\nSubject: order\r\n\r\nline one\r\nline  two \r\n\r\n";

    // RFC 8463 appendix A.2.
    private const string FootballKeys = """
        {"brisbane._domainkey.football.example.com":{"TXT":[["v=DKIM1; k=ed25519; ","p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]]},
         "test._domainkey.football.example.com":{"TXT":[["v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"]]}}
        """;

    [Theory]
    [InlineData("dkim/rfc6376.signed.msg")]
    [InlineData("dkim/rfc8463-example.msg")]
    public async Task Published_examples_pass_with_both_keys_RFC_6376_appendix_A_and_RFC_8463_appendix_A(string path)
    {
        var message = SharedVectors.Read(path);
        var results = await VerifyAsync(message, Zones.Of(FootballKeys));
        Assert.Equal(["pass", "pass"], results.Select(result => result.Outcome.Word));
        Assert.Equal([256, 1024], results.Select(result => result.KeyBits));
    }

    [Fact]
    public async Task A_published_example_with_a_word_changed_fails_at_the_body_hash_and_says_that_the_signature_itself_holds()
    {
        var message = SharedVectors.Read("dkim/rfc8463-example.msg");
        var altered = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message).Replace("hungry", "thirsty", StringComparison.Ordinal));
        var result = (await VerifyAsync(altered, Zones.Of(FootballKeys)))[0];
        Assert.Equal(DkimReason.BodyHashDiffers, Assert.IsType<DkimOutcome.Fail>(result.Outcome).Reason);
        Assert.Equal((HashCheck.Differs, HashCheck.Matches), (result.BodyHash, result.HeaderSignature));
    }

    [Fact]
    public async Task A_message_without_a_signature_has_no_results() =>
        Assert.Empty(await VerifyAsync(Encoding.ASCII.GetBytes(Message), DnsLookups.Offline));

    [Theory]
    [InlineData(Canonicalization.Simple, Canonicalization.Simple)]
    [InlineData(Canonicalization.Simple, Canonicalization.Relaxed)]
    [InlineData(Canonicalization.Relaxed, Canonicalization.Simple)]
    [InlineData(Canonicalization.Relaxed, Canonicalization.Relaxed)]
    public async Task Our_own_signatures_pass_in_every_form_saved_with_LF_or_CRLF_with_or_without_a_mailbox_line(
        Canonicalization header,
        Canonicalization body
    )
    {
        using var key = DkimKey.FromPem("shop.example", "s", rsa.ExportPkcs8PrivateKeyPem());
        var signed = Encoding.ASCII.GetString(
            new DkimSigner(new DkimSigningOptions { Header = header, Body = body }).Sign(Encoding.ASCII.GetBytes(Message), [key], now)
        );
        string[] saved =
        [
            signed,
            signed.Replace("\r\n", "\n", StringComparison.Ordinal),
            "From a@shop.example Tue Nov 24\r\n" + signed,
            "\ufeff" + signed,
            signed + "\r\n\r\n",
        ];
        foreach (var form in saved)
        {
            Assert.Equal("pass", await WordAsync(form, key.DnsName, key.DnsRecord));
        }

        var refused = signed.Replace("line one", "line 0ne", StringComparison.Ordinal);
        Assert.Equal("fail", await WordAsync(refused, key.DnsName, key.DnsRecord));
    }

    // Each row: tags that replace or join the usual ones, the key record ({p} is the key), the word and the reason.
    [Theory]
    [InlineData("v=2", "k=rsa; p={p}", "permerror", DkimReason.Version)]
    [InlineData("a=rsa-sha1", "k=rsa; p={p}", "policy", DkimReason.AlgorithmNotAccepted)]
    [InlineData("a=rsa-md5", "k=rsa; p={p}", "permerror", DkimReason.SignatureSyntax)]
    [InlineData("h=to:subject", "k=rsa; p={p}", "permerror", DkimReason.FromNotSigned)]
    [InlineData("i=x@evil.example", "k=rsa; p={p}", "permerror", DkimReason.IdentityOutsideDomain)]
    [InlineData("i=@notshop.example", "k=rsa; p={p}", "permerror", DkimReason.IdentityOutsideDomain)]
    [InlineData("q=http/text", "k=rsa; p={p}", "permerror", DkimReason.SignatureSyntax)]
    [InlineData("c=relaxed/loose", "k=rsa; p={p}", "permerror", DkimReason.SignatureSyntax)]
    [InlineData("t=-1", "k=rsa; p={p}", "permerror", DkimReason.SignatureSyntax)]
    [InlineData("t=1800000000; x=1800000000", "k=rsa; p={p}", "permerror", DkimReason.SignatureSyntax)]
    [InlineData("x=1700000000", "k=rsa; p={p}", "fail", DkimReason.Expired)]
    [InlineData("l=4", "k=rsa; p={p}", "policy", DkimReason.BodyNotCovered)]
    [InlineData("l=0", "k=rsa; p={p}", "policy", DkimReason.BodyNotCovered)]
    [InlineData("l=4000", "k=rsa; p={p}", "permerror", DkimReason.BodyShorterThanSigned)]
    [InlineData("", "v=DKIM1; p=", "permerror", DkimReason.KeyRevoked)]
    [InlineData("", "v=DKIM2; p={p}", "permerror", DkimReason.KeySyntax)]
    [InlineData("", "p={p}; v=DKIM1", "permerror", DkimReason.KeySyntax)]
    [InlineData("", "v=DKIM1; p=%%", "permerror", DkimReason.KeySyntax)]
    [InlineData("", "v=DKIM1; p=AAAA", "permerror", DkimReason.KeySyntax)]
    [InlineData("", "v=DKIM1; k=ed25519; p={p}", "permerror", DkimReason.KeySyntax)]
    [InlineData("", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "permerror", DkimReason.KeyTypeDiffers)]
    [InlineData("", "v=DKIM1; k=dsa; p={p}", "permerror", DkimReason.KeyTypeDiffers)]
    [InlineData("", "v=DKIM1; h=sha1; p={p}", "permerror", DkimReason.KeyForbidsHash)]
    [InlineData("", "v=DKIM1; s=chat; p={p}", "permerror", DkimReason.KeyNotForMail)]
    [InlineData("i=@news.shop.example", "v=DKIM1; t=s; p={p}", "permerror", DkimReason.KeyForbidsSubdomain)]
    [InlineData("", "v=DKIM1; t=y; p={p}", "neutral", DkimReason.KeyInTestMode)]
    [InlineData("", "v=spf1 -all", "permerror", DkimReason.KeySyntax)]
    public async Task A_signature_that_must_not_count_says_why(string tags, string record, string word, DkimReason reason)
    {
        var result = await VerifyOneAsync(Signed(tags), record);
        Assert.Equal((word, reason), (result.Outcome.Word, ReasonOf(result.Outcome)));
    }

    [Theory]
    [InlineData("", "p={p}")]
    [InlineData("", "v=DKIM1; k=rsa; h=sha1:sha256; s=email; t=s; n=note; p={p}; z=unknown")]
    [InlineData("", "v=DKIM1; s=*; p={p}")]
    [InlineData("i=a@news.shop.example", "v=DKIM1; p={p}")]
    [InlineData("i=@SHOP.example", "v=DKIM1; t=s; p={p}")]
    [InlineData("q=dns/txt", "p={p}")]
    [InlineData("q=new : dns/txt", "p={p}")]
    [InlineData("t=1700000000; x=1900000000", "p={p}")]
    [InlineData("x=999999999999", "p={p}")]
    [InlineData("l=20", "p={p}")]
    [InlineData("h=from:to:subject:from:subject:missing", "p={p}")]
    [InlineData("h=FROM : to", "p={p}")]
    [InlineData("h=from::to", "p={p}")]
    [InlineData("unknown=tag", "p={p}")]
    public async Task Its_neighbour_that_is_in_order_passes(string tags, string record) =>
        Assert.Equal("pass", (await VerifyOneAsync(Signed(tags), record)).Outcome.Word);

    [Theory]
    [InlineData("{}", "permerror", DkimReason.KeyMissing)]
    [InlineData("""{"s._domainkey.shop.example":{}}""", "permerror", DkimReason.KeyMissing)]
    [InlineData("""{"s._domainkey.shop.example":{"TXT":"TIMEOUT"}}""", "temperror", DkimReason.KeyLookupFailed)]
    [InlineData("""{"s._domainkey.shop.example":{"TXT":"SERVFAIL"}}""", "temperror", DkimReason.KeyLookupFailed)]
    public async Task A_key_that_is_not_there_is_permanent_and_one_that_cannot_be_asked_for_is_not(
        string names,
        string word,
        DkimReason reason
    )
    {
        var result = Assert.Single(await VerifyAsync(Encoding.ASCII.GetBytes(Signed("")), Zones.Of(names)));
        Assert.Equal((word, reason), (result.Outcome.Word, ReasonOf(result.Outcome)));
        Assert.Equal(HashCheck.Matches, result.BodyHash);
    }

    [Fact]
    public async Task A_key_behind_a_CNAME_in_pieces_or_beside_an_older_one_is_found()
    {
        var key = Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
        using var other = RsaKeys.Of(1);
        var older = Convert.ToBase64String(other.ExportSubjectPublicKeyInfo());
        string[] zones =
        [
            $$$"""{"s._domainkey.shop.example":{"CNAME":["k.esp.example."]},"k.esp.example":{"TXT":[["v=DKIM1; p={{{key}}}"]]}}""",
            $$$"""{"s._domainkey.shop.example":{"TXT":[["v=DKIM1; p={{{key[..100]}}}","{{{key[100..200]}}}","{{{key[200..]}}}"]]}}""",
            $$$"""{"s._domainkey.shop.example":{"TXT":[["v=spf1 -all"],["v=DKIM1; p={{{older}}}"],["v=DKIM1; p={{{key}}}"]]}}""",
        ];
        foreach (var zone in zones)
        {
            Assert.Equal("pass", Assert.Single(await VerifyAsync(Encoding.ASCII.GetBytes(Signed("")), Zones.Of(zone))).Outcome.Word);
        }
    }

    [Fact]
    public async Task RSA_below_1024_bits_is_not_accepted_and_with_1024_it_is()
    {
        using var weak = RSA.Create(512);
        using var enough = RSA.Create(1024);
        var refused = await VerifyOneAsync(Signed("", weak), "p={p}", weak);
        Assert.Equal(("policy", 512), (refused.Outcome.Word, refused.KeyBits));
        Assert.Equal("pass", (await VerifyOneAsync(Signed("", enough), "p={p}", enough)).Outcome.Word);
    }

    [Fact]
    public async Task Expiry_is_held_against_the_time_of_receipt_to_the_second()
    {
        var zone = Zones.Txt("s._domainkey.shop.example", $"p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}");
        var message = Parse(Encoding.ASCII.GetBytes(Signed("x=1800000000")));
        var last = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        Assert.Equal("pass", (await new DkimVerifier(zone).VerifyAsync(message, last))[0].Outcome.Word);
        Assert.Equal("fail", (await new DkimVerifier(zone).VerifyAsync(message, last.AddSeconds(1)))[0].Outcome.Word);
    }

    [Fact]
    public async Task Ten_signatures_are_verified_and_the_eleventh_is_not()
    {
        var field = Signed("")[..Signed("").IndexOf("From:", StringComparison.Ordinal)];
        var message = string.Concat(Enumerable.Repeat(field, 11)) + Message;
        var zone = Zones.Txt("s._domainkey.shop.example", $"p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}");
        var results = await VerifyAsync(Encoding.ASCII.GetBytes(message), zone);
        Assert.All(results.Take(10), result => Assert.Equal("pass", result.Outcome.Word));
        Assert.Equal(DkimReason.TooManySignatures, ReasonOf(Assert.Single(results.Skip(10)).Outcome));
    }

    [Theory]
    [InlineData(92, "pass")]
    [InlineData(93, "permerror")]
    public async Task A_hundred_tags_are_read_and_one_more_is_refused(int extraTagCount, string word)
    {
        var extra = string.Join("; ", Enumerable.Range(1, extraTagCount).Select(tag => $"x{tag}=y"));
        Assert.Equal(word, (await VerifyOneAsync(Signed(extra), "p={p}")).Outcome.Word);
    }

    [Theory]
    [InlineData(497, "pass")]
    [InlineData(498, "permerror")]
    public async Task Five_hundred_signed_fields_are_read_and_one_more_is_refused(int extraNameCount, string word)
    {
        var names = "h=from:to:subject" + string.Concat(Enumerable.Repeat(":x", extraNameCount));
        Assert.Equal(word, (await VerifyOneAsync(Signed(names), "p={p}")).Outcome.Word);
    }

    [Fact]
    public async Task What_lies_beyond_l_is_counted()
    {
        var result = await VerifyOneAsync(Signed("l=10"), "p={p}");
        Assert.Equal(new BodyCoverage(10, 20), result.Coverage);
        Assert.Equal(10, result.Coverage!.UncoveredBytes);
    }

    [Theory]
    [InlineData("v=1; a=rsa-sha256; a=rsa-sha256; d=shop.example; s=s; h=from; bh=; b=AAAA")]
    [InlineData("v=1;; a=rsa-sha256; d=shop.example; s=s; h=from; bh=AAAA; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; s=s; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=shop..example; s=s; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=shop.example; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=shop.example; s=s; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=shop.example; s=s; h=from; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=shop.example; s=s; h=from; bh=AAAA; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=shop.example; s=s; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=%")]
    [InlineData("v=1; a=rsa-sha256; d=shop.example; s=s; h=from:t o; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA")]
    [InlineData("")]
    [InlineData("v")]
    [InlineData("=1")]
    public async Task A_field_that_breaks_the_grammar_of_RFC_6376_section_3_5_is_a_permanent_error(string value)
    {
        var result = Assert.Single(await VerifyAsync(Encoding.ASCII.GetBytes($"DKIM-Signature: {value}\r\n{Message}"), DnsLookups.Offline));
        Assert.Equal(DkimReason.SignatureSyntax, Assert.IsType<DkimOutcome.PermError>(result.Outcome).Reason);
    }

    private static async Task<string> WordAsync(string message, string name, string record) =>
        Assert.Single(await VerifyAsync(Encoding.UTF8.GetBytes(message), Zones.Txt(name, record))).Outcome.Word;

    private static async Task<DkimResult> VerifyOneAsync(string message, string record, RSA? key = null) =>
        Assert.Single(
            await VerifyAsync(
                Encoding.ASCII.GetBytes(message),
                Zones.Txt(
                    "s._domainkey.shop.example",
                    record.Replace("{p}", Convert.ToBase64String((key ?? rsa).ExportSubjectPublicKeyInfo()), StringComparison.Ordinal)
                )
            )
        );

    private static async Task<IReadOnlyList<DkimResult>> VerifyAsync(byte[] message, DnsLookup lookup) =>
        await new DkimVerifier(lookup).VerifyAsync(Parse(message), now);

    private static MailMessage Parse(byte[] message) => Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(message)).Message;

    /// <summary>
    /// A message signed here by hand, with any tags, so that signatures no sane signer makes can be told from broken ones.
    /// </summary>
    private static string Signed(string tags, RSA? key = null)
    {
        var given = tags.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(tag => tag.Split('=', 2))
            .ToDictionary(tag => tag[0], tag => tag[1]);
        var all = new Dictionary<string, string>
        {
            ["v"] = "1",
            ["a"] = "rsa-sha256",
            ["c"] = "relaxed/relaxed",
            ["d"] = "shop.example",
            ["s"] = "s",
            ["h"] = "from:to:subject",
        };
        foreach (var (name, value) in given)
        {
            all[name] = value;
        }

        var body = Encoding.ASCII.GetBytes("line one\r\nline two\r\n");
        var length =
            all.TryGetValue("l", out var l) && int.Parse(l, System.Globalization.CultureInfo.InvariantCulture) < body.Length
                ? int.Parse(l, System.Globalization.CultureInfo.InvariantCulture)
                : body.Length;
        all["bh"] = Convert.ToBase64String(SHA256.HashData(body.AsSpan(0, length)));
        var unsigned = string.Join("; ", all.Select(tag => $"{tag.Key}={tag.Value}")) + "; b=";
        var header = new StringBuilder();
        var fields = new Dictionary<string, string>
        {
            ["from"] = "a@shop.example",
            ["to"] = "b@example.net",
            ["subject"] = "order",
        };
        foreach (var name in all["h"].Split(':').Select(name => name.Trim().ToLowerInvariant()))
        {
            if (fields.Remove(name, out var value))
            {
                header.Append(System.Globalization.CultureInfo.InvariantCulture, $"{name}:{value}\r\n");
            }
        }

        header.Append("dkim-signature:").Append(unsigned);
        var signature = (key ?? rsa).SignData(
            Encoding.ASCII.GetBytes(header.ToString()),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"DKIM-Signature: {unsigned}{Convert.ToBase64String(signature)}\r\n{Message}";
    }

    private static DkimReason? ReasonOf(DkimOutcome outcome) =>
        outcome switch
        {
            DkimOutcome.Fail(var reason, _) => reason,
            DkimOutcome.Neutral(var reason, _) => reason,
            DkimOutcome.Policy(var reason, _) => reason,
            DkimOutcome.TempError(var reason, _) => reason,
            DkimOutcome.PermError(var reason, _) => reason,
            DkimOutcome.Pass => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
