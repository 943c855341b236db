using System.Text;
using System.Text.Json;
using Shonin.MailAuthentication.Dns;

namespace Shonin.Fuzz;

/// <summary>Zone files: what is read answers every question about its own names.</summary>
internal static class ZoneTarget
{
    public static FuzzTarget Target { get; } = new("zone", Seeds, CheckAsync);

    private static readonly string[] zones =
    [
        """{"version":1,"default":"NXDOMAIN","names":{"example.com":{"TXT":[["a","b"],"c"],"A":["192.0.2.1"],"AAAA":["2001:db8::1"],"MX":[[10,"mx."]],"PTR":["a.b."],"*":"TIMEOUT"}}}""",
        """{"version":1,"names":{"a.":{"CNAME":["b"]},"b":{"CNAME":["a"],"SPF":["v=spf1 -all"],"NS":[7]},"c":{},"d":{"TXT":"SERVFAIL","a":"NODATA","MX":"REFUSED"}},"default":"NODATA"}""",
        """{"version":1,"names":{"\u00e9\ud83d\ude00":{"TXT":["\u3042\u0000"]}}}""",
    ];

    private static IEnumerable<byte[]> Seeds() =>
        zones
            .Concat(SharedVectors.Cases("spf/rfc7208.json").Select(one => one.GetProperty("zone").GetRawText()).Distinct().Take(12))
            .Select(Encoding.UTF8.GetBytes);

    private static async ValueTask CheckAsync(byte[] input)
    {
        if (ZoneFile.Parse(input) is not ZoneFileParse.Parsed(var zone))
        {
            return;
        }

        using var document = JsonDocument.Parse(input);
        foreach (var name in document.RootElement.GetProperty("names").EnumerateObject().Select(one => one.Name).Take(20))
        {
            foreach (var type in Enum.GetValues<DnsRecordType>())
            {
                var answer = await zone.Lookup(name, type, CancellationToken.None);
                Property.Holds(answer is not DnsAnswer.Records(var records) || records.Count > 0, "Records are at least one");
                var inCapitals = await zone.Lookup(name.ToUpperInvariant() + ".", type, CancellationToken.None);
                Property.Same(answer.GetType(), inCapitals.GetType(), "Case and the last dot change nothing");
            }
        }
    }
}
