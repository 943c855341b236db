using Shonin.Domain;

namespace Shonin.MailChecks;

/// <summary>What is done with the mails of a mailbox, each by itself.</summary>
internal interface IMailboxWork
{
    /// <summary>Whether this mail was dealt with, and only has to be moved away.</summary>
    ValueTask<bool> IsSettledAsync(MailPlace place, CancellationToken cancellation);

    /// <summary>It is not read, or was tried too often: nothing comes of it.</summary>
    ValueTask SettleAsync(MailPlace place);

    ValueTask<Handling> HandleAsync(MailPlace place, ReadOnlyMemory<byte> raw, CancellationToken cancellation);
}

/// <param name="PollEvery">How often the mailbox is looked at where the server tells nothing by itself.</param>
/// <param name="KeptFor">How long a mail stays in the mailbox.</param>
internal sealed record MailboxPatience(TimeSpan PollEvery, TimeSpan KeptFor);

/// <summary>
/// Reads a mailbox for as long as the server runs: one mail after the other, the oldest first. A mail is first settled
/// and then moved away, so that nothing is lost or answered twice, whatever ends the process. A mailbox that is away is tried again.
/// </summary>
internal sealed class MailboxReader(
    ImapOptions options,
    IMailboxWork work,
    MailboxPatience patience,
    int sizeBytesMax,
    TimeProvider clock,
    ILogger log
)
{
    private const int RoundCountMax = 50;

    /// <summary>A mail that was put off so often, over two hours, is given up.</summary>
    private const int TriesMax = 8;

    /// <summary>Between connections that did not come about, or broke.</summary>
    private static readonly Doubling connectAgain = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));

    /// <summary>Of a mail that was put off.</summary>
    private static readonly Doubling lookAgain = new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));
    private static readonly TimeSpan deleteEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<MailPlace, PutOffMail> putOff = [];
    private DateTimeOffset deletedAt = DateTimeOffset.MinValue;

    private sealed record PutOffMail(int Tries, DateTimeOffset Until);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failureCount = 0; !cancellation.IsCancellationRequested; failureCount++)
        {
            TimeSpan wait;
            try
            {
                await using var mailbox = await ImapMailbox.ConnectAsync(options, clock, cancellation);
                failureCount = 0;
                while (true)
                    await RoundAsync(mailbox, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The loop over strangers' mails and a server that is not ours: the mails lie there still, and are read after a pause.
                wait = connectAgain.After(failureCount);
                if (ImapMailbox.IsTrouble(fault))
                    log.LogWarning("Mailbox {Mailbox} is tried again in {Seconds} s: {Why}", options, wait.TotalSeconds, fault.Message);
                else
                    log.LogError(fault, "Mailbox {Mailbox}: reading goes on in {Seconds} s after a fault", options, wait.TotalSeconds);
            }
            await PauseAsync(wait, cancellation);
        }
    }

    private async Task RoundAsync(ImapMailbox mailbox, CancellationToken cancellation)
    {
        await DeleteOldAsync(mailbox, cancellation);
        var now = clock.GetUtcNow();
        var arrived = await mailbox.ListAsync(
            RoundCountMax,
            place => putOff.GetValueOrDefault(place) is not { } mail || mail.Until <= now,
            cancellation
        );
        foreach (var mail in arrived)
            await SettleAsync(mailbox, mail, cancellation);
        if (arrived.Count == 0)
        {
            await mailbox.WaitAsync(
                putOff.Count > 0 && lookAgain.First < patience.PollEvery ? lookAgain.First : patience.PollEvery,
                cancellation
            );
        }
    }

    private async Task SettleAsync(ImapMailbox mailbox, ArrivedMail mail, CancellationToken cancellation)
    {
        if (!await work.IsSettledAsync(mail.Place, cancellation) && await TryHandleAsync(mailbox, mail, cancellation) == Handling.PutOff)
        {
            var tries = putOff.GetValueOrDefault(mail.Place)?.Tries + 1 ?? 1;
            if (tries < TriesMax)
            {
                putOff[mail.Place] = new(tries, clock.GetUtcNow() + lookAgain.After(tries - 1));
                return;
            }
            await work.SettleAsync(mail.Place);
        }
        putOff.Remove(mail.Place);
        await mailbox.MoveToHandledAsync(mail, cancellation);
    }

    private async ValueTask<Handling> TryHandleAsync(ImapMailbox mailbox, ArrivedMail mail, CancellationToken cancellation)
    {
        try
        {
            return await HandleAsync(mailbox, mail, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException && !ImapMailbox.IsTrouble(fault))
        {
            // What one stranger's mail breaks must not keep the others waiting.
            log.LogError(fault, "Mailbox {Mailbox}: mail {Uid} is put off after a fault", options, mail.Place.Uid);
            return Handling.PutOff;
        }
    }

    private async ValueTask<Handling> HandleAsync(ImapMailbox mailbox, ArrivedMail mail, CancellationToken cancellation)
    {
        if (mail.SizeBytes > sizeBytesMax)
        {
            log.LogInformation(
                "Mailbox {Mailbox}: mail {Uid} has {SizeBytes} bytes, more than {SizeBytesMax}, and is not read",
                options,
                mail.Place.Uid,
                mail.SizeBytes,
                sizeBytesMax
            );
            await work.SettleAsync(mail.Place);
            return Handling.Unanswered;
        }
        return await work.HandleAsync(mail.Place, await mailbox.FetchAsync(mail, cancellation), cancellation);
    }

    private async Task DeleteOldAsync(ImapMailbox mailbox, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if ((now - deletedAt).Duration() < deleteEvery) // a clock that was set back far does not stop it
            return;
        var count = await mailbox.DeleteOlderAsync(now - patience.KeptFor, cancellation);
        if (count > 0)
        {
            log.LogInformation(
                "Mailbox {Mailbox}: {Count} mails are older than {Days} days and were deleted",
                options,
                count,
                patience.KeptFor.TotalDays
            );
        }

        foreach (var (place, mail) in putOff.ToList())
        {
            if (mail.Until < now - deleteEvery)
                putOff.Remove(place);
        }

        deletedAt = now;
    }

    private async Task PauseAsync(TimeSpan wait, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(wait, clock, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop while the mailbox was away.
        }
    }
}
