using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Shonin.MailAuthentication.Spf;

/// <summary>What a directive says of the hosts that it matches (RFC 7208 section 4.6.2).</summary>
internal enum SpfQualifier
{
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// <summary>A published policy, all of its syntax checked before any of it is evaluated (RFC 7208 section 4.6).</summary>
internal sealed record SpfRecord(IReadOnlyList<SpfDirective> Directives, SpfMacroString? Redirect, SpfMacroString? Explanation)
{
    private const string Version = "v=spf1";

    /// <summary>Whether a TXT record is a policy at all: the version, then a space or nothing (section 4.5).</summary>
    public static bool IsPolicy(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    public static SpfRecordParse Parse(string text)
    {
        var directives = new List<SpfDirective>();
        SpfMacroString? redirect = null;
        SpfMacroString? explanation = null;
        foreach (var term in text[Version.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var nameLength = NameLength(term);
            if (nameLength > 0 && nameLength < term.Length && term[nameLength] == '=')
            {
                var name = term[..nameLength].ToLowerInvariant();
                var value = term[(nameLength + 1)..];
                var parse = name is "redirect" or "exp" ? SpfMacroString.ParseDomain(value) : SpfMacroString.ParseModifier(value);
                if (parse is SpfMacroParse.Malformed(var whyNot))
                {
                    return new SpfRecordParse.Malformed($"\"{term}\": {whyNot}.");
                }

                if ((name == "redirect" && redirect is not null) || (name == "exp" && explanation is not null))
                {
                    return new SpfRecordParse.Malformed($"{name}= stands there twice (RFC 7208 section 6).");
                }

                redirect = name == "redirect" ? ((SpfMacroParse.Parsed)parse).Macros : redirect;
                explanation = name == "exp" ? ((SpfMacroParse.Parsed)parse).Macros : explanation;
                continue;
            }

            switch (SpfDirective.Parse(term))
            {
                case SpfDirectiveParse.Malformed(var why):
                    return new SpfRecordParse.Malformed($"\"{term}\": {why}.");
                case SpfDirectiveParse.Parsed(var directive):
                    directives.Add(directive);
                    break;
            }
        }

        return new SpfRecordParse.Parsed(new SpfRecord(directives, redirect, explanation));
    }

    /// <summary>ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ).</summary>
    private static int NameLength(string term)
    {
        var length = 0;
        while (
            length < term.Length
            && (char.IsAsciiLetter(term[length]) || (length > 0 && (char.IsAsciiDigit(term[length]) || term[length] is '-' or '_' or '.')))
        )
        {
            length++;
        }

        return length;
    }
}

/// <summary>One mechanism with its qualifier (RFC 7208 section 5).</summary>
internal sealed record SpfDirective(SpfQualifier Qualifier, SpfMechanism Mechanism, string Text)
{
    private const string QualifierSigns = "+-~?"; // In the order of SpfQualifier.
    private static readonly SearchValues<char> ip6Letters = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static SpfDirectiveParse Parse(string term)
    {
        var sign = QualifierSigns.IndexOf(term[0], StringComparison.Ordinal);
        var qualifier = sign < 0 ? SpfQualifier.Pass : (SpfQualifier)sign;
        var rest = sign < 0 ? term : term[1..];
        var nameEnd = rest.AsSpan().IndexOfAny(':', '/');
        var name = nameEnd < 0 ? rest : rest[..nameEnd];
        var argument = nameEnd < 0 ? "" : rest[nameEnd..];
        try
        {
            SpfMechanism mechanism = name.ToLowerInvariant() switch
            {
                "all" when argument.Length == 0 => new SpfMechanism.All(),
                "include" => new SpfMechanism.Include(Domain(argument) ?? throw new SyntaxException("include needs a domain")),
                "exists" => new SpfMechanism.Exists(Domain(argument) ?? throw new SyntaxException("exists needs a domain")),
                "ptr" => new SpfMechanism.Ptr(Domain(argument)),
                "a" => HostMechanism(argument, (domain, prefixes) => new SpfMechanism.A(domain, prefixes)),
                "mx" => HostMechanism(argument, (domain, prefixes) => new SpfMechanism.Mx(domain, prefixes)),
                "ip4" => Network(argument, AddressFamily.InterNetwork),
                "ip6" => Network(argument, AddressFamily.InterNetworkV6),
                "all" => throw new SyntaxException("all takes no argument"),
                var unknown => throw new SyntaxException($"\"{unknown}\" is no mechanism"),
            };
            return new SpfDirectiveParse.Parsed(new SpfDirective(qualifier, mechanism, term));
        }
        catch (SyntaxException exception)
        {
            return new SpfDirectiveParse.Malformed(exception.Message);
        }
    }

    private static SpfMacroString? Domain(string argument)
    {
        if (argument.Length == 0)
        {
            return null;
        }

        return argument[0] != ':'
            ? throw new SyntaxException("a prefix length is not allowed here")
            : SpfMacroString.ParseDomain(argument[1..]) switch
            {
                SpfMacroParse.Parsed(var macros) => macros,
                SpfMacroParse.Malformed(var why) => throw new SyntaxException(why),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
    }

    /// <summary>
    /// [ ":" domain-spec ] [ "/" ip4-prefix ] [ "//" ip6-prefix ]; the prefixes are cut from the end, for a macro may hold a slash.
    /// </summary>
    private static SpfMechanism HostMechanism(string argument, Func<SpfMacroString?, SpfPrefixes, SpfMechanism> make)
    {
        var (beforeIp6, ip6) = CutPrefix(argument, "//", 128);
        var (domain, ip4) = CutPrefix(beforeIp6, "/", 32);
        return make(Domain(domain), new SpfPrefixes(ip4 ?? 32, ip6 ?? 128));
    }

    private static (string Before, int? Prefix) CutPrefix(string argument, string slash, int prefixMax)
    {
        var digits = argument.AsSpan()[argument.AsSpan().TrimEnd("0123456789").Length..];
        var before = argument.AsSpan(0, argument.Length - digits.Length);
        return digits.IsEmpty || !before.EndsWith(slash) || (slash == "/" && before.EndsWith("//"))
            ? (argument, null)
            : (before[..^slash.Length].ToString(), Prefix(digits, prefixMax));
    }

    private static int Prefix(ReadOnlySpan<char> digits, int prefixMax) =>
        digits.Length <= 3
        && (digits.Length == 1 || digits[0] != '0')
        && int.Parse(digits, CultureInfo.InvariantCulture) is var prefix
        && prefix <= prefixMax
            ? prefix
            : throw new SyntaxException($"the prefix length /{digits} is not 0 to {prefixMax}");

    private static SpfMechanism.Network Network(string argument, AddressFamily family)
    {
        var prefixMax = family == AddressFamily.InterNetwork ? 32 : 128;
        var slash = argument.IndexOf('/', StringComparison.Ordinal);
        var text = slash < 0 ? argument : argument[..slash];
        var digits = slash < 0 ? "" : argument[(slash + 1)..];
        if (slash >= 0 && (digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            throw new SyntaxException("no prefix length follows the slash");
        }

        return text.StartsWith(':') && IsAddress(text[1..], family) && IPAddress.TryParse(text[1..], out var address)
            ? new SpfMechanism.Network(address, digits.Length == 0 ? prefixMax : Prefix(digits, prefixMax))
            : throw new SyntaxException(
                $"\"{text.TrimStart(':')}\" is no {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address"
            );
    }

    /// <summary>.NET also reads 1.2.3, octal numbers, brackets and zones, which the grammar does not allow.</summary>
    private static bool IsAddress(string text, AddressFamily family)
    {
        if (family == AddressFamily.InterNetworkV6)
        {
            return text.Contains(':', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyExcept(ip6Letters);
        }

        var octets = text.Split('.');
        return octets.Length == 4
            && Array.TrueForAll(octets, octet =>
                octet.Length is > 0 and <= 3 && !octet.AsSpan().ContainsAnyExceptInRange('0', '9') && (octet.Length == 1 || octet[0] != '0')
            );
    }

    private sealed class SyntaxException(string message) : Exception(message);
}

/// <summary>How many leading bits of an address must agree.</summary>
internal sealed record SpfPrefixes(int Ip4, int Ip6);

/// <summary>The mechanisms of RFC 7208 section 5; a domain that is absent is the one under evaluation.</summary>
internal abstract record SpfMechanism
{
    private SpfMechanism() { }

    /// <summary>The name that it looks up, where one is written.</summary>
    public SpfMacroString? Spec =>
        this switch
        {
            Include(var domain) => domain,
            A(var domain, _) => domain,
            Mx(var domain, _) => domain,
            Ptr(var domain) => domain,
            Exists(var domain) => domain,
            All or Network => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public sealed record All : SpfMechanism;

    public sealed record Include(SpfMacroString Domain) : SpfMechanism;

    public sealed record A(SpfMacroString? Domain, SpfPrefixes Prefixes) : SpfMechanism;

    public sealed record Mx(SpfMacroString? Domain, SpfPrefixes Prefixes) : SpfMechanism;

    public sealed record Ptr(SpfMacroString? Domain) : SpfMechanism;

    public sealed record Network(IPAddress Address, int Prefix) : SpfMechanism;

    public sealed record Exists(SpfMacroString Domain) : SpfMechanism;
}

internal abstract record SpfRecordParse
{
    private SpfRecordParse() { }

    public sealed record Parsed(SpfRecord Record) : SpfRecordParse;

    public sealed record Malformed(string Why) : SpfRecordParse;
}

internal abstract record SpfDirectiveParse
{
    private SpfDirectiveParse() { }

    public sealed record Parsed(SpfDirective Directive) : SpfDirectiveParse;

    public sealed record Malformed(string Why) : SpfDirectiveParse;
}
