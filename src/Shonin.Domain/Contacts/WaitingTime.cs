using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Contacts;

/// <summary>The queue as it stands for one who waits in it.</summary>
/// <param name="AheadCount">Who waits before them.</param>
/// <param name="AgentCount">Agents who are there, at work or free.</param>
/// <param name="FreeCount">Those of them who could take somebody now.</param>
public sealed record WaitingQueue(int AheadCount, int AgentCount, int FreeCount);

/// <summary>How long somebody who waits in a queue will wait, as far as that can honestly be said.</summary>
public abstract record WaitingTime
{
    /// <summary>With fewer, nothing is known of how long it takes.</summary>
    public const int HandledCountMin = 5;

    private const int RoughFromMinutes = 15;
    private const int RoughStepMinutes = 5;

    private WaitingTime() { }

    /// <summary>Too little is known, or nobody is there.</summary>
    public sealed record Unknown : WaitingTime;

    /// <summary>Somebody is free.</summary>
    public sealed record Soon : WaitingTime;

    /// <param name="FromMinutes">At least 1, and less than <paramref name="ToMinutes"/>.</param>
    public sealed record Between(int FromMinutes, int ToMinutes) : WaitingTime;

    /// <param name="handled">For how long each of the latest contacts kept its agent, in any order.</param>
    public static WaitingTime Estimate(IReadOnlyCollection<TimeSpan> handled, WaitingQueue queue)
    {
        ArgumentNullException.ThrowIfNull(handled);
        ArgumentNullException.ThrowIfNull(queue);
        Invariant.That(queue.AheadCount >= 0 && queue.FreeCount >= 0 && queue.FreeCount <= queue.AgentCount);
        if (queue.FreeCount > queue.AheadCount)
            return new Soon();
        if (queue.AgentCount == 0 || handled.Count < HandledCountMin)
            return new Unknown();
        var sorted = handled.Order().ToList();
        // Those ahead whom nobody takes at once, and then oneself: each waits until one of the agents is done.
        var turns = queue.AheadCount - queue.FreeCount + 1;
        var (quick, slow) = (AtRank(sorted, 25), AtRank(sorted, 90));
        // Whoever is at work may be about done, or have just begun.
        return Range(quick * (turns - 1) / queue.AgentCount, slow * turns / queue.AgentCount);
    }

    /// <summary>およそ3分から8分 · about 3 to 8 minutes; and what is said where that cannot be.</summary>
    public Words Spoken() =>
        this switch
        {
            Unknown => new("待ち時間は、まだ分かりません。", "We can't tell yet how long the wait is."),
            Soon => new("まもなく、おつなぎします。", "Somebody will be with you in a moment."),
            Between(var from, var to) => new(
                string.Create(CultureInfo.InvariantCulture, $"待ち時間は、およそ{from}分から{to}分です。"),
                string.Create(CultureInfo.InvariantCulture, $"The wait is about {from} to {to} minutes.")
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>Long waits are said in steps of five minutes: nobody knows them better.</summary>
    private static Between Range(TimeSpan low, TimeSpan high)
    {
        var to = Math.Max(2, (int)Math.Ceiling(high.TotalMinutes));
        var from = Math.Clamp((int)Math.Floor(low.TotalMinutes), 1, to - 1);
        return to <= RoughFromMinutes
            ? new(from, to)
            : new(
                from < RoughStepMinutes ? from : from / RoughStepMinutes * RoughStepMinutes,
                (to + RoughStepMinutes - 1) / RoughStepMinutes * RoughStepMinutes
            );
    }

    /// <summary>The least of them that so many of a hundred do not exceed (nearest rank).</summary>
    private static TimeSpan AtRank(List<TimeSpan> sorted, int percent) => sorted[((sorted.Count * percent) + 99) / 100 - 1];
}
