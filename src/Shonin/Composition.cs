using System.Globalization;
using Shonin.Accounts;
using Shonin.Cards;
using Shonin.Contacts;
using Shonin.Desk;
using Shonin.EventLog.Secrets;
using Shonin.Help;
using Shonin.Hours;
using Shonin.Letters;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Points;
using Shonin.Privacy;
using Shonin.Settings;
using Shonin.Staff;
using Shonin.Verbs;
using Shonin.Web;

namespace Shonin;

/// <summary>
/// The merchant, put together: what <c>shonin serve</c> runs. Read from top to bottom it is the list of the modules; they end in the
/// opposite order, so that nothing is asked of a part that is gone.
/// </summary>
internal static class Composition
{
    public const string LogName = "merchant";

    /// <param name="opened">Told once the server listens, by whoever runs it within a process of its own making.</param>
    public static async Task ServeAsync(
        SettingValues settings,
        Terminal terminal,
        CancellationToken cancellation,
        Action<WebApplication>? opened = null
    )
    {
        var clock = TimeProvider.System;
        await using var app = WebServer.Build(settings, clock);
        await using var house = await House.OpenAsync(settings, clock, app.Logger, cancellation);
        var hours = new HoursModule(house, app.Services.GetRequiredService<ShopHours>());
        await using var cards = await CardsModule.OpenAsync(house, cancellation);
        using var noticeKeys = await NoticeKeys.OpenAsync(house, cancellation);
        await using var orders = await OrdersModule.OpenAsync(house, cards, noticeKeys.Marks, cancellation);
        using var notices = new NoticesModule(house, orders, noticeKeys);
        using var letters = new LettersModule(house, noticeKeys);
        await using var points = await PointsModule.OpenAsync(house, orders.Book, letters, cancellation);
        await using var mailChecks = await MailChecksModule.OpenAsync(house, orders, notices, letters, cancellation);
        await using var contacts = await ContactsModule.OpenAsync(
            house,
            orders,
            hours.Shop,
            letters,
            mailChecks,
            app.Services,
            cancellation
        );
        await mailChecks.OpenMailboxAsync(contacts, cancellation);
        await using var accounts = await AccountsModule.OpenAsync(house, orders, letters, cancellation);
        await using var privacy = await PrivacyModule.OpenAsync(
            house,
            new(house.OwnedLog, orders.Index, contacts.AtDesk.Contacts, accounts.Book),
            new(cards.Vault, accounts.Codes, mailChecks.Reports, mailChecks.Answers),
            letters,
            cancellation
        );
        IModule[] businesses = [hours, cards, orders, notices, letters, points, mailChecks, contacts, accounts, privacy];
        using var operations = new OperationsModule(house, noticeKeys, businesses);

        WebServer.UseAround(app, settings, operations.Metrics, clock);
        WebServer.MapOwn(app, operations.Metrics, house.Health);
        var persons = new PrivacyParts(privacy.Erasures, privacy.Exporter);
        var bodyMax = settings.Of(KnownSettings.BodySizeBytesMax);
        Api.Map(
            app,
            new(
                operations.Gate,
                cards.Endpoint,
                orders.Endpoints(cards),
                orders.Reads(points.Book),
                mailChecks.Endpoint,
                new(persons, accounts.Book.DigestOf, house.Audit, bodyMax, clock)
            )
        );
        var pages = PagesOf(house, new(cards, orders, notices, points, mailChecks, contacts, accounts, privacy, operations));
        Pages.Map(app, pages, house.Settings.ScreenLimits(), house.Clock);
        contacts.MapHubs(app, pages.Door, house.Audit);

        orders.Start();
        await app.StartAsync(cancellation);
        await using var background = new BackgroundWork(house.Health, clock, app.Logger);
        foreach (var work in businesses.Append(operations).SelectMany(module => module.Works))
            background.Start(work.Name, work.RunAsync);
        await terminal.Out.WriteLineAsync(Introduction(app, house));
        await terminal.Out.FlushAsync(cancellation);
        opened?.Invoke(app);

        await app.WaitForShutdownAsync(cancellation);
    }

    /// <summary>Those that have pages.</summary>
    private sealed record Modules(
        CardsModule Cards,
        OrdersModule Orders,
        NoticesModule Notices,
        PointsModule Points,
        MailChecksModule MailChecks,
        ContactsModule Contacts,
        AccountsModule Accounts,
        PrivacyModule Privacy,
        OperationsModule Operations
    );

