using Shonin.Domain.Proofs;
using Shonin.EventLog.Secrets;
using Shonin.Merchant.Notices;
using Shonin.Settings;

namespace Shonin.Notices;

/// <summary>
/// The keys that notices prove themselves with: those of their marks, and those of the domain's signature. Lost beside notices that were
/// sent, they are not made anew.
/// </summary>
internal sealed record NoticeKeys(NoticeMarkKeys Marks, DkimKeys Dkim) : IDisposable
{
    /// <exception cref="KeyFileException">A key file cannot be used, or is missing beside marked notices; the message says what to
    ///   do.</exception>
    public static async Task<NoticeKeys> OpenAsync(House house, CancellationToken cancellation)
    {
        var need = await NoticeLedger.HasMarkedAsync(house.Store, cancellation) ? KeyNeed.ForDataThatExist : KeyNeed.None;
        var now = house.Clock.GetUtcNow();
        return new(
            NoticeMarkKeyFiles.LoadOrCreate(house.Files.Keys, now, need),
            DkimKeys.LoadOrCreate(house.Files.Keys, house.Settings.Of(KnownSettings.MerchantDomain), now, need)
        );
    }

    public void Dispose() => Dkim.Dispose();
}
