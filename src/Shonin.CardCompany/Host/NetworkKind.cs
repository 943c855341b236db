using System.Diagnostics;
using System.Text.Json;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.CardCompany.Host;

/// <summary>
/// What happened on the connections and belongs to no card's history. Echoes are not kept: they say nothing but that the line lives.
/// </summary>
internal abstract record NetworkEvent
{
    private NetworkEvent() { }

    public sealed record SignedOn(string Remote, RequestIdentity Key) : NetworkEvent;

    public sealed record SignedOff(string Remote, RequestIdentity Key) : NetworkEvent;

    /// <summary>Bytes that could not be decided about.</summary>
    /// <param name="Key">Where fields 7, 11, 32 and 41 could be read.</param>
    /// <param name="Problem">What was wrong and where; no value.</param>
    /// <param name="Digest">Keyed hash of the bytes, by which another copy of them can be recognised.</param>
    /// <param name="MaskedParse">What could be read, masked.</param>
    /// <param name="ResponseCode">What it was answered with; null where it was not.</param>
    public sealed record MessageNotUnderstood(
        string Remote,
        string Mti,
        RequestIdentity? Key,
        string? Merchant,
        string? Rrn,
        string Problem,
        string Digest,
        string MaskedParse,
        string? ResponseCode
    ) : NetworkEvent;

    /// <summary>A message in the name of somebody whom the peer's certificate does not speak for. It was looked at no further.</summary>
    /// <param name="Problem">Which field, without its value.</param>
    /// <param name="ResponseCode">What it was answered with; null where it was not.</param>
    public sealed record MessageNotPermitted(
        string Remote,
        string Certificate,
        string Mti,
        string Problem,
        string MaskedParse,
        string? ResponseCode
    ) : NetworkEvent;

    public sealed record ConnectionClosed(string Remote, string Why) : NetworkEvent;

    /// <summary>What was beyond the rows that are kept word for word: how many of each kind, by their stored names.</summary>
    public sealed record EventsCounted(string Share, DateTimeOffset Since, IReadOnlyDictionary<string, long> Counts) : NetworkEvent;
}

/// <summary>The journal of all connections: one stream.</summary>
internal sealed class NetworkKind : JournalKind<NetworkEvent>
{
    public static readonly StreamId Stream = new("network");

    private static readonly (string Name, Type Type)[] names =
    [
        ("signedOn/1", typeof(NetworkEvent.SignedOn)),
        ("signedOff/1", typeof(NetworkEvent.SignedOff)),
        ("messageNotUnderstood/1", typeof(NetworkEvent.MessageNotUnderstood)),
        ("messageNotPermitted/1", typeof(NetworkEvent.MessageNotPermitted)),
        ("connectionClosed/1", typeof(NetworkEvent.ConnectionClosed)),
        ("eventsCounted/1", typeof(NetworkEvent.EventsCounted)),
    ];

    public override string Prefix => Stream.Value;

    public static string NameOf(NetworkEvent happened) => Array.Find(names, row => row.Type == happened.GetType()).Name;

    public override NewEvent Store(NetworkEvent happened) =>
        new(NameOf(happened), JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), CardEventNames.Json));

    /// <summary>The event, or null where the stored one is of another kind.</summary>
    public static NetworkEvent? Read(StoredEvent stored) =>
        Array.Find(names, row => row.Name == stored.Type).Type is { } type
            ? (NetworkEvent?)JsonSerializer.Deserialize(stored.Payload.Span, type, CardEventNames.Json) ?? throw new UnreachableException()
            : null;
}
