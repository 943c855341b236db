using System.Globalization;
using System.Security.Cryptography;
using Shonin.CardNetwork.Link;
using Shonin.CardNetwork.Vault;
using Shonin.Cards;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.EventLog.Audit;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.PublicSuffixes;
using Shonin.MailChecks;
using Shonin.Merchant;
using Shonin.Merchant.Views;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Settings;
using Shonin.Streams;
using Shonin.Verbs;
using Shonin.Verbs.Mail;
using Shonin.Web;

namespace Shonin;

/// <summary>
/// The merchant, put together: what <c>shonin serve</c> runs. Read from top to bottom it is the list of the parts; they end in the
/// opposite order, so that nothing is asked of a part that is gone.
/// </summary>
internal static class Composition
{
    public const string LogName = "merchant";

    /// <param name="opened">Told once the server listens, by whoever runs it within a process of its own making.</param>
    public static async Task ServeAsync(SettingValues settings, Terminal terminal, CancellationToken cancellation, Action<WebApplication>? opened = null)
    {
        var clock = TimeProvider.System;
        var files = new LogFiles(settings.Of(KnownSettings.StorageFolder), LogName);
        string InFolder(string name) => Path.Combine(files.Folder, name);

        var builder = WebServer.NewBuilder(settings);
        builder.Services.AddSingleton(settings.MerchantProfile());
        builder.Services.AddSingleton(clock);
        await using var app = builder.Build();
        var log = app.Logger;

        foreach (var note in OwnerOnlyFolder.Open(files.Folder).Concat(settings.Unfinished()))
            log.LogWarning("{Note}", note);
        await using var store = await SqliteEventStore.OpenAsync(files, clock, cancellation);
        await using var ownedLog = await OwnedLog.TakeAsync(store, cancellation);

        // Keys that what the log holds was made with: lost beside orders, they are not made anew.
        var existing = await OrderReader.HasAnyAsync(store, cancellation) ? KeyNeed.ForDataThatExist : KeyNeed.None;

        await using var trail = new AuditTrail(AuditPorts.On(ownedLog, RandomNumberGenerator.GetBytes, clock, why => log.LogError("{Why}", why)));
        var audit = new MerchantAudit(trail);

        // The key file first: where vault.db exists, it must too.
        var vaultKeys = VaultKeyFile.Open(files.Keys.Path, InFolder("vault.db"), RandomNumberGenerator.Fill);
        var cards = SqliteVaultStore.Open(InFolder("vault.db"));
        await using var vault = new CardVault(cards, vaultKeys, RandomNumberGenerator.Fill, clock, new VaultOptions());
        var intake = new CardIntake(vaultKeys, clock);
        using var cardRequests = CardRequests.Open(InFolder("card-requests.db"));

        ServerHealth? health = null; // it asks parts that are made below

        // Book and link know each other: the book sends by the link, the link brings answers to the book.
        OrderBook? orders = null;
        var linkOptions = settings.LinkOptions();
        using var connector = new TcpConnector(linkOptions);
        using var wireEvidence = WireEvidence.Open(InFolder("wire-evidence.jsonl"), new(), clock, log);
        await using var link = new CardNetworkLink(linkOptions, vault, new()
        {
            Connect = connector.ConnectAsync,
            OnAnswer = async answer => wireEvidence.NoteUnlessRecorded(answer, await orders!.RecordAnswerAsync(answer)),
            OnEvidence = wireEvidence.KeepAsync,
            OnStatus = status => NoteStatus(status, orders!),
            Note = note => log.LogInformation("Card network: {Note}", note),
            OnFault = fault => log.LogError(fault, "The link to the card network goes on after a fault"),
            Clock = clock,
            Random = RandomNumberGenerator.Fill,
        });
        var noticesExist = await NoticeLedger.HasMarkedAsync(store, cancellation) ? KeyNeed.ForDataThatExist : KeyNeed.None;
        var markKeys = NoticeMarkKeyFiles.LoadOrCreate(files.Keys, clock.GetUtcNow(), noticesExist);
        orders = await OrderBook.OpenAsync(
            new(settings.MerchantOptions(files.Keys, existing, markKeys), ownedLog, clock, RandomNumberGenerator.Fill)
            {
                Send = async (request, token) => SendResult.Of(await link.SendAsync(request, token)),
                LinkCondition = () => link.IsUp ? LinkCondition.Up : LinkCondition.Down,
                OnFault = fault => log.LogError(fault, "An order waits for its alarm after a fault"),
            },
            cancellation);
        await using var closingOrders = orders;
        using var views = new SqliteViewStore(InFolder("views.db"));
        using var orderIndexKeeper = new ViewKeeper(
            new OrderIndexView(), views, new LogFeed(ownedLog, clock), fault => log.LogError(fault, "The index of orders goes on after a fault"));
        var orderIndex = new OrderIndex(orderIndexKeeper);

        using var dkim = DkimKeys.LoadOrCreate(files.Keys, settings.Of(KnownSettings.MerchantDomain), clock.GetUtcNow(), noticesExist);
        using var relay = settings.Smtp() is { } smtp ? new SmtpRelay(smtp, clock) : null;
        DeliverMail deliver = relay is null ? Watched(new MailFolder(InFolder("mail")).DeliverAsync, () => health) : relay.DeliverAsync;
        var returnPath = settings.ReturnPath(markKeys);
        if (relay is not null && returnPath is null)
            log.LogWarning("Notices that come back are not read: set {Setting}, or nobody hears of a customer who received none", KnownSettings.BouncesAddress.Name);
        var bounces = returnPath is null ? null : new BounceDesk(returnPath, orders.FindByNoticeAsync, orders.RecordMailAsync, log);
        var mails = new MailSender(
            store, orders.WordsOfAsync, new NoticeMime(settings.MerchantProfile(), dkim, clock) { ReturnPath = returnPath }, deliver, orders.RecordMailAsync, settings.MailPatience(), clock,
            app.Services.GetRequiredService<ILogger<MailSender>>())
        {
            Connections = settings.Of(KnownSettings.SmtpConnections),
        };
        var bouncesMailbox = settings.BouncesMailbox();
        var bouncesReader = bounces is not null && bouncesMailbox is not null
            ? new MailboxReader(bouncesMailbox, bounces, settings.MailboxPatience(), settings.Of(KnownSettings.MailCheckSizeBytesMax), clock, log)
            : null;

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var cardCompanyRecord = settings.CardCompanyExport() is { } export ? CardCompanyRecord.Open(InFolder(CardCompanyRecord.FileName), export, http, clock, log) : null;
        EvidenceSource evidence = cardCompanyRecord is null ? (_, _) => ValueTask.FromResult<CardCompanyEvidence?>(null) : cardCompanyRecord.OfAsync;

        var reportsPath = InFolder(MailReports.FileName);
        using var reports = MailReports.Open(reportsPath, MailReports.KeyOf(files.Keys, reportsPath), settings.ReportLimits(), clock);
        var authentication = new MailAuthenticatorOptions { Dkim = new() { KeptKeys = dkim.Book.Find }, PublicSuffixes = PublicSuffixList.Shipped.OrganizationalDomain };
        var mailDns = await MailDnsAsync(settings, files.Folder, cancellation);
        var ownMail = new OwnMailCheck(
            mailDns, authentication, NoticeLookup.Of(store, files.Keys),
            new() { Now = default, Profiles = [MerchantMailProfile.Of(settings, dkim.Book.Keys), .. ShippedProfiles.All], Time = new(settings.Of(KnownSettings.MerchantTimeZone)) },
            clock);
        var mailChecks = new MailCheckEndpoint(ownMail, settings.Of(KnownSettings.MailCheckSizeBytesMax));
        using var answerRelay = settings.Smtp() is { } answers ? new SmtpRelay(answers, clock) : null;
        using var checkAddress = settings.CheckAddress() is { } forwarding
            ? CheckAddress.Open(forwarding, new()
            {
                Desk = new(settings.MerchantProfile(), $"{settings.PublicUrl()}/check", forwarding.Address),
                Check = ownMail,
                FindNotice = new NoticeLedger(store, markKeys).FindSentToAsync,
                Keys = dkim,
                Deliver = answerRelay is null ? new MailFolder(InFolder("mail")).DeliverAsync : answerRelay.DeliverAsync,
                Authenticator = new(mailDns, clock, authentication with { Trust = forwarding.Trust }),
                Bounces = bouncesReader is null ? bounces : null,
                BookPath = InFolder(AnswerBook.FileName),
                BookKey = files.Keys.LoadOrCreate("check-mailbox", AnswerBook.HashKeySizeBytes, File.Exists(InFolder(AnswerBook.FileName)) ? KeyNeed.ForDataThatExist : KeyNeed.None),
                Clock = clock,
                Log = log,
            })
            : null;

        var apiKeys = new ApiKeys(files.Folder, clock);
        var keyWatch = new KeyWatch(apiKeys, dkim.Book, files.Keys, audit, clock, log);
        keyWatch.Look();
        health = new()
        {
            CardNetwork = () => link.IsUp ? Health.Up : Health.Down,
            MailNotLeavingSince = () => mails.Relay.TroubleSince,
            Asked =
            [
                .. ServerHealth.PartsOf(store),
                ServerHealth.PartOf(orderIndex.ProgressAsync, "a search by mail address or by the card company's number may miss orders"),
                (HealthArea.Vault, ServerHealth.Seldom(cards.TryWriting, clock)),
                (HealthArea.Orders, _ => ValueTask.FromResult(orders.UnreadableCount == 0 ? null
                    : string.Create(CultureInfo.InvariantCulture, $"Orders that cannot be read: {orders.UnreadableCount}. The desk names them; shonin log verify looks into it."))),
            ],
        };
        var metrics = new Metrics(
        [
            new("shonin_card_network_up", "Whether a connection to the card network is signed on.", () => link.IsUp ? 1 : 0),
            new("shonin_card_network_in_flight", "Requests that wait for the card company.", () => link.InFlightCount),
            new("shonin_card_network_answers_in_hand", "Answers of the card company that were read and are not recorded yet.", () => link.AnswersInHandCount),
            new("shonin_orders_unreadable", "Orders that cannot be read; the desk names them.", () => orders.UnreadableCount),
            new("shonin_mail_leaves", "Whether mail leaves.", () => mails.Relay.TroubleSince is null ? 1 : 0),
            new("shonin_bounces_failed", "Notices that came back since the start.", () => bounces?.Counts.Failed ?? 0),
            new("shonin_bounces_ignored", "Mails to the return path since the start that named no notice of ours, or nothing of its delivery.", () => bounces is null ? 0 : bounces.Counts.Forged + bounces.Counts.Other),
            new("shonin_security_codes_waiting", "Security codes held in memory for their one use.", () => vault.WaitingSecurityCodeCount),
        ]);
        WebServer.UseAround(app, settings, metrics, clock);
        WebServer.MapOwn(app, metrics, health);
        Api.Map(app, new(
            new Gate(apiKeys, new RequestRate(settings.Of(KnownSettings.RequestsPerSecond), settings.Of(KnownSettings.RequestBurst), clock), audit, clock),
            new CardEndpoint(intake, vault, cardRequests),
            new OrderEndpoints(orders, vault, new RequestKeys(files.Keys.LoadOrCreate("requests", RequestKeys.HashKeySizeBytes, existing)), settings.ApiLimits(), clock),
            new OrderReading(orders, evidence, audit, settings.Of(KnownSettings.MerchantTimeZone), clock),
            mailChecks));
        CustomerPages.Map(app, new()
        {
            Orders = orders,
            Index = orderIndex,
            Vault = vault,
            Intake = intake,
            Merchant = settings.MerchantProfile(),
            Evidence = evidence,
            CheckMail = async (raw, recipient, token) => (await ownMail.CheckAsync(raw, recipient, token)).Check,
            Reports = reports,
            CheckAddress = settings.Of(KnownSettings.MailCheckAddress),
            Limits = settings.ScreenLimits(),
            Staff = secret => apiKeys.Find(secret) is { } key && key.MayDo(Scope.Admin) ? new(key.Id, key.Name) : null,
            Audit = audit,
            Log = store,
            StaffNames = () => apiKeys.List().ToDictionary(key => key.Id, key => key.Name),
            MailTrouble = () => mails.Relay,
            Clock = clock,
            // With another one, forms that are open have to be loaded again; no promise is kept with it.
            Key = files.Keys.LoadOrCreate("screens", Shonin.Web.ScreenKeys.MasterSizeBytes, KeyNeed.None),
        });

        link.Start();
        await app.StartAsync(cancellation);
        await using var background = new BackgroundWork(health, clock, log);
        background.Start("Sending mails", mails.RunAsync);
        background.Start("Keeping the index of orders", orderIndexKeeper.RunAsync);
        background.Start("Watching the files of keys", keyWatch.RunAsync);
        background.Start("Deleting old reports", reports.RunAsync);
        if (checkAddress is not null)
            background.Start("Answering the check address", checkAddress.RunAsync);
        if (bouncesReader is not null)
            background.Start("Reading what comes back", bouncesReader.RunAsync);
        if (cardCompanyRecord is not null)
            background.Start("Fetching the card company's record", cardCompanyRecord.RunAsync);
        await terminal.Out.WriteLineAsync(Introduction(app, settings, files));
        await terminal.Out.FlushAsync(cancellation);
        opened?.Invoke(app);

        await app.WaitForShutdownAsync(cancellation);
    }

