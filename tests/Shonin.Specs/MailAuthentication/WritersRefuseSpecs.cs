using System.Security.Cryptography;
using System.Text;
using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

/// <summary>Nothing that is given to a writer becomes a field, a tag or a result of its own.</summary>
public sealed class WritersRefuseSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly byte[] seed = SHA256.HashData("seed"u8);

    public static TheoryData<string> Injections =>
        [
            "a\r\nSubject: x",
            "a\nb",
            "a\rb",
            "a;b",
            "a; l=0",
            "a=b",
            "a\0",
            "a\u0001",
            "a\u007f",
            "a b",
            "a\tb",
            "a@b",
            "a..b",
            ".a",
            "a.",
            "a\u0085b",
            "a\u2028b",
            new string('a', 64),
        ];

    [Theory]
    [MemberData(nameof(Injections))]
    public void A_key_takes_names_alone(string text)
    {
        var domain = Assert.ThrowsAny<ArgumentException>(() => DkimKey.FromEd25519Seed(text, "s", seed));
        Assert.Equal("domain", domain.ParamName);
        var selector = Assert.ThrowsAny<ArgumentException>(() => DkimKey.FromEd25519Seed("shop.example", text, seed));
        Assert.Equal("selector", selector.ParamName);
        DkimKey.FromEd25519Seed("shop.example", "s_1.news", seed).Dispose();
    }

    [Theory]
    [InlineData("Subject\r\nX")]
    [InlineData("Subject;")]
    [InlineData("Subject:To")]
    [InlineData("Sub ject")]
    [InlineData("Sub=ject")]
    [InlineData("題名")]
    [InlineData("X\0")]
    [InlineData("")]
    public void A_signer_takes_names_of_fields_alone(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => new DkimSigner(DkimSigningOptions.Default with { SignedFields = [name] }));
        Assert.ThrowsAny<ArgumentException>(() => new DkimSigner(DkimSigningOptions.Default with { OversignedFields = [name] }));
        Assert.NotNull(new DkimSigner(DkimSigningOptions.Default with { SignedFields = ["X-Order"] }));
        Assert.ThrowsAny<ArgumentException>(() => new DkimSigner(DkimSigningOptions.Default with { ValidFor = TimeSpan.Zero }));
    }

    [Theory]
    [InlineData("mx.example\r\nSubject: x", "offset 10")]
    [InlineData("mx.example;\r\n spf=pass", "offset 11")]
    [InlineData("mx.example; spf=pass\n", "offset 20")]
    [InlineData("mx.example; spf=pass\0", "U+0000")]
    [InlineData("mx.example; spf", "8601")]
    [InlineData("spf=pass", "authserv-id")]
    [InlineData("mx.example; spf=pass (\u00e9)", "ASCII")]
    [InlineData("mx.example; spf=pass (open", "closed")]
    public void A_sealer_takes_one_line_that_reads_as_results(string results, string why)
    {
        using var key = DkimKey.FromEd25519Seed("shop.example", "s", seed);
        var refused = Assert.ThrowsAny<ArgumentException>(() => Seal(results));
        Assert.Equal("authenticationResults", refused.ParamName);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.IsType<ArcSealing.Sealed>(Seal("mx.example; spf=pass"));

        ArcSealing Seal(string text) => new ArcSealer().Seal(Plain(), new ArcResult(new ArcOutcome.None(), []), text, key, now);
    }

    [Fact]
    public void A_strangers_text_in_results_stays_a_value_in_the_seal()
    {
        using var key = DkimKey.FromEd25519Seed("shop.example", "s", seed);
        var results = new AuthenticationResults(
            "mx.example",
            [new("spf", "fail", null, [new("smtp", "mailfrom", "x; dkim=pass header.d=shop.example")], [])]
        );
        var sealing = new ArcSealer().Seal(Plain(), new ArcResult(new ArcOutcome.None(), []), results, key, now);
        var message = Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Assert.IsType<ArcSealing.Sealed>(sealing).Message)).Message;
        var written = message.First("ARC-Authentication-Results"u8)!.Value.ValueText();
        var read = Assert
            .IsType<AuthResultsParse.Parsed>(AuthenticationResults.Parse(written[(written.IndexOf(';', StringComparison.Ordinal) + 1)..]))
            .Results;
        Assert.Equal("spf", Assert.Single(read.Results).Method);
    }

    private static MailMessage Plain() =>
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.ASCII.GetBytes("From: a@b.example\r\n\r\nx\r\n"))).Message;
}
