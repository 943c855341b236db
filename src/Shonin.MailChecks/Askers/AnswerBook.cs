using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.Streams;
using AskerOutcome = Shonin.Streams.Outcome<Shonin.MailChecks.Asker, Shonin.MailChecks.AskerFact, Shonin.MailChecks.AnswerNote?>;
using AskerStreams = Shonin.Streams.StreamHost<
    Shonin.MailChecks.Asker,
    Shonin.MailChecks.AskerCommand,
    Shonin.MailChecks.AskerFact,
    Shonin.MailChecks.AnswerNote?
>;

namespace Shonin.MailChecks;

/// <summary>How often an answer is given, whoever asks.</summary>
public sealed record AnswerLimits(int PerSenderPerHour, int PerHour);

/// <summary>Where a mail lies in its mailbox; the two numbers name it for ever (RFC 9051 section 2.3.1.1).</summary>
public readonly record struct MailPlace(long Validity, long Uid);

/// <summary>What came of noting an answer.</summary>
public enum AnswerNote
{
    /// <summary>It is durable, and will be sent.</summary>
    Noted,

    /// <summary>This mail was answered before, or its answer waits already.</summary>
    AnsweredBefore,

    /// <summary>Its sender has had enough answers for this hour.</summary>
    SenderTooOften,

    /// <summary>Everybody together has had enough answers for this hour: the mail waits its turn.</summary>
    TooMany,
}

/// <summary>An answer that has not been sent yet.</summary>
/// <param name="Mail">The mail that it answers.</param>
public sealed record WaitingAnswer(string Mail, string MessageId, string Recipient, byte[] Message, DateTimeOffset NotedAt);

/// <summary>
/// The answers given and still to be sent. An answer is durable, to the byte, before it is sent and before its mail is moved away: whatever
/// ends the process in between, the mail is answered, and as one message. Senders and mails stand on the log as keyed hashes; an answer and
/// its address are a document that is destroyed when it has left.
/// </summary>
/// <remarks>
/// Everything throws <see cref="LogUnusableException"/> while the log cannot be read or written; nothing was changed then.
/// </remarks>
public sealed class AnswerBook : IAsyncDisposable
{
    /// <summary>Where answers wait to be sent.</summary>
    public const string Queue = AskerKind.Queue;

    public const int HashKeySizeBytes = 32; // HMAC-SHA-256 (RFC 2104 section 3)

    /// <inheritdoc cref="AskerKind.RememberedFor"/>
    public static TimeSpan RememberedFor => AskerKind.RememberedFor;

    private const string KeyName = "check-mailbox";

    /// <summary>Mails that were dealt with, by their place.</summary>
    private const string PlaceScope = "settledMail";

    /// <summary>Every answer has a number, one after the other; beside it stands when it was noted, in milliseconds since 1970.</summary>
    private const string NumberScope = "answerNumber";

    private readonly OwnedLog log;
    private readonly AskerStreams askers;
    private readonly byte[] hashKey;
    private readonly AnswerLimits limits;

    /// <summary>One answer is noted at a time, so that what is found out before it holds when it is written.</summary>
    private readonly SemaphoreSlim noting = new(1);

    private AnswerBook(OwnedLog log, AskerStreams askers, byte[] hashKey, AnswerLimits limits) =>
        (this.log, this.askers, this.hashKey, this.limits) = (log, askers, hashKey, limits);

    /// <summary>
    /// The key under which senders and mails are named. It is made for a new book alone: with another one nobody would be known again.
    /// </summary>
    /// <exception cref="KeyFileException">The key file is missing beside answers, or cannot be used.</exception>
    public static async ValueTask<byte[]> KeyOfAsync(KeyFolder keys, IEventReader log, CancellationToken cancellation) =>
        keys.LoadOrCreate(
            KeyName,
            HashKeySizeBytes,
            await log.GreatestKeyAsync(NumberScope, cancellation) is null ? KeyNeed.None : KeyNeed.ForDataThatExist
        );

    /// <param name="hashKey">Of <see cref="HashKeySizeBytes"/> bytes.</param>
    public static async ValueTask<AnswerBook> OpenAsync(
        OwnedLog log,
        byte[] hashKey,
        AnswerLimits limits,
        TimeProvider clock,
        Action<Exception> onFault,
        CancellationToken cancellation
    )
    {
        var ports = new StreamPorts<Asker, AskerFact>(log, clock) { OnFault = onFault, OnUnreadable = onFault };
        return new(log, await AskerStreams.OpenAsync(new AskerKind(), ports, cancellation), hashKey, limits);
    }

