using Shonin.Domain.Accounts;

namespace Shonin.Desk;

/// <summary>What somebody at the desk may do beyond what everybody there may.</summary>
public enum DeskRight
{
    /// <summary>See orders and customers, answer them, and do for them what they may do themselves.</summary>
    Serve,

    /// <summary>Decide what the limits stopped, and see how everybody's work goes.</summary>
    Lead,

    /// <summary>Say who is at the desk; hand out and erase what is kept of a person.</summary>
    Administer,
}

/// <summary>What opens the desk.</summary>
public enum DeskEntry
{
    AccountsAndKeys,
    AccountsAlone,
}

/// <summary>Which roles have which right: a table, and no ladder.</summary>
internal static class DeskRights
{
    public static bool MayUse(this AccountRole role, DeskRight right) =>
        right switch
        {
            DeskRight.Serve => role is AccountRole.Agent or AccountRole.Lead or AccountRole.Admin,
            DeskRight.Lead => role is AccountRole.Lead or AccountRole.Admin,
            DeskRight.Administer => role is AccountRole.Admin,
        };

    /// <summary>Whoever has no such right is turned away before the page is asked for anything.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoints, DeskRight right)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint => endpoint.Metadata.Add(new Needed(right)));
        return endpoints;
    }

    public static DeskRight NeededBy(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<Needed>()?.Right ?? DeskRight.Serve;

    private sealed record Needed(DeskRight Right);
}
