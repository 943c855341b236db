using System.Collections.Immutable;
using Shonin.Contacts;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>A contact in a list of the desk.</summary>
/// <param name="Order">That it is about, or null.</param>
/// <param name="Agent">The name of the agent who has it, or null.</param>
public sealed record InboxRow(ListedContact Contact, Order? Order, string? Agent);

/// <param name="Mine">Those that the reader has.</param>
/// <param name="IsWhole">Whether every contact is there; not while the lists are being built from the log.</param>
public sealed record InboxModel(
    PageContext Context,
    string Staff,
    ImmutableArray<InboxRow> Waiting,
    ImmutableArray<InboxRow> Mine,
    ImmutableArray<InboxRow> Others,
    ImmutableArray<InboxRow> Closed,
    bool IsWhole
) : PageModel(Context)
{
    /// <summary>What chats waited lately, or null where none did.</summary>
    public MeanWait? Wait { get; init; }
}

/// <summary>A contact at the desk, with the order that it is about.</summary>
/// <param name="Person">Who asks without an order, or null.</param>
/// <param name="ToSay">What may be said to the customer of the order, or null.</param>
public sealed record DeskContactModel(
    PageContext Context,
    string StaffId,
    string Staff,
    ContactRecord Record,
    ShownStanding Standing,
    ImmutableArray<ShownLine> Lines,
    OrderRecord? Order,
    ContactPerson? Person,
    Words? ToSay,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context)
{
    public bool IsMine => Record.State.Agent == StaffId;

    /// <summary>What comes back into its box after a refusal.</summary>
    public TypedAtDesk? Typed { get; init; }

    /// <summary>Who else is at the desk, and may take it over.</summary>
    public ImmutableArray<StaffMember> Colleagues { get; init; } = [];
}

/// <summary>What an agent typed that was refused: it comes back where it was typed, so that no note goes to a customer.</summary>
public sealed record TypedAtDesk(MessageKind Kind, string Text)
{
    /// <summary>The box's id.</summary>
    public string BoxId => Kind == MessageKind.Note ? "note" : "text";
}
