using System.Text.RegularExpressions;

namespace Shonin.MailChecks;

/// <summary>Whether a text that somebody pasted among words of their own is a mail's original, and not a question about one.</summary>
internal static partial class PastedMail
{
    /// <summary>Letters that a box takes in which one may be pasted; longer ones go by the page of mails.</summary>
    public const int LengthMax = 100_000;

    /// <summary>A mail's first lines are its fields, one of its sender and one that only an original has.</summary>
    public static bool IsOne(string text) => Sender().IsMatch(text) && Trace().IsMatch(text);

    [GeneratedRegex(@"^From:[ \t]*\S", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Sender();

    /// <summary>The page's script looks for the same.</summary>
    [GeneratedRegex(
        @"^(Received|Return-Path|Delivered-To|DKIM-Signature|Authentication-Results|Message-ID|MIME-Version):",
        RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Trace();
}
