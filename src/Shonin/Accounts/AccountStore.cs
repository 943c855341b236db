using System.Collections.Immutable;
using Microsoft.AspNetCore.Identity;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.Merchant.Accounts;

namespace Shonin.Accounts;

/// <summary>
/// An account as ASP.NET Core Identity knows a user: a copy to be changed, and written back by <see cref="AccountStore.UpdateAsync"/> if
/// nobody else changed the account meanwhile.
/// </summary>
internal sealed class AccountUser
{
    public required AccountId Id { get; init; }

    /// <summary>As it was read; null until it is created.</summary>
    public OpenAccount? Read { get; set; }
    public AccountRole Role { get; init; }
    public string DisplayName { get; set; } = "";
    public Locale Locale { get; set; }
    public ImmutableArray<AccountAddress> Addresses { get; set; } = [];
    public string? PasswordHash { get; set; }
    public string Stamp { get; set; } = "";
    public List<AccountPasskey> Passkeys { get; init; } = [];
    public string? AuthenticatorKey { get; set; }

    /// <summary>What allows the next change, and is used up with it.</summary>
    public ChangeGrounds Grounds { get; set; } = ChangeGrounds.None;

    public static AccountUser Of(OpenAccount account)
    {
        var details = account.Details;
        return new()
        {
            Id = account.Id,
            Read = account,
            Role = account.Account.Role,
            DisplayName = details.DisplayName,
            Locale = details.Locale,
            Addresses = details.Addresses,
            PasswordHash = details.PasswordHash,
            Stamp = details.Stamp,
            Passkeys = [.. details.Passkeys],
            AuthenticatorKey = details.AuthenticatorKey,
        };
    }

    public AccountDetails ToDetails() =>
        new(Read?.Details.Revision ?? 0, DisplayName, Locale, Addresses, PasswordHash, Stamp, [.. Passkeys])
        {
            AuthenticatorKey = AuthenticatorKey,
        };
}

