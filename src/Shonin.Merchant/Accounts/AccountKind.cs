using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain.Accounts;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Accounts;

/// <summary>Something about an account that its owner is told by mail, at every address that they proved.</summary>
public enum AccountNews
{
    PasswordChanged,
    PasskeyAdded,
    PasskeyRemoved,
    AddressProved,
    AddressRemoved,
}

/// <summary>News that wait to be mailed: what an outbox item holds. It names nobody.</summary>
/// <param name="Digest">Of the address that is written to.</param>
internal sealed record QueuedNews(string Account, AccountNews News, string Digest, DateTimeOffset At);

/// <summary>An account as a kind of stream.</summary>
internal sealed class AccountKind : StreamKind<Account, AccountCommand, AccountFact, AccountRefusal?>
{
    public const string NewsQueue = "accountNews";

    /// <summary>Whose an address is: its digest and generation.</summary>
    public const string AddressScope = "accountAddress";
    public const string PasskeyScope = "accountPasskey";
    public const string SessionScope = "accountSession";

    /// <summary>A mailed code that was typed rightly, and what it allowed.</summary>
    public const string ProofScope = "accountProof";

    private const string StreamPrefix = "account-";

    /// <summary>Stored names, by hand: they outlive every renaming.</summary>
    private static readonly ImmutableArray<(string Name, Type Fact)> names =
    [
        ("accountOpened", typeof(AccountFact.Opened)),
        ("addressProved", typeof(AccountFact.AddressProved)),
        ("addressRemoved", typeof(AccountFact.AddressRemoved)),
        ("passwordChanged", typeof(AccountFact.PasswordChanged)),
        ("passkeyAdded", typeof(AccountFact.PasskeyAdded)),
        ("passkeyRemoved", typeof(AccountFact.PasskeyRemoved)),
        ("stampChanged", typeof(AccountFact.StampChanged)),
        (DetailsKeptName, typeof(AccountFact.DetailsKept)),
        ("sessionOpened", typeof(AccountFact.SessionOpened)),
        ("sessionSeen", typeof(AccountFact.SessionSeen)),
        ("sessionEnded", typeof(AccountFact.SessionEnded)),
        ("proofUsed", typeof(AccountFact.ProofUsed)),
        ("invited", typeof(AccountFact.Invited)),
        ("invitationTaken", typeof(AccountFact.InvitationTaken)),
        ("invitationCalledBack", typeof(AccountFact.InvitationCalledBack)),
        ("roleChanged", typeof(AccountFact.RoleChanged)),
        ("timeCodeUsed", typeof(AccountFact.TimeCodeUsed)),
        ("accountErased", typeof(AccountFact.Erased)),
    ];

    private const string DetailsKeptName = "detailsKept";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Somebody signs in for years, and few of the sessions are open.</summary>
    private const int KeptEveryFactCount = 200;

    public override string Prefix => StreamPrefix;

    public override StateForm<Account> Form { get; } =
        new(
            "account/1",
            KeptEveryFactCount,
            state => JsonSerializer.SerializeToUtf8Bytes(state, json),
            kept =>
                JsonSerializer.Deserialize<Account>(kept.Span, json) ?? throw new JsonException("The state of an account holds nothing.")
        );

    public static StreamId StreamOf(AccountId account) => new(StreamPrefix + account.Value);

    public static AccountId AccountOf(StreamId stream) => new(stream.Value[StreamPrefix.Length..]);

    /// <summary>The name of the document that holds an account's details, and of its owner.</summary>
    public static string DetailsOf(AccountId account) => StreamPrefix + account.Value;

    public static UniqueKey AddressKey(ProvedAddress address) => new(AddressScope, AddressValue(address.Digest, address.Generation));

    public static string AddressValue(string digest, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{digest}/{generation}");

    public static QueuedNews NewsOf(OutboxItem item) =>
        JsonSerializer.Deserialize<QueuedNews>(item.Payload.Span, json) ?? throw new JsonException("News of an account hold nothing.");

    public override Decided<Account, AccountFact, AccountRefusal?> Decide(
        StreamId stream,
        Account? state,
        AccountCommand command,
        DateTimeOffset at
    )
    {
        var (facts, refusal) = AccountDecider.Decide(state, command, at);
        return new(facts, refusal);
    }

    public override Account Evolve(Account? state, AccountFact happened) => AccountDecider.Evolve(state, happened);

    public override void Follow(Step<Account, AccountFact> step, Consequences consequences)
    {
        var account = AccountOf(step.Stream);
        foreach (var happened in step.Facts)
        {
            switch (happened)
            {
                case AccountFact.AddressProved(var digest, var generation):
                    consequences.Claim(AddressKey(new(digest, generation)));
                    break;
                case AccountFact.PasskeyAdded(var passkey):
                    consequences.Claim(new(PasskeyScope, passkey));
                    break;
                case AccountFact.SessionOpened { Session: var session }:
                    consequences.Claim(new(SessionScope, session));
                    break;
                case AccountFact.ProofUsed(var proof):
                    consequences.Claim(new(ProofScope, proof));
                    break;
                case AccountFact.DetailsKept(var details):
                    consequences.Keep(new(DetailsOf(account), DetailsOf(account), details));
                    break;
                case AccountFact.Erased:
                    consequences.Erase(DetailsOf(account));
                    break;
            }
            // Of an account that opens, its owner knows.
            if (step.Before is not null && NewsOf(happened) is { } news)
                Tell(news, step, account, consequences);
        }
    }

    public override NewEvent Store(AccountFact happened)
    {
        var type = happened.GetType();
        var payload = happened is AccountFact.DetailsKept ? "{}"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(happened, type, json);
        return new(names.First(named => named.Fact == type).Name, payload);
    }

    public override AccountFact Load(StoredEvent stored)
    {
        if (stored.Type == DetailsKeptName)
            return new AccountFact.DetailsKept(ReadOnlyMemory<byte>.Empty);
        var type = names.FirstOrDefault(named => named.Name == stored.Type).Fact
            ?? throw new JsonException($"{stored.Type} is no fact of an account.");
        return (AccountFact)(
            JsonSerializer.Deserialize(stored.Payload.Span, type, json) ?? throw new JsonException($"{stored.Type} holds nothing.")
        );
    }

    private static AccountNews? NewsOf(AccountFact happened) =>
        happened switch
        {
            AccountFact.PasswordChanged => AccountNews.PasswordChanged,
            AccountFact.PasskeyAdded => AccountNews.PasskeyAdded,
            AccountFact.PasskeyRemoved => AccountNews.PasskeyRemoved,
            AccountFact.AddressProved => AccountNews.AddressProved,
            AccountFact.AddressRemoved => AccountNews.AddressRemoved,
            _ => null,
        };

    /// <summary>A line for each letter: one that is not taken holds up no other.</summary>
    private static void Tell(AccountNews news, Step<Account, AccountFact> step, AccountId account, Consequences consequences)
    {
        foreach (var address in step.After.Addresses)
        {
            var id = string.Create(
                CultureInfo.InvariantCulture,
                $"news-{account}-{step.Version}-{(int)news}-{step.After.Addresses.IndexOf(address)}"
            );
            var queued = new QueuedNews(account.Value, news, address.Digest, step.At);
            consequences.Queue(new(id, NewsQueue, new(id), JsonSerializer.SerializeToUtf8Bytes(queued, json), step.At));
        }
    }
}
