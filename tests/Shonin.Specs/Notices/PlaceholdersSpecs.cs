using Shonin.Domain.Notices;

namespace Shonin.Specs.Notices;

public sealed class PlaceholdersSpecs
{
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
