namespace Shonin.Domain.Approvals;

/// <summary>
/// The merchant's choices about time, and about how often somebody may try. Decisions copy what they use into their events, so that a
/// changed setting never rewrites the past.
/// </summary>
public sealed record ApprovalPolicy
{
    public TryLimits Tries { get; init; } = new();

    /// <summary>How long an attempt waits for its answer.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A hold shorter than this mails nobody.</summary>
    public TimeSpan NoticeAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The waits before each automatic retry of a hold; after the last there is no further one.</summary>
    public IReadOnlyList<TimeSpan> RetryAfter { get; init; } = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromDays(1)];

    /// <summary>How long a hold may last.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(6);
    public TimeSpan ReminderEvery { get; init; } = TimeSpan.FromDays(2);

    /// <summary>The first wait before a reversal is repeated; it doubles up to <see cref="ReversalRepeatMax"/>.</summary>
    public TimeSpan ReversalRepeatAfter { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan ReversalRepeatMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first wait before a capture is repeated; it doubles up to <see cref="ReversalRepeatMax"/>.</summary>
    public TimeSpan CaptureRepeatAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a cancelled order waits for its reversals before it is cancelled with an entry on the agents' list.</summary>
    public TimeSpan ClosingPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a reversal or a capture may stay open before an agent sees it; it goes on all the same.</summary>
    public TimeSpan SettlePatience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long an approval is taken to hold the amount.</summary>
    public TimeSpan AuthorizationValidity { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long before that end the agents are warned.</summary>
    public TimeSpan ExpiryWarning { get; init; } = TimeSpan.FromDays(2);

    /// <summary>
    /// How often an order whose approvals run out unshipped is asked again by ourselves; after that an agent and the customer decide.
    /// </summary>
    public int ReauthorizationsMax { get; init; } = 3;

    /// <summary>Shipped and not delivered for this long: onto the agents' list.</summary>
    public TimeSpan DeliveryExpectedWithin { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The wait after the n-th sending (1 is the first), doubling from <paramref name="first"/>.</summary>
    public TimeSpan Backoff(TimeSpan first, int sentCount) => new Doubling(first, ReversalRepeatMax).After(sentCount - 1);
}
