using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Privacy;
using Shonin.Web;

namespace Shonin.Privacy;

/// <param name="Kept">Every kind, in the order of the table.</param>
public sealed record PrivacyModel(PageContext Context, ImmutableArray<KeptEntry> Kept) : PageModel(Context);

/// <param name="Address">Where a code is mailed to.</param>
/// <param name="HasPassword">Whether the password can be asked for.</param>
/// <param name="Form">Seals the forms.</param>
public sealed record AccountPrivacyModel(
    PageContext Context,
    string Address,
    bool HasPassword,
    ErasurePlan Plan,
    string Form,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);

/// <summary>A person as the desk has found them.</summary>
/// <param name="AskedAt">When they asked to be erased, the oldest first.</param>
public sealed record DeskPerson(string Address, ErasurePlan Plan, ImmutableArray<DateTimeOffset> AskedAt);

/// <param name="Person">Null before somebody was looked for.</param>
/// <param name="Done">What was done, or null.</param>
public sealed record DeskPersonModel(
    PageContext Context,
    string Typed,
    DeskPerson? Person,
    Words? Done,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);
