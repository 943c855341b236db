using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Hours;

namespace Shonin.Web;

/// <summary>The pages for what goes wrong: what, and what to do, in the reader's language; never a stack trace.</summary>
internal static class PageFaults
{
    public static IResult NotFound(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status404NotFound,
            new("このページはありません", "There is no such page"),
            new(
                "リンクが途中で切れていないか、お確かめください。お知らせのリンクを、もう一度、端から端まで開いてみてください。",
                "Please check that the link is whole: open it once more from the notice, from its first letter to its last."
            )
        );

    public static IResult Gone(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status410Gone,
            new("このリンクは使えなくなりました", "This link has ended"),
            new(
                "ご注文の情報が消去されたため、このページは開けません。ご不明な点は、下の窓口にお尋ねください。",
                "The data of this order have been erased, so this page can no longer be opened. If you have a question, please contact us as below."
            )
        );

    public static IResult TooMany(HttpContext http, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = PageGate.Seconds(wait);
        var length = SpokenTime.Length(wait);
        return Page(
            http,
            StatusCodes.Status429TooManyRequests,
            new("アクセスが多すぎます", "Too many requests"),
            new(
                $"{length.Ja}待ってから、もう一度お試しください。何も変わっていません。",
                $"Please wait {length.En}, then try again. Nothing has changed."
            )
        );
    }

    public static IResult FromElsewhere(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status403Forbidden,
            new("このページからは受け付けられません", "We can't accept this from another site"),
            new(
                "別のサイトから送られた操作のため、何も行いませんでした。ご注文のページを開き直して、そこから操作してください。",
                "This came from another site, so we did nothing. Please open your order's page and do it there."
            )
        );

    /// <summary>Somebody at the desk asked for what their role is not for.</summary>
    public static IResult NotYours(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status403Forbidden,
            new("この操作の権限がありません", "Your role can't do this"),
            new(
                "何も行いませんでした。必要なときは、リーダーか管理者に頼んでください。",
                "We did nothing. If it's needed, ask a lead or an admin."
            )
        );

    public static IResult TooLarge(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status413PayloadTooLarge,
            new("送られた内容が大きすぎます", "That was too much to read"),
            new(
                "読まずに捨て、何も行いませんでした。ページを開き直して、もう一度お試しください。",
                "We threw it away unread and did nothing. Please open the page again and try once more."
            )
        );

    /// <summary>Where a secret would have gone over a line that others can read.</summary>
    public static IResult NeedsEncryption(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status403Forbidden,
            new("この接続は暗号化されていません", "This connection isn't encrypted"),
            new(
                "途中で読まれるおそれがあるため、何も受け取らず、何も表示しませんでした。アドレスの先頭を https:// にして、もう一度開いてください。番号などを送ったあとでしたら、そのカードをカード会社にご相談ください。",
                "Others could read along, so we took nothing and showed nothing. Please open the address again with https:// at its start. If you had sent a card number, talk to your card company about that card."
            )
        );

    public static IResult TooSlow(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status408RequestTimeout,
            new("送信に時間がかかりすぎました", "Sending took too long"),
            new(
                "途中で受け取りをやめました。何も変わっていません。電波のよい所で、もう一度お試しください。",
                "We stopped before everything had arrived, and nothing has changed. Please try once more where your connection is better."
            )
        );

    public static IResult Unreadable(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status400BadRequest,
            new("送られた内容を読めませんでした", "We couldn't read what was sent"),
            new(
                "途中で切れたようです。何も行いませんでした。ページを開き直して、もう一度お試しください。",
                "It seems to have been cut off on its way. We did nothing. Please open the page again and try once more."
            )
        );

    public static IResult Unavailable(HttpContext http, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = PageGate.Seconds(wait);
        return Page(
            http,
            StatusCodes.Status503ServiceUnavailable,
            new("いまは受け付けられません", "We can't do this right now"),
            new(
                "何も変わっていません。ご注文はそのまま残っています。1分待ってから、もう一度お試しください。",
                "Nothing has changed, and your order is still there. Please wait a minute, then try again."
            )
        );
    }

