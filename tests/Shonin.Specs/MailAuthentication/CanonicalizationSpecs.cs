using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

public sealed class CanonicalizationSpecs
{
    private const string Example = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";

    [Fact]
    public void The_example_of_RFC_6376_section_3_4_5_takes_both_forms()
    {
        var message = Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.ASCII.GetBytes(Example))).Message;
        Assert.Equal(Digest(" C\r\nD E\r\n"), BodyDigest(Encoding.ASCII.GetString(message.Body.Span), Canonicalization.Relaxed));
        Assert.Equal(Digest(" C \r\nD \t E\r\n"), BodyDigest(Encoding.ASCII.GetString(message.Body.Span), Canonicalization.Simple));
        Assert.Equal(Digest("a:X\r\nb:Y Z\r\n"), FieldDigest(message, Canonicalization.Relaxed));
        Assert.Equal(Digest("A: X\r\nB : Y\t\r\n\tZ  \r\n"), FieldDigest(message, Canonicalization.Simple));
    }

    [Theory]
    // RFC 6376 sections 3.4.3 and 3.4.4 give the first two as base64.
    [InlineData("", Canonicalization.Simple, "\r\n")]
    [InlineData("", Canonicalization.Relaxed, "")]
    [InlineData("\r\n\r\n", Canonicalization.Simple, "\r\n")]
    [InlineData(" \r\n\t\r\n", Canonicalization.Relaxed, "")]
    [InlineData(" \r\n", Canonicalization.Simple, " \r\n")]
    [InlineData("a", Canonicalization.Simple, "a\r\n")]
    [InlineData("a", Canonicalization.Relaxed, "a\r\n")]
    [InlineData("a\rb\r\n", Canonicalization.Relaxed, "a\rb\r\n")]
    [InlineData("a\n\n\nb\n", Canonicalization.Relaxed, "a\r\n\r\n\r\nb\r\n")]
    [InlineData("a\r\r\n", Canonicalization.Simple, "a\r\r\n")]
    public void Bodies_at_the_edges(string body, Canonicalization form, string canonical) =>
        Assert.Equal(Digest(canonical), BodyDigest(body, form));

    [Fact]
    public void The_digests_of_an_empty_body_are_those_that_the_RFC_prints()
    {
        Assert.Equal("frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=", BodyDigest("", Canonicalization.Simple));
        Assert.Equal("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", BodyDigest("", Canonicalization.Relaxed));
    }

    [Fact]
    public void Any_body_takes_the_form_that_the_words_of_the_RFC_give_it() =>
        Pieces
            .Array[0, 30]
            .Sample(
                pieces =>
                {
                    var body = string.Concat(pieces);
                    return BodyDigest(body, Canonicalization.Simple) == Digest(Plainly(body, Canonicalization.Simple))
                        && BodyDigest(body, Canonicalization.Relaxed) == Digest(Plainly(body, Canonicalization.Relaxed));
                },
                iter: Walks.Times(500)
            );

    [Fact]
    public void A_body_larger_than_a_block_is_hashed_whole_and_cut_at_l()
    {
        var body = string.Concat(Enumerable.Repeat("line  with two spaces \r\nand one without\r\n", 5000));
        var canonical = Plainly(body, Canonicalization.Relaxed);
        Assert.Equal(Digest(canonical), BodyDigest(body, Canonicalization.Relaxed));
        Assert.Equal(Digest(canonical[..20_001]), BodyDigest(body, Canonicalization.Relaxed, 20_001));
    }

    private static Gen<string> Pieces { get; } =
        Gen.Int[0, 9].Select(piece => new[] { "a", "bc d", " ", "\t", "\r\n", "\n", "\r", "  ", "\r\n\r\n", "é" }[piece]);

    /// <summary>The sections' sentences one after the other, for bodies small enough to be copied.</summary>
    private static string Plainly(string body, Canonicalization form)
    {
        var text = Regex.Replace(body, "\r?\n", "\r\n");
        if (form == Canonicalization.Relaxed)
        {
            text = Regex.Replace(text, "[ \t]+", " ");
            text = Regex.Replace(text, " (\r\n|$(?!\n))", "$1");
        }

        text = Regex.Replace(text, "(\r\n)+$(?!\n)", "");
        return text.Length == 0
            ? form == Canonicalization.Simple
                ? "\r\n"
                : ""
            : text + "\r\n";
    }

    private static string Digest(string canonical) => Convert.ToBase64String(SHA256.HashData(Encoding.Latin1.GetBytes(canonical)));

    private static string BodyDigest(string body, Canonicalization form, long hashedBytesMax = long.MaxValue)
    {
        using var sink = new Sha256Sink(hashedBytesMax);
        Canonical.WriteBody(Encoding.Latin1.GetBytes(body), form, sink);
        return Convert.ToBase64String(sink.Finish());
    }

    private static string FieldDigest(MailMessage message, Canonicalization form)
    {
        using var sink = new Sha256Sink();
        foreach (var field in message.Fields)
        {
            Canonical.WriteField(field, form, sink);
        }

        return Convert.ToBase64String(sink.Finish());
    }
}
