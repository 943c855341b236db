using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Playwright;
using Shonin.CardNetwork.Link;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Journeys.Screens;

/// <summary>
/// The pages over a real order book and a real vault, on a real server; the card company answers as the journey tells it to.
/// </summary>
public sealed class Shop : IAsyncLifetime
{
    public const string AdminKey = PageHouse.AdminKey;

    private readonly OneBrowser browser;
    private readonly ConcurrentDictionary<CardToken, ConcurrentQueue<string>> answers = new();
    private readonly InMemoryEventStore log = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("shonin-shop");
    private readonly DkimKeys dkim;
    private readonly MailProfile profile = new(
        "shop.example.jp",
        [ScreenScene.Merchant.NameJa, ScreenScene.Merchant.NameEn],
        [ScreenScene.Merchant.Domain],
        []
    );
    private OwnedLog? ownedLog;
    private OrderBook? orders;
    private PageHouse? pages;
    private int authorizations;

    public Shop(OneBrowser browser)
    {
        this.browser = browser;
        dkim = DkimKeys.LoadOrCreate(
            new KeyFolder(Path.Combine(folder.FullName, "keys")),
            ScreenScene.Merchant.Domain,
            TimeProvider.System.GetUtcNow()
        );
    }

    public OrderBook Orders => orders ?? throw new InvalidOperationException("the shop is not open");

    public MailReports Reports => Pages.Reports;

    public string Address => Pages.Address;

    public ScreenLimits Limits { get; } =
        new()
        {
            NoticeMissesPerAddressPerMinute = 40,
            MailChecksPerAddressPerMinute = 100,
            MailCheckSizeBytesMax = 2 * 1024 * 1024,
        };

    /// <summary>How many authorization requests have left.</summary>
    public int Authorizations => Volatile.Read(ref authorizations);

    private PageHouse Pages => pages ?? throw new InvalidOperationException("the shop is not open");

    public async ValueTask InitializeAsync()
    {
        var marks = new NoticeMarkKeys(new NoticeMarkKey("20261124", new byte[32]));
        ownedLog = await OwnedLog.TakeAsync(log, CancellationToken.None);
        orders = await OrderBook.OpenAsync(
            new(
                new()
                {
                    Profile = ScreenScene.Merchant,
                    PublicUrl = "https://shop.example.jp",
                    Acquirer = "12345",
                    Terminal = "T1",
                    CustomerHashKey = new byte[32],
                    MarkKeys = marks,
                    // One card pays in every journey, and is often refused.
                    Policy = new()
                    {
                        NoticeAfter = TimeSpan.Zero,
                        Tries = new() { TriesPerCardMax = 10_000 },
                    },
                },
                ownedLog,
                TimeProvider.System,
                RandomNumberGenerator.Fill
            )
            {
                Send = SendAsync,
                LinkCondition = () => LinkCondition.Up,
                OnFault = fault => throw new InvalidOperationException("a shard failed", fault),
            },
            CancellationToken.None
        );
        var checker = new MailChecker(
            new MailAuthenticator(PublishedKeyAsync, TimeProvider.System),
            NoticeLookup.Of(new NoticeLedger(log, marks))
        );
        pages = await PageHouse.OpenAsync(
            orders,
            ownedLog,
            log,
            why => throw new InvalidOperationException(why),
            (raw, recipient, cancellation) =>
                checker.CheckAsync(
                    raw,
                    new()
                    {
                        Now = TimeProvider.System.GetUtcNow(),
                        Profiles = [profile],
                        Recipient = recipient,
                    },
                    cancellation
                ),
            Limits
        );
    }

    /// <summary>
    /// A new order on a card of its own, answered with the first of these codes; the others are for what that card is asked later.
    /// </summary>
    public Task<OrderRecord> PlaceAsync(params string[] codes) => PlaceForAsync("hanako@example.jp", codes);

    /// <summary>The same for a customer of this address.</summary>
    public async Task<OrderRecord> PlaceForAsync(string address, params string[] codes)
    {
        var card = await StoreAsync("4000000000000002");
        answers[card.Token] = new(codes);
        var placed = await Orders.PlaceAsync(
            new(
                new Person(address, "山田 花子", null),
                Locale.Ja,
                [new("BEANS", "コーヒー豆 200g", new(2_080, Currency.Jpy), 3)],
                card,
                null
            ),
            new RequestKey("journey", Guid.NewGuid().ToString(), new byte[32]),
            Patience.UntilSettled,
            CancellationToken.None
        );
        return Assert.IsType<RequestResult.Done>(placed).Record;
    }

