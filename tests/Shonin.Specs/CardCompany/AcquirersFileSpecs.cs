using System.Text;
using Shonin.CardCompany.Acquirers;

namespace Shonin.Specs.CardCompany;

public sealed class AcquirersFileSpecs
{
    private const string Digits = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";

    [Fact]
    public void Certificates_are_named_by_hash_dns_name_or_subject_and_an_asterisk_stands_for_what_follows()
    {
        var book = Assert
            .IsType<AcquirersRead.Read>(
                Parse(
                    $$"""
                    [{"certificate":"sha256:{{Digits.ToLowerInvariant()}}","acquirer":"007","terminals":["A","B*"],"merchants":["M 1"]},
                     {"certificate":"dns:Shop.Example","acquirer":"0","terminals":["*"]},
                     {"certificate":"subject:CN=a: b, C=JP","acquirer":"12345678901","terminals":["ABCDEFGH*"]}]
                    """
                )
            )
            .Book;
        Assert.Equal(
            [new CertificateName.Sha256(Digits), new CertificateName.Dns("shop.example"), new CertificateName.Subject("CN=a: b, C=JP")],
            book.Acquirers.Select(acquirer => acquirer.Certificate)
        );
        Assert.Equal(["7", "0", "12345678901"], book.Acquirers.Select(acquirer => acquirer.Number));
        Assert.Equal([new("A", false), new NamePattern("B", true)], book.Acquirers[0].Terminals);
        Assert.Equal([new NamePattern("M 1", false)], book.Acquirers[0].Merchants!);
        Assert.Null(book.Acquirers[1].Merchants);
        Assert.True(book.Acquirers[1].Terminals[0].Fits("ANYTHING"));
        Assert.Equal(
            [true, true, false, false],
            new[] { "B", "B1", "b1", "A1" }.Select(name => book.Acquirers[0].Terminals.Any(pattern => pattern.Fits(name)))
        );
    }

    [Theory]
    [InlineData("{}", "expected an array of 1 to 1000 acquirers")]
    [InlineData("[]", "expected an array of 1 to 1000 acquirers")]
    [InlineData("[", "this is not JSON")]
    [InlineData("[1]", "entry 1: expected an object")]
    [InlineData(
        """[{"certificate":"dns:a","acquirer":"1","terminals":["A"],"merchant":["M"]}]""",
        "field \"merchant\": there is no such field"
    )]
    [InlineData("""[{"certificate":"dns:a","certificate":"dns:b","acquirer":"1","terminals":["A"]}]""", "each field once")]
    [InlineData("""[{"certificate":"dns:*.example","acquirer":"1","terminals":["A"]}]""", "field \"certificate\"")]
    [InlineData("""[{"certificate":"sha256:00","acquirer":"1","terminals":["A"]}]""", "field \"certificate\"")]
    [InlineData("""[{"certificate":"shop.example","acquirer":"1","terminals":["A"]}]""", "field \"certificate\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"123456789012","terminals":["A"]}]""", "field \"acquirer\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":1,"terminals":["A"]}]""", "field \"acquirer\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"1"}]""", "field \"terminals\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"1","terminals":[]}]""", "field \"terminals\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"1","terminals":["ABCDEFGHI"]}]""", "field \"terminals\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"1","terminals":["A*B"]}]""", "field \"terminals\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"1","terminals":["A**"]}]""", "field \"terminals\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"1","terminals":["A"],"merchants":[]}]""", "field \"merchants\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"1","terminals":["A"],"merchants":null}]""", "field \"merchants\"")]
    [InlineData("""[{"certificate":"dns:a","acquirer":"1","terminals":["A"],"merchants":["ABCDEFGHIJKLMNOP"]}]""", "field \"merchants\"")]
    [InlineData(
        """[{"certificate":"dns:a","acquirer":"1","terminals":["A"]},{"certificate":"dns:A","acquirer":"2","terminals":["A"]}]""",
        "entry 2, field \"certificate\": expected a certificate that no earlier entry names"
    )]
    public void What_is_wrong_is_told_with_entry_and_field(string json, string problem) =>
        Assert.Contains(Assert.IsType<AcquirersRead.Faulty>(Parse(json)).Problems, told =>
            told.Contains(problem, StringComparison.Ordinal)
        );

    private static AcquirersRead Parse(string json) => AcquirersFile.Parse(Encoding.UTF8.GetBytes(json));
}
