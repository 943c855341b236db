using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Evidence;

/// <summary>
/// Writes heads to a place that is not the database, line by line (<see cref="HeadLine"/>). Whoever can edit the database but not this
/// file, or a copy of it, cannot cut, replace or rewrite the log unseen.
/// </summary>
internal sealed class HeadWitness : IDisposable
{
    private readonly LineFile file;
    private readonly LogSigner signer;

    private HeadWitness(LineFile file, LogSigner signer, LineMark last)
    {
        this.file = file;
        this.signer = signer;
        Last = last;
    }

    /// <summary>The line written last.</summary>
    internal LineMark Last { get; private set; }

    /// <summary>The number of a line and the hash of its bytes: what the database remembers, so that lost lines are noticed.</summary>
    internal sealed record LineMark(long Number, ReadOnlyMemory<byte> Hash)
    {
        internal static readonly LineMark None = new(0, EventHash.BeforeFirst);
    }

    /// <summary>
    /// Opens the file for more lines. Half a line at its end, left by a crash, is cut off: nothing has ever relied on it. Where the file
    /// has lost lines that the database remembers, the count goes on after those, so that the hole stays visible.
    /// </summary>
    /// <param name="remembered">The last line that the database knows of.</param>
    /// <param name="held">What the database holds; a file that has seen more than that is not written to.</param>
    /// <exception cref="LogUnusableException">The file has seen a longer log, or its last line is not ours.</exception>
    internal static (HeadWitness Witness, long EventsSeen) Open(string path, LogSigner signer, LineMark remembered, LogHead held)
    {
        OwnerOnly.Folder(Path.GetDirectoryName(path)!);
        var file = LineFile.Open(path, HeadLine.SizeBytesMax);
        try
        {
            var (number, hash, seen) = (0L, EventHash.BeforeFirst, 0L);
            if (file.LastLine is { } last)
            {
                var line = HeadLine.Read(last, signer.VerifyingKey)
                    ?? throw new LogUnusableException(
                        $"The last line of {path} was not signed by this log's key. Run: shonin log verify. "
                            + "To go on regardless, move the file aside; the hole stays visible."
                    );
                if (
                    line.Head.Events > held.Events
                    || (line.Head.Events == held.Events && !line.Head.Root.Span.SequenceEqual(held.Root.Span))
                )
                {
                    throw new LogUnusableException(
                        $"The database holds {held.Events} events, but {path} has seen {line.Head.Events}"
                            + " of another course: the database was cut, or an older copy was put back. Run: shonin log verify. "
                            + "To go on with this database on purpose, move the heads file aside; the hole stays visible."
                    );
                }
                (number, hash, seen) = (line.Number, HeadLine.HashOf(last), line.Head.Events);
            }
            var mark = number >= remembered.Number ? new LineMark(number, hash) : remembered;
            return (new HeadWitness(file, signer, mark), seen);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes the head, durably, in as many lines as the streams need.</summary>
    /// <exception cref="IOException">A line could not be written, and never will be: the next try writes its own.</exception>
    internal void Write(SignedHead head, IEnumerable<KeyValuePair<StreamId, long>> touched)
    {
        foreach (var streams in touched.Chunk(HeadLine.StreamCountMax))
        {
            var line = new HeadLine(Last.Number + 1, Last.Hash, head, streams).Write(signer);
            file.AppendDurably(line);
            Last = new LineMark(Last.Number + 1, HeadLine.HashOf(line));
        }
    }

    public void Dispose() => file.Dispose();
}
