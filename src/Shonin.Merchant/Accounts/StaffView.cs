using System.Globalization;
using Shonin.Domain.Accounts;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Accounts;

/// <summary>Whose accounts are not customers': ids alone, in the order in which they were opened.</summary>
internal sealed class StaffView : View
{
    public const string Members = "member/";

    private readonly AccountKind kind = new();

    public override string Name => "staff";

    public override int Version => 1;

    public static AccountId AccountOf(ViewRow row) => new(row.Value);

    public override async ValueTask ApplyAsync(StoredEvent happened, ViewChanges rows)
    {
        if (!happened.Stream.Value.StartsWith(kind.Prefix, StringComparison.Ordinal))
            return;
        var account = AccountKind.AccountOf(happened.Stream);
        switch (kind.Load(happened))
        {
            case AccountFact.Opened { Role: not AccountRole.Customer, At: var at }:
                var place = $"{Members}{at.ToUnixTimeMilliseconds().ToString("D15", CultureInfo.InvariantCulture)}/{account}";
                rows.Put(place, account.Value);
                rows.Put(PlaceOf(account), place);
                break;
            case AccountFact.Erased when await rows.FindAsync(PlaceOf(account)) is { } gone:
                rows.Remove(gone);
                rows.Remove(PlaceOf(account));
                break;
        }
    }

    private static string PlaceOf(AccountId account) => $"place-of/{account}";
}
