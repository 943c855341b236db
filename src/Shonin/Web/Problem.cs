using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain.Orders;

namespace Shonin.Web;

/// <summary>
/// Every reason for which a request is turned away; JSON writes it in camelCase as <c>code</c>. Clients rely on these names.
/// </summary>
internal enum ProblemCode
{
    Malformed,
    BodyTooLarge,
    TooSlow,
    UnsupportedMediaType,
    NotAuthorized,
    Forbidden,
    InsecureTransport,
    NotFound,
    MethodNotAllowed,
    RateLimited,
    Overloaded,
    StorageUnavailable,
    InternalError,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    RequestInProgress,
    OrderNotFound,
    ShipmentNotFound,
    CardNotFound,
    InvalidValue,
    InvalidAmount,
    InvalidItems,
    InvalidCustomer,
    InvalidCard,
    InvalidMail,
    UnknownCurrency,
    PaymentMethodNotOffered,
    NotOnHold,
    AttemptInProgress,
    AlreadyApproved,
    AlreadyShipped,
    AlreadyCancelled,
    DeadlinePassed,
    NeverRetryCode,
    RetryTooEarly,
    RetryBudgetSpent,
    NoLiveAuthorization,
    CardNotProved,
    TriesSpent,
    TriesLimited,
    InvalidDeadline,
    NotSettledSo,
}

/// <summary>A refusal as a client reads it (RFC 9457).</summary>
/// <param name="Type">A URI that names the code; nothing need be found there.</param>
/// <param name="Detail">What was wrong, where, and what to do.</param>
/// <param name="Pointer">JSON pointer (RFC 6901) to the field of the body, where it is one field.</param>
/// <param name="Rule">The dated rule that forbids it, where one does.</param>
internal sealed record ProblemView(
    string Type,
    string Title,
    int Status,
    string Detail,
    ProblemCode Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Pointer = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Rule = null
);

/// <summary>A refusal on its way out.</summary>
internal sealed record Problem(ProblemCode Code, string Detail) : IResult
{
    public const string ContentType = "application/problem+json";

    public string? Pointer { get; init; }
    public string? Rule { get; init; }
    public TimeSpan? RetryAfter { get; init; }

    public int Status => StatusOf(Code);

    public ProblemView View => new($"urn:shonin:problem:{ApiJson.Camel(Code)}", TitleOf(Code), Status, Detail, Code, Pointer, Rule);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        if (Code == ProblemCode.NotAuthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await JsonSerializer.SerializeAsync(response.Body, View, ApiJson.Options, httpContext.RequestAborted);
    }

    /// <summary>The same refusal that pages and the command line show.</summary>
    public static Problem Of(Refusal refusal, string? rule) => new(CodeOf(refusal), DetailOf(refusal)) { Rule = rule };

    public static ProblemCode CodeOf(Refusal refusal) =>
        refusal switch
        {
            Refusal.OrderNotFound => ProblemCode.OrderNotFound,
            Refusal.ShipmentNotFound => ProblemCode.ShipmentNotFound,
            Refusal.NotOnHold => ProblemCode.NotOnHold,
            Refusal.AttemptInProgress => ProblemCode.AttemptInProgress,
            Refusal.AlreadyApproved => ProblemCode.AlreadyApproved,
            Refusal.AlreadyShipped => ProblemCode.AlreadyShipped,
            Refusal.AlreadyCancelled => ProblemCode.AlreadyCancelled,
            Refusal.DeadlinePassed => ProblemCode.DeadlinePassed,
            Refusal.NeverRetryCode => ProblemCode.NeverRetryCode,
            Refusal.RetryTooEarly => ProblemCode.RetryTooEarly,
            Refusal.RetryBudgetSpent => ProblemCode.RetryBudgetSpent,
            Refusal.NoLiveAuthorization => ProblemCode.NoLiveAuthorization,
            Refusal.InvalidAmount => ProblemCode.InvalidAmount,
            Refusal.InvalidItems => ProblemCode.InvalidItems,
            Refusal.CardNotProved => ProblemCode.CardNotProved,
            Refusal.TriesSpent => ProblemCode.TriesSpent,
            Refusal.InvalidDeadline => ProblemCode.InvalidDeadline,
            Refusal.NotSettledSo => ProblemCode.NotSettledSo,
        };

    private static string DetailOf(Refusal refusal) =>
        refusal switch
        {
            Refusal.OrderNotFound => "There is no such order.",
            Refusal.ShipmentNotFound => "There is no such shipment.",
            Refusal.NotOnHold => "The order is not on hold, so there is nothing to confirm or to change.",
            Refusal.AttemptInProgress => "The card company is being asked right now; wait for its answer, then look at the order again.",
            Refusal.AlreadyApproved => "The order is approved already.",
            Refusal.AlreadyShipped => "The order has been shipped, in whole or in part.",
            Refusal.AlreadyCancelled => "The order is cancelled, or being cancelled.",
            Refusal.DeadlinePassed => "The deadline of the hold has passed.",
            Refusal.NeverRetryCode => "The card company's answer forbids asking again with this card; change the payment method.",
            Refusal.RetryTooEarly =>
                "It is too early to ask this card again: Retry-After and rule say when and why. Send a new request then, with a new Idempotency-Key.",
            Refusal.RetryBudgetSpent =>
                "The rules of the card's scheme allow no more tries of this card for now; rule names them. Change the payment method.",
            Refusal.NoLiveAuthorization => "There is no approval that still holds the amount, so nothing can be shipped.",
            Refusal.InvalidAmount => "The total must be above zero, in one currency, and at most 999999999999 minor units.",
            Refusal.TriesSpent => "This has been tried as often as is allowed; a person at the desk decides whether there are more tries.",
            Refusal.InvalidDeadline => "The deadline must be later than the present one, and at most 30 days after the hold began.",
            Refusal.NotSettledSo => "This does not take the order off the agents' list.",
            Refusal.CardNotProved => "These are not the card's last four digits, or no guess is left.",
            Refusal.InvalidItems => "The items do not fit what of the order has not been shipped yet.",
        };

