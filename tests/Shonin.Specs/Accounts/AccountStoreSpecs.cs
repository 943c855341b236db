using Microsoft.AspNetCore.Identity;
using Shonin.Accounts;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using static Shonin.Specs.Accounts.AccountScene;

namespace Shonin.Specs.Accounts;

/// <summary>What ASP.NET Core Identity may expect of a store, by its own user manager over a real log.</summary>
[RealParts]
public sealed class AccountStoreSpecs : IAsyncLifetime
{
    private const string Password = "three beans and a pot";

    /// <summary>Few rounds: what is looked at here is not how long a hash takes.</summary>
    private const int HashIterationCount = 1_000;

    private AccountScene? opened;

    private AccountScene Scene => opened!;

    public async ValueTask InitializeAsync() => opened = await OpenAsync();

    public ValueTask DisposeAsync() => Scene.DisposeAsync();

    [Fact]
    public async Task A_user_is_created_with_a_password_and_found_by_id_name_and_address()
    {
        var user = await CreateAsync();
        using var manager = NewManager();
        foreach (
            var found in new[]
            {
                await manager.FindByIdAsync(user.Id.Value),
                await manager.FindByNameAsync(user.Id.Value),
                await manager.FindByEmailAsync(" HANAKO@example.com"),
            }
        )
        {
            Assert.Equal(user.Id, found!.Id);
            Assert.True(await manager.CheckPasswordAsync(found, Password));
            Assert.False(await manager.CheckPasswordAsync(found, Password + "!"));
            Assert.True(await manager.IsEmailConfirmedAsync(found));
            Assert.Equal(Hanako, await manager.GetEmailAsync(found));
            Assert.Equal(user.Id.Value, await manager.GetUserIdAsync(found));
            Assert.NotEmpty(await manager.GetSecurityStampAsync(found));
        }
        Assert.Null(await manager.FindByIdAsync("none"));
        Assert.Null(await manager.FindByEmailAsync("nobody@example.com"));
    }

    [Fact]
    public async Task Of_two_users_with_one_address_the_second_is_a_duplicate()
    {
        await CreateAsync();
        using var manager = NewManager();
        var result = await manager.CreateAsync(NewUser("proof-2"), Password);
        Assert.Equal(AccountStore.AddressTaken, Assert.Single(result.Errors).Code);
    }

    [Fact]
    public async Task An_update_of_what_was_changed_meanwhile_is_a_concurrency_failure_and_changes_nothing()
    {
        var user = await CreateAsync();
        using var manager = NewManager();
        var (first, second) = ((await manager.FindByIdAsync(user.Id.Value))!, (await manager.FindByIdAsync(user.Id.Value))!);
        Assert.True((await manager.ChangePasswordAsync(first, Password, "the first of two")).Succeeded);
        var result = await manager.ChangePasswordAsync(second, Password, "the second of two");
        Assert.Equal(AccountStore.Changed, Assert.Single(result.Errors).Code);
        Assert.True(await manager.CheckPasswordAsync((await manager.FindByIdAsync(user.Id.Value))!, "the first of two"));
    }

    [Fact]
    public async Task A_user_that_was_updated_can_be_updated_again()
    {
        var user = await CreateAsync();
        using var manager = NewManager();
        Assert.True((await manager.ChangePasswordAsync(user, Password, "the first of two")).Succeeded);
        Assert.True((await manager.ChangePasswordAsync(user, "the first of two", "the second of two")).Succeeded);
    }

    [Fact]
    public async Task A_new_password_brings_a_new_stamp_and_ends_every_session_but_the_kept_one()
    {
        var user = await CreateAsync();
        using var manager = NewManager();
        var device = Device.Of("");
        foreach (var secret in new[] { "here", "there" })
            await Scene.Book.OpenSessionAsync(user.Id, secret, device, default);
        var stamp = user.Stamp;
        user.Grounds = new() { KeptSession = Merchant.Accounts.AccountBook.SessionOf("here") };
        Assert.True((await manager.ChangePasswordAsync(user, Password, "another good password")).Succeeded);
        Assert.NotEqual(stamp, user.Stamp);
        Assert.NotNull(await Scene.Book.FindBySessionAsync("here", default));
        Assert.Null(await Scene.Book.FindBySessionAsync("there", default));
    }

