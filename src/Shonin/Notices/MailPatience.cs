using Shonin.Domain;

namespace Shonin.Notices;

/// <summary>How often, and how long, a mail is tried.</summary>
/// <param name="RetryAfter">The first wait; it doubles up to an hour.</param>
/// <param name="GiveUpAfter">From when a mail that was not taken is undeliverable; RFC 5321 section 4.5.4.1 wants four to five
///   days.</param>
internal sealed record MailPatience(TimeSpan RetryAfter, TimeSpan GiveUpAfter)
{
    private static readonly TimeSpan waitMax = TimeSpan.FromHours(1);

    /// <summary>
    /// A mail in doubt has probably arrived: the waits before it is sent again, and after the last it is given up. The later mails of its
    /// order wait as long.
    /// </summary>
    private static readonly TimeSpan[] waitsInDoubt = [TimeSpan.FromHours(1), TimeSpan.FromHours(4)];

    /// <summary>A mail that has waited so long while others leave is an agent's to look at.</summary>
    public static TimeSpan AgentIsToldAfter { get; } = TimeSpan.FromHours(1);

    /// <summary>The wait after a failure that follows <paramref name="failures"/> earlier ones.</summary>
    public TimeSpan After(int failures) => After(failures, waitMax);

    /// <param name="atMost">Where the doubling ends, if that is longer than the first wait.</param>
    public TimeSpan After(int failures, TimeSpan atMost) =>
        new Doubling(RetryAfter, atMost > RetryAfter ? atMost : RetryAfter).After(failures);

    /// <summary>What to do after a try.</summary>
    /// <param name="failures">Earlier tries that failed.</param>
    /// <param name="doubts">Earlier tries whose end is unknown.</param>
    /// <param name="age">Since the mail was queued.</param>
    public MailNext After(MailOutcome outcome, int failures, int doubts, TimeSpan age) =>
        outcome switch
        {
            MailOutcome.Taken => new MailNext.Sent(),
            MailOutcome.Refused(var why) => new MailNext.GiveUp(why),
            MailOutcome.RelayAway(var why) => new MailNext.WaitForRelay(why, RetryAfter),
            MailOutcome.InDoubt(var why) when doubts >= waitsInDoubt.Length => new MailNext.GiveUp(
                $"It was handed over {doubts + 1} times and may have arrived each time; the relay never said so. {why}"
            ),
            MailOutcome.InDoubt(var why) when age < GiveUpAfter => new MailNext.PutOff(why, waitsInDoubt[doubts]),
            MailOutcome.TryLater(var why) when age < GiveUpAfter => new MailNext.PutOff(why, After(failures)),
            MailOutcome.RelayRefused(var why) when age < GiveUpAfter => new MailNext.WaitForRelay(why, After(failures)),
            MailOutcome.InDoubt(var why) => new MailNext.GiveUp(why),
            MailOutcome.TryLater(var why) => new MailNext.GiveUp(why),
            MailOutcome.RelayRefused(var why) => new MailNext.GiveUp(why),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}

/// <summary>What becomes of a mail next.</summary>
internal abstract record MailNext
{
    private MailNext() { }

    public sealed record Sent : MailNext;

    /// <summary>It is undeliverable, and an agent is told.</summary>
    public sealed record GiveUp(string Why) : MailNext;

    /// <summary>For the recipient's sake, whatever happens to other mails.</summary>
    public sealed record PutOff(string Why, TimeSpan Wait) : MailNext;

    /// <summary>Until then, or until the relay is back.</summary>
    public sealed record WaitForRelay(string Why, TimeSpan Wait) : MailNext;
}
