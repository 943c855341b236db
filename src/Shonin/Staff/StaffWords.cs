using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Web;

namespace Shonin.Staff;

internal static class StaffWords
{
    public static Words NameOf(AccountRole role) =>
        role switch
        {
            AccountRole.Customer => new("お客様", "Customer"),
            AccountRole.Agent => new("担当者", "Agent"),
            AccountRole.Lead => new("リーダー", "Lead"),
            AccountRole.Admin => new("管理者", "Admin"),
            AccountRole.Former => new("退任", "Former"),
        };

    /// <summary>What somebody of this role may do, for whoever gives it.</summary>
    public static Words MeaningOf(AccountRole role) =>
        role switch
        {
            AccountRole.Agent => new("お客様と注文に対応します", "answers customers and looks after orders"),
            AccountRole.Lead => new(
                "加えて、全体の状況と監査の記録を見て、止まった試みを再開できます",
                "also sees everybody's work and the audit trail, and lets stopped orders be tried again"
            ),
            AccountRole.Admin => new("加えて、窓口の人を決めます", "also decides who is at the desk"),
            AccountRole.Customer or AccountRole.Former => new("窓口には入れません", "can't enter the desk"),
        };

    /// <summary>One refusal for everything that is wrong.</summary>
    public static PageTrouble Refused { get; } =
        new(
            new(
                "メールアドレスかパスワードが違います。忘れたときは、管理者に新しい招待のリンクを頼んでください。",
                "The mail address or the password is wrong. If you forgot it, ask an admin for a new invitation."
            ),
            "address"
        );

    public static PageTrouble WrongKey { get; } =
        new(
            new(
                "この鍵では入れません。admin の権限がある API キーを入れてください。",
                "This key doesn't open the desk. Use an API key with the admin scope."
            ),
            "key"
        );

    public static PageTrouble WrongCode { get; } =
        new(
            new(
                "コードが違います。認証アプリにいま出ている6桁を入れてください。何度も違うときは、スマートフォンの時刻が合っているか確かめてください。",
                "That isn't the code. Type the 6 digits that your app shows now. If it keeps failing, check your phone's clock."
            ),
            TimeCodeModel.CodeName
        );

    public static PageTrouble UsedCode { get; } =
        new(
            new(
                "このコードは一度使われました。次のコードが出るまで、30秒ほど待ってください。",
                "This code was used already. Wait up to 30 seconds for the next one."
            ),
            TimeCodeModel.CodeName
        );

    public static PageTrouble TooOld { get; } =
        new(new("時間がたちすぎました。もう一度、最初からお願いします。", "This page was open for too long. Please start again."), null);

    public static PageTrouble PasskeyRefused { get; } =
        new(
            new(
                "パスキーで入れませんでした。もう一度お試しいただくか、パスワードをお使いください。",
                "The passkey didn't work. Please try again, or use your password."
            ),
            null
        );
}
