using System.Collections.Immutable;
using System.Globalization;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Web;

namespace Shonin.Orders;

/// <summary>An order as its body asks for it, before the vault has been asked for the card.</summary>
internal sealed record OrderWish(Person Customer, Locale Locale, ImmutableArray<OrderItem> Items, CardToken Card, string? Reference);

/// <summary>Turns well-formed bodies into what the order book takes, or says which value it cannot take (422).</summary>
internal static class OrderRequests
{
    private const int TextLengthMax = 200;
    private const int ReasonLengthMax = 500;
    private const int PhoneLengthMax = 30;
    private const int QuantityMax = 9_999;

    public static Reading<OrderWish, Problem> Parse(PlaceOrderBody body, int itemCountMax)
    {
        if (CustomerProblem(body.Customer) is { } unwelcome)
            return Refused(unwelcome);
        if (LocaleOf(body.Customer.Locale) is not { } locale)
            return Refused(new(ProblemCode.InvalidCustomer, "/customer/locale must be ja or en.") { Pointer = "/customer/locale" });
        if (OptionalTextProblem("/reference", body.Reference, TextLengthMax, ProblemCode.InvalidValue) is { } badReference)
            return Refused(badReference);
        if (body.Items.Count == 0 || body.Items.Count > itemCountMax)
        {
            return Refused(
                new(ProblemCode.InvalidItems, $"An order has 1 to {itemCountMax} items, not {body.Items.Count}.") { Pointer = "/items" }
            );
        }

        var items = ImmutableArray.CreateBuilder<OrderItem>(body.Items.Count);
        foreach (var (index, item) in body.Items.Index())
        {
            switch (Parse(item, string.Create(CultureInfo.InvariantCulture, $"/items/{index}"), items))
            {
                case Reading<OrderItem, Problem>.Read(var read):
                    items.Add(read);
                    break;
                case Reading<OrderItem, Problem>.Refused(var problem):
                    return Refused(problem);
            }
        }
        var total = items.Aggregate((Int128)0, (sum, item) => sum + item.Amount.MinorUnits);
        if (total == 0 || total > Money.MinorUnitsMax)
        {
            return Refused(
                new(
                    ProblemCode.InvalidAmount,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The items come to {total} minor units; a total is from 1 to {Money.MinorUnitsMax}."
                    )
                )
                {
                    Pointer = "/items",
                }
            );
        }
        return new Reading<OrderWish, Problem>.Read(
            new(
                new(MailAddress.Read(body.Customer.Email)!.Text, body.Customer.Name, body.Customer.Phone),
                locale,
                items.ToImmutable(),
                new(body.Payment.Card),
                body.Reference
            )
        );
    }

    public static Reading<OrderCommand, Problem> Parse(CancellationBody body, string request)
    {
        if (ByOf(body.By) is not { } by)
            return RefusedCommand(new(ProblemCode.InvalidValue, "/by must be customer, agent or merchant.") { Pointer = "/by" });
        return OptionalTextProblem("/reason", body.Reason, ReasonLengthMax, ProblemCode.InvalidValue) is { } badReason
            ? RefusedCommand(badReason)
            : new Reading<OrderCommand, Problem>.Read(new OrderCommand.Cancel(request, by, body.Reason));
    }

    public static Reading<OrderCommand, Problem> Parse(ShipmentBody body, string request, string shipment, int itemCountMax)
    {
        if (body.Items is { } given && (given.Count == 0 || given.Count > itemCountMax))
        {
            return RefusedCommand(
                new(ProblemCode.InvalidItems, $"A parcel has 1 to {itemCountMax} items; leave items out to ship all that is left.")
                {
                    Pointer = "/items",
                }
            );
        }

        foreach (var (index, item) in (body.Items ?? []).Index())
        {
            var pointer = string.Create(CultureInfo.InvariantCulture, $"/items/{index}");
            if (TextProblem($"{pointer}/sku", item.Sku, TextLengthMax, ProblemCode.InvalidItems) is { } badSku)
                return RefusedCommand(badSku);
            if (item.Quantity is < 1 or > QuantityMax)
                return RefusedCommand(QuantityProblem(pointer, item.Quantity));
        }
        if (TextProblem("/carrier", body.Carrier, TextLengthMax, ProblemCode.InvalidValue) is { } badCarrier)
            return RefusedCommand(badCarrier);
        if (TextProblem("/tracking", body.Tracking, TextLengthMax, ProblemCode.InvalidValue) is { } badTracking)
            return RefusedCommand(badTracking);
        return new Reading<OrderCommand, Problem>.Read(
            new OrderCommand.Ship(
                request,
                shipment,
                [.. (body.Items ?? []).Select(item => new ShippedItem(item.Sku, item.Quantity))],
                body.Carrier,
                body.Tracking
            )
        );
    }

    public static Reading<OrderCommand, Problem> Parse(DeliveryBody body, string shipment) =>
        ParseTime(body.At) is { } at
            ? new Reading<OrderCommand, Problem>.Read(new OrderCommand.RegisterDelivery(shipment, at))
            : RefusedCommand(
                new(ProblemCode.InvalidValue, "/at must be a time with its offset (RFC 3339), as in 2026-11-24T10:02:00+09:00.")
                {
                    Pointer = "/at",
                }
            );

    /// <param name="before">The items read so far; all must be in one currency.</param>
    private static Reading<OrderItem, Problem> Parse(ItemBody item, string pointer, IReadOnlyList<OrderItem> before)
    {
        if (TextProblem($"{pointer}/sku", item.Sku, TextLengthMax, ProblemCode.InvalidItems) is { } badSku)
            return new Reading<OrderItem, Problem>.Refused(badSku);
        if (before.Any(earlier => earlier.Sku == item.Sku))
        {
            return new Reading<OrderItem, Problem>.Refused(
                new(ProblemCode.InvalidItems, $"{pointer}/sku stands there twice; put its whole quantity into one item.")
                {
                    Pointer = $"{pointer}/sku",
                }
            );
        }

        if (TextProblem($"{pointer}/name", item.Name, TextLengthMax, ProblemCode.InvalidItems) is { } badName)
            return new Reading<OrderItem, Problem>.Refused(badName);
        if (item.Quantity is < 1 or > QuantityMax)
            return new Reading<OrderItem, Problem>.Refused(QuantityProblem(pointer, item.Quantity));
        var currencyPointer = $"{pointer}/unitPrice/currency";
        if (Currency.Parse(item.UnitPrice.Currency) is not { } currency)
        {
            return new Reading<OrderItem, Problem>.Refused(
                new(ProblemCode.UnknownCurrency, $"{currencyPointer} must be one of {string.Join(", ", Currency.Known)}.")
                {
                    Pointer = currencyPointer,
                }
            );
        }
        if (before.Any(earlier => earlier.UnitPrice.Currency != currency))
        {
            return new Reading<OrderItem, Problem>.Refused(
                new(ProblemCode.InvalidAmount, "All items of an order are in one currency.") { Pointer = currencyPointer }
            );
        }

        if (item.UnitPrice.MinorUnits is < 0 or > Money.MinorUnitsMax)
        {
            return new Reading<OrderItem, Problem>.Refused(
                new(
                    ProblemCode.InvalidAmount,
                    string.Create(CultureInfo.InvariantCulture, $"{pointer}/unitPrice/minorUnits must be from 0 to {Money.MinorUnitsMax}.")
                )
                {
                    Pointer = $"{pointer}/unitPrice/minorUnits",
                }
            );
        }
        return new Reading<OrderItem, Problem>.Read(new(item.Sku, item.Name, new(item.UnitPrice.MinorUnits, currency), item.Quantity));
    }

    private static Problem? CustomerProblem(CustomerBody customer)
    {
        if (!MailAddress.IsOne(customer.Email))
        {
            return new(
                ProblemCode.InvalidCustomer,
                "/customer/email must be a mail address, as in taro@example.jp; the customer's notices go there."
            )
            {
                Pointer = "/customer/email",
            };
        }

        return TextProblem("/customer/name", customer.Name, TextLengthMax, ProblemCode.InvalidCustomer)
            ?? OptionalTextProblem("/customer/phone", customer.Phone, PhoneLengthMax, ProblemCode.InvalidCustomer);
    }

    private static Problem? OptionalTextProblem(string pointer, string? text, int lengthMax, ProblemCode code) =>
        text is null ? null : TextProblem(pointer, text, lengthMax, code);

    private static Problem? TextProblem(string pointer, string text, int lengthMax, ProblemCode code) =>
        string.IsNullOrWhiteSpace(text) || text.Length > lengthMax
            ? new(
                code,
                $"{pointer} must have 1 to {lengthMax} characters, not {text.Length}{(text.Length is 0 ? "" : " or spaces alone")}."
            )
            {
                Pointer = pointer,
            }
            : null;

    private static Problem QuantityProblem(string pointer, int quantity) =>
        new(ProblemCode.InvalidItems, $"{pointer}/quantity must be from 1 to {QuantityMax}, not {quantity}.")
        {
            Pointer = $"{pointer}/quantity",
        };

    public static Locale? LocaleOf(string text) =>
        text switch
        {
            "ja" => Locale.Ja,
            "en" => Locale.En,
            _ => null,
        };

    private static CancelledBy? ByOf(string text) =>
        text switch
        {
            "customer" => CancelledBy.Customer,
            "agent" => CancelledBy.Agent,
            "merchant" => CancelledBy.Merchant,
            _ => null,
        };

    // RFC 3339 section 5.6; a time without its offset would be a guess.
    private static DateTimeOffset? ParseTime(string text)
    {
        string[] formats =
        [
            "yyyy-MM-dd'T'HH:mm:sszzz",
            "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
            "yyyy-MM-dd'T'HH:mm:ss'Z'",
            "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        ];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
    }

    private static Reading<OrderWish, Problem>.Refused Refused(Problem problem) => new(problem);

    private static Reading<OrderCommand, Problem>.Refused RefusedCommand(Problem problem) => new(problem);
}
