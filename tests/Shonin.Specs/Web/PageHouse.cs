using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shonin.Accounts;
using Shonin.Audit;
using Shonin.CardNetwork.Vault;
using Shonin.Contacts;
using Shonin.Desk;
using Shonin.Domain.Accounts;
using Shonin.EventLog;
using Shonin.Hours;
using Shonin.MailChecks;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;
using Shonin.Merchant.Privacy;
using Shonin.Merchant.Timelines;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Staff;
using Shonin.Streams;
using Shonin.Web;

namespace Shonin.Specs.Web;

/// <summary>The pages over an order book, on a real server, with a vault, reports and an audit trail of their own.</summary>
internal sealed class PageHouse : IAsyncDisposable
{
    /// <summary>What lets <see cref="Staff"/> in at the desk; nothing else lets anybody in.</summary>
    public const string AdminKey = "sk_admin";

    private readonly WebApplication server;

    private PageHouse(WebApplication server) => this.server = server;

    public static StaffMember Staff { get; } = new("key_1", "hanako", AccountRole.Admin);

    public required CardVault Vault { get; init; }

    public required CardIntake Intake { get; init; }

    public required MailReports Reports { get; init; }

    public required AccountBook Accounts { get; init; }

    public required MailedCodes Codes { get; init; }

    public required AuditTrail Trail { get; init; }

    public ContactBook Contacts { get; private set; } = null!;

    public required PointsBook Points { get; init; }

    public PersonErasures Erasures { get; private set; } = null!;

    /// <summary>A folder of its own, gone afterwards.</summary>
    public required string Folder { get; init; }

    public string Address => server.Urls.First();

