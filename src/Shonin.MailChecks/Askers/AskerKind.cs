using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.MailChecks;

/// <summary>What happened between the check address and one who asked there. Mails are named by keyed hashes.</summary>
internal abstract record AskerFact
{
    private AskerFact() { }

    /// <summary>An answer was written, and is to be sent.</summary>
    /// <param name="Mail">The mail that it answers.</param>
    public sealed record AnswerNoted(string Mail, DateTimeOffset At) : AskerFact;

    /// <summary>It has left, or never will.</summary>
    public sealed record AnswerClosed(string Mail) : AskerFact;
}

internal abstract record AskerCommand
{
    private AskerCommand() { }

    public sealed record NoteAnswer(string Mail, DateTimeOffset At, int PerHourMax) : AskerCommand;

    public sealed record CloseAnswer(string Mail) : AskerCommand;

    /// <summary>A mail is settled without an answer, or was noted before: only the place that comes with the command is kept.</summary>
    public sealed record KeepPlace : AskerCommand;
}

internal sealed record NotedAnswer(string Mail, DateTimeOffset At);

/// <param name="Recent">Answers noted within <see cref="AskerKind.RememberedFor"/> before the latest, the oldest first.</param>
/// <param name="Waiting">Mails whose answer has not left.</param>
internal sealed record Asker(ImmutableList<NotedAnswer> Recent, ImmutableHashSet<string> Waiting);

/// <summary>
/// One who asks at the check address, as a kind of stream: each of their mails is answered once, and they get so many answers an hour. The
/// reply is what came of noting an answer; null where none was to be noted.
/// </summary>
internal sealed class AskerKind : StreamKind<Asker, AskerCommand, AskerFact, AnswerNote?>
{
    /// <summary>Answers that wait to be sent.</summary>
    public const string Queue = "checkAnswers";

    public static readonly TimeSpan RateWindow = TimeSpan.FromHours(1);

    /// <summary>For longer than a mail that is answered may be old, so none is answered twice.</summary>
    public static readonly TimeSpan RememberedFor = TimeSpan.FromDays(30);

    private const string NotedName = "answerNoted";
    private const string ClosedName = "answerClosed";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    /// <summary>Some ask every day for years, and of that a month is remembered.</summary>
    private const int KeptEveryFactCount = 200;

    private const string StreamPrefix = "asker-";

    public override string Prefix => StreamPrefix;

    public override StateForm<Asker> Form { get; } =
        new(
            "asker/1",
            KeptEveryFactCount,
            state => JsonSerializer.SerializeToUtf8Bytes(state, json),
            kept => JsonSerializer.Deserialize<Asker>(kept.Span, json) ?? throw new JsonException("The state of an asker holds nothing.")
        );

    /// <param name="name">A sender's keyed hash, or that of a mailbox for mails of nobody.</param>
    public static StreamId StreamOf(string name) => new(StreamPrefix + name);

    /// <summary>
    /// The name of the document that holds an answer, of its owner, and of the outbox item that sends it. The document is destroyed when
    /// the answer has left.
    /// </summary>
    public static string AnswerOf(string mail) => $"answer-{mail}";

    /// <summary>Which mail an outbox item is about, and whose stream is told what became of it.</summary>
    public static (StreamId Asker, string Mail) SubjectOf(OutboxItem item) =>
        (new StreamId(Encoding.ASCII.GetString(item.Payload.Span)), item.Id[AnswerOf("").Length..]);

    /// <summary>Whether this mail may be answered, as far as its sender is concerned.</summary>
    public static AnswerNote Judge(Asker? asker, string mail, DateTimeOffset at, int perHourMax)
    {
        if (asker is null)
            return perHourMax > 0 ? AnswerNote.Noted : AnswerNote.SenderTooOften;
        if (asker.Recent.Exists(noted => noted.Mail == mail))
            return AnswerNote.AnsweredBefore;
        return asker.Recent.Count(noted => noted.At > at - RateWindow) < perHourMax ? AnswerNote.Noted : AnswerNote.SenderTooOften;
    }

    public override Decided<Asker, AskerFact, AnswerNote?> Decide(StreamId stream, Asker? state, AskerCommand command, DateTimeOffset at)
    {
        switch (command)
        {
            case AskerCommand.NoteAnswer note:
                var judged = Judge(state, note.Mail, note.At, note.PerHourMax);
                return new(judged == AnswerNote.Noted ? [new AskerFact.AnswerNoted(note.Mail, note.At)] : [], judged);
            case AskerCommand.CloseAnswer(var mail):
                return new(state?.Waiting.Contains(mail) == true ? [new AskerFact.AnswerClosed(mail)] : [], null);
            case AskerCommand.KeepPlace:
                return new([], null);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public override Asker Evolve(Asker? state, AskerFact happened)
    {
        state ??= new Asker([], []);
        return happened switch
        {
            AskerFact.AnswerNoted(var mail, var at) => new Asker(
                Since(state.Recent, at - RememberedFor).Add(new NotedAnswer(mail, at)),
                state.Waiting.Add(mail)
            ),
            AskerFact.AnswerClosed(var mail) when state.Waiting.Contains(mail) => state with { Waiting = state.Waiting.Remove(mail) },
            _ => throw new InvalidOperationException($"{happened.GetType().Name} cannot follow on what this asker's stream holds."),
        };
    }

    /// <summary>The oldest stand first, so that what is kept is not looked through.</summary>
    private static ImmutableList<NotedAnswer> Since(ImmutableList<NotedAnswer> noted, DateTimeOffset after)
    {
        while (!noted.IsEmpty && noted[0].At <= after)
            noted = noted.RemoveAt(0);
        return noted;
    }

    public override void Follow(Step<Asker, AskerFact> step, Consequences consequences)
    {
        foreach (var happened in step.Facts)
        {
            if (happened is AskerFact.AnswerNoted noted)
                consequences.Queue(ItemOf(noted, step.Stream));
            else if (happened is AskerFact.AnswerClosed(var closed))
                consequences.Erase(AnswerOf(closed));
        }
    }

    public override NewEvent Store(AskerFact happened) =>
        happened switch
        {
            AskerFact.AnswerNoted noted => new NewEvent(NotedName, JsonSerializer.SerializeToUtf8Bytes(noted, json)),
            AskerFact.AnswerClosed closed => new NewEvent(ClosedName, JsonSerializer.SerializeToUtf8Bytes(closed, json)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public override AskerFact Load(StoredEvent stored) =>
        stored.Type switch
        {
            NotedName => Read<AskerFact.AnswerNoted>(stored),
            ClosedName => Read<AskerFact.AnswerClosed>(stored),
            _ => throw new JsonException($"{stored.Type} is no fact of the check address."),
        };

    /// <summary>In a line of its own: an answer that its recipient does not take holds up none of the others.</summary>
    private static OutboxItem ItemOf(AskerFact.AnswerNoted noted, StreamId asker) =>
        new(AnswerOf(noted.Mail), Queue, new StreamId(AnswerOf(noted.Mail)), Encoding.ASCII.GetBytes(asker.Value), noted.At);

    private static T Read<T>(StoredEvent stored) =>
        JsonSerializer.Deserialize<T>(stored.Payload.Span, json) ?? throw new JsonException($"{stored.Type} holds nothing.");
}
