using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Streams;
using AccountOutcome = Shonin.Streams.Outcome<
    Shonin.Domain.Accounts.Account,
    Shonin.Domain.Accounts.AccountFact,
    Shonin.Domain.Accounts.AccountRefusal?
>;
using AccountStreams = Shonin.Streams.StreamHost<
    Shonin.Domain.Accounts.Account,
    Shonin.Domain.Accounts.AccountCommand,
    Shonin.Domain.Accounts.AccountFact,
    Shonin.Domain.Accounts.AccountRefusal?
>;

namespace Shonin.Merchant.Accounts;

/// <summary>What the accounts take from outside.</summary>
/// <param name="Log">Stays open when the book is closed: others append to it too.</param>
/// <param name="DigestOf">How orders name the customer of an address (<see cref="OrderBook.CustomerOf"/>).</param>
/// <param name="Views">Where the list of staff is kept.</param>
public sealed record AccountBookPorts(OwnedLog Log, IViewStore Views, TimeProvider Clock, Func<string, string> DigestOf)
{
    public required Action<Exception> OnFault { get; init; }
}

/// <summary>What became of a command to an account.</summary>
public abstract record AccountResult
{
    private AccountResult() { }

    public sealed record Done(OpenAccount Account) : AccountResult;

    public sealed record Refused(AccountRefusal Reason) : AccountResult;

    /// <summary>The address or the passkey is another account's, or the proof was used before. Nothing was changed.</summary>
    public sealed record Taken(AccountKeyKind What) : AccountResult;
}

/// <summary>What may be one account's alone.</summary>
public enum AccountKeyKind
{
    Address,
    Passkey,

    /// <summary>A mailed code that was typed rightly: it leads to one change.</summary>
    Proof,
}

/// <summary>A letter about an account that has not left yet.</summary>
/// <param name="Role">What its owner is: colleagues are told what to do in other words.</param>
public sealed record NewsLetter(string Recipient, AccountNews News, Locale Locale, AccountRole Role, DateTimeOffset At);

/// <summary>What allows a change of an account's details, and what it leaves as it is.</summary>
public sealed record ChangeGrounds
{
    public static ChangeGrounds None { get; } = new();

    /// <summary>The session that stays where a new stamp ends the others; null for none.</summary>
    public string? KeptSession { get; init; }

    /// <summary>The id of the mailed code that allows it; null where none is needed.</summary>
    public string? Proof { get; init; }

    /// <summary>The secret of the invitation that allows it; null where none is needed.</summary>
    public string? Invitation { get; init; }
}

/// <summary>Everybody who is or was at the desk.</summary>
/// <param name="IsWhole">Not while the list is being built again from the log.</param>
public sealed record StaffList(ImmutableArray<OpenAccount> Members, bool IsWhole);

/// <summary>
/// All accounts. What they hold of a person is sealed beside the log; the log itself knows roles, times, and keyed digests or hashes.
/// </summary>
/// <remarks>All throw <see cref="LogUnusableException"/> while the log cannot be read or written; nothing was changed then.</remarks>
public sealed class AccountBook : IAsyncDisposable
{
    public const string NewsQueue = AccountKind.NewsQueue;

    private readonly AccountBookPorts ports;
    private readonly AccountStreams streams;
    private readonly ViewKeeper staff;

    private AccountBook(AccountBookPorts ports, AccountStreams streams, ViewKeeper staff) =>
        (this.ports, this.streams, this.staff) = (ports, streams, staff);