    /// <param name="log">Where the trail is written; <paramref name="written"/> reads the same.</param>
    /// <param name="onUnwritten">Told why a line of the trail could not be written.</param>
    public static async Task<PageHouse> OpenAsync(
        OrderBook orders,
        OwnedLog log,
        IEventReader written,
        Action<string> onUnwritten,
        MailCheckSource checkMail,
        ScreenLimits? limits = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("shonin-pages-").FullName;
        var keys = VaultKeys.InMemory(RandomNumberGenerator.Fill);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(ScreenScene.Merchant);
        ContactHub.AddTo(builder.Services);
        var house = new PageHouse(builder.Build())
        {
            Vault = new(new InMemoryVaultStore(), keys, RandomNumberGenerator.Fill, TimeProvider.System, new VaultOptions()),
            Intake = new(keys, TimeProvider.System),
            Reports = await MailReports.OpenAsync(
                new(log, new InMemoryViewStore(), TimeProvider.System, RandomNumberGenerator.GetBytes)
                {
                    OnFault = fault => onUnwritten(fault.Message),
                },
                default
            ),
            Accounts = await AccountBook.OpenAsync(
                new(log, new InMemoryViewStore(), TimeProvider.System, orders.CustomerOf) { OnFault = fault => onUnwritten(fault.Message) },
                default
            ),
            Codes = await MailedCodes.OpenAsync(
                new(
                    log,
                    TimeProvider.System,
                    RandomNumberGenerator.Fill,
                    orders.CustomerOf,
                    RandomNumberGenerator.GetBytes(MailedCodes.KeySizeBytes)
                )
                {
                    OnFault = fault => onUnwritten(fault.Message),
                },
                default
            ),
            Trail = await AuditTrail.OpenAsync(
                new(log, RandomNumberGenerator.GetBytes, TimeProvider.System) { OnTrouble = onUnwritten },
                default
            ),
            Points = await PointsBook.OpenAsync(log, new(), TimeProvider.System, fault => onUnwritten(fault.Message), default),
            Folder = folder,
        };
        var (bounds, clock, audit) = (limits ?? new(), TimeProvider.System, new MerchantAudit(house.Trail));
        EvidenceSource evidence = (_, _) => ValueTask.FromResult<CardCompanyEvidence?>(null);
        var keysOfForms = new ScreenKeys(RandomNumberGenerator.GetBytes(ScreenKeys.MasterSizeBytes));
        var access = new OrderAccess(orders, evidence, keysOfForms, clock);
        var site = new PasskeySite("localhost", origin => new Uri(origin).Host == "localhost");
        var rules = new ScreenRules(keysOfForms, bounds, clock);
        var doors = StaffDoors.Of(
            house.Accounts,
            secret => secret == AdminKey ? Staff : null,
            StaffWays.Password | StaffWays.Passkey | StaffWays.ApiKey,
            audit,
            clock
        );
        var door = doors.Door;
        var numbers = new NoticeCheck(orders, bounds, clock);
        var judging = new MailJudging(checkMail, bounds, clock);
        var checks = new CheckPages(numbers, null, bounds);
        var mails = new MailCheckPages(judging, orders, checks, bounds, clock);
        var index = new OrderIndex(
            new(new OrderIndexView(), new InMemoryViewStore(), new(log, clock), fault => onUnwritten(fault.Message))
        );
        var accountPages = AccountPageTable.Of(house.Accounts, house.Codes, new(orders, index, house.Points), site, rules);
        var services = house.server.Services;
        var rooms = new ContactRooms(
            services.GetRequiredService<IHubContext<ContactHub>>(),
            services.GetRequiredService<IHubContext<DeskHub>>(),
            clock
        );
        var hours = new ShopHours(null);
        var offer = new ContactOffer(hours, TimeSpan.FromHours(4), () => rooms.IsStaffed, clock);
        house.Contacts = await ContactBook.OpenAsync(
            new(
                log,
                new InMemoryViewStore(),
                clock,
                RandomNumberGenerator.GetBytes,
                new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2), TimeSpan.FromDays(1), offer.PromiseFrom)
            )
            {
                OnFault = fault => onUnwritten(fault.Message),
                OnChanged = rooms.Tell,
            },
            default
        );
        var lines = new ContactLines(house.Contacts, orders, new(ScreenScene.Merchant.TimeZone), clock);
        var limiter = new ContactLimiter(new(), clock);
        var names = new StaffNames(() => new Dictionary<string, string> { [Staff.Id] = Staff.Name }, house.Accounts);
        var deskOrders = new DeskOrderPages(orders, evidence, names, audit, door, new(keysOfForms, clock), clock);
        var waits = new ContactWaits(house.Contacts, rooms, offer, clock);
        var brought = new BroughtChecks(numbers, judging, house.Contacts, orders);
        house.Erasures = await PersonErasures.OpenAsync(
            new(
                new(log, index, house.Contacts, house.Accounts),
                PersonErasures.KeeperOf(new InMemoryViewStore(), new(log, clock), fault => onUnwritten(fault.Message)),
                clock,
                new()
            )
            {
                OnFault = fault => onUnwritten(fault.Message),
                ForgetCardAsync = (token, stop) => house.Vault.ForgetAsync(new(token), stop),
            },
            default
        );
        var exporter = new PersonExporter(
            new(log, index, house.Contacts, house.Accounts),
            house.Erasures,
            (_, _) => ValueTask.FromResult(ExportedMailChecks.None),
            new(),
            clock
        );
        var persons = new Shonin.Privacy.PrivacyParts(house.Erasures, exporter);
        Pages.Map(
            house.server,
            new()
            {
                Orders = new(house.Vault, house.Points, access),
                Cancelling = new(access),
                Cards = new(house.Vault, house.Intake, access),
                Messages = new(orders, access),
                Help = new(new()),
                OrderHelp = new(access, new(), waits.OfNewcomer, clock),
                Contacts = new(
                    new(house.Contacts, orders, ScreenScene.Merchant, hours, clock),
                    house.Contacts,
                    lines,
                    rooms,
                    new(limiter, brought),
                    offer,
                    keysOfForms
                ),
                Accounts = accountPages,
                Privacy = new(new()),
                AccountPrivacy = new(persons, accountPages.Entry, accountPages.Codes, accountPages.Seal),
                DeskPeople = new(persons, house.Accounts.DigestOf, audit, door, clock),
                Checks = checks,
                MailChecks = mails,
                MailReports = new(house.Reports, mails.Held, bounds, clock),
                Door = door,
                Staff = StaffPageTable.Of(doors, house.Accounts, accountPages.Passwords, site, ScreenScene.Merchant, audit, rules),
                Desk = new(new(orders, house.Reports, house.Contacts), null, audit, door),
                DeskLead = new(new(orders, index, house.Contacts), audit, door),
                DeskOrders = deskOrders,
                DeskOrderActs = new(orders, deskOrders, audit, door, clock),
                DeskSearch = new(orders, index, audit, door, clock),
                DeskReports = new(house.Reports, audit, door),
                DeskContacts = new(new(house.Contacts, lines, orders, evidence, brought, waits), audit, door, clock),
                DeskTrail = new(new(written, names.ReadAsync), audit, orders, door, clock),
            },
            bounds,
            clock
        );
        await house.server.StartAsync();
        return house;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await Trail.DisposeAsync();
        await Vault.DisposeAsync();
        await Erasures.DisposeAsync();
        await Contacts.DisposeAsync();
        await Reports.DisposeAsync();
        await Codes.DisposeAsync();
        await Accounts.DisposeAsync();
        await Points.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
