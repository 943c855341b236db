using System.Collections.Frozen;

namespace Shonin.MailChecks;

/// <summary>
/// Domains at which anybody can have an address: what they sign proves their user, never a merchant, whoever owns the domain.
/// </summary>
internal static class PublicMailboxes
{
    public static bool Contain(string domain) => domains.Contains(domain);

    private static readonly FrozenSet<string> domains = new[]
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.jp",
        "hotmail.com",
        "hotmail.co.jp",
        "hotmail.co.uk",
        "hotmail.fr",
        "live.com",
        "live.jp",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "yahoo.com",
        "yahoo.co.jp",
        "ymail.ne.jp",
        "yahoo.co.uk",
        "yahoo.fr",
        "yahoo.de",
        "aol.com",
        "gmx.de",
        "gmx.net",
        "gmx.com",
        "web.de",
        "mail.ru",
        "yandex.ru",
        "yandex.com",
        "qq.com",
        "163.com",
        "126.com",
        "proton.me",
        "protonmail.com",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "au.com",
        "softbank.ne.jp",
        "i.softbank.jp",
        "ymobile.ne.jp",
        "rakuten.jp",
        "nifty.com",
        "biglobe.ne.jp",
        "so-net.ne.jp",
        "ocn.ne.jp",
        "plala.or.jp",
        "excite.co.jp",
        "goo.jp",
        "infoseek.jp",
        "zoho.com",
        "mail.com",
        "orange.fr",
        "free.fr",
        "libero.it",
    }.ToFrozenSet();
}
