namespace Shonin.MailChecks;

/// <summary>The script of a letter, as far as Japanese readers tell words apart by it.</summary>
internal enum Script
{
    Other,
    Hiragana,
    Katakana,
    Kanji,
}

internal static class Scripts
{
    public static Script Of(char letter) =>
        letter switch
        {
            >= '\u3041' and <= '\u309F' => Script.Hiragana,
            >= '\u30A1' and <= '\u30FF' => Script.Katakana,
            (>= '\u3400' and <= '\u9FFF') or '々' or (>= '\uF900' and <= '\uFAFF') => Script.Kanji,
            _ => Script.Other,
        };
}
