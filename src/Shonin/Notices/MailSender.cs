using System.Collections.Concurrent;
using System.Text.Json;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.Merchant.Notices;

namespace Shonin.Notices;

/// <summary>
/// Records what became of a mail, durably; the outbox item goes in the same append, where one is named. Gives the order as it then stands;
/// throws <see cref="LogUnusableException"/> where the log cannot be written.
/// </summary>
internal delegate ValueTask<Order> RecordMail(
    string order,
    OrderCommand command,
    string? completedOutboxId,
    CancellationToken cancellation
);

/// <summary>A notice's words, durable; null where its customer was erased.</summary>
internal delegate ValueTask<NoticeMail?> FindWords(OrderId order, string notice, CancellationToken cancellation);

/// <summary>
/// Takes mails from the outbox and hands them over, at least once: a crash between the relay's yes and our record of it sends the mail
/// again, under the same Message-ID. Of each order one mail is under way at a time, in the order in which they were queued; the mails of
/// different orders have no part in each other's trouble.
/// </summary>
internal sealed class MailSender(
    IEventStore store,
    FindWords words,
    NoticeMime mime,
    DeliverMail deliver,
    RecordMail record,
    MailPatience patience,
    TimeProvider time,
    ILogger log
)
{
    private const int OverAgeCountMax = 100;

    /// <summary>So often the log may fail a mail before an agent is told.</summary>
    private const int FaultsMax = 3;

    /// <summary>A mail that takes so long gives its place to another, a few times over.</summary>
    private static readonly TimeSpan slowAfter = TimeSpan.FromSeconds(30);
    private const int SlowPlacesMax = 3;

    /// <summary>From when a mail's words are held against the order as it stands.</summary>
    private static readonly TimeSpan lateAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan receivedIsLateAfter = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// A relay that has been away for less is not yet a reason to give mails up, however old they are: the server may just have been
    /// started.
    /// </summary>
    private static readonly TimeSpan awayMin = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, MailUnderWay> underWay = new(StringComparer.Ordinal);

    /// <summary>What is known of a mail beyond its outbox item, for as long as the process lives; gone with the item.</summary>
    private readonly ConcurrentDictionary<string, MailTries> known = new(StringComparer.Ordinal);

    private readonly Lock gate = new();
    private volatile RelayCondition relay = RelayCondition.Fine;

    private sealed record MailUnderWay(Task Task, DateTimeOffset Since);

    /// <param name="Failures">Tries that the relay stood in the way of, in a row.</param>
    /// <param name="Doubts">Tries whose end is unknown.</param>
    /// <param name="HeldUntil">Before that it is not tried, unless the relay comes back.</param>
    /// <param name="Unrecorded">What became of it, while the log could not be written: only the record is tried again.</param>
    private sealed record MailTries(int Failures, int Doubts, DateTimeOffset HeldUntil, OrderCommand? Unrecorded)
    {
        public static MailTries None { get; } = new(0, 0, DateTimeOffset.MinValue, null);
    }

    /// <summary>How many mails are handed over at the same time.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Whether mail leaves now.</summary>
    public RelayCondition Relay => relay;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var wait = await PauseAfterRoundAsync(cancellation);
                var next = Task.Delay(wait, time, cancellation);
                // A place that becomes free is taken at once.
                IEnumerable<Task> places = wait == pause ? underWay.Values.Select(mail => mail.Task) : [];
                await await Task.WhenAny(places.Prepend(next));
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop: what is left waits in the outbox for the next start.
            await Task.WhenAll(underWay.Values.Select(mail => mail.Task));
        }
    }

    /// <summary>One round by itself: how many mails were tried.</summary>
    internal async ValueTask<int> SendDueAsync(CancellationToken cancellation)
    {
        var started = await StartDueAsync(cancellation);
        await Task.WhenAll(underWay.Values.Select(mail => mail.Task));
        return started;
    }

    private async ValueTask<TimeSpan> PauseAfterRoundAsync(CancellationToken cancellation)
    {
        try
        {
            await StartDueAsync(cancellation);
            return pause;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The outbox cannot be read: the mails still wait in it, and the customers get them later.
            log.LogError(
                exception,
                "Mails could not be looked for; they wait, and are looked for again in {Seconds} s",
                patience.RetryAfter.TotalSeconds
            );
            return patience.RetryAfter;
        }
    }

    /// <summary>Begins with what may leave now, and waits for none of it: how many mails those are.</summary>
    internal async ValueTask<int> StartDueAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var condition = relay;
        if (condition.IsShutOut && (now < condition.LookAt || !underWay.IsEmpty))
            return 0;
        var room = condition.IsShutOut ? 1 : PlacesAt(now) - underWay.Count;
        if (room <= 0)
            return 0;
        var due = await store.ReadOutboxFirstsAsync(NoticeMail.Queue, now, room + underWay.Count + known.Count, cancellation);
        var started = 0;
        foreach (var item in InTurn(due.Where(item => !underWay.ContainsKey(item.Id)), condition, now).Take(room))
        {
            Start(item, now, cancellation);
            started++;
        }
        return started;
    }

    /// <summary>
    /// Held mails wait; where the relay is only looked at, they come after the others, so that no single mail keeps it shut out.
    /// </summary>
    private IEnumerable<OutboxItem> InTurn(IEnumerable<OutboxItem> due, RelayCondition condition, DateTimeOffset now) =>
        condition.IsShutOut ? due.OrderBy(item => TriesOf(item).HeldUntil) : due.Where(item => TriesOf(item).HeldUntil <= now);

    private int PlacesAt(DateTimeOffset now) =>
        Connections + Math.Min(underWay.Values.Count(mail => now - mail.Since >= slowAfter), SlowPlacesMax * Connections);

    private MailTries TriesOf(OutboxItem item) => known.GetValueOrDefault(item.Id, MailTries.None);

    private void Start(OutboxItem item, DateTimeOffset now, CancellationToken cancellation)
    {
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        underWay[item.Id] = new(RunOneAsync(), now);
        begin.SetResult();

        async Task RunOneAsync()
        {
            await begin.Task;
            try
            {
                await TryAsync(item, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // It waits in the outbox for the next start.
            }
            finally
            {
                underWay.TryRemove(item.Id, out _);
            }
        }
    }

    /// <summary>Whatever happens to one mail happens to it alone: it is put off, and at last given up.</summary>
    private async Task TryAsync(OutboxItem item, CancellationToken cancellation)
    {
        var about = NoticeInOutbox.Of(item);
        try
        {
            await SendAsync(item, about, cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            await PutOffAfterFaultAsync(item, about, fault, cancellation);
        }
    }

    private async ValueTask PutOffAfterFaultAsync(OutboxItem item, NoticeInOutbox about, Exception fault, CancellationToken cancellation)
    {
        var (now, tries) = (time.GetUtcNow(), TriesOf(item));
        var again = now + patience.After(tries.Failures);
        log.LogError(fault, "Mail {Notice} met a fault of ours and is tried again at {At:O}", about.Notice, again);
        var why = $"A fault of ours: {fault.Message}";
        known[item.Id] = tries with
        {
            Failures = tries.Failures + 1,
            HeldUntil = again > tries.HeldUntil ? again : tries.HeldUntil,
            Unrecorded = tries.Unrecorded
                ?? (now - item.DueAt >= patience.GiveUpAfter ? new OrderCommand.RecordNoticeUndeliverable(about.Notice, why) : null),
        };
        // A log that cannot be written is told of by itself; one that only this mail cannot be recorded in is not.
        if (fault is not LogUnusableException || tries.Failures >= FaultsMax)
            await TellAgentAsync(about, why, cancellation);
    }

    private async ValueTask SendAsync(OutboxItem item, NoticeInOutbox about, CancellationToken cancellation)
    {
        if (TriesOf(item).Unrecorded is { } unrecorded)
        {
            await RecordAsync(item, about, unrecorded, cancellation);
            return;
        }
        switch (await WriteAsync(item, about, cancellation))
        {
            case WrittenMail.Never(var why):
                await RecordAsync(item, about, new OrderCommand.RecordNoticeUndeliverable(about.Notice, why), cancellation);
                break;
            case WrittenMail.Withdrawn:
                known.TryRemove(item.Id, out _);
                break;
            case WrittenMail.NotNow(var why):
                await SettleAsync(item, about, new MailOutcome.RelayAway(why), TimeSpan.Zero, cancellation);
                break;
            case WrittenMail.Ready(var mail, var queuedAt):
                var outcome = await deliver(mail, cancellation);
                await SettleAsync(item, about, outcome, time.GetUtcNow() - queuedAt, cancellation);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async ValueTask<WrittenMail> WriteAsync(OutboxItem item, NoticeInOutbox about, CancellationToken cancellation)
    {
        try
        {
            if (await words(new(about.Order), about.Notice, cancellation) is not { } notice)
                return new WrittenMail.Never("The customer's data were erased.");
            // One that the relay may have already is sent again as it was: two texts of one message would be two truths.
            if (IsLate(notice) && TriesOf(item).Doubts == 0)
            {
                var order = await record(about.Order, new OrderCommand.RefreshNotice(about.Notice, notice.MessageId), null, cancellation);
                if (order.Notices.Any(record => record.Notice.Id == about.Notice && record.WithdrawnAt is not null))
                    return WrittenMail.Withdrawn.Instance;
                notice = await words(new(about.Order), about.Notice, cancellation) ?? notice;
            }
            return new WrittenMail.Ready(mime.Write(notice, new(about.Order)), notice.QueuedAt);
        }
        catch (KeyFileException unusable)
        {
            return new WrittenMail.NotNow(unusable.Message);
        }
        catch (Exception exception)
            when (exception is JsonException or FormatException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            log.LogError(exception, "Notice {Notice} cannot be made into a mail", about.Notice);
            return new WrittenMail.Never("The notice cannot be made into a mail.");
        }
    }

    /// <summary>That an order was received stays true for a while, whatever its card company says.</summary>
    private bool IsLate(NoticeMail notice) =>
        time.GetUtcNow() - (notice.RewrittenAt ?? notice.QueuedAt)
        >= (notice.Kind == Domain.Notices.NoticeKind.Received ? receivedIsLateAfter : lateAfter);

    private async ValueTask SettleAsync(
        OutboxItem item,
        NoticeInOutbox about,
        MailOutcome outcome,
        TimeSpan age,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        NoteRelay(outcome, now);
        var tries = TriesOf(item);
        switch (patience.After(outcome, outcome is MailOutcome.RelayRefused ? tries.Failures : item.Attempts, tries.Doubts, age))
        {
            case MailNext.Sent:
                await RecordAsync(item, about, new OrderCommand.RecordNoticeSent(about.Notice), cancellation);
                return;
            case MailNext.GiveUp(var why):
                log.LogWarning("Mail {Notice} is given up: {Why}", about.Notice, why);
                await RecordAsync(item, about, new OrderCommand.RecordNoticeUndeliverable(about.Notice, why), cancellation);
                return;
            case MailNext.PutOff(var why, var wait):
                log.LogWarning("Mail {Notice} is tried again in {Seconds} s: {Why}", about.Notice, wait.TotalSeconds, why);
                if (outcome is MailOutcome.InDoubt)
                    known[item.Id] = tries with { Doubts = tries.Doubts + 1, HeldUntil = now + wait };
                await store.PostponeOutboxAsync(item.Id, now + wait, cancellation);
                await TellAgentIfLateAsync(about, age, why, cancellation);
                return;
            case MailNext.WaitForRelay when outcome is MailOutcome.RelayAway:
                await GiveUpOverAgeAsync(now, cancellation);
                return;
            case MailNext.WaitForRelay(var why, var wait):
                log.LogWarning("Mail {Notice} is tried again in {Seconds} s: {Why}", about.Notice, wait.TotalSeconds, why);
                known[item.Id] = tries with { Failures = tries.Failures + 1, HeldUntil = now + wait };
                if (!relay.IsShutOut)
                    await TellAgentIfLateAsync(about, age, why, cancellation);
                return;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>
    /// The one success that ends a relay's absence wakes everything that waited for the relay, and nothing that waits for a recipient.
    /// </summary>
    private void NoteRelay(MailOutcome outcome, DateTimeOffset now)
    {
        lock (gate)
        {
            var before = relay;
            relay = before.After(outcome, patience, now);
            if (!before.IsShutOut && relay.IsShutOut)
                log.LogWarning("Mail does not leave: {Why}", relay.Why);
            if (!before.IsShutOut || relay.IsShutOut)
                return;
            log.LogWarning("Mail leaves again; it did not since {Since:O}", before.TroubleSince);
        }
        foreach (var (id, tries) in known.Where(one => one.Value.Doubts == 0))
            known.TryUpdate(id, tries with { HeldUntil = DateTimeOffset.MinValue }, tries);
    }

    /// <summary>Mails that have waited for as long as a mail may: of each order, the first.</summary>
    private async ValueTask GiveUpOverAgeAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var condition = relay;
        if (
            condition is not { TroubleSince: { } since, Why: { } why }
            || now - since < (awayMin < patience.GiveUpAfter ? awayMin : patience.GiveUpAfter)
        )
        {
            return;
        }

        foreach (var item in await store.ReadOutboxFirstsAsync(NoticeMail.Queue, now - patience.GiveUpAfter, OverAgeCountMax, cancellation))
        {
            await RecordAsync(
                item,
                NoticeInOutbox.Of(item),
                new OrderCommand.RecordNoticeUndeliverable(NoticeInOutbox.Of(item).Notice, why),
                cancellation
            );
        }
    }

    private async ValueTask TellAgentIfLateAsync(NoticeInOutbox about, TimeSpan age, string why, CancellationToken cancellation)
    {
        if (age >= MailPatience.AgentIsToldAfter)
            await TellAgentAsync(about, why, cancellation);
    }

    private async ValueTask TellAgentAsync(NoticeInOutbox about, string why, CancellationToken cancellation)
    {
        try
        {
            await record(about.Order, new OrderCommand.RecordNoticeDelayed(about.Notice, why), null, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The mail itself is looked after; the agent is told with its next failure.
            log.LogError(fault, "That mail {Notice} is delayed could not be recorded", about.Notice);
        }
    }

    private async ValueTask RecordAsync(OutboxItem item, NoticeInOutbox about, OrderCommand command, CancellationToken cancellation)
    {
        known[item.Id] = TriesOf(item) with { Unrecorded = command };
        await record(about.Order, command, item.Id, cancellation);
        known.TryRemove(item.Id, out _);
    }
}

/// <summary>Which order's which notice an outbox item is about.</summary>
internal sealed record NoticeInOutbox(string Order, string Notice)
{
    /// <summary>A payload that was damaged names neither; the item's stream and id do.</summary>
    public static NoticeInOutbox Of(OutboxItem item)
    {
        try
        {
            var payload = MailOutboxPayload.Parse(item.Payload);
            return new(payload.Order, payload.Notice);
        }
        catch (JsonException)
        {
            return new(MailOutboxPayload.OrderOf(item), MailOutboxPayload.NoticeOf(item));
        }
    }
}

/// <summary>A notice as a mail, or why there is none.</summary>
internal abstract record WrittenMail
{
    private WrittenMail() { }

    public sealed record Ready(SignedMail Mail, DateTimeOffset QueuedAt) : WrittenMail;

    /// <summary>No mail can be signed at this moment: this one has no part in it.</summary>
    public sealed record NotNow(string Why) : WrittenMail;

    /// <summary>The order has moved on; the mail has left the outbox and is not sent.</summary>
    public sealed record Withdrawn : WrittenMail
    {
        public static readonly Withdrawn Instance = new();
    }

    public sealed record Never(string Why) : WrittenMail;
}
