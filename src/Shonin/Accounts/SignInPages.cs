using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>
/// The way in: a passkey, or an address and its password. One refusal for everything that is wrong.
/// </summary>
internal sealed class SignInPages(
    AccountManager accounts,
    PasswordCheck passwords,
    AccountDoor door,
    Passkeys? passkeys,
    ScreenLimits limits,
    TimeProvider clock
)
{
    public const string NextName = "next";

    private const int KeyCountMax = 100_000;

    private readonly Allowance byClient = new(limits.SignInsPerAddressPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/sign-in", (Delegate)ShowAsync);
        routes.MapPost("/account/sign-in", (Delegate)SignInAsync);
        routes.MapPost("/account/sign-in/passkey/options", (Delegate)AskForPasskeyAsync);
        routes.MapPost("/account/sign-in/passkey", (Delegate)SignInByPasskeyAsync);
        routes.MapPost("/account/sign-out", (Delegate)SignOutAsync);
    }

    public static string NameOf(AfterSignIn next) =>
        next switch
        {
            AfterSignIn.Account => "account",
            AfterSignIn.Security => "security",
            AfterSignIn.Addresses => "addresses",
            AfterSignIn.Privacy => "privacy",
        };

    /// <summary>What whoever is not signed in sees instead of an account's page.</summary>
    public IResult Closed(HttpContext http, AfterSignIn next) => Page(http, "", next, null, [], StatusCodes.Status401Unauthorized);

    /// <summary>What somebody sees who has been signed in for too long to change who may enter.</summary>
    public IResult NotFresh(HttpContext http, AfterSignIn next) =>
        Page(
            http,
            "",
            next,
            new(
                "この操作には、もう一度ログインが必要です。ほかの人が、この端末からお客様のアカウントを変えられないようにするためです。",
                "Please sign in again for this. It keeps others from changing your account on this device."
            ),
            [],
            StatusCodes.Status401Unauthorized
        );

    private async Task<IResult> ShowAsync(HttpContext http) =>
        await door.WhoIsAsync(http) is null
            ? Page(http, "", AfterSignIn.Account, null, [], StatusCodes.Status200OK)
            : See.Other(PageFaults.ContextOf(http, "/account").To("/account"));

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        if (byClient.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        var (typed, next) = (fields.GetValueOrDefault(AddressForm.FieldName, "").Trim(), NextOf(fields));
        // What no address can be is looked for all the same: it is refused like any other.
        var user = await accounts.FindByEmailAsync(typed);
        var device = user is null ? null : door.Devices.Find(http, user.Id);
        var tried = new PasswordTry($"customer {typed.ToLowerInvariant()}", PageGate.AddressOf(http), device);
        var answer = await passwords.TryAsync(user, tried, fields.GetValueOrDefault("password", ""), http.RequestAborted);
        if (answer is PasswordAnswer.TooMany(var retryAfter))
            return PageFaults.TooMany(http, retryAfter);
        if (answer is PasswordAnswer.Right && await door.OpenAsync(http, user!.Id))
            return See.Other(PageFaults.ContextOf(http, "/account").To(PathOf(next)));
        return Page(http, typed, next, null, [Refusal], StatusCodes.Status401Unauthorized);
    }

    private async Task<IResult> AskForPasskeyAsync(HttpContext http)
    {
        if (passkeys is null)
            return PageFaults.NotFound(http);
        if (byClient.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        return Results.Text(await passkeys.AskForOneAsync(http), "application/json");
    }

    private async Task<IResult> SignInByPasskeyAsync(HttpContext http)
    {
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        var next = NextOf(fields);
        if (
            passkeys is not null
            && await passkeys.ReadOneAsync(http, fields.GetValueOrDefault("credential", "")) is { } user
            && await door.OpenAsync(http, user.Id)
        )
        {
            return See.Other(PageFaults.ContextOf(http, "/account").To(PathOf(next)));
        }
        return Page(
            http,
            "",
            next,
            null,
            [
                new(
                    new(
                        "パスキーでログインできませんでした。もう一度お試しいただくか、パスワードをお使いください。",
                        "The passkey didn't work. Please try again, or use your password."
                    ),
                    null
                ),
            ],
            StatusCodes.Status401Unauthorized
        );
    }

    private async Task<IResult> SignOutAsync(HttpContext http)
    {
        await door.CloseAsync(http);
        return See.Other(PageFaults.ContextOf(http, "/account").To("/account/sign-in"));
    }

    private static PageTrouble Refusal { get; } =
        new(
            new(
                "メールアドレスかパスワードが違います。登録がお済みでないときは、「新しく登録する」からお進みください。",
                "The mail address or the password is wrong. If you have no account yet, choose “Create an account”."
            ),
            AddressForm.FieldId
        );

    private static AfterSignIn NextOf(IReadOnlyDictionary<string, string> fields) =>
        Enum.GetValues<AfterSignIn>().FirstOrDefault(next => NameOf(next) == fields.GetValueOrDefault(NextName));

    private static string PathOf(AfterSignIn next) =>
        next switch
        {
            AfterSignIn.Account => "/account",
            AfterSignIn.Security => "/account/security",
            AfterSignIn.Addresses => "/account/addresses",
            AfterSignIn.Privacy => "/account/privacy",
        };

    private PageResult<AccountSignInPage, AccountSignInModel> Page(
        HttpContext http,
        string typed,
        AfterSignIn next,
        Words? why,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    ) =>
        new(
            new(
                PageFaults.ContextOf(http, "/account/sign-in"),
                typed,
                next,
                passkeys is null ? PasskeyOffer.Hidden : PasskeyOffer.Shown,
                why,
                troubles
            ),
            statusCode
        );
}
