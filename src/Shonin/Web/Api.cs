using Microsoft.AspNetCore.Mvc;
using Shonin.Cards;
using Shonin.MailChecks;
using Shonin.Merchant.Privacy;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Privacy;

namespace Shonin.Web;

/// <summary>The parts that answer the interface's requests.</summary>
internal sealed record ApiParts(
    Gate Gate,
    CardEndpoint Cards,
    OrderEndpoints Orders,
    OrderReads Reads,
    MailCheckEndpoint MailChecks,
    PersonEndpoint Persons
);

/// <summary>The table of the interface: every address, what it takes, what it answers.</summary>
internal static class Api
{
    public static void Map(IEndpointRouteBuilder app, ApiParts parts)
    {
        app.MapPost(CardEndpoint.Route, ([FromHeader(Name = RequestKeys.HeaderName)] string? idempotencyKey, HttpContext http) =>
                parts.Cards.StoreAsync(http, idempotencyKey)
            )
            .Describe(
                "storeCard",
                "Keeps a card and answers its token",
                "Over TLS, or from the same machine. Neither the number nor the security code is ever answered, logged or kept in clear; the code serves one attempt within ten minutes."
            )
            .Takes<CardDescription>()
            .Answers<CardView>(201)
            .Refuses(400, 403, 413, 415, 422)
            .Needs(parts.Gate, Scope.Cards);

        app.MapPost(OrderEndpoints.OrdersRoute, ([FromHeader(Name = RequestKeys.HeaderName)] string? idempotencyKey, HttpContext http) =>
                parts.Orders.PlaceAsync(http, idempotencyKey)
            )
            .Describe(
                "placeOrder",
                "Places an order and asks the card company for its approval",
                "The answer waits for the card company, at most Approval:AnswerTimeout; with Prefer: respond-async it comes at once with 202. A decline is 201 too: the order exists, on hold."
            )
            .Takes<PlaceOrderBody>()
            .Answers<OrderView>(201, 202)
            .Refuses(400, 413, 415, 422)
            .Needs(parts.Gate, Scope.Orders);

        app.MapGet(OrderEndpoints.OrdersRoute, (string? number, string? limit, string? after, HttpContext http) =>
                parts.Reads.ListAsync(http, number, limit, after)
            )
            .Describe(
                "listOrders",
                "Lists orders as they were placed, or finds one by its number",
                "next is what after takes for the following page; null on the last one."
            )
            .Answers<ListView<OrderView>>(200)
            .Refuses(400)
            .Needs(parts.Gate, Scope.Orders);

        app.MapGet(OrderEndpoints.OrderRoute, (string id, HttpContext http) => parts.Reads.GetAsync(http, id))
            .Describe(
                "getOrder",
                "Shows an order with all its attempts, its hold and its parcels",
                "While an attempt of a hold is under way the order stays on hold with no actions."
            )
            .Answers<OrderView>(200)
            .Refuses(404)
            .Needs(parts.Gate, Scope.Orders);

        app.MapGet(OrderReads.NoticesRoute, (string id, HttpContext http) => parts.Reads.NoticesAsync(http, id))
            .Describe(
                "listNotices",
                "Shows every notice to the customer, word for word",
                "The oldest first; sentAt is null until a relay has taken the mail."
            )
            .Answers<ListView<NoticeView>>(200)
            .Refuses(404)
            .Needs(parts.Gate, Scope.Orders);

        app.MapGet(OrderReads.TimelineRoute, (string id, string? lang, HttpContext http) => parts.Reads.TimelineAsync(http, id, lang))
            .Describe(
                "getTimeline",
                "Shows all that happened to an order, both sides, in order",
                "The card company's side comes from its signed record alone; finding is null while that record is needed and not at hand."
            )
            .Answers<TimelineJson>(200)
            .Refuses(400, 404)
            .Needs(parts.Gate, Scope.Orders);

        app.MapGet(OrderReads.WhyRoute, (string id, [FromQuery(Name = "for")] string? audience, string? lang, HttpContext http) =>
                parts.Reads.WhyAsync(http, id, audience, lang)
            )
            .Describe(
                "explainOrder",
                "Says why an order stands where it stands",
                "A text each for the customer, an agent and the card company: each may know something else."
            )
            .Answers<WhyView>(200)
            .Refuses(400, 404)
            .Needs(parts.Gate, Scope.Orders);

        app.MapPost(
                OrderEndpoints.ConfirmationsRoute,
                (string id, [FromHeader(Name = RequestKeys.HeaderName)] string? idempotencyKey, HttpContext http) =>
                    parts.Orders.ConfirmAsync(http, id, idempotencyKey)
            )
            .Describe(
                "confirmOrder",
                "Asks the card company again on the same card, as the customer's button does",
                "Offered while hold.actions has confirm."
            )
            .Takes<ConfirmationDescription>()
            .Answers<OrderView>(200, 202)
            .Refuses(400, 404, 409, 413, 415, 422)
            .Needs(parts.Gate, Scope.Orders);

        app.MapPut(
                OrderEndpoints.PaymentMethodRoute,
                (string id, [FromHeader(Name = RequestKeys.HeaderName)] string? idempotencyKey, HttpContext http) =>
                    parts.Orders.ChangePaymentMethodAsync(http, id, idempotencyKey)
            )
            .Describe(
                "changePaymentMethod",
                "Changes the card of an order on hold, and asks the card company at once",
                "Offered while hold.actions has changeMethod."
            )
            .Takes<PaymentMethodDescription>()
            .Answers<OrderView>(200, 202)
            .Refuses(400, 404, 409, 413, 415, 422)
            .Needs(parts.Gate, Scope.Orders);

        app.MapPost(
                OrderEndpoints.CancellationRoute,
                (string id, [FromHeader(Name = RequestKeys.HeaderName)] string? idempotencyKey, HttpContext http) =>
                    parts.Orders.CancelAsync(http, id, idempotencyKey)
            )
            .Describe(
                "cancelOrder",
                "Cancels an order that has not been shipped, and takes back whatever the card company may hold",
                "by is customer, agent or merchant."
            )
            .Takes<CancellationBody>()
            .Answers<OrderView>(200, 202)
            .Refuses(400, 404, 409, 413, 415, 422)
            .Needs(parts.Gate, Scope.Orders);

        app.MapPost(
                OrderEndpoints.ShipmentsRoute,
                (string id, [FromHeader(Name = RequestKeys.HeaderName)] string? idempotencyKey, HttpContext http) =>
                    parts.Orders.ShipAsync(http, id, idempotencyKey)
            )
            .Describe(
                "shipOrder",
                "Registers a parcel and captures its amount",
                "Without items, all that has not been shipped yet. Refused without a live authorization. The answer is the order; the parcel is the last of its shipments."
            )
            .Takes<ShipmentBody>()
            .Answers<OrderView>(201, 202)
            .Refuses(400, 404, 409, 413, 415, 422)
            .Needs(parts.Gate, Scope.Orders);

        app.MapPost(
                OrderEndpoints.DeliveryRoute,
                (string id, [FromHeader(Name = RequestKeys.HeaderName)] string? idempotencyKey, HttpContext http) =>
                    parts.Orders.RegisterDeliveryAsync(http, id, idempotencyKey)
            )
            .Describe("registerDelivery", "Says that a parcel has reached the customer", "at is a time with its offset.")
            .Takes<DeliveryBody>()
            .Answers<OrderView>(200, 202)
            .Refuses(400, 404, 409, 413, 415, 422)
            .Needs(parts.Gate, Scope.Orders);

        app.MapPost(MailCheckEndpoint.Route, (string? recipient, HttpContext http) => parts.MailChecks.CheckAsync(http, recipient))
            .Describe(
                "checkMail",
                "Says whether a mail is really from this shop",
                "The body is the mail's original, byte for byte. Nothing of it is kept, and nothing that it names is fetched. Every text is there in both languages; spf says not-checked, because who brought the mail is not known here."
            )
            .TakesMail()
            .TakesLongUploads()
            .Answers<MailCheckView>(200)
            .Refuses(413, 415, 422)
            .Needs(parts.Gate, Scope.Contacts);

        app.MapPost(PersonEndpoint.ExportsRoute, (Delegate)parts.Persons.ExportAsync)
            .Describe(
                "exportPerson",
                "Hands out all that is kept of a person, as one JSON document",
                "For the shop, which makes sure that it is the person and looks through it before handing it on: notes between agents are in it, and conversations in which the address was only typed. It holds no card number and no secret. The audit trail names the key that asked."
            )
            .Takes<PersonBody>()
            .Answers<PersonExport>(200)
            .Refuses(400, 413, 415, 422)
            .Needs(parts.Gate, Scope.Admin);

        app.MapPost(PersonEndpoint.ErasuresRoute, (Delegate)parts.Persons.EraseAsync)
            .Describe(
                "erasePerson",
                "Erases all that is kept of a person, but for what is still needed",
                "With confirmed false it tells what would go and what would stay, and why, and changes nothing. With confirmed true it is durable when this answers, done soon after, and told to the person in one last mail. The same again is no error."
            )
            .Takes<ErasureBody>()
            .Answers<ErasureView>(200, 202)
            .Refuses(400, 413, 415, 422)
            .Needs(parts.Gate, Scope.Admin);
        RefuseOtherMethods(app);
    }

