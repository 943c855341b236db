using System.Diagnostics;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>
/// What had to be opened before a mail could be judged, so that nobody takes the answer for one about all that was brought.
/// </summary>
public abstract record OpenedMail
{
    private OpenedMail() { }

    /// <summary>A file of several mails; the first was judged.</summary>
    public sealed record OneOf(int Count) : OpenedMail;

    /// <summary>A mail that hangs on another one, which says next to nothing; what stands around it was not judged.</summary>
    public sealed record Attachment : OpenedMail;

    /// <summary>
    /// A mail that hangs on another one, which says or holds more: whoever reads both reads a stranger's words beside a genuine mail.
    /// </summary>
    public sealed record AttachmentAmongOthers : OpenedMail;

    /// <summary>A mail on which several others hang: nobody can say which of them the question is about.</summary>
    public sealed record SeveralAttachments(int Count) : OpenedMail;

    /// <summary>
    /// No original at all, brought or hung on a mail that says next to nothing: whatever its bytes look like, they tell nothing.
    /// </summary>
    public sealed record NoMail(SavedMail Kind) : OpenedMail;

    /// <summary>
    /// The answer, with a word on what it is about: the second reason, because no page, letter or verb shows all of them.
    /// </summary>
    public static MailVerdict Told(MailVerdict verdict, OpenedMail opened)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return opened switch
        {
            OneOf(var count) => With(verdict, ReasonWording.OneOfSeveral(count)),
            AttachmentAmongOthers when verdict.Word == VerdictWord.Genuine => VerdictWording.Unclaimed(ReasonWording.GenuineAmongOthers()),
            Attachment or AttachmentAmongOthers => With(verdict, ReasonWording.AttachedOriginal()),
            SeveralAttachments(var count) => VerdictWording.Unclaimed(ReasonWording.SeveralAttached(count)),
            NoMail(var kind) => VerdictWording.Unclaimed(ReasonWording.NotTheOriginal(kind)),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Said once, however many mails were opened one after the other.</summary>
    private static MailVerdict With(MailVerdict verdict, VerdictReason reason) =>
        verdict.Reasons.Any(said => said.Code == reason.Code)
            ? verdict
            : verdict with
            {
                Reasons = verdict.Reasons.Insert(Math.Min(1, verdict.Reasons.Length), reason),
            };

    /// <summary>
    /// Whether a mail does nothing but carry another one: it claims to be from no merchant, says little, leads nowhere and asks for
    /// nothing. Who adds words of his own to somebody's genuine mail gets an answer about his words.
    /// </summary>
    public static bool OnlyCarries(MailVerdict verdict, MailContent content)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(content);
        return verdict.Reasons[0].Code is ReasonCode.NoClaim or ReasonCode.NameMentioned
            && content.VisibleText.Length <= WordsLengthMax
            && content.Links.IsEmpty
            && !PressingWords.Stand(content.Subject, content.VisibleText)
            && !HasNumberToCall(content.VisibleText);
    }

    /// <summary>
    /// Whether the words around an attached mail are no more than those of somebody who passes it on: a few, that ask for nothing and name
    /// no place, no number and no account, under the attached mail's own subject or a short one of the same kind.
    /// </summary>
    public static bool SaysNextToNothing(MailContent around, MailContent attached)
    {
        ArgumentNullException.ThrowIfNull(around);
        ArgumentNullException.ThrowIfNull(attached);
        var subject = around.Subject.Trim();
        return IsHarmless(around.VisibleText)
            && (
                attached.Subject.Trim() is { Length: > 0 } own
                    && subject.EndsWith(own, StringComparison.OrdinalIgnoreCase)
                    && IsHarmless(subject[..^own.Length])
                || IsHarmless(subject)
            );
    }

    private static bool IsHarmless(string text)
    {
        var words = FoldedText.Normal(text, System.Text.NormalizationForm.FormKC).Trim().ToLowerInvariant();
        return words.Length <= PassingWordsLengthMax
            && !words.Any(letter => char.IsNumber(letter) || letter is '@' or '/' or '[' or '+')
            // a bare domain
            && !words.Zip(words.Skip(1).Append(' ')).Any(pair => pair.First is '.' or '。' && char.IsLetterOrDigit(pair.Second))
            && !asking.Any(word => words.Contains(word, StringComparison.Ordinal));
    }

    private const int PassingWordsLengthMax = 60;

    /// <summary>What somebody writes who wants something: an answer, money, a secret, a call.</summary>
    // csharpier-ignore
    private static readonly string[] asking =
    [
        "返信", "返事", "振込", "振り込", "送金", "口座", "番号", "暗証", "コード", "パスワード", "電話", "連絡", "支払", "入力", "登録", "友だち", "開いて", "押して", "読み取",
        "reply", "send", "transfer", "pay", "call", "phone", "code", "password", "number", "account", "bank", "card", "log in", "login",
        "sign in", "click", "open", "scan", "visit", "go to", "write", "line", "dot",
    ];

    private const int WordsLengthMax = 1_000;
    private const int DigitCountMin = 9; // The shortest Japanese telephone number with its area code has ten; a mistyped one still counts.

    private static bool HasNumberToCall(string text)
    {
        var digits = 0;
        foreach (var letter in text)
        {
            digits =
                char.IsDigit(letter) ? digits + 1
                : letter is '-' or ' ' or '(' or ')' or '+' or '.' or '\u2010' or '\u2212' or '\uFF0D' or '\u30FC' ? digits
                : 0;
            if (digits >= DigitCountMin)
                return true;
        }

        return false;
    }
}
