using Shonin.EventLog;
using Shonin.EventLog.InMemory;

namespace Shonin.Simulation;

/// <summary>What happens to a process at a durable write.</summary>
internal enum CrashPoint
{
    None,
    BeforeWrite,
    AfterWrite,
}

/// <summary>
/// A disk that outlives its process: every commit asks the seed whether the process dies just before or just after the write. A commit
/// takes as long as a flush does, so that batches form as they do on a real disk.
/// </summary>
internal sealed class CrashingStore(
    InMemoryEventStore disk,
    TimeProvider clock,
    Func<TimeSpan> flushTime,
    Func<CrashPoint> nextCrash,
    Action kill,
    Action<IReadOnlyList<Append>, IReadOnlyList<AppendResult>> committed
) : UnreliableStore(disk)
{
    public override async ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation)
    {
        await Task.Delay(flushTime(), clock, CancellationToken.None);
        var crash = nextCrash();
        if (crash == CrashPoint.BeforeWrite)
            return await DieAsync();
        var results = await Disk.CommitAsync(batch, cancellation);
        committed(batch, results);
        return crash == CrashPoint.AfterWrite ? await DieAsync() : results;
    }

    private async Task<IReadOnlyList<AppendResult>> DieAsync()
    {
        kill();
        await new TaskCompletionSource().Task;
        return [];
    }
}
