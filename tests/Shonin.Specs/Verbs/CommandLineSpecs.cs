using System.Collections;
using System.Text.Json;
using Shonin.EventLog.Secrets;
using Shonin.Verbs;

namespace Shonin.Specs.Verbs;

public sealed class CommandLineSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-specs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("confg", "Did you mean config?")]
    [InlineData("keys creat --name x", "Did you mean create?")]
    [InlineData("keys", "Required command was not provided.")]
    [InlineData("keys create", "Option '--name' is required.")]
    [InlineData("config --dta x", "Did you mean --data?")]
    [InlineData("config --Approval:AnswerTimeout", "--Approval:AnswerTimeout lacks its value")]
    [InlineData("config --Approval:AnswerTimeot 00:00:01", "Did you mean Approval:AnswerTimeout?")]
    [InlineData("config --smtp nowhere", "(from --smtp)")]
    [InlineData("version --Approval:AnswerTimeout 00:00:01", "shonin version takes no settings")]
    [InlineData("keys create --name x --scope orders,card", "there is no scope card; the scopes are orders, cards, contacts, admin, all.")]
    public async Task Bad_usage_ends_with_64_and_says_what_to_do(string arguments, string told)
    {
        var (code, output, error) = await RunAsync(arguments.Split(' '));
        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Nothing_shows_the_help()
    {
        var (code, output, _) = await RunAsync();
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("config", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_key_file_is_unreadable_input()
    {
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        OwnerOnly.Replace(Path.Combine(folder, "keys", "api-keys.json"), "[{"u8);
        var (code, _, error) = await RunAsync("keys", "list", "--data", folder);
        Assert.Equal(ExitCode.UnreadableInput, code);
        Assert.Contains("Restore it from a backup", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_made_listed_and_revoked()
    {
        var made = JsonDocument.Parse((await RunAsync("keys", "create", "--data", folder, "--name", "till", "--scope", "orders,cards", "--json")).Output).RootElement;
        Assert.Matches("^sk_[A-Za-z0-9_-]{32}$", made.GetProperty("key").GetString());
        Assert.DoesNotContain("sk_", (await RunAsync("keys", "list", "--data", folder)).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("keys", "revoke", "till", "--data", folder)).Code);
        Assert.Contains("revoked", (await RunAsync("keys", "list", "--data", folder)).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadUsage, (await RunAsync("keys", "revoke", "till", "--data", folder)).Code);
    }

    [Fact]
    public async Task Config_shows_value_and_origin_of_every_setting()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), """{"Approval":{"AnswerTimeout":"00:00:02"}}""");
        var (_, output, _) = await RunAsync("config", "--data", folder, "--Approval:NoticeAfter=00:00:01", "--json");
        var settings = JsonDocument.Parse(output).RootElement.GetProperty("settings").EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!);
        Assert.Equal("00:00:02", settings["Approval:AnswerTimeout"].GetProperty("value").GetString());
        Assert.EndsWith("appsettings.json", settings["Approval:AnswerTimeout"].GetProperty("origin").GetString(), StringComparison.Ordinal);
        Assert.Equal("--Approval:NoticeAfter", settings["Approval:NoticeAfter"].GetProperty("origin").GetString());
        Assert.Equal("default", settings["Approval:Deadline"].GetProperty("origin").GetString());
    }

    [Fact]
    public async Task The_data_folder_cannot_be_named_by_the_file_that_lies_in_it()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), """{"Storage":{"Folder":"/elsewhere"}}""");
        var (code, _, error) = await RunAsync("config", "--data", folder);
        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains("Storage:Folder cannot be set in", error, StringComparison.Ordinal);
    }

    private static async Task<(ExitCode Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, new(output, error, new Hashtable()), CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
