using Shonin.Domain.Orders;

namespace Shonin.Domain.Approvals;

/// <summary>Which tries a scheme counts.</summary>
public enum BudgetedTries
{
    /// <summary>Every request that was not approved.</summary>
    All,

    /// <summary>Those that follow one: the first is no try again.</summary>
    AfterTheFirst,
}

/// <summary>How often one card may be asked for one order within a rolling window: a dated row of the rules.</summary>
/// <param name="Brand">As in <see cref="CardOnFile.Brand"/>; null for every brand that has no row of its own.</param>
/// <param name="From">First day on which it binds, in UTC.</param>
/// <param name="Until">First day on which it no longer does, or null.</param>
/// <param name="Source">Where it is written.</param>
public sealed record SchemeBudget(
    string? Brand,
    int TriesMax,
    TimeSpan Window,
    BudgetedTries Counted,
    DateOnly From,
    DateOnly? Until,
    string Source
)
{
    public override string ToString() =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Brand ?? "any other brand"}: {TriesMax} {(Counted == BudgetedTries.All ? "requests without an approval" : "tries after one that was not approved")} in {Window.TotalHours:0} hours, {Source} (since {From:yyyy-MM-dd})"
        );
}

/// <summary>
/// The schemes' counts of tries. A request that nobody answered counts as one that was refused, because it may have been. What was not
/// sent does not count, nor what came before an approval. Customers' tries and our own are counted together, which is stricter than Visa
/// asks.
/// </summary>
public static class SchemeBudgets
{
    private const string OwnCaution =
        "no count of this scheme is published: the stricter of Mastercard's day and Visa's earlier month, our own caution";

    private static readonly TimeSpan day = TimeSpan.FromHours(24);
    private static readonly TimeSpan month = TimeSpan.FromDays(30);

    /// <summary>The day from which the rows without a known first day are taken to bind.</summary>
    private static readonly DateOnly always = new(2000, 1, 1);
    private static readonly DateOnly visaTwenty = new(2025, 5, 19);

    public static IReadOnlyList<SchemeBudget> Rows { get; } =
    [
        new("visa", 15, month, BudgetedTries.AfterTheFirst, always, visaTwenty, "Visa excessive reattempts rule, before 2025-05-19"),
        new("visa", 20, month, BudgetedTries.AfterTheFirst, visaTwenty, null, "Visa Core Rules, table 7-2, excessive reattempts"),
        new("mastercard", 10, day, BudgetedTries.All, always, null, "Mastercard Transaction Processing Excellence, excessive attempts"),
        new("mastercard", 35, month, BudgetedTries.All, always, null, "Mastercard Transaction Processing Excellence, excessive attempts"),
        new(null, 10, day, BudgetedTries.All, always, null, OwnCaution),
        new(null, 15, month, BudgetedTries.All, always, null, OwnCaution),
    ];

    /// <summary>The rows that bind for a brand on a day.</summary>
    public static IEnumerable<SchemeBudget> RowsFor(string brand, DateTimeOffset at)
    {
        var today = DateOnly.FromDateTime(at.UtcDateTime);
        var named = Rows.Any(row => row.Brand == brand) ? brand : null;
        return Rows.Where(row => row.Brand == named && row.From <= today && (row.Until is null || today < row.Until));
    }

    /// <summary>Why this card's tries are spent for this order, by the row that frees one last; null while there are some left.</summary>
    internal static Decision.Refused? RefusalFor(Order order, CardOnFile card, DateTimeOffset now)
    {
        DateTimeOffset[] tries =
        [
            .. order
                .AttemptsSinceApproval(card)
                .Where(attempt => attempt.Outcome is not AttemptOutcome.NotSent)
                .Select(attempt => attempt.Claim.TransmittedAt),
        ];
        Decision.Refused? spent = null;
        foreach (var row in RowsFor(card.Brand, now))
        {
            var counted = tries.Skip(row.Counted == BudgetedTries.AfterTheFirst ? 1 : 0).Where(at => at + row.Window > now).ToArray();
            if (counted.Length >= row.TriesMax)
                spent = Decision.Refused.Longer(spent, new(Refusal.RetryBudgetSpent, row.ToString(), counted[^row.TriesMax] + row.Window));
        }
        return spent;
    }
}
