using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Specs.Notices;

public sealed class OpeningHoursSpecs
{
    private static readonly TimeZoneInfo tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    [Theory]
    [InlineData("Mon-Fri 09:00-18:00", "2026-11-24T00:00:00Z", true)] // Tue 09:00 in Tokyo
    [InlineData("Mon-Fri 09:00-18:00", "2026-11-23T23:59:59Z", false)]
    [InlineData("Mon-Fri 09:00-18:00", "2026-11-24T08:59:59Z", true)]
    [InlineData("Mon-Fri 09:00-18:00", "2026-11-24T09:00:00Z", false)]
    [InlineData("Mon-Fri 09:00-18:00", "2026-11-28T03:00:00Z", false)] // Sat
    [InlineData("Mon-Fri 09:00-18:00, Sat 10:00-13:00", "2026-11-28T03:00:00Z", true)]
    [InlineData("Fri-Mon 00:00-24:00", "2026-11-28T14:59:00Z", true)] // Sat 23:59
    [InlineData("Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00", "2026-11-24T03:30:00Z", false)]
    public void Somebody_answers_within_the_hours_alone(string hours, string at, bool isOpen) =>
        Assert.Equal(isOpen, OpeningHours.Parse(hours)!.IsOpen(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), tokyo));

    [Theory]
    [InlineData("Mon-Fri 09:00-18:00", "2026-11-24T12:00:00Z", "2026-11-25T00:00:00Z")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-11-27T12:00:00Z", "2026-11-30T00:00:00Z")] // Friday night, until Monday
    [InlineData("Mon-Fri 09:00-18:00", "2026-11-23T20:00:00Z", "2026-11-24T00:00:00Z")]
    [InlineData("Wed 09:00-18:00", "2026-11-25T00:00:00Z", "2026-12-02T00:00:00Z")] // a week on
    public void The_next_opening_is_told(string hours, string after, string opening) =>
        Assert.Equal(
            DateTimeOffset.Parse(opening, CultureInfo.InvariantCulture),
            OpeningHours.Parse(hours)!.NextOpening(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), tokyo)
        );

    [Theory]
    [
        InlineData(""),
        InlineData("Mon-Fri"),
        InlineData("Mon 18:00-09:00"),
        InlineData("Mon 09:00-09:00"),
        InlineData("Mon 09:00-24:01"),
        InlineData("Mond 09:00-18:00")
    ]
    [InlineData("Mon 9:00-18:00"), InlineData("Mon 09:00-18:00;Tue 09:00-18:00"), InlineData("Mon 09:00-18:00,")]
    [InlineData("Mon-Sun 00:00-01:00, Mon-Sun 02:00-03:00, Mon-Sun 04:00-05:00, Mon 06:00-07:00")]
    public void Anything_else_is_no_opening_hours(string hours) => Assert.Null(OpeningHours.Parse(hours));

    [Theory]
    [InlineData("0120-000-000", true)]
    [InlineData("03-0000-0000", true)]
    [InlineData("０３-００００-００００", true)]
    [InlineData("+81 3 0000 0000", true)]
    [InlineData("03-1234-5678", true)]
    [InlineData("未定", true)]
    [InlineData("", true)]
    [InlineData("0120-444-113", false)]
    [InlineData("03-5550-0100", false)]
    [InlineData("0570-000-911", false)]
    [InlineData("06-6000-0001", false)]
    public void A_number_that_nobody_can_call_is_known(string phone, bool isPlaceholder) =>
        Assert.Equal(isPlaceholder, Placeholders.IsPhone(phone));

    [Theory]
    [InlineData("https://shop.example.jp/help", true)]
    [InlineData("https://example.com/", true)]
    [InlineData("https://help.shop.test/", true)]
    [InlineData("http://localhost:8580/help", true)]
    [InlineData("/help", true)]
    [InlineData("mailto:help@shop.jp", true)]
    [InlineData("https://www.example-shop.jp/help", false)]
    [InlineData("https://shop.jp/example.com", false)]
    [InlineData("https://myexample.jp/", false)]
    public void A_page_that_nobody_can_open_is_known(string address, bool isPlaceholder) =>
        Assert.Equal(isPlaceholder, Placeholders.IsPage(address));
}
