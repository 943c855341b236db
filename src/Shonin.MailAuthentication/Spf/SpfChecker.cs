using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Spf;

/// <summary>Bounds of an SPF check, and what is said where a domain explains nothing.</summary>
public sealed record SpfOptions
{
    /// <summary>The values that the members below name.</summary>
    public static SpfOptions Default { get; } = new();

    /// <summary>include, a, mx, ptr, exists and redirect, all records together: RFC 7208 section 4.6.4.</summary>
    public int LookupCountMax { get; init; } = 10;

    /// <summary>Terms whose look-up finds nothing: RFC 7208 section 4.6.4.</summary>
    public int VoidLookupCountMax { get; init; } = 2;

    /// <summary>Hosts of one mx or ptr: RFC 7208 section 4.6.4. One MX more is an error, a PTR more is not looked at.</summary>
    public int HostCountMax { get; init; } = 10;

    /// <summary>The explanation of a fail where the domain published none; the word that the RFC's test suite expects.</summary>
    public string DefaultExplanation { get; init; } = "DEFAULT";
}

/// <summary>Checks whether a host may send for a domain (RFC 7208 section 4).</summary>
public sealed class SpfChecker
{
    private readonly DnsLookup lookup;
    private readonly TimeProvider clock;
    private readonly SpfOptions options;

    /// <param name="clock">For the macro %{t} alone; time limits are the look-up's (<see cref="DnsLookups.Within"/>).</param>
    public SpfChecker(DnsLookup lookup, TimeProvider clock, SpfOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        ArgumentNullException.ThrowIfNull(clock);
        this.lookup = lookup;
        this.clock = clock;
        this.options = options ?? SpfOptions.Default;
    }

    /// <summary>Checks MAIL FROM, or HELO where the reverse-path is null.</summary>
    public async ValueTask<SpfResult> CheckAsync(SpfRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var client = SpfClient.Of(request);
        var check = new SpfCheck(lookup, options, client, clock.GetUtcNow(), cancellation);
        var outcome = await check.CheckHostAsync(client.SenderDomain);
        var scope = request.MailFrom.Length == 0 ? SpfScope.Helo : SpfScope.MailFrom;
        return new SpfResult(outcome, scope, client.SenderDomain, check.LookupCount, check.VoidLookupCount);
    }
}
