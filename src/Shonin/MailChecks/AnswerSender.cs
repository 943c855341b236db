using System.Globalization;
using Shonin.Notices;

namespace Shonin.MailChecks;

/// <summary>
/// Sends the answers that the book holds, without a return path (RFC 3834 section 3.3): what cannot be delivered comes back to nobody. At least once:
/// a crash between the relay's yes and our note sends the same bytes again, under the same Message-ID.
/// </summary>
internal sealed class AnswerSender(AnswerBook book, DeliverMail deliver, MailPatience patience, TimeProvider clock, ILogger log)
{
    private const int RoundCountMax = 20;
    private const int AtOnceMax = 4;

    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
                await Task.Delay(await PauseAfterRoundAsync(cancellation), clock, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop: what is left waits in the book for the next start.
        }
    }

    private async ValueTask<TimeSpan> PauseAfterRoundAsync(CancellationToken cancellation)
    {
        try
        {
            await SendDueAsync(cancellation);
            return pause;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Whatever it was, the answers still wait in the book: those who asked get them later.
            log.LogError(fault, "Answers of the check mailbox could not be sent; they wait, and are tried again in {Seconds} s", patience.RetryAfter.TotalSeconds);
            return patience.RetryAfter;
        }
    }

    internal async ValueTask SendDueAsync(CancellationToken cancellation) => await Parallel.ForEachAsync(
        book.Due(clock.GetUtcNow(), RoundCountMax), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellation }, TrySendAsync);

    /// <summary>Whatever happens to one answer happens to it alone.</summary>
    private async ValueTask TrySendAsync(WaitingAnswer answer, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(answer, cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            log.LogError(fault, "An answer of the check mailbox met a fault of ours");
            Postpone(answer, fault.Message, patience.After(answer.Attempts));
        }
    }

    private async ValueTask SendAsync(WaitingAnswer answer, CancellationToken cancellation)
    {
        var fileName = string.Create(CultureInfo.InvariantCulture, $"{answer.NotedAt.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-check-{Convert.ToHexStringLower(answer.Id.AsSpan(0, 4))}");
        var outcome = await deliver(new(answer.MessageId, Sender: "", answer.Recipient, fileName, answer.Message), cancellation);
        switch (patience.After(outcome, answer.Attempts, answer.Attempts, clock.GetUtcNow() - answer.NotedAt))
        {
            case MailNext.Sent:
                book.Close(answer.Id);
                break;
            case MailNext.GiveUp(var why):
                log.LogWarning("An answer of the check mailbox is given up: {Why}", why);
                book.Close(answer.Id);
                break;
            case MailNext.PutOff(var why, var wait):
                Postpone(answer, why, wait);
                break;
            case MailNext.WaitForRelay(var why, _) when clock.GetUtcNow() - answer.NotedAt >= patience.GiveUpAfter:
                log.LogWarning("An answer of the check mailbox was tried for {Days} days, the last time: {Why}", patience.GiveUpAfter.TotalDays, why);
                book.Close(answer.Id);
                break;
            case MailNext.WaitForRelay(var why, _):
                Postpone(answer, why, patience.After(answer.Attempts));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Postpone(WaitingAnswer answer, string why, TimeSpan wait)
    {
        log.LogWarning("An answer of the check mailbox is tried again in {Seconds} s: {Why}", wait.TotalSeconds, why);
        book.Postpone(answer.Id, clock.GetUtcNow() + wait);
    }
}
