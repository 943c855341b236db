using System.Text;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.EventLog.Verification;
using Shonin.Merchant.Accounts;
using static Shonin.Specs.Accounts.AccountScene;

namespace Shonin.Specs.Accounts;

[RealParts]
public sealed class AccountBookSpecs : IAsyncLifetime
{
    private static readonly Device device = new(Browser.Firefox, Domain.Accounts.OperatingSystem.Linux);

    private AccountScene? opened;

    private AccountScene Scene => opened!;

    public async ValueTask InitializeAsync() => opened = await OpenAsync();

    public ValueTask DisposeAsync() => Scene.DisposeAsync();

    [Fact]
    public async Task An_account_is_found_by_its_address_its_session_and_its_passkey_after_a_restart_too()
    {
        var account = await Scene.RegisterAsync();
        await Scene.Book.OpenSessionAsync(account.Id, "secret", device, default);
        await AddPasskeyAsync(account, [1, 2, 3]);
        await Scene.RestartAsync();
        Assert.Equal(account.Id, (await Scene.Book.FindByAddressAsync(" Hanako@EXAMPLE.com ", default))!.Id);
        Assert.Equal(account.Id, (await Scene.Book.FindByPasskeyAsync(new byte[] { 1, 2, 3 }, default))!.Id);
        var (found, session) = (await Scene.Book.FindBySessionAsync("secret", default))!.Value;
        Assert.Equal((account.Id, device), (found.Id, session.Device));
        Assert.Null(await Scene.Book.FindBySessionAsync("guess", default));
        Assert.Null(await Scene.Book.FindByAddressAsync("other@example.com", default));
        Assert.Null(await Scene.Book.FindByPasskeyAsync(new byte[] { 9 }, default));
    }

    [Fact]
    public async Task An_address_belongs_to_one_account()
    {
        await Scene.RegisterAsync();
        Assert.Equal(new AccountResult.Taken(AccountKeyKind.Address), await Scene.TryRegisterAsync("HANAKO@example.com", "proof-2"));
        var other = await Scene.RegisterAsync("taro@example.com", "proof-3");
        Assert.Equal(new AccountResult.Taken(AccountKeyKind.Address), await Scene.Book.AddAddressAsync(other, Hanako, "proof-4", default));
        Assert.Equal(
            new AccountResult.Refused(AccountRefusal.AddressKnown),
            await Scene.Book.AddAddressAsync(other, "taro@example.com", "proof-5", default)
        );
    }

    [Fact]
    public async Task An_address_that_was_removed_can_be_proved_elsewhere_and_comes_back()
    {
        var first = await Scene.RegisterAsync();
        first = Done(await Scene.Book.AddAddressAsync(first, "second@example.com", "proof-2", default));
        first = await RemoveAsync(first, "second@example.com");
        Assert.Null(await Scene.Book.FindByAddressAsync("second@example.com", default));

        var other = await Scene.RegisterAsync("second@example.com", "proof-3");
        Assert.Equal(other.Id, (await Scene.Book.FindByAddressAsync("second@example.com", default))!.Id);
        other = Done(await Scene.Book.AddAddressAsync(other, "third@example.com", "proof-4", default));
        await RemoveAsync(other, "second@example.com");

        first = Done(await Scene.Book.AddAddressAsync(first, "second@example.com", "proof-5", default));
        Assert.Equal(first.Id, (await Scene.Book.FindByAddressAsync("second@example.com", default))!.Id);
    }

