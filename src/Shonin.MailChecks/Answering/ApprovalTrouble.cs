using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>Whether a mail speaks of a payment that was not approved: the one that frightens, and that is imitated most.</summary>
public static partial class ApprovalTrouble
{
    /// <summary>What frightens stands at the top; a message of megabytes is not read to its end for it.</summary>
    private const int ReadLengthMax = 20_000;

    public static bool IsNamedIn(MailContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return IsNamedIn(content.Subject) || IsNamedIn(content.VisibleText);
    }

    private static bool IsNamedIn(string text)
    {
        // Full-width letters and half-width kana are the same words.
        var plain = FoldedText.Of(text, ReadLengthMax);
        return Japanese().IsMatch(Blanks().Replace(plain, "")) || English().IsMatch(Blanks().Replace(plain, " "));
    }

    /// <summary>Japanese breaks its lines anywhere, so blanks are gone before this is asked.</summary>
    [GeneratedRegex(
        """
            (利用|使用|購入)?(承認|与信|オーソリ)(が|は|を)?(得|取|受け|下り|おり|と)(られ|れ)?て?(い|お)?(ませ|りませ|な[いか])
            |(承認|認証)(が|は)?(され(てい)?ま?せん|拒否|否認)
            |(お?支払い?|決済|請求|課金|引き?落とし)(い?方法|情報|手続き?|処理)?(に|が|は|を|の)?(問題|失敗|エラー|不備|拒否|承認され(ず|な|ま)|完了し?(でき)?(ませ|て(い|お)(ませ|り?ませ))|でき(ませ|な)|確認でき)
            |カード(情報|番号)?(が|は|を|の)?(ご?利用|使用|認証|確認|請求|承認)?(いただけ|になれ|でき|され)(ませ|な[いか]|てい?ません)
            |カード(の|が|は)?(有効)?期限(が|は)?(切れ|過ぎ)
            |カード会社(から|の|より)(の)?(返答|返事|回答|応答)(が|は)?(あり|ござい|届き|得られ)ません
            |カード会社(に|へ)(ご)?連絡(を|し)?(ください|下さい)
            |カード会社が(ご本人|お客様)からの連絡を求め
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking
    )]
    private static partial Regex Japanese();

    [GeneratedRegex(
        """
            \b(payment|card|transaction|charge|purchase|authori[sz]ation)\s(details\s|method\s|information\s)?(has\sbeen\s|have\sbeen\s|was\s|were\s|is\s|got\s)?(declined|refused|rejected|denied|unsuccessful|failed|not\s(approved|authori[sz]ed|accepted|successful)|on\shold)\b
            |\b(could\snot|couldn['’]t|cannot|can['’]t|can\snot|unable\sto|were\snot\sable\sto|failed\sto)\s(be\s)?(process|charge|authori[sz]e|approve|bill|verify|complete|collect)[a-z]*\s(your|the|this)\s([a-z]+\s){0,3}(payment|card|order|purchase|transaction)\b
            |\b(payment|card|order|transaction)\s(could\snot|couldn['’]t|cannot|can['’]t)\s(be\s)(processed|charged|authori[sz]ed|approved|completed|verified)\b
            |\b(problem|issue|trouble|error)s?\s(with|processing|charging|authori[sz]ing)\s(your|the)\s([a-z]+\s){0,3}(payment|card|billing)\b
            |\b(approval|authori[sz]ation)\s([a-z]+\s){0,5}not\s(been\s)?(obtained|given|granted|received)\b
            |\bcard\s(company|issuer)\s(said\sno|(didn['’]t|did\snot|still\shasn['’]t|hasn['’]t)\s(answer|answered|respond)|(still\s)?asks\syou\sto\scontact)
            |\b(no\sanswer\sfrom|please\scontact)\syour\scard\s(company|issuer)\b
            |\b(update|confirm|verify)\syour\s(payment|billing|card)\s(method|details|information)\b
            |\bcard\s(has\s|is\s)?(expired|been\sblocked)\b
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex English();

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Blanks();
}
