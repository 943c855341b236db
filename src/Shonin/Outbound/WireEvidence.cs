using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.CardNetwork.Link;
using Shonin.Domain.Approvals;
using Shonin.Merchant;

namespace Shonin.Outbound;

/// <summary>
/// Keeps what came over the wire and belongs to no order, a JSON object a line: it may explain a case later. It holds masked parses and
/// digests, never a card number.
/// </summary>
internal sealed class WireEvidence : IDisposable
{
    /// <summary>Somebody who sends rubbish must not fill the disk; beyond this, the log alone tells of it.</summary>
    private const long FileSizeBytesMax = 64 * 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly FileStream file;
    private readonly ILogger log;
    private readonly Lock gate = new();

    private WireEvidence(FileStream file, ILogger log) => (this.file, this.log) = (file, log);

    public static WireEvidence Open(string path, ILogger log) => new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read), log);

    public ValueTask KeepAsync(LinkEvidence evidence)
    {
        log.LogWarning("Card network: {Kind}, {What}", evidence.Kind, evidence.What);
        Write(evidence);
        return ValueTask.CompletedTask;
    }

    /// <summary>An answer that no order asked for: late beyond memory, or meant for somebody else.</summary>
    public void NoteIfUnclaimed(NetworkAnswer answer, AnswerRoute route)
    {
        if (route == AnswerRoute.Recorded)
            return;
        log.LogWarning("Card network: an answer with key {Key} belongs to no order", answer.WireKey);
        Write(answer);
    }

    public void Dispose() => file.Dispose();

    private void Write<T>(T line)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line, Json);
        lock (gate)
        {
            if (file.Length > FileSizeBytesMax)
                return;
            file.Write(bytes);
            file.Write("\n"u8);
            file.Flush();
        }
    }
}
