using Microsoft.Win32.SafeHandles;
using Shonin.EventLog.Secrets;

namespace Shonin.EventLog;

/// <summary>
/// A file that grows by whole lines. A line that the disk takes only half of is taken back, at once or, where even that fails, before the
/// next one is written; nothing of it waits in a buffer to be written later. What a crash left of a line is cut off when the file is
/// opened.
/// </summary>
public sealed class LineFile : IDisposable
{
    private const byte Newline = (byte)'\n';

    private readonly FileStream file;
    private readonly WriteAt write;
    private bool holdsHalfALine;

    private LineFile(FileStream file, WriteAt write, long sizeBytes, byte[]? lastLine) =>
        (this.file, this.write, SizeBytes, LastLine) = (file, write, sizeBytes, lastLine);

    /// <summary>What the disk does with a write: all of it, or an <see cref="IOException"/> after any part.</summary>
    internal delegate void WriteAt(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>How much of it is whole lines.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>The last line that stood there when it was opened, without its newline; null in an empty file.</summary>
    public byte[]? LastLine { get; }

    /// <summary>Opens the file, or makes it; others may read beside.</summary>
    /// <param name="lineSizeBytesMax">No line is longer. Of the end of the file, twice as much is read.</param>
    /// <exception cref="IOException">It cannot be opened, or half a line at its end cannot be cut off.</exception>
    public static LineFile Open(string path, int lineSizeBytesMax) => Open(path, lineSizeBytesMax, RandomAccess.Write);

    internal static LineFile Open(string path, int lineSizeBytesMax, WriteAt write)
    {
        var file = OwnerOnly.OpenOrCreate(path, FileShare.Read);
        try
        {
            var tail = new byte[Math.Min(file.Length, 2L * (lineSizeBytesMax + 1))];
            file.Seek(-tail.Length, SeekOrigin.End);
            file.ReadExactly(tail);
            var end = tail.AsSpan().LastIndexOf(Newline);
            var sizeBytes = file.Length - tail.Length + end + 1;
            if (sizeBytes < file.Length)
                file.SetLength(sizeBytes);
            return new LineFile(file, write, sizeBytes, end < 0 ? null : tail[(tail.AsSpan(0, end).LastIndexOf(Newline) + 1)..end]);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes a line, and its newline; the system may keep it in memory for a while.</summary>
    /// <exception cref="IOException">It was not written; nothing of it will ever stand in the file.</exception>
    public void Append(ReadOnlySpan<byte> line) => Write(line, () => { });

    /// <summary>As <see cref="Append"/>; on the disk when this ends.</summary>
    /// <exception cref="IOException">It was not written, or perhaps not made durable; nothing of it will ever stand in the
    ///   file.</exception>
    public void AppendDurably(ReadOnlySpan<byte> line) => Write(line, () => RandomAccess.FlushToDisk(file.SafeFileHandle));

    public void Dispose() => file.Dispose();

    private void Write(ReadOnlySpan<byte> line, Action flush)
    {
        if (holdsHalfALine)
            CutHalfLine();
        byte[] whole = [.. line, Newline];
        holdsHalfALine = true;
        try
        {
            write(file.SafeFileHandle, whole, SizeBytes);
            flush();
        }
        catch (IOException)
        {
            TryCutHalfLine();
            throw;
        }
        holdsHalfALine = false;
        SizeBytes += whole.Length;
    }

    private void TryCutHalfLine()
    {
        try
        {
            CutHalfLine();
        }
        catch (IOException)
        {
            // The disk refuses that as well: the next line begins with it.
        }
    }

    private void CutHalfLine()
    {
        RandomAccess.SetLength(file.SafeFileHandle, SizeBytes);
        holdsHalfALine = false;
    }
}
