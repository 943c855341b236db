using System.Globalization;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Specs.Streams;

/// <summary>What was seen at the counter.</summary>
internal abstract record Visit
{
    public sealed record Came(string Who) : Visit;

    public sealed record LeftBehind(string What) : Visit;
}

/// <summary>
/// A kind without a state, whole: who came to the counter, a stream a day. What is written down decides nothing, so that the day's rows
/// need not be read to add to them; what was left behind waits on a list until somebody comes for it.
/// </summary>
internal sealed class VisitsExample : JournalKind<Visit>
{
    public const string LostAndFound = "lost-and-found";

    public override string Prefix => "visits-";

    public static StreamId StreamOf(DateOnly day) => new("visits-" + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public override void Follow(Step<Journal, Visit> step, Consequences consequences)
    {
        foreach (var left in step.Facts.OfType<Visit.LeftBehind>())
        {
            var id = $"{step.Stream}/{step.Version}/{left.What}";
            consequences.Queue(new OutboxItem(id, LostAndFound, step.Stream, JsonSerializer.SerializeToUtf8Bytes(left), step.At));
        }
    }

    public override NewEvent Store(Visit happened) =>
        happened switch
        {
            Visit.Came came => new NewEvent("came/1", JsonSerializer.SerializeToUtf8Bytes(came)),
            Visit.LeftBehind left => new NewEvent("leftBehind/1", JsonSerializer.SerializeToUtf8Bytes(left)),
            _ => throw new ArgumentOutOfRangeException(nameof(happened)),
        };

    /// <summary>For whoever tells the story of a day.</summary>
    public static Visit Read(StoredEvent stored) =>
        stored.Type switch
        {
            "came/1" => JsonSerializer.Deserialize<Visit.Came>(stored.Payload.Span)!,
            "leftBehind/1" => JsonSerializer.Deserialize<Visit.LeftBehind>(stored.Payload.Span)!,
            _ => throw new InvalidDataException($"{stored.Type} is no visit."),
        };
}
