using System.Globalization;
using System.Text;

namespace Shonin.Domain.Notices;

/// <summary>The same thing said in both languages. A text without its other language does not compile.</summary>
public sealed record Words(string Ja, string En)
{
    public string In(Locale locale) =>
        locale switch
        {
            Locale.Ja => Ja,
            Locale.En => En,
        };

    /// <summary>The next sentence behind this one. Japanese runs on; English leaves a space.</summary>
    public Words Then(Words next) => new(Ja + next.Ja, En + " " + next.En);

    public static Words Of(Money amount) => new(amount.Text(Locale.Ja), amount.Text(Locale.En));

    /// <summary>
    /// A name or an address, the same in both languages. Whoever wrote it cannot break out of its line: control characters and
    /// marks that turn the direction of reading become spaces.
    /// </summary>
    public static Words Quoted(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            safe.Append(
                char.GetUnicodeCategory(letter)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                    ? ' '
                    : letter
            );
        }

        return new(safe.ToString(), safe.ToString());
    }
}