    public static int StatusOf(ProblemCode code) =>
        code switch
        {
            ProblemCode.Malformed or ProblemCode.IdempotencyKeyMissing => StatusCodes.Status400BadRequest,
            ProblemCode.TooSlow => StatusCodes.Status408RequestTimeout,
            ProblemCode.NotAuthorized => StatusCodes.Status401Unauthorized,
            ProblemCode.Forbidden or ProblemCode.InsecureTransport => StatusCodes.Status403Forbidden,
            ProblemCode.NotFound or ProblemCode.OrderNotFound or ProblemCode.ShipmentNotFound => StatusCodes.Status404NotFound,
            ProblemCode.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
            ProblemCode.RequestInProgress
            or ProblemCode.NotOnHold
            or ProblemCode.AttemptInProgress
            or ProblemCode.AlreadyApproved
            or ProblemCode.AlreadyShipped
            or ProblemCode.AlreadyCancelled
            or ProblemCode.DeadlinePassed
            or ProblemCode.NeverRetryCode
            or ProblemCode.RetryTooEarly
            or ProblemCode.RetryBudgetSpent
            or ProblemCode.NoLiveAuthorization
            or ProblemCode.CardNotProved
            or ProblemCode.NotSettledSo
            or ProblemCode.TriesSpent => StatusCodes.Status409Conflict,
            ProblemCode.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
            ProblemCode.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
            ProblemCode.IdempotencyKeyReused
            or ProblemCode.CardNotFound
            or ProblemCode.InvalidValue
            or ProblemCode.InvalidAmount
            or ProblemCode.InvalidItems
            or ProblemCode.InvalidCustomer
            or ProblemCode.InvalidCard
            or ProblemCode.InvalidDeadline
            or ProblemCode.InvalidMail
            or ProblemCode.UnknownCurrency
            or ProblemCode.PaymentMethodNotOffered => StatusCodes.Status422UnprocessableEntity,
            ProblemCode.RateLimited or ProblemCode.TriesLimited => StatusCodes.Status429TooManyRequests,
            ProblemCode.InternalError => StatusCodes.Status500InternalServerError,
            ProblemCode.Overloaded or ProblemCode.StorageUnavailable => StatusCodes.Status503ServiceUnavailable,
        };

    private static string TitleOf(ProblemCode code) =>
        code switch
        {
            ProblemCode.Malformed => "The request cannot be read",
            ProblemCode.BodyTooLarge => "The body is too large",
            ProblemCode.TooSlow => "The body came too slowly",
            ProblemCode.UnsupportedMediaType => "The body's type is not understood",
            ProblemCode.NotAuthorized => "No valid API key",
            ProblemCode.Forbidden => "The API key may not do this",
            ProblemCode.InsecureTransport => "Secrets are taken over TLS only",
            ProblemCode.NotFound => "There is nothing at this address",
            ProblemCode.MethodNotAllowed => "This address does not take this method",
            ProblemCode.RateLimited => "Too many requests",
            ProblemCode.Overloaded => "Too much is waiting already",
            ProblemCode.StorageUnavailable => "Nothing can be written now",
            ProblemCode.InternalError => "This is our fault",
            ProblemCode.IdempotencyKeyMissing => "The Idempotency-Key is missing",
            ProblemCode.IdempotencyKeyReused => "The Idempotency-Key was used with another body",
            ProblemCode.RequestInProgress => "The same request is still running",
            ProblemCode.OrderNotFound => "No such order",
            ProblemCode.ShipmentNotFound => "No such shipment",
            ProblemCode.CardNotFound => "No such card",
            ProblemCode.InvalidValue => "A value cannot be taken",
            ProblemCode.InvalidAmount => "An amount cannot be taken",
            ProblemCode.InvalidItems => "The items cannot be taken",
            ProblemCode.InvalidCustomer => "The customer cannot be taken",
            ProblemCode.InvalidCard => "The card cannot be taken",
            ProblemCode.InvalidMail => "The mail cannot be read",
            ProblemCode.UnknownCurrency => "Unknown currency",
            ProblemCode.PaymentMethodNotOffered => "This way of paying is not offered",
            ProblemCode.NotOnHold => "The order is not on hold",
            ProblemCode.AttemptInProgress => "The card company is being asked right now",
            ProblemCode.AlreadyApproved => "The order is approved already",
            ProblemCode.AlreadyShipped => "The order has been shipped",
            ProblemCode.AlreadyCancelled => "The order is cancelled",
            ProblemCode.DeadlinePassed => "The deadline has passed",
            ProblemCode.NeverRetryCode => "This card may not be tried again",
            ProblemCode.RetryTooEarly => "It is too early to try this card again",
            ProblemCode.RetryBudgetSpent => "This card was tried too often",
            ProblemCode.NoLiveAuthorization => "There is no live authorization",
            ProblemCode.CardNotProved => "The card is not proved",
            ProblemCode.TriesLimited => "Too many tries were not approved",
            ProblemCode.InvalidDeadline => "The deadline cannot be that",
            ProblemCode.NotSettledSo => "This does not settle it",
            ProblemCode.TriesSpent => "This was tried as often as is allowed",
        };
}

/// <summary>How the interface writes JSON: camelCase, enumerations too, Japanese as it is.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = New();

    public static string Camel<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
    }

    private static JsonSerializerOptions New()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver();
        options.MakeReadOnly();
        return options;
    }
}
