using Shonin.Web;

namespace Shonin.Specs.Web;

public sealed class MailAddressSpecs
{
    [Theory]
    [InlineData("hanako@example.jp", "hanako@example.jp", "hanako@example.jp")]
    [InlineData("Hanako.Y+shop@Example.jp", "Hanako.Y+shop@Example.jp", "Hanako.Y+shop@Example.jp")]
    [InlineData("a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp", "\"a..b.\"@docomo.ne.jp")]
    [InlineData(".abc@ezweb.ne.jp", ".abc@ezweb.ne.jp", "\".abc\"@ezweb.ne.jp")]
    [InlineData("\"a..b.\"@docomo.ne.jp", "a..b.@docomo.ne.jp", "\"a..b.\"@docomo.ne.jp")]
    [InlineData("hanako@例え.jp", "hanako@xn--r8jz45g.jp", "hanako@xn--r8jz45g.jp")]
    [InlineData("hanako@XN--R8JZ45G.jp", "hanako@XN--R8JZ45G.jp", "hanako@XN--R8JZ45G.jp")]
    [InlineData("花子@example.jp", "花子@example.jp", "花子@example.jp")]
    public void An_address_as_people_have_it_is_taken_and_stands_in_an_envelope_as_a_relay_reads_it(
        string typed,
        string text,
        string envelope
    )
    {
        var address = MailAddress.Read(typed)!;
        Assert.Equal((text, envelope), (address.Text, address.Envelope));
        Assert.Equal(address, MailAddress.Read(envelope));
    }

    [Theory]
    [InlineData("hanako@example.jp.")]
    [InlineData("hanako@例え.jp.")]
    [InlineData("hanako")]
    [InlineData("@example.jp")]
    [InlineData("\"\"@example.jp")]
    [InlineData("\"@example.jp")]
    [InlineData("hanako@localhost")]
    [InlineData("hanako@192.0.2.1")]
    [InlineData("hana ko@example.jp")]
    [InlineData("\"hana ko\"@example.jp")]
    [InlineData("hanako\0@example.jp")]
    [InlineData("hanako\u0085@example.jp")]
    [InlineData("hana\u202eko@example.jp")]
    [InlineData("hana\u3000ko@example.jp")]
    [InlineData("hana\u2028ko@example.jp")]
    [InlineData("hanako@exa\tmple.jp")]
    [InlineData("hanako@example..jp")]
    [InlineData("a@b@example.jp")]
    [InlineData("Hanako <hanako@example.jp>")]
    public void What_no_relay_would_take_is_no_address(string typed) => Assert.Null(MailAddress.Read(typed));

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_letter()
    {
        Assert.Null(MailAddress.Read("hana\ud83dko@example.jp"));
        Assert.NotNull(MailAddress.Read("hana\ud842\udfb7ko@example.jp"));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_local_part_has_64_octets_at_most_RFC_5321_4_5_3_1_1(int size, bool isOne)
    {
        Assert.Equal(isOne, MailAddress.IsOne(new string('a', size) + "@example.jp"));
        Assert.Equal(isOne, MailAddress.IsOne("字" + new string('a', size - 3) + "@example.jp"));
    }

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, false)]
    public void An_address_has_254_octets_at_most_RFC_5321_4_5_3_1_3(int size, bool isOne)
    {
        var label = new string('d', 60);
        var start = $"a@{label}.{label}.{label}.{label[..50]}.";
        Assert.Equal(isOne, MailAddress.IsOne(start + new string('e', size - start.Length - 3) + ".jp"));
    }

    [Fact]
    public void What_a_relay_says_is_kept_without_anybodys_address() =>
        Assert.Equal(
            "5.1.1 <…@…>: no such user …@… (see mx.example.jp)",
            MailAddress.Hide("5.1.1 <hanako@example.jp>: no such user \"a..b.\"@docomo.ne.jp (see mx.example.jp)")
        );
}
