using Shonin.Domain.Approvals;
using Shonin.EventLog;

namespace Shonin.Merchant.Orders;

/// <summary>
/// Gives each order its number in its customer's and card's row (<see cref="OrderFamilies"/>). The log alone says which are taken; what was
/// given out here lately is remembered, so that orders of one moment do not all ask for the same number, of which one append gets it and
/// the others are made again. A number that was given out and not used leaves a gap.
/// </summary>
internal sealed class FamilyRows(IEventReader log)
{
    /// <summary>Rows remembered at most twice; whoever is forgotten begins at what the log has.</summary>
    private const int GenerationCountMax = 5_000;

    private readonly Lock gate = new();
    private Dictionary<string, long> young = [];
    private Dictionary<string, long> old = [];

    /// <summary>The key of the next order in its row. Where another server's order takes it first, the append is refused.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public async ValueTask<UniqueKey> NextKeyAsync(
        string customer,
        CardOnFile card,
        DateTimeOffset placedAt,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var scope = OrderFamilies.ScopeOf(customer, card.Fingerprint);
        var taken = await OrderFamilies.GreatestAsync(log, scope, cancellation);
        return OrderFamilies.KeyOf(scope, Next(scope, taken), placedAt, now);
    }

    private long Next(string scope, long taken)
    {
        lock (gate)
        {
            var given = Math.Max(young.GetValueOrDefault(scope), old.GetValueOrDefault(scope));
            if (young.Count >= GenerationCountMax && !young.ContainsKey(scope))
                (old, young) = (young, []);
            return young[scope] = Math.Max(given, taken) + 1;
        }
    }
}
