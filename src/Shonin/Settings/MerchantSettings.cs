using Shonin.Contacts;
using Shonin.Domain.Approvals;
using Shonin.Domain.Contacts;
using Shonin.Domain.Hours;
using Shonin.Domain.Notices;
using Shonin.Domain.Points;
using Shonin.Domain.Privacy;
using Shonin.Domain.Proofs;
using Shonin.EventLog.Secrets;
using Shonin.Letters;
using Shonin.MailChecks;
using Shonin.Merchant;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Orders;
using Shonin.Web;
using static Shonin.Settings.KnownSettings;
using LinkOptions = Shonin.CardNetwork.Link.LinkOptions;

namespace Shonin.Settings;

/// <summary>Settings as the parts of the product take them.</summary>
internal static class MerchantSettings
{
    private const int SecretSizeBytesMax = 4096;
    private const int FormAroundMailBytesMax = 65_536;

    /// <summary>
    /// What a return path leaves of the 64 octets of RFC 5321 section 4.5.3.1.1: a number of ten digits, a code of ten letters and two
    /// signs stand behind it.
    /// </summary>
    private const int BouncesLocalLengthMax = 42;

    /// <summary>
    /// How many addresses it takes at least to fill the room for strangers' bodies, where the largest body is no larger than a part.
    /// </summary>
    private const int UploadPartyCount = 16;

    public static ApprovalPolicy ApprovalPolicy(this SettingValues settings) =>
        new()
        {
            AnswerTimeout = settings.Of(AnswerTimeout),
            NoticeAfter = settings.Of(NoticeAfter),
            RetryAfter = settings.Of(RetryAfter),
            Deadline = settings.Of(Deadline),
            ReminderEvery = settings.Of(ReminderEvery),
            ReversalRepeatAfter = settings.Of(ReversalRepeatAfter),
            ReversalRepeatMax = settings.Of(ReversalRepeatMax),
            CaptureRepeatAfter = settings.Of(CaptureRepeatAfter),
            ClosingPatience = settings.Of(ClosingPatience),
            SettlePatience = settings.Of(SettlePatience),
            AuthorizationValidity = settings.Of(AuthorizationValidity),
            ExpiryWarning = settings.Of(ExpiryWarning),
            ReauthorizationsMax = settings.Of(ReauthorizationsMax),
            DeliveryExpectedWithin = settings.Of(DeliveryExpectedWithin),
            Tries = new()
            {
                ProofGuessesPerHourMax = settings.Of(ProofGuessesPerHour),
                ProofMissesPerDayMax = settings.Of(ProofMissesPerDay),
                CardsPerOrderMax = settings.Of(CardsPerOrder),
                TriesPerOrderMax = settings.Of(TriesPerOrder),
                ConfirmPause = settings.Of(ConfirmPause),
                ConfirmPauseMax = settings.Of(ConfirmPauseMax),
                TriesPerCardMax = settings.Of(TriesPerCard),
                TriesPerShopHour = settings.Of(TriesPerShopHour),
            },
        };

    public static MerchantProfile MerchantProfile(this SettingValues settings) =>
        new(
            settings.Of(MerchantNameJa),
            settings.Of(MerchantNameEn),
            settings.Of(MerchantDomain),
            settings.Of(MerchantSenderAddress),
            settings.Of(MerchantSupportPhone),
            settings.Of(MerchantSupportHoursJa),
            settings.Of(MerchantSupportHoursEn),
            settings.Of(MerchantSupportUrl),
            settings.Of(MerchantTimeZone)
        )
        {
            HelpAddress = settings.Of(ContactsMailAddress),
        };

    /// <summary>Null where only the texts say when somebody answers. Holidays are not among them: they come from a file.</summary>
    public static OpeningHours? OpeningHours(this SettingValues settings) =>
        (settings.Of(MerchantSupportOpen) ?? (HasHoursOfItsOwn(settings) ? null : WeeklyHours.Parse("Mon-Sun 09:00-21:00"))) is { } week
            ? new(week, SpecialDays.None, TimeZoneInfo.FindSystemTimeZoneById(settings.Of(MerchantTimeZone)))
            : null;

