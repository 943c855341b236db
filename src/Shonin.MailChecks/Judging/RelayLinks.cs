using System.Collections.Immutable;

namespace Shonin.MailChecks;

/// <summary>
/// Where relays lead that rewrite links or add a line of their own to the mails that they pass on: link protection whose target cannot be
/// read from the address, and virus scanners' footers. Such a link says nothing about who wrote the mail.
/// </summary>
internal static class RelayLinks
{
    public static bool LeadTo(string host) => hosts.Any(own => MailProfile.IsEqualOrBelow(host, own));

    // From the vendors' own pages on link protection and on footers in outgoing mail, as of 2026: the hosts that rewrite, not all that a
    // vendor runs. csharpier-ignore
    private static readonly ImmutableArray<string> hosts =
    [
        "safelinks.protection.outlook.com",
        "urldefense.com",
        "urldefense.us",
        "urldefense.proofpoint.com",
        "secure-web.cisco.com",
        "protection.sophos.com",
        "linkprotect.cudasvc.com",
        "m.mimecastprotect.com",
        "protect-us.mimecast.com",
        "protect-eu.mimecast.com",
        "protect-uk.mimecast.com",
        "protect-de.mimecast.com",
        "protect-au.mimecast.com",
        "protect-za.mimecast.com",
        "ctp.trendmicro.com",
        "imsva91-ctp.trendmicro.com",
        "protect.fireeye.com",
        "protect2.fireeye.com",
        "clicktime.symantec.com",
        "scanmail.trustwave.com",
        "url.avanan.click",
        "url.emailprotection.link",
        "safe.menlosecurity.com",
        "www.avast.com",
        "www.avg.com",
    ];
}
