using System.Text.RegularExpressions;
using Shonin.EventLog.Secrets;
using Shonin.Notices;
using Shonin.Specs.EventLog;
using Shonin.Verbs;
using Shonin.Verbs.Mail;

namespace Shonin.Specs.Verbs.Mail;

[RealParts]
public sealed partial class MailKeysVerbSpecs : IDisposable
{
    private readonly DataFolder data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task A_pair_is_made_followed_by_the_next_and_taken_back()
    {
        Assert.Contains("There are no keys yet", (await RunAsync("keys")).Output, StringComparison.Ordinal);
        Assert.Contains("A new pair signs from now on", (await RunAsync("rotate-keys")).Output, StringComparison.Ordinal);
        var next = (await RunAsync("rotate-keys")).Output;
        Assert.Contains("Publish its records before", next, StringComparison.Ordinal);

        var (code, _, error) = await RunAsync("rotate-keys", "--from", "2099-01-01T00:00+09:00");
        Assert.Equal(ExitCode.No, code);
        Assert.Contains("wait already", error, StringComparison.Ordinal);

        var listed = await ListAsync();
        Assert.Equal(["signs", "signs", "waits", "waits"], listed.Select(key => key.State));
        Assert.Equal(["rsa-sha256", "ed25519-sha256", "rsa-sha256", "ed25519-sha256"], listed.Select(key => key.Algorithm));

        var revoked = (await RunAsync("rotate-keys", "--revoke", listed[0].Selector)).Output;
        Assert.Contains($"{listed[0].Selector} is taken back", revoked, StringComparison.Ordinal);
        Assert.Contains(
            $"{listed[0].Selector}._domainkey.shop.example.jp. IN TXT \"v=DKIM1; k=rsa; p=\"",
            revoked,
            StringComparison.Ordinal
        );
        Assert.Contains(listed[2].Selector, revoked, StringComparison.Ordinal);
        Assert.Equal(["takenBack", "signed", "signs", "signs"], (await ListAsync()).Select(key => key.State));
    }

    [Theory]
    [InlineData("rotate-keys --from tomorrow", "is no time with its offset")]
    [InlineData("rotate-keys --from 2099-01-01T00:00", "is no time with its offset")]
    [InlineData("rotate-keys --from now --revoke r1", "leave --from out")]
    [InlineData("rotate-keys --revoke r1", "has no key r1")]
    public async Task Bad_usage_says_what_to_do(string arguments, string told)
    {
        var (code, _, error) = await RunAsync(arguments.Split(' '));
        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains(told, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pair_cannot_begin_in_the_past()
    {
        var (code, _, error) = await RunAsync("rotate-keys", "--from", "2020-01-01T00:00:00Z");
        Assert.Equal(ExitCode.No, code);
        Assert.Contains("in the past", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_book_is_unreadable_input()
    {
        Directory.CreateDirectory(Path.Combine(data.Path, "keys"));
        OwnerOnly.Replace(Path.Combine(data.Path, "keys", "mail-keys.json"), "{}"u8);
        var (code, _, error) = await RunAsync("keys");
        Assert.Equal(ExitCode.UnreadableInput, code);
        Assert.Contains("$.schema", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_records_to_publish_have_character_strings_that_dns_can_carry()
    {
        RsaKeys.Place(new KeyFolder(data.Path), "r20261124", 0);
        using var keys = DkimKeys.LoadOrCreate(new KeyFolder(data.Path), "shop.example.jp", new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero));
        string[] lines = [.. keys.Book.Keys.Select(MailKeysVerb.ZoneLine)];

        Assert.StartsWith("r20261124._domainkey.shop.example.jp. IN TXT \"v=DKIM1; k=rsa; p=", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("e20261124._domainkey.shop.example.jp. IN TXT \"v=DKIM1; k=ed25519; p=", lines[1], StringComparison.Ordinal);
        var strings = lines.Select(line => CharacterString().Matches(line).Select(match => match.Groups[1].Value).ToArray()).ToArray();
        Assert.All(strings.SelectMany(one => one), text => Assert.InRange(text.Length, 1, 255));
        Assert.Equal(keys.Book.Keys.Select(key => key.Record), strings.Select(parts => string.Concat(parts)));
        Assert.True(strings[0].Length > 1);
    }

    private async Task<IReadOnlyList<(string Selector, string State, string Algorithm)>> ListAsync() =>
        [
            .. (await RunAsync("keys", "--json"))
                .Json.GetProperty("keys")
                .EnumerateArray()
                .Select(key =>
                    (
                        key.GetProperty("selector").GetString()!,
                        key.GetProperty("state").GetString()!,
                        key.GetProperty("algorithm").GetString()!
                    )
                ),
        ];

    private Task<VerbRun> RunAsync(params string[] arguments) => VerbRun.OfAsync("", ["mail", .. arguments, "--data", data.Path]);

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex CharacterString();
}
