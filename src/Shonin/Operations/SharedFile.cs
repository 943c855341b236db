using Shonin.EventLog.Secrets;

namespace Shonin.Operations;

/// <summary>
/// A small file of the key folder that several processes change: it is replaced whole, by one at a time, and looked at again when it
/// has changed. So the command line changes it, and a running server notices.
/// </summary>
/// <param name="parse">Reads the bytes; its exceptions go to whoever reads.</param>
/// <param name="none">What a missing file holds.</param>
internal sealed class SharedFile<T>(string path, Func<ReadOnlyMemory<byte>, T> parse, T none)
    where T : class
{
    private const int FileSizeBytesMax = 4 * 1024 * 1024; // A thousand API keys have some 300 KiB.

    private volatile Snapshot? snapshot;

    private sealed record Snapshot(DateTime WrittenAt, long SizeBytes, T Value);

    public string Path => path;

    /// <exception cref="KeyFileException">Others may read or change the file.</exception>
    public T Read()
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return none;
        if (snapshot is { } seen && seen.WrittenAt == file.LastWriteTimeUtc && seen.SizeBytes == file.Length)
            return seen.Value;
        OwnerOnly.RefuseWhatOthersMayChange(System.IO.Path.GetDirectoryName(path)!);
        var value = parse(OwnerOnly.ReadSecret(path, FileSizeBytesMax, "Restore it from a backup of the keys."));
        snapshot = new(file.LastWriteTimeUtc, file.Length, value);
        return value;
    }

    /// <summary>
    /// To be held from reading to writing: two command lines at once would lose one's change, so the second waits for its turn.
    /// </summary>
    public FileStream TakeTurn()
    {
        const int TriesMax = 500;
        var pause = TimeSpan.FromMilliseconds(10);
        var folder = System.IO.Path.GetDirectoryName(path)!;
        OwnerOnly.RefuseWhatOthersMayChange(folder);
        OwnerOnly.Folder(folder);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return OwnerOnly.OpenOrCreate(path + ".lock", FileShare.None);
            }
            catch (IOException) when (tries < TriesMax)
            {
                Thread.Sleep(pause);
            }
        }
    }

    /// <summary>Whole under another name first: whoever reads beside sees the old file or the new one.</summary>
    public void Write(ReadOnlySpan<byte> content) => OwnerOnly.Replace(path, content);
}
