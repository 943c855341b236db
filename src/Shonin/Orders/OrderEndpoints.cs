using Shonin.CardNetwork.Vault;
using Shonin.Cards;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Web;

namespace Shonin.Orders;

/// <summary>How large requests may be.</summary>
internal sealed record ApiLimits(int BodySizeBytesMax, int OrderItemsMax);

/// <summary>
/// The requests that change an order. Each takes its body apart, names itself by the client's Idempotency-Key, and sends the same command
/// that pages and the command line send.
/// </summary>
internal sealed class OrderEndpoints(OrderBook orders, CardVault vault, RequestKeys requestKeys, ApiLimits limits, TimeProvider clock)
{
    public const string OrdersRoute = "/v1/orders";
    public const string OrderRoute = "/v1/orders/{id}";
    public const string ConfirmationsRoute = "/v1/orders/{id}/confirmations";
    public const string PaymentMethodRoute = "/v1/orders/{id}/payment-method";
    public const string CancellationRoute = "/v1/orders/{id}/cancellation";
    public const string ShipmentsRoute = "/v1/orders/{id}/shipments";
    public const string DeliveryRoute = "/v1/shipments/{id}/delivery";

    public async Task<IResult> PlaceAsync(HttpContext http, string? idempotencyKey)
    {
        var bytes = await RequestBody.ReadAsync(http.Request, limits.BodySizeBytesMax, http.RequestAborted);
        return await bytes.ThenAsync(body =>
            KeyOf(http, idempotencyKey, OrdersRoute, "")
                .ThenAsync(keyOf =>
                    StrictJson
                        .Read<PlaceOrderBody>(body)
                        .ThenAsync(wished =>
                            OrderRequests
                                .Parse(wished, limits.OrderItemsMax)
                                .ThenAsync(wish => PlaceAsync(http, wish, keyOf(StrictJson.Canonical(body))))
                        )
                )
        );
    }

    public Task<IResult> ConfirmAsync(HttpContext http, string id, string? idempotencyKey) =>
        WithCodeAsync<ConfirmationBody>(http, id, idempotencyKey, ConfirmationsRoute, (record, _, code, key) =>
        {
            if (code is not null)
                vault.HoldSecurityCode(record.Order.Card.Token, code);
            return SubmitAsync(http, record.Order.Id, new OrderCommand.Confirm(RequestKeys.NameFrom(key)), key, StatusCodes.Status200OK);
        });

    public Task<IResult> ChangePaymentMethodAsync(HttpContext http, string id, string? idempotencyKey) =>
        WithCodeAsync<PaymentMethodBody>(http, id, idempotencyKey, PaymentMethodRoute, async (record, body, code, key) =>
        {
            if (body.Method is { } method && method != "card")
            {
                return new Problem(ProblemCode.PaymentMethodNotOffered, "Only another card is offered so far; send its token as card.")
                {
                    Pointer = "/method",
                };
            }

            if (body.Card is not { } token)
            {
                return new Problem(ProblemCode.Malformed, "/card is missing: the token that POST /v1/cards answered.")
                {
                    Pointer = "/card",
                };
            }

            if (await vault.FindAsync(new(token), http.RequestAborted) is not { } card)
                return NoSuchCard("/card");
            if (code is not null)
                vault.HoldSecurityCode(card.Token, code);
            return await SubmitAsync(
                http,
                record.Order.Id,
                new OrderCommand.ChangeCard(RequestKeys.NameFrom(key), card),
                key,
                StatusCodes.Status200OK
            );
        });

    public Task<IResult> CancelAsync(HttpContext http, string id, string? idempotencyKey) =>
        WithBodyAsync<CancellationBody>(http, id, idempotencyKey, CancellationRoute, (body, key) =>
            OrderRequests
                .Parse(body, RequestKeys.NameFrom(key))
                .ThenAsync(command => SubmitAsync(http, new(id), command, key, StatusCodes.Status200OK))
        );

    public Task<IResult> ShipAsync(HttpContext http, string id, string? idempotencyKey) =>
        WithBodyAsync<ShipmentBody>(http, id, idempotencyKey, ShipmentsRoute, (body, key) =>
        {
            var name = RequestKeys.NameFrom(key);
            return OrderRequests
                .Parse(body, name, $"shp_{name}", limits.OrderItemsMax)
                .ThenAsync(command => SubmitAsync(http, new(id), command, key, StatusCodes.Status201Created));
        });

    public Task<IResult> RegisterDeliveryAsync(HttpContext http, string id, string? idempotencyKey) =>
        WithBodyAsync<DeliveryBody>(http, id, idempotencyKey, DeliveryRoute, (body, key) =>
            OrderRequests
                .Parse(body, id)
                .ThenAsync(async command =>
                    await orders.FindByShipmentAsync(id, http.RequestAborted) is { } record
                        ? await SubmitAsync(http, record.Order.Id, command, key, StatusCodes.Status200OK)
                        : Problem.Of(Refusal.ShipmentNotFound, null)
                )
        );

    private async Task<IResult> PlaceAsync(HttpContext http, OrderWish wish, RequestKey key)
    {
        if (await vault.FindAsync(wish.Card, http.RequestAborted) is not { } card)
            return NoSuchCard("/payment/card");
        var patience = PatienceOf(http);
        var answer = await orders.PlaceAsync(
            new(wish.Customer, wish.Locale, wish.Items, card, wish.Reference),
            key,
            patience,
            http.RequestAborted
        );
        return Reply(
            http,
            answer,
            patience switch
            {
                Patience.UntilSettled => StatusCodes.Status201Created,
                Patience.RespondAtOnce => StatusCodes.Status202Accepted,
            }
        );
    }

