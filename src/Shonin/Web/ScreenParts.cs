using Shonin.CardNetwork.Vault;
using Shonin.Desk;
using Shonin.Domain.Notices;
using Shonin.EventLog;
using Shonin.MailChecks;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Orders;

namespace Shonin.Web;

/// <summary>What the pages work with.</summary>
public sealed class ScreenParts
{
    public required OrderBook Orders { get; init; }
    public required OrderIndex Index { get; init; }
    public required CardVault Vault { get; init; }
    public required CardIntake Intake { get; init; }
    public required MerchantProfile Merchant { get; init; }
    public required EvidenceSource Evidence { get; init; }
    public required StaffLookup Staff { get; init; }
    public required MerchantAudit Audit { get; init; }

    /// <summary>The log that the trail is read from.</summary>
    public required IEventReader Log { get; init; }

    /// <summary>The names of the API keys by their ids, for whoever reads the trail.</summary>
    public required Func<IReadOnlyDictionary<string, string>> StaffNames { get; init; }
    public required MailCheckSource CheckMail { get; init; }
    public required MailReports Reports { get; init; }

    /// <summary>Whether notices leave; null where nothing is sent.</summary>
    internal Func<RelayCondition>? MailTrouble { get; init; }

    /// <summary>Where customers may forward a mail to be checked, or null.</summary>
    public string? CheckAddress { get; init; }
    public required TimeProvider Clock { get; init; }
    public ScreenLimits Limits { get; init; } = new();

    /// <summary>32 random bytes that the data folder keeps; see <see cref="ScreenKeys"/>.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }
}
