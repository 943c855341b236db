using System.Collections.Immutable;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Cards;

/// <summary>A new card. Its form goes to the vault alone, and comes back without number and security code.</summary>
public sealed record CardModel(PageContext Context, OrderScreen Screen, string AccessKey, string Form, ImmutableArray<PageTrouble> Troubles)
    : PageModel(Context)
{
    public TypedFields Typed { get; init; } = TypedFields.None;
}
