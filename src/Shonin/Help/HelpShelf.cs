using System.Collections.Immutable;
using System.Reflection;
using Markdig;
using Shonin.Domain;
using Shonin.Domain.Help;
using Shonin.Web;

namespace Shonin.Help;

/// <summary>An article in one language.</summary>
/// <param name="Html">What stands below its title; made from our own Markdown, in which HTML is only text.</param>
public sealed record HelpArticle(string Name, string Title, string Html);

/// <summary>
/// All articles, in both languages: files <c>NAME.ja.md</c> and <c>NAME.en.md</c> of the program, of which the first line is the title.
/// </summary>
internal sealed class HelpShelf
{
    private static readonly MarkdownPipeline markdown = new MarkdownPipelineBuilder().DisableHtml().Build();

    private readonly ImmutableDictionary<Locale, ImmutableArray<(HelpArticle Article, SearchText Text)>> shelves =
        PageContext.Tags.ToImmutableDictionary(
            tag => tag.Key,
            tag => HelpArticles.All.Select(name => Load(name, tag.Value)).ToImmutableArray()
        );

    /// <summary>In the order in which they are shown.</summary>
    public ImmutableArray<HelpArticle> In(Locale locale) => [.. shelves[locale].Select(shelved => shelved.Article)];

    public HelpArticle? Find(string name, Locale locale) => In(locale).FirstOrDefault(article => article.Name == name);

    /// <summary>The articles that fit what somebody typed, the best first.</summary>
    public ImmutableArray<HelpArticle> Search(string typed, Locale locale)
    {
        var words = SearchText.WordsOf(typed);
        return
        [
            .. shelves[locale]
                .Select(shelved => (shelved.Article, Fit: shelved.Text.FitOf(words)))
                .Where(found => found.Fit > 0)
                .OrderByDescending(found => found.Fit)
                .Select(found => found.Article),
        ];
    }

    private static (HelpArticle Article, SearchText Text) Load(string name, string tag)
    {
        var file = $"Help/{name}.{tag}.md";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvariantBrokenException($"{file} is not in the assembly");
        using var reader = new StreamReader(stream);
        var title = reader.ReadLine()?.TrimStart('#').Trim() ?? "";
        var body = reader.ReadToEnd();
        return (new(name, title, Markdown.ToHtml(body, markdown)), new(title, Markdown.ToPlainText(body, markdown)));
    }
}
