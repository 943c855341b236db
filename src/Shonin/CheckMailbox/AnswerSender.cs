using System.Globalization;
using Shonin.Outbound;

namespace Shonin.CheckMailbox;

/// <summary>
/// Sends the answers that the book holds, without a return path (RFC 3834 section 3.3): what cannot be delivered comes back to nobody. At least once:
/// a crash between the relay's yes and our note sends the same bytes again, under the same Message-ID.
/// </summary>
internal sealed class AnswerSender(AnswerBook book, DeliverMail deliver, MailPatience patience, TimeProvider clock, ILogger log)
{
    private const int RoundCountMax = 20;

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

    internal async ValueTask SendDueAsync(CancellationToken cancellation)
    {
        foreach (var answer in book.Due(clock.GetUtcNow(), RoundCountMax))
            await SendAsync(answer, cancellation);
    }

    private async ValueTask SendAsync(WaitingAnswer answer, CancellationToken cancellation)
    {
        var fileName = string.Create(CultureInfo.InvariantCulture, $"{answer.NotedAt.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-check-{Convert.ToHexStringLower(answer.Id.AsSpan(0, 4))}");
        switch (await deliver(new(answer.MessageId, Sender: "", answer.Recipient, fileName, answer.Message), cancellation))
        {
            case MailOutcome.Taken:
                book.Close(answer.Id);
                break;
            case MailOutcome.Refused(var why):
                log.LogWarning("An answer of the check mailbox was refused for good: {Why}", why);
                book.Close(answer.Id);
                break;
            case MailOutcome.TryLater(var why) when clock.GetUtcNow() - answer.NotedAt >= patience.GiveUpAfter:
                log.LogWarning("An answer of the check mailbox was tried for {Days} days, the last time: {Why}", patience.GiveUpAfter.TotalDays, why);
                book.Close(answer.Id);
                break;
            case MailOutcome.TryLater(var why):
                var again = clock.GetUtcNow() + patience.After(answer.Attempts);
                log.LogWarning("An answer of the check mailbox is tried again at {At}: {Why}", again, why);
                book.Postpone(answer.Id, again);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
