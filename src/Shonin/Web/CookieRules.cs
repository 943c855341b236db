namespace Shonin.Web;

/// <summary>How customers reach the pages: the scheme of <c>Web:PublicUrl</c>.</summary>
internal enum PublicAddress
{
    Plain,
    Encrypted,
}

/// <summary>Whether a browser is told to come back encrypted only, by cookies that are Secure and by RFC 6797's header.</summary>
internal sealed record CookieRules(Client Client, PublicAddress PublicAddress)
{
    /// <summary>
    /// Where the public address is https, also on the plain line between this machine's proxy and us. Never over plain HTTP from beyond it:
    /// a browser ignores it there (RFC 6797 section 8.1).
    /// </summary>
    public bool AreSecure => Client.IsEncrypted || (PublicAddress == PublicAddress.Encrypted && Client.MayCarrySecrets);

    /// <summary>What every cookie of ours is: out of scripts' reach, and encrypted where the browser comes back so.</summary>
    /// <param name="lifetime">Null until the browser is closed.</param>
    public CookieOptions Options(string path, SameSiteMode sameSite, TimeSpan? lifetime) =>
        new()
        {
            HttpOnly = true,
            Secure = AreSecure,
            SameSite = sameSite,
            Path = path,
            MaxAge = lifetime,
            IsEssential = true,
        };

    public static CookieRules Of(HttpContext http) => http.Features.Get<CookieRules>() ?? new(Client.Of(http), PublicAddress.Plain);
}
