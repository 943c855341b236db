using System.Collections.Immutable;
using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Merchant.Accounts;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>
/// Who may enter: passkeys, the password, and where somebody is signed in. What changes that is done soon after signing in, and told to the
/// owner by mail; ending a session is always possible.
/// </summary>
internal sealed class SecurityPages(AccountManager accounts, AccountBook book, AccountEntry entry, Passkeys? passkeys, FormSeal seal)
{
    public const int NameLengthMax = 60;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/security", (Delegate)ShowAsync);
        routes.MapPost("/account/security/password", (Delegate)SetPasswordAsync);
        routes.MapPost("/account/security/passkeys/options", (Delegate)AskForPasskeyAsync);
        routes.MapPost("/account/security/passkeys", (Delegate)AddPasskeyAsync);
        routes.MapPost("/account/security/passkeys/removal", (Delegate)RemovePasskeyAsync);
        routes.MapPost("/account/security/sessions/end", (Delegate)EndSessionAsync);
        routes.MapPost("/account/security/sessions/end-others", (Delegate)EndOthersAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext http) =>
        await entry.Door.WhoIsAsync(http) is { } who ? Page(http, who, null, []) : entry.SignIn.Closed(http, AfterSignIn.Security);

    private Task<IResult> SetPasswordAsync(HttpContext http) => ChangeAsync(http, async (who, fields) =>
        {
            var user = UserOf(who);
            var (present, password) = (fields.GetValueOrDefault("current", ""), fields.GetValueOrDefault("password", ""));
            if (
                user.PasswordHash is not null
                && await entry.TryPresentAsync(who, present, http.RequestAborted) is PasswordAnswer.TooMany(var wait)
            )
            {
                return PageFaults.TooMany(http, wait);
            }
            var result = user.PasswordHash is null
                ? await accounts.SetPasswordAsync(user, password)
                : await accounts.ChangePasswordAsync(user, present, password);
            return result.Succeeded
                ? Page(http, who with { Account = user.Read! }, new("パスワードを変えました。", "Your password is changed."), [])
                : Page(http, who, null, PasswordWords.Of(result));
        });

    private Task<IResult> AskForPasskeyAsync(HttpContext http) =>
        ChangeAsync(http, async (who, _) =>
            passkeys is null
                ? PageFaults.NotFound(http)
                : Results.Text(await passkeys.AskForNewAsync(http, UserOf(who)), "application/json")
        );

    private Task<IResult> AddPasskeyAsync(HttpContext http) => ChangeAsync(http, async (who, fields) =>
        {
            var user = UserOf(who);
            if (passkeys is null || await passkeys.ReadNewAsync(http, user, fields.GetValueOrDefault("credential", "")) is not { } passkey)
                return Page(http, who, null, [PasskeyWords.Failed]);
            passkey.Name = PasskeyWords.NameOf(fields.GetValueOrDefault("name", ""), http, ContextOf(http).Locale);
            var result = await accounts.AddOrUpdatePasskeyAsync(user, passkey);
            return result.Succeeded
                ? Page(http, who with { Account = user.Read! }, new("パスキーを加えました。", "Your passkey is added."), [])
                : Page(http, who, null, PasswordWords.Of(result));
        });

    private Task<IResult> RemovePasskeyAsync(HttpContext http) => ChangeAsync(http, async (who, fields) =>
        {
            var user = UserOf(who);
            if (user.Passkeys.Find(passkey => passkey.Hash == fields.GetValueOrDefault("passkey")) is not { } gone)
                return See.Other(ContextOf(http).To("/account/security"));
            if (user.PasswordHash is null && user.Passkeys.Count == 1)
                return Page(http, who, null, [LastWayIn]);
            var result = await accounts.RemovePasskeyAsync(user, gone.CredentialId);
            return result.Succeeded
                ? Page(http, who with { Account = user.Read! }, new("パスキーを外しました。", "The passkey is removed."), [])
                : Page(http, who, null, PasswordWords.Of(result));
        });

    private Task<IResult> EndSessionAsync(HttpContext http) => SendAsync(http, async (who, fields) =>
        {
            await book.EndSessionAsync(who.Account.Id, fields.GetValueOrDefault("session", ""), http.RequestAborted);
            return See.Other(ContextOf(http).To("/account/security"));
        });

