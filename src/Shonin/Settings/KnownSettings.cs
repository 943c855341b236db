using System.Net;
using Shonin.Desk;
using Shonin.Domain.Approvals;
using Shonin.Domain.Hours;
using Shonin.Domain.Privacy;
using Shonin.Iso8583;

namespace Shonin.Settings;

/// <summary>How mail goes to the relay.</summary>
internal enum SmtpTls
{
    None,
    StartTls,
    Implicit,
}

/// <summary>How much the log on standard error tells.</summary>
internal enum LogLevelName
{
    Error,
    Warning,
    Information,
    Debug,
}

/// <summary>
/// Every setting there is. This one table drives what is bound, what <c>shonin config</c> prints, the short flags, and the errors for a
/// wrong name or value.
/// </summary>
internal static class KnownSettings
{
    private static readonly ApprovalPolicy policy = new();
    private static readonly TimeSpan instant = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan month = TimeSpan.FromDays(30);
    private static readonly TimeSpan year = TimeSpan.FromDays(365);
    private static readonly TimeSpan century = TimeSpan.FromDays(36_525);
    private static readonly RetentionPolicy retention = new();

    public static readonly Setting<TimeSpan> AnswerTimeout = Kinds.Duration(
        "Approval:AnswerTimeout",
        policy.AnswerTimeout,
        moment,
        hour,
        "How long an attempt waits for the card company's answer; then it is unknown, and taken back."
    );
    public static readonly Setting<TimeSpan> NoticeAfter = Kinds.Duration(
        "Approval:NoticeAfter",
        policy.NoticeAfter,
        TimeSpan.Zero,
        hour,
        "A hold shorter than this mails nobody."
    );
    public static readonly Setting<IReadOnlyList<TimeSpan>> RetryAfter = Kinds.Durations(
        "Approval:RetryAfter",
        policy.RetryAfter,
        instant,
        month,
        "The waits before each automatic retry of a hold; after the last there is none. Empty: we never ask again by ourselves."
    );
    public static readonly Setting<TimeSpan> Deadline = Kinds.Duration(
        "Approval:Deadline",
        policy.Deadline,
        TimeSpan.FromSeconds(1),
        month,
        "How long a hold may last before the order is cancelled."
    );
    public static readonly Setting<TimeSpan> ReminderEvery = Kinds.Duration(
        "Approval:ReminderEvery",
        policy.ReminderEvery,
        TimeSpan.FromSeconds(1),
        month,
        "How often the customer is reminded while a hold lasts."
    );
    public static readonly Setting<TimeSpan> ReversalRepeatAfter = Kinds.Duration(
        "Approval:ReversalRepeatAfter",
        policy.ReversalRepeatAfter,
        moment,
        hour,
        "The first wait before an unanswered reversal is repeated; it doubles up to ReversalRepeatMax."
    );
    public static readonly Setting<TimeSpan> ReversalRepeatMax = Kinds.Duration(
        "Approval:ReversalRepeatMax",
        policy.ReversalRepeatMax,
        moment,
        TimeSpan.FromDays(1),
        "The longest wait between two repeats of a reversal or a capture."
    );
    public static readonly Setting<TimeSpan> CaptureRepeatAfter = Kinds.Duration(
        "Approval:CaptureRepeatAfter",
        policy.CaptureRepeatAfter,
        moment,
        hour,
        "The first wait before an unanswered capture is repeated; it doubles up to ReversalRepeatMax."
    );
    public static readonly Setting<TimeSpan> ClosingPatience = Kinds.Duration(
        "Approval:ClosingPatience",
        policy.ClosingPatience,
        TimeSpan.Zero,
        month,
        "How long a cancelled order waits for its reversals before it closes with an entry on the agents' list."
    );
    public static readonly Setting<TimeSpan> SettlePatience = Kinds.Duration(
        "Approval:SettlePatience",
        policy.SettlePatience,
        TimeSpan.Zero,
        month,
        "How long a reversal or a capture may stay open before it comes onto the agents' list; it goes on all the same."
    );
    public static readonly Setting<TimeSpan> AuthorizationValidity = Kinds.Duration(
        "Approval:AuthorizationValidity",
        policy.AuthorizationValidity,
        TimeSpan.FromSeconds(1),
        year,
        "How long an approval is taken to hold the amount."
    );
    public static readonly Setting<TimeSpan> ExpiryWarning = Kinds.Duration(
        "Approval:ExpiryWarning",
        policy.ExpiryWarning,
        TimeSpan.Zero,
        month,
        "How long before an approval expires the agents are warned."
    );
    public static readonly Setting<int> ReauthorizationsMax = Kinds.Number(
        "Approval:ReauthorizationsMax",
        policy.ReauthorizationsMax,
        0,
        100,
        "How often we ask again by ourselves for an order whose approvals run out before it is shipped; after that an agent and the customer decide."
    );
    public static readonly Setting<TimeSpan> DeliveryExpectedWithin = Kinds.Duration(
        "Approval:DeliveryExpectedWithin",
        policy.DeliveryExpectedWithin,
        TimeSpan.FromSeconds(1),
        year,
        "A parcel not delivered for this long goes onto the agents' list."
    );