    /// <summary>What is still as in the examples, and would leave a customer alone: to be told at each start.</summary>
    public static IEnumerable<string> Unfinished(this SettingValues settings)
    {
        if (Placeholders.IsPhone(settings.Of(MerchantSupportPhone)))
            yield return $"{MerchantSupportPhone.Name} is {settings.Of(MerchantSupportPhone)}, which nobody can call. Every notice and page tells customers to call there: set your own number.";
        if (Placeholders.IsPage(settings.Of(MerchantSupportUrl)))
            yield return $"{MerchantSupportUrl.Name} is {settings.Of(MerchantSupportUrl)}, which nobody can open. Pages leave the link out, notices do not: set the page where your customers find help.";
        if (Placeholders.IsHost(settings.Of(MerchantDomain)))
            yield return $"{MerchantDomain.Name} is {settings.Of(MerchantDomain)}, an example: mails in its name reach nobody's inbox. Set your own domain.";
        if (HasHoursOfItsOwn(settings) && settings.Of(MerchantSupportOpen) is null)
            yield return $"{MerchantSupportOpen.Name} is not set, so that pages cannot say when nobody answers: write {MerchantSupportHoursEn.Name} there as in Mon-Fri 09:00-18:00.";
    }

    private static bool HasHoursOfItsOwn(SettingValues settings) =>
        settings.Of(MerchantSupportHoursJa) != MerchantSupportHoursJa.Default[0]
        || settings.Of(MerchantSupportHoursEn) != MerchantSupportHoursEn.Default[0];

    public static PointsPolicy PointsPolicy(this SettingValues settings) =>
        new()
        {
            PerHundred = settings.Of(PointsPerHundred),
            ExpireAfter = settings.Of(PointsExpireAfter),
            WarnBefore = settings.Of(PointsWarnBefore),
        };

    /// <param name="promiseFrom">By when an answer is promised to somebody who asks at a time.</param>
    public static ContactPolicy ContactPolicy(this SettingValues settings, Func<DateTimeOffset, DateTimeOffset> promiseFrom) =>
        new(settings.Of(ContactsPatience), settings.Of(ContactsMailAnswerAfter), settings.Of(ContactsIdleAfter), promiseFrom);

    /// <summary>The one page of what is kept how long.</summary>
    public static RetentionPolicy Retention(this SettingValues settings) =>
        new()
        {
            Orders = settings.Of(PrivacyOrdersKeptFor),
            Cards = settings.Of(PrivacyCardsKeptFor),
            Contacts = settings.Of(PrivacyContactsKeptFor),
            Accounts = settings.Of(PrivacyAccountsKeptFor),
            Reports = settings.Of(MailReportsKeptFor),
            CheckMailbox = settings.Of(MailCheckKeptFor),
            MailFiles = settings.Of(PrivacyMailFilesKeptFor),
            SweepEvery = settings.Of(PrivacySweepEvery),
        };

    /// <summary>What stands above and below our letters.</summary>
    public static LetterHead LetterHead(this SettingValues settings) => new(settings.MerchantProfile(), settings.PublicUrl());

    /// <summary>What customers' links begin with, without a slash at the end.</summary>
    public static string PublicUrl(this SettingValues settings) =>
        (settings.Of(WebPublicUrl) ?? settings.Of(WebUrls)[0].GetLeftPart(UriPartial.Authority)).TrimEnd('/');

    /// <param name="need">Of the key that names customers: with another one, nobody who has ordered would be known.</param>
    public static MerchantOptions MerchantOptions(this SettingValues settings, KeyFolder keys, KeyNeed need, NoticeMarkKeys markKeys) =>
        new()
        {
            Policy = settings.ApprovalPolicy(),
            Profile = settings.MerchantProfile(),
            PublicUrl = settings.PublicUrl(),
            Acquirer = settings.Of(Acquirer),
            Terminal = settings.Of(Terminal),
            CustomerHashKey = keys.LoadOrCreate(CustomerDigest.KeyName, CustomerDigest.KeySizeBytes, need),
            MarkKeys = markKeys,
            Points = settings.PointsPolicy(),
        };

    /// <summary>Where the card company's record comes from, or null where none is set up.</summary>
    /// <exception cref="KeyFileException">The file with the key is missing or open to others, or that with the public key is missing or may
    ///   be changed by them.</exception>
    public static Shonin.Orders.CardCompanyExport? CardCompanyExport(this SettingValues settings) =>
        (settings.Of(CardCompanyExportUrl), settings.SecretOf(CardCompanyExportKey), settings.Of(CardCompanyPublicKeyFile))
            is ({ } url, { } key, { } publicKeyFile)
            ? new(
                Encrypted(url),
                key,
                System.Text.Encoding.UTF8.GetString(
                    OwnerOnly.ReadTrusted(publicKeyFile, SecretSizeBytesMax, $"{CardCompanyPublicKeyFile.Name} names it.")
                ),
                settings.Of(Acquirer).TrimStart('0'),
                settings.Of(MerchantNumber),
                settings.Of(CardCompanyPullEvery)
            )
            : null;

