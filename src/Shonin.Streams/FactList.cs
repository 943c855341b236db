using System.Collections;

namespace Shonin.Streams;

/// <summary>
/// The facts of a stream up to one version. Longer lists share the memory of shorter ones, because facts are only ever added; whoever holds
/// a list sees no later fact. Only one list may be grown from a given one: what is decided on a stream is decided one after the other.
/// </summary>
internal sealed class FactList<TFact> : IReadOnlyList<TFact>
{
    public static readonly FactList<TFact> Empty = new([], 0);

    private readonly TFact[] facts;

    private FactList(TFact[] facts, int count) => (this.facts, Count) = (facts, count);

    public int Count { get; }

    public TFact this[int index] => index < Count ? facts[index] : throw new ArgumentOutOfRangeException(nameof(index));

    public FactList<TFact> With(IReadOnlyList<TFact> more)
    {
        if (more.Count == 0)
            return this;
        var room = facts;
        if (room.Length < Count + more.Count)
        {
            room = new TFact[Math.Max(Count + more.Count, 2 * Count)];
            facts.AsSpan(0, Count).CopyTo(room);
        }
        for (var index = 0; index < more.Count; index++)
            room[Count + index] = more[index];
        return new FactList<TFact>(room, Count + more.Count);
    }

    public IEnumerator<TFact> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
            yield return facts[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
