using System.Diagnostics;

namespace Shonin.Domain.Proofs;

/// <summary>What had to be opened before a mail could be judged, so that nobody takes the answer for one about all that was brought.</summary>
public abstract record OpenedMail
{
    private OpenedMail() { }

    /// <summary>A file of several mails; the first was judged.</summary>
    public sealed record OneOf(int Count) : OpenedMail;

    /// <summary>A mail that hangs on another one; what stands around it was not judged.</summary>
    public sealed record Attachment : OpenedMail;

    /// <summary>The answer, with a word on what it is about: the second reason, because no page, letter or verb shows all of them.</summary>
    public static MailVerdict Told(MailVerdict verdict, OpenedMail opened)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return verdict with
        {
            Reasons = verdict.Reasons.Insert(Math.Min(1, verdict.Reasons.Length), opened switch
            {
                OneOf(var count) => ReasonWording.OneOfSeveral(count),
                Attachment => ReasonWording.AttachedOriginal(),
                _ => throw new UnreachableException(),
            }),
        };
    }

    /// <summary>
    /// Whether a mail does nothing but carry another one: it claims to be from no merchant, says little, leads nowhere and asks for nothing. Who adds words
    /// of his own to somebody's genuine mail gets an answer about his words.
    /// </summary>
    public static bool OnlyCarries(MailVerdict verdict, MailContent content)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(content);
        return verdict.Reasons[0].Code is ReasonCode.NoClaim or ReasonCode.NameMentioned
            && content.VisibleText.Length <= WordsLengthMax && content.Links.IsEmpty && !PressingWords.Stand(content.Subject, content.VisibleText) && !HasNumberToCall(content.VisibleText);
    }

    private const int WordsLengthMax = 1_000;
    private const int DigitCountMin = 9; // The shortest Japanese telephone number with its area code has ten; a mistyped one still counts.

    private static bool HasNumberToCall(string text)
    {
        var digits = 0;
        foreach (var letter in text)
        {
            digits = char.IsDigit(letter) ? digits + 1 : letter is '-' or ' ' or '(' or ')' or '+' or '.' or '\u2010' or '\u2212' or '\uFF0D' or '\u30FC' ? digits : 0;
            if (digits >= DigitCountMin)
                return true;
        }

        return false;
    }
}
