using System.Reflection;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Shonin.Domain;
using Shonin.Domain.Notices;

namespace Shonin.Web;

/// <summary>What every page knows of where it stands.</summary>
/// <param name="Path">The page's own path, for the link to the other language.</param>
public sealed record PageContext(Locale Locale, MerchantProfile Merchant, string Path)
{
    public SpokenTime Time { get; } = new(Merchant.TimeZone);

    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(Merchant.TimeZone);

    public string Tag => Tags[Locale];

    /// <summary>When the page is made; null where nobody said.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Where help is from here: an order's pages lead to help with that order. Null at the desk.</summary>
    public string? HelpPath { get; init; } = Path == "/desk" || Path.StartsWith("/desk/", StringComparison.Ordinal) ? null : "/help";

    /// <summary>A path within these pages, in this page's language.</summary>
    public string To(string path) => $"{path}?lang={Tag}";

    public static IReadOnlyDictionary<Locale, string> Tags { get; } =
        new Dictionary<Locale, string> { [Locale.Ja] = "ja", [Locale.En] = "en" };
}

/// <summary>What a page shows; nothing but this reaches its markup.</summary>
public abstract record PageModel(PageContext Context);

/// <summary>A page: markup over one model, rendered once on the server. Its texts stand in it in both languages.</summary>
public abstract class Page<TModel> : ComponentBase
{
    [Parameter, EditorRequired]
    public required TModel Model { get; set; }
}

/// <summary>Turns a page into an answer.</summary>
internal sealed class PageResult<TPage, TModel>(TModel model, int statusCode) : IResult, IStatusCodeHttpResult
    where TPage : Page<TModel>
    where TModel : PageModel
{
    public int? StatusCode => statusCode;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var html = await PageHtml.RenderAsync<TPage, TModel>(model);
        httpContext.Response.StatusCode = statusCode;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        await httpContext.Response.WriteAsync(html, httpContext.RequestAborted);
    }
}

internal static class PageHtml
{
    /// <summary>Japanese stays Japanese; what could end a text or begin a tag is escaped.</summary>
    private static readonly ServiceProvider services = new ServiceCollection()
        .AddLogging()
        .AddSingleton(HtmlEncoder.Create(UnicodeRanges.All))
        .BuildServiceProvider();

    public static async Task<string> RenderAsync<TPage, TModel>(TModel model)
        where TPage : Page<TModel>
    {
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Page<TModel>.Model)] = model });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TPage>(parameters)).ToHtmlString());
    }
}

/// <summary>
/// The stylesheet and the script, under addresses that change with their content, so that a browser may keep them for ever.
/// </summary>
internal sealed record Asset(string Path, string ContentType, byte[] Content)
{
    public static Asset Stylesheet { get; } = Load("shonin.css", "text/css; charset=utf-8");
    public static Asset Script { get; } = Load("shonin.js", "text/javascript; charset=utf-8");
    public static Asset Icon { get; } = Load("icon.svg", "image/svg+xml");

    private static Asset Load(string name, string contentType)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Web/{name}")
            ?? throw new InvariantBrokenException($"{name} is not in the assembly");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new($"/assets/{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}/{name}", contentType, content);
    }
}