    /// <summary>Each page with what it uses.</summary>
    private static PageTable PagesOf(House house, Modules modules)
    {
        var (cards, orders, notices, points, mailChecks, contacts, accounts, privacy, operations) = modules;
        var (book, audit, clock, limits) = (orders.Book, house.Audit, house.Clock, house.Settings.ScreenLimits());
        // With another master, forms that are open have to be loaded again; no promise is kept with it.
        var keys = new ScreenKeys(house.Files.Keys.LoadOrCreate("screens", ScreenKeys.MasterSizeBytes, KeyNeed.None));
        var access = new OrderAccess(book, orders.Evidence, keys, clock);
        var shelf = new HelpShelf();
        var deskSite = house.Settings.Of(KnownSettings.WebDeskUrls).Count == 0 ? PasskeySite.Of(house.Settings.PublicUrl()) : null;
        var byKey = house.Settings.Of(KnownSettings.DeskSignIn) == DeskEntry.AccountsAndKeys;
        var ways = StaffWays.Password | (deskSite is null ? 0 : StaffWays.Passkey) | (byKey ? StaffWays.ApiKey : 0);
        var doors = StaffDoors.Of(accounts.Book, byKey ? DeskKeys.Among(operations.ApiKeys) : DeskKeys.None, ways, audit, clock);
        var door = doors.Door;
        var rules = new ScreenRules(keys, limits, clock);
        var accountPages = AccountPageTable.Of(
            accounts.Book,
            accounts.Codes,
            new(book, orders.Index, points.Book),
            PasskeySite.Of(house.Settings.PublicUrl()),
            rules
        );
        var checks = new CheckPages(mailChecks.Numbers, house.Settings.Of(KnownSettings.MailCheckAddress), limits);
        var mails = new MailCheckPages(mailChecks.Mails, book, checks, limits, clock);
        var names = new StaffNames(() => DeskKeys.NamesAmong(operations.ApiKeys), accounts.Book);
        var deskOrders = new DeskOrderPages(book, orders.Evidence, names, audit, door, new(keys, clock), clock);
        var persons = new PrivacyParts(privacy.Erasures, privacy.Exporter);
        return new()
        {
            Orders = new(cards.Vault, points.Book, access),
            Cancelling = new(access),
            Cards = new(cards.Vault, cards.Intake, access),
            Messages = new(book, access),
            Help = new(shelf),
            OrderHelp = new(access, shelf, contacts.Waits.OfNewcomer, clock),
            Accounts = accountPages,
            Privacy = new(house.Settings.Retention()),
            AccountPrivacy = new(persons, accountPages.Entry, accountPages.Codes, accountPages.Seal),
            DeskPeople = new(persons, accounts.Book.DigestOf, audit, door, clock),
            Checks = checks,
            MailChecks = mails,
            MailReports = new(mailChecks.Reports, mails.Held, limits, clock),
            Door = door,
            Staff = StaffPageTable.Of(
                doors,
                accounts.Book,
                accountPages.Passwords,
                deskSite,
                house.Settings.MerchantProfile(),
                audit,
                rules
            ),
            Desk = new(new(book, mailChecks.Reports, contacts.AtDesk.Contacts), () => notices.Relay, audit, door),
            DeskLead = new(new(book, orders.Index, contacts.AtDesk.Contacts), audit, door),
            DeskOrders = deskOrders,
            DeskOrderActs = new(book, deskOrders, audit, door, clock),
            DeskSearch = new(book, orders.Index, audit, door, clock),
            DeskReports = new(mailChecks.Reports, audit, door),
            Contacts = contacts.Pages(keys),
            DeskContacts = new(contacts.AtDesk, audit, door, clock),
            DeskTrail = new(new(house.Store, names.ReadAsync), audit, book, door, clock),
        };
    }

    private static string Introduction(WebApplication app, House house) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            shonin serve: ready on {string.Join(", ", app.Urls)}
              REST {app.Urls.First()}/v1, described at {app.Urls.First()}/openapi/v1.json; desk {Listeners.UrlOf(
                Door.Desk,
                house.Settings,
                app.Urls
            )}/desk
              card network {house.Settings.Of(KnownSettings.CardNetworkAddress)}, mails {(
                house.Settings.Of(KnownSettings.SmtpAddress) is { } relay ? $"by {relay}" : $"into {house.PathOf("mail")}"
            )}
              data in {Path.GetFullPath(
                house.Files.Folder
            )}; an API key: shonin keys create --data {house.Files.Folder} --name NAME --scope orders,cards
            """
        );
}
