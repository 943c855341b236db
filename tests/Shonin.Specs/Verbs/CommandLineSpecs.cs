using System.Collections;
using System.Text.Json;
using Shonin.EventLog.Secrets;
using Shonin.Verbs;

namespace Shonin.Specs.Verbs;

[RealParts]
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
    [InlineData(
        "keys create --data . --name x --scope orders,card",
        "there is no scope card; the scopes are orders, cards, contacts, admin, all."
    )]
    [InlineData("demo --port 70000", "--port 70000 is no port. Give a number from 1024 to 65535, or 0 for any that is free.")]
    [InlineData("demo --port -1", "--port -1 is no port")]
    [InlineData("demo --port http", "--port http is no port")]
    [InlineData("help confg", "Did you mean config?")]
    [InlineData("test specs", "run ./shonin test there")]
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

    [Theory]
    [InlineData("help", "test ")]
    [InlineData("help", "demo ")]
    [InlineData("--help", "--version")]
    [InlineData("help demo", "--port")]
    [InlineData("help keys create", "--scope")]
    [InlineData("help test", "fuzz [SECONDS]")]
    [InlineData("--version", "shonin ")]
    [InlineData("--version --json", "\"version\"")]
    public async Task Help_and_version_are_found_the_way_they_are_asked_for(string arguments, string told)
    {
        var (code, output, error) = await RunAsync(arguments.Split(' '));
        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Contains(told, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keys create --name x --scope orders")]
    [InlineData("keys list")]
    [InlineData("keys revoke x")]
    [InlineData("mail rotate-keys")]
    [InlineData("log verify")]
    public async Task A_mistyped_data_folder_is_named_and_not_made(string verb)
    {
        var mistyped = Path.Combine(folder, "shpo");
        var (code, _, error) = await RunAsync([.. verb.Split(' '), "--data", mistyped]);
        Assert.Equal(ExitCode.UnreadableInput, code);
        Assert.Contains($"There is no data folder {mistyped}.", error, StringComparison.Ordinal);
        Assert.False(Path.Exists(mistyped));
    }

    [Fact]
    public async Task A_port_that_somebody_else_holds_is_named_before_anything_is_started()
    {
        using var holder = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        holder.Start();
        var port = ((System.Net.IPEndPoint)holder.LocalEndpoint).Port;
        var (code, output, error) = await RunAsync("demo", "--exit", "--data", Path.Combine(folder, "house"), "--port", $"{port}");
        Assert.Equal((ExitCode.OurFault, ""), (code, output));
        Assert.Contains($"Port {port} on 127.0.0.1 is in use.", error, StringComparison.Ordinal);
        Assert.Contains("--port 0", error, StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(folder, "house")));
    }

    [Theory]
    [InlineData("ja", "LANG=ja_JP.UTF-8")]
    [InlineData("ja", "LANG=ja")]
    [InlineData("en", "LANG=C.UTF-8")]
    [InlineData("en", "LANG=jam")]
    [InlineData("en", "")]
    [InlineData("en", "LANG=ja_JP.UTF-8 LC_MESSAGES=de_DE.UTF-8")]
    [InlineData("ja", "LANG=en_US.UTF-8 LC_MESSAGES=en_US.UTF-8 LC_ALL=ja_JP.eucJP")]
    [InlineData("ja", "LANG=ja_JP.UTF-8 LC_ALL=")]
    public void Verbs_speak_the_language_of_the_users_locale(string expected, string environment)
    {
        var variables = new Hashtable();
        foreach (var variable in environment.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            variables[variable.Split('=')[0]] = variable.Split('=')[1];
        Assert.Equal(expected, LangOption.Of(variables).ToString().ToLowerInvariant());
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
        var made = JsonDocument
            .Parse((await RunAsync("keys", "create", "--data", folder, "--name", "till", "--scope", "orders,cards", "--json")).Output)
            .RootElement;
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
        var settings = JsonDocument
            .Parse(output)
            .RootElement.GetProperty("settings")
            .EnumerateArray()
            .ToDictionary(one => one.GetProperty("name").GetString()!);
        Assert.Equal("00:00:02", settings["Approval:AnswerTimeout"].GetProperty("value").GetString());
        Assert.EndsWith("appsettings.json", settings["Approval:AnswerTimeout"].GetProperty("origin").GetString(), StringComparison.Ordinal);
        Assert.Equal("--Approval:NoticeAfter", settings["Approval:NoticeAfter"].GetProperty("origin").GetString());
        Assert.Equal("default", settings["Approval:Deadline"].GetProperty("origin").GetString());
    }

    [Fact]
    public async Task Config_says_how_to_write_holidays_and_which_lines_are_wrong()
    {
        var (_, without, _) = await RunAsync("config", "--data", folder);
        Assert.Contains("2027-01-01,元日,New Year's Day,closed", without, StringComparison.Ordinal);
        Assert.DoesNotContain("holidays.csv:", without, StringComparison.Ordinal);

        await File.WriteAllTextAsync(
            Path.Combine(folder, "holidays.csv"),
            "2027-01-01,元日,New Year's Day,closed\n2027-01-02,初売り,First sale\n"
        );
        var (_, output, _) = await RunAsync("config", "--data", folder);
        Assert.Contains("holidays.csv: 1 holidays and special days", output, StringComparison.Ordinal);
        Assert.Contains("holidays.csv, line 2: 3 fields between commas", output, StringComparison.Ordinal);
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
