using Shonin.Domain;
using Shonin.Domain.Help;
using Shonin.Help;

namespace Shonin.Specs.Help;

public sealed class HelpShelfSpecs
{
    private readonly HelpShelf shelf = new();

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public void Every_article_is_there_with_a_title_and_a_body(Locale locale)
    {
        Assert.Equal(HelpArticles.All, shelf.In(locale).Select(article => article.Name));
        Assert.All(shelf.In(locale), article =>
        {
            Assert.NotEmpty(article.Title);
            Assert.DoesNotContain("#", article.Title, StringComparison.Ordinal);
            Assert.Contains("<h2", article.Html, StringComparison.Ordinal);
            Assert.DoesNotContain("**", article.Html, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("承認", Locale.Ja, HelpArticles.Approval)]
    [InlineData("カードが承認されない", Locale.Ja, HelpArticles.Approval)]
    [InlineData("にせのメール", Locale.Ja, HelpArticles.RealMail)]
    [InlineData("偽メール 本物", Locale.Ja, HelpArticles.RealMail)]
    [InlineData("取り消し", Locale.Ja, HelpArticles.Cancelling)]
    [InlineData("デビットカード", Locale.Ja, HelpArticles.Holds)]
    [InlineData("ﾃﾞﾋﾞｯﾄｶｰﾄﾞ", Locale.Ja, HelpArticles.Holds)]
    [InlineData("fake", Locale.En, HelpArticles.RealMail)]
    [InlineData("Cancelling an ORDER", Locale.En, HelpArticles.Cancelling)]
    [InlineData("charged twice", Locale.En, HelpArticles.Holds)]
    [InlineData("parcel", Locale.En, HelpArticles.Delivery)]
    public void What_is_typed_finds_the_article_that_is_about_it(string typed, Locale locale, string name) =>
        Assert.Equal(name, shelf.Search(typed, locale).FirstOrDefault()?.Name);

    [Theory]
    [InlineData("zzzz", Locale.En)]
    [InlineData("量子力学", Locale.Ja)]
    [InlineData("parcel zzzz", Locale.En)]
    [InlineData("\uD800", Locale.Ja)]
    public void What_fits_nothing_finds_nothing(string typed, Locale locale) => Assert.Empty(shelf.Search(typed, locale));
}
