using System.Globalization;
using CsCheck;
using Shonin.Domain.Hours;

namespace Shonin.Specs.Hours;

public sealed class SpecialDaysSpecs
{
    [Fact]
    public void A_file_of_a_spreadsheet_is_read()
    {
        var reading = SpecialDays.Parse(
            "\uFEFF日付,名前,name,hours\r\n2027-01-01,元日,New Year's Day,closed\r\n# ours\r\n\r\n,,,\r\n"
                + "2026/12/30,年末,\"Year end, short\",10:00-12:00 13:00-15:00,,\r\n2027/1/4,初売り,First sale,22:00-02:00"
        );

        Assert.Empty(reading.Faults);
        Assert.Equal(3, reading.Days.Count);
        Assert.Equal(new DateOnly(2027, 1, 4), reading.Days.Last);
        Assert.Empty(reading.Days.On(new(2027, 1, 1))!.Periods);
        var short30 = reading.Days.On(new(2026, 12, 30))!;
        Assert.Equal(("年末", "Year end, short"), (short30.Name.Ja, short30.Name.En));
        Assert.Equal(2, short30.Periods.Length);
        Assert.Equal(TimeSpan.FromHours(26), Assert.Single(reading.Days.On(new(2027, 1, 4))!.Periods).To);
        Assert.Null(reading.Days.On(new(2027, 1, 2)));
    }

    [Theory]
    [InlineData("2027-01-01,元日,New Year's Day", "3 fields between commas, expected 4")]
    [InlineData("2027-01-01,元日,New Year's Day,closed,more", "5 fields between commas")]
    [InlineData("2027-01-01;元日;New Year's Day;closed", "1 fields between commas")]
    [InlineData("2027-02-29,閏日,Leap day,closed", "\"2027-02-29\" is no date")]
    [InlineData("1.1.2027,元日,New Year's Day,closed", "\"1.1.2027\" is no date")]
    [InlineData("2027-01-01,,New Year's Day,closed", "\"\" is no name")]
    [InlineData("2027-01-01,元日,New\tYear,closed", "is no name")]
    [InlineData("2027-01-01,元日,New Year's Day,", "\"\" is neither closed nor hours")]
    [InlineData("2027-01-01,元日,New Year's Day,9-18", "\"9-18\" is neither closed nor hours; expected closed, or as in 10:00-15:00")]
    [InlineData("2027-01-01,元日,New Year's Day,10:00-10:00", "neither closed nor hours")]
    [InlineData("2027-01-01,\"元日,New Year's Day,closed", "a quotation mark is not closed")]
    [InlineData("2027-01-01,\uFFFD\uFFFD,New Year's Day,closed", "save the file as \"CSV UTF-8\"")]
    [InlineData("2026-12-30,元日,New Year's Day,closed", "2026-12-30 stands already in line 1")]
    public void A_wrong_line_is_named_with_what_to_write_and_the_others_hold(string wrong, string told)
    {
        var reading = SpecialDays.Parse($"2026-12-30,年末,Year end,closed\n{wrong}\n2026-12-31,大晦日,New Year's Eve,closed");

        var fault = Assert.Single(reading.Faults);
        Assert.Equal(2, fault.Line);
        Assert.Contains(told, fault.What, StringComparison.Ordinal);
        Assert.Equal(2, reading.Days.Count);
    }

    [Fact]
    public void Names_and_lines_have_a_limit()
    {
        Assert.Empty(SpecialDays.Parse($"2027-01-01,{new string('日', SpecialDays.NameLengthMax)},New Year,closed").Faults);
        Assert.Single(SpecialDays.Parse($"2027-01-01,{new string('日', SpecialDays.NameLengthMax + 1)},New Year,closed").Faults);

        var lines = Enumerable
            .Range(0, SpecialDays.LineCountMax + 1)
            .Select(count =>
                new DateOnly(2026, 1, 1).AddDays(count).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ",休,Off,closed"
            )
            .ToList();
        Assert.Empty(SpecialDays.Parse(string.Join('\n', lines.Take(SpecialDays.LineCountMax))).Faults);
        var tooMany = SpecialDays.Parse(string.Join('\n', lines));
        Assert.Equal(SpecialDays.LineCountMax + 1, Assert.Single(tooMany.Faults).Line);
        Assert.Equal(SpecialDays.LineCountMax, tooMany.Days.Count);
    }

    [Fact]
    public void No_text_makes_it_throw() =>
        Gen.OneOf(Gen.String, Gen.Char[",\"\n\r#20-7:1元 closed"].Array[0, 60].Select(letters => new string(letters)))
            .Sample(text => SpecialDays.Parse(text).Faults.All(fault => fault.Line >= 1), iter: Walks.Times(2_000));
}
