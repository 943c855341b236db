using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;
using Shonin.Streams;

namespace Shonin.Simulation;

/// <summary>
/// The carrier who says of parcels that they were delivered, now and then twice, and customers who send an order back, at times before its
/// delivery was heard of; around the real points and their letters.
/// </summary>
internal sealed class Points(World world)
{
    private bool wasLookedAt;

    /// <summary>Points run out while the world is still played, in most worlds.</summary>
    public PointsPolicy Policy { get; } =
        new()
        {
            PerHundred = world.Random.Next(4) == 0 ? 0 : 1 + world.Random.Next(7),
            ExpireAfter = TimeSpan.FromMinutes(10 + world.Random.Next(300)),
            WarnBefore = TimeSpan.FromMinutes(world.Random.Next(20)),
        };

    public PointsChecks Checks { get; } = new(world);

    /// <summary>Null while the merchant is down.</summary>
    public PointsBook? Book { get; private set; }

    /// <summary>Inside the merchant's process.</summary>
    public async Task ServeAsync(OwnedLog log)
    {
        var opened = await PointsBook.OpenAsync(log, Policy, world.Clock, world.OnFault, CancellationToken.None);
        Book = opened;
        var letters = new OutboxPump(log, PointsBook.LetterQueue, world.Clock, (item, _) => SendAsync(opened, item), world.OnFault);
        world.Merchant.Process.Start(() => letters.RunAsync(CancellationToken.None), world.OnFault);
    }

    public void MerchantDied() => Book = null;

    /// <summary>What becomes of an order whose parcels have left.</summary>
    /// <param name="tell">Asks the order book until it answers.</param>
    public async Task DeliverAsync(Order order, IReadOnlyList<string> parcels, Func<OrderCommand, Task<RequestResult>> tell)
    {
        if (parcels.Count > 0 && world.Random.Next(4) == 0)
            world.CrashAtNextWrite();
        foreach (var parcel in parcels)
        {
            for (var times = world.Random.Next(4) == 0 ? 2 : 1; times > 0; times--)
                await tell(new OrderCommand.RegisterDelivery(parcel, world.Scheduler.Now));
        }
        if (world.Random.Next(4) == 0)
            await SendBackAsync(order);
    }

    /// <summary>Before the end: what customers are shown is held against the log.</summary>
    public void LookAtTheEnd()
    {
        if (Book is not { } open)
            return;
        world.Merchant.Process.Start(
            async () =>
            {
                foreach (var order in world.Checks.Orders)
                    Checks.Shown(order, await open.OfAsync([order.Customer]), await open.OfOrderAsync(order));
                wasLookedAt = true;
            },
            world.OnFault
        );
    }

    public void AtEnd()
    {
        if (!wasLookedAt)
            world.Checks.Broken("Points are not shown at the end");
        Checks.AtEnd();
    }

    private async Task SendBackAsync(Order order)
    {
        Checks.ComesBack(order.Id);
        while (true)
        {
            if (Book is { } open)
            {
                var told = await world.Merchant.AskAsync(async () => (object)(await open.TakeBackAsync(order) is null));
                if (told is true)
                {
                    Checks.CameBack(order);
                    return;
                }
            }
            await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
        }
    }

    /// <summary>A relay that sometimes takes a letter and loses its own answer.</summary>
    private async ValueTask<BringResult> SendAsync(PointsBook book, OutboxItem item)
    {
        if (await book.FindWarningAsync(item) is { } warning)
            Checks.LetterLeft(item.Id, warning);
        if (world.Random.NextDouble() < world.Faults.MailAnswerLost)
            return new BringResult.Again(TimeSpan.FromSeconds(30));
        await book.CloseLetterAsync(item);
        return new BringResult.Done();
    }
}
