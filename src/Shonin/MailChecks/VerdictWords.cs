using Shonin.Domain.Notices;

namespace Shonin.MailChecks;

/// <summary>The three answers as they are headed, and the marks of a link. There is no fourth answer.</summary>
public static class VerdictWords
{
    public static Words Name(VerdictWord word) =>
        word switch
        {
            VerdictWord.Genuine => new("本物です", "Genuine"),
            VerdictWord.NotGenuine => new("本物ではありません", "Not genuine"),
            VerdictWord.CannotTell => new("判断できません", "We can't tell"),
        };

    public static Words Name(LinkMark mark) =>
        mark switch
        {
            LinkMark.None => new("", ""),
            LinkMark.SaysAnother => new("表示と違う行き先", "leads elsewhere than it says"),
            LinkMark.Resembles => new("似せた名前", "a look-alike name"),
        };
}

/// <summary>A report as the staff's lists name it.</summary>
public static class ReportWords
{
    public static Words Name(ReportState state) =>
        state switch
        {
            ReportState.New => new("新しい", "new"),
            ReportState.Handled => new("処理済み", "handled"),
        };

    /// <summary>What came with the mail.</summary>
    public static Words Brought(ReporterWords words) =>
        (words.Note.Length > 0, words.Contact.Length > 0) switch
        {
            (true, true) => new("ことば、連絡先", "a note, an address"),
            (true, false) => new("ことば", "a note"),
            (false, true) => new("連絡先", "an address"),
            (false, false) => new("–", "–"),
        };
}
