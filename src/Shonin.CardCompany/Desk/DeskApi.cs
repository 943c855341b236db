using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.Export;
using Shonin.CardCompany.History;
using Shonin.CardCompany.Host;
using Shonin.EventLog;

namespace Shonin.CardCompany.Desk;

/// <summary>What a desk works with.</summary>
internal sealed record DeskParts(
    CardCompanyHost Host,
    CardsAtDesk Views,
    ComparedSecret DeskKey,
    ExportKeys ExportKeys,
    MerchantExport Export,
    ExportSigning Signing,
    DeskAudit Audit
);

/// <summary>
/// The desk by REST: JSON, <c>Authorization: Bearer KEY</c>, refusals as RFC 9457 problems with a <c>code</c>. Its actions are the same
/// when they are repeated, and so need no idempotency key. A card number comes in a body only, never in an address.
/// </summary>
internal static class DeskApi
{
    /// <summary>Agents have no names of their own here yet: whoever has the key is the desk.</summary>
    public const string Agent = "desk";

    private sealed record Lookup(string? Number);

    public static void Map(IEndpointRouteBuilder routes, DeskParts desk)
    {
        var cards = routes.MapGroup("/v1/cards").AddEndpointFilter((context, next) => RequireDeskKeyAsync(context, next, desk));
        cards.MapPost("/lookup", (Delegate)((HttpContext context) => LookUpAsync(context, desk)));
        cards.MapGet("/{id}", async (string id) => await desk.Views.FindAsync(id) is { } card ? Seen(desk, card) : NotFound());
        cards.MapGet("/{id}/history", (string id, CancellationToken cancellation) => HistoryAsync(desk, id, cancellation));
        cards.MapPost("/{id}/referral-release", (string id) => ActAsync(desk, id, desk.Host.Decisions.ReleaseReferralAsync));
        cards.MapPost("/{id}/arrears-settlement", (string id) => ActAsync(desk, id, desk.Host.Decisions.SettleArrearsAsync));

        routes
            .MapPost("/v1/merchants/{acquirer}/{merchant}/export-key", (string acquirer, string merchant) =>
                IssueAsync(desk, acquirer, merchant)
            )
            .AddEndpointFilter((context, next) => RequireDeskKeyAsync(context, next, desk));
        routes.MapGet("/v1/merchants/{acquirer}/{merchant}/export", (HttpContext context, string acquirer, string merchant) =>
            ExportAsync(context, desk, acquirer, merchant)
        );
        routes.MapGet("/v1/export-public-key", () => Results.Text(desk.Signing.PublicKeyPem, "application/x-pem-file"));
    }