    private async Task<IResult> SubmitAsync(HttpContext http, OrderId order, OrderCommand command, RequestKey key, int status)
    {
        var patience = PatienceOf(http);
        var answer = await orders.SubmitAsync(order, command, key, patience, http.RequestAborted);
        return Reply(
            http,
            answer,
            patience switch
            {
                Patience.UntilSettled => status,
                Patience.RespondAtOnce => StatusCodes.Status202Accepted,
            }
        );
    }

    private IResult Reply(HttpContext http, RequestResult answer, int status)
    {
        switch (answer)
        {
            case RequestResult.Done(var record):
                if (status is StatusCodes.Status201Created or StatusCodes.Status202Accepted)
                    http.Response.Headers.Location = $"{OrdersRoute}/{record.Order.Id}";
                return Results.Json(OrderJson.Of(record, clock.GetUtcNow()), ApiJson.Options, statusCode: status);
            case RequestResult.Refused(var reason, var rule, var until):
                return Problem.Of(reason, rule) with
                {
                    RetryAfter = until is { } end && end - clock.GetUtcNow() is { Ticks: > 0 } left ? left : null,
                };
            case RequestResult.TriesLimited(var wait):
                const string Limited =
                    "Too much was tried on this card, or in this hour, without an approval. Nothing was changed; a person at the desk can let it be tried again.";
                return new Problem(ProblemCode.TriesLimited, Limited) { RetryAfter = wait };
            case RequestResult.KeyReused:
                return new Problem(
                    ProblemCode.IdempotencyKeyReused,
                    "This Idempotency-Key was used with another body; use a new one for a new request."
                );
            case RequestResult.Unavailable(var why):
                return new Problem(ProblemCode.StorageUnavailable, why) { RetryAfter = TimeSpan.FromSeconds(1) };
            case RequestResult.TooLarge(var what):
                return new Problem(
                    ProblemCode.BodyTooLarge,
                    $"This is more than can be kept of one order, now and later: {what}. Nothing was changed. Send fewer items or shorter texts, or several orders."
                );
            case RequestResult.Overloaded(var wait):
                return new Problem(
                    ProblemCode.Overloaded,
                    "Too much is waiting already; nothing was changed. Send the same request again later, with the same Idempotency-Key."
                )
                {
                    RetryAfter = wait,
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<IResult> WithBodyAsync<T>(
        HttpContext http,
        string id,
        string? idempotencyKey,
        string route,
        Func<T, RequestKey, Task<IResult>> next
    )
        where T : class
    {
        var bytes = await RequestBody.ReadAsync(http.Request, limits.BodySizeBytesMax, http.RequestAborted);
        return await bytes.ThenAsync(body =>
            KeyOf(http, idempotencyKey, route, id)
                .ThenAsync(keyOf => StrictJson.Read<T>(body).ThenAsync(parsed => next(parsed, keyOf(StrictJson.Canonical(body)))))
        );
    }

    /// <summary>
    /// As <see cref="WithBodyAsync"/>, for bodies that may hold a security code: CardNetwork takes it out before anything here reads the
    /// rest.
    /// </summary>
    private async Task<IResult> WithCodeAsync<T>(
        HttpContext http,
        string id,
        string? idempotencyKey,
        string route,
        Func<OrderRecord, T, SecurityCode?, RequestKey, Task<IResult>> next
    )
        where T : class
    {
        var bytes = await RequestBody.ReadAsync(http.Request, CardIntake.BodySizeMaxBytes, http.RequestAborted);
        return await bytes.ThenAsync(body =>
            KeyOf(http, idempotencyKey, route, id)
                .ThenAsync(async keyOf =>
                {
                    switch (CardIntake.SplitJson(body))
                    {
                        case CodeReading.Accepted(var code, var rest):
                            using (code)
                            {
                                return await StrictJson
                                    .Read<T>(rest)
                                    .ThenAsync(async parsed =>
                                        await orders.FindAsync(new(id), http.RequestAborted) is { } record
                                            ? await next(record, parsed, code, keyOf(StrictJson.Canonical(rest)))
                                            : Problem.Of(Refusal.OrderNotFound, null)
                                    );
                            }
                        case CodeReading.Refused(var refusals):
                            return CardEndpoint.ProblemOf(refusals);
                        default:
                            throw new System.Diagnostics.UnreachableException();
                    }
                })
        );
    }

    /// <summary>
    /// The header is looked at before the body is, so that a request without it is told so whatever else is wrong with it.
    /// </summary>
    private Reading<Func<byte[], RequestKey>, Problem> KeyOf(HttpContext http, string? header, string route, string resource)
    {
        var caller = Gate.CallerOf(http);
        return RequestKeys.Check(http.Request.Headers[RequestKeys.HeaderName]) is { } problem
            ? new Reading<Func<byte[], RequestKey>, Problem>.Refused(problem)
            : new Reading<Func<byte[], RequestKey>, Problem>.Read(canonical => requestKeys.Of(header!, caller, route, resource, canonical));
    }

    /// <summary>RFC 7240 section 4.1.</summary>
    private static Patience PatienceOf(HttpContext http)
    {
        var respondsAtOnce = http
            .Request.Headers["Prefer"]
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Any(preference => string.Equals(preference, "respond-async", StringComparison.OrdinalIgnoreCase));
        if (!respondsAtOnce)
            return Patience.UntilSettled;
        http.Response.Headers["Preference-Applied"] = "respond-async";
        return Patience.RespondAtOnce;
    }

    private static Problem NoSuchCard(string pointer) =>
        new(
            ProblemCode.CardNotFound,
            $"{pointer} names no card that we keep; send the card to POST /v1/cards and use the id of its answer."
        )
        {
            Pointer = pointer,
        };
}
