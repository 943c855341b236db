using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Shonin.Merchant.Accounts;

namespace Shonin.Accounts;

/// <summary>
/// ASP.NET Core Identity's user manager over our store, put together by hand: no container, no cookies of its own, no data protection. What
/// a session is, and who may enter, is ours (decision 0032).
/// </summary>
internal sealed class AccountManager : UserManager<AccountUser>
{
    public const int PasswordLengthMin = 12;

    /// <summary>Longer ones are not hashed: NIST SP 800-63B section 3.1.1.2 wants 64 at least.</summary>
    public const int PasswordLengthMax = 200;

    /// <summary>What PBKDF2-HMAC-SHA-512 should have: OWASP, Password Storage Cheat Sheet, 2023.</summary>
    private const int HashIterationCount = 210_000;

    private readonly string nobodysHash;

    public AccountManager(AccountBook book, int hashIterationCount = HashIterationCount)
        : base(
            new AccountStore(book),
            Microsoft.Extensions.Options.Options.Create(OptionsOf()),
            new PasswordHasher<AccountUser>(
                Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = hashIterationCount })
            ),
            userValidators: [], // an address is valid because a code was typed that was mailed to it
            [new PasswordRules()],
            new UpperInvariantLookupNormalizer(),
            new IdentityErrorDescriber(),
            services: null!, // for token providers alone, of which there are none
            NullLogger<UserManager<AccountUser>>.Instance // it would name users by their id and what they failed at
        )
    {
        nobodysHash = PasswordHasher.HashPassword(Nobody, Guid.NewGuid().ToString());
    }

    private static AccountUser Nobody { get; } = new() { Id = new("nobody") };

    /// <summary>Whether it is the account's password. Without an account, or a password of it, it takes as long, and is not.</summary>
    public async Task<bool> IsPasswordAsync(AccountUser? user, string typed)
    {
        if (user?.PasswordHash is null)
        {
            PasswordHasher.VerifyHashedPassword(Nobody, nobodysHash, typed);
            return false;
        }
        return await CheckPasswordAsync(user, typed);
    }

    /// <summary>A new password without the old one: whoever asks has proved an address of the account.</summary>
    public async Task<IdentityResult> SetPasswordAsync(AccountUser user, string password)
    {
        var result = await UpdatePasswordHash(user, password, validatePassword: true);
        return result.Succeeded ? await UpdateUserAsync(user) : result;
    }

    private static IdentityOptions OptionsOf() =>
        new()
        {
            // Length is what counts, and no mix of signs (NIST SP 800-63B section 3.1.1.2).
            Password = new()
            {
                RequiredLength = PasswordLengthMin,
                RequireDigit = false,
                RequireLowercase = false,
                RequireNonAlphanumeric = false,
                RequireUppercase = false,
                RequiredUniqueChars = 1,
            },
        };
}

/// <summary>A password is long enough, not too long, and is not the address or hardly more than it.</summary>
internal sealed class PasswordRules : PasswordValidator<AccountUser>
{
    public const string TooLong = "PasswordTooLong";
    public const string IsAddress = "PasswordIsAddress";

    public override async Task<IdentityResult> ValidateAsync(UserManager<AccountUser> manager, AccountUser user, string? password)
    {
        var typed = password ?? "";
        if (typed.Length > AccountManager.PasswordLengthMax)
            return Failed(TooLong);
        if (user.Addresses.Any(address => IsMadeOf(address.Address, typed)))
            return Failed(IsAddress);
        return await base.ValidateAsync(manager, user, password);
    }

    private static bool IsMadeOf(string address, string typed)
    {
        var name = address.Split('@')[0];
        bool Is(string other) => typed.Trim().Equals(other, StringComparison.OrdinalIgnoreCase);
        return Is(address) || Is(name) || Is(name + name);
    }

    private static IdentityResult Failed(string code) => IdentityResult.Failed(new IdentityError { Code = code, Description = code });
}