    private static async ValueTask<object?> RequireDeskKeyAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next,
        DeskParts desk
    ) =>
        Bearer(context.HttpContext) is { } key && desk.DeskKey.Matches(new ComparedSecret(key))
            ? await next(context)
            : KeyWrong(
                context.HttpContext,
                desk,
                "Send the desk's key as Authorization: Bearer KEY. Its file was named when the card company started."
            );

    private static IResult KeyWrong(HttpContext context, DeskParts desk, string detail)
    {
        if (Bearer(context) is not null)
            desk.Audit.KeyWrong(context.Connection.RemoteIpAddress);
        return NotAuthorized(context, detail);
    }

    private static IResult Seen(DeskParts desk, CardAtDesk card)
    {
        desk.Audit.CardRead(card.Id);
        return Json(card);
    }

    private static async Task<IResult> HistoryAsync(DeskParts desk, string id, CancellationToken cancellation)
    {
        if (await desk.Views.FindAsync(id) is null)
            return NotFound();
        desk.Audit.CardRead(id);
        return Json(new { items = await desk.Views.HistoryAsync(id, cancellation), next = (string?)null });
    }

    private static async Task<IResult> LookUpAsync(HttpContext context, DeskParts desk)
    {
        Lookup? lookup;
        try
        {
            lookup = await context.Request.ReadFromJsonAsync<Lookup>();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or BadHttpRequestException)
        {
            lookup = null;
        }
        if (lookup?.Number is not { } number)
        {
            return Problem(
                StatusCodes.Status400BadRequest,
                "malformed",
                """Send {"number":"…"} with the digits of the card as application/json."""
            );
        }

        return await desk.Views.LookUpAsync(number) is { } card ? Seen(desk, card) : NotFound();
    }

    private static async Task<IResult> ActAsync(DeskParts desk, string id, Func<StreamId, string, ValueTask<CardOutcome>> act)
    {
        if (await desk.Views.FindAsync(id) is null)
            return NotFound();
        return await act(new StreamId(id), Agent) switch
        {
            CardOutcome.Done { Reply: CardDecision.Accepted } => Json((await desk.Views.FindAsync(id))!),
            CardOutcome.Done { Reply: CardDecision.Refused refused } => Problem(
                StatusCodes.Status409Conflict,
                CodeOf(refused.Why),
                DeskWording.Refusal(refused.Why).En
            ),
            CardOutcome.Unavailable or CardOutcome.Overloaded => Overloaded(),
            CardOutcome.Done or CardOutcome.KeyTaken or CardOutcome.TooLarge => throw new UnreachableException(),
            _ => throw new UnreachableException(),
        };
    }

    private static async Task<IResult> IssueAsync(DeskParts desk, string acquirer, string merchant)
    {
        if (IdentityOf(acquirer, merchant) is not { } identity)
        {
            return Problem(
                StatusCodes.Status400BadRequest,
                "malformed",
                "The path is /v1/merchants/ACQUIRER/MERCHANT: up to 11 digits, and up to 15 characters."
            );
        }

        if (await desk.ExportKeys.IssueAsync(identity) is not { } key)
            return Overloaded();
        desk.Audit.ExportKeyIssued(desk.ExportKeys.StreamOf(identity).Value);
        return Results.Json(
            new
            {
                key,
                acquirer = identity.Acquirer,
                merchant = identity.Merchant,
            },
            CardEventNames.Json,
            statusCode: StatusCodes.Status201Created
        );
    }

    private static async Task<IResult> ExportAsync(HttpContext context, DeskParts desk, string acquirer, string merchant)
    {
        if (
            IdentityOf(acquirer, merchant) is not { } identity
            || Bearer(context) is not { } key
            || !await desk.ExportKeys.OpensAsync(key, identity)
        )
        {
            if (Bearer(context) is not null)
                desk.Audit.ExportKeyWrong(context.Connection.RemoteIpAddress);
            return NotAuthorized(
                context,
                "Send this merchant's export key as Authorization: Bearer KEY. The card company's desk hands it out."
            );
        }
        var text = context.Request.Query["after"].ToString();
        var after = 0L;
        if (
            text.Length > 0
            && !long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out after)
        )
        {
            return Problem(StatusCodes.Status400BadRequest, "malformed", "after is the next of an earlier answer, or absent.");
        }

        if (!await desk.Audit.ExportDownloadedAsync(desk.ExportKeys.StreamOf(identity).Value))
            return Overloaded();
        return Json(desk.Signing.Sign(await desk.Export.PageAsync(identity, after, context.RequestAborted)));
    }

    /// <summary>Acquirer in digits without leading zeros, merchant in printable ASCII; null for anything else.</summary>
    private static MerchantIdentity? IdentityOf(string acquirer, string merchant) =>
        acquirer.Length is > 0 and <= 11
        && acquirer.All(char.IsAsciiDigit)
        && merchant.Length is > 0 and <= 15
        && merchant.All(letter => letter is >= ' ' and <= '~')
            ? new MerchantIdentity(acquirer.TrimStart('0') is { Length: > 0 } digits ? digits : "0", merchant.TrimEnd(' '))
            : null;

    internal static string CodeOf(DeskRefusal why) => JsonNamingPolicy.CamelCase.ConvertName(why.ToString());

    private static string? Bearer(HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal)
            ? header["Bearer ".Length..]
            : null;

    private static IResult Json<T>(T value) => Results.Json(value, CardEventNames.Json);

    private static IResult NotFound() =>
        Problem(StatusCodes.Status404NotFound, CodeOf(DeskRefusal.CardNotFound), DeskWording.Refusal(DeskRefusal.CardNotFound).En);

    private static IResult NotAuthorized(HttpContext context, string detail)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem(StatusCodes.Status401Unauthorized, "notAuthorized", detail);
    }

    private static IResult Overloaded() =>
        Problem(
            StatusCodes.Status503ServiceUnavailable,
            "overloaded",
            "The history could not be written, so nothing was done. Try again; if it stays so, look at the card company's log."
        );

    internal static IResult Problem(int status, string code, string detail) =>
        Results.Problem(detail, statusCode: status, type: "about:blank", extensions: new Dictionary<string, object?> { ["code"] = code });
}
