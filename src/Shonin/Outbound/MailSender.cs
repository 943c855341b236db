using System.Collections.Concurrent;
using System.Text.Json;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant;

namespace Shonin.Outbound;

/// <summary>
/// Records what became of a mail, durably; the outbox item goes in the same append. Throws <see cref="LogUnusableException"/> where
/// the log cannot be written.
/// </summary>
internal delegate ValueTask RecordMail(string order, OrderCommand command, string completedOutboxId, CancellationToken cancellation);

/// <summary>
/// Takes mails from the outbox and hands them over, at least once: a crash between the relay's yes and our record of it sends the mail
/// again, under the same Message-ID.
/// </summary>
internal sealed class MailSender(
    IEventStore store, NoticeMime mime, DeliverMail deliver, RecordMail record, MailPatience patience, TimeProvider time, ILogger<MailSender> log)
{
    /// <summary>How many mails one round takes; their records share flushes.</summary>
    private const int RoundCountMax = 32;

    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Mails that were taken, or refused for good, while the log could not record it: only the record is tried again.</summary>
    private readonly ConcurrentDictionary<string, OrderCommand> unrecorded = [];

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
                await Task.Delay(await PauseAfterRoundAsync(cancellation), time, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop: what is left waits in the outbox for the next start.
        }
    }

    private async ValueTask<TimeSpan> PauseAfterRoundAsync(CancellationToken cancellation)
    {
        try
        {
            return await SendDueAsync(cancellation) == 0 ? pause : TimeSpan.Zero;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it was, the mails still wait in the outbox: the customers get them later.
            log.LogError(exception, "Mails could not be sent; they wait, and are tried again in {Seconds} s", patience.RetryAfter.TotalSeconds);
            return patience.RetryAfter;
        }
    }

    /// <summary>One round: how many mails were due.</summary>
    internal async ValueTask<int> SendDueAsync(CancellationToken cancellation)
    {
        var due = await store.ReadOutboxAsync(NoticeMail.Queue, time.GetUtcNow(), RoundCountMax, cancellation);
        var records = new List<Task>(due.Count);
        foreach (var item in due)
        {
            var payload = MailOutboxPayload.Parse(item.Payload);
            var command = unrecorded.GetValueOrDefault(item.Id) ?? await SendAsync(item, payload, cancellation);
            if (command is not null)
                records.Add(RecordAsync(item, payload, command, cancellation));
        }
        await Task.WhenAll(records);
        return due.Count;
    }

    /// <summary>Hands one mail over. Returns what is to be recorded; null where it was put off.</summary>
    private async ValueTask<OrderCommand?> SendAsync(OutboxItem item, MailOutboxPayload payload, CancellationToken cancellation)
    {
        if (await store.ReadDocumentAsync(NoticeMail.DocumentIdOf(payload.Notice), cancellation) is not { } document)
            return new OrderCommand.RecordNoticeUndeliverable(payload.Notice, "The customer's data were erased.");

        NoticeMail notice;
        SignedMail mail;
        try
        {
            notice = NoticeMail.Parse(document);
            mail = mime.Write(notice);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException)
        {
            log.LogError(exception, "Notice {Notice} cannot be made into a mail", payload.Notice);
            return new OrderCommand.RecordNoticeUndeliverable(payload.Notice, "The notice cannot be made into a mail.");
        }

        switch (await deliver(mail, cancellation))
        {
            case MailOutcome.Taken:
                return new OrderCommand.RecordNoticeSent(payload.Notice);
            case MailOutcome.Refused refused:
                log.LogWarning("Mail {Notice} was refused for good: {Why}", payload.Notice, refused.Why);
                return new OrderCommand.RecordNoticeUndeliverable(payload.Notice, refused.Why);
            case MailOutcome.TryLater later when time.GetUtcNow() - notice.QueuedAt >= patience.GiveUpAfter:
                log.LogWarning("Mail {Notice} was tried for {Days} days, the last time: {Why}", payload.Notice, patience.GiveUpAfter.TotalDays, later.Why);
                return new OrderCommand.RecordNoticeUndeliverable(payload.Notice, later.Why);
            case MailOutcome.TryLater later:
                var again = time.GetUtcNow() + patience.After(item.Attempts);
                log.LogWarning("Mail {Notice} is tried again at {At}: {Why}", payload.Notice, again, later.Why);
                await store.PostponeOutboxAsync(item.Id, again, cancellation);
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task RecordAsync(OutboxItem item, MailOutboxPayload payload, OrderCommand command, CancellationToken cancellation)
    {
        unrecorded[item.Id] = command;
        try
        {
            await record(payload.Order, command, item.Id, cancellation);
            unrecorded.TryRemove(item.Id, out _);
        }
        catch (LogUnusableException exception)
        {
            log.LogError(exception, "What became of mail {Item} is not recorded yet; that is tried again, the mail is not sent again", item.Id);
            await store.PostponeOutboxAsync(item.Id, time.GetUtcNow() + patience.After(item.Attempts), cancellation);
        }
    }
}

/// <summary>How often, and how long, a mail is tried.</summary>
/// <param name="RetryAfter">The first wait; it doubles up to an hour.</param>
/// <param name="GiveUpAfter">From when a mail that was not taken is undeliverable; RFC 5321 section 4.5.4.1 wants four to five days.</param>
internal sealed record MailPatience(TimeSpan RetryAfter, TimeSpan GiveUpAfter)
{
    private static readonly TimeSpan waitMax = TimeSpan.FromHours(1);

    /// <summary>The wait after a failure that follows <paramref name="failures"/> earlier ones.</summary>
    public TimeSpan After(int failures)
    {
        var wait = RetryAfter;
        for (var doubling = 0; doubling < failures && wait < waitMax; doubling++)
            wait += wait;
        return wait < waitMax ? wait : waitMax;
    }
}
