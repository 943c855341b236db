using System.Collections.Immutable;

namespace Shonin.Domain.Notices;

/// <summary>What became of one request, as the card company's own record has it.</summary>
public enum RecordedFate
{
    /// <summary>The record does not reach so far yet.</summary>
    NotKnown,

    /// <summary>A record that is complete has no trace of it.</summary>
    NeverArrived,
    Approved,

    /// <summary>It was answered, and not with an approval. The reason is the card company's to tell.</summary>
    AnsweredOtherwise,
}

/// <summary>Whether the amount is still held, as the card company's own record has it.</summary>
public enum RecordedHold
{
    NotEnded,
    Reversed,
    Expired,
}

/// <param name="DecidedAt">When the card company decided, by its own clock; null where it has nothing.</param>
public sealed record RecordedRequest(RecordedFate Fate, DateTimeOffset? DecidedAt, RecordedHold Hold)
{
    public static RecordedRequest NotKnown { get; } = new(RecordedFate.NotKnown, null, RecordedHold.NotEnded);
}

/// <summary>
/// What the card company's signed record says about the requests of one order. Every text beside the timeline is written from the order
/// and this, so that none says that we do not know what stands two lines below.
/// </summary>
public sealed record CardCompanyRecord(ImmutableDictionary<int, RecordedRequest> Requests)
{
    /// <summary>The record is not at hand.</summary>
    public static CardCompanyRecord NotAtHand { get; } = new(ImmutableDictionary<int, RecordedRequest>.Empty);

    /// <param name="attempt">The attempt's ordinal.</param>
    public RecordedRequest Of(int attempt) => Requests.GetValueOrDefault(attempt, RecordedRequest.NotKnown);
}
