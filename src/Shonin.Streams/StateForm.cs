using System.Buffers.Text;
using System.Text;
using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// How a kind's state is kept beside the log now and then, so that a long stream is read from there and not from its beginning. It pays
/// where streams grow without end and their state does not. The state is a document of the stream's own, sealed like any other and durable
/// with the facts that it includes. Nothing relies on it: where it is missing, damaged or of another form, all facts are read.
/// </summary>
/// <param name="Name">
/// Of this form and of the folding behind it, short, ASCII without spaces: <c>asker/1</c>. Where either changes the name does, and states
/// kept under the old one are not read any more.
/// </param>
/// <param name="EveryFactCount">How many facts lie between two states that are kept.</param>
/// <param name="Read">May throw whatever a parser does.</param>
public sealed record StateForm<TState>(
    string Name,
    int EveryFactCount,
    Func<TState, ReadOnlyMemory<byte>> Write,
    Func<ReadOnlyMemory<byte>, TState> Read
)
    where TState : class
{
    private static string DocumentIdOf(StreamId stream) => $"state-{stream.Value}";

    /// <summary>What is to be kept with an append; null where it is not time yet, or where the log holds no state of that size.</summary>
    internal Document? Keep(StreamId stream, long versionBefore, long version, TState state)
    {
        if (versionBefore / EveryFactCount == version / EveryFactCount)
            return null;
        byte[] content = [.. Encoding.ASCII.GetBytes($"{Name} {version}\n"), .. Write(state).Span];
        var id = DocumentIdOf(stream);
        return content.Length > AppendLimits.DocumentSizeBytesMax ? null : new Document(id, Owner: id, content);
    }

    /// <summary>The state that was kept last and the version it is of; null where none can be used.</summary>
    internal async ValueTask<(TState State, long Version)?> FindAsync(IEventReader log, StreamId stream, CancellationToken cancellation)
    {
        if (await log.ReadDocumentAsync(DocumentIdOf(stream), cancellation) is not { } kept || Parse(kept) is not { } found)
            return null;
        // Where the log lost facts, the state is not ahead of it.
        return found.Version <= await log.ReadVersionAsync(stream, cancellation) ? found : null;
    }

    private (TState State, long Version)? Parse(ReadOnlyMemory<byte> kept)
    {
        var name = Encoding.ASCII.GetBytes(Name + " ");
        return
            kept.Span.StartsWith(name)
            && Utf8Parser.TryParse(kept.Span[name.Length..], out long version, out var size)
            && kept.Span[name.Length..][size..] is [(byte)'\n', ..]
            ? (Read(kept[(name.Length + size + 1)..]), version)
            : null;
    }
}
