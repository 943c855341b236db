using System.Globalization;
using Shonin.Domain.Orders;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Streams;

namespace Shonin.Merchant.Privacy;

/// <summary>
/// What is kept of persons, by the day on which something last happened to it, so that what is due is found whatever the settings say today;
/// and the requests that something still stands in the way of. It names nobody.
/// </summary>
internal sealed class KeptView : View
{
    public const string Orders = "order-day/";
    public const string Contacts = "contact-day/";
    public const string Accounts = "account-day/";
    public const string Cards = "card-day/";
    public const string Pending = "pending/";
    public const string CardOwnerPrefix = "card_";

    private const string AccountPrefix = "account-";
    private const string AccountErasedName = "accountErased";
    private static readonly string placedName = EventNames.Of<OrderEvent.OrderPlaced>();
    private static readonly string cardChangedName = EventNames.Of<OrderEvent.CardChanged>();

    public override string Name => "kept";

    public override int Version => 1;

    /// <summary>The orders on a card that are not erased.</summary>
    public static string OnCard(string token) => $"on-card/{token}/";

    /// <summary>What a row of one of the lists by days is about.</summary>
    public static string SubjectOf(ViewRow row) => row.Key[(row.Key.LastIndexOf('/') + 1)..];

    /// <summary>Whether the whole day of a row lies before this.</summary>
    public static bool IsBefore(ViewRow row, DateTimeOffset cutoff)
    {
        var parts = row.Key.Split('/');
        var day = DateOnly.ParseExact(parts[^2], DayForm, CultureInfo.InvariantCulture);
        return new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) <= cutoff;
    }

    public override async ValueTask ApplyAsync(StoredEvent happened, ViewChanges rows)
    {
        ArgumentNullException.ThrowIfNull(happened);
        ArgumentNullException.ThrowIfNull(rows);
        if (OrderKeys.OrderOf(happened.Stream) is { } order)
            await ApplyAsync(order, happened, rows);
        else if (ContactKind.ContactOf(happened.Stream) is { } contact)
            await MoveAsync(Contacts, contact.Value, happened.At, "", rows);
        else if (ErasureKind.SubjectOf(happened.Stream) is { } subject)
            await ApplyAsync(subject, ErasureKind.Read(happened), rows);
        else if (happened.Stream.Value.StartsWith(AccountPrefix, StringComparison.Ordinal))
            await ApplyToAccountAsync(happened.Stream.Value[AccountPrefix.Length..], happened, rows);
    }

    private static async ValueTask ApplyAsync(OrderId order, StoredEvent happened, ViewChanges rows)
    {
        if (happened.Type == placedName && StoredOrderEvents.Read(happened) is OrderEvent.OrderPlaced placed)
        {
            rows.Put(CustomerOf(order), placed.Customer);
            await AddCardAsync(order, placed.Card.Token.Value, placed.Customer, happened.At, rows);
        }
        else if (happened.Type == cardChangedName && StoredOrderEvents.Read(happened) is OrderEvent.CardChanged changed)
        {
            await AddCardAsync(order, changed.Card.Token.Value, await rows.FindAsync(CustomerOf(order)) ?? "", happened.At, rows);
        }

        if (!await MoveAsync(Orders, order.Value, happened.At, await rows.FindAsync(CustomerOf(order)) ?? "", rows))
            return;
        foreach (var token in await CardsOfAsync(order, rows))
            await MoveAsync(Cards, token, happened.At, await rows.FindAsync(CustomerOf(order)) ?? "", rows);
    }

    private static async ValueTask ApplyAsync(string subject, ErasureFact happened, ViewChanges rows)
    {
        switch (happened)
        {
            case ErasureFact.Asked:
                rows.Put(Pending + subject, subject);
                break;
            case ErasureFact.GoneThrough { Staying.IsEmpty: true }:
                rows.Remove(Pending + subject);
                break;
            case ErasureFact.Erased erased:
                foreach (var owner in erased.Owners)
                    await RemoveAsync(owner, rows);
                break;
        }
    }

    private static async ValueTask ApplyToAccountAsync(string account, StoredEvent happened, ViewChanges rows)
    {
        if (happened.Type == AccountErasedName)
            await RemoveAsync(Accounts, account, rows);
        else
            await MoveAsync(Accounts, account, happened.At, "", rows);
    }

    private static async ValueTask RemoveAsync(string owner, ViewChanges rows)
    {
        if (OrderKeys.OrderOf(new(owner)) is { } order)
        {
            foreach (var token in await CardsOfAsync(order, rows))
                rows.Remove(OnCard(token) + order.Value);
            rows.Remove(CardsOf(order));
            rows.Remove(CustomerOf(order));
            await RemoveAsync(Orders, order.Value, rows);
        }
        else if (owner.StartsWith(CardOwnerPrefix, StringComparison.Ordinal))
        {
            await RemoveAsync(Cards, owner, rows);
        }
        else if (ContactKind.ContactOf(new(owner)) is { } contact)
        {
            // The owner of a contact without an order ends with letters that are drawn.
            var name = contact.Order is null && contact.Value.LastIndexOf('-') is > 1 and var end ? contact.Value[..end] : contact.Value;
            await RemoveAsync(Contacts, name, rows);
        }
    }

    private static async ValueTask AddCardAsync(OrderId order, string token, string customer, DateTimeOffset at, ViewChanges rows)
    {
        var known = await CardsOfAsync(order, rows);
        if (!known.Contains(token))
            rows.Put(CardsOf(order), string.Join(' ', known.Append(token)));
        rows.Put(OnCard(token) + order.Value, order.Value);
        await MoveAsync(Cards, token, at, customer, rows);
    }

    private static async ValueTask<string[]> CardsOfAsync(OrderId order, ViewChanges rows) =>
        (await rows.FindAsync(CardsOf(order)))?.Split(' ') ?? [];

    /// <summary>Whether its day is a later one than before.</summary>
    private static async ValueTask<bool> MoveAsync(string list, string subject, DateTimeOffset at, string value, ViewChanges rows)
    {
        var day = at.UtcDateTime.ToString(DayForm, CultureInfo.InvariantCulture);
        var place = PlaceOf(list, subject);
        var before = await rows.FindAsync(place);
        if (string.CompareOrdinal(before, day) >= 0)
            return false;
        if (before is not null)
            rows.Remove($"{list}{before}/{subject}");
        rows.Put($"{list}{day}/{subject}", value);
        rows.Put(place, day);
        return true;
    }

    private static async ValueTask RemoveAsync(string list, string subject, ViewChanges rows)
    {
        if (await rows.FindAsync(PlaceOf(list, subject)) is not { } day)
            return;
        rows.Remove($"{list}{day}/{subject}");
        rows.Remove(PlaceOf(list, subject));
    }

    private const string DayForm = "yyyyMMdd";

    private static string PlaceOf(string list, string subject) => $"of/{list}{subject}";

    private static string CustomerOf(OrderId order) => $"customer-of/{order}";

    private static string CardsOf(OrderId order) => $"cards-of/{order}";
}
