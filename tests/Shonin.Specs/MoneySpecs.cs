using Shonin.Domain;

namespace Shonin.Specs;

public sealed class MoneySpecs
{
    [Fact]
    public void Yen_have_no_minor_unit_and_are_written_as_each_language_writes_them()
    {
        var price = new Money(12480, Currency.Jpy);
        Assert.Equal("12,480円", price.Text(Locale.Ja));
        Assert.Equal("¥12,480", price.Text(Locale.En));
        Assert.Equal("12.05 USD", new Money(1205, Currency.Usd).Text(Locale.En));
    }

    [Fact]
    public void Amounts_of_two_currencies_are_never_added() =>
        Assert.Throws<InvalidOperationException>(() => new Money(1, Currency.Jpy) + new Money(1, Currency.Usd));
}
