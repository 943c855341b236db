using System.Text;
using System.Text.Json;
using CsCheck;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

public sealed class MailProfileFileSpecs
{
    private const string Whole = """
        {
          "schema": "shonin.profile/1",
          "id": "shop.example.jp",
          "names": ["証商店", "Akashi Store"],
          "domains": ["shop.example.jp", "日本語.example"],
          "linkDomains": ["Pay.Example.COM."],
          "keys": [{"domain": "news.shop.example.jp", "selector": "s1", "record": "v=DKIM1; p=AAAA", "from": "2025-01-01T00:00:00+09:00", "until": "2026-01-01T00:00:00Z"}],
          "sources": ["https://shop.example.jp/mail, read 2026-11-24"]
        }
        """;

    [Fact]
    public void A_profile_is_read_whole()
    {
        var profile = Read(Whole);

        Assert.Equal(("shop.example.jp", "証商店"), (profile.Id, profile.Name));
        Assert.Equal(["証商店", "Akashi Store"], profile.Names);
        Assert.Equal(["shop.example.jp", "xn--wgv71a119e.example"], profile.Domains);
        Assert.Equal(["pay.example.com"], profile.LinkDomains);
        Assert.Equal(
            new ArchivedKey(
                "news.shop.example.jp",
                "s1",
                "v=DKIM1; p=AAAA",
                new(2025, 1, 1, 0, 0, 0, TimeSpan.FromHours(9)),
                new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
            ),
            Assert.Single(profile.Keys)
        );
    }

    [Theory]
    [InlineData("""{"id":"a","names":["A"],"domains":["a.example"]}""")]
    [InlineData("""{"schema":"shonin.profile","id":"a","names":["A"],"domains":["a.example"],"linkDomains":[]}""")]
    [InlineData("""{"schema":"shonin.profile/2","id":"a","names":["A"],"domains":["a.example"],"linkDomains":[]}""")]
    public void What_a_profile_can_do_without_may_be_left_out(string json)
    {
        using var inline = JsonDocument.Parse(json);
        Assert.Equal("a", Read(json).Id);
        Assert.Equal("a", Assert.IsType<MailProfileParse.Parsed>(MailProfileFile.Parse(inline.RootElement)).Profile.Id);
        Assert.Empty(Read(json).LinkDomains);
        Assert.Empty(Read(json).Keys);
    }

    [Theory]
    [InlineData("\"shonin.profile/1\"", "\"other/1\"", "$.schema")]
    [InlineData("\"id\": \"shop.example.jp\"", "\"id\": \"\"", "$.id")]
    [InlineData("\"id\": \"shop.example.jp\",", "", "$.id")]
    [InlineData("\"id\"", "\"name\"", "$.name")]
    [InlineData("\"id\": \"shop.example.jp\",", "\"id\": \"a\", \"id\": \"b\",", "$.id")]
    [InlineData("[\"証商店\", \"Akashi Store\"]", "[]", "$.names")]
    [InlineData("[\"証商店\", \"Akashi Store\"]", "\"証商店\"", "$.names")]
    [InlineData("\"Akashi Store\"", "1", "$.names[1]")]
    [InlineData("\"Akashi Store\"", "\"a\\u0000\"", "$.names[1]")]
    [InlineData("\"Akashi Store\"", "\"\\ud800\"", "$")]
    [InlineData("\"日本語.example\"", "\"example\"", "$.domains[1]")]
    [InlineData("\"日本語.example\"", "\"a b.example\"", "$.domains[1]")]
    [InlineData("\"日本語.example\"", "\"https://a.example/\"", "$.domains[1]")]
    [InlineData("\"日本語.example\"", "\"*.a.example\"", "$.domains[1]")]
    [InlineData("Pay.Example.COM.", "192.0.2.1", "$.linkDomains[0]")]
    [InlineData("news.shop.example.jp", "evil.example", "$.keys[0].domain")]
    [InlineData("\"selector\": \"s1\",", "", "$.keys[0].selector")]
    [InlineData("v=DKIM1; p=AAAA", "v=DKIM1", "$.keys[0].record")]
    [InlineData("2025-01-01T00:00:00+09:00", "2025-01-01T00:00:00", "$.keys[0].from")]
    [InlineData("2025-01-01T00:00:00+09:00", "2027-01-01T00:00:00Z", "$.keys[0].until")]
    [InlineData("\"until\"", "\"till\"", "$.keys[0].till")]
    [InlineData("https://shop.example.jp/mail, read 2026-11-24", "", "$.sources[0]")]
    public void What_departs_from_the_form_is_refused_at_its_place(string original, string altered, string path)
    {
        Assert.Contains(original, Whole, StringComparison.Ordinal);
        Assert.Equal(path, Malformed(Whole.Replace(original, altered, StringComparison.Ordinal)).Path);
    }

    [Theory]
    [InlineData("", "line 1, byte 1")]
    [InlineData("[]", "$")]
    [InlineData("{\n\"id\":}", "line 2, byte 6")]
    public void What_is_no_object_is_refused(string json, string path) => Assert.Equal(path, Malformed(json).Path);

    [Fact]
    public void Archived_keys_are_read_as_they_were_written() =>
        Gen.Select(Gen.String[Gen.Char["abz09-"], 1, 20], Gen.Long[0, 2_000_000_000], Gen.Long[0, 1_000_000], Gen.Long[0, 1_000_000])
            .Array[0, 5]
            .Sample(rows =>
            {
                ArchivedKey[] keys =
                [
                    .. rows.Select(row => new ArchivedKey(
                        "shop.example.jp",
                        row.Item1,
                        "v=DKIM1; k=rsa; p=A+/=",
                        DateTimeOffset.FromUnixTimeSeconds(row.Item2),
                        row.Item3 % 2 == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(row.Item2 + row.Item3),
                        row.Item4 % 2 == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(row.Item4)
                    )),
                ];
                return keys.SequenceEqual(Assert.IsType<MailKeysParse.Parsed>(MailKeysFile.Parse(MailKeysFile.Write(keys))).Keys);
            });

    [Fact]
    public void No_bytes_make_a_reading_throw() =>
        Gen.OneOf(
                Gen.Byte.Array[0, 200],
                Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Char["{}[]\",:\\x0\ud800"])
                    .Select(row => Encoding.UTF8.GetBytes($"{Whole[..row.Item1]}{row.Item2}{Whole[(row.Item1 + 1)..]}"))
            )
            .Sample(bytes =>
            {
                MailProfileFile.Parse(bytes);
                MailKeysFile.Parse(bytes);
            });

    private static MailProfile Read(string json) =>
        Assert.IsType<MailProfileParse.Parsed>(MailProfileFile.Parse(Encoding.UTF8.GetBytes(json))).Profile;

    private static MailProfileParse.Malformed Malformed(string json) =>
        Assert.IsType<MailProfileParse.Malformed>(MailProfileFile.Parse(Encoding.UTF8.GetBytes(json)));
}
