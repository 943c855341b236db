using System.Net;
using System.Net.Sockets;
using System.Text;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Spf;

/// <summary>One SMTP session as SPF sees it.</summary>
/// <param name="Ip">The client's address; an IPv4 address mapped into IPv6 counts as IPv4.</param>
/// <param name="Helo">What the client said in HELO or EHLO.</param>
/// <param name="MailFrom">The address of MAIL FROM without angle brackets; empty for the null reverse-path, and then HELO is
///   checked.</param>
public sealed record SpfRequest(IPAddress Ip, string Helo, string MailFrom)
{
    /// <summary>The host that checks, for %{r}.</summary>
    public string Receiver { get; init; } = "unknown";
}

/// <summary>The identity that was checked (RFC 7208 sections 2.3 and 2.4).</summary>
public enum SpfScope
{
    /// <summary>The reverse-path.</summary>
    MailFrom,

    /// <summary>The name in HELO or EHLO.</summary>
    Helo,
}

/// <summary>What SPF says of one session.</summary>
/// <param name="Domain">The domain whose policy was asked for.</param>
/// <param name="LookupCount">Terms that cost a look-up, of ten.</param>
/// <param name="VoidLookupCount">Look-ups that found nothing, of two.</param>
public sealed record SpfResult(SpfOutcome Outcome, SpfScope Scope, string Domain, int LookupCount, int VoidLookupCount);

/// <summary>The results of RFC 7208 section 2.6, each with what brought it about.</summary>
public abstract record SpfOutcome
{
    private SpfOutcome() { }

    /// <summary>The word that an Authentication-Results field uses for it.</summary>
    public abstract string Word { get; }

    /// <summary>No policy, or no domain that could have one.</summary>
    public sealed record None(string Why) : SpfOutcome
    {
        /// <inheritdoc/>
        public override string Word => "none";
    }

    /// <summary>The domain says neither yes nor no.</summary>
    /// <param name="Directive">The directive that matched, or the end of the record.</param>
    public sealed record Neutral(string Directive) : SpfOutcome
    {
        /// <inheritdoc/>
        public override string Word => "neutral";
    }

    /// <summary>The client may send for the domain.</summary>
    public sealed record Pass(string Directive) : SpfOutcome
    {
        /// <inheritdoc/>
        public override string Word => "pass";
    }

    /// <summary>The client may not send for the domain.</summary>
    /// <param name="Explanation">What the domain's owner says about it (section 6.2), or <see cref="SpfOptions.DefaultExplanation"/>. A
    ///   stranger's text: show it as such.</param>
    public sealed record Fail(string Directive, string Explanation) : SpfOutcome
    {
        /// <inheritdoc/>
        public override string Word => "fail";
    }

    /// <summary>The client probably may not.</summary>
    public sealed record SoftFail(string Directive) : SpfOutcome
    {
        /// <inheritdoc/>
        public override string Word => "softfail";
    }

    /// <summary>DNS did not answer.</summary>
    public sealed record TempError(string Why) : SpfOutcome
    {
        /// <inheritdoc/>
        public override string Word => "temperror";
    }

    /// <summary>The policy cannot be read, or costs more look-ups than allowed.</summary>
    public sealed record PermError(string Why) : SpfOutcome
    {
        /// <inheritdoc/>
        public override string Word => "permerror";
    }
}

/// <summary>The session's identities, taken apart once.</summary>
internal sealed record SpfClient
{
    private SpfClient(IPAddress ip, string helo, string receiver, string localPart, string senderDomain)
    {
        Ip = ip;
        Helo = helo;
        Receiver = receiver;
        LocalPart = localPart;
        SenderDomain = senderDomain;
    }

    public IPAddress Ip { get; }

    public string Helo { get; }

    public string Receiver { get; }

    /// <summary>"postmaster" where there is none (section 4.3).</summary>
    public string LocalPart { get; }

    public string SenderDomain { get; }

    public bool IsIpv4 => Ip.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>%{i}: the address with dots between its octets, or between the 32 digits of IPv6.</summary>
    public string DottedIp => IsIpv4 ? Ip.ToString() : string.Join<char>('.', Convert.ToHexString(Ip.GetAddressBytes()));

    /// <summary>The name whose PTR records name the host.</summary>
    public string ReverseName => $"{string.Join('.', Enumerable.Reverse(DottedIp.Split('.')))}.{(IsIpv4 ? "in-addr" : "ip6")}.arpa";

    public static SpfClient Of(SpfRequest request)
    {
        var ip = request.Ip.IsIPv4MappedToIPv6 ? request.Ip.MapToIPv4() : request.Ip;
        var sender = request.MailFrom.Length == 0 ? request.Helo : request.MailFrom;
        var at = sender.LastIndexOf('@');
        return new SpfClient(
            ip,
            ToAscii(request.Helo),
            request.Receiver,
            at > 0 ? sender[..at] : "postmaster",
            ToAscii(sender[(at + 1)..])
        );
    }

    /// <summary>
    /// RFC 8616 section 4: U-labels of the session are asked for and expanded as A-labels. What is no name stays as it is, and is asked for
    /// nowhere.
    /// </summary>
    private static string ToAscii(string name) => Ascii.IsValid(name) ? name : DomainName.ToAscii(name) ?? name;

    /// <summary>Whether an address agrees with the client's in its leading bits; addresses of another family never do.</summary>
    public bool IsWithin(IPAddress network, int prefixBits)
    {
        if (network.AddressFamily != Ip.AddressFamily)
        {
            return false;
        }

        var mine = Ip.GetAddressBytes();
        var theirs = network.GetAddressBytes();
        var wholeBytes = prefixBits / 8;
        var restBits = prefixBits % 8;
        return mine.AsSpan(0, wholeBytes).SequenceEqual(theirs.AsSpan(0, wholeBytes))
            && (restBits == 0 || (mine[wholeBytes] >> (8 - restBits)) == (theirs[wholeBytes] >> (8 - restBits)));
    }
}