    public static IResult Busy(HttpContext http)
    {
        var wait = TimeSpan.FromMinutes(1);
        http.Response.Headers.RetryAfter = PageGate.Seconds(wait);
        return Page(
            http,
            StatusCodes.Status503ServiceUnavailable,
            new("いま、ほかのメールを調べています", "We're busy with other mails"),
            new(
                "1分待ってから、もう一度お試しください。急ぐときは、お知らせ番号で確かめられます。",
                "Please wait a minute, then try again. If it's urgent, check by the notice number."
            )
        );
    }

    public static IResult MailTooLarge(HttpContext http, int megabytesMax) =>
        Page(
            http,
            StatusCodes.Status413PayloadTooLarge,
            new("メールが大きすぎます", "The mail is too large"),
            new(
                $"調べられるのは {megabytesMax}MB までです。送られたものは、読まずに捨てました。原文の貼り付けか、お知らせ番号で確かめてください。",
                $"We can check up to {megabytesMax} MB. We threw it away unread. Paste the original's text, or check by the notice number."
            )
        );

    public static IResult MailGone(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status404NotFound,
            new("このメールは、もうここにありません", "The mail isn't here any more"),
            new(
                "お預かりするのは30分までで、そのあとは消します。もう一度調べるには、「お知らせの確認」でメールを選び直してください。",
                "We keep a mail for 30 minutes at most, and then delete it. To check it again, choose it once more under “Check a notice”."
            )
        );

    public static IResult MailDeleted(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status200OK,
            new("メールを消しました", "The mail is deleted"),
            new(
                "お見せいただいたメールと結果を、当店のサーバーから消しました。すでに報告したものは、担当者のところに残っています。",
                "We've deleted the mail and its result from our server. What you reported already stays with our staff."
            )
        );

    public static IResult Broken(HttpContext http) =>
        Page(
            http,
            StatusCodes.Status500InternalServerError,
            new("当店の側で問題が起きました", "Something went wrong on our side"),
            new(
                "お客様のせいではありません。ご注文は残っています。ページを開き直しても直らないときは、下の窓口にお知らせください。",
                "It isn't your fault, and your order is still there. If opening the page again doesn't help, please tell us as below."
            )
        );

    public static PageResult<FaultPage, FaultModel> Page(HttpContext http, int statusCode, Words title, Words whatToDo) =>
        new(new(ContextOf(http, "/"), title, whatToDo), statusCode);

    /// <summary>For pages that belong to no order: the language is the address's, or else the browser's, or else Japanese.</summary>
    public static PageContext ContextOf(HttpContext http, string path) =>
        new(Asked(http.Request) ?? Preferred(http.Request) ?? Locale.Ja, http.RequestServices.GetRequiredService<MerchantProfile>(), path)
        {
            Now = http.RequestServices.GetService<TimeProvider>()?.GetUtcNow(),
            Hours = http.RequestServices.GetService<ShopHours>()?.Current,
        };

    /// <summary>The language that the address asks for, or null.</summary>
    public static Locale? Asked(HttpRequest request) => Named(request.Query["lang"].ToString());

    private static Locale? Preferred(HttpRequest request)
    {
        foreach (var range in request.GetTypedHeaders().AcceptLanguage.OrderByDescending(range => range.Quality ?? 1))
        {
            if (Named(range.Value.Value?.Split('-')[0]) is { } preferred)
                return preferred;
        }

        return null;
    }

    private static Locale? Named(string? tag)
    {
        foreach (var (locale, name) in PageContext.Tags)
        {
            if (string.Equals(name, tag, StringComparison.OrdinalIgnoreCase))
                return locale;
        }

        return null;
    }
}
