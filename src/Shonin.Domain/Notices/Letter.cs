using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace Shonin.Domain.Notices;

/// <summary>A message before it is set in a language and a form.</summary>
/// <param name="Lead">What happened, in one sentence that is true at the moment it is sent.</param>
public sealed record Letter(
    Words Subject,
    Words? Greeting,
    Words Lead,
    ImmutableArray<Passage> Opening,
    ImmutableArray<Section> Sections,
    Words Signature
)
{
    public NoticeText In(Locale locale) =>
        new(Subject.In(locale), new TextPrinter(locale).Print(this), new HtmlPrinter(locale).Print(this));
}

public sealed record Section(Words Heading, ImmutableArray<Passage> Passages);

/// <summary>A piece of a letter.</summary>
public abstract record Passage
{
    private Passage() { }

    public sealed record Sentence(Words Words) : Passage;

    /// <summary>Something that the customer can do, by the name of its button.</summary>
    public sealed record Choice(Words Name, Words Effect) : Passage;

    public sealed record Step(int Ordinal, Words Words) : Passage;

    public sealed record Fact(Words Label, Words Value) : Passage;

    /// <summary>An address, written out.</summary>
    public sealed record Link(Words Label, string Url) : Passage;
}

/// <summary>The letter as plain text, to be read as it is.</summary>
internal sealed class TextPrinter(Locale locale)
{
    private const int UsualLength = 1_024;

    private readonly StringBuilder text = new(UsualLength);

    public string Print(Letter letter)
    {
        if (letter.Greeting is { } greeting)
            Line(greeting.In(locale)).Append('\n');
        Line(letter.Lead.In(locale)).Append('\n');
        Passages(letter.Opening);
        foreach (var section in letter.Sections)
        {
            Line($"■ {section.Heading.In(locale)}");
            Passages(section.Passages);
        }
        Line(letter.Signature.In(locale));
        return text.ToString();
    }

    private void Passages(ImmutableArray<Passage> passages)
    {
        if (passages.IsEmpty)
            return;
        foreach (var passage in passages)
        {
            Line(
                passage switch
                {
                    Passage.Sentence sentence => sentence.Words.In(locale),
                    Passage.Choice choice => $"・{Quote(choice.Name.In(locale), locale)}\n  {choice.Effect.In(locale)}",
                    Passage.Step step => $"{step.Ordinal}. {step.Words.In(locale)}",
                    Passage.Fact fact => $"{fact.Label.In(locale)}: {fact.Value.In(locale)}",
                    Passage.Link link => $"{link.Label.In(locale)}:\n{link.Url}",
                    _ => throw new System.Diagnostics.UnreachableException(),
                }
            );
        }

        text.Append('\n');
    }

    private StringBuilder Line(string line) => text.Append(line).Append('\n');

    internal static string Quote(string name, Locale locale) =>
        locale switch
        {
            Locale.Ja => $"「{name}」",
            Locale.En => $"“{name}”",
        };
}

/// <summary>The same words as one small page: no picture, no script, nothing fetched from anywhere.</summary>
internal sealed class HtmlPrinter(Locale locale)
{
    /// <summary>Both colour schemes reach a contrast of 7 : 1 for text and links (WCAG 2.2, 1.4.6).</summary>
    private const string Style =
        ":root{color-scheme:light dark}"
        + "body{margin:0;background:#fff;color:#1a1a1c;font:1rem/1.7 system-ui,'Hiragino Sans','Noto Sans JP',sans-serif}"
        + "main{max-inline-size:38rem;margin-inline:auto;padding:1.5rem 1rem}"
        + "h1{font-size:1.25rem;line-height:1.5}h2{font-size:1.0625rem;margin-block:2rem .5rem}"
        + "p,ul,ol,dl{margin-block:.5rem}ul,ol{padding-inline-start:1.5rem}dt{font-weight:bold}dd{margin:0 0 .5rem}"
        + "a{color:#0017c1;overflow-wrap:anywhere}"
        + "@media(prefers-color-scheme:dark){body{background:#1a1a1c;color:#f2f2f2}a{color:#c5d7fb}}";

    private const int UsualLength = 4_096;

    private readonly StringBuilder html = new(UsualLength);

    public string Print(Letter letter)
    {
        html.Append("<!doctype html>\n<html lang=\"")
            .Append(locale == Locale.Ja ? "ja" : "en")
            .Append("\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append(
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
            );
        Element("title", letter.Subject.In(locale));
        html.Append("<style>").Append(Style).Append("</style>\n</head>\n<body>\n<main>\n");
        if (letter.Greeting is { } greeting)
            Element("p", greeting.In(locale));
        Element("h1", letter.Lead.In(locale));
        Passages(letter.Opening);
        foreach (var section in letter.Sections)
        {
            html.Append("<section>\n");
            Element("h2", section.Heading.In(locale));
            Passages(section.Passages);
            html.Append("</section>\n");
        }
        Element("p", letter.Signature.In(locale));
        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private void Passages(ImmutableArray<Passage> passages)
    {
        for (var index = 0; index < passages.Length; )
        {
            var list = ListOf(passages[index]);
            if (list is null)
            {
                Piece(passages[index++]);
                continue;
            }
            html.Append('<').Append(list).Append(">\n");
            while (index < passages.Length && ListOf(passages[index]) == list)
                Piece(passages[index++]);
            html.Append("</").Append(list).Append(">\n");
        }
    }

    /// <summary>The list that a passage stands in, or null.</summary>
    private static string? ListOf(Passage passage) =>
        passage switch
        {
            Passage.Choice => "ul",
            Passage.Step => "ol",
            Passage.Fact => "dl",
            Passage.Sentence or Passage.Link => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private void Piece(Passage passage)
    {
        switch (passage)
        {
            case Passage.Sentence sentence:
                Element("p", sentence.Words.In(locale));
                break;
            case Passage.Choice choice:
                html.Append("<li><strong>")
                    .Append(Escape(TextPrinter.Quote(choice.Name.In(locale), locale)))
                    .Append("</strong><br>")
                    .Append(Escape(choice.Effect.In(locale)))
                    .Append("</li>\n");
                break;
            case Passage.Step step:
                Element("li", step.Words.In(locale));
                break;
            case Passage.Fact fact:
                Element("dt", fact.Label.In(locale));
                Element("dd", fact.Value.In(locale));
                break;
            case Passage.Link link:
                html.Append("<p>")
                    .Append(Escape(link.Label.In(locale)))
                    .Append("<br><a href=\"")
                    .Append(Escape(link.Url))
                    .Append("\">")
                    .Append(Escape(link.Url))
                    .Append("</a></p>\n");
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Element(string name, string content) =>
        html.Append('<').Append(name).Append('>').Append(Escape(content)).Append("</").Append(name).Append(">\n");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
