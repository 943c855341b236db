using Shonin.Domain.Contacts;
using Shonin.Merchant.Contacts;

namespace Shonin.Specs.Contacts;

public sealed class TypedTextSpecs
{
    [Fact]
    public void Line_breaks_of_a_form_count_once_and_nothing_that_steers_a_screen_is_kept()
    {
        Assert.Equal("一\n二", TypedText.Read(" 一\r\n二 "));
        Assert.Equal("ab", TypedText.Read("a\u0000\u001b\u202e\u2066b"));
        var longest = new string('あ', ContactLimits.TextLengthMax - 20) + string.Concat(Enumerable.Repeat("\r\n", 19)) + "い";
        Assert.Equal(ContactLimits.TextLengthMax, TypedText.Read(longest)!.Length);
    }

    [Fact]
    public void Nothing_and_too_much_are_no_message()
    {
        Assert.Null(TypedText.Read(null));
        Assert.Null(TypedText.Read(" \r\n\u202e"));
        Assert.NotNull(TypedText.Read(new string('a', ContactLimits.TextLengthMax)));
        Assert.Null(TypedText.Read(new string('a', ContactLimits.TextLengthMax + 1)));
    }
}
