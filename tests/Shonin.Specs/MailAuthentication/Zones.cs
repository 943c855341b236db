using System.Text;
using Shonin.MailAuthentication.Dns;

namespace Shonin.Specs.MailAuthentication;

/// <summary>Small zones for the specs.</summary>
internal static class Zones
{
    public static DnsLookup Of(string namesJson) => Parse($$$"""{"version":1,"default":"NXDOMAIN","names":{{{namesJson}}}}""").Lookup;

    public static DnsLookup Txt(string name, string record) => Of($$$"""{"{{{name}}}":{"TXT":[["{{{record}}}"]]}}""");

    public static ZoneFile Parse(string json) => Assert.IsType<ZoneFileParse.Parsed>(ZoneFile.Parse(Encoding.UTF8.GetBytes(json))).Zone;
}
