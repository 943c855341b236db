using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Shonin.Domain;
using Shonin.Domain.Hours;
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

    /// <summary>When somebody answers; null where only the merchant's texts say so.</summary>
    public OpeningHours? Hours { get; init; }

    /// <summary>Where help is from here: an order's pages lead to help with that order. Null at the desk.</summary>
    public string? HelpPath { get; init; } = Path == "/desk" || Path.StartsWith("/desk/", StringComparison.Ordinal) ? null : "/help";

    /// <summary>Where an agent is asked from here: about the order whose pages these are, or about anything. Null at the desk.</summary>
    public string? AskPath =>
        HelpPath switch
        {
            null => null,
            "/help" => "/help/ask",
            var ofOrder => $"{ofOrder[..^"/help".Length]}/chat",
        };

    /// <summary>Where the customer's account is from here: everywhere but at the desk.</summary>
    public string? AccountPath { get; init; } = Path == "/desk" || Path.StartsWith("/desk/", StringComparison.Ordinal) ? null : "/account";

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
/// The stylesheet and the scripts, under addresses that change with their content, so that a browser may keep them for ever.
/// </summary>
/// <param name="Brotli">The same content, compressed once.</param>
public sealed record Asset(string Path, string ContentType, ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte> Brotli)
{
    public static Asset Stylesheet { get; } = Load("shonin.css", "text/css; charset=utf-8", "shonin.css");
    public static Asset Script { get; } = Load("shonin.js", JavaScript, "shonin.js");

    /// <summary>For pages with a conversation: one file, so that a page costs one request more than its text and no two.</summary>
    public static Asset ChatScript { get; } = Load("chat.js", JavaScript, "signalr.min.js", "shonin.js", "chat.js");
    public static Asset Icon { get; } = Load("icon.svg", "image/svg+xml", "icon.svg");

    public static IReadOnlyList<Asset> All { get; } = [Stylesheet, Script, ChatScript, Icon];

    private const string JavaScript = "text/javascript; charset=utf-8";

    private static Asset Load(string name, string contentType, params ReadOnlySpan<string> parts)
    {
        var content = new MemoryStream();
        foreach (var part in parts)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Web/{part}")
                ?? throw new InvariantBrokenException($"{part} is not in the assembly");
            stream.CopyTo(content);
            content.WriteByte((byte)'\n');
        }
        var bytes = content.ToArray();
        var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize))
            brotli.Write(bytes);
        return new($"/assets/{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}/{name}", contentType, bytes, compressed.ToArray());
    }
}
