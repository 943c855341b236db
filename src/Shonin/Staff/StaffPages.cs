using System.Collections.Immutable;
using System.Security.Cryptography;
using Shonin.Accounts;
using Shonin.Desk;
using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Merchant.Accounts;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Staff;

/// <summary>
/// Who is at the desk: admins invite colleagues, give them roles, sign them out and let them go; everybody sets up anew how they sign in. It is
/// done soon after signing in, and each act is in the trail.
/// </summary>
internal sealed class StaffPages(StaffParts parts, MerchantAudit audit)
{
    public const int NameLengthMax = 60;
    public const string AccountName = "account";
    public const string RoleName = "role";

    private const int ListedMax = 500;
    private const int SecretSizeBytes = 32;
    private const int IdSizeBytes = 16;

    public static readonly ImmutableArray<AccountRole> Roles = [AccountRole.Agent, AccountRole.Lead, AccountRole.Admin];

    private readonly FormSeal seal = new(parts.Rules.Keys, parts.Rules.Clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        var admins = routes.MapGroup("").Needs(DeskRight.Administer);
        admins.MapGet("/desk/staff", (Delegate)ShowAsync);
        admins.MapPost("/desk/staff", (Delegate)OpenAsync);
        admins.MapPost("/desk/staff/invitation", (Delegate)((HttpContext http) => ActAsync(http, InviteAsync)));
        admins.MapPost("/desk/staff/role", (Delegate)((HttpContext http) => ActAsync(http, SetRoleAsync)));
        admins.MapPost("/desk/staff/sign-out", (Delegate)((HttpContext http) => ActAsync(http, SignOutAsync)));
        admins.MapPost("/desk/staff/leaving", (Delegate)((HttpContext http) => ActAsync(http, LetGoAsync)));
        routes.MapGet("/desk/renewal", (Delegate)ShowRenewalAsync);
        routes.MapPost("/desk/renewal", (Delegate)RenewAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext http) =>
        parts.Door.SessionOf(http) is { } session
            ? await PageAsync(http, session, new(), StatusCodes.Status200OK)
            : parts.Door.Closed(http);

    /// <summary>A new colleague: their account, and the link that they set it up with.</summary>
    private Task<IResult> OpenAsync(HttpContext http) => SendAsync(http, async (session, fields) =>
        {
            var name = fields.GetValueOrDefault("name", "").Trim();
            var typed = fields.GetValueOrDefault(AddressForm.FieldName, "").Trim();
            var shown = new Shown { TypedName = name, TypedAddress = typed };
            if (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl))
                return await PageAsync(http, session, shown with { Troubles = [NoName] }, StatusCodes.Status422UnprocessableEntity);
            if (MailAddress.Read(typed) is not { } mail)
            {
                return await PageAsync(
                    http,
                    session,
                    shown with
                    {
                        Troubles = [AddressForm.NoAddress],
                    },
                    StatusCodes.Status422UnprocessableEntity
                );
            }
            if (RoleIn(fields) is not { } role)
                return PageFaults.NotFound(http);
            var id = new AccountId(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdSizeBytes)));
            var invitation = NewInvitation(Invitation.Lifetime);
            var locale = PageFaults.ContextOf(http, "").Locale;
            var result = await parts.Accounts.OpenStaffAsync(id, role, name, mail.Text, locale, invitation, http.RequestAborted);
            if (result is not AccountResult.Done)
                return await PageAsync(http, session, shown with { Troubles = [IsKnown] }, StatusCodes.Status409Conflict);
            audit.Did(AuditedAct.StaffInvited, session.Member.Id, id.Value);
            return await PageAsync(
                http,
                session,
                new() { Invitation = new(name, LinkOf(http, id, invitation.Secret), invitation.ExpiresAt) },
                StatusCodes.Status200OK
            );
        });

    private async Task<IResult> InviteAsync(
        HttpContext http,
        DeskSession session,
        OpenAccount colleague,
        IReadOnlyDictionary<string, string> _
    )
    {
        var invitation = NewInvitation(Invitation.Lifetime);
        if (await parts.Accounts.InviteAsync(colleague.Id, invitation, http.RequestAborted) is not AccountResult.Done)
            return PageFaults.NotFound(http);
        audit.Did(AuditedAct.StaffInvited, session.Member.Id, colleague.Id.Value);
        var link = LinkOf(http, colleague.Id, invitation.Secret);
        return await PageAsync(
            http,
            session,
            new() { Invitation = new(colleague.Details.DisplayName, link, invitation.ExpiresAt) },
            StatusCodes.Status200OK
        );
    }

    private async Task<IResult> SetRoleAsync(
        HttpContext http,
        DeskSession session,
        OpenAccount colleague,
        IReadOnlyDictionary<string, string> fields
    )
    {
        if (RoleIn(fields) is not { } role)
            return PageFaults.NotFound(http);
        if (colleague.Id.Value == session.Member.Id)
            return await PageAsync(http, session, new() { Troubles = [NotOneself] }, StatusCodes.Status409Conflict);
        if (await parts.Accounts.SetRoleAsync(colleague.Id, role, http.RequestAborted) is not AccountResult.Done)
            return PageFaults.NotFound(http);
        parts.Door.Forget(colleague.Id.Value);
        audit.Did(AuditedAct.StaffRoleChanged, session.Member.Id, colleague.Id.Value);
        var (name, words) = (colleague.Details.DisplayName, StaffWords.NameOf(role));
        return await PageAsync(
            http,
            session,
            new()
            {
                Done = new(
                    $"{name}さんの役割を「{words.Ja}」にしました。もう一度入ると有効になります。",
                    $"{name} is now: {words.En}. It holds once they sign in again."
                ),
            },
            StatusCodes.Status200OK
        );
    }

    private async Task<IResult> SignOutAsync(
        HttpContext http,
        DeskSession session,
        OpenAccount colleague,
        IReadOnlyDictionary<string, string> _
    )
    {
        await parts.Accounts.EndSessionsAsync(colleague.Id, http.RequestAborted);
        parts.Door.Forget(colleague.Id.Value);
        audit.Did(AuditedAct.StaffSignedOut, session.Member.Id, colleague.Id.Value);
        var name = colleague.Details.DisplayName;
        return await PageAsync(
            http,
            session,
            new() { Done = new($"{name}さんは、すべての端末で窓口から出ました。", $"{name} is signed out everywhere.") },
            StatusCodes.Status200OK
        );
    }

    private async Task<IResult> LetGoAsync(
        HttpContext http,
        DeskSession session,
        OpenAccount colleague,
        IReadOnlyDictionary<string, string> _
    )
    {
        if (colleague.Id.Value == session.Member.Id)
            return await PageAsync(http, session, new() { Troubles = [NotOneself] }, StatusCodes.Status409Conflict);
        await parts.Accounts.SetRoleAsync(colleague.Id, AccountRole.Former, http.RequestAborted);
        parts.Door.Forget(colleague.Id.Value);
        audit.Did(AuditedAct.StaffLeft, session.Member.Id, colleague.Id.Value);
        var name = colleague.Details.DisplayName;
        return await PageAsync(
            http,
            session,
            new()
            {
                Done = new(
                    $"{name}さんは、もう窓口に入れません。戻すときは役割を選び直してください。",
                    $"{name} can't enter the desk any more. To take this back, give them a role again."
                ),
            },
            StatusCodes.Status200OK
        );
    }

    private async Task<IResult> ShowRenewalAsync(HttpContext http)
    {
        if (parts.Door.SessionOf(http) is not { } session)
            return parts.Door.Closed(http);
        var account = await parts.Accounts.FindAsync(new(session.Member.Id), http.RequestAborted);
        return new PageResult<RenewalPage, RenewalModel>(
            new(PageFaults.ContextOf(http, "/desk/renewal"), account is not null, seal.New(session.Secret)),
            StatusCodes.Status200OK
        );
    }

    /// <summary>Somebody sets up anew how they sign in: another password, another app, a passkey.</summary>
    private Task<IResult> RenewAsync(HttpContext http) => SendAsync(http, async (session, _) =>
        {
            var invitation = NewInvitation(Invitation.OwnLifetime);
            var account = new AccountId(session.Member.Id);
            if (await parts.Accounts.InviteAsync(account, invitation, http.RequestAborted) is not AccountResult.Done)
                return PageFaults.NotFound(http); // an API key has no account
            audit.Did(AuditedAct.StaffInvited, session.Member.Id, account.Value);
            return See.Other(PageFaults.ContextOf(http, "").To(JoinPages.PathOf(account, invitation.Secret)));
        });

    /// <summary>A form about one colleague.</summary>
    private Task<IResult> ActAsync(
        HttpContext http,
        Func<HttpContext, DeskSession, OpenAccount, IReadOnlyDictionary<string, string>, Task<IResult>> act
    ) =>
        SendAsync(http, async (session, fields) =>
            await parts.Accounts.FindAsync(new(fields.GetValueOrDefault(AccountName, "")), http.RequestAborted)
                is { Account.Role: not AccountRole.Customer } colleague
                ? await act(http, session, colleague, fields)
                : PageFaults.NotFound(http)
        );

    /// <summary>A form of ours, soon after signing in.</summary>
    private async Task<IResult> SendAsync(HttpContext http, Func<DeskSession, IReadOnlyDictionary<string, string>, Task<IResult>> act)
    {
        if (parts.Door.SessionOf(http) is not { } session)
            return parts.Door.Closed(http);
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        if (seal.Open(session.Secret, fields.GetValueOrDefault(FormSeal.FieldName)) is null || !session.IsFresh)
            return parts.Door.SignInPage(http, "", [NotFresh], StatusCodes.Status401Unauthorized);
        return await act(session, fields);
    }

    private static AccountRole? RoleIn(IReadOnlyDictionary<string, string> fields) =>
        Roles.Select(role => (AccountRole?)role).FirstOrDefault(role => role.ToString() == fields.GetValueOrDefault(RoleName));

    private (string Secret, DateTimeOffset ExpiresAt) NewInvitation(TimeSpan lifetime) =>
        (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretSizeBytes)), parts.Rules.Clock.GetUtcNow() + lifetime);

    /// <summary>At the address where the admin reads it: that is where the desk is.</summary>
    private static string LinkOf(HttpContext http, AccountId account, string secret) =>
        $"{http.Request.Scheme}://{http.Request.Host}{JoinPages.PathOf(account, secret)}";

    /// <summary>What the page says beside the list.</summary>
    private sealed record Shown
    {
        public NewInvitation? Invitation { get; init; }
        public Words? Done { get; init; }
        public string TypedName { get; init; } = "";
        public string TypedAddress { get; init; } = "";
        public ImmutableArray<PageTrouble> Troubles { get; init; } = [];
    }

    private async Task<IResult> PageAsync(HttpContext http, DeskSession session, Shown shown, int statusCode)
    {
        var list = await parts.Accounts.ListStaffAsync(ListedMax, http.RequestAborted);
        var now = parts.Rules.Clock.GetUtcNow();
        return new PageResult<StaffPage, StaffModel>(
            new(
                PageFaults.ContextOf(http, "/desk/staff"),
                session.Member.Name,
                [.. list.Members.Select(member => ShownOf(member, session.Member.Id, now))],
                list.IsWhole,
                shown.Invitation,
                shown.Done,
                seal.New(session.Secret),
                shown.Troubles
            )
            {
                TypedName = shown.TypedName,
                TypedAddress = shown.TypedAddress,
            },
            statusCode
        );
    }

    private static ShownColleague ShownOf(OpenAccount member, string self, DateTimeOffset now)
    {
        var (account, details) = (member.Account, member.Details);
        var isSetUp = details.PasswordHash is not null || !details.Passkeys.IsEmpty;
        var isInvited = account.Invitation is { } invitation && invitation.ExpiresAt > now;
        var state =
            account.Role == AccountRole.Former ? StaffState.Former
            : isSetUp ? StaffState.SetUp
            : isInvited ? StaffState.Invited
            : StaffState.LinkExpired;
        return new(
            member.Id.Value,
            details.DisplayName,
            details.Addresses[0].Address,
            account.Role,
            state,
            isInvited ? account.Invitation!.ExpiresAt : null,
            account.Sessions.Select(session => (DateTimeOffset?)session.SeenAt).Max(),
            member.Id.Value == self
        );
    }

    private static PageTrouble NoName { get; } =
        new(
            new("名前を入れてください。お客様にも見えます(60文字まで)。", "Please type a name. Customers see it (60 characters at most)."),
            "name"
        );

    private static PageTrouble IsKnown { get; } =
        new(
            new(
                "このアドレスの人は、もう一覧にいます。その人の行の操作を使ってください。窓口から外した人は、役割を選ぶと戻ります。",
                "Somebody with this address is on the list already. Use the actions of their row; somebody who was let go comes back with a role."
            ),
            AddressForm.FieldId
        );

    private static PageTrouble NotOneself { get; } =
        new(
            new(
                "自分の役割は変えられません。窓口に管理者がいなくならないように、ほかの管理者に頼んでください。",
                "You can't change your own role. Ask another admin, so that the desk is never without one."
            ),
            null
        );

    private static PageTrouble NotFresh { get; } =
        new(
            new(
                "窓口に入る人を決める操作には、もう一度入り直すことが必要です。",
                "Please sign in again for this: it decides who can enter the desk."
            ),
            null
        );
}
