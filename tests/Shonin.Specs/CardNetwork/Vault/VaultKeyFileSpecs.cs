using Shonin.CardNetwork.Vault;

namespace Shonin.Specs.CardNetwork.Vault;

[RealParts]
public sealed class VaultKeyFileSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-keys-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string KeyPath => Path.Combine(folder, "keys", "vault.keys");
    private string VaultPath => Path.Combine(folder, "vault.db");

    [Fact]
    public async Task Keys_are_made_once_kept_for_their_owner_alone_and_rotated_in_place()
    {
        await using (var vault = Open())
        {
            await CardVaultCompliance.StoreAsync(vault, "4242424242424242");
            var before = await File.ReadAllTextAsync(KeyPath);
            Assert.Equal(1, await vault.RotateAsync(default));
            Assert.NotEqual(before, await File.ReadAllTextAsync(KeyPath));
        }
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        Assert.False(File.Exists(KeyPath + ".new"));
        await using var later = Open();
        Assert.Equal(1, await later.RotateAsync(default));
    }

    [Fact]
    public async Task A_key_file_that_is_missing_broken_or_open_to_others_is_refused_with_what_to_do()
    {
        await using (Open())
            Assert.True(File.Exists(KeyPath));
        var good = await File.ReadAllTextAsync(KeyPath);
        await File.WriteAllTextAsync(KeyPath, good.Replace("fingerprint", "fingerprnt", StringComparison.Ordinal));
        Assert.Contains("line 2", Assert.Throws<VaultUnavailableException>(Open).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(KeyPath, new string('#', 64 * 1024 + 1));
        Assert.Contains("larger", Assert.Throws<VaultUnavailableException>(Open).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            Assert.Contains("chmod 600", Assert.Throws<VaultUnavailableException>(Open).Message, StringComparison.Ordinal);
        }
        File.Delete(KeyPath);
        Assert.Contains("is missing", Assert.Throws<VaultUnavailableException>(Open).Message, StringComparison.Ordinal);
    }

    private CardVault Open()
    {
        var keys = VaultKeyFile.Open(Path.Combine(folder, "keys"), VaultPath, Seeded.Bytes(1));
        return new CardVault(SqliteVaultStore.Open(VaultPath), keys, Seeded.Bytes(2), TimeProvider.System, new VaultOptions());
    }
}
