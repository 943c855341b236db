using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Shonin.Domain;
using Shonin.Specs.Help;
using Shonin.Specs.MailChecks;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Journeys.Screens;

/// <summary>The pages of sample orders on a real server, under the real headers, and a real browser before it.</summary>
public sealed class Gallery : IAsyncLifetime
{
    private readonly OneBrowser browser;
    private readonly WebApplication server;

    public Gallery(OneBrowser browser)
    {
        this.browser = browser;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        server = builder.Build();
        foreach (var asset in new[] { Asset.Stylesheet, Asset.Script, Asset.Icon })
            server.MapGet(asset.Path, () => Results.Bytes(asset.Content, asset.ContentType));
        MapScenes("scenes", (index, locale) => ScreenScenes.All[index].PageAsync(locale));
        MapScenes("check-scenes", (index, locale) => CheckScenes.All[index].PageAsync(locale));
        MapScenes("help-scenes", (index, locale) => HelpScene.All[index].PageAsync(locale));
        MapScenes("help-questions", (index, locale) => HelpScene.QuestionsPageAsync(ScreenScenes.All[index], locale));
    }

    public string Address => server.Urls.First();

    public async ValueTask InitializeAsync() => await server.StartAsync();

    /// <summary>A page in a window of its own.</summary>
    public async Task<IPage> OpenAsync(int width, ColorScheme scheme, bool withScript, string path)
    {
        var page = await browser.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = 844 },
                ColorScheme = scheme,
                JavaScriptEnabled = withScript,
            }
        );
        await page.GotoAsync(Address + path);
        return page;
    }

    private void MapScenes(string name, Func<int, Locale, Task<string>> page) =>
        server.MapGet($"/{name}/{{index:int}}/{{language}}", async (int index, string language, HttpContext http) =>
        {
            PageGate.AddHeaders(http.Response.Headers);
            return Results.Content(await page(index, language == "ja" ? Locale.Ja : Locale.En), "text/html; charset=utf-8");
        });

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
