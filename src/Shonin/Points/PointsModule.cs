using Shonin.Letters;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;
using Shonin.Operations;
using Shonin.Settings;

namespace Shonin.Points;

/// <summary>
/// Points: their book, which deliveries tell of themselves, and the letters that go out before points run out. What customers see of them is
/// on their order's page and, in <see cref="PointsPanel"/>, wherever somebody has proved an address.
/// </summary>
internal sealed class PointsModule : IModule, IAsyncDisposable
{
    private readonly LetterSender sender;

    private PointsModule(House house, PointsBook book, OrderBook orders, LettersModule letters)
    {
        Book = book;
        sender = letters.SenderOf(new PointsLetters(book, orders, house.Settings.LetterHead(), letters.Mime).Box);
    }

    public PointsBook Book { get; }

    public IEnumerable<Work> Works => [new("Sending letters about points", sender.RunAsync)];

    public static async ValueTask<PointsModule> OpenAsync(
        House house,
        OrderBook orders,
        LettersModule letters,
        CancellationToken cancellation
    )
    {
        var book = await PointsBook.OpenAsync(
            house.OwnedLog,
            house.Settings.PointsPolicy(),
            house.Clock,
            fault => house.Log.LogError(fault, "Points wait after a fault"),
            cancellation
        );
        return new(house, book, orders, letters);
    }

    public ValueTask DisposeAsync() => Book.DisposeAsync();
}
