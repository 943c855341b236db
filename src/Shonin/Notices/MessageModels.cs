using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Web;

namespace Shonin.Notices;

/// <summary>A notice as the message centre shows it.</summary>
/// <param name="Number">The number to quote, and the notice's name in the page's address.</param>
/// <param name="Text">Word for word, but for the card's last four digits in notices that were sent with them, while they have not been
///   proved.</param>
public sealed record ShownNotice(
    string Number,
    string Subject,
    string Text,
    DateTimeOffset QueuedAt,
    DateTimeOffset? SentAt,
    string MessageId,
    HiddenDigits Hides
)
{
    /// <summary>Since when it is known that its mail reached nobody, or null.</summary>
    public DateTimeOffset? UndeliverableAt { get; init; }
}

/// <summary>What of a notice is not shown yet. Notices name no card by its digits; earlier ones did.</summary>
public enum HiddenDigits
{
    None,
    LastFour,
}

public sealed record MessagesModel(PageContext Context, Order Order, string AccessKey, ImmutableArray<ShownNotice> Notices)
    : PageModel(Context);

public sealed record MessageModel(
    PageContext Context,
    Order Order,
    string AccessKey,
    ShownNotice Notice,
    CardMention Mention,
    string Form,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);
