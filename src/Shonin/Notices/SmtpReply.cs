using System.Globalization;
using System.Text.RegularExpressions;
using Shonin.Web;

namespace Shonin.Notices;

/// <summary>What the relay was told before it replied.</summary>
internal enum SmtpStep
{
    /// <summary>MAIL: who sends, which is always us.</summary>
    Sender,

    /// <summary>RCPT: to whom.</summary>
    Recipient,

    /// <summary>DATA: that the message comes.</summary>
    Data,

    /// <summary>The message, up to its final dot. From here on the relay may have taken it, whether we hear so or not.</summary>
    Content,
}

/// <summary>
/// One reply, and what it means for the mail. A refusal counts against the recipient only where it speaks of the recipient: an enhanced
/// status code X.1 (address) or X.2 (mailbox) or, without such a code, 550, 551 or 553 to RCPT (RFC 3463 section 3, RFC 5321 section
/// 4.2.3).
/// </summary>
/// <remarks>
/// Everything else is the relay's or ours, and may be mended: 5.3 its system, 5.4 its routes, 5.5 the protocol, 5.6 the form, and 5.7
/// policy, even to RCPT ("relay access denied", "listed as spam"). 5.1.7 and 5.1.8 speak of the sender's address.
/// </remarks>
/// <param name="Code">Three digits.</param>
/// <param name="Text">Of all its lines.</param>
internal sealed partial record SmtpReply(SmtpStep Step, int Code, string Text)
{
    private const int ServiceClosing = 421; // RFC 5321 section 4.2.3: to any command, by a relay that hangs up
    private const int TextLengthMax = 300;

    private static readonly int[] plainRefusals = [550, 551, 553];
    private static readonly int[] plainDelays = [450, 451, 452];

    public bool HangsUp => Code == ServiceClosing;

    public bool IsPositive => Code is >= 200 and < 400;

    /// <summary>As the agents read it: one line, not too long, without anybody's address.</summary>
    public string Shown
    {
        get
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{Code} {MailAddress.Hide(Text.ReplaceLineEndings(" ").Trim())}");
            return line.Length <= TextLengthMax ? line : line[..TextLengthMax];
        }
    }

    /// <summary>What a reply that is not positive means for the mail.</summary>
    public MailOutcome ToOutcome() =>
        IsAboutRecipient
            ? Code >= 500
                ? new MailOutcome.Refused(Shown)
                : new MailOutcome.TryLater(Shown)
            : new MailOutcome.RelayRefused(Shown);

    private bool IsAboutRecipient =>
        Step != SmtpStep.Sender
        && !HangsUp
        && (Enhanced, Code) switch
        {
            ({ Subject: 1, Detail: 7 or 8 }, _) => false,
            ({ Subject: 1 or 2 }, _) => true,
            ({ Subject: 7 }, < 500) => Step == SmtpStep.Recipient, // greylisting: come back for this recipient later
            (not null, _) => false,
            (null, < 500) => Step == SmtpStep.Recipient && plainDelays.Contains(Code),
            (null, _) => Step == SmtpStep.Recipient && plainRefusals.Contains(Code),
        };

    /// <summary>Null where there is none, or where it contradicts the code (RFC 2034 section 4).</summary>
    private EnhancedStatus? Enhanced => EnhancedStatus.At(Text) is { } status && status.Class == Code / 100 ? status : null;
}

/// <summary>class.subject.detail (RFC 3463 section 2).</summary>
internal sealed partial record EnhancedStatus(int Class, int Subject, int Detail)
{
    /// <summary>The one that a text begins with, or null.</summary>
    public static EnhancedStatus? At(string text) => Of(Leading().Match(text));

    /// <summary>The first that stands in a text by itself, or null.</summary>
    public static EnhancedStatus? In(string text) => Of(Anywhere().Match(text));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    private static EnhancedStatus? Of(Match match) =>
        match.Success ? new(NumberOf(match, 1), NumberOf(match, 2), NumberOf(match, 3)) : null;

    private static int NumberOf(Match match, int group) =>
        int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])", RegexOptions.CultureInvariant)]
    private static partial Regex Leading();

    [GeneratedRegex(@"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])", RegexOptions.CultureInvariant)]
    private static partial Regex Anywhere();
}
