using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.Web;

namespace Shonin.Accounts;

internal static class PasskeyWords
{
    public static PageTrouble Failed { get; } =
        new(
            new(
                "パスキーを作れませんでした。もう一度お試しいただくか、パスワードをお使いください。",
                "The passkey couldn't be made. Please try again, or use a password."
            ),
            null
        );

    /// <summary>What its owner calls it; where they say nothing, after the browser that it was made in.</summary>
    public static string NameOf(string typed, HttpContext http, Locale locale)
    {
        var name = typed.Trim();
        if (name.Length > SecurityPages.NameLengthMax)
            name = name[..SecurityPages.NameLengthMax];
        return name.Length > 0 ? name : Device.Of(http.Request.Headers.UserAgent.ToString()).Words.In(locale);
    }
}
