using System.Security.Cryptography;
using Shonin.Contacts;
using Shonin.Letters;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.PublicSuffixes;
using Shonin.Merchant.Notices;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Orders;
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

    private MailChecksModule(
        House house,
        OrdersModule orders,
        NoticesModule notices,
        LettersModule letters,
        DnsLookup dns,
        MailReports reports
    )
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
        Numbers = new(orders.Book, settings.ScreenLimits(), house.Clock);
        Mails = new(JudgeAsync, settings.ScreenLimits(), house.Clock);
        Endpoint = new MailCheckEndpoint(Check, settings.Of(KnownSettings.MailCheckSizeBytesMax));
    }

    public OwnMailCheck Check { get; }
    public MailCheckEndpoint Endpoint { get; }
    public MailReports Reports { get; }

    /// <summary>For whoever asks by a notice's number, on a page or in a conversation.</summary>
    public NoticeCheck Numbers { get; }

    /// <summary>For whoever brings a mail.</summary>
    public MailJudging Mails { get; }

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
        OrdersModule orders,
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
        return new(house, orders, notices, letters, dns, reports);
    }

    /// <summary>Opens the mailbox, where one is set: of the check address, and of what else is sent into it.</summary>
    public async Task OpenMailboxAsync(ContactsModule contacts, CancellationToken cancellation)
    {
        if (house.Settings.CheckAddress() is { } forwarding)
            checkAddress = await CheckAddress.OpenAsync(forwarding, await PartsOfAsync(forwarding, contacts, cancellation), cancellation);
    }

    /// <summary>The verdict alone.</summary>
    private async ValueTask<MailCheck> JudgeAsync(ReadOnlyMemory<byte> raw, string? recipient, CancellationToken cancellation) =>
        (await Check.CheckAsync(raw, recipient, cancellation)).Check;

    public async ValueTask DisposeAsync()
    {
        if (checkAddress is not null)
            await checkAddress.DisposeAsync();
        await Reports.DisposeAsync();
    }

    private async ValueTask<CheckAddressParts> PartsOfAsync(
        CheckAddressOptions forwarding,
        ContactsModule contacts,
        CancellationToken cancellation
    )
    {
        var authenticator = new MailAuthenticator(dns, house.Clock, authentication with { Trust = forwarding.Trust });
        return new()
        {
            Desk = new(house.Settings.MerchantProfile(), $"{house.Settings.PublicUrl()}/check", forwarding.Address),
            Check = Check,
            FindNotice = new NoticeLedger(house.Store, notices.Keys.Marks).FindSentToAsync,
            Mime = letters.Mime,
            SenderOf = letters.SenderOf,
            Authenticator = authenticator,
            Contacts = contacts.MailsBy(authenticator),
            Bounces = notices.ReadsBounces ? null : notices.Bounces,
            OwnedLog = house.OwnedLog,
            BookKey = await AnswerBook.KeyOfAsync(house.Files.Keys, house.Store, cancellation),
            Clock = house.Clock,
            Log = house.Log,
        };
    }
}
