namespace Shonin.Keys;

/// <summary>
/// A small file of the key folder that several processes change: it is replaced whole, by one at a time, and looked at again when it
/// has changed. So the command line changes it, and a running server notices.
/// </summary>
/// <param name="parse">Reads the bytes; its exceptions go to whoever reads.</param>
/// <param name="none">What a missing file holds.</param>
internal sealed class SharedFile<T>(string path, Func<ReadOnlyMemory<byte>, T> parse, T none) where T : class
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private volatile Snapshot? snapshot;

    private sealed record Snapshot(DateTime WrittenAt, long SizeBytes, T Value);

    public string Path => path;

    public T Read()
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return none;
        if (snapshot is { } seen && seen.WrittenAt == file.LastWriteTimeUtc && seen.SizeBytes == file.Length)
            return seen.Value;
        var value = parse(File.ReadAllBytes(path));
        snapshot = new(file.LastWriteTimeUtc, file.Length, value);
        return value;
    }

    /// <summary>To be held from reading to writing: two command lines at once would lose one's change, so the second waits for its turn.</summary>
    public FileStream TakeTurn()
    {
        const int TriesMax = 500;
        var pause = TimeSpan.FromMilliseconds(10);
        var folder = System.IO.Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < TriesMax)
            {
                Thread.Sleep(pause);
            }
        }
    }

    /// <summary>Whole under another name first: whoever reads beside sees the old file or the new one.</summary>
    public void Write(ReadOnlySpan<byte> content)
    {
        var half = path + ".new";
        File.Delete(half);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(half, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite: true);
    }
}
