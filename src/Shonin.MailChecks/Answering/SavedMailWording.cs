using System.Diagnostics;
using Shonin.Domain;
using Shonin.Domain.Notices;

namespace Shonin.MailChecks;

/// <summary>
/// What to say to somebody who brought something else than an original, each with its way out: the same words at every door.
/// </summary>
public static class SavedMailWording
{
    /// <exception cref="InvariantBrokenException">For an original, which is no trouble.</exception>
    public static Words WayOut(SavedMail brought) =>
        brought switch
        {
            SavedMail.Nothing => new(
                "メールのファイルを選ぶか、メールの原文を貼り付けてください。",
                "Choose the mail's file, or paste its original text."
            ),
            SavedMail.OutlookItem => new(
                "これは Outlook だけの形(.msg や winmail.dat)で、届いたときの姿が残っていません。Outlook のウェブ版で「EML としてダウンロード」するか、お知らせ番号で確かめてください。",
                "This is Outlook's own file (.msg or winmail.dat), which doesn't keep the mail as it arrived. Use “Download as EML” in Outlook on the web, or check by the notice number."
            ),
            SavedMail.PhoneCopy => new(
                "これは携帯電話だけの形(.vmg)で、届いたときの姿が残っていません。お知らせ番号で確かめてください。",
                "This is a phone's own file (.vmg), which doesn't keep the mail as it arrived. Check by the notice number instead."
            ),
            SavedMail.Picture => new(
                "写真や画面の画像からは、本物かどうか調べられません。メールの原文を保存するか、お知らせ番号で確かめてください。",
                "A picture of a mail can't be checked. Save the original, or check by the notice number."
            ),
            SavedMail.Printed => new(
                "印刷用やホームページの形で保存されたものからは、調べられません。メールの原文(.eml)を保存してください。",
                "A mail saved for print or as a web page can't be checked. Save the original (.eml)."
            ),
            SavedMail.Archive => new(
                "圧縮されたファイルは開きません。中のメールのファイル(.eml)を取り出して選んでください。",
                "We don't open packed files. Take the mail's file (.eml) out of it and choose that."
            ),
            SavedMail.Original => throw new InvariantBrokenException("an original message is no trouble"),
            _ => throw new UnreachableException(),
        };
}
