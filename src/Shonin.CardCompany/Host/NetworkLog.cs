using Microsoft.Extensions.Logging;
using Shonin.EventLog;

namespace Shonin.CardCompany.Host;

/// <summary>What became of an event.</summary>
internal enum Noted
{
    /// <summary>Durable, word for word.</summary>
    Kept,

    /// <summary>Counted: its peer, or all together, had their rows. The number becomes durable when the span of time ends.</summary>
    Counted,

    /// <summary>The log cannot write.</summary>
    Lost,
}

/// <summary>Keeps <see cref="NetworkEvent"/>s in their journal, within a <see cref="RowBudget"/>.</summary>
internal sealed class NetworkLog : IAsyncDisposable
{
    private readonly NetworkJournal journal;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private readonly RowBudget budget;
    private readonly ITimer spanEnds;
    private Task counting = Task.CompletedTask;
    private bool isDisposed;

    private NetworkLog(NetworkJournal journal, HostLimits limits, TimeProvider clock, ILogger log)
    {
        (this.journal, this.clock, this.log) = (journal, clock, log);
        budget = new RowBudget(limits.NetworkRowsOfPeerMax, limits.NetworkRowsMax, limits.NetworkRowsSpan);
        spanEnds = clock.CreateTimer(_ => counting = EndSpanAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public static async ValueTask<NetworkLog> OpenAsync(OwnedLog owned, HostLimits limits, TimeProvider clock, ILogger log) =>
        new(
            await NetworkJournal.OpenAsync(
                new NetworkKind(),
                new(owned, clock) { OnFault = fault => log.LogError(fault, "What happened on a connection could not be written") },
                CancellationToken.None
            ),
            limits,
            clock,
            log
        );

    public async ValueTask<Noted> RecordAsync(Peer peer, NetworkEvent happened)
    {
        IReadOnlyList<CountedEvents> ended;
        bool isKept;
        lock (gate)
        {
            var now = clock.GetUtcNow();
            ended = budget.EndIfDue(now);
            isKept = budget.Admits(peer.Share, NetworkKind.NameOf(happened));
            if (!isKept)
                spanEnds.Change(budget.EndsAt - now, Timeout.InfiniteTimeSpan);
        }
        await WriteCountsAsync(ended);
        return !isKept ? Noted.Counted
            : await WriteAsync(happened) ? Noted.Kept
            : Noted.Lost;
    }

    /// <summary>Writes what was counted. Nothing is recorded any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await spanEnds.DisposeAsync();
        await counting;
        await EndSpanAsync();
        await journal.DisposeAsync();
    }

    /// <summary>Makes what was only counted so far durable.</summary>
    private async Task EndSpanAsync()
    {
        IReadOnlyList<CountedEvents> ended;
        lock (gate)
            ended = budget.HasCounts ? budget.End(clock.GetUtcNow()) : [];
        await WriteCountsAsync(ended);
    }

    private async ValueTask WriteCountsAsync(IReadOnlyList<CountedEvents> ended)
    {
        if (ended.Count == 0)
            return;
        var counts = ended.Select(counted => new NetworkEvent.EventsCounted(counted.Share, counted.Since, counted.Counts));
        if (!await WriteAsync([.. counts]))
            log.LogError("What was counted on the connections since {Since} could not be written", ended[0].Since);
    }

    private async ValueTask<bool> WriteAsync(params NetworkEvent[] happened) =>
        await journal.SubmitAsync(NetworkKind.Stream, happened) is NetworkOutcome.Done;
}