    public static readonly Setting<HostAndPort> CardNetworkAddress = Kinds.Address(
        "CardNetwork:Address",
        new("127.0.0.1", 8583),
        "The card company, or the acquirer that leads to it."
    ) with
    {
        Flag = "--card-network",
    };
    public static readonly Setting<WireEncoding> CardNetworkEncoding = Kinds.Choice(
        "CardNetwork:Encoding",
        WireEncoding.Ascii,
        "How messages are encoded on that line."
    );
    public static readonly Setting<int> CardNetworkConnections = Kinds.Number(
        "CardNetwork:Connections",
        2,
        1,
        64,
        "How many connections are kept open to it."
    );
    public static readonly Setting<string?> CardNetworkTlsServerName = Kinds.TextOrNone(
        "CardNetwork:Tls:ServerName",
        "The name on the card company's certificate; without it the line is plain TCP, which is refused beyond this machine."
    );
    public static readonly Setting<string?> CardNetworkTlsClientCertificatePath = Kinds.TextOrNone(
        "CardNetwork:Tls:ClientCertificatePath",
        "A PEM file with our certificate and its private key, mode 600."
    );
    public static readonly Setting<string?> CardNetworkTlsTrustedRootPath = Kinds.TextOrNone(
        "CardNetwork:Tls:TrustedRootPath",
        "A PEM file with the only root to trust; without it the system's roots are trusted."
    );
    public static readonly Setting<string> Acquirer = Kinds.Shaped(
        "CardNetwork:Acquirer",
        "100001",
        "1 to 11 digits",
        "Our acquirer's number (field 32).",
        text => text.Length is >= 1 and <= 11 && text.All(char.IsAsciiDigit)
    );
    public static readonly Setting<string> Terminal = Kinds.Shaped(
        "CardNetwork:Terminal",
        "SHONIN01",
        "1 to 8 printable ASCII characters",
        "Our terminal's name (field 41).",
        text => IsAscii(text, 8)
    );
    public static readonly Setting<string> MerchantNumber = Kinds.Shaped(
        "CardNetwork:Merchant",
        "SHONINSHOP",
        "1 to 15 printable ASCII characters",
        "Our number at the acquirer (field 42).",
        text => IsAscii(text, 15)
    );
    public static readonly Setting<string> Category = Kinds.Shaped(
        "CardNetwork:Category",
        "5964",
        "4 digits",
        "Our merchant category (field 18, ISO 18245).",
        text => text.Length == 4 && text.All(char.IsAsciiDigit)
    );
    public static readonly Setting<string> NameAndPlace = Kinds.Shaped(
        "CardNetwork:NameAndPlace",
        "SHONIN SHOP              TOKYO        JP",
        "1 to 40 printable ASCII characters",
        "How we stand on the cardholder's statement (field 43): 25 for the name, 13 for the place, 2 for the country.",
        text => IsAscii(text, 40)
    );

    public static readonly Setting<string?> CardCompanyExportUrl = Kinds.TextOrNone(
        "CardCompany:ExportUrl",
        "Where the card company hands out its signed record of our requests; without it timelines show our side only, and say so."
    );
    public static readonly Setting<string?> CardCompanyExportKeyFile = Kinds.TextOrNone(
        "CardCompany:ExportKeyFile",
        "A file with the key that the card company gave us for that record, mode 600."
    );
    public static readonly Setting<string?> CardCompanyExportKey = Kinds.Secret(
        "CardCompany:ExportKey",
        CardCompanyExportKeyFile,
        "That key itself."
    );
    public static readonly Setting<string?> CardCompanyPublicKeyFile = Kinds.TextOrNone(
        "CardCompany:PublicKeyFile",
        "A PEM file with the card company's public key, which the record's signatures are checked with."
    );
    public static readonly Setting<TimeSpan> CardCompanyPullEvery = Kinds.Duration(
        "CardCompany:PullEvery",
        TimeSpan.FromSeconds(30),
        moment,
        hour,
        "How often that record is fetched."
    );

