namespace Shonin.Outbound;

/// <summary>
/// Whether mail leaves. One mail that is refused says little; a relay that cannot be reached, or that refuses one mail after the other,
/// is shut out: then one mail at a time looks whether it is back, instead of all.
/// </summary>
/// <param name="FailuresInRow">Mails that the relay stood in the way of since it last took one.</param>
/// <param name="LooksInRow">How often it was looked at in vain since it was shut out.</param>
/// <param name="TroubleSince">When the first of them failed; null where mail leaves.</param>
/// <param name="LookAt">While it is shut out: when it is looked at next.</param>
internal sealed record RelayCondition(int FailuresInRow, int LooksInRow, DateTimeOffset? TroubleSince, string? Why, DateTimeOffset LookAt)
{
    private const int ShutOutAfter = 3;

    private static readonly TimeSpan lookAgainWithin = TimeSpan.FromMinutes(1);

    public static RelayCondition Fine { get; } = new(0, 0, null, null, DateTimeOffset.MinValue);

    public bool IsShutOut => FailuresInRow >= ShutOutAfter;

    public RelayCondition After(MailOutcome outcome, MailPatience patience, DateTimeOffset now) => outcome switch
    {
        MailOutcome.Taken or MailOutcome.Refused or MailOutcome.TryLater => Fine,
        MailOutcome.RelayAway(var why) away => Failed(why, ShutOutAfter, away.LookAgainWithin, patience, now),
        MailOutcome.RelayRefused(var why) => Failed(why, FailuresInRow + 1, lookAgainWithin, patience, now),
        MailOutcome.InDoubt(var why) => Failed(why, FailuresInRow + 1, lookAgainWithin, patience, now),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private RelayCondition Failed(string why, int failures, TimeSpan within, MailPatience patience, DateTimeOffset now)
    {
        var looks = failures >= ShutOutAfter ? LooksInRow + 1 : 0;
        return new(failures, looks, TroubleSince ?? now, why, now + patience.After(looks - 1, within));
    }
}
