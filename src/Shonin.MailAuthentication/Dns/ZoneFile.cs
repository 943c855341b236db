using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Shonin.MailAuthentication.Dns;

/// <summary>
/// DNS from a file, for tests, for proofs without a network and for keys that have since been taken down:
/// <c>{"version":1,"default":"NXDOMAIN","names":{"example.com":{"TXT":[["a","b"]],"A":["192.0.2.1"],"MX":[[10,"mx."]]}}}</c>.
/// </summary>
/// <remarks>
/// A record set may be one of the words TIMEOUT, SERVFAIL, REFUSED, NXDOMAIN, NODATA, and so may be all that is said of a name; "*" stands
/// for every type not listed; {} is a name without data; a name that is not listed gets the default. TXT is an array of records, each an
/// array of character-strings; a set of type SPF doubles as TXT where there is none. CNAMEs are followed as a resolver does. Zones are
/// written by hand, so types may be in lower case, one record may stand without its array, a TXT record without its own, and an MX
/// record may be "10 mx.example.com".
/// </remarks>
public sealed class ZoneFile
{
    private const int CnameCountMax = 8; // RFC 1034 section 3.6.2 gives no number; resolvers stop at 8 to 16.
    private readonly Dictionary<string, Dictionary<string, RecordSet>> names;
    private readonly DnsAnswer unlisted;

    private ZoneFile(Dictionary<string, Dictionary<string, RecordSet>> names, DnsAnswer unlisted)
    {
        this.names = names;
        this.unlisted = unlisted;
    }

    /// <summary>The zone as what every check here takes.</summary>
    public DnsLookup Lookup => (name, type, _) => ValueTask.FromResult(Answer(name, type));