    public static readonly Setting<HostAndPort?> SmtpAddress = Kinds.AddressOrNone(
        "Smtp:Address",
        "mail.example.jp:587",
        "The relay that takes our mail; without it mails are written as files into mail/ of the data folder."
    ) with
    {
        Flag = "--smtp",
    };
    public static readonly Setting<SmtpTls> SmtpTlsMode = Kinds.Choice(
        "Smtp:Tls",
        SmtpTls.None,
        "none for a relay on this machine, startTls (usually port 587), implicit (usually port 465)."
    );
    public static readonly Setting<string?> SmtpUser = Kinds.TextOrNone("Smtp:User", "The user at the relay, where it asks for one.");
    public static readonly Setting<string?> SmtpPasswordFile = Kinds.TextOrNone(
        "Smtp:PasswordFile",
        "A file with the password of that user, mode 600."
    );
    public static readonly Setting<string?> SmtpPassword = Kinds.Secret("Smtp:Password", SmtpPasswordFile, "The password itself.");
    public static readonly Setting<TimeSpan> SmtpTimeout = Kinds.Duration(
        "Smtp:Timeout",
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(1),
        hour,
        "How long the relay may take for each reply; for the one to the whole mail it has ten minutes, so that none is sent twice."
    );
    public static readonly Setting<int> SmtpConnections = Kinds.Number(
        "Smtp:Connections",
        4,
        1,
        64,
        "How many mails are handed over at the same time, so that a slow recipient holds up nobody else."
    );
    public static readonly Setting<TimeSpan> SmtpRetryAfter = Kinds.Duration(
        "Smtp:RetryAfter",
        TimeSpan.FromSeconds(5),
        moment,
        hour,
        "The first wait before a failed delivery is tried again; it doubles up to an hour."
    );
    public static readonly Setting<TimeSpan> SmtpGiveUpAfter = Kinds.Duration(
        "Smtp:GiveUpAfter",
        TimeSpan.FromDays(4),
        TimeSpan.FromSeconds(1),
        month,
        "How long a mail is tried before an agent is told that it could not be delivered."
    );

    public static readonly Setting<string> StorageFolder = Kinds.Text(
        "Storage:Folder",
        "shonin-data",
        "The data folder: databases, keys, heads, mails. appsettings.json in it is read."
    ) with
    {
        Flag = "--data",
    };

    public static readonly Setting<IReadOnlyList<Uri>> WebUrls = Kinds.Urls(
        "Web:Urls",
        "http://127.0.0.1:8580",
        "Where REST and pages listen."
    ) with
    {
        Flag = "--urls",
    };
    public static readonly Setting<string?> WebPublicUrl = Kinds.TextOrNone(
        "Web:PublicUrl",
        "How customers reach the pages, for the links in mails: https://shop.example.jp. Without it, the first of Web:Urls."
    );
    public static readonly Setting<string?> WebCertificatePath = Kinds.TextOrNone(
        "Web:CertificatePath",
        "A PEM file with the certificate and its private key, mode 600, needed for https:// addresses."
    );
    public static readonly Setting<IReadOnlyList<Uri>> WebDeskUrls = Kinds.UrlsOrNone(
        "Web:DeskUrls",
        "http://127.0.0.1:8581",
        "Where the staff's desk listens; then /desk is answered there and nowhere else. Without it, wherever Web:Urls are."
    );
    public static readonly Setting<IReadOnlyList<Uri>> WebOperationsUrls = Kinds.UrlsOrNone(
        "Web:OperationsUrls",
        "http://127.0.0.1:8582",
        "Where /metrics listens, for whoever reaches that address; then it is answered there and nowhere else. Without it, wherever Web:Urls are, to this machine alone."
    );
    public static readonly Setting<IReadOnlyList<IPNetwork>> WebTrustedProxies = Kinds.Networks(
        "Web:TrustedProxies",
        "The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; each must set both. From anybody else these headers prove only that somebody stands between: such a request is never taken for this machine's own."
    );
    public static readonly Setting<int> WebTrustedProxyDepth = Kinds.Number(
        "Web:TrustedProxyDepth",
        1,
        1,
        8,
        "How many trusted proxies stand one behind the other; what X-Forwarded-For says beyond them was written by strangers."
    );
    public static readonly Setting<IReadOnlyList<IPNetwork>> WebPlainHttpNetworks = Kinds.Networks(
        "Web:PlainHttpNetworks",
        "Networks over which plain HTTP counts as protected, as on this machine: that of the containers on one host, between a proxy and us. Whoever can listen there reads card numbers and keys; never name one that strangers, or an address translation, come from."
    );