    private Task<IResult> EndOthersAsync(HttpContext http) => SendAsync(http, async (who, _) =>
        {
            await book.EndOtherSessionsAsync(who.Account.Id, who.Session.Session, http.RequestAborted);
            return See.Other(ContextOf(http).To("/account/security"));
        });

    /// <summary>What changes who may enter: soon after signing in.</summary>
    private Task<IResult> ChangeAsync(HttpContext http, Func<SignedIn, IReadOnlyDictionary<string, string>, Task<IResult>> act) =>
        SendAsync(http, (who, fields) =>
            entry.Door.IsFresh(who) ? act(who, fields) : Task.FromResult(entry.SignIn.NotFresh(http, AfterSignIn.Security))
        );

    /// <summary>A form of ours, of this session.</summary>
    private async Task<IResult> SendAsync(HttpContext http, Func<SignedIn, IReadOnlyDictionary<string, string>, Task<IResult>> act)
    {
        if (await entry.Door.WhoIsAsync(http) is not { } who)
            return entry.SignIn.Closed(http, AfterSignIn.Security);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        return seal.Open(who.Session.Session, fields.GetValueOrDefault(FormSeal.FieldName)) is null
            ? Page(http, who, null, [TooOld])
            : await act(who, fields);
    }

    /// <summary>As it is changed: the other sessions end with a new stamp, and this one stays.</summary>
    private static AccountUser UserOf(SignedIn who)
    {
        var user = AccountUser.Of(who.Account);
        user.Grounds = new() { KeptSession = who.Session.Session };
        return user;
    }

    private PageResult<SecurityPage, SecurityModel> Page(HttpContext http, SignedIn who, Words? done, ImmutableArray<PageTrouble> troubles)
    {
        var (account, details) = (who.Account.Account, who.Account.Details);
        var now = entry.Door.Now;
        return new(
            new(
                ContextOf(http),
                [.. details.Addresses.Select(address => address.Address)],
                details.PasswordHash is null ? PasswordState.None : PasswordState.Set,
                passkeys is null ? PasskeyOffer.Hidden : PasskeyOffer.Shown,
                [.. details.Passkeys.Select(passkey => new ShownPasskey(passkey.Hash, passkey.Name ?? "", passkey.CreatedAt))],
                [
                    .. account
                        .Sessions.Where(session => session.IsOpenAt(now, SessionTerms.Customers))
                        .OrderByDescending(session => session.Session == who.Session.Session)
                        .ThenByDescending(session => session.SeenAt)
                        .Select(session => new ShownSession(
                            session.Session,
                            session.Device.Words,
                            session.BegunAt,
                            session.SeenAt,
                            session.Session == who.Session.Session ? SessionPlace.Here : SessionPlace.Elsewhere
                        )),
                ],
                seal.New(who.Session.Session),
                done,
                troubles
            ),
            troubles.IsEmpty ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity
        );
    }

    private static PageTrouble TooOld { get; } =
        new(
            new(
                "ページを開いてから時間がたちすぎました。もう一度、お試しください。",
                "This page was open for too long. Please try once more."
            ),
            null
        );

    private static PageTrouble LastWayIn { get; } =
        new(
            new(
                "このパスキーを外すと、ログインする方法がなくなります。先にパスワードを決めてください。",
                "Without this passkey you couldn't sign in. Set a password first."
            ),
            null
        );

    private static PageContext ContextOf(HttpContext http) => PageFaults.ContextOf(http, "/account/security");
}

/// <summary>Who is signed in, and what whoever is not sees.</summary>
/// <param name="Passwords">Where the present password is asked of whoever is signed in.</param>
internal sealed record AccountEntry(AccountDoor Door, SignInPages SignIn, PasswordCheck Passwords)
{
    /// <summary>
    /// The present password of somebody who is signed in, slowed down like signing in: by session, so that whoever finds a browser open guesses
    /// no more than a stranger does, and shuts out nobody else.
    /// </summary>
    public Task<PasswordAnswer> TryPresentAsync(SignedIn who, string typed, CancellationToken cancellation) =>
        Passwords.TryAsync(AccountUser.Of(who.Account), new("", "", $"session {who.Session.Session}"), typed, cancellation);
}
