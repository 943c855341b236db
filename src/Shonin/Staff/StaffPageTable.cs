using Shonin.Accounts;
using Shonin.Desk;
using Shonin.Domain.Notices;
using Shonin.Merchant.Accounts;
using Shonin.Operations;

namespace Shonin.Staff;

/// <summary>Who comes to the desk by which door.</summary>
internal sealed record StaffDoors(DeskDoor Door, StaffSessions Sessions, KeySessions Keys)
{
    /// <param name="keys">Whose API keys open the desk.</param>
    /// <param name="ways">Which ways in are offered.</param>
    public static StaffDoors Of(AccountBook accounts, StaffLookup keys, StaffWays ways, MerchantAudit audit, TimeProvider clock)
    {
        var (sessions, byKey) = (new StaffSessions(accounts, clock), new KeySessions(keys, clock));
        return new(new(byKey, sessions, ways, audit, clock), sessions, byKey);
    }
}

/// <summary>The pages of staff's own accounts.</summary>
internal sealed record StaffPageTable(StaffSignInPages SignIn, JoinPages Join, StaffPages Staff)
{
    /// <param name="site">Null where the desk can have no passkeys.</param>
    public static StaffPageTable Of(
        StaffDoors doors,
        AccountBook accounts,
        PasswordCheck passwords,
        PasskeySite? site,
        MerchantProfile merchant,
        MerchantAudit audit,
        ScreenRules rules
    )
    {
        var passkeys = site is null ? null : new Passkeys(passwords.Accounts, rules.Keys, site, DeskDoor.Path, rules.Clock);
        var devices = new KnownDevices(rules.Keys, DeskDoor.Path);
        var parts = new StaffParts(accounts, passwords, passkeys, devices, doors.Sessions, doors.Keys, doors.Door, rules);
        return new(new(parts), new(parts, merchant), new(parts, audit));
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        SignIn.Map(routes);
        Join.Map(routes);
        Staff.Map(routes);
    }
}