    public static readonly Setting<int> BodySizeBytesMax = Kinds.Number(
        "Limits:BodySizeBytesMax",
        65_536,
        1_024,
        16_777_216,
        "The largest body of a request, in bytes; a larger one is refused with 413."
    );
    public static readonly Setting<int> ConnectionsMax = Kinds.Number(
        "Limits:ConnectionsMax",
        2_048,
        1,
        100_000,
        "How many HTTP connections may be open at once."
    );
    public static readonly Setting<int> ConnectionsPerAddressMax = Kinds.Number(
        "Limits:ConnectionsPerAddressMax",
        256,
        1,
        100_000,
        "How many of them one address (of IPv6, one /64 network) may have; a further one is closed. Trusted proxies are not counted: they have to count themselves."
    );
    public static readonly Setting<int> UploadsPerAddressMax = Kinds.Number(
        "Limits:UploadsPerAddressMax",
        16,
        1,
        1_000,
        "How many bodies of one address are waited for at once; more are refused with 429."
    );
    public static readonly Setting<int> UploadBytesMax = Kinds.Number(
        "Limits:UploadBytesMax",
        268_435_456,
        16_777_216,
        int.MaxValue,
        "How many bytes of strangers' mails lie in memory at once, and as many again of their forms; one address has a sixteenth of it, or room for the largest one. More are refused with 503."
    );
    public static readonly Setting<TimeSpan> BodyTimeout = Kinds.Duration(
        "Limits:BodyTimeout",
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(1),
        hour,
        "How long a request's body may be under way; a slower one is refused with 408."
    );
    public static readonly Setting<TimeSpan> MailUploadTimeout = Kinds.Duration(
        "Limits:MailUploadTimeout",
        TimeSpan.FromMinutes(3),
        TimeSpan.FromSeconds(1),
        hour,
        "The same for a mail that is brought to be checked."
    );
    public static readonly Setting<int> BytesPerSecondMin = Kinds.Number(
        "Limits:BytesPerSecondMin",
        1_024,
        1,
        1_000_000,
        "Whoever sends a body or reads an answer more slowly than this for five seconds is cut off."
    );
    public static readonly Setting<int> RequestsPerSecond = Kinds.Number(
        "Limits:RequestsPerSecond",
        5_000,
        1,
        1_000_000,
        "How many requests a second one API key may make in the long run; more are refused with 429."
    );
    public static readonly Setting<int> RequestBurst = Kinds.Number(
        "Limits:RequestBurst",
        10_000,
        1,
        1_000_000,
        "How many requests one API key may make at once after a pause."
    );
    public static readonly Setting<int> OrderItemsMax = Kinds.Number(
        "Limits:OrderItemsMax",
        100,
        1,
        1_000,
        "How many lines an order may have."
    );
    public static readonly Setting<int> MailCheckSizeBytesMax = Kinds.Number(
        "Limits:MailCheckSizeBytesMax",
        26_214_400,
        65_536,
        67_108_864,
        "The largest mail that a customer may bring to be checked, in bytes."
    );
    public static readonly Setting<int> ProofGuessesPerHour = Kinds.Number(
        "Limits:ProofGuessesPerHour",
        5,
        1,
        1_000,
        "How often an hour the card's last four digits may be typed with one order's link, right or wrong."
    );
    public static readonly Setting<int> ProofMissesPerDay = Kinds.Number(
        "Limits:ProofMissesPerDay",
        10,
        1,
        10_000,
        "How many wrong ones there may be in 24 hours; then nobody acts with that link until a day has passed."
    );
    public static readonly Setting<int> CardsPerOrder = Kinds.Number(
        "Limits:CardsPerOrder",
        5,
        1,
        1_000,
        "How many different cards may be asked for one order; then a person at the desk decides whether there are more."
    );
    public static readonly Setting<int> TriesPerOrder = Kinds.Number(
        "Limits:TriesPerOrder",
        10,
        1,
        1_000,
        "How many tries of one order that the customer caused may end without an approval; then a person at the desk decides whether there are more."
    );
    public static readonly Setting<TimeSpan> ConfirmPause = Kinds.Duration(
        "Limits:ConfirmPause",
        policy.Tries.ConfirmPause,
        TimeSpan.Zero,
        hour,
        "How long after the answer to a customer's second try on one card the third has to wait; it doubles with each further one. The second waits for nothing."
    );
    public static readonly Setting<TimeSpan> ConfirmPauseMax = Kinds.Duration(
        "Limits:ConfirmPauseMax",
        policy.Tries.ConfirmPauseMax,
        TimeSpan.Zero,
        TimeSpan.FromDays(1),
        "The longest of these waits."
    );
    public static readonly Setting<int> TriesPerCard = Kinds.Number(
        "Limits:TriesPerCard",
        10,
        1,
        10_000,
        "How many tries on one card in 24 hours, over all orders, may end without an approval; then nothing more is asked on it until time or a person at the desk allows it."
    );
    public static readonly Setting<int> TriesPerShopHour = Kinds.Number(
        "Limits:TriesPerShopHour",
        100,
        1,
        1_000_000,
        "How many tries of the whole shop in an hour may end without an approval, and one more for every five approvals; then nothing more is asked in that hour unless a person at the desk allows it."
    );
    public static readonly Setting<int> MailReportsMax = Kinds.Number(
        "Limits:MailReportsMax",
        5_000,
        1,
        100_000,
        "How many reported mails are kept at once; then the page says that there is no room."
    );