    /// <summary>
    /// The name of a mail: who wrote it, and its Message-ID or else its bytes. Nobody can use up the Message-ID of somebody else.
    /// </summary>
    public byte[] IdOf(string author, string? messageId, ReadOnlySpan<byte> raw) =>
        Hash(
            $"mail\n{author.ToLowerInvariant()}\n{(string.IsNullOrEmpty(messageId) ? Convert.ToHexString(SHA256.HashData(raw)) : messageId)}"
        );

    /// <summary>Whether this mail was dealt with, and only has to be moved away.</summary>
    public async ValueTask<bool> IsSettledAsync(MailPlace place, CancellationToken cancellation) =>
        await log.Store.FindKeyAsync(PlaceScope, NameOf(place), cancellation) is not null;

    /// <summary>A mail that gets no answer.</summary>
    public async ValueTask SettleAsync(MailPlace place)
    {
        var mailbox = AskerKind.StreamOf(string.Create(CultureInfo.InvariantCulture, $"mailbox-{place.Validity}"));
        var outcome = await askers.SubmitAsync(mailbox, new AskerCommand.KeepPlace(), new() { Keys = [KeyOf(place)] });
        if (outcome is not AskerOutcome.KeyTaken)
            Written(outcome);
    }

    /// <summary>
    /// Notes an answer and settles its mail, both or neither; a mail that its sender's limit leaves unanswered is settled too.
    /// </summary>
    /// <param name="write">Makes the answer's Message-ID and bytes; asked for only where it is to be sent.</param>
    public async ValueTask<AnswerNote> NoteAsync(
        byte[] mail,
        MailPlace place,
        string recipient,
        DateTimeOffset now,
        Func<(string MessageId, byte[] Message)> write,
        CancellationToken cancellation
    )
    {
        var name = Convert.ToHexStringLower(mail);
        var asker = AskerOf(recipient);
        await noting.WaitAsync(cancellation);
        try
        {
            var judged = AskerKind.Judge((await askers.ReadAsync(asker))?.State, name, now, limits.PerSenderPerHour);
            if (judged != AnswerNote.Noted)
            {
                await SettleAsync(place);
                return judged;
            }
            var number = await NextNumberAsync(cancellation);
            if (!await IsFreeAsync(number, now, cancellation))
                return AnswerNote.TooMany;
            var (messageId, message) = write();
            var keys = new List<UniqueKey> { NumberKey(number, now) };
            if (!await IsSettledAsync(place, cancellation))
                keys.Add(KeyOf(place));
            return Written(
                await askers.SubmitAsync(
                    asker,
                    new AskerCommand.NoteAnswer(name, now, limits.PerSenderPerHour),
                    new() { Keys = keys, Documents = [DocumentOf(new WaitingAnswer(name, messageId, recipient, message, now))] }
                )
            )!.Value;
        }
        finally
        {
            noting.Release();
        }
    }

    /// <summary>The answer that an item of the outbox brings; null where it is closed.</summary>
    public async ValueTask<WaitingAnswer?> FindAsync(OutboxItem item, CancellationToken cancellation) =>
        await log.Store.ReadDocumentAsync(item.Id, cancellation) is { } document
            ? JsonSerializer.Deserialize<WaitingAnswer>(document.Span)
            : null;

    /// <summary>It was sent, or never will be: what it said and to whom is destroyed.</summary>
    public async ValueTask CloseAsync(OutboxItem item)
    {
        var (asker, mail) = AskerKind.SubjectOf(item);
        Written(await askers.SubmitAsync(asker, new AskerCommand.CloseAnswer(mail), new() { CompletedOutbox = [item.Id] }));
    }

