using System.Diagnostics;
using System.Text.Json;
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

    public sealed record ConnectionClosed(string Remote, string Why) : NetworkEvent;
}

/// <summary>Keeps <see cref="NetworkEvent"/>s in a stream of their own, one after the other.</summary>
internal sealed class NetworkLog(Appender appender, IReadOnlyList<ShardLease> leases, TimeProvider clock) : IDisposable
{
    public static readonly StreamId Stream = new("network");

    private static readonly (string Name, Type Type)[] Names =
    [
        ("signedOn/1", typeof(NetworkEvent.SignedOn)),
        ("signedOff/1", typeof(NetworkEvent.SignedOff)),
        ("messageNotUnderstood/1", typeof(NetworkEvent.MessageNotUnderstood)),
        ("connectionClosed/1", typeof(NetworkEvent.ConnectionClosed)),
    ];

    private readonly SemaphoreSlim turn = new(1);
    private long version;

    /// <summary>True once it is durable; false where the log cannot write.</summary>
    public async ValueTask<bool> RecordAsync(NetworkEvent happened)
    {
        var type = happened.GetType();
        var name = Array.Find(Names, row => row.Type == type).Name;
        var stored = new NewEvent(name, JsonSerializer.SerializeToUtf8Bytes(happened, type, CardEventNames.Json));
        await turn.WaitAsync();
        try
        {
            while (true)
            {
                var append = new Append(Stream, version, leases[ShardMap.ShardOf(Stream)], clock.GetUtcNow()) { Events = [stored] };
                switch (await appender.AppendAsync(append))
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
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    /// <summary>The event, or null where the stored one is of another kind.</summary>
    public static NetworkEvent? Load(StoredEvent stored) =>
        Array.Find(Names, row => row.Name == stored.Type).Type is { } type
            ? (NetworkEvent?)JsonSerializer.Deserialize(stored.Payload.Span, type, CardEventNames.Json) ?? throw new UnreachableException()
            : null;
}
