using Shonin.Domain.Notices;

namespace Shonin.Domain.Accounts;

public enum Browser
{
    Unknown,
    Chrome,
    Edge,
    Firefox,
    Safari,
}

public enum OperatingSystem
{
    Unknown,
    Android,
    IPhone,
    IPad,
    Linux,
    Mac,
    Windows,
}

/// <summary>What somebody signed in with, as far as its owner tells it from others: families, no versions.</summary>
public sealed record Device(Browser Browser, OperatingSystem System)
{
    /// <summary>Letters of a User-Agent field that are looked at.</summary>
    private const int LengthMax = 512;

    public Words Words =>
        (BrowserName, SystemName) switch
        {
            (null, null) => new("端末", "A device"),
            ({ } browser, null) => new(browser, browser),
            (null, { } system) => new(system, system),
            ({ } browser, { } system) => new($"{system}の{browser}", $"{browser} on {system}"),
        };

    private string? BrowserName =>
        Browser switch
        {
            Browser.Unknown => null,
            Browser.Chrome => "Chrome",
            Browser.Edge => "Edge",
            Browser.Firefox => "Firefox",
            Browser.Safari => "Safari",
        };

    private string? SystemName =>
        System switch
        {
            OperatingSystem.Unknown => null,
            OperatingSystem.Android => "Android",
            OperatingSystem.IPhone => "iPhone",
            OperatingSystem.IPad => "iPad",
            OperatingSystem.Linux => "Linux",
            OperatingSystem.Mac => "Mac",
            OperatingSystem.Windows => "Windows",
        };

    /// <summary>
    /// From what a browser says of itself (RFC 9110 section 10.1.5). Most name those that they want to be taken for too, so the rarer name
    /// is looked for first. Whatever it says is believed: it is shown to the account's owner alone.
    /// </summary>
    public static Device Of(string userAgent)
    {
        ArgumentNullException.ThrowIfNull(userAgent);
        var said = userAgent.Length <= LengthMax ? userAgent : userAgent[..LengthMax];
        bool Names(string name) => said.Contains(name, StringComparison.OrdinalIgnoreCase);
        var browser =
            Names("Edg") ? Browser.Edge
            : Names("Firefox/") || Names("FxiOS/") ? Browser.Firefox
            : Names("Chrome/") || Names("CriOS/") ? Browser.Chrome
            : Names("Safari/") ? Browser.Safari
            : Browser.Unknown;
        var system =
            Names("iPhone") ? OperatingSystem.IPhone
            : Names("iPad") ? OperatingSystem.IPad
            : Names("Android") ? OperatingSystem.Android
            : Names("Windows") ? OperatingSystem.Windows
            : Names("Mac OS X") || Names("Macintosh") ? OperatingSystem.Mac
            : Names("Linux") || Names("X11") ? OperatingSystem.Linux
            : OperatingSystem.Unknown;
        return new(browser, system);
    }
}
