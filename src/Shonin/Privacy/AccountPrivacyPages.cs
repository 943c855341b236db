using System.Collections.Immutable;
using Shonin.Accounts;
using Shonin.Domain.Accounts;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Merchant.Privacy;
using Shonin.Web;

namespace Shonin.Privacy;

/// <summary>
/// What somebody finds of themselves, downloads and erases: soon after signing in, and erasing with the password or a mailed code once more.
/// </summary>
internal sealed class AccountPrivacyPages(PrivacyParts privacy, AccountEntry entry, CodeExchange codes, FormSeal seal)
{
    public const string Route = "/account/privacy";
    private const string FileName = "shonin-personal-data.json";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, (Delegate)ShowAsync);
        routes.MapPost(Route + "/export", (Delegate)ExportAsync);
        routes.MapPost(Route + "/erasure", (Delegate)AskAsync);
        routes.MapPost(Route + "/erasure/code", (Delegate)TypeAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext http) =>
        await entry.Door.WhoIsAsync(http) is { } who ? await PageAsync(http, who, []) : entry.SignIn.Closed(http, AfterSignIn.Privacy);

    private async Task<IResult> ExportAsync(HttpContext http)
    {
        var (who, fields, closed) = await FreshAsync(http);
        if (who is null)
            return closed!;
        if (seal.Open(who.Session.Session, fields.GetValueOrDefault(FormSeal.FieldName)) is null)
            return await PageAsync(http, who, [PageTroubles.TooLongOpen]);
        return await PrivacyParts.UnlessUnusableAsync(http, async () =>
            Results.Bytes(
                (await privacy.Exporter.OfAsync(AddressOf(who), ExportReader.Owner, ContextOf(http).Locale, http.RequestAborted)).Write(),
                "application/json",
                FileName
            )
        );
    }

    /// <summary>With the password it is done; without one a code is mailed that does it.</summary>
    private async Task<IResult> AskAsync(HttpContext http)
    {
        var (who, fields, closed) = await FreshAsync(http);
        if (who is null)
            return closed!;
        if (!fields.TryGetValue("password", out var password))
        {
            var context = ContextOf(http);
            return MailAddress.Read(AddressOf(who)) is { } address
                ? await codes.SendAsync(http, context, CodePurpose.Erase, who.Account.Id.Value, address)
                : PageFaults.NotFound(http);
        }
        if (seal.Open(who.Session.Session, fields.GetValueOrDefault(FormSeal.FieldName)) is null)
            return await PageAsync(http, who, [PageTroubles.TooLongOpen]);
        return await entry.TryPresentAsync(who, password, http.RequestAborted) switch
        {
            PasswordAnswer.Right => await EraseAsync(http, who),
            PasswordAnswer.Wrong => await PageAsync(http, who, [wrongPassword]),
            PasswordAnswer.TooMany(var wait) => PageFaults.TooMany(http, wait),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<IResult> TypeAsync(HttpContext http)
    {
        var (who, fields, closed) = await FreshAsync(http);
        if (who is null)
            return closed!;
        var (proved, page) = await codes.TypeAsync(http, ContextOf(http), CodePurpose.Erase, who.Account.Id.Value, fields);
        return proved is null ? page! : await EraseAsync(http, who);
    }

    /// <summary>It is done beside the request; nobody is signed in any more from here on.</summary>
    private async Task<IResult> EraseAsync(HttpContext http, SignedIn who)
    {
        var context = ContextOf(http);
        return await PrivacyParts.UnlessUnusableAsync(http, async () =>
        {
            await privacy.Erasures.AskAsync(AddressOf(who), ErasureAsker.Owner, context.Locale, http.RequestAborted);
            await entry.Door.CloseAsync(http);
            return Asked(context);
        });
    }

    private static PageResult<AccountTurnPage, AccountTurnModel> Asked(PageContext context) =>
        new(
            new(
                context,
                new("お申し出を受け付けました", "We're erasing your data"),
                new(
                    "お客様のデータを消しています。すんだら、最後に1通だけメールでお知らせします。ログインは終わりました。",
                    "Your data are being erased now. When it's done, one last mail tells you so. You're signed out."
                ),
                [(PrivacyWording.PageName, PrivacyPages.Route)]
            ),
            StatusCodes.Status200OK
        );

    private async ValueTask<(SignedIn? Who, IReadOnlyDictionary<string, string> Fields, IResult? Closed)> FreshAsync(HttpContext http)
    {
        var none = ImmutableDictionary<string, string>.Empty;
        if (await entry.Door.WhoIsAsync(http) is not { } who)
            return (null, none, entry.SignIn.Closed(http, AfterSignIn.Privacy));
        if (!entry.Door.IsFresh(who))
            return (null, none, entry.SignIn.NotFresh(http, AfterSignIn.Privacy));
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        return fields is null ? (null, none, tooLarge) : (who, fields, null);
    }

    private async Task<IResult> PageAsync(HttpContext http, SignedIn who, ImmutableArray<PageTrouble> troubles)
    {
        var found = await privacy.Erasures.Finder.FindAsync(AddressOf(who), http.RequestAborted);
        return new PageResult<AccountPrivacyPage, AccountPrivacyModel>(
            new(
                ContextOf(http),
                AddressOf(who),
                who.Account.Details.PasswordHash is not null,
                found.PlanAt(entry.Door.Now),
                seal.New(who.Session.Session),
                troubles
            ),
            troubles.IsEmpty ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity
        );
    }

    private static readonly PageTrouble wrongPassword = new(new("パスワードが違います。", "That isn't your password."), "password");

    private static string AddressOf(SignedIn who) => who.Account.Details.Addresses[0].Address;

    private static PageContext ContextOf(HttpContext http) => PageFaults.ContextOf(http, Route);
}

/// <summary>What erases, and what hands out.</summary>
internal sealed record PrivacyParts(PersonErasures Erasures, PersonExporter Exporter)
{
    /// <summary>The page that says to come again, where the log cannot be used now or an index is being built.</summary>
    public static async Task<IResult> UnlessUnusableAsync(HttpContext http, Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (LogUnusableException)
        {
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        }
    }
}
