using System.Diagnostics;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>Fetches published keys.</summary>
internal sealed class DkimKeyLookup(DnsLookup lookup, DkimKeyCache cache)
{
    /// <summary>
    /// Records at one name that we try; RFC 6376 section 3.6.2.2 leaves more than one undefined, yet rotations leave two.
    /// </summary>
    private const int RecordCountMax = 4;

    /// <summary>The keys at a name, in the order of the answer, usable or not.</summary>
    public async ValueTask<KeyAnswer> FindAsync(string name, CancellationToken cancellation) =>
        await lookup(name, DnsRecordType.Txt, cancellation) switch
        {
            DnsAnswer.Records(var records) => Read(name, records),
            DnsAnswer.NoData or DnsAnswer.NxDomain => Missing(name),
            DnsAnswer.TempFailure(var why) => new KeyAnswer.NoAnswer($"The key {name} could not be looked up. {why}"),
            _ => throw new UnreachableException(),
        };

    /// <summary>A record that did not come from DNS.</summary>
    public DkimPublicKeyParse Import(string record) => cache.Import(record);

    private KeyAnswer Read(string name, IReadOnlyList<DnsRecord> records)
    {
        var keys = records.OfType<DnsRecord.Text>().Take(RecordCountMax).Select(record => cache.Import(record.Value)).ToList();
        return keys.Count == 0 ? Missing(name) : new KeyAnswer.Found(keys);
    }

    private static KeyAnswer.Missing Missing(string name) => new($"There is no key at {name}.");
}

/// <summary>Keeps imported keys by their records: importing an RSA key costs as much as verifying with it.</summary>
internal sealed class DkimKeyCache
{
    private const int KeyCountMax = 1000;
    private readonly object gate = new();
    private readonly Dictionary<string, DkimPublicKeyParse> imported = [];

    public DkimPublicKeyParse Import(string record)
    {
        lock (gate)
        {
            if (imported.TryGetValue(record, out var known))
            {
                return known;
            }
        }

        var key = DkimPublicKey.Parse(record);
        lock (gate)
        {
            if (imported.Count >= KeyCountMax)
            {
                imported.Clear();
            }

            imported[record] = key;
        }

        return key;
    }
}

internal abstract record KeyAnswer
{
    private KeyAnswer() { }

    public sealed record Found(IReadOnlyList<DkimPublicKeyParse> Keys) : KeyAnswer;

    public sealed record Missing(string Why) : KeyAnswer;

    public sealed record NoAnswer(string Why) : KeyAnswer;
}
