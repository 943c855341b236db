using System.Collections.Immutable;
using Microsoft.AspNetCore.Identity;
using Shonin.Domain.Accounts;
using Shonin.Merchant.Accounts;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>
/// Registering, and a new password for whoever forgot theirs. Both go address, code, then how to sign in; only once the code was typed is it
/// told whether the address has an account.
/// </summary>
internal sealed class SignUpPages(AccountManager accounts, AccountBook book, CodeExchange codes, AccountDoor door, Passkeys? passkeys)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var purpose in new[] { CodePurpose.SignUp, CodePurpose.Recover })
        {
            var path = AddressForm.PathOf(purpose);
            routes.MapGet(path, (HttpContext http) => AddressForm.Page(PageFaults.ContextOf(http, path), purpose, "", []));
            routes.MapPost(path, (Delegate)((HttpContext http) => SendAsync(http, purpose)));
            routes.MapPost($"{path}/code", (Delegate)((HttpContext http) => TypeAsync(http, purpose)));
            routes.MapPost($"{path}/password", (Delegate)((HttpContext http) => SetPasswordAsync(http, purpose)));
        }
        routes.MapPost("/account/sign-up/passkey/options", (Delegate)AskForPasskeyAsync);
        routes.MapPost("/account/sign-up/passkey", (Delegate)SignUpByPasskeyAsync);
    }

    private async Task<IResult> SendAsync(HttpContext http, CodePurpose purpose)
    {
        var context = ContextOf(http, purpose);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        var (address, wrong) = AddressForm.Read(context, purpose, fields);
        return address is null ? wrong! : await codes.SendAsync(http, context, purpose, "", address);
    }

    private async Task<IResult> TypeAsync(HttpContext http, CodePurpose purpose)
    {
        var context = ContextOf(http, purpose);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        var (proved, page) = await codes.TypeAsync(http, context, purpose, "", fields);
        if (proved is null)
            return page!;
        return (purpose, await book.FindByAddressAsync(proved.Address, http.RequestAborted)) switch
        {
            (CodePurpose.SignUp, not null) => HasAccount(context),
            (CodePurpose.Recover, not { Account.Role: AccountRole.Customer }) => HasNone(context),
            _ => Page(context, purpose, proved, [], StatusCodes.Status200OK),
        };
    }

    private async Task<IResult> SetPasswordAsync(HttpContext http, CodePurpose purpose)
    {
        var context = ContextOf(http, purpose);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        if (codes.ProvedIn(fields, purpose, "") is not { } proved)
            return CodeExchange.Ended(context, purpose);
        var password = fields.GetValueOrDefault("password", "");
        if (purpose == CodePurpose.SignUp)
        {
            var user = NewUser(context, proved);
            return await EnterAsync(http, context, purpose, proved, user, await accounts.CreateAsync(user, password));
        }
        if (await accounts.FindByEmailAsync(proved.Address) is not { Role: AccountRole.Customer } known)
            return HasNone(context);
        known.Grounds = new() { Proof = proved.Proof };
        return await EnterAsync(http, context, purpose, proved, known, await accounts.SetPasswordAsync(known, password));
    }

    private async Task<IResult> AskForPasskeyAsync(HttpContext http)
    {
        var context = ContextOf(http, CodePurpose.SignUp);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        return passkeys is not null && codes.ProvedIn(fields, CodePurpose.SignUp, "") is { } proved
            ? Results.Text(await passkeys.AskForNewAsync(http, NewUser(context, proved)), "application/json")
            : CodeExchange.Ended(context, CodePurpose.SignUp);
    }

    private async Task<IResult> SignUpByPasskeyAsync(HttpContext http)
    {
        var context = ContextOf(http, CodePurpose.SignUp);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        if (codes.ProvedIn(fields, CodePurpose.SignUp, "") is not { } proved)
            return CodeExchange.Ended(context, CodePurpose.SignUp);
        var user = NewUser(context, proved);
        if (passkeys is null || await passkeys.ReadNewAsync(http, user, fields.GetValueOrDefault("credential", "")) is not { } passkey)
            return Page(context, CodePurpose.SignUp, proved, [PasskeyWords.Failed], StatusCodes.Status422UnprocessableEntity);
        passkey.Name = PasskeyWords.NameOf("", http, context.Locale);
        user.Passkeys.Add(AccountStore.KeptOf(passkey));
        return await EnterAsync(http, context, CodePurpose.SignUp, proved, user, await accounts.CreateAsync(user));
    }

    private async ValueTask<IResult> EnterAsync(
        HttpContext http,
        PageContext context,
        CodePurpose purpose,
        ProvedByCode proved,
        AccountUser user,
        IdentityResult result
    )
    {
        if (result.Errors.Any(error => error.Code == AccountStore.AddressTaken))
            return HasAccount(context);
        if (!result.Succeeded)
            return Page(context, purpose, proved, PasswordWords.Of(result), StatusCodes.Status422UnprocessableEntity);
        return await door.OpenAsync(http, user.Id) ? See.Other(context.To("/account")) : HasNone(context);
    }

    /// <summary>Its id is that of the code, which is random and in nobody's hands: a form that is sent twice names one account.</summary>
    private AccountUser NewUser(PageContext context, ProvedByCode proved) =>
        new()
        {
            Id = new(proved.Proof),
            Role = AccountRole.Customer,
            Addresses = [new(book.DigestOf(proved.Address), proved.Address)],
            Locale = context.Locale,
            Grounds = new() { Proof = proved.Proof },
        };

    private static PageResult<AccountTurnPage, AccountTurnModel> HasAccount(PageContext context) =>
        Turn(
            context,
            new("このアドレスは、もう登録されています", "This address has an account already"),
            new(
                "ログインしてください。パスワードをお忘れなら、新しく決められます。",
                "Please sign in. If you've forgotten your password, you can choose a new one."
            ),
            [(Titles.SignIn, "/account/sign-in"), (Titles.Of(CodePurpose.Recover), "/account/recover")]
        );

    private static PageResult<AccountTurnPage, AccountTurnModel> HasNone(PageContext context) =>
        Turn(
            context,
            new("このアドレスのアカウントはありません", "This address has no account"),
            new(
                "別のメールアドレスで登録されているかもしれません。まだのときは、新しく登録できます。",
                "Another address of yours may have one. If not, you can create an account."
            ),
            [(Titles.Of(CodePurpose.SignUp), "/account/sign-up"), (Titles.SignIn, "/account/sign-in")]
        );

    private static PageResult<AccountTurnPage, AccountTurnModel> Turn(
        PageContext context,
        Domain.Notices.Words title,
        Domain.Notices.Words sentence,
        ImmutableArray<(Domain.Notices.Words Name, string Path)> ways
    ) => new(new(context, title, sentence, ways), StatusCodes.Status200OK);

    private PageResult<PasswordPage, PasswordModel> Page(
        PageContext context,
        CodePurpose purpose,
        ProvedByCode proved,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    ) =>
        new(
            new(context, purpose, proved.Address, proved.Sealed, passkeys is null ? PasskeyOffer.Hidden : PasskeyOffer.Shown, troubles),
            statusCode
        );

    private static PageContext ContextOf(HttpContext http, CodePurpose purpose) => PageFaults.ContextOf(http, AddressForm.PathOf(purpose));
}
