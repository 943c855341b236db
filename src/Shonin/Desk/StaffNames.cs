using Shonin.Merchant.Accounts;

namespace Shonin.Desk;

/// <summary>What everybody whom the trail names is called: API keys and colleagues, those who left among them.</summary>
internal sealed class StaffNames(Func<IReadOnlyDictionary<string, string>> keys, AccountBook accounts)
{
    private const int StaffMax = 1_000;

    public async ValueTask<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancellation)
    {
        var names = new Dictionary<string, string>(keys());
        foreach (var member in (await accounts.ListStaffAsync(StaffMax, cancellation)).Members)
            names[member.Id.Value] = member.Details.DisplayName;
        return names;
    }
}
