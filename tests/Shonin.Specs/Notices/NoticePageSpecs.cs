using System.Text;
using Shonin.Domain;

namespace Shonin.Specs.Notices;

/// <summary>The page of the documentation that shows every notice. Set SHONIN_WRITE_PAGES=1 to write it again from the templates.</summary>
public sealed class NoticePageSpecs
{
    private const string Introduction = """
        # Every notice, word for word

        What a customer reads, made from the real templates. Each notice is a mail and the same words in the message centre; as a mail it
        is plain text and HTML with the same words. The first is shown whole; the others end where the facts of the order, the help and the
        check follow in the same words. The specs compare this page with the templates: `SHONIN_WRITE_PAGES=1 ./shonin test` writes it again.

        """;

    [Fact]
    public void The_page_of_notices_shows_what_the_templates_say()
    {
        var page = Path.Combine(Repository.Root, "docs", "notices.md");
        var written = Write();
        if (Environment.GetEnvironmentVariable("SHONIN_WRITE_PAGES") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(page)!);
            File.WriteAllText(page, written);
        }
        Assert.True(File.Exists(page), $"{page} is missing: run this spec with SHONIN_WRITE_PAGES=1");
        Assert.Equal(written, File.ReadAllText(page));
    }

    private static IEnumerable<NoticeScene> Scenes(Locale locale) => NoticeScenes.All(locale).Concat(NoticeScenes.Late(locale));

    internal static string Write()
    {
        var page = new StringBuilder(Introduction);
        var isFirst = true;
        foreach (var (japanese, english) in Scenes(Locale.Ja).Zip(Scenes(Locale.En)))
        {
            page.Append("\n## ").Append(char.ToUpperInvariant(japanese.Title[0])).Append(japanese.Title[1..]).Append('\n');
            foreach (var text in new[] { japanese.Write(), english.Write() })
            {
                page.Append("\n### ")
                    .Append(text.Subject)
                    .Append("\n\n```text\n")
                    .Append(isFirst ? text.Text : WithoutTail(text.Text))
                    .Append("```\n");
            }

            isFirst = false;
        }
        return page.ToString();
    }

    private static string WithoutTail(string text) =>
        text[
            ..(
                text.IndexOf("■ ご注文の内容", StringComparison.Ordinal) is var at and >= 0
                    ? at
                    : text.IndexOf("■ Your order\n", StringComparison.Ordinal)
            )
        ]
            .TrimEnd() + "\n";
}