    public static readonly Setting<string?> MailCheckAddress = Kinds.TextOrNone(
        "MailCheck:Address",
        "Where customers may forward a mail to be checked; the page shows it. Without it there is no such way."
    );
    public static readonly Setting<string> MailCheckDns = Kinds.Text(
        "MailCheck:Dns",
        "system",
        "Where mail checks look up keys and policies: system, offline, or a zone file's path."
    );
    public static readonly MailboxSettings MailCheckImap = new(
        "MailCheck:Imap",
        host: "The IMAP server with the mailbox of that address; without it nothing is read, and nobody answers.",
        folder: "The folder in which new mail arrives.",
        handledFolder: ("Checked", "The folder into which a mail is moved once it has been dealt with; made where there is none.")
    );
    public static readonly Setting<TimeSpan> MailCheckImapTimeout = Kinds.Duration(
        "MailCheck:Imap:Timeout",
        TimeSpan.FromSeconds(60),
        TimeSpan.FromSeconds(1),
        hour,
        "How long the server may take for one request."
    );
    public static readonly Setting<TimeSpan> MailCheckImapPollEvery = Kinds.Duration(
        "MailCheck:Imap:PollEvery",
        TimeSpan.FromMinutes(5),
        TimeSpan.FromSeconds(1),
        hour,
        "How often the mailbox is looked at where the server does not tell of new mail by itself."
    );
    public static readonly Setting<TimeSpan> MailCheckKeptFor = Kinds.Duration(
        "MailCheck:KeptFor",
        TimeSpan.FromDays(7),
        TimeSpan.FromDays(1),
        year,
        "How long a mail stays in the mailbox; then it is deleted, unless a member of the staff has flagged it."
    );
    public static readonly Setting<TimeSpan> MailReportsKeptFor = Kinds.Duration(
        "MailCheck:ReportsKeptFor",
        TimeSpan.FromDays(90),
        hour,
        year,
        "How long a reported mail is kept; then it is deleted, whoever has dealt with it or not."
    );
    public static readonly Setting<IReadOnlyList<string>> MailCheckTrustAuthserv = Kinds.Domains(
        "MailCheck:TrustAuthserv",
        "Hosts whose Authentication-Results in the mailbox are believed: those of the mailbox's own provider. Without any, the sender's signature alone proves who wrote."
    );
    public static readonly Setting<int> MailCheckAnswersPerSender = Kinds.Number(
        "MailCheck:AnswersPerSenderPerHour",
        10,
        1,
        1_000,
        "How many answers one address gets in an hour; more of its mails get none."
    );
    public static readonly Setting<int> MailCheckAnswersPerHour = Kinds.Number(
        "MailCheck:AnswersPerHour",
        500,
        1,
        100_000,
        "How many answers are given in an hour, whoever asks; more of the mails wait."
    );

