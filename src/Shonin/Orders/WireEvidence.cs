using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.CardNetwork.Link;
using Shonin.Domain.Approvals;
using Shonin.EventLog;
using Shonin.Merchant.Approvals;

namespace Shonin.Orders;

/// <summary>How much of the evidence is kept.</summary>
internal sealed record EvidenceLimits
{
    /// <summary>
    /// A file that has grown so far becomes <c>….1.jsonl</c>, in the place of the one before; both together are at most twice as large.
    /// </summary>
    public long FileSizeBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Lines that are kept word for word in one <see cref="Span"/>; the rest is counted in one more line.</summary>
    public int LinesMax { get; init; } = 1_000;
    public TimeSpan Span { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>
/// Keeps what came over the wire and belongs to no order, a JSON object a line: it may explain a case later. It holds masked parses and
/// digests, never a card number. Somebody who sends rubbish fills neither the disk nor the console with it.
/// </summary>
internal sealed class WireEvidence : IDisposable
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>A message has at most 4096 bytes (WIRE framing), and its masked parse a few times that.</summary>
    private const int LineSizeBytesMax = 256 * 1024;

    private readonly string path;
    private readonly EvidenceLimits limits;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private LineFile file;
    private DateTimeOffset since;
    private int lineCount;
    private long countedOnly;

    private WireEvidence(string path, EvidenceLimits limits, TimeProvider clock, ILogger log)
    {
        (this.path, this.limits, this.clock, this.log) = (path, limits, clock, log);
        (file, since) = (LineFile.Open(path, LineSizeBytesMax), clock.GetUtcNow());
    }

    /// <summary>What was beyond the lines of its span.</summary>
    private sealed record CountedOnly(DateTimeOffset At, DateTimeOffset Since, long CountedOnlyCount);

    public static WireEvidence Open(string path, EvidenceLimits limits, TimeProvider clock, ILogger log) => new(path, limits, clock, log);

    public ValueTask KeepAsync(LinkEvidence evidence)
    {
        if (Write(evidence))
            log.LogWarning("Card network: {Kind}, {What}", evidence.Kind, evidence.What);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// An answer that no order asked for (late beyond memory, or meant for somebody else), or that its order could not take.
    /// </summary>
    public void NoteUnlessRecorded(NetworkAnswer answer, AnswerRoute route)
    {
        if (route == AnswerRoute.Recorded || !Write(answer))
            return;
        if (route == AnswerRoute.Unclaimed)
            log.LogWarning("Card network: an answer with key {Key} belongs to no order", answer.WireKey);
        else
            log.LogWarning("Card network: an answer with key {Key} could not be recorded", answer.WireKey);
    }

    public void Dispose()
    {
        lock (gate)
        {
            EndSpan(clock.GetUtcNow());
            file.Dispose();
        }
    }

    /// <summary>False where it was only counted.</summary>
    private bool Write<T>(T line)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if ((now - since).Duration() >= limits.Span) // also where the clock was set back far
                EndSpan(now);
            if (lineCount >= limits.LinesMax)
            {
                countedOnly++;
                return false;
            }
            lineCount++;
            Append(line);
            return true;
        }
    }

    private void EndSpan(DateTimeOffset now)
    {
        if (countedOnly > 0)
            Append(new CountedOnly(now, since, countedOnly));
        (since, lineCount, countedOnly) = (now, 0, 0);
    }

    private void Append<T>(T line)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line, json);
        if (file.SizeBytes > 0 && file.SizeBytes + bytes.Length + 1 > limits.FileSizeBytesMax)
        {
            file.Dispose();
            File.Move(path, Path.ChangeExtension(path, ".1.jsonl"), overwrite: true);
            file = LineFile.Open(path, LineSizeBytesMax);
        }
        file.Append(bytes);
    }
}
