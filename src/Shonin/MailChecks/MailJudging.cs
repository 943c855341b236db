using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>
/// The check of mails for whoever brings one, within what one address may ask and what the processors bear. Its own page asks here and so
/// do conversations, with one count.
/// </summary>
internal sealed class MailJudging(MailCheckSource check, ScreenLimits limits, TimeProvider clock)
{
    private const int AddressCountMax = 100_000;

    private readonly Allowance asked = new(limits.MailChecksPerAddressPerMinute, TimeSpan.FromMinutes(1), AddressCountMax, clock);
    private readonly Shares places = new(limits.MailChecksAtOnceMax, limits.MailChecksPerAddressAtOnceMax);

    public int SizeBytesMax => limits.MailCheckSizeBytesMax;

    /// <summary>Asked before a mail is read, so that what is too much is not read at all.</summary>
    public AllowanceResult MayAsk(HttpContext http) => asked.Take(PageGate.AddressOf(http));

    /// <summary>Null where so many are judged now that this one has to come again.</summary>
    public async ValueTask<MailCheck?> JudgeAsync(HttpContext http, ReadOnlyMemory<byte> mail, string? recipient)
    {
        // The place is taken once the mail is there, so that nobody holds it by sending slowly.
        using var place = places.TryTake(PageGate.AddressOf(http), 1);
        return place is null ? null : await check(mail, recipient, http.RequestAborted);
    }
}
