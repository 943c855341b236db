using System.Text;
using Shonin.EventLog;
using Shonin.MailChecks;
using Shonin.Streams;

namespace Shonin.Simulation;

/// <summary>A mail in the mailbox of the check address. Delivered twice, it lies there in two places.</summary>
/// <param name="IsToBeAnswered">As the rules for senders would say, which are not played.</param>
internal sealed record AskersMail(MailPlace Place, string Author, string MessageId, bool IsToBeAnswered);

/// <summary>
/// People who ask at the check address in some worlds, more often than they may; their mailbox, which outlives the merchant's process; and
/// the merchant's reading of it and sending of answers, around the real answer book.
/// </summary>
internal sealed class Askers(World world)
{
    public static readonly AnswerLimits Limits = new(PerSenderPerHour: 2, PerHour: 3);

    private const int AskerCount = 2;

    private static readonly TimeSpan comingAgainWithin = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan noticedWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan lookingAgainAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan sendingAgainAfter = TimeSpan.FromSeconds(30);

    private readonly bool isPlayed = world.Random.Next(2) == 0;
    private readonly byte[] hashKey = new byte[AnswerBook.HashKeySizeBytes];
    private readonly List<AskersMail> mailbox = [];
    private TaskCompletionSource arrived = new();
    private long lastUid;

    public AskerChecks Checks { get; } = new(world);

    public void Start()
    {
        if (!isPlayed)
            return;
        // They come together, now and once more, so that limits are met and several are answered at once.
        var begin = world.Customers.Span * world.Random.NextDouble();
        TimeSpan[] moments = [begin, begin + comingAgainWithin * world.Random.NextDouble()];
        var count = 2 + world.Random.Next(5);
        for (var index = 0; index < count; index++)
        {
            var author = $"asker-{world.Random.Next(AskerCount)}@customer.example";
            var (messageId, isToBeAnswered) = ($"<question-{index}@customer.example>", world.Random.Next(6) != 0);
            for (var copies = 1 + world.Random.Next(4) / 3; copies > 0; copies--)
            {
                world.Later(moments[world.Random.Next(moments.Length)] + noticedWithin * world.Random.NextDouble(), () =>
                    Deliver(new AskersMail(new MailPlace(Validity: 1, ++lastUid), author, messageId, isToBeAnswered))
                );
            }
        }
    }

    /// <summary>Inside the merchant's process, from its start to its end.</summary>
    public async Task ServeAsync(OwnedLog log)
    {
        if (!isPlayed)
            return;
        var book = await AnswerBook.OpenAsync(log, hashKey, Limits, world.Clock, world.OnFault, CancellationToken.None);
        world.Merchant.Process.Start(() => ReadMailboxAsync(book), world.OnFault);
        world.Merchant.Process.Start(() => SendAnswersAsync(log, book), world.OnFault);
    }

    public void AtEnd()
    {
        foreach (var mail in mailbox)
            world.Checks.Broken($"{mail.MessageId} still lies in the mailbox of the check address");
        Checks.AtEnd();
    }

    private void Deliver(AskersMail mail)
    {
        mailbox.Add(mail);
        arrived.TrySetResult();
    }

    /// <summary>All that lies there at once, so that limits meet those who ask in the same moment.</summary>
    private async Task ReadMailboxAsync(AnswerBook book)
    {
        while (true)
        {
            arrived = new TaskCompletionSource();
            await Task.WhenAll(mailbox.ToArray().Select(mail => ReadAsync(book, mail)));
            var isEmpty = mailbox.Count == 0;
            if (isEmpty)
                await arrived.Task;
            await Task.Delay(isEmpty ? noticedWithin : lookingAgainAfter, world.Clock);
        }
    }

    private async Task ReadAsync(AnswerBook book, AskersMail mail)
    {
        if (!await book.IsSettledAsync(mail.Place, CancellationToken.None))
        {
            if (world.Random.Next(3) == 0)
                world.CrashAtNextWrite();
            if (!await IsDealtWithAsync(book, mail))
                return;
            if (!await book.IsSettledAsync(mail.Place, CancellationToken.None))
                world.Checks.Broken($"{mail.MessageId} was dealt with, and its place does not say so");
        }
        mailbox.Remove(mail);
    }

    private async Task<bool> IsDealtWithAsync(AnswerBook book, AskersMail mail)
    {
        if (!mail.IsToBeAnswered)
        {
            await book.SettleAsync(mail.Place);
            return true;
        }
        var (name, now) = (book.IdOf(mail.Author, mail.MessageId, raw: default), world.Clock.GetUtcNow());
        Checks.Asked(Convert.ToHexStringLower(name), mail, now);
        var came = await book.NoteAsync(name, mail.Place, mail.Author, now, () => Write(mail, now), CancellationToken.None);
        return came != AnswerNote.TooMany;
    }

    /// <summary>Written twice, an answer would not be the same: it says when.</summary>
    private static (string MessageId, byte[] Message) Write(AskersMail mail, DateTimeOffset now) =>
        ($"check-{mail.MessageId}", Encoding.UTF8.GetBytes($"Your mail {mail.MessageId} was looked at on {now:O}."));

    private async Task SendAnswersAsync(OwnedLog log, AnswerBook book)
    {
        var queued = new TaskCompletionSource();
        log.Queued += queue =>
        {
            if (queue == AnswerBook.Queue)
                queued.TrySetResult();
        };
        var pump = new OutboxPump(log, AnswerBook.Queue, world.Clock, (item, _) => SendAsync(book, item), world.OnFault);
        while (true)
        {
            queued = new TaskCompletionSource();
            await pump.BringDueAsync(CancellationToken.None);
            if ((await log.Store.ReadOutboxFirstsAsync(AnswerBook.Queue, DateTimeOffset.MaxValue, 1, CancellationToken.None)).Count == 0)
                await queued.Task;
            await Task.Delay(TimeSpan.FromSeconds(2), world.Clock);
        }
    }

    /// <summary>A relay that sometimes takes a mail and loses its own answer, and a merchant that may die before it notes it.</summary>
    private async ValueTask<BringResult> SendAsync(AnswerBook book, OutboxItem item)
    {
        if (await book.FindAsync(item, CancellationToken.None) is { } answer)
        {
            Checks.Delivered(answer);
            if (world.Random.NextDouble() < world.Faults.MailAnswerLost)
                return new BringResult.Again(sendingAgainAfter);
        }
        if (world.Random.Next(4) == 0)
            world.CrashAtNextWrite();
        await book.CloseAsync(item);
        return new BringResult.Done();
    }
}
