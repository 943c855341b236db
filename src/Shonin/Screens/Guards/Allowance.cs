using System.Diagnostics.CodeAnalysis;

namespace Shonin.Screens.Guards;

/// <summary>
/// So many of something for one key (an order, an address) in a window of time. It holds a bounded number of keys: while it is full
/// of keys whose window still runs, new ones are refused, so that a flood cannot buy fresh guesses.
/// </summary>
internal sealed class Allowance(int countMax, TimeSpan window, int keyCountMax, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Spent> spent = [];

    private sealed record Spent(int Count, DateTimeOffset WindowEndsAt);

    /// <summary>Takes one, or says when there will be some again.</summary>
    public AllowanceResult Take(string key)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (Running(key, now, out var running))
            {
                if (running.Count >= countMax)
                    return new AllowanceResult.UsedUp(running.WindowEndsAt - now);
                spent[key] = running with { Count = running.Count + 1 };
                return new AllowanceResult.Taken();
            }
            if (spent.Count >= keyCountMax)
                ForgetEnded(now);
            if (spent.Count >= keyCountMax)
                return new AllowanceResult.UsedUp(window);
            spent[key] = new(1, now + window);
            return new AllowanceResult.Taken();
        }
    }

    private bool Running(string key, DateTimeOffset now, [NotNullWhen(true)] out Spent? running) =>
        spent.TryGetValue(key, out running) && running.WindowEndsAt > now;

    private void ForgetEnded(DateTimeOffset now)
    {
        foreach (var (key, state) in spent)
            if (state.WindowEndsAt <= now)
                spent.Remove(key);
    }
}

internal abstract record AllowanceResult
{
    private AllowanceResult() { }

    public sealed record Taken : AllowanceResult;

    public sealed record UsedUp(TimeSpan RetryAfter) : AllowanceResult;
}
