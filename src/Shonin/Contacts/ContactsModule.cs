using System.Security.Cryptography;
using Microsoft.AspNetCore.SignalR;
using Shonin.Desk;
using Shonin.Domain.Contacts;
using Shonin.Hours;
using Shonin.Letters;
using Shonin.MailAuthentication;
using Shonin.MailChecks;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Settings;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>
/// Contacts: what customers ask and agents answer, as pages and as conversations. <c>/o/KEY/chat</c>, <c>/c/KEY</c>, <c>/help/ask</c> and
/// <c>/desk/contacts</c>.
/// </summary>
internal sealed class ContactsModule : IModule, IAsyncDisposable
{
    private readonly ContactBook book;
    private readonly ContactRooms rooms;
    private readonly ContactOffer offer;
    private readonly ContactLines lines;
    private readonly ContactLimiter limiter;
    private readonly ContactAccess access;
    private readonly LetterSender sender;
    private readonly House house;
    private readonly OrderBook orders;
    private readonly ReplyAddress? replies;
    private readonly BroughtChecks checks;

    private ContactsModule(
        House house,
        OrdersModule orders,
        ShopHours hours,
        ContactBook book,
        ContactRooms rooms,
        ContactOffer offer,
        LettersModule letters,
        MailChecksModule mailChecks
    )
    {
        var merchant = house.Settings.MerchantProfile();
        (this.book, this.rooms, this.offer) = (book, rooms, offer);
        lines = new(book, orders.Book, new(merchant.TimeZone), house.Clock);
        checks = new(mailChecks.Numbers, mailChecks.Mails, book, orders.Book);
        limiter = new(new() { JoinsPerAddressPerMinute = house.Settings.Of(KnownSettings.ContactsJoinsPerAddressPerMinute) }, house.Clock);
        access = new(book, orders.Book, merchant, hours, house.Clock);
        sender = letters.SenderOf(
            new ContactLetters(book, orders.Book.FindAsync, house.Settings.LetterHead(), letters.Mime, letters.Replies).Box
        );
        Waits = new(book, rooms, offer, house.Clock);
        AtDesk = new(book, lines, orders.Book, orders.Evidence, checks, Waits);
        this.house = house;
        this.orders = orders.Book;
        replies = letters.Replies;
    }

    /// <summary>How long chats wait.</summary>
    public ContactWaits Waits { get; }

    /// <summary>What the desk shows contacts with.</summary>
    public DeskContactParts AtDesk { get; }

    public IEnumerable<(HealthArea Area, ServerHealth.AskPart Ask)> Asked =>
        [ServerHealth.PartOf(book.ProgressAsync, "the desk's list of contacts may miss some")];

    public IEnumerable<Gauge> Gauges =>
        [new("shonin_contact_pages_open", "Pages of contacts that are open now, customers' and agents'.", () => rooms.ConnectionCount)];

    public IEnumerable<Work> Works =>
        [
            new("Keeping contacts", book.RunAsync),
            new("Passing on what is said in contacts", cancellation => rooms.RunAsync(book, lines, cancellation)),
            new("Ending pages of the desk whose sign-in has ended", rooms.RunDoorAsync),
            new("Sending letters of contacts", sender.RunAsync),
            new("Telling places in the queue", cancellation => rooms.RunPlacesAsync(book, lines, cancellation)),
        ];

    public static async ValueTask<ContactsModule> OpenAsync(
        House house,
        OrdersModule orders,
        ShopHours hours,
        LettersModule letters,
        MailChecksModule mailChecks,
        IServiceProvider services,
        CancellationToken cancellation
    )
    {
        var rooms = new ContactRooms(
            services.GetRequiredService<IHubContext<ContactHub>>(),
            services.GetRequiredService<IHubContext<DeskHub>>(),
            house.Clock
        );
        var offer = new ContactOffer(hours, house.Settings.Of(KnownSettings.ContactsAnswerWithin), () => rooms.IsStaffed, house.Clock);
        var book = await ContactBook.OpenAsync(
            new(house.OwnedLog, house.Views, house.Clock, RandomNumberGenerator.GetBytes, house.Settings.ContactPolicy(offer.PromiseFrom))
            {
                OnFault = fault => house.Log.LogError(fault, "A contact goes on after a fault"),
                PresenceOf = contact => rooms.IsPresent(ContactReader.Customer, contact) ? CustomerPresence.Here : CustomerPresence.Away,
                OnChanged = rooms.Tell,
            },
            cancellation
        );
        return new(house, orders, hours, book, rooms, offer, letters, mailChecks);
    }

    /// <summary>What takes mails to the help address; null where there is none.</summary>
    public ContactMails? MailsBy(MailAuthenticator authenticator) =>
        replies is null
            ? null
            : new(replies, book, orders.FindAsync, offer)
            {
                Authenticator = authenticator,
                OwnAddresses =
                [
                    house.Settings.Of(KnownSettings.MerchantSenderAddress),
                    .. new[]
                    {
                        house.Settings.Of(KnownSettings.MailCheckAddress),
                        house.Settings.Of(KnownSettings.BouncesAddress),
                    }.OfType<string>(),
                ],
                Limiter = limiter,
                Clock = house.Clock,
                Log = house.Log,
            };

    public ContactPages Pages(ScreenKeys keys) => new(access, book, lines, rooms, new(limiter, checks), offer, keys);

    /// <summary>Each hub carries what it uses: the customers' takes a link's secret, the agents' the desk's session.</summary>
    public void MapHubs(IEndpointRouteBuilder routes, DeskDoor door, MerchantAudit audit)
    {
        routes.MapHub<ContactHub>(ContactHub.Path).WithMetadata(new ContactHubParts(access, book, lines, rooms, limiter, checks));
        routes
            .MapHub<DeskHub>(DeskHub.Path)
            .At(Door.Desk)
            .WithMetadata(new DeskHubParts(door, audit, book, lines, rooms, limiter, checks))
            .Add(endpoint => endpoint.RequestDelegate = door.Guarding(endpoint.RequestDelegate!));
    }

    public ValueTask DisposeAsync() => book.DisposeAsync();
}
