namespace Shonin.MailAuthentication.Dns;

/// <summary>
/// Writes down what was asked and what kind of answer came, in the order of asking, so that a result can show what it rests on.
/// </summary>
public sealed class DnsRecording
{
    private readonly DnsLookup lookup;
    private readonly object gate = new();
    private readonly List<DnsQuery> queries = [];

    /// <param name="lookup">Whose questions are written down.</param>
    public DnsRecording(DnsLookup lookup)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        this.lookup = lookup;
    }

    /// <summary>What has been asked so far.</summary>
    public IReadOnlyList<DnsQuery> Queries
    {
        get
        {
            lock (gate)
            {
                return [.. queries];
            }
        }
    }

    /// <summary>The recorded look-up; one that is cancelled leaves no entry.</summary>
    public async ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken cancellation)
    {
        var answer = await lookup(name, type, cancellation);
        lock (gate)
        {
            queries.Add(new DnsQuery(name, type, answer));
        }

        return answer;
    }
}

/// <summary>One question and its answer.</summary>
public sealed record DnsQuery(string Name, DnsRecordType Type, DnsAnswer Answer);