    [Fact]
    public async Task A_passkey_is_kept_to_the_last_byte_renamed_counted_and_removed()
    {
        var user = await CreateAsync();
        using var manager = NewManager();
        var passkey = NewPasskey([1, 2, 3]);
        Assert.True((await manager.AddOrUpdatePasskeyAsync(user, passkey)).Succeeded);
        var found = (await manager.FindByPasskeyIdAsync([1, 2, 3]))!;
        Assert.Equal(user.Id, found.Id);
        var kept = (await manager.GetPasskeyAsync(found, [1, 2, 3]))!;
        Assert.Equivalent(passkey, kept, strict: true);

        kept.SignCount = 8;
        kept.Name = "renamed";
        Assert.True((await manager.AddOrUpdatePasskeyAsync(found, kept)).Succeeded);
        var again = Assert.Single(await manager.GetPasskeysAsync((await manager.FindByIdAsync(user.Id.Value))!));
        Assert.Equal((8u, "renamed"), (again.SignCount, again.Name));

        Assert.True((await manager.RemovePasskeyAsync(found, [1, 2, 3])).Succeeded);
        Assert.Null(await manager.FindByPasskeyIdAsync([1, 2, 3]));
        Assert.Empty(await manager.GetPasskeysAsync((await manager.FindByIdAsync(user.Id.Value))!));
        Assert.Null(await manager.GetPasskeyAsync(found, [1, 2, 3]));
    }

    [Fact]
    public async Task A_passkey_of_one_user_is_not_another_users_too()
    {
        var first = await CreateAsync();
        using var manager = NewManager();
        Assert.True((await manager.AddOrUpdatePasskeyAsync(first, NewPasskey([1]))).Succeeded);
        var second = NewUser("proof-2", "taro@example.com");
        Assert.True((await manager.CreateAsync(second, Password)).Succeeded);
        var result = await manager.AddOrUpdatePasskeyAsync(second, NewPasskey([1]));
        Assert.Equal(AccountStore.PasskeyTaken, Assert.Single(result.Errors).Code);
        Assert.Equal(first.Id, (await manager.FindByPasskeyIdAsync([1]))!.Id);
    }

    [Fact]
    public async Task A_deleted_user_is_gone_and_its_address_is_free()
    {
        var user = await CreateAsync();
        using var manager = NewManager();
        Assert.True((await manager.DeleteAsync(user)).Succeeded);
        Assert.Null(await manager.FindByIdAsync(user.Id.Value));
        Assert.Null(await manager.FindByEmailAsync(Hanako));
        Assert.True((await manager.CreateAsync(NewUser("proof-2"), Password)).Succeeded);
    }

    [Fact]
    public async Task An_address_and_a_name_are_never_set_without_a_proof()
    {
        var user = await CreateAsync();
        using var manager = NewManager();
        await Assert.ThrowsAsync<NotSupportedException>(() => manager.SetEmailAsync(user, "taro@example.com"));
        await Assert.ThrowsAsync<NotSupportedException>(() => manager.SetUserNameAsync(user, "taro"));
        Assert.False(manager.SupportsUserLockout);
    }

    [Theory]
    [InlineData(11, "PasswordTooShort")]
    [InlineData(12, null)]
    [InlineData(AccountManager.PasswordLengthMax, null)]
    [InlineData(AccountManager.PasswordLengthMax + 1, PasswordRules.TooLong)]
    public async Task A_password_has_its_limits(int length, string? refused)
    {
        using var manager = NewManager();
        var result = await manager.CreateAsync(NewUser("proof-1"), new string('p', length));
        Assert.Equal(refused, result.Errors.SingleOrDefault()?.Code);
    }

    private AccountManager NewManager() => new(Scene.Book, HashIterationCount);

    private async Task<AccountUser> CreateAsync()
    {
        using var manager = NewManager();
        var user = NewUser("proof-1");
        Assert.True((await manager.CreateAsync(user, Password)).Succeeded);
        return user;
    }

    private AccountUser NewUser(string proof, string address = Hanako) =>
        new()
        {
            Id = new($"id-{proof}"),
            Role = AccountRole.Customer,
            Addresses = [new(Scene.Book.DigestOf(address), address)],
            Locale = Locale.Ja,
            Grounds = new() { Proof = proof },
        };

    private static UserPasskeyInfo NewPasskey(byte[] id) =>
        new(id, [4, 5], new(2026, 11, 24, 1, 2, 7, TimeSpan.Zero), 7, ["internal", "hybrid"], true, true, true, [6], [7, 8])
        {
            Name = "my phone",
        };
}