    public static readonly Setting<string?> BouncesAddress = Kinds.TextOrNone(
        "Bounces:Address",
        "Where notices come back to that nobody can receive: a mailbox that takes NAME+CODE@DOMAIN too. Without it they go to Merchant:SenderAddress, and nobody is told."
    );
    public static readonly MailboxSettings BouncesImap = new(
        "Bounces:Imap",
        host: "The IMAP server with that mailbox; without it, that of MailCheck:Imap, if both addresses lead there.",
        folder: "The folder in which reports arrive.",
        handledFolder: ("Handled", "The folder into which a report is moved once it has been dealt with; made where there is none.")
    );

    public static readonly Setting<string> MerchantNameJa = Kinds.Text("Merchant:NameJa", "しょうにん商店", "The shop's name in Japanese.");
    public static readonly Setting<string> MerchantNameEn = Kinds.Text("Merchant:NameEn", "Shonin Shop", "The shop's name in English.");
    public static readonly Setting<string> MerchantDomain = Kinds.Shaped(
        "Merchant:Domain",
        "shop.example.jp",
        "a domain name, as in shop.example.jp",
        "The domain of the shop's mail and pages; it signs the mails.",
        text => Uri.CheckHostName(text) == UriHostNameType.Dns
    );
    public static readonly Setting<string> MerchantSenderAddress = Kinds.Shaped(
        "Merchant:SenderAddress",
        "orders@shop.example.jp",
        "a mail address, as in orders@shop.example.jp",
        "The From address of every notice.",
        Shonin.Web.MailAddress.IsOne
    );
    public static readonly Setting<string> MerchantSupportPhone = Kinds.Text(
        "Merchant:SupportPhone",
        "0120-000-000",
        "The number that customers dial for help."
    );
    public static readonly Setting<string?> ContactsMailAddress = Kinds.TextOrNone(
        "Contacts:MailAddress",
        "Where customers ask for help by mail, and where their answers to our mails go: an address that leads into the mailbox of MailCheck:Imap and takes NAME+CODE@DOMAIN too. Without it nobody reads what is answered."
    );
    public static readonly Setting<TimeSpan> ContactsPatience = Kinds.Duration(
        "Contacts:Patience",
        TimeSpan.FromMinutes(10),
        TimeSpan.FromSeconds(1),
        hour,
        "Who has waited in a chat for so long is told so and promised an answer, and an agent who let it happen gives the contact back to the queue."
    );
    public static readonly Setting<TimeSpan> ContactsAnswerWithin = Kinds.Duration(
        "Contacts:AnswerWithin",
        TimeSpan.FromHours(4),
        TimeSpan.FromSeconds(1),
        OpeningHours.OpenTimeMax,
        "An answer is promised within so long of opening hours; where it does not come, we apologise, promise again and put it first on the agents' list."
    );
    public static readonly Setting<TimeSpan> ContactsMailAnswerAfter = Kinds.Duration(
        "Contacts:MailAnswerAfter",
        TimeSpan.FromMinutes(2),
        TimeSpan.FromSeconds(1),
        hour,
        "An agent's answer that stood for so long while the customer had no page open goes by mail too."
    );
    public static readonly Setting<TimeSpan> ContactsIdleAfter = Kinds.Duration(
        "Contacts:IdleAfter",
        TimeSpan.FromDays(1),
        TimeSpan.FromSeconds(1),
        month,
        "A conversation in which nothing is unanswered and nobody has said anything for so long is closed."
    );
    public static readonly Setting<int> ContactsJoinsPerAddressPerMinute = Kinds.Number(
        "Contacts:JoinsPerAddressPerMinute",
        new Contacts.ContactRates().JoinsPerAddressPerMinute,
        1,
        100_000,
        "How many pages of one address may begin to follow a conversation, in a minute; more where many customers come from one address, as from a company's network."
    );
    public static readonly Setting<DeskEntry> DeskSignIn = Kinds.Choice(
        "Desk:SignIn",
        DeskEntry.AccountsAndKeys,
        "What opens the desk in a browser: the accounts of staff, and API keys with the admin scope to set it up with. Use accountsAlone once an admin has an account."
    );
    public static readonly Setting<string> MerchantSupportHoursJa = Kinds.Text(
        "Merchant:SupportHoursJa",
        "毎日9時から21時まで",
        "When somebody answers there, in Japanese."
    );
    public static readonly Setting<string> MerchantSupportHoursEn = Kinds.Text(
        "Merchant:SupportHoursEn",
        "every day from 9:00 to 21:00",
        "When somebody answers there, in English."
    );
    public static readonly Setting<WeeklyHours?> MerchantSupportOpen = Kinds.WeeklyHoursOrNone(
        "Merchant:SupportOpen",
        "The same hours for the pages to reckon with, in the zone of Merchant:TimeZone: they say whether somebody answers now, and from when again. Without it, and with texts of your own, they do not. "
            + "Holidays and special days stand in holidays.csv of the data folder, a line each, as in 2027-01-01,元日,New Year's Day,closed or 2026-12-30,年末,Year end,10:00-15:00; the file is read again when it changes."
    );
    public static readonly Setting<string> MerchantSupportUrl = Kinds.Text(
        "Merchant:SupportUrl",
        "https://shop.example.jp/help",
        "The page where customers find help."
    );
    public static readonly Setting<IReadOnlyList<string>> MerchantLinkDomains = Kinds.Domains(
        "Merchant:LinkDomains",
        "Where links in the shop's mails may lead besides its own domain, Web:PublicUrl and Merchant:SupportUrl; mail checks take a link to anywhere else for a stranger's."
    );
    public static readonly Setting<string> MerchantTimeZone = Kinds.Shaped(
        "Merchant:TimeZone",
        "Asia/Tokyo",
        "a name of the IANA time zone database, as in Asia/Tokyo",
        "The zone in which notices and pages tell the time.",
        text => TimeZoneInfo.TryFindSystemTimeZoneById(text, out _)
    );

