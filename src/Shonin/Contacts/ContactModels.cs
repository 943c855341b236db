using System.Collections.Immutable;
using Shonin.Domain.Contacts;
using Shonin.Domain.Orders;
using Shonin.MailChecks;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>A customer's contact.</summary>
/// <param name="Order">That it is about, or null.</param>
/// <param name="Contact">Null where nothing has been asked yet.</param>
/// <param name="Version">The number of the last line.</param>
/// <param name="Form">The seal of its forms.</param>
/// <param name="Typed">What comes back into the box after a refusal.</param>
public sealed record ChatModel(
    PageContext Context,
    string AccessKey,
    ContactLink Link,
    Order? Order,
    Contact? Contact,
    ShownStanding? Standing,
    ImmutableArray<ShownLine> Lines,
    long Version,
    string Form,
    string? Typed,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context)
{
    /// <summary>What was chosen in the guided help before, by its address.</summary>
    public string? Question { get; init; }

    /// <summary>Whether somebody answers right away.</summary>
    public bool IsStaffed { get; init; }

    /// <summary>Whether the conversation may be sent to an address that is proved.</summary>
    public bool MayMailTranscript { get; init; }
}

/// <summary>A mail that is brought into a conversation.</summary>
/// <param name="ChatPath">Of the conversation.</param>
/// <param name="Form">The seal of its form.</param>
/// <param name="Pasted">What comes back into the box after a refusal.</param>
public sealed record ChatMailModel(
    PageContext Context,
    string ChatPath,
    CheckOffer Offer,
    string Form,
    string? Pasted,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);

/// <summary>A question of somebody without an order at hand.</summary>
public sealed record AskModel(
    PageContext Context,
    string Form,
    string Name,
    string Email,
    string Text,
    bool IsStaffed,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);
