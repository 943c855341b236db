using System.Diagnostics;
using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.PublicSuffixes;
using Shonin.MailAuthentication.Spf;

namespace Shonin.Verbs.Mail;

internal enum MailProtocol
{
    Spf,
    Dkim,
    Dmarc,
    Arc,
}

/// <summary>What is known of one mail before anything is checked.</summary>
/// <param name="Session">How it came, where somebody trusted knows it.</param>
/// <param name="Now">The time of the check.</param>
internal sealed record MailCircumstances(SpfRequest? Session, DnsLookup Dns, DateTimeOffset Now, AuthResultsTrust Trust)
{
    /// <summary>The one check that needs no message.</summary>
    public async Task<ProtocolAnswer.Spf> CheckSpfAsync(CancellationToken cancellation) => new(await SpfAsync(Bounded(), cancellation));

    public async Task<ProtocolAnswer> CheckAsync(MailProtocol protocol, MailMessage message, CancellationToken cancellation)
    {
        var dns = Bounded();
        switch (protocol)
        {
            case MailProtocol.Spf:
                return new ProtocolAnswer.Spf(await SpfAsync(dns, cancellation));
            case MailProtocol.Dkim:
                var signatures = await DkimAsync(dns, message, cancellation);
                return new ProtocolAnswer.Dkim(signatures, await DmarcAsync(dns, message, null, signatures, cancellation));
            case MailProtocol.Dmarc:
                var spf = await SpfAsync(dns, cancellation);
                return new ProtocolAnswer.Dmarc(
                    await DmarcAsync(dns, message, spf, await DkimAsync(dns, message, cancellation), cancellation)
                );
            case MailProtocol.Arc:
                return new ProtocolAnswer.Arc(await new ArcVerifier(dns).VerifyAsync(message, cancellation), Trust);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>DMARC over what somebody else has proved.</summary>
    public async Task<ProtocolAnswer.Dmarc> CheckDmarcAsync(DmarcRequest request, CancellationToken cancellation) =>
        new(await new DmarcChecker(Bounded(), PublicSuffixList.Shipped.OrganizationalDomain).CheckAsync(request, cancellation));

    private DnsLookup Bounded() => Dns.Within(DnsLimits.Default, TimeProvider.System);

    private async ValueTask<SpfResult?> SpfAsync(DnsLookup dns, CancellationToken cancellation) =>
        Session is null ? null : await new SpfChecker(dns, new StoppedClock(Now)).CheckAsync(Session, cancellation);

    private async ValueTask<IReadOnlyList<DkimResult>> DkimAsync(DnsLookup dns, MailMessage message, CancellationToken cancellation) =>
        await new DkimVerifier(dns).VerifyAsync(message, ReceiptTime.Of(message, Now, Trust), cancellation);

    private static async ValueTask<DmarcResult> DmarcAsync(
        DnsLookup dns,
        MailMessage message,
        SpfResult? spf,
        IReadOnlyList<DkimResult> dkim,
        CancellationToken cancellation
    ) =>
        await new DmarcChecker(dns, PublicSuffixList.Shipped.OrganizationalDomain).CheckAsync(
            DmarcRequest.Of(FromMailboxes.Of(message), spf, dkim),
            cancellation
        );
}

/// <summary>Shows the time of the check, whatever the time is.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
