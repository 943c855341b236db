using System.Collections.Immutable;
using Microsoft.AspNetCore.Identity;
using Shonin.Domain.Notices;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>What a new password must be, and what is said of one that is not so.</summary>
internal static class PasswordWords
{
    public const string FieldId = "password";

    public static Words Hint { get; } =
        new(
            "12文字以上。文字の種類は自由です。いくつかの言葉を並べると、長くて覚えやすくなります。",
            "12 characters or more, of any kind. A few words in a row are long and easy to remember."
        );

    /// <summary>What is wrong, in the order in which it is mended; whatever Identity says that is none of these is a defect of ours.</summary>
    public static ImmutableArray<PageTrouble> Of(IdentityResult result) =>
        [.. result.Errors.Select(error => new PageTrouble(Of(error.Code), FieldOf(error.Code)))];

    private static string? FieldOf(string code) =>
        code switch
        {
            nameof(IdentityErrorDescriber.PasswordMismatch) => "current",
            nameof(IdentityErrorDescriber.PasswordTooShort) or PasswordRules.TooLong or PasswordRules.IsAddress => FieldId,
            _ => null,
        };

    private static Words Of(string code) =>
        code switch
        {
            nameof(IdentityErrorDescriber.PasswordTooShort) => new("パスワードは12文字以上にしてください。", "Use 12 characters or more."),
            PasswordRules.TooLong => new("パスワードは200文字までにしてください。", "Use no more than 200 characters."),
            PasswordRules.IsAddress => new(
                "メールアドレスそのものや、その一部は、パスワードに使えません。",
                "Your mail address, or a part of it, can't be the password."
            ),
            nameof(IdentityErrorDescriber.PasswordMismatch) => new("いまのパスワードが違います。", "That isn't the present password."),
            AccountStore.PasskeyTaken => new("このパスキーは、すでに登録されています。", "This passkey is registered already."),
            AccountStore.ProofUsed => new(
                "この確認コードは、すでに使われました。もう一度、最初からお試しください。",
                "This code was used already. Please start again."
            ),
            nameof(Domain.Accounts.AccountRefusal.TooManyPasskeys) => new(
                $"パスキーは{Domain.Accounts.Account.PasskeyCountMax}個までです。使わないものを外してください。",
                $"You can have {Domain.Accounts.Account.PasskeyCountMax} passkeys. Remove one that you don't use."
            ),
            _ => new(
                "ほかの端末で同じときに変更があり、何も変えませんでした。もう一度お試しください。",
                "Something else changed at the same moment, so we changed nothing. Please try again."
            ),
        };
}
