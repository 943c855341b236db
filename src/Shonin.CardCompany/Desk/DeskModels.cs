using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Shonin.CardCompany.Desk;

/// <summary>
/// What every page of the desk knows. Razor's components are public, and so are the models that they show; their members are the desk's.
/// </summary>
public sealed class DeskContext
{
    private readonly string query;

    private DeskContext(DeskLanguage language, string query) => (Language, this.query) = (language, query);

    internal DeskLanguage Language { get; }

    internal string Say(DeskText text) => text.In(Language);

    /// <summary>A path of the desk, in the language that was asked for.</summary>
    internal string To(string path) => path + query;

    /// <summary>The language that the address asks for, else what the browser prefers, else Japanese.</summary>
    internal static DeskContext Of(HttpRequest request)
    {
        var asked = request.Query["lang"].ToString();
        var language = (asked, request.Headers.AcceptLanguage.ToString()) switch
        {
            ("en", _) => DeskLanguage.En,
            ("", var preferred) when preferred.StartsWith("en", StringComparison.OrdinalIgnoreCase) => DeskLanguage.En,
            _ => DeskLanguage.Ja,
        };
        return new(language, asked is "ja" or "en" ? $"?lang={asked}" : "");
    }
}

/// <summary>A form of the desk, or what went wrong.</summary>
public class DeskModel
{
    internal DeskModel(DeskContext context) => Context = context;

    internal DeskContext Context { get; }

    /// <summary>The session's, which its forms send back; empty where nobody is signed in.</summary>
    internal string FormToken { get; init; } = "";
    internal DeskText? Problem { get; init; }
}

/// <summary>A card and its history, the newest first.</summary>
public sealed class CardModel : DeskModel
{
    internal CardModel(DeskContext context, CardAtDesk card, IReadOnlyList<HistoryItem> history)
        : base(context) => (Card, History) = (card, history);

    internal CardAtDesk Card { get; }
    internal IReadOnlyList<HistoryItem> History { get; }
}

/// <summary>A page of the desk: markup over one model, rendered once.</summary>
public abstract class DeskPage<TModel> : ComponentBase
    where TModel : DeskModel
{
    [Parameter, EditorRequired]
    public required TModel Model { get; set; }

    private protected string Say(DeskText text) => Model.Context.Say(text);
}

/// <summary>Turns a page of the desk into an answer.</summary>
internal sealed class DeskPageResult<TPage, TModel>(TModel model, int statusCode = StatusCodes.Status200OK) : IResult
    where TPage : DeskPage<TModel>
    where TModel : DeskModel
{
    /// <summary>Japanese stays Japanese; what could end a text or begin a tag is escaped.</summary>
    private static readonly ServiceProvider services = new ServiceCollection()
        .AddLogging()
        .AddSingleton(HtmlEncoder.Create(UnicodeRanges.All))
        .BuildServiceProvider();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(DeskPage<TModel>.Model)] = model });
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(parameters)).ToHtmlString()
        );
        var response = httpContext.Response;
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.StatusCode = statusCode;
        response.ContentType = "text/html; charset=utf-8";
        await response.WriteAsync(html, httpContext.RequestAborted);
    }
}
