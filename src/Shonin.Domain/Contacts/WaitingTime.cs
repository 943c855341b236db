using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Contacts;

/// <summary>A chat that an agent took for the first time since it was opened.</summary>
/// <param name="Place">Among those who waited, when its customer came: 1 where nobody was before them.</param>
public sealed record AnsweredWait(DateTimeOffset AnsweredAt, TimeSpan Waited, int Place);

/// <summary>Where somebody stands among those who wait, and how long that takes.</summary>
/// <param name="Place">1 for the next.</param>
public sealed record QueuePlace(int Place, WaitingTime Wait);

/// <summary>What was waited lately.</summary>
public sealed record MeanWait(TimeSpan Mean, int Count);

/// <summary>How long whoever stands at a place will wait, from what others waited lately; nothing is said where too few did.</summary>
public abstract record WaitingTime
{
    /// <summary>With fewer, nothing is known of how long it takes.</summary>
    public const int WaitCountMin = 5;

    /// <summary>So many of a hundred waited no longer for each place.</summary>
    private const int PercentAnswered = 75;

    private const int RoughFromMinutes = 15;
    private const int RoughStepMinutes = 5;

    private WaitingTime() { }

    /// <summary>What is older says nothing of now.</summary>
    public static TimeSpan Lately { get; } = TimeSpan.FromHours(2);

    public sealed record Unknown : WaitingTime;

    /// <param name="Minutes">At least 1; from 15 on in steps of five, because nobody knows it better.</param>
    public sealed record About(int Minutes) : WaitingTime;

    /// <param name="waits">Of the latest chats, in any order.</param>
    /// <param name="place">1 for the next.</param>
    public static WaitingTime Estimate(IEnumerable<AnsweredWait> waits, int place, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(waits);
        Invariant.That(place >= 1);
        var turns = waits.Where(wait => IsLately(wait, at)).Select(wait => wait.Waited / wait.Place).Order().ToList();
        if (turns.Count < WaitCountMin)
            return new Unknown();
        var turn = turns[(turns.Count * PercentAnswered + 99) / 100 - 1]; // the nearest rank
        var minutes = Math.Max(1, (int)Math.Ceiling((turn * place).TotalMinutes));
        return new About(minutes <= RoughFromMinutes ? minutes : (minutes + RoughStepMinutes - 1) / RoughStepMinutes * RoughStepMinutes);
    }

    /// <summary>Null where nobody waited lately.</summary>
    public static MeanWait? MeanOf(IEnumerable<AnsweredWait> waits, DateTimeOffset at)
    {
        var lately = waits.Where(wait => IsLately(wait, at)).Select(wait => wait.Waited).ToList();
        return lately.Count == 0 ? null : new(TimeSpan.FromTicks((long)lately.Average(wait => wait.Ticks)), lately.Count);
    }

    /// <summary>To who stands in the queue; null where there is nothing to say.</summary>
    public Words? InQueue() =>
        this switch
        {
            Unknown => null,
            About(var minutes) => Said(minutes, "この順番では、ふつうおよそ", "分です。", "From there it usually takes about"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>To who has not entered it yet; null where there is nothing to say.</summary>
    public Words? BeforeEntering() =>
        this switch
        {
            Unknown => null,
            About(var minutes) => Said(minutes, "いまの待ち時間は、およそ", "分です。", "The wait now is about"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Words Said(int minutes, string beforeJa, string afterJa, string beforeEn) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{beforeJa}{minutes}{afterJa}"),
            string.Create(CultureInfo.InvariantCulture, $"{beforeEn} {minutes} minute{(minutes == 1 ? "" : "s")}.")
        );

    private static bool IsLately(AnsweredWait wait, DateTimeOffset at) => wait.AnsweredAt > at - Lately && wait.AnsweredAt <= at;
}
