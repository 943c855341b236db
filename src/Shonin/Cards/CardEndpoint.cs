using System.Security.Cryptography;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Approvals;
using Shonin.Merchant.Cards;
using Shonin.Merchant.Orders;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Cards;

internal sealed record CardView(string Id, string Brand, string Last4, string Expiry);

/// <summary>
/// <c>POST /v1/cards</c>: a number becomes a token. The body goes to the vault's own reader as it came; nothing here looks inside.
/// </summary>
internal sealed class CardEndpoint(CardIntake intake, CardVault vault, CardRequests requests)
{
    public const string Route = CardRequests.Route;

    public async Task<IResult> StoreAsync(HttpContext http, string? idempotencyKey)
    {
        if (!string.IsNullOrEmpty(idempotencyKey) && RequestKeys.Check(http.Request.Headers[RequestKeys.HeaderName]) is { } problem)
            return problem;
        var body = await RequestBody.ReadAsync(http.Request, CardIntake.BodySizeMaxBytes, http.RequestAborted);
        return await body.ThenAsync(bytes => ReadAndStoreAsync(bytes, hash => KeyOf(http, idempotencyKey, hash), http.RequestAborted));
    }

    /// <summary>A refusal of the vault's reader as a problem: the first thing that was wrong.</summary>
    public static Problem ProblemOf(IReadOnlyList<CardRefusal> refusals)
    {
        var first = refusals[0];
        var code = Enum.GetValues<ProblemCode>().Single(code => ApiJson.Camel(code) == first.Code);
        return new(code, string.Join(' ', refusals.Select(refusal => refusal.Detail).Distinct()))
        {
            Pointer = first.Pointer.Length == 0 ? null : first.Pointer,
        };
    }

    private async Task<IResult> ReadAndStoreAsync(byte[] body, Func<string, RequestKey?> keyOf, CancellationToken cancellation)
    {
        try
        {
            return intake.ParseJson(body) switch
            {
                CardReading.Accepted accepted => await StoreAsync(accepted.Card, keyOf(accepted.RequestHash), cancellation),
                CardReading.Refused refused => ProblemOf(refused.Refusals),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private async Task<IResult> StoreAsync(CardEntry card, RequestKey? key, CancellationToken cancellation)
    {
        using (card)
        {
            return key is null
                ? Created(await vault.StoreAsync(card, cancellation))
                : Reply(await requests.StoreOnceAsync(key, () => vault.StoreAsync(card, cancellation), cancellation), card);
        }
    }

    /// <summary>
    /// The security code of a repeated request is held again: the first one's may have been used up or lost in a restart.
    /// </summary>
    private IResult Reply(CardRequestOutcome outcome, CardEntry entry)
    {
        switch (outcome)
        {
            case CardRequestOutcome.Repeated(var card):
                vault.HoldSecurityCode(card.Token, entry.SecurityCode);
                return Created(card);
            case CardRequestOutcome.KeyReused:
                return new Problem(ProblemCode.IdempotencyKeyReused, "This Idempotency-Key was used for another card; use a new one.");
            case CardRequestOutcome.Unavailable(var why):
                return new Problem(ProblemCode.StorageUnavailable, $"The card cannot be kept now: {why}")
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static IResult Created(CardOnFile card) =>
        Results.Json(
            new CardView(card.Token.Value, card.Brand, card.Last4, card.Expiry),
            ApiJson.Options,
            statusCode: StatusCodes.Status201Created
        );

    private static RequestKey? KeyOf(HttpContext http, string? idempotencyKey, string requestHash) =>
        string.IsNullOrEmpty(idempotencyKey) ? null : CardRequests.KeyOf(Gate.CallerOf(http).Id, idempotencyKey, requestHash);
}
