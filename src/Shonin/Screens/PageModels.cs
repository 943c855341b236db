using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant;
using Shonin.Merchant.Views;

namespace Shonin.Screens;

/// <summary>Something that went wrong with a form: said at the top, and beside its field where it has one.</summary>
/// <param name="Field">The field's id, or null.</param>
public sealed record PageTrouble(Words Sentence, string? Field);

/// <param name="AccessKey">The secret of the order's link; it stands in nothing but this page's own addresses.</param>
/// <param name="Form">The sealed request id of this page's form.</param>
public sealed record OrderModel(PageContext Context, OrderScreen Screen, string AccessKey, string Form, ImmutableArray<PageTrouble> Troubles) : PageModel(Context);

/// <summary>Before an order is cancelled: the consequence, and the button that says it.</summary>
public sealed record CancelModel(PageContext Context, OrderScreen Screen, string AccessKey, string Form, ImmutableArray<PageTrouble> Troubles) : PageModel(Context);

/// <summary>A new card. Its form goes to the vault alone, and comes back empty.</summary>
public sealed record CardModel(PageContext Context, OrderScreen Screen, string AccessKey, string Form, ImmutableArray<PageTrouble> Troubles) : PageModel(Context);

/// <summary>A notice as the message centre shows it.</summary>
/// <param name="Text">Word for word, but for the card's last four digits where they have not been proved.</param>
public sealed record ShownNotice(string Id, string Subject, string Text, DateTimeOffset QueuedAt, DateTimeOffset? SentAt, string MessageId);

public sealed record MessagesModel(PageContext Context, Order Order, string AccessKey, ImmutableArray<ShownNotice> Notices) : PageModel(Context);

public sealed record MessageModel(PageContext Context, Order Order, string AccessKey, ShownNotice Notice, CardMention Mention, string Form, ImmutableArray<PageTrouble> Troubles)
    : PageModel(Context);

public sealed record HomeModel(PageContext Context) : PageModel(Context);

/// <summary>Whether a notice is ours.</summary>
public abstract record CheckResult
{
    private CheckResult() { }

    public sealed record NotAsked : CheckResult;

    /// <param name="SentAt">When its mail left; null while it has not.</param>
    public sealed record Ours(DateTimeOffset QueuedAt, DateTimeOffset? SentAt) : CheckResult;

    public sealed record NotOurs : CheckResult;
}

public sealed record CheckModel(PageContext Context, CheckResult Result, string Number, string Reference) : PageModel(Context);

/// <summary>A page that says what went wrong and what to do.</summary>
public sealed record FaultModel(PageContext Context, Words Title, Words WhatToDo) : PageModel(Context);

public sealed record SignInModel(PageContext Context, ImmutableArray<PageTrouble> Troubles) : PageModel(Context);

public sealed record DeskModel(PageContext Context, string Staff, ImmutableArray<Order> Waiting, string? NumberNotFound) : PageModel(Context);

public sealed record DeskOrderModel(PageContext Context, string Staff, OrderRecord Record, TimelineView Timeline) : PageModel(Context);
