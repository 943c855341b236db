namespace Shonin.Notices;

/// <summary>What keeps mail from leaving.</summary>
internal enum RelayTrouble
{
    None,

    /// <summary>It cannot be reached, or lets us not in. Whatever it says to a mail shows that this is over.</summary>
    Away,

    /// <summary>
    /// It refuses mails that it might take, or does not say what became of them. Only a mail that it takes shows that this is over.
    /// </summary>
    Refuses,
}

/// <summary>
/// Whether mail leaves. One mail that is refused says little; a relay that cannot be reached, or that refuses one mail after the other,
/// is shut out: then one mail at a time looks whether it is back, instead of all.
/// </summary>
/// <param name="Trouble">The latest.</param>
/// <param name="FailuresInRow">Mails that the relay stood in the way of since it last took one.</param>
/// <param name="LooksInRow">How often it was looked at in vain since it was shut out.</param>
/// <param name="TroubleSince">When the trouble began; null where mail leaves.</param>
/// <param name="LookAt">While it is shut out: when it is looked at next.</param>
internal sealed record RelayCondition(
    RelayTrouble Trouble,
    int FailuresInRow,
    int LooksInRow,
    DateTimeOffset? TroubleSince,
    string? Why,
    DateTimeOffset LookAt
)
{
    private const int ShutOutAfter = 3;

    private static readonly TimeSpan lookAgainWithin = TimeSpan.FromMinutes(1);

    public static RelayCondition Fine { get; } = new(RelayTrouble.None, 0, 0, null, null, DateTimeOffset.MinValue);

    public bool IsShutOut => FailuresInRow >= ShutOutAfter;

    public RelayCondition After(MailOutcome outcome, MailPatience patience, DateTimeOffset now) =>
        outcome switch
        {
            MailOutcome.Taken => Fine,
            MailOutcome.Refused or MailOutcome.TryLater => Trouble == RelayTrouble.Refuses
                ? this with
                {
                    FailuresInRow = 0,
                    LooksInRow = 0,
                }
                : Fine,
            MailOutcome.RelayAway(var why) away => Failed(RelayTrouble.Away, why, ShutOutAfter, away.LookAgainWithin, patience, now),
            MailOutcome.RelayRefused(var why) => Failed(RelayTrouble.Refuses, why, FailuresInRow + 1, lookAgainWithin, patience, now),
            MailOutcome.InDoubt(var why) => Failed(RelayTrouble.Refuses, why, FailuresInRow + 1, lookAgainWithin, patience, now),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private RelayCondition Failed(
        RelayTrouble trouble,
        string why,
        int failures,
        TimeSpan within,
        MailPatience patience,
        DateTimeOffset now
    )
    {
        var looks = failures >= ShutOutAfter ? LooksInRow + 1 : 0;
        return new(trouble, failures, looks, TroubleSince ?? now, why, now + patience.After(looks - 1, within));
    }
}
