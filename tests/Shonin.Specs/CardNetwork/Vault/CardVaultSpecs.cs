using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Approvals;

namespace Shonin.Specs.CardNetwork.Vault;

public sealed class InMemoryCardVaultSpecs : CardVaultCompliance
{
    private readonly InMemoryVaultStore store = new();

    protected override IVaultStore OpenStore() => store;
}

[RealParts]
public sealed class SqliteCardVaultSpecs : CardVaultCompliance
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"vault-{Guid.NewGuid():N}.db");

    protected override IVaultStore OpenStore() => SqliteVaultStore.Open(path);

    [Fact]
    public async Task The_file_is_its_owner_s_alone_and_holds_no_number_in_clear()
    {
        await using (var vault = OpenVault())
            await StoreAsync(vault, "4242424242424242");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.DoesNotContain("424242424242", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_outlives_the_process_and_its_security_code_does_not()
    {
        CardOnFile card;
        await using (var vault = OpenVault())
            card = await StoreAsync(vault, "4242424242424242");
        await using var later = OpenVault();
        Assert.Equal(card, await later.FindAsync(card.Token, default));
        Assert.Equal("4242424242424242", await NumberOfAsync(later, card.Token));
        Assert.Null(later.TakeSecurityCode(card.Token));
    }

    [Theory]
    [InlineData("UPDATE card SET box = (SELECT box FROM card WHERE last4 = '0002'), nonce = (SELECT nonce FROM card WHERE last4 = '0002')")]
    [InlineData("UPDATE card SET expiry = '2099-12'")]
    [InlineData("UPDATE card SET brand = 'jcb'")]
    [InlineData("UPDATE card SET last4 = '9999'")]
    [InlineData("UPDATE card SET fingerprint = ''")]
    [InlineData("UPDATE card SET nonce = zeroblob(12)")]
    [InlineData("UPDATE card SET box = zeroblob(length(box))")]
    [InlineData("UPDATE card SET box = x''")]
    public async Task A_row_that_was_tampered_with_does_not_open_and_says_so(string tampering)
    {
        await using var vault = OpenVault();
        var card = await StoreAsync(vault, "4242424242424242");
        await StoreAsync(vault, "4000000000000002");
        Run(tampering);
        var unreadable = Assert.IsType<UnlockResult.Unreadable>(await vault.UnlockAsync(card.Token, default));
        Assert.Contains(card.Token.Value, unreadable.Why, StringComparison.Ordinal);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await vault.RotateAsync(default));
    }

    [Fact]
    public void A_file_that_is_no_vault_or_a_newer_one_is_refused_with_what_to_do()
    {
        File.WriteAllText(path, "not a database, and long enough to be seen as none at all");
        Assert.Contains(
            path,
            Assert.Throws<VaultUnavailableException>(() => SqliteVaultStore.Open(path)).Message,
            StringComparison.Ordinal
        );
        File.Delete(path);
        Run("PRAGMA user_version = 2");
        Assert.Contains(
            "layout 2",
            Assert.Throws<VaultUnavailableException>(() => SqliteVaultStore.Open(path)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<VaultUnavailableException>(() => SqliteVaultStore.Open("/nowhere/at/all/vault.db"));
    }

    [Fact]
    public async Task A_store_that_cannot_write_says_so_and_keeps_no_code()
    {
        await using var vault = OpenVault();
        Run("DROP TABLE card");
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await StoreAsync(vault, "4242424242424242"));
        Assert.IsType<UnlockResult.Unreadable>(await vault.UnlockAsync(new CardToken("card_1"), default));
        Assert.Equal(0, vault.WaitingSecurityCodeCount);
    }

    protected override void CleanUp()
    {
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            File.Delete(file);
    }

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

/// <summary>What every vault does, whatever its store.</summary>
public abstract class CardVaultCompliance : IDisposable
{
    private readonly RandomFill random = Seeded.Bytes(7);
    private readonly VaultKeys keys = VaultKeys.InMemory(Seeded.Bytes(8));

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));

    protected abstract IVaultStore OpenStore();

    protected virtual void CleanUp() { }

    protected CardVault OpenVault() => new(OpenStore(), keys, random, Clock, new VaultOptions());

    public void Dispose()
    {
        CleanUp();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_stored_card_comes_back_by_its_token_as_far_as_the_merchant_may_know_it()
    {
        await using var vault = OpenVault();
        var card = await StoreAsync(vault, "3566002020360505");
        Assert.Matches("^card_[0-9a-f]{32}$", card.Token.Value);
        Assert.Equal(("jcb", "0505", "2030-12"), (card.Brand, card.Last4, card.Expiry));
        Assert.Equal(card, await vault.FindAsync(card.Token, default));
        Assert.Equal("3566002020360505", await NumberOfAsync(vault, card.Token));
    }

    [Fact]
    public async Task A_token_that_was_never_given_out_finds_nothing()
    {
        await using var vault = OpenVault();
        Assert.Null(await vault.FindAsync(new CardToken("card_0"), default));
        Assert.Null(await vault.FindAsync(default, default));
        Assert.IsType<UnlockResult.NoSuchCard>(await vault.UnlockAsync(new CardToken("card_0"), default));
    }

    [Fact]
    public async Task One_number_has_one_fingerprint_and_a_token_each_time()
    {
        await using var vault = OpenVault();
        var (one, same, other) = (
            await StoreAsync(vault, "4242424242424242"),
            await StoreAsync(vault, "4242 4242 4242 4242"),
            await StoreAsync(vault, "4000000000000002")
        );
        Assert.Equal(one.Fingerprint, same.Fingerprint);
        Assert.NotEqual(one.Token, same.Token);
        Assert.NotEqual(one.Fingerprint, other.Fingerprint);
        await using var foreign = new CardVault(
            new InMemoryVaultStore(),
            VaultKeys.InMemory(Seeded.Bytes(9)),
            random,
            Clock,
            new VaultOptions()
        );
        Assert.NotEqual(one.Fingerprint, (await StoreAsync(foreign, "4242424242424242")).Fingerprint);
    }

    [Fact]
    public async Task A_token_that_exists_is_not_given_out_again()
    {
        await using var store = OpenStore();
        await using var vault = new CardVault(store, keys, buffer => buffer.Clear(), Clock, new VaultOptions());
        await StoreAsync(vault, "4242424242424242");
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await StoreAsync(vault, "4000000000000002"));
    }

    [Fact]
    public async Task A_security_code_is_used_once()
    {
        await using var vault = OpenVault();
        var card = await StoreAsync(vault, "4242424242424242");
        Assert.Equal("123", CodeOf(vault.TakeSecurityCode(card.Token)));
        Assert.Null(vault.TakeSecurityCode(card.Token));
    }

    [Fact]
    public async Task A_security_code_is_forgotten_after_ten_minutes_without_being_asked_for()
    {
        await using var vault = OpenVault();
        var card = await StoreAsync(vault, "4242424242424242");
        Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, vault.WaitingSecurityCodeCount);
        Clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(0, vault.WaitingSecurityCodeCount);
        Assert.Null(vault.TakeSecurityCode(card.Token));
    }

    [Fact]
    public async Task A_security_code_of_exactly_ten_minutes_is_too_old()
    {
        await using var vault = OpenVault();
        var card = await StoreAsync(vault, "4242424242424242");
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(vault.TakeSecurityCode(card.Token));
    }

    [Fact]
    public void No_setting_lets_a_security_code_live_longer() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new VaultOptions { SecurityCodeLifetime = TimeSpan.FromMinutes(10) + TimeSpan.FromTicks(1) }
        );

    [Fact]
    public async Task A_code_typed_again_replaces_the_earlier_one()
    {
        await using var vault = OpenVault();
        var card = await StoreAsync(vault, "4242424242424242");
        using var code = SecurityCode.Parse("456"u8)!;
        vault.HoldSecurityCode(card.Token, code);
        Assert.Equal(1, vault.WaitingSecurityCodeCount);
        Assert.Equal("456", CodeOf(vault.TakeSecurityCode(card.Token)));
    }

    [Fact]
    public async Task A_code_given_back_unused_keeps_its_age()
    {
        await using var vault = OpenVault();
        var card = await StoreAsync(vault, "4242424242424242");
        Clock.Advance(TimeSpan.FromMinutes(6));
        var taken = vault.TakeSecurityCode(card.Token)!;
        vault.GiveBack(taken);
        Clock.Advance(TimeSpan.FromMinutes(4) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, vault.WaitingSecurityCodeCount);
    }

    [Fact]
    public async Task Beyond_the_limit_the_oldest_code_goes()
    {
        await using var vault = new CardVault(OpenStore(), keys, random, Clock, new VaultOptions { SecurityCodeCountMax = 2 });
        using var code = SecurityCode.Parse("123"u8)!;
        foreach (var name in new[] { "card_a", "card_b", "card_c" })
            vault.HoldSecurityCode(new CardToken(name), code);
        Assert.Null(vault.TakeSecurityCode(new CardToken("card_a")));
        Assert.NotNull(vault.TakeSecurityCode(new CardToken("card_b")));
        Assert.NotNull(vault.TakeSecurityCode(new CardToken("card_c")));
    }

    [Fact]
    public async Task A_rotation_locks_every_card_with_a_new_key_and_retires_the_old_one()
    {
        var kept = new List<string>();
        var kept1 = VaultKeys.Create(Seeded.Bytes(3), content => kept.Add(Encoding.ASCII.GetString(content)));
        var store = OpenStore();
        await using var vault = new CardVault(store, kept1, random, Clock, new VaultOptions());
        var card = await StoreAsync(vault, "4242424242424242");
        var before = await store.FindAsync(card.Token, default);

        Assert.Equal(1, await vault.RotateAsync(default));

        var after = await store.FindAsync(card.Token, default);
        Assert.Equal((1, 2), (before!.KeyId, after!.KeyId));
        Assert.False(before.Box.Span.SequenceEqual(after.Box.Span));
        Assert.Equal("4242424242424242", await NumberOfAsync(vault, card.Token));
        Assert.Equal(card, await vault.FindAsync(card.Token, default));
        Assert.Equal(
            ["1", "1 2", "2"],
            kept.Select(content =>
                string.Join(
                    ' ',
                    content.Split('\n').Where(line => line.StartsWith("card ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1])
                )
            )
        );
    }

    [Fact]
    public async Task Keys_read_back_from_where_they_were_kept_open_the_vault()
    {
        byte[] kept = [];
        var store = OpenStore();
        var vault = new CardVault(
            store,
            VaultKeys.Create(Seeded.Bytes(3), content => kept = content.ToArray()),
            random,
            Clock,
            new VaultOptions()
        );
        var card = await StoreAsync(vault, "4242424242424242");
        var again = new CardVault(store, VaultKeys.Read(kept, random, _ => { }), random, Clock, new VaultOptions());
        Assert.Equal("4242424242424242", await NumberOfAsync(again, card.Token));
        var lost = new CardVault(
            store,
            VaultKeys.Read(
                Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(kept).Replace("card 1", "card 2", StringComparison.Ordinal)),
                random,
                _ => { }
            ),
            random,
            Clock,
            new VaultOptions()
        );
        Assert.IsType<UnlockResult.Unreadable>(await lost.UnlockAsync(card.Token, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fingerprint 00")]
    [InlineData("nonsense")]
    [InlineData("card 0 0000000000000000000000000000000000000000000000000000000000000000")]
    public void A_key_file_that_cannot_be_read_says_so_without_showing_a_key(string content)
    {
        var error = Assert.Throws<FormatException>(() => VaultKeys.Read(Encoding.ASCII.GetBytes(content), random, _ => { }));
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0000", error.Message, StringComparison.Ordinal);
    }

    internal static async Task<CardOnFile> StoreAsync(CardVault vault, string number)
    {
        var json = $$"""{"number":"{{number}}","expiry":"2030-12","securityCode":"123","holder":"HANAKO YAMADA"}""";
        var intake = new CardIntake(VaultKeys.InMemory(Seeded.Bytes(1)), new FakeTimeProvider());
        using var card = Assert.IsType<CardReading.Accepted>(intake.ParseJson(Encoding.UTF8.GetBytes(json))).Card;
        return await vault.StoreAsync(card, default);
    }

    protected static async Task<string> NumberOfAsync(CardVault vault, CardToken token)
    {
        var unlocked = Assert.IsType<UnlockResult.Unlocked>(await vault.UnlockAsync(token, default));
        return Encoding.ASCII.GetString(unlocked.Number.Reveal());
    }

    private static string? CodeOf(TakenCode? taken) => taken is null ? null : Encoding.ASCII.GetString(taken.Code.Reveal());
}
