using System.Net;
using System.Text;
using Shonin.MailAuthentication.Dns;

namespace Shonin.Fuzz;

/// <summary>
/// DNS whose answers are the lines of the input, one a question in the order of asking, so that the fuzzer writes policies and records
/// and never has to guess a name. "?" is NXDOMAIN, "!" a time-out, an empty line no data; otherwise "|" stands between TXT records and a
/// space between addresses or hosts. After the last line every name is unknown.
/// </summary>
internal sealed class ScriptedDns(IEnumerable<string> lines)
{
    private readonly Queue<string> rest = new(lines);

    public List<string> Asked { get; } = [];

    public ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken cancellation)
    {
        Asked.Add(name);
        return ValueTask.FromResult(rest.TryDequeue(out var line) ? Answer(line, type) : new DnsAnswer.NxDomain());
    }

    private static DnsAnswer Answer(string line, DnsRecordType type)
    {
        if (line is "?" or "!")
        {
            return line == "?" ? new DnsAnswer.NxDomain() : new DnsAnswer.TempFailure("scripted");
        }

        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        List<DnsRecord> records = type switch
        {
            DnsRecordType.Txt => [.. line.Length == 0 ? [] : line.Split('|').Select(text => new DnsRecord.Text(text))],
            DnsRecordType.A or DnsRecordType.Aaaa =>
            [
                .. words.Select(word => IPAddress.TryParse(word, out var ip) ? new DnsRecord.Address(ip) : null).OfType<DnsRecord>(),
            ],
            DnsRecordType.Mx => [.. words.Select((word, index) => new DnsRecord.MailExchange(index % 3, word))],
            DnsRecordType.Ptr => [.. words.Select(word => new DnsRecord.Pointer(word))],
        };
        return records.Count == 0 ? new DnsAnswer.NoData() : new DnsAnswer.Records(records);
    }

    /// <summary>Keeps what another source answers as such lines.</summary>
    public static DnsLookup Recording(DnsLookup source, List<string> script) =>
        async (name, type, cancellation) =>
        {
            var answer = await source(name, type, cancellation);
            script.Add(
                answer switch
                {
                    DnsAnswer.Records(var records) => string.Join(type == DnsRecordType.Txt ? '|' : ' ', records.Select(Text)),
                    DnsAnswer.NxDomain => "?",
                    DnsAnswer.NoData => "",
                    DnsAnswer.TempFailure => "!",
                    _ => throw new System.Diagnostics.UnreachableException(),
                }
            );
            return answer;
        };

    private static string Text(DnsRecord record) =>
        record switch
        {
            DnsRecord.Text(var text) => text,
            DnsRecord.Address(var ip) => ip.ToString(),
            DnsRecord.MailExchange(_, var host) => host,
            DnsRecord.Pointer(var host) => host,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public static byte[] Input(params IEnumerable<string> lines) => Encoding.Latin1.GetBytes(string.Join('\n', lines));

    public static string[] Lines(byte[] input) => Encoding.Latin1.GetString(input).Split('\n');
}