    /// <summary>Reads a zone from UTF-8 JSON; <see cref="ZoneFileParse.Malformed"/> names the place in the file.</summary>
    public static ZoneFileParse Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Parse(document.RootElement);
        }
        catch (JsonException exception)
        {
            return new ZoneFileParse.Malformed(
                $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}",
                "This is not JSON."
            );
        }
    }

    /// <summary>Reads a zone that is part of a larger JSON document.</summary>
    public static ZoneFileParse Parse(JsonElement json)
    {
        try
        {
            return new ZoneFileParse.Parsed(Read(json));
        }
        catch (MalformedZoneException exception)
        {
            return new ZoneFileParse.Malformed(exception.Path, exception.Message);
        }
    }

    private DnsAnswer Answer(string name, DnsRecordType type)
    {
        for (var hop = 0; hop <= CnameCountMax; hop++)
        {
            if (!names.TryGetValue(name.TrimEnd('.'), out var sets))
            {
                return unlisted;
            }

            if (sets.GetValueOrDefault(NameOf(type)) is { } listed)
            {
                return listed.Answer;
            }

            if (type == DnsRecordType.Txt && sets.GetValueOrDefault("SPF") is { } spf)
            {
                return spf.Answer;
            }

            if (sets.GetValueOrDefault("CNAME") is { Alias: { } alias })
            {
                name = alias;
                continue;
            }

            return sets.GetValueOrDefault("*")?.Answer ?? new DnsAnswer.NoData();
        }

        return new DnsAnswer.TempFailure($"More than {CnameCountMax} CNAMEs lead on from one name.");
    }

    private static ZoneFile Read(JsonElement json)
    {
        Expect(json, JsonValueKind.Object, "$", "a zone is an object");
        var members = Members(json, "$").DistinctBy(member => member.Name).ToDictionary(member => member.Name, member => member.Value);
        if (members.TryGetValue("version", out var version) && (version.ValueKind != JsonValueKind.Number || version.GetRawText() != "1"))
        {
            throw new MalformedZoneException("$.version", "The version must be 1.");
        }

        var unlisted = members.TryGetValue("default", out var word) ? ReadWord(word, "$.default") : new DnsAnswer.NxDomain();
        if (!members.TryGetValue("names", out var listed))
        {
            throw new MalformedZoneException("$.names", "A zone needs its names.");
        }

        Expect(listed, JsonValueKind.Object, "$.names", "names are an object");
        var names = new Dictionary<string, Dictionary<string, RecordSet>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, sets) in Members(listed, "$.names"))
        {
            var path = $"$.names[\"{name}\"]";
            if (sets.ValueKind == JsonValueKind.String)
            {
                names[AsciiName(name.TrimEnd('.'))] = new(StringComparer.OrdinalIgnoreCase) { ["*"] = new RecordSet(ReadWord(sets, path)) };
                continue;
            }

            Expect(sets, JsonValueKind.Object, path, "a name holds its record sets by type");
            names[AsciiName(name.TrimEnd('.'))] = Members(sets, path)
                .DistinctBy(set => set.Name, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(set => set.Name, set => ReadSet(set.Name, set.Value, $"{path}.{set.Name}"), StringComparer.OrdinalIgnoreCase);
        }

        return new ZoneFile(names, unlisted);
    }

    private static RecordSet ReadSet(string type, JsonElement set, string path)
    {
        var text = set.ValueKind == JsonValueKind.String ? ReadString(set, path) : null;
        if (text is not null && words.TryGetValue(text, out var word))
        {
            return new RecordSet(word);
        }

        // Capitals alone are a word that is mistyped, and no record; "*" has no type, so no record can be meant.
        var isOneAlone = text is not null
            ? text.AsSpan().ContainsAnyExceptInRange('A', 'Z')
            : set.ValueKind == JsonValueKind.Array && set.GetArrayLength() > 0 && set[0].ValueKind == JsonValueKind.Number;
        if (type == "*" || (!isOneAlone && set.ValueKind != JsonValueKind.Array))
        {
            throw new MalformedZoneException(
                path,
                $"This is {set.ValueKind}, but a record set is an array or one of the words {knownWords}, and for \"*\" only a word."
            );
        }

        List<JsonElement> records = isOneAlone ? [set] : [.. set.EnumerateArray()];
        if (type.Equals("CNAME", StringComparison.OrdinalIgnoreCase))
        {
            return records is [var alias]
                ? new RecordSet(new DnsAnswer.NoData(), AsciiName(ReadString(alias, $"{path}[0]").TrimEnd('.')))
                : throw new MalformedZoneException(path, "A name has one CNAME.");
        }

        var read = records.Select((record, index) => ReadRecord(type, record, $"{path}[{index}]")).OfType<DnsRecord>().ToList();
        return new RecordSet(read.Count == 0 ? new DnsAnswer.NoData() : new DnsAnswer.Records(read));
    }

    /// <summary>A record of a type that mail authentication never asks for reads as nothing.</summary>
    private static DnsRecord? ReadRecord(string type, JsonElement record, string path)
    {
        switch (type.ToUpperInvariant())
        {
            case "TXT" or "SPF":
                return new DnsRecord.Text(ReadCharacterStrings(record, path));
            case "A" or "AAAA":
                return IPAddress.TryParse(ReadString(record, path), out var address)
                    ? new DnsRecord.Address(address)
                    : throw new MalformedZoneException(path, $"\"{record.GetString()}\" is no IP address.");
            case "MX":
                return ReadMailExchange(record, path);
            case "PTR":
                return new DnsRecord.Pointer(ReadString(record, path).TrimEnd('.'));
            default:
                return null;
        }
    }

    private static DnsRecord.MailExchange ReadMailExchange(JsonElement record, string path)
    {
        string[] parts =
            record.ValueKind == JsonValueKind.String ? ReadString(record, path).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : record.ValueKind == JsonValueKind.Array && record.GetArrayLength() == 2
                ?
                [
                    record[0].ValueKind == JsonValueKind.Number ? record[0].GetRawText() : ReadString(record[0], $"{path}[0]"),
                    ReadString(record[1], $"{path}[1]"),
                ]
            : [];
        return
            parts is [var preference, var host] && int.TryParse(preference, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new DnsRecord.MailExchange(value, host.TrimEnd('.'))
            : throw new MalformedZoneException(path, "An MX record is [preference, host] or \"preference host\".");
    }

    private static string ReadCharacterStrings(JsonElement record, string path)
    {
        if (record.ValueKind == JsonValueKind.String)
        {
            return AsBytes(ReadString(record, path));
        }

        Expect(record, JsonValueKind.Array, path, "a TXT record is an array of character-strings");
        return string.Concat(record.EnumerateArray().Select((part, index) => AsBytes(ReadString(part, $"{path}[{index}]"))));
    }

    /// <summary>One char a byte; what Latin-1 cannot hold was meant as UTF-8.</summary>
    private static string AsBytes(string text) =>
        text.AsSpan().ContainsAnyExceptInRange('\0', '\xff') ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)) : text;

    private static readonly Dictionary<string, DnsAnswer> words = new()
    {
        ["TIMEOUT"] = new DnsAnswer.TempFailure("The DNS server did not answer in time."),
        ["SERVFAIL"] = new DnsAnswer.TempFailure("The DNS server answered SERVFAIL."),
        ["REFUSED"] = new DnsAnswer.TempFailure("The DNS server answered REFUSED."),
        ["NXDOMAIN"] = new DnsAnswer.NxDomain(),
        ["NODATA"] = new DnsAnswer.NoData(),
    };

    private static readonly string knownWords = string.Join(", ", words.Keys);

    private static DnsAnswer ReadWord(JsonElement word, string path) =>
        words.GetValueOrDefault(ReadString(word, path))
        ?? throw new MalformedZoneException(path, $"\"{word.GetString()}\" is none of {knownWords}.");

    private static string ReadString(JsonElement json, string path)
    {
        Expect(json, JsonValueKind.String, path, "a string was expected");
        return Decoded(json.GetString, path)!;
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement json, string path) =>
        json.EnumerateObject().Select(member => (Decoded(() => member.Name, path), member.Value));

    /// <summary>JSON is checked for form, but its texts are decoded only when asked for.</summary>
    private static T Decoded<T>(Func<T> text, string path)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half a surrogate pair; the reader is told where.
            throw new MalformedZoneException(path, "A text here is no valid Unicode.");
        }
    }

    private static void Expect(JsonElement json, JsonValueKind kind, string path, string rule)
    {
        if (json.ValueKind != kind)
        {
            throw new MalformedZoneException(path, $"This is {json.ValueKind}, but {rule}.");
        }
    }

    /// <summary>In A-labels, as names are asked for; what no DNS query can carry stays as it is, and nobody will ask for it.</summary>
    private static string AsciiName(string name) => DomainName.ToAscii(name) ?? name;

    private static string NameOf(DnsRecordType type) =>
        type switch
        {
            DnsRecordType.A => "A",
            DnsRecordType.Ptr => "PTR",
            DnsRecordType.Mx => "MX",
            DnsRecordType.Txt => "TXT",
            DnsRecordType.Aaaa => "AAAA",
        };

    private sealed record RecordSet(DnsAnswer Answer, string? Alias = null);

    private sealed class MalformedZoneException(string path, string message) : Exception(message)
    {
        public string Path => path;
    }
}

/// <summary>A zone file as it was read, or what is wrong with it.</summary>
public abstract record ZoneFileParse
{
    private ZoneFileParse() { }

    /// <summary>It was read.</summary>
    public sealed record Parsed(ZoneFile Zone) : ZoneFileParse;

    /// <summary>Where in the file, and what was expected there.</summary>
    public sealed record Malformed(string Path, string Why) : ZoneFileParse;
}
