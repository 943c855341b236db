using System.Collections.Immutable;
using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.Web;

namespace Shonin.Accounts;

/// <param name="Typed">What was typed before, or empty.</param>
public sealed record AddressModel(PageContext Context, CodePurpose Purpose, string Typed, ImmutableArray<PageTrouble> Troubles)
    : PageModel(Context);

/// <param name="Address">As whoever asks typed it.</param>
/// <param name="Ticket">Sealed: what the form brings back with the code.</param>
public sealed record CodeModel(
    PageContext Context,
    CodePurpose Purpose,
    string Address,
    string Ticket,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context)
{
    public const string TicketName = "ticket";
    public const string CodeName = "code";
    public const string CodeId = "code";
}

/// <param name="Passkeys">Whether the site can have passkeys.</param>
public sealed record PasswordModel(
    PageContext Context,
    CodePurpose Purpose,
    string Address,
    string Ticket,
    PasskeyOffer Passkeys,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);

public enum PasskeyOffer
{
    Hidden,
    Shown,
}

/// <summary>Where somebody goes once signed in.</summary>
public enum AfterSignIn
{
    Account,
    Security,
    Addresses,
    Privacy,
}

public sealed record AccountSignInModel(
    PageContext Context,
    string Typed,
    AfterSignIn Next,
    PasskeyOffer Passkeys,
    Words? Why,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);

/// <summary>A page that says what is so, and leads on.</summary>
public sealed record AccountTurnModel(PageContext Context, Words Title, Words Sentence, ImmutableArray<(Words Name, string Path)> Ways)
    : PageModel(Context);

public sealed record HistoryOrder(OrderId Order, string Number, DateTimeOffset PlacedAt, Words Amount, Words State);

public sealed record HistoryNotice(OrderId Order, string OrderNumber, string Name, string Subject, DateTimeOffset QueuedAt);

/// <param name="Completeness">Whether every order was looked at; not while the index is being built.</param>
public sealed record AccountModel(
    PageContext Context,
    ImmutableArray<string> Addresses,
    ImmutableArray<HistoryOrder> Orders,
    ImmutableArray<HistoryNotice> Notices,
    HistoryCompleteness Completeness,
    PointsView Points,
    PointsPolicy PointsPolicy,
    string Form
) : PageModel(Context);

public enum HistoryCompleteness
{
    Whole,

    /// <summary>Older orders may be missing until the index has been built.</summary>
    BeingBuilt,
}

/// <param name="Hash">Names it in its form.</param>
public sealed record ShownPasskey(string Hash, string Name, DateTimeOffset AddedAt);

public sealed record ShownSession(string Session, Words Device, DateTimeOffset BegunAt, DateTimeOffset SeenAt, SessionPlace Place);

public enum SessionPlace
{
    Here,
    Elsewhere,
}

public sealed record SecurityModel(
    PageContext Context,
    ImmutableArray<string> Addresses,
    PasswordState Password,
    PasskeyOffer Passkeys,
    ImmutableArray<ShownPasskey> Kept,
    ImmutableArray<ShownSession> Sessions,
    string Form,
    Words? Done,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);

public enum PasswordState
{
    None,
    Set,
}
