using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shonin.CardCompany.Deciding;
using Shonin.EventLog;

namespace Shonin.CardCompany.Desk;

/// <summary>
/// The desk's page: sign in, type a card's number, see its history, release or settle. Plain forms, no script. The number goes into
/// a body and is answered with a redirect to the card's opaque id, so that it stays out of addresses and of the browser's history.
/// </summary>
internal static class DeskPages
{
    private const string Cookie = "shonin-desk";
    private const string Home = "/desk";

    public static void Map(IEndpointRouteBuilder routes, DeskParts desk, DeskSessions sessions)
    {
        routes.MapGet("/", () => Results.Redirect(Home));
        routes.MapGet("/desk/desk.css", () => Results.Text(DeskStyle.Css, "text/css"));
        routes.MapGet(Home, (HttpContext context) =>
            Page(context, Of(context, sessions) is { } session ? LookUpForm(context, session, null) : SignInForm(context, null))
        );
        routes.MapPost("/desk/sign-in", (Delegate)((HttpContext context) => SignInAsync(context, desk, sessions)));
        routes.MapPost(
            "/desk/sign-out",
            (Delegate)(
                (HttpContext context) => SubmitAsync(context, sessions, (session, _) => SignOutAsync(context, desk, sessions, session))
            )
        );
        routes.MapPost(
            "/desk/lookup",
            (Delegate)(
                (HttpContext context) => SubmitAsync(context, sessions, (session, form) => LookUpAsync(context, desk, session, form))
            )
        );
        routes.MapGet("/desk/cards/{id}", (HttpContext context, string id) => CardAsync(context, desk, sessions, id));
        routes.MapPost("/desk/cards/{id}/referral-release", (HttpContext context, string id) =>
            SubmitAsync(context, sessions, (_, _) => ActAsync(context, id, desk.Host.Decisions.ReleaseReferralAsync))
        );
        routes.MapPost("/desk/cards/{id}/arrears-settlement", (HttpContext context, string id) =>
            SubmitAsync(context, sessions, (_, _) => ActAsync(context, id, desk.Host.Decisions.SettleArrearsAsync))
        );
    }

