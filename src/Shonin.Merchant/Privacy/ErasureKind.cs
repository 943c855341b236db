using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Privacy;

/// <summary>
/// What became of one person's data, as a kind of stream: named by the keyed digest of a mail address, or by a conversation that is about no
/// order. A request waits in the outbox until all was gone through, so that a crash in the middle ends nothing.
/// </summary>
internal sealed class ErasureKind : StreamKind<PersonErasure, ErasureCommand, ErasureFact, NoReply>
{
    /// <summary>Requests that are to be done.</summary>
    public const string Queue = "erasures";

    /// <summary>Letters that say that it is done.</summary>
    public const string LetterQueue = "erasureLetters";

    private const string StreamPrefix = "erasure-";
    private const string AskedName = "erasureAsked";
    private const string ErasedName = "dataErased";
    private const string GoneThroughName = "erasureGoneThrough";
    private const string LetterClosedName = "erasureLetterClosed";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public override string Prefix => StreamPrefix;

    /// <param name="subject">An address's digest, or a contact without an order.</param>
    public static StreamId StreamOf(string subject) => new(StreamPrefix + subject);

    /// <summary>Null for a stream of another kind.</summary>
    public static string? SubjectOf(StreamId stream) =>
        stream.Value.StartsWith(StreamPrefix, StringComparison.Ordinal) ? stream.Value[StreamPrefix.Length..] : null;

    /// <summary>The document that holds the address until the letter has left, and its owner.</summary>
    public static string LetterOf(StreamId stream) => stream.Value;

    public static StreamId StreamOfLetter(OutboxItem item) => new(Encoding.ASCII.GetString(item.Payload.Span));

    public override Decided<PersonErasure, ErasureFact, NoReply> Decide(
        StreamId stream,
        PersonErasure? state,
        ErasureCommand command,
        DateTimeOffset at
    ) => new(PersonErasure.Decide(state, command, at), default);

    public override PersonErasure Evolve(PersonErasure? state, ErasureFact happened) => PersonErasure.Evolve(state, happened);

    public override void Follow(Step<PersonErasure, ErasureFact> step, Consequences consequences)
    {
        foreach (var happened in step.Facts)
        {
            switch (happened)
            {
                case ErasureFact.Asked asked:
                    consequences.Queue(new(ItemOf(step, ""), Queue, step.Stream, default, asked.At));
                    break;
                case ErasureFact.Erased erased:
                    foreach (var owner in erased.Owners)
                        consequences.Erase(owner);
                    break;
                case ErasureFact.GoneThrough gone when step.Before is { IsAsked: true }:
                    // In a line of its own: a letter that is not taken holds up no request.
                    var letter = ItemOf(step, "/letter");
                    consequences.Queue(new(letter, LetterQueue, new(letter), Encoding.ASCII.GetBytes(step.Stream.Value), gone.At));
                    break;
                case ErasureFact.LetterClosed:
                    consequences.Erase(LetterOf(step.Stream));
                    break;
            }
        }
    }

    public override NewEvent Store(ErasureFact happened) =>
        new(
            happened switch
            {
                ErasureFact.Asked => AskedName,
                ErasureFact.Erased => ErasedName,
                ErasureFact.GoneThrough => GoneThroughName,
                ErasureFact.LetterClosed => LetterClosedName,
                _ => throw new UnreachableException(),
            },
            JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), json)
        );

    public override ErasureFact Load(StoredEvent stored) => Read(stored);

    /// <exception cref="JsonException">It is no fact of an erasure, or damaged.</exception>
    public static ErasureFact Read(StoredEvent stored) =>
        stored.Type switch
        {
            AskedName => Read<ErasureFact.Asked>(stored),
            ErasedName => Read<ErasureFact.Erased>(stored),
            GoneThroughName => Read<ErasureFact.GoneThrough>(stored),
            LetterClosedName => Read<ErasureFact.LetterClosed>(stored),
            _ => throw new JsonException($"{stored.Type} is no fact of an erasure."),
        };

    private static string ItemOf(Step<PersonErasure, ErasureFact> step, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{step.Stream}/{step.Version}{what}");

    private static T Read<T>(StoredEvent stored)
        where T : ErasureFact =>
        JsonSerializer.Deserialize<T>(stored.Payload.Span, json) ?? throw new JsonException($"{stored.Type} holds nothing.");
}
