using System.Diagnostics;
using System.Text.Json;
using Shonin.MailAuthentication.Dns;

namespace Shonin.Verbs.Mail;

/// <summary>Where DNS comes from: the system's resolver, a zone file, or nowhere.</summary>
internal static class DnsChoice
{
    public const string System = "system";
    public const string Offline = "offline";

    /// <summary>A zone of a whole test suite is a few megabytes.</summary>
    private const int ZoneBytesMax = 64 * 1024 * 1024;

    /// <summary>One for all checks of this process: mails of one sender ask the same questions.</summary>
    private static readonly DnsCache system = new(new SystemDns().LookupAsync, TimeProvider.System);

    /// <param name="word"><c>system</c>, <c>offline</c>, or the path of a zone file.</param>
    /// <param name="folder">What a path is relative to.</param>
    public static async Task<Reading<DnsLookup, string>> ReadAsync(string word, string folder, CancellationToken cancellation)
    {
        switch (word)
        {
            case System:
                return new Reading<DnsLookup, string>.Read(system.LookupAsync);
            case Offline:
                return new Reading<DnsLookup, string>.Read(DnsLookups.Offline);
            default:
                return await InputFile.ReadTrustedAsync(Path.Combine(folder, word), ZoneBytesMax, cancellation) switch
                {
                    Reading<byte[], string>.Read(var json) => Named(word, ZoneFile.Parse(json)),
                    Reading<byte[], string>.Refused(var why) => new Reading<DnsLookup, string>.Refused($"The zone cannot be read: {why}"),
                    _ => throw new UnreachableException(),
                };
        }
    }

    /// <summary>A zone inside a larger document, or one of the words, or a path; nothing at all is offline.</summary>
    public static async Task<Reading<DnsLookup, string>> ReadAsync(JsonElement? json, string folder, CancellationToken cancellation) =>
        json switch
        {
            null or { ValueKind: JsonValueKind.Null } => new Reading<DnsLookup, string>.Read(DnsLookups.Offline),
            { ValueKind: JsonValueKind.String } word => await ReadAsync(word.GetString()!, folder, cancellation),
            { } zone => Named("dns", ZoneFile.Parse(zone)),
        };

    private static Reading<DnsLookup, string> Named(string name, ZoneFileParse parse) =>
        parse switch
        {
            ZoneFileParse.Parsed(var zone) => new Reading<DnsLookup, string>.Read(zone.Lookup),
            ZoneFileParse.Malformed(var path, var why) => new Reading<DnsLookup, string>.Refused($"{name}, {path}: {why}"),
            _ => throw new UnreachableException(),
        };
}
