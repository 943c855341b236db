using System.Globalization;
using System.Net;
using Shonin.Domain.Hours;

namespace Shonin.Settings;

/// <summary>Whether a setting's value may be shown.</summary>
internal enum Secrecy
{
    Open,
    Secret,
}

/// <summary>One value, or several by index.</summary>
internal enum Shape
{
    Single,
    List,
}

/// <summary>One row of the table of settings.</summary>
/// <param name="Name">Section and name: <c>Approval:AnswerTimeout</c>.</param>
/// <param name="Default">The texts that hold where nobody says otherwise; none where the setting is unset.</param>
/// <param name="Meaning">A sentence for whoever sets it.</param>
/// <param name="Expected">What a value must be, with its limits and an example.</param>
internal abstract record Setting(string Name, Shape Shape, IReadOnlyList<string> Default, string Meaning, string Expected)
{
    public Secrecy Secrecy { get; init; } = Secrecy.Open;

    /// <summary>The setting that names a file with this secret; every secret has one.</summary>
    public Setting<string?>? FileForm { get; init; }

    /// <summary>The short flag of a common setting: <c>--smtp</c>.</summary>
    public string? Flag { get; init; }

    /// <summary>Whether these texts are a value of this setting.</summary>
    public abstract bool Accepts(IReadOnlyList<string> texts);
}

/// <param name="Parse">The value of some texts, or null where they are none.</param>
internal sealed record Setting<T>(
    string Name,
    Shape Shape,
    IReadOnlyList<string> Default,
    string Meaning,
    string Expected,
    Func<IReadOnlyList<string>, Parsed<T>?> Parse
) : Setting(Name, Shape, Default, Meaning, Expected)
{
    public override bool Accepts(IReadOnlyList<string> texts) => Parse(texts) is not null;
}

/// <summary>A value that was understood; it may itself be null, where the setting is unset.</summary>
internal sealed record Parsed<T>(T Value);

/// <summary>A host with its port.</summary>
internal sealed record HostAndPort(string Host, int Port)
{
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary><c>HOST:PORT</c>, an IPv6 address in brackets; or null.</summary>
    public static HostAndPort? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (
            colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > IPEndPoint.MaxPort
        )
        {
            return null;
        }

        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : new(host, port);
    }
}

/// <summary>The kinds of values that settings have. Each says what it expects in the words that an error repeats.</summary>
internal static class Kinds
{
    private const int TextLengthMax = 500;
    private const int ListCountMax = 20;

    private static readonly string[] durationFormats = [@"hh\:mm\:ss", @"d\.hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss\.FFFFFFF"];

    public static Setting<TimeSpan> Duration(string name, TimeSpan standard, TimeSpan min, TimeSpan max, string meaning) =>
        Single(
            name,
            [Write(standard)],
            meaning,
            $"a duration [d.]hh:mm:ss from {Write(min)} to {Write(max)}, as in {Write(standard)}",
            text => ParseDuration(text, min, max)
        );

    public static Setting<IReadOnlyList<TimeSpan>> Durations(
        string name,
        IReadOnlyList<TimeSpan> standard,
        TimeSpan min,
        TimeSpan max,
        string meaning
    ) =>
        new(
            name,
            Shape.List,
            [.. standard.Select(Write)],
            meaning,
            $"at most {ListCountMax} durations [d.]hh:mm:ss from {Write(min)} to {Write(max)}, by index ({name}:0, {name}:1 …)",
            texts =>
                texts.Count <= ListCountMax && texts.All(text => ParseDuration(text, min, max) is not null)
                    ? new([.. texts.Select(text => ParseDuration(text, min, max)!.Value)])
                    : null
        );

    public static Setting<int> Number(string name, int standard, int min, int max, string meaning) =>
        Single(
            name,
            [standard.ToString(CultureInfo.InvariantCulture)],
            meaning,
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"),
            text =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                    ? new Parsed<int>(number)
                    : null
        );

    public static Setting<string> Text(string name, string standard, string meaning) =>
        Single(name, [standard], meaning, $"1 to {TextLengthMax} characters without control characters", text =>
            IsText(text) ? new Parsed<string>(text) : null
        );

    public static Setting<string?> TextOrNone(string name, string meaning) =>
        Single(name, [], meaning, $"at most {TextLengthMax} characters without control characters; empty for none", text => text.Length == 0
                ? new Parsed<string?>(null)
            : IsText(text) ? new Parsed<string?>(text)
            : null);

    public static Setting<WeeklyHours?> WeeklyHoursOrNone(string name, string meaning) =>
        Single(
            name,
            [],
            meaning,
            "days with their hours, parted by commas, as in Mon-Fri 09:00-12:00 13:00-18:00, Sat 10:00-15:00; the end of a day is 24:00, and Fri 20:00-02:00 goes on over midnight; empty for none",
            text =>
                text.Length == 0 ? new Parsed<WeeklyHours?>(null)
                : WeeklyHours.Parse(text) is { } hours ? new Parsed<WeeklyHours?>(hours)
                : null
        );

    /// <param name="fileForm">The setting that names a file with the secret instead.</param>
    public static Setting<string?> Secret(string name, Setting<string?> fileForm, string meaning) =>
        TextOrNone(
            name,
            $"{meaning} Not on the command line, which every user of the machine can read: better {fileForm.Name}, else the environment or an appsettings.json of mode 600."
        ) with
        {
            Secrecy = Secrecy.Secret,
            FileForm = fileForm,
        };

