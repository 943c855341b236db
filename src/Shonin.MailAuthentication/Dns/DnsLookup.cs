using System.Net;

namespace Shonin.MailAuthentication.Dns;

/// <summary>
/// The only way to the outside: asks DNS for one record set. The name carries no dot at its end and may be in any case.
/// CNAMEs have been followed. An implementation answers every trouble with <see cref="DnsAnswer.TempFailure"/> and throws only
/// <see cref="OperationCanceledException"/>, when <paramref name="cancellation"/> asks for it.
/// </summary>
public delegate ValueTask<DnsAnswer> DnsLookup(string name, DnsRecordType type, CancellationToken cancellation);

/// <summary>The types that mail authentication asks for; the values are those of the IANA registry.</summary>
public enum DnsRecordType
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name for an address.</summary>
    Ptr = 12,

    /// <summary>A mail exchange.</summary>
    Mx = 15,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,
}

/// <summary>What DNS said to one question.</summary>
public abstract record DnsAnswer
{
    private DnsAnswer() { }

    /// <summary>At least one record of the type, in the order of the answer.</summary>
    public sealed record Records(IReadOnlyList<DnsRecord> Items) : DnsAnswer;

    /// <summary>The name exists, without a record of this type.</summary>
    public sealed record NoData : DnsAnswer;

    /// <summary>The name does not exist, nor does any below it (RFC 8020).</summary>
    public sealed record NxDomain : DnsAnswer;

    /// <summary>No answer, or one that settles nothing: time-out, SERVFAIL, REFUSED. Never a reason to call a mail false.</summary>
    public sealed record TempFailure(string Why) : DnsAnswer;
}

/// <summary>One record, as far as mail authentication reads it.</summary>
public abstract record DnsRecord
{
    private DnsRecord() { }

    /// <summary>
    /// A TXT record: its character-strings joined without anything between (RFC 7208 section 3.3), one char a byte (Latin-1).
    /// </summary>
    public sealed record Text(string Value) : DnsRecord;

    /// <summary>An A or AAAA record.</summary>
    public sealed record Address(IPAddress Ip) : DnsRecord;

    /// <summary>A host that takes mail; <c>Host</c> is "." or empty for "takes none" (RFC 7505).</summary>
    public sealed record MailExchange(int Preference, string Host) : DnsRecord;

    /// <summary>The name that an address's reverse name points to.</summary>
    public sealed record Pointer(string Host) : DnsRecord;
}

/// <summary>Look-ups for who has no DNS, and bounds around those of others.</summary>
public static class DnsLookups
{
    /// <summary>Asks nobody: every answer is a temporary failure, so that nothing is concluded from the silence.</summary>
    public static DnsLookup Offline { get; } =
        static (_, _, _) => ValueTask.FromResult<DnsAnswer>(new DnsAnswer.TempFailure("DNS is switched off."));

    /// <summary>
    /// Bounds the look-ups of one check by number and by time: beyond either the answer is a temporary failure that says so.
    /// The clock starts now, so wrap anew for each message.
    /// </summary>
    public static DnsLookup Within(this DnsLookup lookup, DnsLimits limits, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(clock);
        var startedAt = clock.GetTimestamp();
        var count = 0;
        return async (name, type, cancellation) =>
        {
            if (Interlocked.Increment(ref count) > limits.LookupCountMax)
            {
                return new DnsAnswer.TempFailure($"More than {limits.LookupCountMax} look-ups for one message.");
            }

            var left = limits.TimeMax - clock.GetElapsedTime(startedAt);
            if (left <= TimeSpan.Zero)
            {
                return TooLate(limits);
            }

            using var timeout = new CancellationTokenSource(left, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
            try
            {
                return await lookup(name, type, either.Token);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                return TooLate(limits);
            }
        };
    }

    private static DnsAnswer.TempFailure TooLate(DnsLimits limits) =>
        new($"DNS took longer than {limits.TimeMax.TotalSeconds} s for one message.");
}

/// <summary>What one message may cost in DNS, all protocols together.</summary>
public sealed record DnsLimits
{
    /// <summary>The values that the members below name.</summary>
    public static DnsLimits Default { get; } = new();

    /// <summary>SPF may ask some 10 names with up to 10 hosts each, DKIM and ARC one a signature, DMARC eight a domain.</summary>
    public int LookupCountMax { get; init; } = 300;

    /// <summary>RFC 7208 section 4.6.4 wants at least 20 seconds for SPF alone.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(20);
}
