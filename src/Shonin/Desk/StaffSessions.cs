using System.Security.Cryptography;
using Shonin.Domain.Accounts;
using Shonin.Merchant.Accounts;

namespace Shonin.Desk;

/// <summary>Browsers in which colleagues signed in to their own accounts. They stand on the log by their hashes, and outlive a restart.</summary>
internal sealed class StaffSessions(AccountBook accounts, TimeProvider clock)
{
    private const int SecretSizeBytes = 32;

    /// <summary>Length of a session's secret, in hexadecimal digits.</summary>
    private const int SecretLength = 2 * SecretSizeBytes;

    private volatile bool areAny;

    /// <summary>Whether anybody has or had an account at the desk.</summary>
    public async ValueTask<bool> AreAnyAsync(CancellationToken cancellation) =>
        areAny || (areAny = !(await accounts.ListStaffAsync(1, cancellation)).Members.IsEmpty);

    /// <summary>The session that this secret opens, or null. No customer's does.</summary>
    public async ValueTask<DeskSession?> FindAsync(string secret, CancellationToken cancellation) =>
        secret.Length == SecretLength
        && await accounts.FindBySessionAsync(secret, cancellation) is var (account, session)
        && account.Account.Role.MayUse(DeskRight.Serve)
            ? new(secret, MemberOf(account), session.IsFreshAt(clock.GetUtcNow()))
            : null;

    /// <summary>Whose session this secret is, without using it; null where it is nobody's.</summary>
    public async ValueTask<string?> LookAsync(string secret, CancellationToken cancellation) =>
        secret.Length == SecretLength
        && await accounts.LookAtSessionAsync(secret, cancellation) is ({ Account.Role: var role } account, _)
        && role.MayUse(DeskRight.Serve)
            ? account.Id.Value
            : null;

    /// <returns>The session's secret; null where the account may not enter, or the code of this step of time was used before.</returns>
    /// <param name="account">As it was held against what was typed; where it is not so any more, no session is opened.</param>
    public async ValueTask<string?> OpenAsync(OpenAccount account, Device device, long? timeStep, CancellationToken cancellation)
    {
        if (!account.Account.Role.MayUse(DeskRight.Serve))
            return null;
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretSizeBytes));
        var revision = account.Details.Revision;
        return await accounts.OpenStaffSessionAsync(account.Id, secret, device, timeStep, revision, cancellation) is AccountResult.Done
            ? secret
            : null;
    }

    public async ValueTask CloseAsync(string secret, CancellationToken cancellation)
    {
        if (secret.Length == SecretLength && await accounts.FindBySessionAsync(secret, cancellation) is var (account, session))
            await accounts.EndSessionAsync(account.Id, session.Session, cancellation);
    }

    public static StaffMember MemberOf(OpenAccount account) => new(account.Id.Value, account.Details.DisplayName, account.Account.Role);
}
