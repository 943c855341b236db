using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>How far a view has come.</summary>
/// <param name="DoneCount">Events that it holds.</param>
/// <param name="AllCount">Events of the log.</param>
/// <param name="IsWhole">Whether it had all of them at some time since it was begun: from then on it keeps up.</param>
/// <param name="PassedOverCount">Events that could not be read.</param>
public sealed record ViewProgress(long DoneCount, long AllCount, bool IsWhole, int PassedOverCount);

/// <param name="IsWhole">Whether it holds everything that was committed before the question; where not, what is missing may be old or
///   new.</param>
public sealed record ViewAnswer(IReadOnlyList<ViewRow> Rows, bool IsWhole);

/// <summary>
/// Keeps one view up with the log: page after page, rows and checkpoint in one transaction. A view of another version, of another log, or
/// without its file is built again from the first event, beside everything else. An event that it cannot read it passes over, and names.
/// </summary>
/// <param name="onFault">Told of events that are passed over, and of a store that cannot answer a question.</param>
public sealed class ViewKeeper(View view, IViewStore store, LogFeed feed, Action<Exception> onFault) : IDisposable
{
    /// <summary>
    /// What a question takes in by itself, so that it finds what was committed just before it; a view that is further behind is being
    /// built.
    /// </summary>
    private const int PagesPerQuestionMax = 2;

    private readonly SemaphoreSlim gate = new(1);
    private ViewCheckpoint? reached;
    private volatile bool isWhole;

    /// <summary>Takes in what the log holds and will hold, until it is cancelled.</summary>
    /// <exception cref="ViewUnusableException">The view cannot be written now. It may be run again, and goes on where it ended.</exception>
    /// <exception cref="LogUnusableException">The log cannot be read now; so then too.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var after = (await WithinAsync(BegunAsync, cancellation)).Position;
            await foreach (var page in feed.FollowAsync(after, cancellation))
            {
                if (!await WithinAsync(() => TakeInAsync(page), cancellation))
                    break;
            }
        }
    }

    /// <summary>
    /// Rows whose keys begin with this, together with everything that was committed before the question. Without a store that answers there
    /// are none.
    /// </summary>
    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<ViewAnswer> ListAsync(string prefix, ViewOrder order, int limit, CancellationToken cancellation)
    {
        var isUpToDate = await AnsweredAsync(() => CatchUpAsync(cancellation), instead: false);
        var rows = await AnsweredAsync(() => WithinAsync(ReadAsync, cancellation), instead: null);
        return new ViewAnswer(rows ?? [], isUpToDate && rows is not null);

        async Task<IReadOnlyList<ViewRow>?> ReadAsync() => await store.ListAsync(view.Name, prefix, order, limit);
    }

    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<ViewProgress> ProgressAsync(CancellationToken cancellation)
    {
        var known = Volatile.Read(ref reached);
        return new ViewProgress(known?.Position ?? 0, await feed.LastPositionAsync(cancellation), isWhole, known?.PassedOverCount ?? 0);
    }

    public void Dispose() => gate.Dispose();

    private async Task<T> AnsweredAsync<T>(Func<Task<T>> ask, T instead)
    {
        try
        {
            return await ask();
        }
        catch (ViewUnusableException fault)
        {
            onFault(fault);
            return instead;
        }
    }

    private async Task<bool> CatchUpAsync(CancellationToken cancellation)
    {
        for (var count = 0; count < PagesPerQuestionMax; count++)
        {
            if (await WithinAsync(() => TakeInNextAsync(cancellation), cancellation))
                return true;
        }

        return false;
    }

    /// <summary>Whether nothing more was committed.</summary>
    private async Task<bool> TakeInNextAsync(CancellationToken cancellation)
    {
        var page = await feed.ReadAsync((await BegunAsync()).Position, cancellation);
        return await TakeInAsync(page) && page.IsLast;
    }

    /// <summary>One at a time. Where the store fails, nothing is believed of it any more: it is asked anew.</summary>
    private async Task<T> WithinAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        catch (ViewUnusableException)
        {
            (reached, isWhole) = (null, false);
            throw;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<ViewCheckpoint> BegunAsync()
    {
        if (reached is not null)
            return reached;
        var stored = await store.CheckpointOfAsync(view.Name);
        return reached =
            stored is not null && stored.Version == view.Version && await IsOfThisLogAsync(stored)
                ? stored
                : await store.BeginAnewAsync(view.Name, view.Version);
    }

    /// <summary>A log that was put back from a backup has no event at the checkpoint, or another one.</summary>
    private async ValueTask<bool> IsOfThisLogAsync(ViewCheckpoint stored)
    {
        if (stored.Position == 0)
            return true;
        if (stored.Hash.Length == 0)
            return await feed.LastPositionAsync(CancellationToken.None) >= stored.Position;
        return (await feed.ReadAsync(stored.Position - 1, CancellationToken.None)).Events is [var last, ..]
            && last.Position == stored.Position
            && HashOf(last) == stored.Hash;
    }

    /// <summary>False where the page does not follow what the view holds, which was begun anew meanwhile.</summary>
    private async Task<bool> TakeInAsync(LogPage page)
    {
        var before = await BegunAsync();
        if (page.After > before.Position)
            return false;
        if (page.UpTo > before.Position)
        {
            var (changes, passedOver) = await ChangesOfAsync(page, before.Position);
            var after = before with
            {
                Position = page.UpTo,
                Hash = page.Events is [.., var last] ? HashOf(last) : "",
                PassedOverCount = before.PassedOverCount + passedOver,
            };
            await store.CommitAsync(view.Name, before, after, changes);
            Volatile.Write(ref reached, after);
        }
        // A page that was read before others were taken in says nothing of what came after it.
        isWhole |= page.IsLast && page.UpTo >= before.Position;
        return true;
    }

    private async ValueTask<(IReadOnlyDictionary<string, string?> Changes, int PassedOverCount)> ChangesOfAsync(LogPage page, long after)
    {
        var changes = new ViewChanges(view.Name, store);
        var passedOver = 0;
        if (page.Damage is { } unread)
        {
            passedOver++;
            onFault(new EventPassedOverException(view.Name, page.UpTo, null, unread));
        }
        foreach (var happened in page.Events)
        {
            if (happened.Position <= after)
                continue;
            try
            {
                await view.ApplyAsync(happened, changes);
                changes.KeepEvent();
            }
            catch (Exception damage) when (damage is not ViewUnusableException)
            {
                changes.DropEvent();
                passedOver++;
                onFault(new EventPassedOverException(view.Name, happened.Position, happened.Stream, damage));
            }
        }
        return (changes.Kept, passedOver);
    }

    private static string HashOf(StoredEvent happened) => Convert.ToHexStringLower(happened.Hash.Span);
}
