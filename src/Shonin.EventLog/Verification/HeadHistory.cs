using System.Security.Cryptography;
using Shonin.EventLog.Evidence;
using Shonin.EventLog.Sqlite;

namespace Shonin.EventLog.Verification;

/// <summary>A heads file as long as it was when the verification began.</summary>
internal sealed record HeadsOnFile(string Path)
{
    private readonly long lengthBytes = File.Exists(Path) ? new FileInfo(Path).Length : 0;

    internal IEnumerable<byte[]> Lines() => HeadFile.ReadLines(Path, lengthBytes);

    /// <summary>Also what a running server has added since.</summary>
    internal IEnumerable<byte[]> LinesUpToNow() => HeadFile.ReadLines(Path, long.MaxValue);
}

/// <summary>Walks along the heads that were seen, while the log's tree grows past each of them.</summary>
internal sealed class HeadHistory : IDisposable
{
    private readonly HeadsOnFile heads;
    private readonly ECDsa key;
    private readonly IEnumerator<byte[]> lines;
    private HeadWitness.LineMark last = HeadWitness.LineMark.None;
    private HeadLine? next;
    private LogProblem? problem;

    internal HeadHistory(HeadsOnFile heads, string log, ECDsa key)
    {
        this.heads = heads;
        this.key = key;
        Log = log;
        lines = heads.Lines().GetEnumerator();
        Advance();
    }

    internal string Log { get; }

    /// <summary>The largest count at which a seen head and the rows agree.</summary>
    internal long MatchedUpTo { get; private set; }

    /// <summary>The count of the first seen head that the rows do not agree with.</summary>
    internal long? FirstMismatch { get; private set; }

    internal void Compare(LogTree tree)
    {
        while (next is { } line && line.Head.Events <= tree.Count)
        {
            if (FirstMismatch is null && line.Head.Events == tree.Count && tree.Root().AsSpan().SequenceEqual(line.Head.Root.Span))
                MatchedUpTo = tree.Count;
            else
                FirstMismatch ??= line.Head.Events;
            Advance();
        }
    }

    /// <summary>What is wrong with the file itself, or with the database in its light.</summary>
    internal LogProblem? Finish(StoredHead head)
    {
        if (problem is not null)
            return problem;

        var ahead = next;
        while (next is not null)
        {
            ahead = next;
            Advance();
        }
        if (problem is not null)
            return problem;
        if (ahead is not null)
            return new LogProblem.RolledBack(ahead.Head.Events, ahead.Head.At, head.Signed.Events);
        return LostLines(head.WitnessLine);
    }

    private LogProblem.HeadsFileShort? LostLines(HeadWitness.LineMark remembered)
    {
        if (remembered.Number <= last.Number)
            return null;
        var found = heads.LinesUpToNow().LongCount();
        return remembered.Number <= found ? null : new LogProblem.HeadsFileShort(heads.Path, remembered.Number, found);
    }

    private void Advance()
    {
        next = null;
        if (problem is not null || !lines.MoveNext())
            return;
        var line = HeadLine.Read(lines.Current, key);
        if (
            line is null
            || line.Number != last.Number + 1
            || !line.Previous.Span.SequenceEqual(last.Hash.Span)
            || line.Head.Log != Log
            || !line.Head.IsSignedBy(key)
            || line.Head.Events < MatchedUpTo
        )
        {
            problem = new LogProblem.HeadsFileAltered(heads.Path, last.Number + 1);
            return;
        }
        last = new HeadWitness.LineMark(line.Number, HeadLine.HashOf(lines.Current));
        next = line;
    }

    public void Dispose() => lines.Dispose();
}
