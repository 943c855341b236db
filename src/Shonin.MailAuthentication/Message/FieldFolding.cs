using System.Text;

namespace Shonin.MailAuthentication.Message;

/// <summary>Folds the long values of fields that we write, so that no line is longer than RFC 5322 section 2.1.1 recommends.</summary>
internal static class FieldFolding
{
    private const int LineLengthMax = 78; // RFC 5322 section 2.1.1
    private const int Base64LineLength = 72;

    /// <summary>A list of names with colons between them; folds fall after a colon.</summary>
    public static void AppendList(StringBuilder field, string opening, IReadOnlyList<string> names, string lineEnd)
    {
        field.Append(opening);
        var column = opening.Length;
        for (var index = 0; index < names.Count; index++)
        {
            var piece = index == names.Count - 1 ? names[index] : names[index] + ":";
            if (column + piece.Length > LineLengthMax)
            {
                field.Append(lineEnd).Append("  ");
                column = 2;
            }

            field.Append(piece);
            column += piece.Length;
        }
    }

    public static void AppendBase64(StringBuilder field, byte[] value, string lineEnd)
    {
        var text = Convert.ToBase64String(value);
        for (var start = 0; start < text.Length; start += Base64LineLength)
        {
            if (start > 0)
            {
                field.Append(lineEnd).Append("  ");
            }

            field.Append(text, start, Math.Min(Base64LineLength, text.Length - start));
        }
    }
}