    public static async ValueTask<AccountBook> OpenAsync(AccountBookPorts ports, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ports);
        var host = new StreamPorts<Account, AccountFact>(ports.Log, ports.Clock) { OnFault = ports.OnFault, OnUnreadable = ports.OnFault };
        var streams = await AccountStreams.OpenAsync(new AccountKind(), host, cancellation);
        return new(ports, streams, new ViewKeeper(new StaffView(), ports.Views, new LogFeed(ports.Log, ports.Clock), ports.OnFault));
    }

    /// <summary>How facts and orders name this address.</summary>
    public string DigestOf(string address) => ports.DigestOf(address);

    /// <summary>What a session's secret is called on the log.</summary>
    public static string SessionOf(string secret) => HashOf(secret);

    /// <summary>How facts name a secret of many random bits, which no slow hash needs to guard.</summary>
    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Null where there is none, or it was erased.</summary>
    public async ValueTask<OpenAccount?> FindAsync(AccountId id, CancellationToken cancellation)
    {
        // A change may come between the two readings; the document says of which revision it is.
        for (var isLast = false; ; isLast = true)
        {
            if (await streams.ReadAsync(AccountKind.StreamOf(id)) is not { State: { IsErased: false } account })
                return null;
            var document = await ports.Log.Store.ReadDocumentAsync(AccountKind.DetailsOf(id), cancellation);
            if (document is { } kept && AccountDetails.Read(kept) is var details && (details.Revision == account.Revision || isLast))
                return new(id, account, details);
            if (document is null && isLast)
                return null;
        }
    }

    /// <summary>Whose this address is, or null.</summary>
    public async ValueTask<OpenAccount?> FindByAddressAsync(string address, CancellationToken cancellation) =>
        (await HolderOfAsync(DigestOf(address), cancellation)).Holder;

    public async ValueTask<OpenAccount?> FindByPasskeyAsync(ReadOnlyMemory<byte> credentialId, CancellationToken cancellation)
    {
        var passkey = AccountPasskey.HashOf(credentialId.Span);
        return
            await FindByKeyAsync(AccountKind.PasskeyScope, passkey, cancellation) is { } found && found.Account.Passkeys.Contains(passkey)
            ? found
            : null;
    }

    /// <summary>Whose session this secret opens, and the session; null where it is none, has ended or has run out. Its use is noted.</summary>
    public async ValueTask<(OpenAccount Account, AccountSession Session)?> FindBySessionAsync(string secret, CancellationToken cancellation)
    {
        if (await LookAtSessionAsync(secret, cancellation) is not var (account, session))
            return null;
        if (ports.Clock.GetUtcNow() >= session.SeenAt + AccountSession.SeenEvery)
            await streams.SubmitAsync(AccountKind.StreamOf(account.Id), new AccountCommand.SeeSession(session.Session));
        return (account, session);
    }

    /// <summary>The same, where nobody uses it: a page that only stays open keeps no session open.</summary>
    public async ValueTask<(OpenAccount Account, AccountSession Session)?> LookAtSessionAsync(string secret, CancellationToken cancellation)
    {
        var name = SessionOf(secret);
        return
            await FindByKeyAsync(AccountKind.SessionScope, name, cancellation) is { } found
            && found.Account.SessionOf(name, ports.Clock.GetUtcNow()) is { } session
            ? (found, session)
            : null;
    }

    /// <summary>Opens an account for whoever proved that they read this address.</summary>
    /// <param name="details">Its revision counts for nothing.</param>
    /// <param name="proof">The id of the code that proved it: it opens one account.</param>
    public async ValueTask<AccountResult> OpenAccountAsync(
        AccountId id,
        AccountRole role,
        AccountDetails details,
        string proof,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(details);
        var digest = details.Addresses.Single().Digest;
        var (holder, generation) = await HolderOfAsync(digest, cancellation);
        if (holder is not null)
            return new AccountResult.Taken(AccountKeyKind.Address);
        var first = details with { Revision = 1 };
        return await SubmitAsync(
            id,
            new AccountCommand.Open(role, new(digest, generation), AccountDetails.HashesOf(first), first.Write()) { Proof = proof },
            cancellation
        );
    }

    /// <summary>Writes the details anew, as they were made from <paramref name="before"/>.</summary>
    public ValueTask<AccountResult> ChangeAsync(
        OpenAccount before,
        AccountDetails after,
        ChangeGrounds grounds,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(grounds);
        var change = before.Details.ChangeTo(after) with
        {
            KeptSession = grounds.KeptSession,
            Proof = grounds.Proof,
            Invitation = grounds.Invitation is { } secret ? HashOf(secret) : null,
        };
        return WriteAsync(before, after, change, cancellation);
    }

    /// <summary>Adds an address whose code was typed rightly.</summary>
    public async ValueTask<AccountResult> AddAddressAsync(OpenAccount before, string address, string proof, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(before);
        var digest = DigestOf(address);
        var (holder, generation) = await HolderOfAsync(digest, cancellation);
        if (holder is not null)
        {
            return holder.Id == before.Id
                ? new AccountResult.Refused(AccountRefusal.AddressKnown)
                : new AccountResult.Taken(AccountKeyKind.Address);
        }
        var after = before.Details with { Addresses = before.Details.Addresses.Add(new(digest, address.Trim())) };
        return await WriteAsync(before, after, new() { Proved = new(digest, generation), Proof = proof }, cancellation);
    }

    /// <summary>Opens a session under this secret, which nobody had before.</summary>
    public ValueTask<AccountResult> OpenSessionAsync(AccountId id, string secret, Device device, CancellationToken cancellation) =>
        SubmitAsync(id, new AccountCommand.OpenSession(SessionOf(secret), device), cancellation);

    /// <summary>The same for a colleague.</summary>
    /// <param name="timeStep">The step of time whose code was typed (RFC 6238); null where none was.</param>
    /// <param name="revision">Of the details that were held against what was typed.</param>
    public ValueTask<AccountResult> OpenStaffSessionAsync(
        AccountId id,
        string secret,
        Device device,
        long? timeStep,
        int revision,
        CancellationToken cancellation
    ) =>
        SubmitAsync(
            id,
            new AccountCommand.OpenSession(SessionOf(secret), device) { TimeStep = timeStep, Expected = revision },
            cancellation
        );

    /// <param name="session">As the account names it.</param>
    public ValueTask<AccountResult> EndSessionAsync(AccountId id, string session, CancellationToken cancellation) =>
        SubmitAsync(id, new AccountCommand.EndSession(session), cancellation);

    public ValueTask<AccountResult> EndOtherSessionsAsync(AccountId id, string kept, CancellationToken cancellation) =>
        SubmitAsync(id, new AccountCommand.EndOtherSessions(kept), cancellation);

    /// <summary>Opens the account of a colleague, who sets it up with the invitation.</summary>
    /// <param name="address">Names them when they sign in; it may be a customer's too, for staff are found under a digest of their own.</param>
    public async ValueTask<AccountResult> OpenStaffAsync(
        AccountId id,
        AccountRole role,
        string name,
        string address,
        Locale locale,
        (string Secret, DateTimeOffset ExpiresAt) invitation,
        CancellationToken cancellation
    )
    {
        var digest = StaffDigestOf(address);
        var (holder, generation) = await HolderOfAsync(digest, cancellation);
        if (holder is not null)
            return new AccountResult.Taken(AccountKeyKind.Address);
        var details = new AccountDetails(1, name, locale, [new(digest, address.Trim())], null, "", []);
        var open = new AccountCommand.Open(role, new(digest, generation), [], details.Write())
        {
            Invitation = new(HashOf(invitation.Secret), invitation.ExpiresAt),
        };
        return await SubmitAsync(id, open, cancellation);
    }

    /// <summary>Whose this address is at the desk, or null.</summary>
    public async ValueTask<OpenAccount?> FindStaffAsync(string address, CancellationToken cancellation) =>
        (await HolderOfAsync(StaffDigestOf(address), cancellation)).Holder;

    /// <summary>Whom this secret invites now, or null.</summary>
    public async ValueTask<OpenAccount?> FindInvitedAsync(AccountId id, string secret, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) is { } found && found.Account.IsInvitedAt(HashOf(secret), ports.Clock.GetUtcNow()) ? found : null;

    public ValueTask<AccountResult> InviteAsync(
        AccountId id,
        (string Secret, DateTimeOffset ExpiresAt) invitation,
        CancellationToken cancellation
    ) => SubmitAsync(id, new AccountCommand.Invite(new(HashOf(invitation.Secret), invitation.ExpiresAt)), cancellation);

    public ValueTask<AccountResult> SetRoleAsync(AccountId id, AccountRole role, CancellationToken cancellation) =>
        SubmitAsync(id, new AccountCommand.SetRole(role), cancellation);

    public ValueTask<AccountResult> EndSessionsAsync(AccountId id, CancellationToken cancellation) =>
        SubmitAsync(id, new AccountCommand.EndSessions(), cancellation);

    /// <summary>Everybody who is or was at the desk, in the order in which they came.</summary>
    public async ValueTask<StaffList> ListStaffAsync(int limit, CancellationToken cancellation)
    {
        var rows = await staff.ListAsync(StaffView.Members, ViewOrder.LeastFirst, limit, cancellation);
        var members = ImmutableArray.CreateBuilder<OpenAccount>();
        foreach (var row in rows.Rows)
        {
            if (await FindAsync(StaffView.AccountOf(row), cancellation) is { } member)
                members.Add(member);
        }
        return new(members.ToImmutable(), rows.IsWhole);
    }

    /// <inheritdoc cref="ViewKeeper.ProgressAsync"/>
    public ValueTask<ViewProgress> ProgressAsync(CancellationToken cancellation) => staff.ProgressAsync(cancellation);

    /// <summary>Destroys what the account holds of its owner, and everybody is signed out. Erasing it again changes nothing.</summary>
    public async ValueTask EraseAsync(AccountId id) =>
        Written(await streams.SubmitAsync(AccountKind.StreamOf(id), new AccountCommand.Erase()));

    /// <summary>The letter that an item of the outbox brings; null where the account or the address is gone.</summary>
    public async ValueTask<NewsLetter?> FindNewsAsync(OutboxItem item, CancellationToken cancellation)
    {
        var queued = AccountKind.NewsOf(item);
        return
            await FindAsync(new(queued.Account), cancellation) is { Account.Role: var role, Details: var details }
            && details.Addresses.FirstOrDefault(address => address.Digest == queued.Digest) is { Address: var recipient }
            ? new(recipient, queued.News, details.Locale, role, queued.At)
            : null;
    }

    /// <summary>It was sent, or never will be.</summary>
    public async ValueTask CloseNewsAsync(OutboxItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var stream = AccountKind.StreamOf(new(AccountKind.NewsOf(item).Account));
        Written(await streams.SubmitAsync(stream, new AccountCommand.Keep(), new() { CompletedOutbox = [item.Id] }));
    }

    public async ValueTask DisposeAsync()
    {
        staff.Dispose();
        await streams.DisposeAsync();
    }

    /// <summary>No address that is typed holds a line break, so no customer's digest is a colleague's.</summary>
    private string StaffDigestOf(string address) => DigestOf($"staff\n{address.Trim()}");

    private ValueTask<AccountResult> WriteAsync(
        OpenAccount before,
        AccountDetails after,
        DetailsChange change,
        CancellationToken cancellation
    )
    {
        var kept = after with { Revision = before.Details.Revision + 1 };
        return SubmitAsync(before.Id, new AccountCommand.Change(before.Details.Revision, change, kept.Write()), cancellation);
    }

    private async ValueTask<AccountResult> SubmitAsync(AccountId id, AccountCommand command, CancellationToken cancellation)
    {
        switch (Written(await streams.SubmitAsync(AccountKind.StreamOf(id), command)))
        {
            case AccountOutcome.Done(null, _):
                return await FindAsync(id, cancellation) is { } account
                    ? new AccountResult.Done(account)
                    : new AccountResult.Refused(AccountRefusal.NotOpen);
            case AccountOutcome.Done({ } refusal, _):
                return new AccountResult.Refused(refusal);
            case AccountOutcome.KeyTaken(var key, _):
                return new AccountResult.Taken(
                    key.Scope switch
                    {
                        AccountKind.AddressScope => AccountKeyKind.Address,
                        AccountKind.PasskeyScope => AccountKeyKind.Passkey,
                        AccountKind.ProofScope => AccountKeyKind.Proof,
                        _ => throw new InvariantBrokenException($"An account's key {key.Scope} was taken, and it is drawn at random."),
                    }
                );
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Whose an address is now, and the generation that whoever proves it next has.</summary>
    private async ValueTask<(OpenAccount? Holder, int NextGeneration)> HolderOfAsync(string digest, CancellationToken cancellation)
    {
        KeyHolder? last = null;
        var next = 0;
        while (await FindKeyOfAsync(digest, next, cancellation) is { } key)
            (last, next) = (key, next + 1);
        return
            last is not null
            && await FindAsync(AccountKind.AccountOf(last.Stream), cancellation) is { } found
            && found.Account.AddressOf(digest)?.Generation == next - 1
            ? (found, next)
            : (null, next);
    }

    private ValueTask<KeyHolder?> FindKeyOfAsync(string digest, int generation, CancellationToken cancellation) =>
        ports.Log.Store.FindKeyAsync(AccountKind.AddressScope, AccountKind.AddressValue(digest, generation), cancellation);

    private async ValueTask<OpenAccount?> FindByKeyAsync(string scope, string value, CancellationToken cancellation) =>
        await ports.Log.Store.FindKeyAsync(scope, value, cancellation) is { } key
            ? await FindAsync(AccountKind.AccountOf(key.Stream), cancellation)
            : null;

    private static AccountOutcome Written(AccountOutcome outcome) =>
        outcome switch
        {
            AccountOutcome.Done or AccountOutcome.KeyTaken => outcome,
            { WhyNotNow: { } why } => throw new LogUnusableException(why),
            AccountOutcome.TooLarge(var what) => throw new InvalidOperationException(
                $"What an account holds is limited and fits into a document: {what}."
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
