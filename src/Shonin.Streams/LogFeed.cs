using System.Runtime.CompilerServices;
using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>Events of all streams, one after the other in the order of their commit.</summary>
/// <param name="After">The position that was asked from.</param>
/// <param name="UpTo">Where the next page begins: nothing up to here is left out but an event that cannot be read.</param>
/// <param name="IsLast">Whether nothing more was committed at that time.</param>
/// <param name="Damage">Why the one event at <paramref name="UpTo"/> cannot be read; the page holds no other then. Null where all
///   can.</param>
public sealed record LogPage(long After, IReadOnlyList<StoredEvent> Events, long UpTo, bool IsLast, Exception? Damage = null);

/// <summary>
/// Everything that the log holds and will hold, in the order of its commit, for whoever follows it from a position of their own: views, and
/// whatever tells others of facts. The log itself says when it has grown; it is looked at every second besides, for what another server
/// commits. An event that cannot be read holds up nobody.
/// </summary>
public sealed class LogFeed(OwnedLog log, TimeProvider clock)
{
    /// <summary>What whoever follows takes in at a time: a view in SQLite takes about 25 ms for it.</summary>
    public const int PageCountMax = 1_000;

    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    /// <summary>A busy log grows hundreds of times a second; what comes within this is one page.</summary>
    private static readonly TimeSpan gathering = TimeSpan.FromMilliseconds(50);

    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<LogPage> ReadAsync(long after, CancellationToken cancellation)
    {
        try
        {
            var events = await log.Store.ReadAllAsync(after, PageCountMax, cancellation);
            return new LogPage(after, events, events.Count == 0 ? after : events[^1].Position, events.Count < PageCountMax);
        }
        catch (Exception fault) when (IsOfOneEvent(fault))
        {
            return await ReadOneAsync(after, cancellation);
        }
    }

    /// <summary>
    /// Pages come at once up to the end, which is told by an empty one where need be; later ones as something is committed. Ends only by
    /// its cancellation.
    /// </summary>
    /// <exception cref="LogUnusableException">The log cannot be read now; it may be followed again from the last page's
    ///   <see cref="LogPage.UpTo"/>.</exception>
    public async IAsyncEnumerable<LogPage> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var grown = new Signal(clock);
        log.Grown += grown.Give;
        try
        {
            for (var knowsTheEnd = false; ; )
            {
                var next = grown.NextAsync();
                var page = await ReadAsync(after, cancellation);
                if (page.UpTo > after || !knowsTheEnd)
                    yield return page;
                (after, knowsTheEnd) = (page.UpTo, page.IsLast);
                if (!page.IsLast)
                    continue;
                await grown.WaitAsync(next, pause, cancellation);
                await Task.Delay(gathering, clock, cancellation);
            }
        }
        finally
        {
            log.Grown -= grown.Give;
        }
    }

    /// <inheritdoc cref="IEventReader.LastPositionAsync"/>
    public ValueTask<long> LastPositionAsync(CancellationToken cancellation) => log.Store.LastPositionAsync(cancellation);

    /// <summary>A page that cannot be read is read event by event, up to the one that is at fault.</summary>
    private async ValueTask<LogPage> ReadOneAsync(long after, CancellationToken cancellation)
    {
        try
        {
            var one = await log.Store.ReadAllAsync(after, 1, cancellation);
            return new LogPage(after, one, one.Count == 0 ? after : one[0].Position, one.Count == 0);
        }
        catch (Exception fault) when (IsOfOneEvent(fault))
        {
            return new LogPage(after, [], after + 1, false, fault);
        }
    }

    private static bool IsOfOneEvent(Exception fault) => fault is not (LogUnusableException or OperationCanceledException);
}