    public static readonly Setting<int> PointsPerHundred = Kinds.Number(
        "Points:PerHundred",
        0,
        0,
        100,
        "Points that a delivered order earns for each hundred of its currency: of 100 yen, of 100 dollars. 0 gives none; what was delivered before it was set earns none."
    );
    public static readonly Setting<TimeSpan> PointsExpireAfter = Kinds.Duration(
        "Points:ExpireAfter",
        TimeSpan.FromDays(365),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromDays(3_650),
        "How long points are valid from the delivery that earned them; points that there are keep the date that was said."
    );
    public static readonly Setting<TimeSpan> PointsWarnBefore = Kinds.Duration(
        "Points:WarnBefore",
        TimeSpan.FromDays(30),
        TimeSpan.Zero,
        TimeSpan.FromDays(365),
        "How long before points run out a mail tells their owner; 00:00:00 for no mail."
    );

    public static readonly Setting<TimeSpan> PrivacyOrdersKeptFor = Kinds.Duration(
        "Privacy:OrdersKeptFor",
        retention.Orders,
        TimeSpan.FromDays(1),
        century,
        "How long name, address and notices of an order are kept from the last thing that happened in it; then their key is destroyed. The default is what Japan's tax law asks of the papers of a trade: seven years from the tax return of its business year."
    );
    public static readonly Setting<TimeSpan> PrivacyCardsKeptFor = Kinds.Duration(
        "Privacy:CardsKeptFor",
        retention.Cards,
        TimeSpan.FromDays(1),
        century,
        "How long a card's number is kept from the last thing that happened in any order on it; then it is deleted, and whoever pays with it again types it again."
    );
    public static readonly Setting<TimeSpan> PrivacyContactsKeptFor = Kinds.Duration(
        "Privacy:ContactsKeptFor",
        retention.Contacts,
        TimeSpan.FromDays(1),
        century,
        "How long a conversation is kept from the last thing that was said in it."
    );
    public static readonly Setting<TimeSpan> PrivacyAccountsKeptFor = Kinds.Duration(
        "Privacy:AccountsKeptFor",
        retention.Accounts,
        TimeSpan.FromDays(91),
        century,
        "How long a customer's account that nobody uses is kept; longer than anybody stays signed in."
    );
    public static readonly Setting<TimeSpan> PrivacyMailFilesKeptFor = Kinds.Duration(
        "Privacy:MailFilesKeptFor",
        retention.MailFiles,
        hour,
        century,
        "How long a file of the mail folder is kept, where no relay is set."
    );
    public static readonly Setting<TimeSpan> PrivacySweepEvery = Kinds.Duration(
        "Privacy:SweepEvery",
        retention.SweepEvery,
        TimeSpan.FromSeconds(1),
        TimeSpan.FromDays(1),
        "How often it is looked for what has been kept long enough: once a day at least, as customers are told."
    );

