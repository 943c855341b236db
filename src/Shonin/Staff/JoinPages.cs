using System.Collections.Immutable;
using Shonin.Accounts;
using Shonin.Domain.Notices;
using Shonin.Merchant.Accounts;
using Shonin.Web;

namespace Shonin.Staff;

/// <summary>
/// Where a colleague sets up how they sign in, at first or anew: a password with an authenticator app, or a passkey. The page's address holds
/// the invitation's secret. Opening it does nothing; whatever was set up before is void once it is done.
/// </summary>
internal sealed class JoinPages(StaffParts parts, MerchantProfile merchant)
{
    private const int SecretLength = 64;

    /// <summary>For reading the page, and for getting an app.</summary>
    private static readonly TimeSpan ticketLifetime = TimeSpan.FromHours(1);

    private readonly TimeProvider clock = parts.Rules.Clock;
    private readonly SealedTicket<Offered> tickets = new(parts.Rules.Keys, "desk authenticator");

    /// <summary>The secret that the page showed to whoever holds this invitation.</summary>
    private sealed record Offered(string Invitation, string Secret, DateTimeOffset Until);

    private sealed record Invited(string Text, string Secret, OpenAccount Account);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/desk/join/{invitation}", ShowAsync);
        routes.MapPost("/desk/join/{invitation}", JoinAsync);
        routes.MapPost("/desk/join/{invitation}/passkey/options", AskForPasskeyAsync);
        routes.MapPost("/desk/join/{invitation}/passkey", JoinByPasskeyAsync);
    }

    /// <summary>What stands in the address of an invitation.</summary>
    public static string PathOf(AccountId account, string secret) => $"/desk/join/{account}.{secret}";

    private async Task<IResult> ShowAsync(HttpContext http, string invitation) =>
        await ReadAsync(invitation, http.RequestAborted) is { } invited
            ? Page(http, invited, TimeCodes.NewSecret(), [], StatusCodes.Status200OK)
            : Void(http);

    private async Task<IResult> JoinAsync(HttpContext http, string invitation)
    {
        if (await ReadAsync(invitation, http.RequestAborted) is not { } invited)
            return Void(http);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        if (
            tickets.Open(fields.GetValueOrDefault(TimeCodeModel.TicketName)) is not { } offered
            || offered.Invitation != invited.Text
            || offered.Until <= clock.GetUtcNow()
        )
        {
            return Page(http, invited, TimeCodes.NewSecret(), [StaffWords.TooOld], StatusCodes.Status422UnprocessableEntity);
        }
        if (TimeCodes.StepOf(offered.Secret, fields.GetValueOrDefault(TimeCodeModel.CodeName, ""), clock.GetUtcNow()) is not { } step)
            return Page(http, invited, offered.Secret, [StaffWords.WrongCode], StatusCodes.Status422UnprocessableEntity);
        var user = Renewed(invited);
        user.AuthenticatorKey = offered.Secret;
        var result = await parts.Manager.SetPasswordAsync(user, fields.GetValueOrDefault("password", ""));
        return result.Succeeded
            ? await LetInAsync(http, user, step)
            : Page(http, invited, offered.Secret, PasswordWords.Of(result), StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<IResult> AskForPasskeyAsync(HttpContext http, string invitation) =>
        parts.Passkeys is { } passkeys && await ReadAsync(invitation, http.RequestAborted) is { } invited
            // The one from before is void once the new one is there: the same device may have both.
            ? Results.Text(await passkeys.AskForNewAsync(http, Renewed(invited)), "application/json")
            : Void(http);

    private async Task<IResult> JoinByPasskeyAsync(HttpContext http, string invitation)
    {
        if (await ReadAsync(invitation, http.RequestAborted) is not { } invited)
            return Void(http);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        var user = Renewed(invited);
        if (
            parts.Passkeys is not { } passkeys
            || await passkeys.ReadNewAsync(http, user, fields.GetValueOrDefault("credential", "")) is not { } passkey
        )
        {
            return Page(http, invited, TimeCodes.NewSecret(), [PasskeyWords.Failed], StatusCodes.Status422UnprocessableEntity);
        }
        passkey.Name = PasskeyWords.NameOf("", http, ContextOf(http, invited.Text).Locale);
        user.Passkeys.Add(AccountStore.KeptOf(passkey));
        var result = await parts.Manager.UpdateSecurityStampAsync(user);
        return result.Succeeded
            ? await LetInAsync(http, user, null)
            : Page(http, invited, TimeCodes.NewSecret(), PasswordWords.Of(result), StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>The account without any way in: those from before are void with this change.</summary>
    private static AccountUser Renewed(Invited invited)
    {
        var user = AccountUser.Of(invited.Account);
        user.Grounds = new() { Invitation = invited.Secret };
        user.Passkeys.Clear();
        (user.PasswordHash, user.AuthenticatorKey) = (null, null);
        return user;
    }

    private ValueTask<IResult> LetInAsync(HttpContext http, AccountUser user, long? timeStep)
    {
        parts.Door.SetUp(user.Id.Value);
        return parts.LetInAsync(http, user.Read!, timeStep);
    }

    private async ValueTask<Invited?> ReadAsync(string invitation, CancellationToken cancellation) =>
        invitation.Split('.') is [var account, { Length: SecretLength } secret]
        && await parts.Accounts.FindInvitedAsync(new(account), secret, cancellation) is { } found
            ? new(invitation, secret, found)
            : null;

    private static PageResult<FaultPage, FaultModel> Void(HttpContext http) =>
        PageFaults.Page(
            http,
            StatusCodes.Status404NotFound,
            new("この招待は使えません", "This invitation doesn't work"),
            new(
                "期限が過ぎたか、もう使われたか、新しい招待に替わりました。管理者に新しいリンクを頼んでください。設定がお済みなら、窓口からお入りください。",
                "It has expired, was used, or was replaced by a newer one. Ask an admin for a new link. If you have set it up already, sign in at the desk."
            )
        );

    private PageResult<JoinPage, JoinModel> Page(
        HttpContext http,
        Invited invited,
        string secret,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    )
    {
        var context = ContextOf(http, invited.Text);
        var (name, address) = (invited.Account.Details.DisplayName, invited.Account.Details.Addresses[0].Address);
        var issuer = merchant.Name(context.Locale);
        return new(
            new(
                context,
                invited.Text,
                name,
                address,
                secret,
                TimeCodes.LinkOf(issuer, address, secret),
                tickets.Seal(new(invited.Text, secret, clock.GetUtcNow() + ticketLifetime)),
                parts.Passkeys is null ? PasskeyOffer.Hidden : PasskeyOffer.Shown,
                troubles
            ),
            statusCode
        );
    }

    private static PageContext ContextOf(HttpContext http, string invitation) => PageFaults.ContextOf(http, $"/desk/join/{invitation}");
}
