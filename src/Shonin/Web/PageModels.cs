using Shonin.Domain.Notices;

namespace Shonin.Web;

/// <summary>Something that went wrong with a form: said at the top, and beside its field where it has one.</summary>
/// <param name="Field">The field's id, or null.</param>
public sealed record PageTrouble(Words Sentence, string? Field);

/// <summary>What may go wrong with every form.</summary>
internal static class PageTroubles
{
    public static PageTrouble TooLongOpen { get; } =
        new(
            new(
                "ページを開いてから時間がたちすぎました。もう一度、お試しください。",
                "This page was open for too long. Please try once more."
            ),
            null
        );
}

/// <summary>
/// What comes back into a form that was refused, so that it need not be typed again. A card's number and its security code never do.
/// </summary>
public sealed record TypedFields(string? LastFour, string? Expiry)
{
    public static TypedFields None { get; } = new(null, null);
}

public sealed record HomeModel(PageContext Context) : PageModel(Context);

/// <summary>A page that says what went wrong and what to do.</summary>
public sealed record FaultModel(PageContext Context, Words Title, Words WhatToDo) : PageModel(Context);
