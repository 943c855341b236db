using System.Collections.Immutable;
using System.Security.Cryptography;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.Domain.Approvals;
using Shonin.Domain.Contacts;
using Shonin.Domain.Orders;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Privacy;
using Shonin.Specs.Orders;
using Shonin.Streams;

namespace Shonin.Specs.Privacy;

/// <summary>Orders, conversations and accounts over one log, and what erases them, on a clock that moves when told to.</summary>
internal sealed class PrivacyScene : IAsyncDisposable
{
    public const string Hanako = "Hanako@example.jp";
    private static readonly byte[] codeKey = new byte[MailedCodes.KeySizeBytes];
    private static readonly ContactOpening byMail = new(ContactWay.Mail, null, null);

    private InMemoryViewStore views = new();
    private int drawn;

    public Shop Shop { get; private set; } = null!;
    public ContactBook Contacts { get; private set; } = null!;
    public AccountBook Accounts { get; private set; } = null!;
    public MailedCodes Codes { get; private set; } = null!;
    public PersonErasures Erasures { get; private set; } = null!;
    public PersonFinder Finder => Erasures.Finder;

    public RetentionPolicy Policy { get; init; } = new();

    public List<Exception> Faults { get; } = [];
    public List<string> ForgottenCards { get; } = [];
    public List<ErasedPerson> Told { get; } = [];

    /// <summary>What the vault says; null where it does as it is told.</summary>
    public Exception? VaultFails { get; set; }

    public static async Task<PrivacyScene> OpenAsync()
    {
        var scene = new PrivacyScene { Shop = await Shop.OpenAsync() };
        await scene.BeginAsync();
        return scene;
    }

    /// <summary>The process ends and another begins on the same log.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        await Shop.ReopenAsync();
        await BeginAsync();
    }

    /// <summary>As where views.db was deleted.</summary>
    public async Task RebuildViewsAsync()
    {
        await EndAsync();
        views = new();
        await Shop.ReopenAsync();
        await BeginAsync();
    }

    /// <summary>Everything that was asked or is due.</summary>
    public async Task DoDueAsync()
    {
        while (await Erasures.DoDueAsync(default)) { }
    }

    /// <summary>An order that was declined and cancelled, and all of its notices sent.</summary>
    public async Task<OrderRecord> CancelledAsync(string key, string email = Hanako, CardOnFile? card = null)
    {
        var placed = await PlacedAsync(key, email, card);
        await Shop.AnswerAsync(placed, "05");
        await CancelAsync(placed);
        return await Shop.FindAsync(placed);
    }

    public async Task<OrderRecord> PlacedAsync(string key, string email = Hanako, CardOnFile? card = null)
    {
        var beans = Shop.Beans();
        return Shop.Done(
            await Shop.Book.PlaceAsync(
                beans with
                {
                    Customer = beans.Customer with { Email = email },
                    Card = card ?? OrderRun.Card with { Token = new($"card_{key}") },
                },
                Shop.Key(key),
                Patience.RespondAtOnce,
                default
            )
        );
    }

    public async Task CancelAsync(OrderRecord placed)
    {
        Shop.Done(await Shop.SubmitAsync(placed, new OrderCommand.Cancel($"cancel-{drawn++}", CancelledBy.Customer, null)));
        await Shop.Book.WordsCatchUpAsync();
        foreach (var notice in (await Shop.FindAsync(placed)).Order.Notices.Where(notice => notice.SentAt is null))
        {
            await Shop.Book.RecordMailAsync(
                placed.Order.Id.Value,
                new OrderCommand.RecordNoticeSent(notice.Notice.Id),
                $"mail-{notice.Notice.Id}",
                default
            );
        }
    }

    public async Task<ContactRecord> AskedAboutAsync(OrderRecord order, string text) =>
        ((ContactResult.Done)await Contacts.AskAsync(order.Order, Locale.Ja, byMail, new($"ask-{drawn++}", MessageKind.Text, text))).Record;

    public async Task<ContactRecord> AskedAsync(string email, string text) =>
        (
            (ContactResult.Done)
                (await Contacts.AskAsync(Locale.Ja, byMail, "山田 花子", email, new($"ask-{drawn++}", MessageKind.Text, text))).Result
        ).Record;

    public async Task CloseAsync(ContactRecord contact) =>
        Assert.IsType<ContactResult.Done>(await Contacts.SubmitAsync(contact.Id, new ContactCommand.Close(Speaker.Customer.Instance)));

    public async Task<OpenAccount> RegisteredAsync(string email = Hanako, string secret = "secret-of-")
    {
        var id = new AccountId(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var details = new AccountDetails(0, "花子", Locale.Ja, [new(Accounts.DigestOf(email), email)], "a-password-hash", "stamp-1", []);
        Assert.IsType<AccountResult.Done>(await Accounts.OpenAccountAsync(id, AccountRole.Customer, details, $"proof-{drawn++}", default));
        return (
            (AccountResult.Done)
                await Accounts.OpenSessionAsync(id, secret + email, new(Browser.Firefox, Domain.Accounts.OperatingSystem.Linux), default)
        ).Account;
    }

    public async Task<ImmutableArray<OutboxItem>> WaitingAsync(string queue) =>
        [.. await Shop.Store.ReadOutboxAsync(queue, DateTimeOffset.MaxValue, 100, default)];

    public async Task<ImmutableArray<string?>> TextsAsync(ContactRecord contact) =>
        [
            .. (await Contacts.LinesAsync((await Contacts.FindAsync(contact.Id))!, 0, ContactReader.Agent, default)).Select(line =>
                line.Text
            ),
        ];

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Shop.DisposeAsync();
        Assert.Empty(Faults);
    }

    private async Task BeginAsync()
    {
        Contacts = await ContactBook.OpenAsync(
            new(
                Shop.Log,
                views,
                Shop.Clock,
                RandomNumberGenerator.GetBytes,
                new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2), TimeSpan.FromDays(1), at => at + TimeSpan.FromHours(4))
            )
            {
                OnFault = Faults.Add,
            },
            default
        );
        Accounts = await AccountBook.OpenAsync(new(Shop.Log, views, Shop.Clock, Shop.Book.CustomerOf) { OnFault = Faults.Add }, default);
        Codes = await MailedCodes.OpenAsync(
            new(Shop.Log, Shop.Clock, RandomNumberGenerator.Fill, Shop.Book.CustomerOf, codeKey) { OnFault = Faults.Add },
            default
        );
        Erasures = await PersonErasures.OpenAsync(
            new(
                new(Shop.Log, Shop.Index, Contacts, Accounts),
                new ViewKeeper(new KeptView(), views, new LogFeed(Shop.Log, Shop.Clock), Faults.Add),
                Shop.Clock,
                Policy
            )
            {
                OnFault = fault =>
                {
                    if (fault != VaultFails)
                        Faults.Add(fault);
                },
                ForgetCardAsync = (token, _) =>
                {
                    if (VaultFails is { } why)
                        throw why;
                    ForgottenCards.Add(token);
                    return ValueTask.CompletedTask;
                },
                Parts = [new(KeptKind.MailedCodes, async (person, _) =>
                    {
                        Told.Add(person);
                        foreach (var address in person.Addresses)
                            await Codes.CloseLettersToAsync(address);
                    })],
            },
            default
        );
    }

    private async Task EndAsync()
    {
        await Erasures.DisposeAsync();
        await Contacts.DisposeAsync();
        await Accounts.DisposeAsync();
        await Codes.DisposeAsync();
    }
}