    private static async Task<IResult> SignInAsync(HttpContext context, DeskParts desk, DeskSessions sessions)
    {
        if (await FormAsync(context) is not { } form || !desk.DeskKey.Matches(new Secret(form["key"].ToString().Trim())))
        {
            desk.Audit.SignInFailed(context.Connection.RemoteIpAddress);
            return Page(context, SignInForm(context, DeskWording.KeyWrong), StatusCodes.Status401Unauthorized);
        }
        if (!await desk.Audit.SignedInAsync(context.Connection.RemoteIpAddress))
            return Page(context, Alert(context, DeskWording.Unavailable), StatusCodes.Status503ServiceUnavailable);
        var session = sessions.Begin();
        context.Response.Cookies.Append(
            Cookie,
            session.Id,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                Path = Home,
            }
        );
        return Results.Redirect(Home + Query(context));
    }

    private static Task<IResult> SignOutAsync(HttpContext context, DeskParts desk, DeskSessions sessions, DeskSessions.Session session)
    {
        sessions.End(session.Id);
        desk.Audit.SignedOut();
        context.Response.Cookies.Delete(
            Cookie,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                Path = Home,
            }
        );
        return Task.FromResult(Results.Redirect(Home + Query(context)));
    }

    private static async Task<IResult> LookUpAsync(
        HttpContext context,
        DeskParts desk,
        DeskSessions.Session session,
        IFormCollection form
    ) =>
        await desk.Views.LookUpAsync(form["number"].ToString()) is { } card
            ? Results.Redirect($"{Home}/cards/{card.Id}{Query(context)}")
            : Page(context, LookUpForm(context, session, DeskWording.Refusal(DeskRefusal.CardNotFound)), StatusCodes.Status404NotFound);

    private static async Task<IResult> ActAsync(HttpContext context, string id, Func<StreamId, string, ValueTask<CardOutcome>> act) =>
        await act(new StreamId(id), DeskApi.Agent) switch
        {
            CardOutcome.Done { Reply: Decision.Accepted } => Results.Redirect($"{Home}/cards/{id}{Query(context)}"),
            CardOutcome.Done { Reply: Decision.Refused refused } => Page(
                context,
                Alert(context, DeskWording.Refusal(refused.Why)),
                StatusCodes.Status409Conflict
            ),
            CardOutcome.Unavailable or CardOutcome.Overloaded => Page(
                context,
                Alert(context, DeskWording.Unavailable),
                StatusCodes.Status503ServiceUnavailable
            ),
            CardOutcome.Done or CardOutcome.KeyTaken or CardOutcome.TooLarge => throw new UnreachableException(),
            _ => throw new UnreachableException(),
        };

    private static async Task<IResult> CardAsync(HttpContext context, DeskParts desk, DeskSessions sessions, string id)
    {
        if (Of(context, sessions) is not { } session)
            return Results.Redirect(Home + Query(context));
        if (await desk.Views.FindAsync(id) is not { } card)
            return Page(context, Alert(context, DeskWording.Refusal(DeskRefusal.CardNotFound)), StatusCodes.Status404NotFound);
        desk.Audit.CardRead(card.Id);
        return Page(context, CardPage(context, session, card, await desk.Views.HistoryAsync(id, context.RequestAborted)));
    }

    /// <summary>Only for a session's own forms; everybody else is sent to sign in.</summary>
    private static async Task<IResult> SubmitAsync(
        HttpContext context,
        DeskSessions sessions,
        Func<DeskSessions.Session, IFormCollection, Task<IResult>> submit
    ) =>
        Of(context, sessions) is { } session
        && await FormAsync(context) is { } form
        && new Secret(session.FormToken).Matches(new Secret(form["token"].ToString()))
            ? await submit(session, form)
            : Results.Redirect(Home + Query(context));

    private static async Task<IFormCollection?> FormAsync(HttpContext context)
    {
        try
        {
            return context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static DeskSessions.Session? Of(HttpContext context, DeskSessions sessions) => sessions.Find(context.Request.Cookies[Cookie]);

    private static Html SignInForm(HttpContext context, DeskText? problem) =>
        Html.Of(
            $"""
            {Alert(context, problem)}<form method="post" action="/desk/sign-in{Query(context)}">
            <label for="key">{T(context, DeskWording.Key)}</label><p class="hint" id="hint">{T(context, DeskWording.KeyHint)}</p>
            <input id="key" name="key" type="password" autocomplete="current-password" aria-describedby="hint" required>
            <button>{T(context, DeskWording.SignIn)}</button></form>
            """
        );

    private static Html LookUpForm(HttpContext context, DeskSessions.Session session, DeskText? problem) =>
        Html.Of(
            $"""
            {Alert(context, problem)}<form method="post" action="/desk/lookup{Query(context)}">{Token(session)}
            <label for="number">{T(context, DeskWording.Number)}</label><p class="hint" id="hint">{T(context, DeskWording.NumberHint)}</p>
            <input id="number" name="number" inputmode="numeric" autocomplete="off" maxlength="30" aria-describedby="hint" required>
            <button>{T(context, DeskWording.Find)}</button></form>
            <form method="post" action="/desk/sign-out{Query(context)}">{Token(session)}<button class="quiet">{T(
                context,
                DeskWording.SignOut
            )}</button></form>
            """
        );

    private static Html CardPage(HttpContext context, DeskSessions.Session session, CardView card, IReadOnlyList<HistoryItem> history) =>
        Html.Of(
            $"""
            <h2>•••• {card.Last4}</h2>
            <dl><dt>{T(context, DeskWording.Holder)}</dt><dd>{card.Holder}</dd>
            <dt>{T(context, DeskWording.State)}</dt><dd>{T(context, DeskWording.OfState(card.State))}</dd>
            <dt>{T(context, DeskWording.Limit)}</dt><dd>{(card.Limit is { } limit ? Money(limit) : T(context, DeskWording.NoLimit))}</dd>
            <dt>{T(context, DeskWording.Used)}</dt><dd>{Money(card.Used)}</dd>
            <dt>{T(context, DeskWording.Arrears)}</dt><dd>{T(context, DeskWording.OfArrears(card.Arrears))}</dd>
            <dt>{T(context, DeskWording.Referral)}</dt><dd>{T(context, DeskWording.OfReferral(card.Referral))}</dd></dl>
            {(card.Referral == "open" ? Action(context, session, card, "referral-release", DeskWording.Release(card.Last4)) : null)}
            {(card.Arrears == "due" ? Action(context, session, card, "arrears-settlement", DeskWording.Settle(card.Last4)) : null)}
            <h3>{T(context, DeskWording.History)}</h3>
            {(
                history.Count == 0
                    ? Html.Of($"<p>{T(context, DeskWording.Empty)}</p>")
                    : Html.Of($"<ol class=\"history\">{Html.All(history.Select(item => Row(context, item)))}</ol>")
            )}
            <p><a href="/desk{Query(context)}">{T(context, DeskWording.Another)}</a></p>
            """
        );

    private static Html Row(HttpContext context, HistoryItem item)
    {
        var facts = new[]
        {
            item.ResponseCode,
            item.Reason is { } reason ? T(context, DeskWording.OfReason(reason)) : null,
            T(context, DeskWording.OfRepeat(item.Repeat)),
            item.Amount is { } amount ? Money(amount) : null,
            item.OrderNumber,
            item.Merchant,
            item.ApprovalCode is { } code ? $"No. {code}" : null,
            item.Rrn is { } rrn ? $"RRN {rrn}" : null,
            item.Stan is { } stan ? $"STAN {stan}" : null,
            item.Agent,
        };
        var japan = item.At.ToOffset(TimeSpan.FromHours(9));
        return Html.Of(
            $"""
            <li><time datetime="{item.At.ToString("O", CultureInfo.InvariantCulture)}">{japan.ToString(
                "yyyy-MM-dd HH:mm:ss",
                CultureInfo.InvariantCulture
            )}</time>
            <strong>{T(context, DeskWording.OfKind(item.Kind))}</strong> <span>{string.Join(
                " · ",
                facts.Where(fact => !string.IsNullOrEmpty(fact))
            )}</span></li>
            """
        );
    }

    private static Html Action(HttpContext context, DeskSessions.Session session, CardView card, string action, DeskText label) =>
        Html.Of(
            $"""
            <form method="post" action="/desk/cards/{card.Id}/{action}{Query(context)}">{Token(session)}<button class="final">{T(
                context,
                label
            )}</button></form>
            """
        );

    private static Html Token(DeskSessions.Session session) =>
        Html.Of($"""<input type="hidden" name="token" value="{session.FormToken}">""");

    private static Html Alert(HttpContext context, DeskText? problem) =>
        problem is null ? Html.Of($"") : Html.Of($"""<p class="problem" role="alert">{T(context, problem)}</p>""");

    private static IResult Page(HttpContext context, Html body, int status = StatusCodes.Status200OK)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        var language = LanguageOf(context);
        var other = language is DeskLanguage.Ja ? ("en", "English") : ("ja", "日本語");
        var page = Html.Of(
            $"""
            <!doctype html><html lang="{(language is DeskLanguage.Ja ? "ja" : "en")}"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1"><title>{T(
                context,
                DeskWording.Title
            )}</title><link rel="stylesheet" href="/desk/desk.css"></head>
            <body><header><h1>{T(
                context,
                DeskWording.Title
            )}</h1><a href="?lang={other.Item1}" lang="{other.Item1}">{other.Item2}</a></header><main>{body}</main></body></html>
            """
        );
        return Results.Content(page.ToString(), "text/html; charset=utf-8", statusCode: status);
    }

    private static string T(HttpContext context, DeskText text) => text.In(LanguageOf(context));

    /// <summary>What the address asks for, else what the browser prefers, else Japanese.</summary>
    private static DeskLanguage LanguageOf(HttpContext context) =>
        (context.Request.Query["lang"].ToString(), context.Request.Headers.AcceptLanguage.ToString()) switch
        {
            ("en", _) => DeskLanguage.En,
            ("", var preferred) when preferred.StartsWith("en", StringComparison.OrdinalIgnoreCase) => DeskLanguage.En,
            _ => DeskLanguage.Ja,
        };

    private static string Query(HttpContext context) =>
        context.Request.Query["lang"].ToString() is "ja" or "en" ? $"?lang={context.Request.Query["lang"]}" : "";

    private static string Money(DeskMoney money) =>
        money.Currency == Currencies.Yen
            ? money.MinorUnits.ToString("¥#,0", CultureInfo.InvariantCulture)
            : (money.MinorUnits / 100m).ToString("#,0.00 ", CultureInfo.InvariantCulture) + money.Currency;
}
