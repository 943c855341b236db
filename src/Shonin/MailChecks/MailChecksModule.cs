using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.PublicSuffixes;
using Shonin.Merchant.Views;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Settings;
using Shonin.Verbs.Mail;

namespace Shonin.MailChecks;

/// <summary>
/// Whether a mail is ours: the check behind <c>/v1/mail-checks</c>, the page and the address to which customers forward one; and the mails that were reported.
/// </summary>
internal sealed class MailChecksModule : IModule, IAsyncDisposable
{
    private readonly SmtpRelay? answerRelay;
    private readonly CheckAddress? checkAddress;

    private MailChecksModule(House house, NoticesModule notices, DnsLookup dns, MailReports reports)
    {
        var (settings, keys) = (house.Settings, house.Files.Keys);
        Reports = reports;
        var authentication = new MailAuthenticatorOptions { Dkim = new() { KeptKeys = notices.Keys.Dkim.Book.Find }, PublicSuffixes = PublicSuffixList.Shipped.OrganizationalDomain };
        Check = new OwnMailCheck(
            dns, authentication, NoticeLookup.Of(house.Store, keys),
            new()
            {
                Now = default,
                Profiles = [MerchantMailProfile.Of(settings, notices.Keys.Dkim.Book.Keys), .. ShippedProfiles.All],
                Time = new(settings.Of(KnownSettings.MerchantTimeZone)),
            },
            house.Clock);
        Endpoint = new MailCheckEndpoint(Check, settings.Of(KnownSettings.MailCheckSizeBytesMax));
        answerRelay = settings.Smtp() is { } answers ? new SmtpRelay(answers, house.Clock) : null;
        if (settings.CheckAddress() is not { } forwarding)
            return;
        var bookPath = house.PathOf(AnswerBook.FileName);
        checkAddress = CheckAddress.Open(forwarding, new()
        {
            Desk = new(settings.MerchantProfile(), $"{settings.PublicUrl()}/check", forwarding.Address),
            Check = Check,
            FindNotice = new NoticeLedger(house.Store, notices.Keys.Marks).FindSentToAsync,
            Keys = notices.Keys.Dkim,
            Deliver = answerRelay is null ? new MailFolder(house.PathOf("mail")).DeliverAsync : answerRelay.DeliverAsync,
            Authenticator = new(dns, house.Clock, authentication with { Trust = forwarding.Trust }),
            Bounces = notices.ReadsBounces ? null : notices.Bounces,
            BookPath = bookPath,
            BookKey = keys.LoadOrCreate("check-mailbox", AnswerBook.HashKeySizeBytes, File.Exists(bookPath) ? KeyNeed.ForDataThatExist : KeyNeed.None),
            Clock = house.Clock,
            Log = house.Log,
        });
    }

    public OwnMailCheck Check { get; }
    public MailCheckEndpoint Endpoint { get; }
    public MailReports Reports { get; }

    public IEnumerable<(HealthArea Area, ServerHealth.AskPart Ask)> Asked =>
        [ServerHealth.PartOf(Reports.ProgressAsync, "the desk's list of reported mails may be short, and no other mail can be reported")];

    public IEnumerable<Work> Works =>
    [
        new("Keeping the list of reported mails, and deleting old ones", Reports.RunAsync),
        .. checkAddress is null ? Array.Empty<Work>() : [new("Answering the check address", checkAddress.RunAsync)],
    ];

    /// <exception cref="InvalidDataException">The setting of DNS names no zone file that can be read.</exception>
    public static async Task<MailChecksModule> OpenAsync(House house, NoticesModule notices, CancellationToken cancellation) =>
        await DnsChoice.ReadAsync(house.Settings.Of(KnownSettings.MailCheckDns), house.Files.Folder, cancellation) switch
        {
            Reading<DnsLookup, string>.Read(var dns) => new(house, notices, dns, await MailReports.OpenAsync(
                house.OwnedLog, house.Views, house.Settings.ReportLimits(), house.Clock, fault => house.Log.LogError(fault, "Reported mails go on after a fault"), cancellation)),
            Reading<DnsLookup, string>.Refused(var why) => throw new InvalidDataException($"{KnownSettings.MailCheckDns.Name}: {why}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public async ValueTask DisposeAsync()
    {
        checkAddress?.Dispose();
        answerRelay?.Dispose();
        await Reports.DisposeAsync();
    }
}
