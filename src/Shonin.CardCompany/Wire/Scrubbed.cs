using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Shonin.CardCompany.Wire;

/// <summary>
/// Free text from outside, made safe for the history: nobody can keep a merchant from writing a card number into an order number.
/// </summary>
internal static partial class Scrubbed
{
    /// <summary>Masks every run of 13 digits or more, also with single spaces or hyphens between: card numbers have 13 to 19.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Text(string? text) => text is null ? null : LikeACardNumber().Replace(text, run => new string('*', run.Length));

    [GeneratedRegex("[0-9](?:[ -]?[0-9]){12,}", RegexOptions.CultureInvariant)]
    private static partial Regex LikeACardNumber();
}
