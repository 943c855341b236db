namespace Shonin.Web;

// What clients send, field by field. A field with a default may be left out; StrictJson refuses everything else that departs from these.

internal sealed record MoneyBody(long MinorUnits, string Currency);

internal sealed record CustomerBody(string Email, string Name, string Locale, string? Phone = null);

internal sealed record ItemBody(string Sku, string Name, MoneyBody UnitPrice, int Quantity);

internal sealed record PaymentBody(string Card);

internal sealed record PlaceOrderBody(CustomerBody Customer, IReadOnlyList<ItemBody> Items, PaymentBody Payment, string? Reference = null);

internal sealed record ConfirmationBody;

/// <summary>Either a card's token or another method, never both.</summary>
internal sealed record PaymentMethodBody(string? Card = null, string? Method = null);

internal sealed record CancellationBody(string By, string? Reason = null);

internal sealed record ShippedItemBody(string Sku, int Quantity);

internal sealed record ShipmentBody(string Carrier, string Tracking, IReadOnlyList<ShippedItemBody>? Items = null);

internal sealed record DeliveryBody(string At);

// Bodies that only CardNetwork reads; here they are described, for the OpenAPI document alone.

internal sealed record CardDescription(string Number, string Expiry, string SecurityCode, string? Holder = null);

internal sealed record ConfirmationDescription(string? SecurityCode = null);

internal sealed record PaymentMethodDescription(string? Card = null, string? SecurityCode = null, string? Method = null);
