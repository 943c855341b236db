using CsCheck;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

/// <summary>What stands inside fields 48, 54, 90 and 95.</summary>
public sealed class SubfieldSpecs
{
    [Fact]
    public void Elements_are_written_by_ascending_id_and_read_again()
    {
        var elements = Subelements.Empty.With(92, "123").With(20, "C0").With(61, "").With(0, "x").Without(42);
        Assert.Equal("0001x2002C061009203123", elements.Write());
        var read = Read(Subelements.Parse(Wire.Bytes(elements.Write())));
        Assert.Equal([0, 20, 61, 92], read.Ids);
        Assert.Equal(("x", "C0", "", "123", null), (read[0], read[20], read[61], read[92], read[42]));
        Assert.True(Read(Subelements.Of(new Message(Mti.Parse("0100")))).IsEmpty);
    }

    [Theory]
    [InlineData("2002C04202", "DE 48 / element 42 / byte 10: expected 2 characters, got the end of the field after 0")]
    [InlineData("2002C042020", "DE 48 / element 42 / byte 10: expected 2 characters, got the end of the field after 1")]
    [InlineData("2003C0", "DE 48 / element 20 / byte 4: expected 3 characters, got the end of the field after 2")]
    [InlineData("2001C0", "DE 48 / byte 5: expected 2 digits of id and 2 of length")]
    [InlineData("2002C0420", "DE 48 / byte 6: expected 2 digits of id and 2 of length")]
    [InlineData("2A02C0", "DE 48 / byte 0: expected 2 digits of id and 2 of length")]
    [InlineData("20 2C0", "DE 48 / byte 0: expected 2 digits of id and 2 of length")]
    [InlineData("2002C02002M1", "DE 48 / element 20 / byte 6: expected an id above 20")]
    [InlineData("4202072002C0", "DE 48 / element 20 / byte 6: expected an id above 42")]
    public void Elements_that_are_unfinished_of_a_wrong_length_doubled_or_out_of_order_are_unreadable(string field, string what) =>
        Assert.Equal(what, Unreadable(Subelements.Parse(Wire.Bytes(field))));

