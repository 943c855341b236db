using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// Brings the streams of one kind what others tell them. A message that a stream cannot take now is put off, ever longer, and holds up nothing but what its sender tells
/// after it.
/// </summary>
/// <param name="hear">Makes durable what follows from a message, in one append with its being heard; false where it must be brought again.</param>
internal sealed class MessagePump(OwnedLog log, string queue, TimeProvider clock, Func<OutboxItem, ValueTask<bool>> hear, Action<Exception> onFault)
{
    /// <summary>Brought at the same time, each to a stream of its own or one after the other.</summary>
    private const int BatchCountMax = 100;

    /// <summary>How soon messages are looked for that another server's streams told.</summary>
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private readonly Signal told = new(clock);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        void Note(string to)
        {
            if (to == queue)
                told.Give();
        }

        log.Queued += Note;
        while (!cancellation.IsCancellationRequested)
        {
            var next = told.Next();
            if (!await BringDueAsync())
                await told.WaitAsync(next, pause, cancellation);
        }
        log.Queued -= Note;
    }

    /// <summary>Whether there may be more at once.</summary>
    private async ValueTask<bool> BringDueAsync()
    {
        try
        {
            var due = await log.Store.ReadOutboxFirstsAsync(queue, clock.GetUtcNow(), BatchCountMax, CancellationToken.None);
            var heard = await Task.WhenAll(due.Select(item => BringAsync(item).AsTask()));
            return heard.Any(isHeard => isHeard);
        }
        catch (LogUnusableException fault)
        {
            onFault(fault);
            return false;
        }
    }

    private async ValueTask<bool> BringAsync(OutboxItem item)
    {
        try
        {
            if (await hear(item))
                return true;
        }
        catch (Exception fault) when (fault is not LogUnusableException)
        {
            onFault(fault);
        }
        await log.Store.PostponeOutboxAsync(item.Id, clock.GetUtcNow() + BackOff.After(item.Attempts), CancellationToken.None);
        return false;
    }
}
