using Shonin.Notices;
using Shonin.Settings;

namespace Shonin.MailChecks;

/// <summary>The profile that our own mails are held against, made from the settings.</summary>
internal static class MerchantMailProfile
{
    /// <param name="keys">Our archived keys; the verifier asks the book itself, these are for whoever publishes the profile.</param>
    public static MailProfile Of(SettingValues settings, IReadOnlyList<ArchivedKey> keys)
    {
        var domain = MailKeyBook.DomainOf(settings.Of(KnownSettings.MerchantDomain));
        var sender = settings.Of(KnownSettings.MerchantSenderAddress);
        return new MailProfile(
            domain,
            [.. new[] { settings.Of(KnownSettings.MerchantNameJa), settings.Of(KnownSettings.MerchantNameEn) }.Distinct()],
            [.. new[] { domain, MailKeyBook.DomainOf(sender[(sender.LastIndexOf('@') + 1)..]) }.Distinct()],
            [
                .. new[] { HostOf(settings.PublicUrl()), HostOf(settings.Of(KnownSettings.MerchantSupportUrl)) }
                    .OfType<string>()
                    .Concat(settings.Of(KnownSettings.MerchantLinkDomains))
                    .Distinct(),
            ]
        )
        {
            Keys = [.. keys.Where(key => key.Domain == domain)],
        };
    }

    /// <summary>An address that is none gives no domain; an IP address, as in the demo, is nobody's.</summary>
    private static string? HostOf(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.HostNameType == UriHostNameType.Dns
            ? address.IdnHost.ToLowerInvariant()
            : null;
}
