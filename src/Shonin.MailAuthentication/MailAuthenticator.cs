using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.MailAuthentication;

/// <summary>
/// Everything at once: each protocol's result for one message, and DMARC over what SPF and DKIM proved. Keep one for many messages:
/// it keeps imported keys. Safe for any number of threads.
/// </summary>
public sealed class MailAuthenticator
{
    private readonly DnsLookup lookup;
    private readonly TimeProvider clock;
    private readonly MailAuthenticatorOptions options;
    private readonly DkimKeyCache keys = new();

    /// <param name="lookup">Shared by all messages; put a <see cref="DnsCache"/> around a real one.</param>
    public MailAuthenticator(DnsLookup lookup, TimeProvider clock, MailAuthenticatorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        ArgumentNullException.ThrowIfNull(clock);
        this.lookup = lookup;
        this.clock = clock;
        this.options = options ?? MailAuthenticatorOptions.Default;
    }

    /// <summary>Whose Authentication-Results, and whose times of receipt, are believed.</summary>
    public AuthResultsTrust Trust => options.Trust;

    /// <param name="receivedAt">When the message was received; signatures are held against this time.</param>
    /// <param name="session">The SMTP session, where it is known from somebody trusted. Without it SPF is not checked, and a DMARC failure
    ///   is no contradiction.</param>
    public async ValueTask<MailFindings> CheckAsync(
        MailMessage message,
        DateTimeOffset receivedAt,
        SpfRequest? session = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(message);
        var bounded = lookup.Within(options.Dns, clock);
        var from = FromMailboxes.Of(message);
        var spf = session is null ? null : await new SpfChecker(bounded, clock, options.Spf).CheckAsync(session, cancellation);
        var dkim = await new DkimVerifier(bounded, options.Dkim, keys).VerifyAsync(message, receivedAt, cancellation);
        var arc = await new ArcVerifier(bounded, keys).VerifyAsync(message, cancellation);
        var dmarc = await new DmarcChecker(bounded, options.PublicSuffixes).CheckAsync(DmarcRequest.Of(from, spf, dkim), cancellation);
        return new MailFindings(from, spf, dkim, dmarc, arc, options.Trust.Decide(message));
    }
}

/// <summary>Choices for <see cref="MailAuthenticator"/>; each protocol's own are described beside it.</summary>
public sealed record MailAuthenticatorOptions
{
    /// <summary>The values that the members below name.</summary>
    public static MailAuthenticatorOptions Default { get; } = new();

    /// <summary>What DNS may cost a message, all protocols together.</summary>
    public DnsLimits Dns { get; init; } = DnsLimits.Default;

    /// <summary>Bounds of SPF.</summary>
    public SpfOptions Spf { get; init; } = SpfOptions.Default;

    /// <summary>Bounds and choices of DKIM.</summary>
    public DkimVerifyOptions Dkim { get; init; } = DkimVerifyOptions.Default;

    /// <summary>Whose Authentication-Results are believed; nobody's, unless said.</summary>
    public AuthResultsTrust Trust { get; init; } = AuthResultsTrust.Nobody;

    /// <summary>Asked where DMARC's records do not tell who belongs together.</summary>
    public PublicSuffixLookup? PublicSuffixes { get; init; }
}

/// <summary>What was found of one message.</summary>
/// <param name="Spf">Absent where the session is not known.</param>
/// <param name="Dkim">One result a signature, from the top.</param>
/// <param name="AuthResults">What others claim to have found, each with the decision whether to believe it.</param>
public sealed record MailFindings(
    FromMailboxes From,
    SpfResult? Spf,
    IReadOnlyList<DkimResult> Dkim,
    DmarcResult Dmarc,
    ArcResult Arc,
    IReadOnlyList<AuthResultsField> AuthResults
);