    private static async Task<DnsLookup> MailDnsAsync(SettingValues settings, string folder, CancellationToken cancellation) =>
        await DnsChoice.ReadAsync(settings.Of(KnownSettings.MailCheckDns), folder, cancellation) switch
        {
            Reading<DnsLookup, string>.Read(var dns) => dns,
            Reading<DnsLookup, string>.Refused(var why) => throw new InvalidDataException($"{KnownSettings.MailCheckDns.Name}: {why}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>A folder for mails that cannot be written is told in the server's health until a mail is written again.</summary>
    private static DeliverMail Watched(DeliverMail folder, Func<ServerHealth?> health) => async (mail, cancellation) =>
    {
        var outcome = await folder(mail, cancellation);
        if (outcome is MailOutcome.TryLater)
            health()?.Note(HealthArea.MailFolder, "mail", "Mails cannot be written to the mail folder: check free space, owner and mode. They wait, and are tried again.");
        else
            health()?.Clear(HealthArea.MailFolder, "mail");
        return outcome;
    };

    private static void NoteStatus(LinkStatus status, OrderBook orders)
    {
        if (status == LinkStatus.Up)
            orders.NoteLinkUp();
    }

    private static string Introduction(WebApplication app, SettingValues settings, LogFiles files) => string.Create(CultureInfo.InvariantCulture, $"""
        shonin serve: ready on {string.Join(", ", app.Urls)}
          REST {app.Urls.First()}/v1, described at {app.Urls.First()}/openapi/v1.json; desk {Listeners.UrlOf(Door.Desk, settings, app.Urls)}/desk
          card network {settings.Of(KnownSettings.CardNetworkAddress)}, mails {(settings.Of(KnownSettings.SmtpAddress) is { } relay ? $"by {relay}" : $"into {Path.Combine(files.Folder, "mail")}")}
          data in {Path.GetFullPath(files.Folder)}; an API key: shonin keys create --data {files.Folder} --name NAME --scope orders,cards
        """);
}
