using System.Text;
using Shonin.Audit;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.Merchant.Cards;
using Shonin.Merchant.Orders;

namespace Shonin.Simulation;

/// <summary>
/// The customers and the shop's own systems: they order, press buttons at bad moments, ship, and ask again with the same key until they
/// are answered, as REST clients do.
/// </summary>
internal sealed class Customers(World world, int orderCount)
{
    /// <summary>A world of fewer orders would be empty for most of such a day.</summary>
    private const int LongDayOrderCountMin = 100;

    /// <summary>By so much an agent's extension outlasts a fresh hold: it ends within the world's time.</summary>
    private static readonly TimeSpan longer = TimeSpan.FromMinutes(10);

    private SimulatedProcess clients = null!;

    /// <summary>
    /// The time over which the orders come in; in some worlds longer than a day, so that what counts for a day turns over.
    /// </summary>
    public TimeSpan Span { get; } =
        orderCount >= LongDayOrderCountMin && world.Random.Next(8) == 0
            ? TimeSpan.FromHours(26)
            : TimeSpan.FromSeconds(20 + orderCount * 3);

    /// <summary>Each order that a client was told of, by the key it was placed under.</summary>
    public Dictionary<string, OrderId> Acknowledged { get; } = [];

    public void Start()
    {
        clients = world.Scheduler.NewProcess("clients");
        for (var index = 0; index < orderCount; index++)
        {
            var (key, delay) = ($"order-{index}", Span * world.Random.NextDouble());
            world.Later(delay, () => clients.Start(() => BuyAsync(key), world.OnFault));
        }
    }

    private async Task BuyAsync(string key)
    {
        var card = await StoreCardAsync($"{key}-card");
        var items = new OrderItem[1 + world.Random.Next(2)];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = new OrderItem(
                $"sku-{index}",
                $"品物 {index}",
                new Money(500 + world.Random.Next(4000), Currency.Jpy),
                1 + world.Random.Next(2)
            );
        }