    /// <summary>The signed mail of the order's notice of that kind, as it leaves us.</summary>
    public async Task<byte[]> MailOfAsync(OrderRecord record, string kind)
    {
        using var patience = new CancellationTokenSource(Waits.Most);
        while (true)
        {
            var notice = (await ReadAsync(record)).Notices.FirstOrDefault(notice =>
                notice.Notice.Id.EndsWith(kind, StringComparison.Ordinal)
            );
            if (
                notice is not null
                && await log.ReadDocumentAsync(NoticeMail.DocumentIdOf(notice.Notice.Id), patience.Token) is { } document
            )
            {
                return new NoticeMime(ScreenScene.Merchant, dkim, TimeProvider.System).Write(NoticeMail.Parse(document)).Message;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    public async Task<Order> ReadAsync(OrderRecord record) => (await Orders.FindAsync(record.Order.Id, CancellationToken.None))!.Order;

    /// <summary>The code that was mailed last to this address, as its letter says it.</summary>
    public async Task<string> MailedCodeAsync(string address)
    {
        var letters = new List<CodeLetter>();
        foreach (var item in await log.ReadOutboxAsync(MailedCodes.Queue, Soon, 1_000, CancellationToken.None))
        {
            if (await Pages.Codes.FindLetterAsync(item, CancellationToken.None) is { } letter && letter.Recipient == address)
                letters.Add(letter);
        }
        return letters.MaxBy(letter => letter.SentAt)?.Code ?? throw new InvalidOperationException($"no code was mailed to {address}");
    }

    /// <summary>What is to be told to the owner of this address by mail.</summary>
    public async Task<IReadOnlyList<AccountNews>> NewsForAsync(string address)
    {
        var news = new List<AccountNews>();
        foreach (var item in await log.ReadOutboxAsync(AccountBook.NewsQueue, Soon, 1_000, CancellationToken.None))
        {
            if (await Pages.Accounts.FindNewsAsync(item, CancellationToken.None) is { } letter && letter.Recipient == address)
                news.Add(letter.News);
        }
        return news;
    }

    /// <summary>Whatever was queued before is due by then.</summary>
    private static DateTimeOffset Soon => TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1);

    /// <summary>By its name: passkeys belong to a name, and not to an address.</summary>
    public string NamedAddress => Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    public async Task<IPage> OpenAsync(string path, bool withScript)
    {
        var page = await browser.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
                JavaScriptEnabled = withScript,
            }
        );
        await page.GotoAsync(Address + path);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (pages is not null)
            await pages.DisposeAsync();
        if (orders is not null)
            await orders.DisposeAsync();
        if (ownedLog is not null)
            await ownedLog.DisposeAsync();
        dkim.Dispose();
        folder.Delete(recursive: true);
    }

    private ValueTask<DnsAnswer> PublishedKeyAsync(string name, DnsRecordType type, CancellationToken cancellation) =>
        ValueTask.FromResult<DnsAnswer>(
            type == DnsRecordType.Txt && dkim.At(TimeProvider.System.GetUtcNow()).FirstOrDefault(key => key.DnsName == name) is { } key
                ? new DnsAnswer.Records([new DnsRecord.Text(key.DnsRecord)])
                : new DnsAnswer.NxDomain()
        );

    private async Task<CardOnFile> StoreAsync(string number)
    {
        var reading = Pages.Intake.ParseForm(System.Text.Encoding.UTF8.GetBytes($"number={number}&expiry=12%2F30&securityCode=123"));
        using var card = Assert.IsType<CardReading.Accepted>(reading).Card;
        return await Pages.Vault.StoreAsync(card, CancellationToken.None);
    }

    private ValueTask<SendOutcome> SendAsync(NetworkRequest request, CancellationToken cancellation)
    {
        var (kind, code) = request switch
        {
            NetworkRequest.Authorize => (
                AnswerKind.Authorization,
                answers.TryGetValue(request.Card, out var codes) && codes.TryDequeue(out var next) ? next : "00"
            ),
            NetworkRequest.Reverse => (AnswerKind.Reversal, "00"),
            NetworkRequest.Capture => (AnswerKind.Capture, "00"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (kind == AnswerKind.Authorization)
            Interlocked.Increment(ref authorizations);
        var approval =
            kind == AnswerKind.Authorization && code == "00" ? Authorizations.ToString("000000", CultureInfo.InvariantCulture) : null;
        _ = Task.Run(
            () =>
                Orders
                    .RecordAnswerAsync(
                        new(
                            kind,
                            request.Claim.WireKey,
                            request.Claim.Rrn,
                            code,
                            approval,
                            null,
                            null,
                            null,
                            null,
                            null,
                            TimeProvider.System.GetUtcNow(),
                            AnswerMatch.First
                        )
                    )
                    .AsTask(),
            cancellation
        );
        return ValueTask.FromResult<SendOutcome>(new SendOutcome.Sent(default));
    }
}
