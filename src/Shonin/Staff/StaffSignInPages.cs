using System.Collections.Immutable;
using Shonin.Accounts;
using Shonin.Desk;
using Shonin.Domain.Accounts;
using Shonin.Merchant.Accounts;
using Shonin.Web;

namespace Shonin.Staff;

/// <summary>What the pages of staff's own accounts use.</summary>
/// <param name="Passkeys">Null where the site can have none.</param>
internal sealed record StaffParts(
    AccountBook Accounts,
    PasswordCheck Passwords,
    Passkeys? Passkeys,
    KnownDevices Devices,
    StaffSessions Sessions,
    KeySessions Keys,
    DeskDoor Door,
    ScreenRules Rules
)
{
    public AccountManager Manager => Passwords.Accounts;

    /// <summary>Lets a colleague in with this browser, which is known from then on.</summary>
    /// <param name="account">As it was held against what was typed.</param>
    /// <param name="timeStep">The step of time whose code was typed; null where none was.</param>
    public ValueTask<IResult> LetInAsync(HttpContext http, OpenAccount account, long? timeStep)
    {
        Devices.Remember(http, account.Id);
        var device = Device.Of(http.Request.Headers.UserAgent.ToString());
        return Door.LetInAsync(http, StaffSessions.MemberOf(account), () =>
            Sessions.OpenAsync(account, device, timeStep, http.RequestAborted)
        );
    }
}

/// <summary>
/// The way in to the desk: a passkey; or an address, its password, and then the code of an authenticator app. An API key with the admin scope
/// opens it too, for whoever sets it up, unless the settings say otherwise.
/// </summary>
internal sealed class StaffSignInPages(StaffParts parts)
{
    private const int KeyCountMax = 100_000;
    private const int WrongCodesMax = 5;

    private static readonly TimeSpan codeWindow = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ticketLifetime = TimeSpan.FromMinutes(5);

    private readonly TimeProvider clock = parts.Rules.Clock;
    private readonly SealedTicket<Passed> tickets = new(parts.Rules.Keys, "desk password");
    private readonly Allowance byClient = new(
        parts.Rules.Limits.SignInsPerAddressPerMinute,
        TimeSpan.FromMinutes(1),
        KeyCountMax,
        parts.Rules.Clock
    );

    /// <summary>Only whoever typed the right password gets as far: nobody else can use up an owner's tries.</summary>
    private readonly Allowance wrongCodes = new(WrongCodesMax, codeWindow, KeyCountMax, parts.Rules.Clock);

    /// <summary>The password of this account was right, as its details stood then.</summary>
    private sealed record Passed(string Account, int Revision, DateTimeOffset Until);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/desk/sign-in", (Delegate)SignInAsync);
        routes.MapPost("/desk/sign-in/code", (Delegate)TypeCodeAsync);
        routes.MapPost("/desk/sign-in/passkey/options", (Delegate)AskForPasskeyAsync);
        routes.MapPost("/desk/sign-in/passkey", (Delegate)SignInByPasskeyAsync);
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        if (byClient.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        return fields.TryGetValue("key", out var key)
            ? await SignInByKeyAsync(http, key)
            : await SignInByPasswordAsync(http, fields.GetValueOrDefault(AddressForm.FieldName, "").Trim(), fields);
    }

    private async ValueTask<IResult> SignInByKeyAsync(HttpContext http, string key)
    {
        if (parts.Keys.MemberOf(key) is not { } member)
        {
            parts.Door.SignInFailed(http);
            return Page(http, "", [StaffWords.WrongKey], StatusCodes.Status401Unauthorized);
        }
        return await parts.Door.LetInAsync(http, member, () => ValueTask.FromResult(parts.Keys.Open(key)));
    }

    private async ValueTask<IResult> SignInByPasswordAsync(HttpContext http, string address, IReadOnlyDictionary<string, string> fields)
    {
        // What no address can be, and who is no colleague any more, is looked for all the same: it is refused like any other.
        var found = await parts.Accounts.FindStaffAsync(address, http.RequestAborted);
        var user = found is { Account.Role: var role } && role.MayUse(DeskRight.Serve) ? AccountUser.Of(found) : null;
        var device = user is null ? null : parts.Devices.Find(http, user.Id);
        var tried = new PasswordTry($"staff {address.ToLowerInvariant()}", PageGate.AddressOf(http), device);
        switch (await parts.Passwords.TryAsync(user, tried, fields.GetValueOrDefault("password", ""), http.RequestAborted))
        {
            case PasswordAnswer.Right when user!.AuthenticatorKey is not null:
                return CodePage(
                    http,
                    tickets.Seal(new(user.Id.Value, user.Read!.Details.Revision, clock.GetUtcNow() + ticketLifetime)),
                    [],
                    StatusCodes.Status200OK
                );
            case PasswordAnswer.TooMany(var retryAfter):
                return PageFaults.TooMany(http, retryAfter);
            default:
                parts.Door.SignInFailed(http);
                return Page(http, address, [StaffWords.Refused], StatusCodes.Status401Unauthorized);
        }
    }

    private async Task<IResult> TypeCodeAsync(HttpContext http)
    {
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        var brought = fields.GetValueOrDefault(TimeCodeModel.TicketName, "");
        if (
            tickets.Open(brought) is not { } passed
            || passed.Until <= clock.GetUtcNow()
            || await parts.Accounts.FindAsync(new(passed.Account), http.RequestAborted)
                is not { Details.AuthenticatorKey: { } secret } account
            || account.Details.Revision != passed.Revision
        )
        {
            return Page(http, "", [StaffWords.TooOld], StatusCodes.Status401Unauthorized);
        }
        if (wrongCodes.Look(passed.Account) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        if (TimeCodes.StepOf(secret, fields.GetValueOrDefault(TimeCodeModel.CodeName, ""), clock.GetUtcNow()) is not { } step)
        {
            wrongCodes.Take(passed.Account);
            parts.Door.SignInFailed(http);
            return CodePage(http, brought, [StaffWords.WrongCode], StatusCodes.Status401Unauthorized);
        }
        if (step <= account.Account.TimeStep)
            return CodePage(http, brought, [StaffWords.UsedCode], StatusCodes.Status401Unauthorized);
        return await parts.LetInAsync(http, account, step);
    }

    private async Task<IResult> AskForPasskeyAsync(HttpContext http)
    {
        if (parts.Passkeys is null)
            return PageFaults.NotFound(http);
        if (byClient.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        return Results.Text(await parts.Passkeys.AskForOneAsync(http), "application/json");
    }

    private async Task<IResult> SignInByPasskeyAsync(HttpContext http)
    {
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        if (
            parts.Passkeys is not null
            && await parts.Passkeys.ReadOneAsync(http, fields.GetValueOrDefault("credential", "")) is { Read: { } account }
            && account.Account.Role.MayUse(DeskRight.Serve)
        )
        {
            return await parts.LetInAsync(http, account, null);
        }
        parts.Door.SignInFailed(http);
        return Page(http, "", [StaffWords.PasskeyRefused], StatusCodes.Status401Unauthorized);
    }

    private IResult Page(HttpContext http, string typed, ImmutableArray<PageTrouble> troubles, int statusCode) =>
        parts.Door.SignInPage(http, typed, troubles, statusCode);

    private static PageResult<TimeCodePage, TimeCodeModel> CodePage(
        HttpContext http,
        string ticket,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    ) => new(new(PageFaults.ContextOf(http, DeskDoor.Path), ticket, troubles), statusCode);
}
