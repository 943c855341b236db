using System.Diagnostics;
using System.Runtime.Versioning;

namespace Shonin.Journeys.Doors;

/// <summary>
/// What another user of the machine finds: every file and folder that the program makes, under whatever umask it was started.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class OwnerOnlyJourney : IDisposable
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private readonly string folder = Directory.CreateTempSubdirectory("shonin-umask-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A whole house waits most of the time, so three of them stand side by side.</summary>
    [Fact]
    public async Task Whatever_the_umask_nothing_that_a_whole_house_makes_is_open_to_others()
    {
        // Others may look into this folder: what protects the data is what the program made.
        File.SetUnixFileMode(
            folder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
        );
        await Task.WhenAll(new[] { "000", "022", "077" }.Select(NothingIsOpenAsync));
    }

    private async Task NothingIsOpenAsync(string umask)
    {
        var made = Path.Combine(folder, umask);
        var data = Path.Combine(made, "data");
        // Whether the story's promises hold is the demo's own journey; on a slow machine the files are made all the same.
        await RunAsync(umask, "demo", "--exit", "--data", data, "--port", "0");
        Assert.Equal(0, (await RunAsync(umask, "keys", "create", "--data", data, "--name", "till", "--scope", "orders")).Code);
        Assert.Equal(0, (await RunAsync(umask, "mail", "rotate-keys", "--data", data)).Code);

        string[] paths = [.. Directory.EnumerateFileSystemEntries(made, "*", SearchOption.AllDirectories), made];
        Assert.Contains(paths, path => path.EndsWith("vault.db", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.EndsWith(".eml", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.EndsWith("demo.json", StringComparison.Ordinal));
        Assert.All(paths, path =>
            Assert.True(
                (File.GetUnixFileMode(path) & Others) == 0,
                $"umask {umask}: {path} has mode {Convert.ToString((int)File.GetUnixFileMode(path), 8)}"
            )
        );
        if (Environment.IsPrivilegedProcess)
            Assert.Empty(await ReadableByNobodyAsync(made));
    }

    [Fact]
    public async Task What_is_asked_for_with_out_follows_the_umask()
    {
        var (cases, results) = (Path.Combine(folder, "cases.jsonl"), Path.Combine(folder, "results.jsonl"));
        await File.WriteAllTextAsync(cases, "");
        Assert.Equal(0, (await RunAsync("027", "mail", "batch", "--cases", cases, "--out", results)).Code);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(results));
    }

    /// <summary>What the user nobody can see or read of a folder: its files, and whatever its search reaches.</summary>
    private static async Task<string> ReadableByNobodyAsync(string path)
    {
        var start = new ProcessStartInfo("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "find", path, "-mindepth", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var find = Process.Start(start)!;
        var found = await find.StandardOutput.ReadToEndAsync();
        var refused = await find.StandardError.ReadToEndAsync();
        await find.WaitForExitAsync();
        Assert.Contains("Permission denied", refused, StringComparison.Ordinal);
        return found;
    }

    private static async Task<(int Code, string Said)> RunAsync(string umask, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "/bin/sh",
            ["-c", "umask $0 && exec \"$@\"", umask, Path.Combine(AppContext.BaseDirectory, "shonin"), .. arguments]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
