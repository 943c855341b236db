using System.Security.Cryptography;
using Shonin.EventLog.Secrets;
using Shonin.Letters;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Settings;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>Customers' accounts: how they prove an address, sign in, and find their orders on every device.</summary>
internal sealed class AccountsModule : IModule, IAsyncDisposable
{
    public const string CodeKeyName = "mailed-codes";

    private readonly LetterSender codes;
    private readonly LetterSender news;

    private AccountsModule(House house, LettersModule letters, AccountBook book, MailedCodes mailed)
    {
        (Book, Codes) = (book, mailed);
        var written = new AccountLetters(house.Settings.MerchantProfile(), letters.Mime);
        (codes, news) = (letters.SenderOf(written.CodesOf(mailed)), letters.SenderOf(written.NewsOf(book)));
    }

    public AccountBook Book { get; }
    public MailedCodes Codes { get; }

    public IEnumerable<(HealthArea Area, ServerHealth.AskPart Ask)> Asked =>
        [ServerHealth.PartOf(Book.ProgressAsync, "the desk's list of staff may miss some")];

    public IEnumerable<Work> Works => [new("Mailing codes", codes.RunAsync), new("Telling owners of accounts what changed", news.RunAsync)];

    public static async Task<AccountsModule> OpenAsync(
        House house,
        OrdersModule orders,
        LettersModule letters,
        CancellationToken cancellation
    )
    {
        Action<Exception> onFault = fault => house.Log.LogError(fault, "An account met a fault of ours");
        var book = await AccountBook.OpenAsync(
            new(house.OwnedLog, house.Views, house.Clock, orders.Book.CustomerOf) { OnFault = onFault },
            cancellation
        );
        // A key that is lost voids the codes of ten minutes, and nothing else.
        var key = house.Files.Keys.LoadOrCreate(CodeKeyName, MailedCodes.KeySizeBytes, KeyNeed.None);
        var codes = await MailedCodes.OpenAsync(
            new(house.OwnedLog, house.Clock, RandomNumberGenerator.Fill, orders.Book.CustomerOf, key) { OnFault = onFault },
            cancellation
        );
        return new(house, letters, book, codes);
    }

    public async ValueTask DisposeAsync()
    {
        await Codes.DisposeAsync();
        await Book.DisposeAsync();
    }
}

/// <summary>Where the orders and points of an address are found.</summary>
internal sealed record AccountOrders(OrderBook Book, OrderIndex Index, PointsBook Points);

/// <summary>What all pages are held to, and their keys.</summary>
internal sealed record ScreenRules(ScreenKeys Keys, ScreenLimits Limits, TimeProvider Clock);

/// <summary>The pages of accounts, each with what it uses.</summary>
internal sealed record AccountPageTable(
    PasswordCheck Passwords,
    SignInPages SignIn,
    SignUpPages SignUp,
    AccountPages Account,
    AddressPages Addresses,
    SecurityPages Security
)
{
    private const string Path = "/account";

    /// <summary>The way in, for pages of other businesses that stand in the account.</summary>
    public required AccountEntry Entry { get; init; }
    public required CodeExchange Codes { get; init; }
    public required FormSeal Seal { get; init; }

    /// <param name="site">Null where the site can have no passkeys.</param>
    public static AccountPageTable Of(AccountBook book, MailedCodes codes, AccountOrders orders, PasskeySite? site, ScreenRules rules)
    {
        var manager = new AccountManager(book);
        var door = new AccountDoor(book, new(rules.Keys, Path), rules.Clock);
        var passkeys = site is null ? null : new Passkeys(manager, rules.Keys, site, Path, rules.Clock);
        var exchange = new CodeExchange(codes, rules.Keys, rules.Limits, rules.Clock);
        var seal = new FormSeal(rules.Keys, rules.Clock);
        var passwords = new PasswordCheck(manager, rules.Limits, rules.Clock);
        var signIn = new SignInPages(manager, passwords, door, passkeys, rules.Limits, rules.Clock);
        var entry = new AccountEntry(door, signIn, passwords);
        return new(
            passwords,
            signIn,
            new(manager, book, exchange, door, passkeys),
            new(orders, door, signIn, seal),
            new(book, exchange, door, signIn, seal),
            new(manager, book, entry, passkeys, seal)
        )
        {
            Entry = entry,
            Codes = exchange,
            Seal = seal,
        };
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        SignIn.Map(routes);
        SignUp.Map(routes);
        Account.Map(routes);
        Addresses.Map(routes);
        Security.Map(routes);
    }
}
