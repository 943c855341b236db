using System.Collections.Immutable;
using Shonin.Accounts;
using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Web;

namespace Shonin.Staff;

/// <summary>Which ways in the desk offers.</summary>
[Flags]
public enum StaffWays
{
    None = 0,

    /// <summary>An address with its password, and the code of an authenticator app.</summary>
    Password = 1,
    Passkey = 2,
    ApiKey = 4,
}

/// <param name="Typed">The address that was typed.</param>
public sealed record StaffSignInModel(PageContext Context, string Typed, StaffWays Ways, ImmutableArray<PageTrouble> Troubles)
    : PageModel(Context);

/// <param name="Ticket">What says that the password was right.</param>
public sealed record TimeCodeModel(PageContext Context, string Ticket, ImmutableArray<PageTrouble> Troubles) : PageModel(Context)
{
    public const string TicketName = "ticket";
    public const string CodeName = "code";
}

/// <summary>A colleague sets up how they sign in.</summary>
/// <param name="Invitation">As it stands in the page's address.</param>
/// <param name="Secret">Of the authenticator app, as it is shown.</param>
/// <param name="Ticket">The same, sealed, for the form to bring back.</param>
public sealed record JoinModel(
    PageContext Context,
    string Invitation,
    string Name,
    string Address,
    string Secret,
    string Link,
    string Ticket,
    PasskeyOffer Passkeys,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);

/// <summary>How far a colleague is.</summary>
public enum StaffState
{
    /// <summary>They signed in at least once, or set up how to.</summary>
    SetUp,

    /// <summary>Their link waits for them.</summary>
    Invited,

    /// <summary>Their link is too old, and they never used it.</summary>
    LinkExpired,
    Former,
}

public sealed record ShownColleague(
    string Id,
    string Name,
    string Address,
    AccountRole Role,
    StaffState State,
    DateTimeOffset? InvitedUntil,
    DateTimeOffset? SeenAt,
    bool IsSelf
);

/// <summary>A link that is shown once, for whoever is invited.</summary>
public sealed record NewInvitation(string Name, string Link, DateTimeOffset ExpiresAt);

/// <param name="HasAccount">Not whoever came in with an API key.</param>
public sealed record RenewalModel(PageContext Context, bool HasAccount, string Form) : PageModel(Context);

public sealed record StaffModel(
    PageContext Context,
    string Staff,
    ImmutableArray<ShownColleague> Colleagues,
    bool IsWhole,
    NewInvitation? Invitation,
    Words? Done,
    string Form,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context)
{
    /// <summary>What was typed for a new colleague, where it was wrong.</summary>
    public string TypedName { get; init; } = "";
    public string TypedAddress { get; init; } = "";
}
