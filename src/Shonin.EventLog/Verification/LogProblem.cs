namespace Shonin.EventLog.Verification;

/// <summary>A row of the log: where it stands in the whole, and in its stream.</summary>
public sealed record RowPlace(long Position, StreamId Stream, long Version)
{
    public override string ToString() => $"position {Position} (stream {Stream}, version {Version})";
}

/// <summary>What is wrong with a log, and where: the first finding, the most exact one that the evidence allows.</summary>
public abstract record LogProblem
{
    private LogProblem() { }

    /// <summary>The row does not match its own hash: something in it was changed.</summary>
    public sealed record Edited(RowPlace Row) : LogProblem;

    /// <summary>Two rows have each other's place or content.</summary>
    public sealed record Swapped(RowPlace First, RowPlace Second) : LogProblem;

    /// <summary>A row was given another position.</summary>
    public sealed record Moved(RowPlace Row, long From) : LogProblem;

    /// <summary>A row is gone, and what is left of its stream, or the heads file, says which it was.</summary>
    public sealed record Removed(RowPlace Row) : LogProblem;

    /// <summary>A row is gone, and nothing that is left names it.</summary>
    public sealed record RemovedUnnamed(long Position) : LogProblem;

    /// <summary>No row of a stream is left, though it once had <paramref name="Version"/> of them (0: at least one).</summary>
    /// <param name="KnownFrom">What still names it.</param>
    public sealed record StreamRemoved(StreamId Stream, long Version, string KnownFrom) : LogProblem;

    /// <summary>The last rows are gone.</summary>
    /// <param name="Lost">Streams that had later versions, as far as something names them.</param>
    public sealed record CutOff(long Signed, long Found, IReadOnlyList<StreamId> Lost) : LogProblem;

    /// <summary>There are rows behind the signed end; the program that wrote them had no key.</summary>
    public sealed record Unsigned(long Signed, long Found) : LogProblem;

    /// <summary>Rows match their hashes, but not the signed root: they were changed and hashed anew without the key.</summary>
    /// <param name="After">Up to here everything is as a signed head says.</param>
    /// <param name="UpTo">The next signed head, which does not match.</param>
    public sealed record Rewritten(long After, long UpTo) : LogProblem;

    /// <summary>There are rows, and no signed head.</summary>
    public sealed record HeadMissing : LogProblem;

    /// <summary>The head is not what the key signed.</summary>
    public sealed record HeadAltered : LogProblem;

    /// <summary>The head was signed by another key than the one in <c>keys/</c>.</summary>
    public sealed record ForeignKey(string SignedBy, string Ours) : LogProblem;

    /// <summary>There is no usable key to check signatures with.</summary>
    public sealed record KeyUnusable(string Why) : LogProblem;

    /// <summary>The database is older than a head that was seen: an older copy was put back, or both rows and head were cut.</summary>
    public sealed record RolledBack(long Seen, DateTimeOffset SeenAt, long Found) : LogProblem;

    /// <summary>A line of the heads file is not what the key signed, or not at its place.</summary>
    public sealed record HeadsFileAltered(string File, long Line) : LogProblem;

    /// <summary>The heads file has lost lines that the database remembers.</summary>
    public sealed record HeadsFileShort(string File, long Remembered, long Found) : LogProblem;

    /// <summary>The database is gone or cannot be read.</summary>
    public sealed record Unreadable(string Why) : LogProblem;

    /// <summary>One sentence for whoever runs the server.</summary>
    public string Describe() =>
        this switch
        {
            Edited edited => $"The row at {edited.Row} was edited: it does not match its hash.",
            Swapped swapped => $"The rows at {swapped.First} and {swapped.Second} were swapped.",
            Moved moved => $"The row at {moved.Row} was moved there from position {moved.From}.",
            Removed removed => $"The row at {removed.Row} was removed.",
            RemovedUnnamed removed => $"The row at position {removed.Position} was removed; nothing that is left names its stream.",
            StreamRemoved { Version: 0 } gone => $"The stream {gone.Stream} was removed; {gone.KnownFrom} still names it.",
            StreamRemoved gone => $"The stream {gone.Stream} was removed; it had {gone.Version} events, as {gone.KnownFrom} says.",
            CutOff { Lost: [] } cut => $"The log was cut off: the signed head says {cut.Signed} events, found {cut.Found}.",
            CutOff cut =>
                $"The log was cut off: the signed head says {cut.Signed} events, found {cut.Found}. Lost are the last events of {string.Join(", ", cut.Lost)}.",
            Unsigned added => $"Rows were added without the key: the signed head says {added.Signed} events, found {added.Found}.",
            Rewritten again =>
                $"Rows between position {again.After + 1} and {again.UpTo} were changed and hashed anew: the signed root does not match.",
            HeadMissing => "The signed head was removed.",
            HeadAltered => "The signed head was altered: its signature does not match.",
            ForeignKey foreign => $"The log was signed by a foreign key {foreign.SignedBy}; the key of this log is {foreign.Ours}.",
            KeyUnusable key => $"Signatures cannot be checked: {key.Why}",
            RolledBack back =>
                $"An older database was put back: at {back.SeenAt:yyyy-MM-dd HH:mm:ss'Z'} the log held {back.Seen} events, now {back.Found}.",
            HeadsFileAltered file => $"Line {file.Line} of {file.File} was altered, or lines before it were removed.",
            HeadsFileShort file => $"{file.File} was cut off: the database remembers {file.Remembered} lines, found {file.Found}.",
            Unreadable unreadable => unreadable.Why,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
