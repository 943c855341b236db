using System.Text.RegularExpressions;

namespace Shonin.MailChecks;

/// <summary>
/// What somebody wrote, without the mail that their program put below it or between it. Nothing is left out that nobody marked as quoted:
/// better too much than half a question.
/// </summary>
internal static partial class QuotedText
{
    private const int LineCountMax = 5_000;

    /// <summary>Of a quotation that somebody wrote an answer below, so that the answer is understood.</summary>
    private const int KeptLineCount = 3;

    /// <summary>Of a mail whose every line may be quoted.</summary>
    private const int LastLineCount = 20;

    /// <summary>How many lines a program's words above a quotation take at most, where it breaks them.</summary>
    private const int LeadLineCountMax = 3;

    /// <summary>How far below a divider the fields of the quoted mail begin.</summary>
    private const int FieldsWithin = 6;

    public static string Without(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Take(LineCountMax).ToArray();
        var written = Shortened([.. lines.Take(EndOf(lines))]);
        // Where nothing stands above the quotation, whoever wrote did so below it, or wrote nothing.
        return written.Length > 0 ? written : Shortened([.. lines.TakeLast(LastLineCount)]);
    }

    /// <summary>The number of lines above the mail that is answered.</summary>
    private static int EndOf(string[] lines)
    {
        for (var index = 0; index < lines.Length; index++)
        {
            if (Divider().IsMatch(lines[index]))
                return index;
            if (IsFieldsOfAMail(lines, index))
                return index > 0 && Rule().IsMatch(lines[index - 1]) ? index - 1 : index;
            if (LeadLengthAt(lines, index) is var length and > 0 && !IsMarked(NextOf(lines, index + length)))
                return index;
        }
        return lines.Length;
    }

    /// <summary>Marked lines that nothing follows go; of others some stay.</summary>
    private static string Shortened(List<string> lines)
    {
        var kept = new List<string>();
        for (var index = 0; index < lines.Count; )
        {
            if (LeadLengthAt([.. lines.Skip(index).Take(LeadLineCountMax)], 0) is var lead and > 0 && IsMarked(NextOf(lines, index + lead)))
            {
                index += lead;
                continue;
            }
            if (!IsMarked(lines[index]))
            {
                kept.Add(lines[index++]);
                continue;
            }
            var run = lines.Skip(index).TakeWhile(line => IsMarked(line) || line.Trim().Length == 0).ToList();
            index += run.Count;
            if (index < lines.Count && kept.Exists(line => line.Trim().Length > 0))
            {
                kept.AddRange(run.Where(IsMarked).Take(KeptLineCount));
                if (run.Count(IsMarked) > KeptLineCount)
                    kept.Add("> …");
            }
        }
        return string.Join('\n', kept).Trim();
    }

    private static bool IsMarked(string? line) => line?.TrimStart() is [('>' or '＞'), ..];

    private static string? NextOf(IReadOnlyList<string> lines, int index)
    {
        while (index < lines.Count && lines[index].Trim().Length == 0)
            index++;
        return index < lines.Count ? lines[index] : null;
    }

    /// <summary>How many lines "On …, … wrote:" takes here; 0 where it does not stand.</summary>
    private static int LeadLengthAt(string[] lines, int index)
    {
        for (var length = 1; length <= LeadLineCountMax && index + length <= lines.Length; length++)
        {
            if (Lead().IsMatch(string.Join(' ', lines[index..(index + length)].Select(line => line.Trim()))))
                return length;
        }
        return 0;
    }

    /// <summary>Outlook shows the fields of the mail that is answered, below a line or without one.</summary>
    private static bool IsFieldsOfAMail(string[] lines, int index) =>
        FromField().IsMatch(lines[index]) && lines.Skip(index + 1).Take(FieldsWithin).Count(line => OtherField().IsMatch(line)) >= 2;

    [GeneratedRegex(
        @"^\s*[-_=]{2,}\s*(?:Original Message|Forwarded message|Reply message|Original Mail|元のメッセージ|元のメール|転送メッセージ|オリジナルメッセージ|返信元メッセージ)\s*[-_=]{2,}\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Divider();

    [GeneratedRegex(@"^\s*[-_=]{5,}\s*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Rule();

    /// <summary>With a date and an address or a name, as Gmail, Apple's Mail, Thunderbird and others write it in both languages.</summary>
    [GeneratedRegex(
        @"^(?:On\s.{6,200}\swrote\s?[:：]|\d{4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}.{0,200}(?:[>＞]\s?[:：]|のメール\s?[:：]|(?:さん|様)?(?:は|が)書きました\s?[:：]|\swrote\s?[:：]))\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Lead();

    [GeneratedRegex(
        @"^\s*\*?(?:From|差出人|送信者)\*?\s?[:：]\*?\s?\S",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex FromField();

    [GeneratedRegex(
        @"^\s*\*?(?:Sent|Date|To|Subject|送信日時|日時|日付|宛先|件名)\*?\s?[:：]",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex OtherField();
}
