using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Notices;
using Shonin.Streams;

namespace Shonin.Letters;

/// <summary>A letter of ours that has not left yet, to the byte.</summary>
/// <param name="Kind">What it is called in a file's name, before its <paramref name="Id"/>: <c>check</c>, <c>code</c>.</param>
/// <param name="Id">Names it among those of its kind, in letters and digits.</param>
internal sealed record WaitingLetter(
    string MessageId,
    string Recipient,
    string Kind,
    string Id,
    ReadOnlyMemory<byte> Message,
    DateTimeOffset QueuedAt
)
{
    /// <summary><c>20261124T100207123Z-code-1f0c9a3e</c></summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{QueuedAt.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{Kind}-{Id}");
}

/// <summary>Where letters of one kind wait, as whoever keeps them knows it.</summary>
/// <param name="Queue">The outbox queue that names them.</param>
/// <param name="Called">What the server's own log calls one, at the beginning of a sentence: "An answer of the check address".</param>
internal sealed record LetterBox(string Queue, string Called)
{
    /// <summary>
    /// The letter of an item, the same bytes each time; null where there is nothing to send any more. What it throws is told and the item
    /// tried again, but for <see cref="InvalidDataException"/> and <see cref="JsonException"/>: such a letter is damaged for good.
    /// </summary>
    public required Func<OutboxItem, CancellationToken, ValueTask<WaitingLetter?>> Find { get; init; }

    /// <summary>It has left, or never will: completes the item, and destroys what the letter said and to whom.</summary>
    public required Func<OutboxItem, ValueTask> Close { get; init; }

    /// <summary>How many leave at the same time.</summary>
    public int AtOnceMax { get; init; } = 4;
}

/// <summary>
/// Sends the letters of a box, without a return path (RFC 3834 section 3.3): what cannot be delivered comes back to nobody. At least once: a
/// crash between the relay's yes and our note sends the same bytes again, under the same Message-ID.
/// </summary>
internal sealed class LetterSender
{
    private readonly LetterBox box;
    private readonly DeliverMail deliver;
    private readonly MailPatience patience;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly OutboxPump pump;

    /// <summary>Letters that are sent or given up while the log could not be written: only the note of it is tried again.</summary>
    private readonly ConcurrentDictionary<string, byte> unrecorded = new(StringComparer.Ordinal);

    public LetterSender(OwnedLog ownedLog, LetterBox box, MailWay way, TimeProvider clock, ILogger log)
    {
        (this.box, deliver, patience, this.clock, this.log) = (box, way.Deliver, way.Patience, clock, log);
        pump = new OutboxPump(ownedLog, box.Queue, clock, SendAsync, NoteFault)
        {
            AtOnceMax = box.AtOnceMax,
            WaitAfterFault = patience.After,
        };
    }

    /// <summary>Runs until it is cancelled; what is left waits in the outbox for the next start.</summary>
    public Task RunAsync(CancellationToken cancellation) => pump.RunAsync(cancellation);

    /// <summary>One round by itself.</summary>
    internal ValueTask<bool> SendDueAsync(CancellationToken cancellation) => pump.BringDueAsync(cancellation);

    private void NoteFault(Exception fault) => log.LogError(fault, "{Letter} met a fault; it waits, and is tried again", box.Called);

    private async ValueTask<BringResult> SendAsync(OutboxItem item, CancellationToken cancellation)
    {
        if (unrecorded.ContainsKey(item.Id) || await FindAsync(item, cancellation) is not { } letter)
            return await CloseAsync(item);
        var outcome = await deliver(
            new(letter.MessageId, Sender: "", letter.Recipient, letter.FileName, letter.Message.ToArray()),
            cancellation
        );
        var age = clock.GetUtcNow() - letter.QueuedAt;
        switch (patience.After(outcome, item.Attempts, item.Attempts, age))
        {
            case MailNext.Sent:
                return await CloseAsync(item);
            case MailNext.GiveUp(var why):
                log.LogWarning("{Letter} is given up: {Why}", box.Called, why);
                return await CloseAsync(item);
            case MailNext.PutOff(var why, var wait):
                return PutOff(why, wait);
            case MailNext.WaitForRelay(var why, _) when age >= patience.GiveUpAfter:
                log.LogWarning("{Letter} was tried for {Days} days, the last time: {Why}", box.Called, patience.GiveUpAfter.TotalDays, why);
                return await CloseAsync(item);
            case MailNext.WaitForRelay(var why, _):
                return PutOff(why, patience.After(item.Attempts));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Null where there is nothing to send: it is closed already, or what was written is damaged for good.</summary>
    private async ValueTask<WaitingLetter?> FindAsync(OutboxItem item, CancellationToken cancellation)
    {
        try
        {
            return await box.Find(item, cancellation);
        }
        catch (Exception damage) when (damage is InvalidDataException or JsonException)
        {
            log.LogError(damage, "{Letter} is damaged, and is given up", box.Called);
            return null;
        }
    }

    private async ValueTask<BringResult> CloseAsync(OutboxItem item)
    {
        unrecorded[item.Id] = 0;
        await box.Close(item);
        unrecorded.TryRemove(item.Id, out _);
        return new BringResult.Done();
    }

    private BringResult.Again PutOff(string why, TimeSpan wait)
    {
        log.LogWarning("{Letter} is tried again in {Seconds} s: {Why}", box.Called, wait.TotalSeconds, why);
        return new BringResult.Again(wait);
    }
}

/// <summary>How mail leaves the house, and how long it is tried.</summary>
internal sealed record MailWay(DeliverMail Deliver, MailPatience Patience);