    /// <param name="fits">Whether the text is one; <paramref name="expected"/> says it in words.</param>
    public static Setting<string> Shaped(string name, string standard, string expected, string meaning, Func<string, bool> fits) =>
        Single(name, [standard], meaning, expected, text => fits(text) ? new Parsed<string>(text) : null);

    public static Setting<HostAndPort> Address(string name, HostAndPort standard, string meaning) =>
        Single(name, [standard.ToString()], meaning, $"HOST:PORT, as in {standard}", text =>
            HostAndPort.Parse(text) is { } address ? new Parsed<HostAndPort>(address) : null
        );

    public static Setting<HostAndPort?> AddressOrNone(string name, string example, string meaning) =>
        Single(name, [], meaning, $"HOST:PORT, as in {example}; empty for none", text => text.Length == 0 ? new Parsed<HostAndPort?>(null)
            : HostAndPort.Parse(text) is { } address ? new Parsed<HostAndPort?>(address)
            : null);

    /// <summary>Where something of ours is sent.</summary>
    public static Setting<Uri?> HttpAddressOrNone(string name, string example, string meaning) =>
        Single(
            name,
            [],
            meaning,
            $"http:// or https:// with a host and no user, query or fragment, as in {example}; empty for none",
            text =>
                text.Length == 0 ? new Parsed<Uri?>(null)
                : HttpAddressOf(text) is { } address ? new Parsed<Uri?>(address)
                : null
        );

    /// <summary>One name of an enumeration, written in camelCase.</summary>
    public static Setting<T> Choice<T>(string name, T standard, string meaning)
        where T : struct, Enum =>
        Single(name, [Camel(standard)], meaning, $"one of {string.Join(", ", Enum.GetValues<T>().Select(Camel))}", text =>
            Enum.GetValues<T>()
                .Where(value => string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
                .Select(value => new Parsed<T>(value))
                .FirstOrDefault()
        );

    /// <summary>Addresses to listen on, in one text with semicolons as ASP.NET has it, or by index.</summary>
    public static Setting<IReadOnlyList<Uri>> Urls(string name, string standard, string meaning) =>
        new(
            name,
            Shape.List,
            [standard],
            meaning,
            $"http:// or https:// with an IP address or localhost, a port and no path, as in {standard} (a name would not say on which address to listen; 0.0.0.0 or [::] is every one); several with semicolons, or by index",
            texts =>
            {
                var urls = texts
                    .SelectMany(text => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    .ToArray();
                return urls.Length is > 0 and <= ListCountMax && urls.All(IsUrl) ? new([.. urls.Select(url => new Uri(url))]) : null;
            }
        );

    /// <summary>The same; none where nobody names one.</summary>
    public static Setting<IReadOnlyList<Uri>> UrlsOrNone(string name, string example, string meaning)
    {
        var some = Urls(name, example, meaning);
        return some with
        {
            Default = [],
            Expected = $"{some.Expected}; empty for none",
            Parse = texts => texts.All(text => text.Length == 0) ? new([]) : some.Parse(texts),
        };
    }

    /// <summary>
    /// Addresses and networks, in one text with commas or by index; none where nobody names one. A single address is a network of one.
    /// </summary>
    public static Setting<IReadOnlyList<IPNetwork>> Networks(string name, string meaning) =>
        new(
            name,
            Shape.List,
            [],
            meaning,
            $"at most {ListCountMax} addresses or networks, as in 127.0.0.1, 10.0.3.0/24 or 2001:db8:1::/48; several with commas, or by index; empty for none",
            texts =>
            {
                var networks = texts
                    .SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    .Select(NetworkOf)
                    .ToArray();
                return networks.Length <= ListCountMax && networks.All(network => network is not null)
                    ? new([.. networks.Select(network => network!.Value)])
                    : null;
            }
        );

    /// <summary>Domain names, by index; none where nobody names one.</summary>
    public static Setting<IReadOnlyList<string>> Domains(string name, string meaning) =>
        new(name, Shape.List, [], meaning, $"at most {ListCountMax} domain names, as in pay.example.jp", texts =>
            texts.Count <= ListCountMax
            && texts.All(text => text.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(text) == UriHostNameType.Dns)
                ? new([.. texts.Select(text => text.ToLowerInvariant())])
                : null
        );

    public static string Write(TimeSpan duration)
    {
        var text = duration.ToString("c", CultureInfo.InvariantCulture);
        return duration.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text.TrimEnd('0');
    }

    private static Setting<T> Single<T>(
        string name,
        IReadOnlyList<string> standard,
        string meaning,
        string expected,
        Func<string, Parsed<T>?> parse
    ) => new(name, Shape.Single, standard, meaning, expected, texts => parse(texts.Count == 0 ? "" : texts[0]));

    private static Parsed<TimeSpan>? ParseDuration(string text, TimeSpan min, TimeSpan max) =>
        TimeSpan.TryParseExact(text, durationFormats, CultureInfo.InvariantCulture, out var duration) && duration >= min && duration <= max
            ? new(duration)
            : null;

    private static bool IsText(string text) => text.Length is > 0 and <= TextLengthMax && !text.Any(char.IsControl);

    /// <summary>A network (its host bits do not matter), or an address as a network of one.</summary>
    private static IPNetwork? NetworkOf(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return network;
        if (!IPAddress.TryParse(text, out var address))
            return null;
        var plain = Shonin.Web.Client.Plain(address);
        return new(plain, plain.GetAddressBytes().Length * 8);
    }

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.PathAndQuery == "/"
        && url.UserInfo.Length == 0
        && (
            url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6
            || string.Equals(url.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        );

    private static Uri? HttpAddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url is { Scheme: "http" or "https", Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            ? url
            : null;

    private static string Camel<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