    /// <summary>The key to our record goes out with each request for it.</summary>
    /// <exception cref="ArgumentException">It would go to another machine in clear.</exception>
    private static Uri Encrypted(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address
            : throw new ArgumentException(
                $"{CardCompanyExportUrl.Name}: expected https://…, or http:// on this machine; our key would go there in clear."
            );

    public static LinkOptions LinkOptions(this SettingValues settings) =>
        new()
        {
            Address = settings.Of(CardNetworkAddress).ToString(),
            Encoding = settings.Of(CardNetworkEncoding),
            Connections = settings.Of(CardNetworkConnections),
            Tls = settings.Of(CardNetworkTlsServerName) is { } name
                ? new(name, settings.Of(CardNetworkTlsClientCertificatePath), settings.Of(CardNetworkTlsTrustedRootPath))
                : null,
            Acquirer = settings.Of(Acquirer),
            Terminal = settings.Of(Terminal),
            Merchant = settings.Of(MerchantNumber),
            Category = settings.Of(Category),
            NameAndPlace = settings.Of(NameAndPlace),
            LocalZone = TimeZoneInfo.FindSystemTimeZoneById(settings.Of(MerchantTimeZone)),
            // Whoever waits longer than that has had the time-out's answer, and the request counts no more as in flight.
            InFlightFor = settings.Of(AnswerTimeout) + settings.Of(AnswerTimeout),
        };

    public static TrustOptions Trust(this SettingValues settings) =>
        new(settings.Of(WebTrustedProxies), settings.Of(WebTrustedProxyDepth), settings.Of(WebPlainHttpNetworks));

    public static UploadLimits UploadLimits(this SettingValues settings) =>
        new()
        {
            PerAddressMax = settings.Of(UploadsPerAddressMax),
            BytesMax = settings.Of(UploadBytesMax),
            MailBytesPerAddressMax = Math.Max(
                settings.Of(UploadBytesMax) / UploadPartyCount,
                settings.Of(MailCheckSizeBytesMax) + FormAroundMailBytesMax
            ),
            FormBytesPerAddressMax = Math.Max(settings.Of(UploadBytesMax) / UploadPartyCount, settings.Of(BodySizeBytesMax)),
            BodyTimeout = settings.Of(BodyTimeout),
            MailTimeout = settings.Of(MailUploadTimeout),
        };

    public static ApiLimits ApiLimits(this SettingValues settings) => new(settings.Of(BodySizeBytesMax), settings.Of(OrderItemsMax));

    public static Shonin.Web.ScreenLimits ScreenLimits(this SettingValues settings) =>
        new() { MailCheckSizeBytesMax = settings.Of(MailCheckSizeBytesMax) };

    public static Shonin.MailChecks.ReportLimits ReportLimits(this SettingValues settings) =>
        new() { KeptFor = settings.Of(MailReportsKeptFor), CountMax = settings.Of(MailReportsMax) };

    /// <summary>Null where no mailbox is set: nobody can forward a mail to be checked.</summary>
    /// <exception cref="ArgumentException">The mailbox is set up by half, or would cross a network in clear.</exception>
    /// <exception cref="KeyFileException">The file with its password is missing or open to others.</exception>
    public static CheckAddressOptions? CheckAddress(this SettingValues settings)
    {
        if (MailCheckImap.Of(settings, settings.Of(MailCheckImapTimeout)) is not { } imap)
            return null;
        var address = settings.Of(MailCheckAddress) ?? throw MailboxSettings.MissingBeside(MailCheckImap.Host, MailCheckAddress);
        if (!MailAddress.IsOne(address))
            throw new ArgumentException($"{MailCheckAddress.Name} is not a mail address, as in check@shop.example.jp.");
        return new(
            address,
            imap,
            new(settings.Of(MailCheckAnswersPerSender), settings.Of(MailCheckAnswersPerHour)),
            settings.MailboxPatience(),
            new() { AuthservIds = settings.Of(MailCheckTrustAuthserv) },
            settings.Of(MailCheckSizeBytesMax)
        );
    }

    /// <summary>Null where no relay is set: mails become files.</summary>
    /// <exception cref="KeyFileException">The file with the password is missing or open to others.</exception>
    public static SmtpOptions? Smtp(this SettingValues settings) =>
        settings.Of(SmtpAddress) is not { } relay
            ? null
            : new(
                relay.Host,
                relay.Port,
                settings.Of(SmtpTlsMode),
                settings.Of(SmtpUser) is { } user ? new(user, settings.SecretOf(SmtpPassword) ?? "") : null,
                settings.Of(SmtpTimeout)
            )
            {
                Connections = settings.Of(SmtpConnections),
            };

    /// <summary>Null where no address is set: what comes back is not read.</summary>
    /// <exception cref="ArgumentException">It is no address, or nobody reads its mailbox.</exception>
    public static ReturnPath? ReturnPath(this SettingValues settings, NoticeMarkKeys keys)
    {
        if (settings.Of(BouncesAddress) is not { } address)
            return null;
        if (MailAddress.Read(address) is not { } mailbox || mailbox.Local.Length > BouncesLocalLengthMax)
        {
            throw new ArgumentException(
                $"{BouncesAddress.Name} is not a mail address, as in bounces@shop.example.jp, with at most {BouncesLocalLengthMax} letters before the @."
            );
        }

        return settings.Of(BouncesImap.Host) is null && settings.Of(MailCheckImap.Host) is null
            ? throw new ArgumentException(
                $"{BouncesAddress.Name} is set, and nobody reads its mailbox: set {BouncesImap.Host.Name}, or {MailCheckImap.Host.Name} where both are one mailbox."
            )
            : new(mailbox, keys);
    }

    /// <summary>Null where no address is set: nobody can ask by mail, and answers to our mails are not read.</summary>
    /// <exception cref="ArgumentException">It is no address, or nobody reads its mailbox.</exception>
    public static ReplyAddress? ReplyAddress(this SettingValues settings, NoticeMarkKeys keys)
    {
        if (settings.Of(ContactsMailAddress) is not { } address)
            return null;
        if (
            MailAddress.Read(address) is not { } mailbox
            || mailbox.Local.Length > Contacts.ReplyAddress.LocalLengthMax
            || mailbox.Local.Contains('+', StringComparison.Ordinal)
        )
        {
            throw new ArgumentException(
                $"{ContactsMailAddress.Name} is not a mail address, as in help@shop.example.jp, with at most {Contacts.ReplyAddress.LocalLengthMax} letters before the @ and no + among them."
            );
        }

        if (
            new[] { MailCheckAddress, BouncesAddress }.FirstOrDefault(other =>
                address.Equals(settings.Of(other), StringComparison.OrdinalIgnoreCase)
            ) is
            { } taken
        )
        {
            throw new ArgumentException(
                $"{ContactsMailAddress.Name} and {taken.Name} are one address; what arrives there could be either."
            );
        }

        return settings.Of(MailCheckImap.Host) is null
            ? throw new ArgumentException(
                $"{ContactsMailAddress.Name} is set, and nobody reads its mailbox: set {MailCheckImap.Host.Name}, where its mail must arrive too."
            )
            : new(mailbox, keys);
    }

    /// <summary>The mailbox of that address, where it is one of its own.</summary>
    /// <exception cref="ArgumentException">It is set up by half, or would cross a network in clear.</exception>
    /// <exception cref="KeyFileException">The file with its password is missing or open to others.</exception>
    public static ImapOptions? BouncesMailbox(this SettingValues settings) => BouncesImap.Of(settings, settings.Of(MailCheckImapTimeout));

    public static MailboxPatience MailboxPatience(this SettingValues settings) =>
        new(settings.Of(MailCheckImapPollEvery), settings.Of(MailCheckKeptFor));

    public static MailPatience MailPatience(this SettingValues settings) => new(settings.Of(SmtpRetryAfter), settings.Of(SmtpGiveUpAfter));

    /// <summary>
    /// A secret, from the file that its file form names or as it stands in the environment or appsettings.json; null where neither is set.
    /// </summary>
    /// <exception cref="ArgumentException">Both are set, and nobody can say which is meant.</exception>
    /// <exception cref="KeyFileException">The file is missing or open to others.</exception>
    public static string? SecretOf(this SettingValues settings, Setting<string?> secret)
    {
        var (itself, file) = (settings.Of(secret), settings.Of(secret.FileForm!));
        if (itself is not null && file is not null)
            throw new ArgumentException($"{secret.Name} and {secret.FileForm!.Name} are both set; set one of them.");
        return file is null
            ? itself
            : System
                .Text.Encoding.UTF8.GetString(OwnerOnly.ReadSecret(file, SecretSizeBytesMax, $"{secret.FileForm!.Name} names it."))
                .Trim();
    }
}
