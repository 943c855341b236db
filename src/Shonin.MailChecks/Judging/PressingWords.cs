using System.Collections.Immutable;

namespace Shonin.MailChecks;

/// <summary>
/// Whether a text presses its reader: something bad has happened or will, something must be done, and a secret is wanted or time is short.
/// Genuine warnings read like that too, so it settles nothing alone.
/// </summary>
internal static class PressingWords
{
    /// <summary>Texts are looked through up to here; who presses does so at once.</summary>
    private const int LengthMax = 20_000;

    public static bool Stand(string subject, string text)
    {
        var whole = (subject + "\n" + (text.Length <= LengthMax ? text : text[..LengthMax])).ToLowerInvariant();
        return HasAny(whole, threats) && HasAny(whole, demands) && (HasAny(whole, hurry) || HasAny(whole, secrets));
    }

    private static bool HasAny(string text, ImmutableArray<string> words) =>
        words.Any(word => text.Contains(word, StringComparison.Ordinal));

    // csharpier-ignore
    private static readonly ImmutableArray<string> threats =
    [
        "停止", "制限", "ロック", "凍結", "無効", "失効", "不正", "異常", "第三者", "不審", "保留", "失敗", "利用できなく", "解約", "期限切れ", "未払い", "滞納", "承認が得られ",
        "承認されませんでした", "suspend", "locked", "limited", "restrict", "unusual", "unauthori", "deactivat", "disabled", "on hold", "expire",
        "declined", "could not be processed", "compromis", "suspicious", "failed", "terminat", "unpaid", "overdue", "unable to",
        "problem with",
    ];

    // csharpier-ignore
    private static readonly ImmutableArray<string> demands =
    [
        "確認してください", "ご確認", "確認を", "確認する", "更新", "認証", "ログイン", "再登録", "手続き", "クリック", "アクセス", "解除", "ご入力", "入力してください", "お支払い方法", "verify",
        "confirm", "update", "log in", "login", "sign in", "click", "validate", "restore", "review", "reactivate", "unlock",
    ];

    // csharpier-ignore
    private static readonly ImmutableArray<string> hurry =
    [
        "時間以内", "日以内", "以内に", "直ちに", "ただちに", "至急", "今すぐ", "すぐに", "早急", "速やか", "緊急", "immediately", "urgent", "within 24", "within 48",
        "within 72", "hours", "as soon as possible", "right away", "today",
    ];

    // csharpier-ignore
    private static readonly ImmutableArray<string> secrets =
    [
        "パスワード", "暗証番号", "カード情報", "カード番号", "セキュリティコード", "口座", "個人情報", "お支払い情報", "支払い情報", "クレジットカード", "password", "card", "billing",
        "payment", "bank account", "social security", "personal information", "account information", "credential",
    ];
}