        var order = new PlaceOrder(
            new Person($"{key}@customer.example", "山田花子", null),
            world.Random.Next(2) == 0 ? Locale.Ja : Locale.En,
            [.. items],
            card,
            null
        );
        var placed = await UntilAnsweredAsync(book =>
            book.PlaceAsync(order, KeyOf("orders", key), Patience.UntilSettled, CancellationToken.None)
        );
        if (placed is not RequestResult.Done done)
            return;
        var id = done.Record.Order.Id;
        if (Acknowledged.TryGetValue(key, out var earlier) && earlier != id)
            world.Checks.Broken($"Key {key} was acknowledged as {earlier} and as {id}");
        Acknowledged[key] = id;
        if (world.Random.Next(4) == 0)
            await RepeatAsync(order, key, done.Record);
        await LiveWithItAsync(done.Record.Order, key);
    }

    /// <summary>The same key again gives the same outcome, for ever.</summary>
    private async Task RepeatAsync(PlaceOrder order, string key, OrderRecord first)
    {
        await WaitAsync(30);
        var again = await UntilAnsweredAsync(book =>
            book.PlaceAsync(order, KeyOf("orders", key), Patience.UntilSettled, CancellationToken.None)
        );
        if (again is not RequestResult.Done { Record: var second } || second.Order.Id != first.Order.Id || second.Version != first.Version)
            world.Checks.Broken($"Key {key} gave {first.Order.Id} at {first.Version} first, then {again}");
    }

    private async Task LiveWithItAsync(Order order, string key)
    {
        var (id, parcels) = (order.Id, new List<string>());
        for (var step = 0; step < 6; step++)
        {
            await WaitAsync(world.Random.Next(3) == 0 ? 1 : 200);
            var request = $"{key}-{step}";
            if (world.Random.Next(6) == 0 && world.Merchant.Trail is { } trail)
                clients.Start(() => LookAsync(trail, request), world.OnFault);
            OrderCommand command = world.Random.Next(10) switch
            {
                0 or 1 or 2 => new OrderCommand.Confirm(request),
                3 or 4 => new OrderCommand.ChangeCard(request, await StoreCardAsync($"{request}-card")),
                5 => new OrderCommand.Cancel(request, CancelledBy.Customer, null),
                6 => new OrderCommand.Ship(request, $"shp-{request}", [new("sku-0", 1)], "ヤマト", "1234"),
                7 => new OrderCommand.ExtendDeadline(request, "agent", world.Scheduler.Now + world.Policy.Deadline + longer),
                8 => SettleSomething(),
                _ => new OrderCommand.Ship(request, $"shp-{request}", [], "ヤマト", "1234"),
            };
            // Now and then the button is pressed twice in the same moment.
            if (world.Random.Next(5) == 0 && world.Merchant.Book is { } book)
                _ = book.SubmitAsync(id, command, null, Patience.RespondAtOnce, CancellationToken.None).AsTask();
            var told = await UntilAnsweredAsync(open =>
                open.SubmitAsync(id, command, KeyOf("step", request), Patience.UntilSettled, CancellationToken.None)
            );
            if (told is RequestResult.Done && command is OrderCommand.Ship { Shipment: var parcel })
                parcels.Add(parcel);
        }
        await WaitAsync(200);
        await world.Points.DeliverAsync(order, parcels, command =>
            UntilAnsweredAsync(open => open.SubmitAsync(id, command, null, Patience.RespondAtOnce, CancellationToken.None))
        );
    }

    /// <summary>An agent says that something was done, whether the order needed it or not.</summary>
    private OrderCommand.SettleByHand SettleSomething()
    {
        var settled = Enum.GetValues<AttentionReason>().Where(reason => !ByHand.RemediesFor(reason).IsEmpty).ToList();
        var reason = settled[world.Random.Next(settled.Count)];
        return new("agent", reason, ByHand.RemediesFor(reason)[0]);
    }

    /// <summary>A card is sent in until its token is known, and now and then once more: one key, one token.</summary>
    private async Task<CardOnFile> StoreCardAsync(string key)
    {
        var number = Encoding.ASCII.GetBytes(world.Cards.Draw(world.Random));
        var card = await UntilStoredAsync(key, number);
        if (world.Random.Next(4) != 0)
            return card;
        await WaitAsync(30);
        if (await UntilStoredAsync(key, number) is var again && again != card)
            world.Checks.Broken($"Key {key} led to the card {card.Token} first, then to {again.Token}");
        return card;
    }

    private async Task<CardOnFile> UntilStoredAsync(string key, byte[] number)
    {
        var request = CardRequests.KeyOf("clients", key, Convert.ToHexString(number));
        var securityCode = SecurityCode.Parse(number[0] == '3' && number.Length == 15 ? "0123"u8 : "123"u8)!;
        while (true)
        {
            if (world.Merchant is { Vault: { } vault, Cards: { } cards })
            {
                CardEntry Entry() => new(((PanReading.Read)Pan.Parse(number)).Pan, CardExpiry.Parse("2030-12"u8)!.Value, securityCode);
                var told = await world.Merchant.AskAsync(() =>
                    cards.StoreOnceAsync(request, () => vault.StoreAsync(Entry(), CancellationToken.None), CancellationToken.None)
                );
                if (told is CardRequestOutcome.Repeated(var card))
                {
                    vault.HoldSecurityCode(card.Token, securityCode);
                    return card;
                }
                if (told is CardRequestOutcome.KeyReused)
                    world.Checks.Broken($"Key {key} was not known again");
            }
            await WaitAsync(5);
        }
    }

    /// <summary>Asks until there is an answer.</summary>
    private async Task<RequestResult> UntilAnsweredAsync(Func<OrderBook, ValueTask<RequestResult>> ask)
    {
        while (true)
        {
            if (world.Merchant.Book is { } book)
            {
                var told = await world.Merchant.AskAsync(() => ask(book));
                if (told is RequestResult.Done { Record: var shown })
                    world.Checks.Told(shown);
                if (
                    told
                    is { } given
                        and (RequestResult.Done or RequestResult.Refused or RequestResult.KeyReused or RequestResult.TriesLimited)
                )
                {
                    return given;
                }
            }
            await WaitAsync(5);
        }
    }

    private Task WaitAsync(double secondsMax) =>
        Task.Delay(TimeSpan.FromSeconds(0.05 + secondsMax * world.Random.NextDouble()), world.Clock);

    /// <summary>An agent looks at an order, which is on record first; and something is told of it that is on record once.</summary>
    private async Task LookAsync(AuditTrail trail, string what)
    {
        trail.NoteOnce(what, new AuditNote(Checks.ToldOnceKind, "clients", what));
        var look = new AuditNote(Checks.LookedAtKind, "clients", what);
        if (await world.Merchant.AskAsync(async () => (object)await trail.RecordAsync(look)) is true)
            world.Checks.LookedAt(what);
        await WaitAsync(30);
        world.Merchant.Trail?.NoteOnce(what, new AuditNote(Checks.ToldOnceKind, "clients", what));
    }

    private static RequestKey KeyOf(string scope, string key) => new(scope, key, Encoding.UTF8.GetBytes(key));
}