    [Fact]
    public void An_element_has_an_id_of_two_digits_and_up_to_99_characters()
    {
        var longest = Subelements.Empty.With(99, new string('x', 99));
        Assert.Equal(99, Read(Subelements.Parse(Wire.Bytes(longest.Write())))[99]!.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => Subelements.Empty.With(99, new string('x', 100)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Subelements.Empty.With(100, "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Subelements.Empty.With(-1, "x"));
        Assert.Equal("43025e", Subelements.Empty.With(43, "5é").Write());
    }

    [Fact]
    public void Amounts_are_groups_of_twenty_and_up_to_six()
    {
        var amount = new AdditionalAmount("00", "57", 392, BalanceSign.Credit, 15000);
        var debit = new AdditionalAmount("10", "02", 36, BalanceSign.Debit, 999_999_999_999);
        Assert.Equal("0057392C000000015000" + "1002036D999999999999", AdditionalAmount.Write(amount, debit));
        Assert.Equal([amount, debit], Read(AdditionalAmount.Parse("0057392C0000000150001002036D999999999999"u8)));
        Assert.Empty(Read(AdditionalAmount.Parse(default)));
        Assert.Equal(6, Read(AdditionalAmount.Parse(Wire.Bytes(AdditionalAmount.Write(Enumerable.Repeat(amount, 6))))).Count);
        Assert.Equal(
            "DE 54 / byte 0: expected up to 6 groups of 20 characters, got 140 characters",
            Unreadable(AdditionalAmount.Parse(Wire.Bytes(AdditionalAmount.Write(Enumerable.Repeat(amount, 7)))))
        );
    }

    [Theory]
    [InlineData("0057392C00000001500", "DE 54 / byte 0: expected up to 6 groups of 20 characters, got 19 characters")]
    [InlineData("0057392C0000000150000", "DE 54 / byte 0: expected up to 6 groups of 20 characters, got 21 characters")]
    [InlineData("0057JPYC000000015000", "DE 54 / byte 0: expected 7 digits of account type, amount type and currency")]
    [InlineData("0057392C0000000150000057392X000000015000", "DE 54 / byte 27: expected C or D")]
    [InlineData("0057392c000000015000", "DE 54 / byte 7: expected C or D")]
    [InlineData("0057392C00000001500 ", "DE 54 / byte 8: expected 12 digits")]
    public void Amounts_of_another_shape_are_unreadable(string field, string what) =>
        Assert.Equal(what, Unreadable(AdditionalAmount.Parse(Wire.Bytes(field))));

    [Theory]
    [InlineData("5", "57", 392, 1)]
    [InlineData("00", "5X", 392, 1)]
    [InlineData("00", "57", 1000, 1)]
    [InlineData("00", "57", 392, -1)]
    [InlineData("00", "57", 392, 1_000_000_000_000)]
    public void An_amount_that_does_not_fit_its_group_is_refused(string account, string type, int currency, long minorUnits) =>
        Assert.ThrowsAny<ArgumentException>(() =>
            AdditionalAmount.Write(new AdditionalAmount(account, type, currency, BalanceSign.Credit, minorUnits))
        );

    [Fact]
    public void The_original_is_composed_of_type_number_time_and_two_institutions()
    {
        var original = new OriginalData(Mti.Parse("0100"), 42, "0101000000", 12345678901, 7);
        Assert.Equal("0100" + "000042" + "0101000000" + "12345678901" + "00000000007", original.Write());
        Assert.Equal(original, Read(OriginalData.Parse(Wire.Bytes(original.Write()))));
        Assert.Equal(
            "0100" + "000042" + "0101000000" + "00049990001" + "00000000000",
            new OriginalData(Mti.Parse("0100"), 42, "0101000000", 49990001).Write()
        );
        Assert.ThrowsAny<ArgumentException>(() => (original with { Stan = 1_000_000 }).Write());
        Assert.ThrowsAny<ArgumentException>(() => (original with { Stan = -1 }).Write());
        Assert.ThrowsAny<ArgumentException>(() => (original with { Transmitted = "101000000" }).Write());
        Assert.ThrowsAny<ArgumentException>(() => (original with { Acquirer = 123456789012 }).Write());
    }

    [Theory]
    [InlineData("01001234561124010203000499900010000000000", "DE 90 / byte 0: expected 42 digits, got 41 characters")]
    [InlineData("0100123456112401020300049990001000000000000", "DE 90 / byte 0: expected 42 digits, got 43 characters")]
    [InlineData("01001234561124010203   49990001           ", "DE 90 / byte 20: expected a digit, got another character")]
    public void An_original_of_another_shape_is_unreadable(string field, string what) =>
        Assert.Equal(what, Unreadable(OriginalData.Parse(Wire.Bytes(field))));

    [Fact]
    public void A_replacement_is_an_amount_of_twelve_digits_and_thirty_zeros()
    {
        Assert.Equal("000000005000" + new string('0', 30), new ReplacementAmount(5000).Write());
        Assert.Equal(
            new ReplacementAmount(999_999_999_999),
            Read(ReplacementAmount.Parse(Wire.Bytes("999999999999" + new string('0', 30))))
        );
        Assert.ThrowsAny<ArgumentException>(() => new ReplacementAmount(1_000_000_000_000).Write());
    }

    [Theory]
    [InlineData("00000000500000000000000000000000000000000", "DE 95 / byte 0: expected 12 digits and 30 zeros, got 41 characters")]
    [InlineData("00000000500A000000000000000000000000000000", "DE 95 / byte 0: expected 12 digits, got other characters")]
    [InlineData("000000005000000000000000000000000000000001", "DE 95 / byte 41: expected zeros behind the amount, got another character")]
    public void A_replacement_of_another_shape_is_unreadable(string field, string what) =>
        Assert.Equal(what, Unreadable(ReplacementAmount.Parse(Wire.Bytes(field))));

    [Fact]
    public void Any_bytes_are_read_or_unreadable_and_what_is_read_comes_back()
    {
        var mutated = Mutation.Of(Wire.Bytes("2002C04202076101192031230057392C000000015000"));
        Gen.OneOf(Gen.Byte.Array[0, 60], mutated, Gen.Char['0', '3'].Array[0, 60].Select(digits => Wire.Bytes(new string(digits))))
            .Sample(
                bytes =>
                {
                    if (
                        Subelements.Parse(bytes) is FieldReading<Subelements>.Read(var elements)
                        && bytes.All(character => character < 0x80)
                    )
                    {
                        Assert.Equal(bytes, Wire.Bytes(elements.Write()));
                    }

                    if (AdditionalAmount.Parse(bytes) is FieldReading<IReadOnlyList<AdditionalAmount>>.Read(var amounts))
                        Assert.Equal(bytes, Wire.Bytes(AdditionalAmount.Write(amounts)));
                    if (OriginalData.Parse(bytes) is FieldReading<OriginalData>.Read(var original))
                        Assert.Equal(bytes, Wire.Bytes(original.Write()));
                    if (ReplacementAmount.Parse(bytes) is FieldReading<ReplacementAmount>.Read(var replacement))
                        Assert.Equal(bytes, Wire.Bytes(replacement.Write()));
                },
                iter: Walks.Times(1_334)
            );
    }

    private static T Read<T>(FieldReading<T> reading) => Assert.IsType<FieldReading<T>.Read>(reading).Value;

    private static string Unreadable<T>(FieldReading<T> reading) => Assert.IsType<FieldReading<T>.Unreadable>(reading).What;
}
