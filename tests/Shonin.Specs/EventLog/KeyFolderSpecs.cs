using System.Security.Cryptography;
using Shonin.EventLog.Secrets;

namespace Shonin.Specs.EventLog;

[RealParts]
public sealed class KeyFolderSpecs : IDisposable
{
    private readonly DataFolder folder = new();

    private KeyFolder Keys => new(Path.Combine(folder.Path, "keys"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_key_that_was_lost_beside_its_data_is_an_error_that_names_the_file_and_no_new_key()
    {
        var lost = Assert.Throws<KeyFileException>(() => Keys.LoadOrCreate("requests", 32, KeyNeed.ForDataThatExist));
        Assert.Contains(
            "requests.key is missing. It is never made anew for data that exist already: restore it",
            lost.Message,
            StringComparison.Ordinal
        );
        Assert.Throws<KeyFileException>(() => Keys.LoadOrCreateSigningKey("export", KeyNeed.ForDataThatExist));
        Assert.False(Directory.Exists(Keys.Path));

        var made = Keys.LoadOrCreate("requests", 32, KeyNeed.None);
        Assert.Equal(made, Keys.LoadOrCreate("requests", 32, KeyNeed.ForDataThatExist));
    }

    [Fact]
    public void A_key_is_made_at_random_once_and_is_the_same_from_then_on()
    {
        var key = Keys.LoadOrCreate("vault", 32);
        Assert.Equal(32, key.Length);
        Assert.Equal(key, Keys.LoadOrCreate("vault", 32));
        Assert.Equal(key, Keys.Load("vault", 32));
        Assert.NotEqual(key, Keys.LoadOrCreate("other", 32));
    }

    [Fact]
    public void A_key_of_another_size_is_refused_by_name()
    {
        Keys.LoadOrCreate("vault", 16);
        var refused = Assert.Throws<KeyFileException>(() => Keys.LoadOrCreate("vault", 32));
        Assert.Contains("vault.key has 16 bytes, but this key has 32", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_key_is_not_made_where_it_must_exist()
    {
        Assert.Contains(
            "vault.key is missing",
            Assert.Throws<KeyFileException>(() => Keys.Load("vault", 32)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<KeyFileException>(() => Keys.LoadSigningKey("log"));
        Assert.Throws<KeyFileException>(() => Keys.LoadVerifyingKey("log"));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_that_others_may_read_or_write_is_refused_with_what_to_do(UnixFileMode open)
    {
        if (OperatingSystem.IsWindows())
            return;
        Keys.LoadOrCreate("vault", 32);
        Keys.LoadOrCreateSigningKey("log").Dispose();
        foreach (var file in new[] { "vault.key", "log.pem" })
            File.SetUnixFileMode(Path.Combine(Keys.Path, file), UnixFileMode.UserRead | UnixFileMode.UserWrite | open);
        Assert.Contains(
            "chmod 600",
            Assert.Throws<KeyFileException>(() => Keys.LoadOrCreate("vault", 32)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "chmod 600",
            Assert.Throws<KeyFileException>(() => Keys.LoadOrCreateSigningKey("log")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_signing_key_is_P_256_and_its_public_half_verifies_what_it_signs()
    {
        using var key = Keys.LoadOrCreateSigningKey("log");
        var signature = key.SignData("head"u8.ToArray(), HashAlgorithmName.SHA256);
        File.Delete(Path.Combine(Keys.Path, "log.pem"));
        using var verifying = Keys.LoadVerifyingKey("log");
        Assert.True(verifying.VerifyData("head"u8.ToArray(), signature, HashAlgorithmName.SHA256));
        Assert.False(verifying.VerifyData("other"u8.ToArray(), signature, HashAlgorithmName.SHA256));
        Assert.Throws<KeyFileException>(() => Keys.LoadSigningKey("log"));
    }

    public static TheoryData<string, string> NoSigningKeys =>
        new()
        {
            { "empty", "" },
            { "text", "no key" },
            { "another curve", ECDsa.Create(ECCurve.NamedCurves.nistP384).ExportPkcs8PrivateKeyPem() },
            { "another algorithm", RsaKeys.Pem(0) },
            { "too large", new string('x', 5000) },
        };

    [Theory]
    [MemberData(nameof(NoSigningKeys), DisableDiscoveryEnumeration = true)]
    public void What_is_no_P_256_key_is_refused_by_name(string what, string content)
    {
        Keys.LoadOrCreateSigningKey("log").Dispose();
        File.WriteAllText(Path.Combine(Keys.Path, "log.pem"), content);
        var refused = Assert.Throws<KeyFileException>(() => Keys.LoadOrCreateSigningKey("log"));
        Assert.True(refused.Message.Contains("log.pem", StringComparison.Ordinal), what);
    }

    [Fact]
    public void A_half_written_key_of_a_crash_is_not_taken_for_one()
    {
        Directory.CreateDirectory(Keys.Path);
        File.WriteAllBytes(Path.Combine(Keys.Path, "vault.key.new"), new byte[5]);
        Assert.Equal(32, Keys.LoadOrCreate("vault", 32).Length);
    }
}
