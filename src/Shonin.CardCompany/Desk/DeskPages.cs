using System.Diagnostics;
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
            Of(context, sessions) is { } session
                ? (IResult)LookUp(context, session, null, StatusCodes.Status200OK)
                : SignIn(context, null, StatusCodes.Status200OK)
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
        if (await FormAsync(context) is not { } form || !desk.DeskKey.Matches(new ComparedSecret(form["key"].ToString().Trim())))
        {
            desk.Audit.SignInFailed(context.Connection.RemoteIpAddress);
            return SignIn(context, DeskWording.KeyWrong, StatusCodes.Status401Unauthorized);
        }
        if (!await desk.Audit.SignedInAsync(context.Connection.RemoteIpAddress))
            return Trouble(context, DeskWording.Unavailable, StatusCodes.Status503ServiceUnavailable);
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
        return Results.Redirect(To(context, Home));
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
        return Task.FromResult(Results.Redirect(To(context, Home)));
    }

    private static async Task<IResult> LookUpAsync(
        HttpContext context,
        DeskParts desk,
        DeskSessions.Session session,
        IFormCollection form
    ) =>
        await desk.Views.LookUpAsync(form["number"].ToString()) is { } card
            ? Results.Redirect(To(context, $"{Home}/cards/{card.Id}"))
            : LookUp(context, session, DeskWording.Refusal(DeskRefusal.CardNotFound), StatusCodes.Status404NotFound);

    private static async Task<IResult> ActAsync(HttpContext context, string id, Func<StreamId, string, ValueTask<CardOutcome>> act) =>
        await act(new StreamId(id), DeskApi.Agent) switch
        {
            CardOutcome.Done { Reply: CardDecision.Accepted } => Results.Redirect(To(context, $"{Home}/cards/{id}")),
            CardOutcome.Done { Reply: CardDecision.Refused refused } => Trouble(
                context,
                DeskWording.Refusal(refused.Why),
                StatusCodes.Status409Conflict
            ),
            CardOutcome.Unavailable or CardOutcome.Overloaded => Trouble(
                context,
                DeskWording.Unavailable,
                StatusCodes.Status503ServiceUnavailable
            ),
            CardOutcome.Done or CardOutcome.KeyTaken or CardOutcome.TooLarge => throw new UnreachableException(),
            _ => throw new UnreachableException(),
        };

    private static async Task<IResult> CardAsync(HttpContext context, DeskParts desk, DeskSessions sessions, string id)
    {
        if (Of(context, sessions) is not { } session)
            return Results.Redirect(To(context, Home));
        if (await desk.Views.FindAsync(id) is not { } card)
            return Trouble(context, DeskWording.Refusal(DeskRefusal.CardNotFound), StatusCodes.Status404NotFound);
        desk.Audit.CardRead(card.Id);
        var history = await desk.Views.HistoryAsync(id, context.RequestAborted);
        return new DeskPageResult<CardPage, CardModel>(
            new(DeskContext.Of(context.Request), card, history) { FormToken = session.FormToken }
        );
    }

    /// <summary>Only for a session's own forms; everybody else is sent to sign in.</summary>
    private static async Task<IResult> SubmitAsync(
        HttpContext context,
        DeskSessions sessions,
        Func<DeskSessions.Session, IFormCollection, Task<IResult>> submit
    ) =>
        Of(context, sessions) is { } session
        && await FormAsync(context) is { } form
        && new ComparedSecret(session.FormToken).Matches(new ComparedSecret(form["token"].ToString()))
            ? await submit(session, form)
            : Results.Redirect(To(context, Home));

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

    private static DeskPageResult<SignInPage, DeskModel> SignIn(HttpContext context, DeskText? problem, int status) =>
        new(new(DeskContext.Of(context.Request)) { Problem = problem }, status);

    private static DeskPageResult<LookUpPage, DeskModel> LookUp(
        HttpContext context,
        DeskSessions.Session session,
        DeskText? problem,
        int status
    ) => new(new(DeskContext.Of(context.Request)) { FormToken = session.FormToken, Problem = problem }, status);

    private static DeskPageResult<ProblemPage, DeskModel> Trouble(HttpContext context, DeskText problem, int status) =>
        new(new(DeskContext.Of(context.Request)) { Problem = problem }, status);

    private static string To(HttpContext context, string path) => DeskContext.Of(context.Request).To(path);
}
