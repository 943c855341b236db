using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Orders;
using Shonin.Specs.EventLog;
using Shonin.Streams;

namespace Shonin.Specs.Accounts;

/// <summary>Accounts and mailed codes over a log of their own in a data folder, as in production.</summary>
internal sealed class AccountScene : IAsyncDisposable
{
    public const string Hanako = "hanako@example.com";

    private static readonly byte[] customerKey = [.. Enumerable.Repeat((byte)1, 32)];
    private static readonly byte[] codeKey = [.. Enumerable.Repeat((byte)2, MailedCodes.KeySizeBytes)];
    private SqliteEventStore? store;
    private OwnedLog? log;
    private AccountBook? book;
    private MailedCodes? codes;

    public DataFolder Folder { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 1, 2, 7, TimeSpan.Zero));

    public OwnedLog Log => log!;
    public AccountBook Book => book!;
    public MailedCodes Codes => codes!;

    public static async Task<AccountScene> OpenAsync()
    {
        var scene = new AccountScene();
        await scene.BeginAsync();
        return scene;
    }

    /// <summary>As after a stop of the server.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        await BeginAsync();
    }

    /// <summary>An account with one proved address.</summary>
    public async Task<OpenAccount> RegisterAsync(string address = Hanako, string proof = "proof-1") =>
        ((AccountResult.Done)await TryRegisterAsync(address, proof)).Account;

    public async Task<AccountResult> TryRegisterAsync(string address, string proof) =>
        await Book.OpenAccountAsync(
            new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            AccountRole.Customer,
            new(0, "Hanako Sato", Locale.Ja, [new(Book.DigestOf(address), address)], "a-password-hash", "stamp-1", []),
            proof,
            default
        );

    /// <summary>What waits to be mailed in a queue.</summary>
    public async Task<ImmutableArray<OutboxItem>> WaitingAsync(string queue) =>
        [.. await Log.Store.ReadOutboxAsync(queue, Time.GetUtcNow(), 1_000, default)];

    /// <summary>The code that was mailed last, as its letter says it.</summary>
    public async Task<string> MailedCodeAsync(string id) =>
        (
            await Codes.FindLetterAsync(
                (await WaitingAsync(MailedCodes.Queue)).Single(item => item.Id.EndsWith(id, StringComparison.Ordinal)),
                default
            )
        )!.Code;

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Folder.Dispose();
    }

    private async Task BeginAsync()
    {
        store = await SqliteEventStore.OpenAsync(Folder.Log, Time, default);
        log = await OwnedLog.TakeAsync(store, default);
        book = await AccountBook.OpenAsync(new(log, new InMemoryViewStore(), Time, DigestOf) { OnFault = Fail }, default);
        codes = await MailedCodes.OpenAsync(new(log, Time, RandomNumberGenerator.Fill, DigestOf, codeKey) { OnFault = Fail }, default);
    }

    private async Task EndAsync()
    {
        await Book.DisposeAsync();
        await Codes.DisposeAsync();
        await Log.DisposeAsync();
        await store!.DisposeAsync();
    }

    private static string DigestOf(string address) => CustomerDigest.Of(address, customerKey);

    private static void Fail(Exception fault) => Assert.Fail(fault.ToString());
}
