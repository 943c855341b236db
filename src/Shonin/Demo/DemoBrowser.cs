using System.Net;
using System.Text.RegularExpressions;

namespace Shonin.Demo;

/// <summary>Somebody at a browser without script: follows links, fills in forms as they stand on the page, keeps its own cookies.</summary>
internal sealed partial class DemoBrowser : IDisposable
{
    private readonly HttpClient http;

    public DemoBrowser(string baseUrl)
    {
        var handler = new HttpClientHandler { CookieContainer = Cookies };
        http = new HttpClient(handler) { BaseAddress = new Uri(baseUrl), Timeout = DemoPace.Patience };
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The page that is open, as its reader reads it.</summary>
    public string Text => WebUtility.HtmlDecode(Tag().Replace(html, " "));

    private string html = "";

    /// <summary>What the paragraph with this attribute says; empty where there is none.</summary>
    public string TextOf(string attribute) =>
        WebUtility.HtmlDecode(
            Regex.Match(html, $"<p[^>]* {attribute}[^>]*>([^<]*)</p>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value
        );

    /// <exception cref="CannotGoOnException">The page was not given.</exception>
    public async Task OpenAsync(string address, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), cancellation);
        await ShowAsync(response, $"GET {address}", cancellation);
    }

    /// <summary>Sends the form of the page that leads to an address with this end, with what stands in it and what is filled in.</summary>
    /// <exception cref="CannotGoOnException">There is no such form, or it was refused.</exception>
    public async Task SendAsync(
        string actionEnd,
        CancellationToken cancellation,
        params IReadOnlyList<(string Name, string Value)> filledIn
    )
    {
        foreach (Match form in Form().Matches(html))
        {
            var action = WebUtility.HtmlDecode(form.Groups["action"].Value);
            if (!action.Split('?')[0].EndsWith(actionEnd, StringComparison.Ordinal))
                continue;
            var fields = Hidden()
                .Matches(form.Groups["inner"].Value)
                .Select(input => KeyValuePair.Create(input.Groups["name"].Value, WebUtility.HtmlDecode(input.Groups["value"].Value)))
                .Concat(filledIn.Select(field => KeyValuePair.Create(field.Name, field.Value)));
            using var content = new FormUrlEncodedContent(fields);
            using var response = await http.PostAsync(new Uri(action, UriKind.RelativeOrAbsolute), content, cancellation);
            await ShowAsync(response, $"POST {action}", cancellation);
            return;
        }
        throw new CannotGoOnException($"The page has no form that leads to …{actionEnd}: {Text}");
    }

    public void Dispose() => http.Dispose();

    private async Task ShowAsync(HttpResponseMessage response, string request, CancellationToken cancellation)
    {
        html = await response.Content.ReadAsStringAsync(cancellation);
        // A door that is closed shows where to sign in, and that is a page too.
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.Unauthorized)
            throw new CannotGoOnException($"{request} was answered {(int)response.StatusCode}: {Text}");
    }

    [GeneratedRegex("<form[^>]* action=\"(?<action>[^\"]*)\"[^>]*>(?<inner>.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();

    [GeneratedRegex("<style.*?</style>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Tag();
}
