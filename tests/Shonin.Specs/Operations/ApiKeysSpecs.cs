using Shonin.Operations;

namespace Shonin.Specs.Operations;

[RealParts]
public sealed class ApiKeysSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-specs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_running_server_sees_keys_that_are_made_and_revoked_beside_it()
    {
        var server = new ApiKeys(folder, TimeProvider.System);
        var beside = new ApiKeys(folder, TimeProvider.System);
        var (secret, key) = Make(beside, Scope.Orders);
        Assert.Equal(key.Id, server.Find(secret)?.Id);
        Assert.Null(server.Find(Altered(secret)));
        Assert.IsType<Reading<ApiKey, string>.Read>(beside.Revoke(key.Id));
        Assert.Null(server.Find(secret));
    }

    [Fact]
    public void Only_a_hash_is_kept_and_nobody_else_may_read_it()
    {
        var (secret, _) = Make(new(folder, TimeProvider.System), Scope.Orders);
        var file = Path.Combine(folder, "keys", "api-keys.json");
        Assert.DoesNotContain(secret, File.ReadAllText(file), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk_")]
    [InlineData("pk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_key_finds_none(string secret) => Assert.Null(new ApiKeys(folder, TimeProvider.System).Find(secret));

    [Fact]
    public void A_scope_allows_itself_and_all_allows_everything()
    {
        var orders = Make(new(folder, TimeProvider.System), Scope.Orders).Key;
        var all = Make(new(folder, TimeProvider.System), Scope.All).Key;
        Assert.Equal([true, false], new[] { Scope.Orders, Scope.Cards }.Select(orders.MayDo));
        Assert.All(Enum.GetValues<Scope>(), scope => Assert.True(all.MayDo(scope)));
        Assert.False((all with { RevokedAt = all.CreatedAt }).MayDo(Scope.Orders));
    }

    [Fact]
    public async Task Keys_made_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Make(new(folder, TimeProvider.System), Scope.Orders))));
        Assert.Equal(8, new ApiKeys(folder, TimeProvider.System).List().Count);
    }

    private static (string Secret, ApiKey Key) Make(ApiKeys keys, Scope scope) =>
        Assert.IsType<Reading<(string Secret, ApiKey Key), string>.Read>(keys.Create("till", [scope])).Value;

    private static string Altered(string secret) => secret[..^1] + (secret[^1] == 'A' ? 'B' : 'A');
}
