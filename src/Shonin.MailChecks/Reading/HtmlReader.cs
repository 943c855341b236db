using System.Collections.Immutable;
using System.Text;
using MimeKit.Text;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>
/// What a page of HTML shows to a reader, and where its links go. No style is computed: hidden text is read too, as genuine mail has it as
/// often as fake mail.
/// </summary>
internal sealed class HtmlReader
{
    private const int TextLengthMax = 128 * 1024;
    private const int LinkTextLengthMax = 500;
    private const int LinkCountMax = 500;

    private readonly StringBuilder text;
    private readonly ImmutableArray<MailLink>.Builder links = ImmutableArray.CreateBuilder<MailLink>();
    private readonly StringBuilder linkText = new();
    private string? openHref;
    private Uri? page;
    private HtmlTagId silent = HtmlTagId.Unknown;

    private HtmlReader(int textLength) => text = new StringBuilder(textLength);

    public static (string Text, ImmutableArray<MailLink> Links) Read(string html)
    {
        var reader = new HtmlReader(Math.Min(html.Length, TextLengthMax));
        using var source = new StringReader(html);
        var tokenizer = new HtmlTokenizer(source);
        while (reader.text.Length < TextLengthMax && reader.links.Count < LinkCountMax && tokenizer.ReadNextToken(out var token))
            reader.Take(token);
        reader.CloseLink();
        return (reader.text.ToString(), reader.links.ToImmutable());
    }

    private void Take(HtmlToken token)
    {
        switch (token)
        {
            case HtmlTagToken tag:
                Tag(tag);
                break;
            case HtmlScriptDataToken:
                break;
            case HtmlDataToken data when silent == HtmlTagId.Unknown:
                Say(data.Data);
                break;
        }
    }

    private void Tag(HtmlTagToken tag)
    {
        // What stands in these is not shown.
        if (tag.Id is HtmlTagId.Style or HtmlTagId.Script or HtmlTagId.Title)
        {
            silent = tag.IsEndTag || tag.IsEmptyElement ? HtmlTagId.Unknown : tag.Id;
            return;
        }

        switch (tag.Id)
        {
            case HtmlTagId.Base
                when page is null && Attribute(tag, HtmlAttributeId.Href) is { } at && Uri.TryCreate(at, UriKind.Absolute, out var uri):
                page = uri;
                break;
            case HtmlTagId.A or HtmlTagId.Area:
                CloseLink();
                openHref = tag.IsEndTag ? null : Attribute(tag, HtmlAttributeId.Href);
                break;
            case HtmlTagId.Form when Attribute(tag, HtmlAttributeId.Action) is { Length: > 0 } action:
                links.Add(LinkHosts.Of("", action, page));
                break;
            case HtmlTagId.Image or HtmlTagId.Input when Attribute(tag, HtmlAttributeId.Alt) is { } alt:
                Say(alt);
                break;
            case HtmlTagId.Br
            or HtmlTagId.P
            or HtmlTagId.Div
            or HtmlTagId.TR
            or HtmlTagId.TD
            or HtmlTagId.LI
            or HtmlTagId.H1
            or HtmlTagId.H2
            or HtmlTagId.H3:
                text.Append('\n');
                break;
        }
    }

    private void Say(string words)
    {
        text.Append(words, 0, Math.Min(words.Length, TextLengthMax - Math.Min(text.Length, TextLengthMax)));
        if (openHref is not null && linkText.Length < LinkTextLengthMax)
            linkText.Append(words, 0, Math.Min(words.Length, LinkTextLengthMax));
    }

    private void CloseLink()
    {
        if (openHref is { Length: > 0 } href)
            links.Add(LinkHosts.Of(linkText.ToString().Trim(), href, page));
        openHref = null;
        linkText.Clear();
    }

    private static string? Attribute(HtmlTagToken tag, HtmlAttributeId id)
    {
        if (tag.IsEndTag)
            return null;
        foreach (var attribute in tag.Attributes)
        {
            if (attribute.Id == id)
                return attribute.Value;
        }

        return null;
    }
}
