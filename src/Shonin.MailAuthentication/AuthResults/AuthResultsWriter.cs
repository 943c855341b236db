using System.Buffers;
using System.Text;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.AuthResults;

/// <summary>Writes the value of an Authentication-Results field (RFC 8601 section 2.2), folded between its words.</summary>
internal sealed class AuthResultsWriter
{
    private const int LineLengthWished = 78; // RFC 5322 section 2.1.1
    private const int PieceLengthMax = 990; // A line has 998 characters at most; the field's name or white space stands before it.
    private const int NameLength = 24; // "Authentication-Results: "

    // RFC 2045 section 5.1 (token), and "@", which a pvalue may hold (local-part "@" domain-name).
    private static readonly SearchValues<char> plainLetters = SearchValues.Create(
        "!#$%&'*+-.0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~"
    );

    private static readonly SearchValues<char> keywordLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly StringBuilder text = new();
    private int column = NameLength;

    public string Write(AuthenticationResults results)
    {
        if (results.AuthservId is not { } host)
        {
            throw new ArgumentException(
                "AuthservId: it is missing, and the field must name who checked (RFC 8601 section 2.5).",
                nameof(results)
            );
        }

        if (host.Length == 0)
        {
            throw new ArgumentException("AuthservId: it is empty (RFC 8601 section 2.5).", nameof(results));
        }

        Refuse("Results", results.Results.Count, AuthenticationResults.ResultCountMax);
        Append(Value(host, "AuthservId", mayBeAddress: false) + ";");
        if (results.Results.Count == 0)
        {
            Append("none");
        }

        for (var index = 0; index < results.Results.Count; index++)
        {
            WriteResult(results.Results[index], $"Results[{index}]", index == results.Results.Count - 1 ? "" : ";");
        }

        return text.Length <= AuthResultsTokens.LengthMax
            ? text.ToString()
            : throw new ArgumentException(
                $"Results: together they have {text.Length} characters; {AuthResultsTokens.LengthMax} are read.",
                nameof(results)
            );
    }

    private void WriteResult(AuthResult result, string path, string end)
    {
        Refuse($"{path}.Properties", result.Properties.Count, AuthenticationResults.PropertyCountMax);
        List<string> pieces = [$"{Keyword(result.Method, $"{path}.Method")}={Keyword(result.Result, $"{path}.Result")}"];
        pieces.AddRange(result.Comments.Select((comment, at) => Comment(comment, $"{path}.Comments[{at}]")));
        if (result.Reason is { } reason)
        {
            pieces.Add($"reason={Value(reason, $"{path}.Reason", mayBeAddress: false)}");
        }

        pieces.AddRange(
            result.Properties.Select(
                (property, at) =>
                {
                    var place = $"{path}.Properties[{at}]";
                    return $"{Keyword(property.Kind, $"{place}.Kind")}.{Keyword(property.Name, $"{place}.Name")}={Value(property.Value, $"{place}.Value", mayBeAddress: true)}";
                }
            )
        );
        for (var index = 0; index < pieces.Count; index++)
        {
            Append(index == pieces.Count - 1 ? pieces[index] + end : pieces[index]);
        }
    }

    private void Append(string piece)
    {
        if (piece.Length > PieceLengthMax)
        {
            throw new ArgumentException(
                $"\"{piece[..20]}…\" has {piece.Length} characters; a line has at most 998 (RFC 5322 section 2.1.1).",
                nameof(piece)
            );
        }

        if (text.Length == 0)
        {
            text.Append(piece);
            column += piece.Length;
            return;
        }

        var isFolded = column + 1 + piece.Length > LineLengthWished;
        text.Append(isFolded ? "\r\n " : " ").Append(piece);
        column = isFolded ? 1 + piece.Length : column + 1 + piece.Length;
    }

    /// <summary>RFC 5321 section 4.1.1.1: letters, digits and inner hyphens. In lower case, as they are read.</summary>
    private static string Keyword(string word, string path)
    {
        var offset = word.AsSpan().IndexOfAnyExcept(keywordLetters);
        if (offset >= 0)
        {
            throw FieldGrammar.Refused(
                path,
                word[offset],
                offset,
                "a keyword has small letters, digits and hyphens (RFC 8601 section 2.2)"
            );
        }

        return word.Length > 0 && word[^1] != '-'
            ? word
            : throw new ArgumentException($"{path}: a keyword is not empty and ends in a letter or a digit (RFC 8601 section 2.2).", path);
    }

    private static string Value(string value, string path, bool mayBeAddress)
    {
        RefuseWhatCannotStand(value, path);
        var isPlain =
            value.AsSpan().IndexOfAnyExcept(plainLetters) < 0
            && value.AsSpan().IndexOfAnyInRange('0', 'z') >= 0
            && (!value.Contains('@', StringComparison.Ordinal) || mayBeAddress);
        return isPlain
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    private static string Comment(string comment, string path)
    {
        RefuseWhatCannotStand(comment, path);
        return $"({comment.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal)})";
    }

    private static void RefuseWhatCannotStand(string value, string path)
    {
        FieldGrammar.RefuseControls(value, path);
        var offset = value.AsSpan().IndexOfAnyExceptInRange('\t', '~');
        if (offset >= 0)
        {
            throw FieldGrammar.Refused(path, value[offset], offset, "only ASCII may stand there; write a domain in A-labels");
        }
    }

    private static void Refuse(string path, int count, int countMax)
    {
        if (count > countMax)
        {
            throw new ArgumentException($"{path}: {count} stand there; {countMax} are read.", path);
        }
    }
}
