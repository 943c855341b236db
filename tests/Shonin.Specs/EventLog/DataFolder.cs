using Shonin.EventLog;

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

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
