using Shonin.Domain.Notices;
using Shonin.Merchant.Orders;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>
/// Whether a notice is ours: an order number and a notice number in, yes or no out, with when it was sent. It tells nothing else, says the
/// same after the same time whichever of the two numbers is wrong, and misses few times a minute for one party. A right pair is always
/// answered, however much others guess. The page asks here and so do conversations, with one count of misses.
/// </summary>
internal sealed class NoticeCheck(OrderBook orders, ScreenLimits limits, TimeProvider clock)
{
    /// <summary>Every answer takes at least this long, so that its time does not tell whether the order exists.</summary>
    private static readonly TimeSpan answerTime = TimeSpan.FromMilliseconds(400);

    private const int PartyCountMax = 100_000;

    // In memory, and not by order, where a stranger could use up what the customer needs: a billion numbers are too many for whoever
    // guesses.
    private readonly Allowance misses = new(limits.NoticeMissesPerAddressPerMinute, TimeSpan.FromMinutes(1), PartyCountMax, clock);

    /// <param name="party">Whose misses are counted: an address, or an agent.</param>
    public async ValueTask<CheckResult> AnswerAsync(NoticeQuestion question, string party, CancellationToken cancellation)
    {
        var pace = Task.Delay(answerTime, clock, cancellation);
        var result = await FindAsync(question, cancellation);
        await pace;
        return result is not CheckResult.Ours && misses.Take(party) is AllowanceResult.UsedUp used
            ? new CheckResult.TooMany(used.RetryAfter)
            : result;
    }

    private async ValueTask<CheckResult> FindAsync(NoticeQuestion question, CancellationToken cancellation)
    {
        if (OrderNumberIn(question) is not { } number)
            return new CheckResult.Mistyped();
        var record = await orders.FindByNumberAsync(number, cancellation);
        return record?.Order.Notices.FirstOrDefault(notice => IsAsked(notice.Notice, question)) is { } found
            ? new CheckResult.Ours(found.QueuedAt, found.SentAt)
            : new CheckResult.NotOurs();
    }

    private static string? OrderNumberIn(NoticeQuestion question) =>
        question switch
        {
            NoticeQuestion.ByReference(var order, _) => order,
            NoticeQuestion.ById(var order, _) => order,
            NoticeQuestion.Mistyped => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>An id can be guessed, so it answers only where the notice never had another number.</summary>
    private static bool IsAsked(Notice notice, NoticeQuestion question) =>
        question switch
        {
            NoticeQuestion.ByReference(_, var reference) => notice.Reference == reference,
            NoticeQuestion.ById(_, var id) => notice.Reference is null && string.Equals(notice.Id, id, StringComparison.OrdinalIgnoreCase),
            NoticeQuestion.Mistyped => false,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