    public static readonly Setting<Uri?> TelemetryOtlpEndpoint = Kinds.HttpAddressOrNone(
        "Telemetry:OtlpEndpoint",
        "http://127.0.0.1:4318",
        "A collector of OpenTelemetry that /metrics is also sent to once a minute, by OTLP over HTTP, without a sign-in of ours: "
            + "a collector on this machine can pass it on. Without it nothing is sent."
    );

    public static readonly Setting<LogLevelName> LogLevel = Kinds.Choice(
        "Log:Level",
        LogLevelName.Warning,
        "How much the log on standard error tells."
    );

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        AnswerTimeout,
        NoticeAfter,
        RetryAfter,
        Deadline,
        ReminderEvery,
        ReversalRepeatAfter,
        ReversalRepeatMax,
        CaptureRepeatAfter,
        ClosingPatience,
        SettlePatience,
        AuthorizationValidity,
        ExpiryWarning,
        ReauthorizationsMax,
        DeliveryExpectedWithin,
        CardNetworkAddress,
        CardNetworkEncoding,
        CardNetworkConnections,
        CardNetworkTlsServerName,
        CardNetworkTlsClientCertificatePath,
        CardNetworkTlsTrustedRootPath,
        Acquirer,
        Terminal,
        MerchantNumber,
        Category,
        NameAndPlace,
        CardCompanyExportUrl,
        CardCompanyExportKeyFile,
        CardCompanyExportKey,
        CardCompanyPublicKeyFile,
        CardCompanyPullEvery,
        SmtpAddress,
        SmtpTlsMode,
        SmtpUser,
        SmtpPasswordFile,
        SmtpPassword,
        SmtpTimeout,
        SmtpConnections,
        SmtpRetryAfter,
        SmtpGiveUpAfter,
        StorageFolder,
        WebUrls,
        WebPublicUrl,
        WebCertificatePath,
        WebDeskUrls,
        WebOperationsUrls,
        WebTrustedProxies,
        WebTrustedProxyDepth,
        WebPlainHttpNetworks,
        BodySizeBytesMax,
        BodyTimeout,
        MailUploadTimeout,
        BytesPerSecondMin,
        UploadsPerAddressMax,
        UploadBytesMax,
        ConnectionsMax,
        ConnectionsPerAddressMax,
        RequestsPerSecond,
        RequestBurst,
        OrderItemsMax,
        MailCheckSizeBytesMax,
        MailReportsMax,
        ProofGuessesPerHour,
        ProofMissesPerDay,
        CardsPerOrder,
        TriesPerOrder,
        ConfirmPause,
        ConfirmPauseMax,
        TriesPerCard,
        TriesPerShopHour,
        MailCheckAddress,
        MailCheckDns,
        MailReportsKeptFor,
        ContactsMailAddress,
        ContactsPatience,
        ContactsAnswerWithin,
        ContactsMailAnswerAfter,
        ContactsIdleAfter,
        ContactsJoinsPerAddressPerMinute,
        DeskSignIn,
        .. MailCheckImap.All,
        MailCheckImapTimeout,
        MailCheckImapPollEvery,
        MailCheckKeptFor,
        MailCheckTrustAuthserv,
        MailCheckAnswersPerSender,
        MailCheckAnswersPerHour,
        BouncesAddress,
        .. BouncesImap.All,
        MerchantNameJa,
        MerchantNameEn,
        MerchantDomain,
        MerchantSenderAddress,
        MerchantSupportPhone,
        MerchantSupportHoursJa,
        MerchantSupportHoursEn,
        MerchantSupportOpen,
        MerchantSupportUrl,
        MerchantLinkDomains,
        MerchantTimeZone,
        PointsPerHundred,
        PointsExpireAfter,
        PointsWarnBefore,
        PrivacyOrdersKeptFor,
        PrivacyCardsKeptFor,
        PrivacyContactsKeptFor,
        PrivacyAccountsKeptFor,
        PrivacyMailFilesKeptFor,
        PrivacySweepEvery,
        TelemetryOtlpEndpoint,
        LogLevel,
    ];

    private static bool IsAscii(string text, int lengthMax) =>
        text.Length >= 1 && text.Length <= lengthMax && text.All(letter => letter is >= ' ' and <= '~');
}
