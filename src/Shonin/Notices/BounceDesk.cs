using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.MailChecks;
using Shonin.Merchant.Orders;

namespace Shonin.Notices;

/// <summary>The order with the notice of this number, or null.</summary>
internal delegate ValueTask<OrderRecord?> FindNoticeOrder(NoticeReference notice, CancellationToken cancellation);

/// <summary>What came to the return path since the server started.</summary>
internal sealed record BounceCounts(long Failed, long Delayed, long Forged, long Other);

/// <summary>
/// Takes what comes back: a notice that nobody received is undeliverable, and an agent is asked. It answers nobody, so nothing can loop;
/// what names no notice of ours is counted and forgotten.
/// </summary>
internal sealed class BounceDesk(ReturnPath returnPath, FindNoticeOrder find, RecordMail record, ILogger log) : IMailboxWork
{
    private long failed;
    private long delayed;
    private long forged;
    private long other;

    public BounceCounts Counts =>
        new(Interlocked.Read(ref failed), Interlocked.Read(ref delayed), Interlocked.Read(ref forged), Interlocked.Read(ref other));

    /// <summary>To record the same report twice changes nothing, so none is remembered.</summary>
    public ValueTask<bool> IsSettledAsync(MailPlace place, CancellationToken cancellation) => ValueTask.FromResult(false);

    /// <summary>Moving the mail away settles it.</summary>
    public ValueTask SettleAsync(MailPlace place) => ValueTask.CompletedTask;

    public async ValueTask<Handling> HandleAsync(MailPlace place, ReadOnlyMemory<byte> raw, CancellationToken cancellation) =>
        await TryHandleAsync(raw, cancellation) ? Handling.Unanswered : Leave(place);

    /// <summary>False where the mail was sent elsewhere than to the return path.</summary>
    public async ValueTask<bool> TryHandleAsync(ReadOnlyMemory<byte> raw, CancellationToken cancellation)
    {
        var report = BounceReport.Read(raw);
        switch (returnPath.Read(report.DeliveredTo))
        {
            case ReturnPathReading.NotOurs:
                return false;
            case ReturnPathReading.Uncoded:
                Interlocked.Increment(ref forged);
                log.LogInformation("A report came back without a code of ours and is ignored");
                return true;
            case ReturnPathReading.Ours(var reference):
                await RecordAsync(reference, report, cancellation);
                return true;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async ValueTask RecordAsync(NoticeReference reference, BounceReport report, CancellationToken cancellation)
    {
        if (report.Kind == BounceKind.None || await find(reference, cancellation) is not { Order: var order })
        {
            Interlocked.Increment(ref other);
            return;
        }
        var notice = order.Notices.Single(one => one.Notice.Reference == reference).Notice.Id;
        switch (report.Kind)
        {
            case BounceKind.Failed:
                Interlocked.Increment(ref failed);
                log.LogWarning("Notice {Notice} came back: {Why}", notice, report.Why);
                await record(
                    order.Id.Value,
                    new OrderCommand.RecordNoticeUndeliverable(notice, $"It came back: {report.Why}"),
                    null,
                    cancellation
                );
                break;
            case BounceKind.Delayed:
                Interlocked.Increment(ref delayed);
                await record(order.Id.Value, new OrderCommand.RecordNoticeDelayed(notice, $"On its way: {report.Why}"), null, cancellation);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private Handling Leave(MailPlace place)
    {
        Interlocked.Increment(ref other);
        log.LogInformation("Mail {Uid} of the return path was not sent to it and is ignored", place.Uid);
        return Handling.Unanswered;
    }
}

/// <summary>
/// One mailbox for both: what came to the return path is taken as a report, and never answered; the rest is a customer's.
/// </summary>
internal sealed class BouncesThenAnswers(BounceDesk bounces, Answering answering) : IMailboxWork
{
    public ValueTask<bool> IsSettledAsync(MailPlace place, CancellationToken cancellation) => answering.IsSettledAsync(place, cancellation);

    public ValueTask SettleAsync(MailPlace place) => answering.SettleAsync(place);

    public async ValueTask<Handling> HandleAsync(MailPlace place, ReadOnlyMemory<byte> raw, CancellationToken cancellation)
    {
        if (!await bounces.TryHandleAsync(raw, cancellation))
            return await answering.HandleAsync(place, raw, cancellation);
        await answering.SettleAsync(place);
        return Handling.Unanswered;
    }
}
