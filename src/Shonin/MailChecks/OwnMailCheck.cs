using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailChecks;

/// <summary>A check, and what DNS was asked for it.</summary>
internal sealed record RecordedCheck(MailCheck Check, IReadOnlyList<DnsQuery> Queries);

/// <summary>
/// Checks whether a mail is from this shop: by DNS, our own keys, our record of notices, and the profile that our settings make. REST,
/// the customers' page and the check address ask here, so that all three give one answer.
/// </summary>
/// <param name="question">What is asked of every mail; who asks and when comes with the mail.</param>
internal sealed class OwnMailCheck(
    DnsLookup dns,
    MailAuthenticatorOptions authentication,
    LedgerLookup ledger,
    MailQuestion question,
    TimeProvider clock
)
{
    /// <param name="raw">The message, byte for byte. Nothing of it is kept.</param>
    /// <param name="recipient">The address of whoever asks, or null.</param>
    public async ValueTask<RecordedCheck> CheckAsync(ReadOnlyMemory<byte> raw, string? recipient, CancellationToken cancellation)
    {
        var recording = new DnsRecording(dns);
        var checker = new MailChecker(new MailAuthenticator(recording.LookupAsync, clock, authentication), ledger);
        return new(
            await checker.CheckAsync(raw, question with { Now = clock.GetUtcNow(), Recipient = recipient }, cancellation),
            recording.Queries
        );
    }
}
