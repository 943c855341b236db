using System.Collections;
using Microsoft.Data.Sqlite;
using Shonin.EventLog;
using Shonin.Verbs;

namespace Shonin.Specs.EventLog;

/// <summary>A data folder of its own for one spec, gone afterwards.</summary>
internal sealed class DataFolder : IDisposable
{
    internal DataFolder()
    {
        RealParts.Open();
        Path = Directory.CreateTempSubdirectory("shonin-spec-").FullName;
    }

    internal string Path { get; }

    internal LogFiles Log => new(Path, "merchant");

    /// <summary>What a thief or a crash would leave: every file as it is on the disk at this moment.</summary>
    internal DataFolder Copy()
    {
        var copy = new DataFolder();
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            var target = System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            if (!file.EndsWith(".lock", StringComparison.Ordinal))
                File.Copy(file, target);
        }
        return copy;
    }

    /// <summary>Whether these bytes stand in a file of the folder, also one that is being written.</summary>
    internal bool AnyFileHolds(byte[] bytes) =>
        Directory
            .EnumerateFiles(Path)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
            .Any(file =>
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var content = new MemoryStream();
                stream.CopyTo(content);
                return content.GetBuffer().AsSpan(0, (int)content.Length).IndexOf(bytes) >= 0;
            });

    /// <summary>What <c>shonin log migrate</c> prints of this folder, which it brings to the present form without a complaint.</summary>
    internal async Task<string> MigrateAsync(params string[] options)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(
            ["log", "migrate", "--data", Path, .. options],
            new Terminal(output, error, new Hashtable()),
            default
        );
        Assert.Equal((ExitCode.Done, ""), (code, error.ToString()));
        return output.ToString();
    }

    /// <summary>The first value that a database beside the program's own connections answers with.</summary>
    internal static object? Sql(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