    [Fact]
    public async Task Of_two_who_prove_one_address_at_the_same_time_one_has_it()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Scene.TryRegisterAsync(Hanako, $"proof-{number}")));
        Assert.Single(results.OfType<AccountResult.Done>());
        Assert.Equal(3, results.Count(result => result == new AccountResult.Taken(AccountKeyKind.Address)));
    }

    [Fact]
    public async Task A_proof_leads_to_one_change()
    {
        var account = await Scene.RegisterAsync();
        var changed = account.Details with { PasswordHash = "new", Stamp = "stamp-2" };
        account = Done(await Scene.Book.ChangeAsync(account, changed, new() { Proof = "proof-9" }, default));
        Assert.Equal(
            new AccountResult.Taken(AccountKeyKind.Proof),
            await Scene.Book.ChangeAsync(account, account.Details with { PasswordHash = "newer" }, new() { Proof = "proof-9" }, default)
        );
        Assert.Equal("new", (await Scene.Book.FindAsync(account.Id, default))!.Details.PasswordHash);
    }

    [Fact]
    public async Task A_change_of_what_was_changed_meanwhile_is_refused_and_writes_nothing()
    {
        var account = await Scene.RegisterAsync();
        Done(await Scene.Book.ChangeAsync(account, account.Details with { PasswordHash = "first" }, ChangeGrounds.None, default));
        Assert.Equal(
            new AccountResult.Refused(AccountRefusal.ChangedMeanwhile),
            await Scene.Book.ChangeAsync(account, account.Details with { PasswordHash = "second" }, ChangeGrounds.None, default)
        );
        Assert.Equal("first", (await Scene.Book.FindAsync(account.Id, default))!.Details.PasswordHash);
    }

    [Fact]
    public async Task Nothing_on_the_disk_names_a_person()
    {
        var account = await Scene.RegisterAsync();
        account = Done(await Scene.Book.AddAddressAsync(account, "second@example.com", "proof-2", default));
        await AddPasskeyAsync(account, [.. "credential-of-hanako"u8]);
        await Scene.Book.OpenSessionAsync(account.Id, "session-secret", device, default);
        var id = await Scene.Codes.SendAsync("third@example.com", CodePurpose.SignUp, "", Locale.Ja);
        var code = await Scene.MailedCodeAsync(id);
        await Scene.RestartAsync();
        string[] secret =
        [
            "hanako",
            "Sato",
            "second@",
            "third@",
            "a-password-hash",
            "stamp-1",
            "credential-of",
            "my phone",
            "session-secret",
            code,
        ];
        Assert.All(secret, text => Assert.False(Scene.Folder.AnyFileHolds(Encoding.UTF8.GetBytes(text)), text));
        Assert.True(Scene.Folder.AnyFileHolds("passkeyAdded"u8.ToArray()));
    }

    [Fact]
    public async Task Erasing_an_account_signs_everybody_out_frees_its_address_and_the_log_still_verifies()
    {
        var account = await Scene.RegisterAsync();
        await Scene.Book.OpenSessionAsync(account.Id, "secret", device, default);
        await Scene.Book.EraseAsync(account.Id);
        await Scene.Book.EraseAsync(account.Id);
        Assert.Null(await Scene.Book.FindBySessionAsync("secret", default));
        Assert.Null(await Scene.Book.FindByAddressAsync(Hanako, default));
        Assert.IsType<AccountResult.Refused>(await Scene.Book.OpenSessionAsync(account.Id, "more", device, default));
        await Scene.RegisterAsync(Hanako, "proof-2");
        await Scene.RestartAsync();
        await Scene.Log.DisposeAsync();
        Assert.Null((await LogVerification.VerifyAsync(Scene.Folder.Copy().Log, null, default)).Problem);
    }

    [Fact]
    public async Task A_session_is_out_at_once_when_it_is_ended_and_survives_a_restart_when_it_is_not()
    {
        var account = await Scene.RegisterAsync();
        foreach (var secret in new[] { "here", "there", "elsewhere" })
            await Scene.Book.OpenSessionAsync(account.Id, secret, device, default);
        await Scene.Book.EndSessionAsync(account.Id, AccountBook.SessionOf("there"), default);
        Assert.Null(await Scene.Book.FindBySessionAsync("there", default));
        await Scene.RestartAsync();
        Assert.NotNull(await Scene.Book.FindBySessionAsync("elsewhere", default));
        await Scene.Book.EndOtherSessionsAsync(account.Id, AccountBook.SessionOf("here"), default);
        Assert.Null(await Scene.Book.FindBySessionAsync("elsewhere", default));
        Assert.NotNull(await Scene.Book.FindBySessionAsync("here", default));
    }

    [Fact]
    public async Task What_changes_who_may_enter_is_told_to_every_address_of_its_owner()
    {
        var account = await Scene.RegisterAsync();
        Assert.Empty(await Scene.WaitingAsync(AccountBook.NewsQueue));
        account = Done(await Scene.Book.AddAddressAsync(account, "second@example.com", "proof-2", default));
        Done(await Scene.Book.ChangeAsync(account, account.Details with { PasswordHash = "new" }, ChangeGrounds.None, default));
        await Scene.RestartAsync();
        var waiting = await Scene.WaitingAsync(AccountBook.NewsQueue);
        var letters = new List<NewsLetter?>();
        foreach (var item in waiting)
            letters.Add(await Scene.Book.FindNewsAsync(item, default));
        (string, AccountNews)[] expected =
        [
            (Hanako, AccountNews.AddressProved),
            ("second@example.com", AccountNews.AddressProved),
            (Hanako, AccountNews.PasswordChanged),
            ("second@example.com", AccountNews.PasswordChanged),
        ];
        Assert.Equal(expected.Order(), letters.Select(letter => (letter!.Recipient, letter.News)).Order());
        foreach (var item in waiting)
            await Scene.Book.CloseNewsAsync(item);
        Assert.Empty(await Scene.WaitingAsync(AccountBook.NewsQueue));
    }

    [Fact]
    public async Task What_is_kept_beside_the_log_of_an_account_and_of_codes_is_read_as_it_was_written()
    {
        var account = await Scene.RegisterAsync();
        await AddPasskeyAsync(account, [1, 2, 3]);
        await Scene.Book.OpenSessionAsync(account.Id, "secret", device, default);
        var state = (await Scene.Book.FindAsync(account.Id, default))!.Account;
        var accounts = new AccountKind().Form;
        Assert.Equivalent(state, accounts.Read(accounts.Write(state)), strict: true);
        Assert.NotEmpty(accounts.Read(accounts.Write(state)).Sessions);

        var sent = new CodeFact.Sent("a", CodePurpose.Recover, "", "hash", Scene.Time.GetUtcNow(), Scene.Time.GetUtcNow().AddMinutes(10));
        var live = CodeDecider.Evolve(null, sent);
        var codes = new CodeKind(CodeLimits.Usual).Form;
        Assert.Equivalent(live, codes.Read(codes.Write(live)), strict: true);
        Assert.Single(codes.Read(codes.Write(live)).Live);
    }

    private async Task AddPasskeyAsync(OpenAccount account, byte[] credential) =>
        Done(
            await Scene.Book.ChangeAsync(
                account,
                account.Details with
                {
                    Passkeys = [new(credential, [4, 5, 6], Scene.Time.GetUtcNow()) { Name = "my phone" }],
                },
                ChangeGrounds.None,
                default
            )
        );

    private async Task<OpenAccount> RemoveAsync(OpenAccount account, string address)
    {
        var left = account.Details.Addresses.RemoveAll(kept => kept.Address == address);
        return Done(await Scene.Book.ChangeAsync(account, account.Details with { Addresses = left }, ChangeGrounds.None, default));
    }

    private static OpenAccount Done(AccountResult result) => Assert.IsType<AccountResult.Done>(result).Account;
}
