using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.EventLog;

namespace Shonin.CardCompany.Host;

/// <summary>What happened on the connections and belongs to no card's history. Echoes are not kept: they say nothing but that the line lives.</summary>
internal abstract record NetworkEvent
{
    private NetworkEvent() { }
    public sealed record SignedOn(string Remote, RequestKey Key) : NetworkEvent;
    public sealed record SignedOff(string Remote, RequestKey Key) : NetworkEvent;

    /// <summary>Bytes that could not be decided about.</summary>
    /// <param name="Key">Where fields 7, 11, 32 and 41 could be read.</param>
    /// <param name="Problem">What was wrong and where; no value.</param>
    /// <param name="Digest">Keyed hash of the bytes, by which another copy of them can be recognised.</param>
    /// <param name="MaskedParse">What could be read, masked.</param>
    /// <param name="ResponseCode">What it was answered with; null where it was not.</param>
    public sealed record MessageNotUnderstood(
        string Remote, string Mti, RequestKey? Key, string? Merchant, string? Rrn, string Problem, string Digest, string MaskedParse, string? ResponseCode)
        : NetworkEvent;

    /// <summary>A message in the name of somebody whom the peer's certificate does not speak for. It was not looked at any further.</summary>
    /// <param name="Problem">Which field, without its value.</param>
    /// <param name="ResponseCode">What it was answered with; null where it was not.</param>
    public sealed record MessageNotPermitted(string Remote, string Certificate, string Mti, string Problem, string MaskedParse, string? ResponseCode) : NetworkEvent;

    public sealed record ConnectionClosed(string Remote, string Why) : NetworkEvent;

    /// <summary>What was beyond the rows that are kept word for word: how many of each kind, by their stored names.</summary>
    public sealed record EventsCounted(string Share, DateTimeOffset Since, IReadOnlyDictionary<string, long> Counts) : NetworkEvent;
}

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

/// <summary>Keeps <see cref="NetworkEvent"/>s in a stream of their own, one after the other, within a <see cref="RowBudget"/>.</summary>
internal sealed class NetworkLog : IAsyncDisposable
{
    public static readonly StreamId Stream = new("network");

    private static readonly (string Name, Type Type)[] Names =
    [
        ("signedOn/1", typeof(NetworkEvent.SignedOn)),
        ("signedOff/1", typeof(NetworkEvent.SignedOff)),
        ("messageNotUnderstood/1", typeof(NetworkEvent.MessageNotUnderstood)),
        ("messageNotPermitted/1", typeof(NetworkEvent.MessageNotPermitted)),
        ("connectionClosed/1", typeof(NetworkEvent.ConnectionClosed)),
        ("eventsCounted/1", typeof(NetworkEvent.EventsCounted)),
    ];

    private readonly OwnedLog owned;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly RowBudget budget;
    private readonly SemaphoreSlim turn = new(1);
    private readonly ITimer spanEnds;
    private Task counting = Task.CompletedTask;
    private long version;
    private bool isDisposed;

    public NetworkLog(OwnedLog owned, HostLimits limits, TimeProvider clock, ILogger log)
    {
        (this.owned, this.clock, this.log) = (owned, clock, log);
        budget = new RowBudget(limits.NetworkRowsOfPeerMax, limits.NetworkRowsMax, limits.NetworkRowsSpan);
        spanEnds = clock.CreateTimer(_ => counting = WriteCountsAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask<Noted> RecordAsync(Peer peer, NetworkEvent happened)
    {
        await turn.WaitAsync();
        try
        {
            var now = clock.GetUtcNow();
            await WriteAsync(budget.EndIfDue(now));
            if (budget.Admits(peer.Share, NameOf(happened)))
                return await AppendAsync(happened) ? Noted.Kept : Noted.Lost;
            spanEnds.Change(budget.EndsAt - now, Timeout.InfiniteTimeSpan);
            return Noted.Counted;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Makes what was only counted so far durable.</summary>
    private async Task WriteCountsAsync()
    {
        await turn.WaitAsync();
        try
        {
            if (budget.HasCounts)
                await WriteAsync(budget.End(clock.GetUtcNow()));
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Writes what was counted. Nothing is recorded any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await spanEnds.DisposeAsync();
        await counting;
        await WriteCountsAsync();
        turn.Dispose();
    }

    private async ValueTask WriteAsync(IReadOnlyList<CountedEvents> ended)
    {
        foreach (var counted in ended)
        {
            if (!await AppendAsync(EventOf(counted)))
                log.LogError("What was counted on the connections since {Since} could not be written", counted.Since);
        }
    }

    private async ValueTask<bool> AppendAsync(NetworkEvent happened)
    {
        var stored = new NewEvent(NameOf(happened), JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), CardEventNames.Json));
        while (true)
        {
            var append = new Append(Stream, version, owned.LeaseOf(Stream), clock.GetUtcNow()) { Events = [stored] };
            switch (await owned.AppendAsync(append))
            {
                case AppendResult.Committed committed:
                    version = committed.Version;
                    return true;
                // The first append after a start finds out in this way how far the stream is.
                case AppendResult.VersionConflict conflict when conflict.Actual > version:
                    version = conflict.Actual;
                    break;
                default:
                    return false;
            }
        }
    }

    private static string NameOf(NetworkEvent happened) => Array.Find(Names, row => row.Type == happened.GetType()).Name;

    private static NetworkEvent.EventsCounted EventOf(CountedEvents counted) => new(counted.Share, counted.Since, counted.Counts);

    /// <summary>The event, or null where the stored one is of another kind.</summary>
    public static NetworkEvent? Load(StoredEvent stored) =>
        Array.Find(Names, row => row.Name == stored.Type).Type is { } type
            ? (NetworkEvent?)JsonSerializer.Deserialize(stored.Payload.Span, type, CardEventNames.Json) ?? throw new UnreachableException()
            : null;
}