/// <summary>
/// What ASP.NET Core Identity asks of a store, over our own streams: to update is a command with the revision that the user was read at. It
/// knows no lock-out: whoever types wrong passwords for somebody else must not shut them out.
/// </summary>
internal sealed class AccountStore(AccountBook book)
    : IUserPasswordStore<AccountUser>,
        IUserEmailStore<AccountUser>,
        IUserSecurityStampStore<AccountUser>,
        IUserPasskeyStore<AccountUser>
{
    /// <summary>What an <see cref="IdentityError"/> says of a result that Identity has no word for.</summary>
    public const string AddressTaken = nameof(IdentityErrorDescriber.DuplicateEmail);
    public const string Changed = nameof(IdentityErrorDescriber.ConcurrencyFailure);
    public const string PasskeyTaken = nameof(PasskeyTaken);
    public const string ProofUsed = nameof(ProofUsed);

    public async Task<IdentityResult> CreateAsync(AccountUser user, CancellationToken cancellationToken) =>
        Told(
            user,
            await book.OpenAccountAsync(
                user.Id,
                user.Role,
                user.ToDetails(),
                user.Grounds.Proof ?? throw new InvariantBrokenException("an account is opened without a proved address"),
                cancellationToken
            )
        );

    public async Task<IdentityResult> UpdateAsync(AccountUser user, CancellationToken cancellationToken) =>
        Told(user, await book.ChangeAsync(ReadOf(user), user.ToDetails(), user.Grounds, cancellationToken));

    public async Task<IdentityResult> DeleteAsync(AccountUser user, CancellationToken cancellationToken)
    {
        await book.EraseAsync(user.Id);
        return IdentityResult.Success;
    }

    public async Task<AccountUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        UserOf(await book.FindAsync(new(userId), cancellationToken));

    /// <summary>A user's name is the account's id, which is in no mail and on no page.</summary>
    public Task<AccountUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        FindByIdAsync(normalizedUserName.ToLowerInvariant(), cancellationToken);

    public async Task<AccountUser?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        // Staff sign in at the desk alone.
        await book.FindByAddressAsync(normalizedEmail, cancellationToken) is { Account.Role: AccountRole.Customer } account
            ? AccountUser.Of(account)
            : null;

    public async Task<AccountUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        UserOf(await book.FindByPasskeyAsync(credentialId, cancellationToken));

    public Task<string> GetUserIdAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult(user.Id.Value);

    public Task<string?> GetUserNameAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Id.Value);

    public Task<string?> GetNormalizedUserNameAsync(AccountUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Id.Value.ToUpperInvariant());

    public Task SetUserNameAsync(AccountUser user, string? userName, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An account keeps its id.");

    /// <summary>It follows from the id.</summary>
    public Task SetNormalizedUserNameAsync(AccountUser user, string? normalizedName, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task<string?> GetEmailAsync(AccountUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Addresses.FirstOrDefault()?.Address);

    public Task<string?> GetNormalizedEmailAsync(AccountUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Addresses.FirstOrDefault()?.Address.ToUpperInvariant());

    /// <summary>An account holds no address that was not proved.</summary>
    public Task<bool> GetEmailConfirmedAsync(AccountUser user, CancellationToken cancellationToken) =>
        Task.FromResult(!user.Addresses.IsEmpty);

    public Task SetEmailAsync(AccountUser user, string? email, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An address is proved by a mailed code, and not set.");

    public Task SetEmailConfirmedAsync(AccountUser user, bool confirmed, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An address is proved by a mailed code, and not set.");

    /// <summary>It follows from the address.</summary>
    public Task SetNormalizedEmailAsync(AccountUser user, string? normalizedEmail, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task SetPasswordHashAsync(AccountUser user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task<string?> GetPasswordHashAsync(AccountUser user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(AccountUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task SetSecurityStampAsync(AccountUser user, string stamp, CancellationToken cancellationToken)
    {
        user.Stamp = stamp;
        return Task.CompletedTask;
    }

    public Task<string?> GetSecurityStampAsync(AccountUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Stamp);

    public Task AddOrUpdatePasskeyAsync(AccountUser user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        var index = IndexOf(user, passkey.CredentialId);
        var kept = KeptOf(passkey);
        if (index < 0)
            user.Passkeys.Add(kept);
        else
            user.Passkeys[index] = kept;
        return Task.CompletedTask;
    }

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(AccountUser user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserPasskeyInfo>>([.. user.Passkeys.Select(ShownOf)]);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(AccountUser user, byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult(IndexOf(user, credentialId) is >= 0 and var index ? ShownOf(user.Passkeys[index]) : null);

    public Task RemovePasskeyAsync(AccountUser user, byte[] credentialId, CancellationToken cancellationToken)
    {
        user.Passkeys.RemoveAll(passkey => passkey.CredentialId.AsSpan().SequenceEqual(credentialId));
        return Task.CompletedTask;
    }

    /// <summary>The book is not its own to close.</summary>
    public void Dispose() { }

    private static IdentityResult Told(AccountUser user, AccountResult result)
    {
        switch (result)
        {
            case AccountResult.Done(var account):
                (user.Read, user.Grounds) = (account, ChangeGrounds.None);
                return IdentityResult.Success;
            case AccountResult.Refused(AccountRefusal.ChangedMeanwhile):
                return Failed(Changed);
            case AccountResult.Refused(var reason):
                return Failed(reason.ToString());
            case AccountResult.Taken(var what):
                return Failed(
                    what switch
                    {
                        AccountKeyKind.Address => AddressTaken,
                        AccountKeyKind.Passkey => PasskeyTaken,
                        AccountKeyKind.Proof => ProofUsed,
                    }
                );
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static IdentityResult Failed(string code) => IdentityResult.Failed(new IdentityError { Code = code, Description = code });

    private static AccountUser? UserOf(OpenAccount? account) => account is null ? null : AccountUser.Of(account);

    private static OpenAccount ReadOf(AccountUser user) =>
        user.Read ?? throw new InvariantBrokenException("an account is updated that was never read");

    private static int IndexOf(AccountUser user, byte[] credentialId) =>
        user.Passkeys.FindIndex(passkey => passkey.CredentialId.AsSpan().SequenceEqual(credentialId));

    public static AccountPasskey KeptOf(UserPasskeyInfo passkey) =>
        new(passkey.CredentialId, passkey.PublicKey, passkey.CreatedAt)
        {
            Name = passkey.Name,
            SignCount = passkey.SignCount,
            Transports = passkey.Transports,
            IsUserVerified = passkey.IsUserVerified,
            IsBackupEligible = passkey.IsBackupEligible,
            IsBackedUp = passkey.IsBackedUp,
            AttestationObject = passkey.AttestationObject,
            ClientDataJson = passkey.ClientDataJson,
        };

    private static UserPasskeyInfo ShownOf(AccountPasskey passkey) =>
        new(
            passkey.CredentialId,
            passkey.PublicKey,
            passkey.CreatedAt,
            passkey.SignCount,
            passkey.Transports,
            passkey.IsUserVerified,
            passkey.IsBackupEligible,
            passkey.IsBackedUp,
            passkey.AttestationObject,
            passkey.ClientDataJson
        )
        {
            Name = passkey.Name,
        };
}