    /// <summary>An answer of an earlier version; one that is here already stays as it is.</summary>
    /// <param name="sender">Its keyed hash.</param>
    /// <param name="waiting">Null where it has left.</param>
    public async ValueTask TakeOverAsync(
        byte[] sender,
        byte[] mail,
        DateTimeOffset notedAt,
        WaitingAnswer? waiting,
        CancellationToken cancellation
    )
    {
        var (asker, name) = (AskerKind.StreamOf(Convert.ToHexStringLower(sender)), Convert.ToHexStringLower(mail));
        if (AskerKind.Judge((await askers.ReadAsync(asker))?.State, name, notedAt, int.MaxValue) == AnswerNote.Noted)
        {
            Written(
                await askers.SubmitAsync(
                    asker,
                    new AskerCommand.NoteAnswer(name, notedAt, int.MaxValue),
                    new()
                    {
                        Keys = [NumberKey(await NextNumberAsync(cancellation), notedAt)],
                        Documents = waiting is null ? [] : [DocumentOf(waiting)],
                    }
                )
            );
        }

        if (waiting is null)
        {
            Written(
                await askers.SubmitAsync(asker, new AskerCommand.CloseAnswer(name), new() { CompletedOutbox = [AskerKind.AnswerOf(name)] })
            );
        }
    }

    /// <summary>Answers that are on their way to this address never arrive: what they said and to whom is destroyed.</summary>
    public async ValueTask CloseAnswersToAsync(string recipient)
    {
        var asker = AskerOf(recipient);
        foreach (var mail in (await askers.ReadAsync(asker))?.State.Waiting ?? [])
        {
            Written(
                await askers.SubmitAsync(asker, new AskerCommand.CloseAnswer(mail), new() { CompletedOutbox = [AskerKind.AnswerOf(mail)] })
            );
        }
    }

    /// <summary>How many answers this address got in the last <see cref="RememberedFor"/> before the latest.</summary>
    public async ValueTask<int> CountAnswersToAsync(string recipient) =>
        (await askers.ReadAsync(AskerOf(recipient)))?.State.Recent.Count ?? 0;

    /// <summary>It is sent no earlier.</summary>
    public ValueTask PutOffAsync(WaitingAnswer answer, DateTimeOffset until, CancellationToken cancellation) =>
        log.Store.PostponeOutboxAsync(AskerKind.AnswerOf(answer.Mail), until, cancellation);

    public async ValueTask DisposeAsync()
    {
        await askers.DisposeAsync();
        noting.Dispose();
    }

    private async ValueTask<long> NextNumberAsync(CancellationToken cancellation) =>
        await log.Store.GreatestKeyAsync(NumberScope, cancellation) is { } greatest
            ? long.Parse(greatest, CultureInfo.InvariantCulture) + 1
            : 1;

    /// <summary>Whether the answer that is so many back as an hour may have was noted more than an hour ago.</summary>
    private async ValueTask<bool> IsFreeAsync(long number, DateTimeOffset now, CancellationToken cancellation)
    {
        if (number <= limits.PerHour)
            return true;
        var earlier = (await log.Store.FindKeyAsync(NumberScope, NameOf(number - limits.PerHour), cancellation))!;
        var notedAt = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(earlier.Content.Span, CultureInfo.InvariantCulture));
        return notedAt <= now - AskerKind.RateWindow;
    }

    private static AnswerNote? Written(AskerOutcome outcome) =>
        outcome switch
        {
            AskerOutcome.Done(var note, _) => note,
            { WhyNotNow: { } why } => throw new LogUnusableException(why),
            AskerOutcome.KeyTaken(var key, _) => throw new LogUnusableException(
                $"Another server notes answers at the same time ({key.Scope})."
            ),
            AskerOutcome.TooLarge(var what) => throw new InvalidOperationException(
                $"An answer fits into a document, and this one does not: {what}."
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Document DocumentOf(WaitingAnswer answer) =>
        new(AskerKind.AnswerOf(answer.Mail), AskerKind.AnswerOf(answer.Mail), JsonSerializer.SerializeToUtf8Bytes(answer));

    private static UniqueKey KeyOf(MailPlace place) => new(PlaceScope, NameOf(place));

    private static UniqueKey NumberKey(long number, DateTimeOffset at) =>
        new(NumberScope, NameOf(number), Encoding.ASCII.GetBytes(at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));

    private static string NameOf(MailPlace place) => string.Create(CultureInfo.InvariantCulture, $"{place.Validity}/{place.Uid}");

    private static string NameOf(long number) => number.ToString("D15", CultureInfo.InvariantCulture);

    private StreamId AskerOf(string recipient) =>
        AskerKind.StreamOf(Convert.ToHexStringLower(Hash($"sender\n{recipient.ToLowerInvariant()}")));

    private byte[] Hash(string text) => HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(text));
}
