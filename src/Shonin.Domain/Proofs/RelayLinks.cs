using System.Collections.Immutable;

namespace Shonin.Domain.Proofs;

/// <summary>
/// Where relays lead that rewrite links or add a line of their own to the mails that they pass on: link protection whose target cannot be
/// read from the address, and virus scanners' footers. Such a link says nothing about who wrote the mail.
/// </summary>
internal static class RelayLinks
{
    public static bool LeadTo(string host) => hosts.Any(own => MailProfile.IsEqualOrBelow(host, own));

    // From the vendors' own pages on link protection and on footers in outgoing mail, as of 2026.
    private static readonly ImmutableArray<string> hosts =
    [
        "safelinks.protection.outlook.com", "mimecast.com", "mimecastprotect.com", "urldefense.com", "urldefense.proofpoint.com", "secure-web.cisco.com", "trendmicro.com", "protection.sophos.com",
        "linkprotect.cudasvc.com", "fireeye.com", "clicktime.symantec.com", "scanmail.trustwave.com", "avanan.click", "emailprotection.link", "menlosecurity.com", "avast.com", "avg.com",
    ];
}
