using System.Security.Cryptography;
using Shonin.Letters;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.PublicSuffixes;
using Shonin.Merchant.Notices;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Settings;
using Shonin.Verbs.Mail;

namespace Shonin.MailChecks;

/// <summary>
/// Whether a mail is ours: the check behind <c>/v1/mail-checks</c>, the page and the address to which customers forward one; and the mails
/// that were reported.
/// </summary>
internal sealed class MailChecksModule : IModule, IAsyncDisposable
{
    private readonly House house;
    private readonly NoticesModule notices;
    private readonly DnsLookup dns;
    private readonly MailAuthenticatorOptions authentication;
    private readonly LettersModule letters;
    private CheckAddress? checkAddress;

    private MailChecksModule(House house, NoticesModule notices, LettersModule letters, DnsLookup dns, MailReports reports)
    {
        (this.house, this.notices, this.letters, this.dns, Reports) = (house, notices, letters, dns, reports);
        var settings = house.Settings;
        authentication = new MailAuthenticatorOptions
        {
            Dkim = new() { KeptKeys = notices.Keys.Dkim.Book.Find },
            PublicSuffixes = PublicSuffixList.Shipped.OrganizationalDomain,
        };
        Check = new OwnMailCheck(
            dns,
            authentication,
            NoticeLookup.Of(house.Store, house.Files.Keys),
            new()
            {
                Now = default,
                Profiles = [MerchantMailProfile.Of(settings, notices.Keys.Dkim.Book.Keys), .. ShippedProfiles.All],
                Time = new(settings.Of(KnownSettings.MerchantTimeZone)),
            },
            house.Clock
        );
        Endpoint = new MailCheckEndpoint(Check, settings.Of(KnownSettings.MailCheckSizeBytesMax));
    }

    public OwnMailCheck Check { get; }
    public MailCheckEndpoint Endpoint { get; }
    public MailReports Reports { get; }

    /// <summary>Of the check address; null where there is none.</summary>
    public AnswerBook? Answers => checkAddress?.Answers;

    public IEnumerable<(HealthArea Area, ServerHealth.AskPart Ask)> Asked =>
        [ServerHealth.PartOf(Reports.ProgressAsync, "the desk's list of reported mails may be short, and no other mail can be reported")];

    public IEnumerable<Work> Works =>
        [
            new("Keeping the list of reported mails, and deleting old ones", Reports.RunAsync),
            .. checkAddress is null ? Array.Empty<Work>() : [new("Answering the check address", checkAddress.RunAsync)],
        ];

    /// <exception cref="InvalidDataException">The setting of DNS names no zone file that can be read.</exception>
    public static async Task<MailChecksModule> OpenAsync(
        House house,
        NoticesModule notices,
        LettersModule letters,
        CancellationToken cancellation
    )
    {
        var dns = await DnsChoice.ReadAsync(house.Settings.Of(KnownSettings.MailCheckDns), house.Files.Folder, cancellation) switch
        {
            Reading<DnsLookup, string>.Read(var chosen) => chosen,
            Reading<DnsLookup, string>.Refused(var why) => throw new InvalidDataException($"{KnownSettings.MailCheckDns.Name}: {why}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var reports = await MailReports.OpenAsync(
            new(house.OwnedLog, house.Views, house.Clock, RandomNumberGenerator.GetBytes)
            {
                Limits = house.Settings.ReportLimits(),
                OnFault = fault => house.Log.LogError(fault, "Reported mails go on after a fault"),
            },
            cancellation
        );
        var module = new MailChecksModule(house, notices, letters, dns, reports);
        if (house.Settings.CheckAddress() is { } forwarding)
        {
            var parts = await module.PartsOfAsync(forwarding, cancellation);
            module.checkAddress = await CheckAddress.OpenAsync(forwarding, parts, cancellation);
        }
        return module;
    }

    /// <summary>The verdict alone, as the customers' page asks for it.</summary>
    public async ValueTask<MailCheck> JudgeAsync(ReadOnlyMemory<byte> raw, string? recipient, CancellationToken cancellation) =>
        (await Check.CheckAsync(raw, recipient, cancellation)).Check;

    public async ValueTask DisposeAsync()
    {
        if (checkAddress is not null)
            await checkAddress.DisposeAsync();
        await Reports.DisposeAsync();
    }

    private async ValueTask<CheckAddressParts> PartsOfAsync(CheckAddressOptions forwarding, CancellationToken cancellation) =>
        new()
        {
            Desk = new(house.Settings.MerchantProfile(), $"{house.Settings.PublicUrl()}/check", forwarding.Address),
            Check = Check,
            FindNotice = new NoticeLedger(house.Store, notices.Keys.Marks).FindSentToAsync,
            Mime = letters.Mime,
            SenderOf = letters.SenderOf,
            Authenticator = new(dns, house.Clock, authentication with { Trust = forwarding.Trust }),
            Bounces = notices.ReadsBounces ? null : notices.Bounces,
            OwnedLog = house.OwnedLog,
            BookKey = await AnswerBook.KeyOfAsync(house.Files.Keys, house.Store, cancellation),
            Clock = house.Clock,
            Log = house.Log,
        };
}
