using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Notices;
using Shonin.Streams;

namespace Shonin.MailChecks;

/// <summary>
/// Sends the answers that the book holds, without a return path (RFC 3834 section 3.3): what cannot be delivered comes back to nobody. At
/// least once: a crash between the relay's yes and our note sends the same bytes again, under the same Message-ID.
/// </summary>
internal sealed class AnswerSender
{
    private const int AtOnceMax = 4;

    private readonly AnswerBook book;
    private readonly DeliverMail deliver;
    private readonly MailPatience patience;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly OutboxPump pump;

    /// <summary>Answers that are sent or given up while the log could not be written: only the note of it is tried again.</summary>
    private readonly ConcurrentDictionary<string, byte> unrecorded = new(StringComparer.Ordinal);

    public AnswerSender(OwnedLog ownedLog, AnswerBook book, DeliverMail deliver, MailPatience patience, TimeProvider clock, ILogger log)
    {
        (this.book, this.deliver, this.patience, this.clock, this.log) = (book, deliver, patience, clock, log);
        pump = new OutboxPump(ownedLog, AnswerBook.Queue, clock, SendAsync, NoteFault)
        {
            AtOnceMax = AtOnceMax,
            WaitAfterFault = patience.After,
        };
    }

    /// <summary>Runs until it is cancelled; what is left waits in the outbox for the next start.</summary>
    public Task RunAsync(CancellationToken cancellation) => pump.RunAsync(cancellation);

    /// <summary>One round by itself.</summary>
    internal ValueTask<bool> SendDueAsync(CancellationToken cancellation) => pump.BringDueAsync(cancellation);

    private void NoteFault(Exception fault) =>
        log.LogError(fault, "An answer of the check address met a fault; it waits, and is tried again");

    private async ValueTask<BringResult> SendAsync(OutboxItem item, CancellationToken cancellation)
    {
        if (unrecorded.ContainsKey(item.Id) || await FindAsync(item, cancellation) is not { } answer)
            return await CloseAsync(item);
        var fileName = string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.NotedAt.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-check-{answer.Mail[..8]}"
        );
        var outcome = await deliver(new(answer.MessageId, Sender: "", answer.Recipient, fileName, answer.Message), cancellation);
        var age = clock.GetUtcNow() - answer.NotedAt;
        switch (patience.After(outcome, item.Attempts, item.Attempts, age))
        {
            case MailNext.Sent:
                return await CloseAsync(item);
            case MailNext.GiveUp(var why):
                log.LogWarning("An answer of the check address is given up: {Why}", why);
                return await CloseAsync(item);
            case MailNext.PutOff(var why, var wait):
                return PutOff(why, wait);
            case MailNext.WaitForRelay(var why, _) when age >= patience.GiveUpAfter:
                log.LogWarning(
                    "An answer of the check address was tried for {Days} days, the last time: {Why}",
                    patience.GiveUpAfter.TotalDays,
                    why
                );
                return await CloseAsync(item);
            case MailNext.WaitForRelay(var why, _):
                return PutOff(why, patience.After(item.Attempts));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Null where there is nothing to send: it is closed already, or what was written is damaged for good.</summary>
    private async ValueTask<WaitingAnswer?> FindAsync(OutboxItem item, CancellationToken cancellation)
    {
        try
        {
            return await book.FindAsync(item, cancellation);
        }
        catch (Exception damage) when (damage is InvalidDataException or JsonException)
        {
            log.LogError(damage, "An answer of the check address is damaged, and is given up");
            return null;
        }
    }

    private async ValueTask<BringResult> CloseAsync(OutboxItem item)
    {
        unrecorded[item.Id] = 0;
        await book.CloseAsync(item);
        unrecorded.TryRemove(item.Id, out _);
        return new BringResult.Done();
    }

    private BringResult.Again PutOff(string why, TimeSpan wait)
    {
        log.LogWarning("An answer of the check address is tried again in {Seconds} s: {Why}", wait.TotalSeconds, why);
        return new BringResult.Again(wait);
    }
}
