using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Shonin.Domain.Contacts;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Streams;

namespace Shonin.Merchant.Contacts;

/// <summary>A contact as a kind of stream. What customer and agents read of it is its facts, in their order.</summary>
/// <param name="presenceOf">Whether the customer has the page open at this moment.</param>
internal sealed class ContactKind(ContactPolicy policy, Func<ContactId, CustomerPresence> presenceOf)
    : StreamKind<Contact, ContactCommand, ContactFact, ContactRefusal?>
{
    /// <summary>Transcripts and answers that wait to be sent by mail.</summary>
    public const string LetterQueue = "contactLetters";

    private const string StreamPrefix = "contact-";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        Converters = { new SpeakerJson(), new OrderIdJson(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameFindings } },
    };

    public override string Prefix => StreamPrefix;

    public override bool KeepsFacts => true;

    public override ContactCommand Wake { get; } = new ContactCommand.Wake();

    public static StreamId StreamOf(ContactId contact) => new(StreamPrefix + contact.Value);

    /// <summary>Null for a stream of another kind.</summary>
    public static ContactId? ContactOf(StreamId stream) =>
        stream.Value.StartsWith(StreamPrefix, StringComparison.Ordinal) ? new ContactId(stream.Value[StreamPrefix.Length..]) : null;

    public override Decided<Contact, ContactFact, ContactRefusal?> Decide(
        StreamId stream,
        Contact? state,
        ContactCommand command,
        DateTimeOffset at
    ) =>
        ContactDecider.Decide(state, command, policy, presenceOf(ContactOf(stream)!.Value), at) switch
        {
            ContactDecision.Accepted accepted => new(accepted.Facts, null),
            ContactDecision.Refused(var why) => new([], why),
            _ => throw new UnreachableException(),
        };

    public override Contact Evolve(Contact? state, ContactFact happened) => Contact.Evolve(state, happened);

    public override DateTimeOffset? AlarmOf(Contact state) => ContactDecider.AlarmOf(state, policy);

    public override void Follow(Step<Contact, ContactFact> step, Consequences consequences)
    {
        foreach (var happened in step.Facts)
        {
            if (LetterOf(happened) is { } letter)
                consequences.Queue(new(ItemOf(step.Stream, letter), LetterQueue, step.Stream, Encoding.UTF8.GetBytes(letter), step.At));
        }
    }

    /// <summary>The letter that a fact asks for, or null.</summary>
    public static string? LetterOf(ContactFact happened) =>
        happened switch
        {
            ContactFact.TranscriptAsked asked => asked.Letter,
            ContactFact.AnswerMailed mailed => mailed.Letter,
            ContactFact.Closed closed => closed.Letter,
            ContactFact.Apologised apologised => apologised.Letter,
            ContactFact.Acknowledged acknowledged => acknowledged.Letter,
            _ => null,
        };

    /// <summary>The contact and the letter that an item of <see cref="LetterQueue"/> is about.</summary>
    public static (ContactId Contact, string Letter) SubjectOf(OutboxItem item) =>
        (ContactOf(item.Stream)!.Value, Encoding.UTF8.GetString(item.Payload.Span));

    public override NewEvent Store(ContactFact happened) =>
        new(Names.Of(happened), JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), json));

    public override ContactFact Load(StoredEvent stored) => Read(stored);

    /// <exception cref="JsonException">It is no fact of a contact, or damaged.</exception>
    public static ContactFact Read(StoredEvent stored) =>
        JsonSerializer.Deserialize(stored.Payload.Span, Names.TypeOf(stored.Type), json) as ContactFact
        ?? throw new JsonException($"{stored.Type} holds nothing.");

    private static string ItemOf(StreamId stream, string letter) => $"{stream}/{letter}";

    /// <summary>The stored names of what is known of a notice's number, by hand as well.</summary>
    private static void NameFindings(JsonTypeInfo form)
    {
        if (form.Type != typeof(NoticeFinding))
            return;
        form.PolymorphismOptions = new()
        {
            TypeDiscriminatorPropertyName = "is",
            DerivedTypes =
            {
                new(typeof(NoticeFinding.OfThisOrder), "ofThisOrder"),
                new(typeof(NoticeFinding.OfAnotherOrder), "ofAnotherOrder"),
                new(typeof(NoticeFinding.NotOurs), "notOurs"),
                new(typeof(NoticeFinding.Mistyped), "mistyped"),
                new(typeof(NoticeFinding.NeedsOrderNumber), "needsOrderNumber"),
                new(typeof(NoticeFinding.NotNow), "notNow"),
            },
        };
    }

    /// <summary>The stored name of every fact, by hand: a type may be renamed, a stored name never.</summary>
    private static class Names
    {
        private static readonly Dictionary<string, Type> types = new(StringComparer.Ordinal)
        {
            ["contactOpened"] = typeof(ContactFact.Opened),
            ["contactSaid"] = typeof(ContactFact.Said),
            ["contactNoticeJudged"] = typeof(ContactFact.NoticeJudged),
            ["contactMailJudged"] = typeof(ContactFact.MailJudged),
            ["contactOrderShown"] = typeof(ContactFact.OrderShown),
            ["contactClaimed"] = typeof(ContactFact.Claimed),
            ["contactHandedBack"] = typeof(ContactFact.HandedBack),
            ["contactHandedOver"] = typeof(ContactFact.HandedOver),
            ["contactClosed"] = typeof(ContactFact.Closed),
            ["contactRated"] = typeof(ContactFact.Rated),
            ["contactApologised"] = typeof(ContactFact.Apologised),
            ["contactPromised"] = typeof(ContactFact.Promised),
            ["contactAcknowledged"] = typeof(ContactFact.Acknowledged),
            ["contactTranscriptAsked"] = typeof(ContactFact.TranscriptAsked),
            ["contactAnswerShown"] = typeof(ContactFact.AnswerShown),
            ["contactAnswerMailed"] = typeof(ContactFact.AnswerMailed),
            ["contactLetterClosed"] = typeof(ContactFact.LetterClosed),
        };

        private static readonly Dictionary<Type, string> names = types.ToDictionary(pair => pair.Value, pair => pair.Key);

        public static string Of(ContactFact happened) => names[happened.GetType()];

        public static Type TypeOf(string name) =>
            types.TryGetValue(name, out var type) ? type : throw new JsonException($"{name} is no fact of a contact.");
    }

    /// <summary><c>customer</c>, <c>shop</c>, or <c>agent:</c> and the agent's id.</summary>
    private sealed class SpeakerJson : JsonConverter<Speaker>
    {
        private const string AgentPrefix = "agent:";

        public override bool CanConvert(Type typeToConvert) => typeof(Speaker).IsAssignableFrom(typeToConvert);

        public override Speaker Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() switch
            {
                "customer" => Speaker.Customer.Instance,
                "shop" => Speaker.Shop.Instance,
                { } agent when agent.StartsWith(AgentPrefix, StringComparison.Ordinal) => new Speaker.Agent(agent[AgentPrefix.Length..]),
                var other => throw new JsonException($"{other} is nobody who speaks in a contact."),
            };

        public override void Write(Utf8JsonWriter writer, Speaker value, JsonSerializerOptions options) =>
            writer.WriteStringValue(
                value switch
                {
                    Speaker.Customer => "customer",
                    Speaker.Shop => "shop",
                    Speaker.Agent(var id) => AgentPrefix + id,
                    _ => throw new UnreachableException(),
                }
            );
    }
}
