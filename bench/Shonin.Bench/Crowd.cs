using System.Collections.Concurrent;
using System.Diagnostics;

namespace Shonin.Bench;

/// <summary>Customers of a measurement, each of whom places one order after the other.</summary>
public static class Crowd
{
    /// <param name="goesOn">Whether one more order is placed; told its number in this turn, from 1.</param>
    /// <param name="placeOrder">Ends when the customer has the answer.</param>
    public static async Task<Waits> PlaceAsync(int customerCount, Func<int, bool> goesOn, Func<Task> placeOrder)
    {
        ArgumentNullException.ThrowIfNull(goesOn);
        ArgumentNullException.ThrowIfNull(placeOrder);
        var (waits, begun) = (new ConcurrentBag<TimeSpan>(), 0);
        await Task.WhenAll(Enumerable.Range(0, customerCount).Select(_ => Task.Run(BuyAsync)));
        return new([.. waits.Order()]);

        async Task BuyAsync()
        {
            while (goesOn(Interlocked.Increment(ref begun)))
            {
                var started = Stopwatch.GetTimestamp();
                await placeOrder();
                waits.Add(Stopwatch.GetElapsedTime(started));
            }
        }
    }
}

/// <summary>How long each customer waited for the answer, the shortest first.</summary>
public sealed record Waits(IReadOnlyList<TimeSpan> ShortestFirst)
{
    public int Count => ShortestFirst.Count;

    /// <summary>The time within which this share of them was answered, 0 to 1.</summary>
    public TimeSpan Within(double share) => ShortestFirst[(int)((Count - 1) * share)];
}
