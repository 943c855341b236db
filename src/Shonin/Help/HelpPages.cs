using Shonin.Web;

namespace Shonin.Help;

/// <summary>Help for whoever has no order at hand: how to find it, what to read, and how to reach a person.</summary>
internal sealed class HelpPages(HelpShelf shelf)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/help", Show);
        routes.MapGet("/help/articles/{name}", ShowArticle);
    }

    private PageResult<HelpPage, HelpModel> Show(HttpContext http)
    {
        var context = PageFaults.ContextOf(http, "/help");
        var asked = http.Request.Query["q"].ToString().Trim();
        var typed = asked.Length <= SearchText.TypedLengthMax ? asked : asked[..SearchText.TypedLengthMax];
        return new(
            new(context, typed, typed.Length == 0 ? shelf.In(context.Locale) : shelf.Search(typed, context.Locale)),
            StatusCodes.Status200OK
        );
    }

    private IResult ShowArticle(HttpContext http, string name)
    {
        var context = PageFaults.ContextOf(http, $"/help/articles/{name}");
        return shelf.Find(name, context.Locale) is { } article
            ? new PageResult<ArticlePage, ArticleModel>(new(context, article), StatusCodes.Status200OK)
            : PageFaults.NotFound(http);
    }
}