    /// <summary>Every address answers a method that it does not take with those that it takes.</summary>
    private static void RefuseOtherMethods(IEndpointRouteBuilder app)
    {
        var own = app
            .DataSources.SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.OfType<Scope>().Any());
        foreach (var address in own.GroupBy(endpoint => endpoint.RoutePattern.RawText!).ToList())
        {
            var allowed = string.Join(
                ", ",
                address.SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            );
            app.Map(address.Key, IResult (HttpContext http) =>
                {
                    http.Response.Headers.Allow = allowed;
                    return new Problem(ProblemCode.MethodNotAllowed, $"This address takes {allowed}, not {http.Request.Method}.");
                })
                .ExcludeFromDescription();
        }
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string name, string summary, string description) =>
        endpoint.WithName(name).WithSummary(summary).WithDescription(description);

    private static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint)
        where T : notnull => endpoint.WithMetadata(new BodyShape(typeof(T)));

    private static RouteHandlerBuilder TakesMail(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new MailShape());

    private static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.Produces<T>(status);
        return endpoint;
    }

    private static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.Produces<ProblemView>(status, Problem.ContentType);
        return endpoint;
    }

    private static void Needs(this RouteHandlerBuilder endpoint, Gate gate, Scope scope) =>
        endpoint.Refuses(401, 403, 429, 503).WithMetadata(scope).AddEndpointFilter(gate.For(scope));
}

/// <summary>
/// The body that an endpoint takes, for the OpenAPI document alone: the routing must not refuse other content types by itself, because a
/// refusal of ours says more.
/// </summary>
internal sealed record BodyShape(Type Type);

/// <summary>Beside it: the body is a mail as it is.</summary>
internal sealed record MailShape;
