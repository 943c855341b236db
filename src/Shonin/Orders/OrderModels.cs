using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Web;

namespace Shonin.Orders;

/// <param name="AccessKey">The secret of the order's link; it stands in nothing but this page's own addresses.</param>
/// <param name="Form">The sealed request id of this page's form.</param>
public sealed record OrderModel(
    PageContext Context,
    OrderScreen Screen,
    string AccessKey,
    string Form,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context)
{
    public TypedFields Typed { get; init; } = TypedFields.None;

    /// <summary>What it earned and will earn; empty in a shop that gives none.</summary>
    public ImmutableArray<Words> Points { get; init; } = [];
}

/// <summary>Before an order is cancelled: the consequence, and the button that says it.</summary>
public sealed record CancelModel(
    PageContext Context,
    OrderScreen Screen,
    string AccessKey,
    string Form,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context)
{
    public TypedFields Typed { get; init; } = TypedFields.None;
}
