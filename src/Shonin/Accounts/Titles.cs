using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;

namespace Shonin.Accounts;

/// <summary>What the account's pages are called, on themselves and in links to them.</summary>
internal static class Titles
{
    public static Words Account { get; } = new("マイページ", "Your account");
    public static Words SignIn { get; } = new("ログイン", "Sign in");
    public static Words Security { get; } = new("ログインと安全", "Sign-in and security");

    public static Words Of(CodePurpose purpose) =>
        purpose switch
        {
            CodePurpose.SignUp => new("新しく登録する", "Create an account"),
            CodePurpose.Recover => new("パスワードを忘れたとき", "Forgotten your password?"),
            CodePurpose.ProveAddress => new("メールアドレスを加える", "Add a mail address"),
            CodePurpose.Erase => Domain.Privacy.PrivacyWording.PageName,
        };
}
