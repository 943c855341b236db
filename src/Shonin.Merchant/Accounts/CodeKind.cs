using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain.Accounts;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Accounts;

/// <summary>The codes that are mailed to one address, as a kind of stream. It is named by the address's keyed digest.</summary>
internal sealed class CodeKind(CodeLimits limits) : StreamKind<AddressCodes, CodeCommand, CodeFact, CodeReply>
{
    public const string Queue = "codes";

    private const string StreamPrefix = "codes-";
    private const string SentName = "codeSent";
    private const string WronglyTypedName = "codeWronglyTyped";
    private const string UsedName = "codeUsed";
    private const string LetterClosedName = "codeLetterClosed";

    /// <summary>Somebody may sign in by codes for years, and of that an hour is remembered.</summary>
    private const int KeptEveryFactCount = 200;

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public override string Prefix => StreamPrefix;

    public override StateForm<AddressCodes> Form { get; } =
        new(
            "codes/1",
            KeptEveryFactCount,
            state => JsonSerializer.SerializeToUtf8Bytes(state, json),
            kept =>
                JsonSerializer.Deserialize<AddressCodes>(kept.Span, json) ?? throw new JsonException("The state of codes holds nothing.")
        );

    public static StreamId StreamOf(string digest) => new(StreamPrefix + digest);

    /// <summary>The name of the document that holds a code's letter, of its owner, and of the outbox item that sends it.</summary>
    public static string LetterOf(string code) => $"code-{code}";

    /// <summary>Which code an outbox item is about, and whose stream is told what became of it.</summary>
    public static (StreamId Address, string Code) SubjectOf(OutboxItem item) =>
        (new StreamId(Encoding.ASCII.GetString(item.Payload.Span)), item.Id[LetterOf("").Length..]);

    public override Decided<AddressCodes, CodeFact, CodeReply> Decide(
        StreamId stream,
        AddressCodes? state,
        CodeCommand command,
        DateTimeOffset at
    )
    {
        var (facts, reply) = CodeDecider.Decide(state, command, limits, at);
        return new(facts, reply);
    }

    public override AddressCodes Evolve(AddressCodes? state, CodeFact happened) => CodeDecider.Evolve(state, happened);

    public override void Follow(Step<AddressCodes, CodeFact> step, Consequences consequences)
    {
        foreach (var happened in step.Facts)
        {
            // In a line of its own: a letter that is not taken holds up no later one.
            if (happened is CodeFact.Sent sent)
            {
                var letter = LetterOf(sent.Code);
                consequences.Queue(new(letter, Queue, new(letter), Encoding.ASCII.GetBytes(step.Stream.Value), sent.At));
            }
            else if (happened is CodeFact.LetterClosed(var closed))
            {
                consequences.Erase(LetterOf(closed));
            }
        }
    }

    public override NewEvent Store(CodeFact happened) =>
        new(
            happened switch
            {
                CodeFact.Sent => SentName,
                CodeFact.WronglyTyped => WronglyTypedName,
                CodeFact.Used => UsedName,
                CodeFact.LetterClosed => LetterClosedName,
                _ => throw new System.Diagnostics.UnreachableException(),
            },
            JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), json)
        );

    public override CodeFact Load(StoredEvent stored) =>
        stored.Type switch
        {
            SentName => Read<CodeFact.Sent>(stored),
            WronglyTypedName => Read<CodeFact.WronglyTyped>(stored),
            UsedName => Read<CodeFact.Used>(stored),
            LetterClosedName => Read<CodeFact.LetterClosed>(stored),
            _ => throw new JsonException($"{stored.Type} is no fact of a mailed code."),
        };

    private static T Read<T>(StoredEvent stored)
        where T : CodeFact =>
        JsonSerializer.Deserialize<T>(stored.Payload.Span, json) ?? throw new JsonException($"{stored.Type} holds nothing.");
}
