namespace Shonin.MailAuthentication.Dns;

/// <summary>
/// Keeps answers for a while, so that a hundred messages from one sender ask for its key once. A temporary failure is kept
/// for a moment only. When it is full, the entry that was asked for longest ago goes.
/// </summary>
public sealed class DnsCache
{
    private readonly DnsLookup lookup;
    private readonly DnsCacheLimits limits;
    private readonly TimeProvider clock;
    private readonly object gate = new();
    private readonly Dictionary<Question, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = new();

    /// <param name="lookup">Asked for what is not kept.</param><param name="clock">Tells how old an answer
    ///   is.</param><param name="limits">The default ones where absent.</param>
    public DnsCache(DnsLookup lookup, TimeProvider clock, DnsCacheLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        ArgumentNullException.ThrowIfNull(clock);
        this.lookup = lookup;
        this.clock = clock;
        this.limits = limits ?? DnsCacheLimits.Default;
    }

    /// <summary>The cached look-up, for any number of threads at once; the same question asked twice at once may go out twice.</summary>
    public async ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        var question = new Question(name.ToLowerInvariant(), type);
        if (Find(question) is { } known)
        {
            return known;
        }

        var answer = await lookup(name, type, cancellation);
        Keep(question, answer);
        return answer;
    }

    private DnsAnswer? Find(Question question)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(question, out var node))
            {
                return null;
            }

            byUse.Remove(node);
            if (node.Value.ExpiresAt <= clock.GetUtcNow())
            {
                entries.Remove(question);
                return null;
            }

            byUse.AddFirst(node);
            return node.Value.Answer;
        }
    }

    private void Keep(Question question, DnsAnswer answer)
    {
        var lifetime = answer is DnsAnswer.TempFailure ? limits.FailureLifetime : limits.Lifetime;
        lock (gate)
        {
            if (entries.Remove(question, out var earlier))
            {
                byUse.Remove(earlier);
            }

            while (entries.Count >= limits.EntryCountMax && byUse.Last is { } oldest)
            {
                entries.Remove(oldest.Value.Question);
                byUse.RemoveLast();
            }

            entries[question] = byUse.AddFirst(new Entry(question, answer, clock.GetUtcNow() + lifetime));
        }
    }

    private readonly record struct Question(string Name, DnsRecordType Type);

    private sealed record Entry(Question Question, DnsAnswer Answer, DateTimeOffset ExpiresAt);
}

/// <summary>How much a <see cref="DnsCache"/> keeps, and how long.</summary>
public sealed record DnsCacheLimits
{
    /// <summary>The values that the members below name.</summary>
    public static DnsCacheLimits Default { get; } = new();

    /// <summary>Answers that are kept; beyond it the oldest leave.</summary>
    public int EntryCountMax { get; init; } = 10_000;

    /// <summary>
    /// How long an answer is used again. The delegate tells no TTL, so this stays below what senders usually publish (an hour).
    /// </summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a name that did not answer is not asked for again.</summary>
    public TimeSpan FailureLifetime { get; init; } = TimeSpan.FromSeconds(10);
}
