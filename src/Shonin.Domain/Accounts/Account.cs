using System.Collections.Immutable;

namespace Shonin.Domain.Accounts;

/// <summary>What an account is for. Each may do what the business says of its role, and nothing by rank.</summary>
public enum AccountRole
{
    Customer,
    Agent,
    Lead,
    Admin,

    /// <summary>Somebody who was at the desk once. They may do nothing, and the desk's records still know their name.</summary>
    Former,
}

/// <summary>What a colleague was given to set their account up with, or anew.</summary>
/// <param name="Hash">Of its secret.</param>
public sealed record Invitation(string Hash, DateTimeOffset ExpiresAt)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    /// <summary>One that somebody asks for themselves.</summary>
    public static readonly TimeSpan OwnLifetime = TimeSpan.FromMinutes(30);
}

/// <summary>
/// An address whose mails somebody reads, by its keyed digest. An address belongs to one account at a time: each time that it is proved anew
/// it has the next generation, which is unique.
/// </summary>
public sealed record ProvedAddress(string Digest, int Generation);

/// <summary>A browser that is signed in. Its secret stands in it by a hash.</summary>
public sealed record AccountSession(string Session, Device Device, DateTimeOffset BegunAt, DateTimeOffset SeenAt)
{
    /// <summary>What changes who may enter is done only so soon after signing in.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(30);

    /// <summary>Its use is noted no more often than this.</summary>
    public static readonly TimeSpan SeenEvery = TimeSpan.FromHours(1);

    public bool IsOpenAt(DateTimeOffset at, SessionTerms terms) =>
        terms is not null && at < SeenAt + terms.IdleMax && at < BegunAt + terms.AgeMax;

    public bool IsFreshAt(DateTimeOffset at) => at < BegunAt + FreshFor;
}

/// <summary>When a session ends by itself: when it was not used for so long, and when it is so old.</summary>
public sealed record SessionTerms(TimeSpan IdleMax, TimeSpan AgeMax)
{
    public static SessionTerms Customers { get; } = new(TimeSpan.FromDays(14), TimeSpan.FromDays(90));

    /// <summary>A working day, and a browser that was left.</summary>
    public static SessionTerms Staff { get; } = new(TimeSpan.FromHours(3), TimeSpan.FromHours(10));

    public static SessionTerms Of(AccountRole role) =>
        role switch
        {
            AccountRole.Customer => Customers,
            AccountRole.Agent or AccountRole.Lead or AccountRole.Admin or AccountRole.Former => Staff,
        };
}

/// <summary>An account, without anything that names a person: that stands in a sealed document.</summary>
/// <param name="Addresses">In the order in which they were proved; of staff, the one that an admin named.</param>
/// <param name="Passkeys">Hashes of their credential ids.</param>
/// <param name="Sessions">In the order in which they began; some may have run out.</param>
/// <param name="Revision">Raised with each change of the sealed document.</param>
public sealed record Account(
    AccountRole Role,
    DateTimeOffset OpenedAt,
    ImmutableList<ProvedAddress> Addresses,
    ImmutableHashSet<string> Passkeys,
    ImmutableList<AccountSession> Sessions,
    int Revision
)
{
    public const int AddressCountMax = 10;
    public const int PasskeyCountMax = 20;

    /// <summary>One more ends the one that was not used for longest.</summary>
    public const int SessionCountMax = 30;

    /// <summary>Nobody can enter any more, and nothing names its owner.</summary>
    public bool IsErased { get; init; }

    /// <summary>The latest that was neither taken nor called back; it may have expired.</summary>
    public Invitation? Invitation { get; init; }

    /// <summary>The latest step of time whose code was typed (RFC 6238 section 5.2): no code is good twice.</summary>
    public long TimeStep { get; init; }

    public bool IsInvitedAt(string invitation, DateTimeOffset at) =>
        Invitation is { } open && open.Hash == invitation && at < open.ExpiresAt;

    public ProvedAddress? AddressOf(string digest) => Addresses.Find(address => address.Digest == digest);

    public AccountSession? SessionOf(string session, DateTimeOffset at) =>
        Sessions.Find(open => open.Session == session) is { } found && found.IsOpenAt(at, SessionTerms.Of(Role)) ? found : null;
}

/// <summary>What happened to an account.</summary>
public abstract record AccountFact
{
    private AccountFact() { }

    public sealed record Opened(AccountRole Role, DateTimeOffset At) : AccountFact;

    public sealed record AddressProved(string Digest, int Generation) : AccountFact;

    public sealed record AddressRemoved(string Digest) : AccountFact;

    public sealed record PasswordChanged : AccountFact;

    /// <param name="Passkey">A hash of its credential id.</param>
    public sealed record PasskeyAdded(string Passkey) : AccountFact;

    public sealed record PasskeyRemoved(string Passkey) : AccountFact;

    /// <summary>Whatever was handed out under the old one is void.</summary>
    public sealed record StampChanged : AccountFact;

    /// <summary>The sealed document was written anew, with this or with what other facts of the same decision say.</summary>
    /// <param name="Details">
    /// The document, on its way to where documents are kept; it never stands on the log, and is empty when the fact is read from there.
    /// </param>
    public sealed record DetailsKept(ReadOnlyMemory<byte> Details) : AccountFact;

    public sealed record SessionOpened(string Session, Device Device, DateTimeOffset At) : AccountFact;

    public sealed record SessionSeen(string Session, DateTimeOffset At) : AccountFact;

    public sealed record SessionEnded(string Session) : AccountFact;

    /// <summary>A code that was mailed and typed rightly allowed what the same decision did: it allows nothing else.</summary>
    public sealed record ProofUsed(string Proof) : AccountFact;

    /// <summary>An admin lets the account's owner set it up; what they were given before is void.</summary>
    /// <param name="Invitation">A hash of its secret.</param>
    public sealed record Invited(string Invitation, DateTimeOffset ExpiresAt) : AccountFact;

    /// <summary>The account was set up with it: it is good for nothing else.</summary>
    public sealed record InvitationTaken : AccountFact;

    /// <summary>An invitation was called back before it was taken.</summary>
    public sealed record InvitationCalledBack : AccountFact;

    public sealed record RoleChanged(AccountRole Role) : AccountFact;

    /// <summary>A code of an authenticator app let somebody in.</summary>
    public sealed record TimeCodeUsed(long Step) : AccountFact;

    public sealed record Erased : AccountFact;
}

public abstract record AccountCommand
{
    private AccountCommand() { }

    /// <param name="Address">The first proved address, or null for an account that a colleague opens.</param>
    /// <param name="Passkeys">Those that its details begin with.</param>
    public sealed record Open(AccountRole Role, ProvedAddress? Address, ImmutableHashSet<string> Passkeys, ReadOnlyMemory<byte> Details)
        : AccountCommand
    {
        /// <summary>The id of the code by which the address was proved; null where there is none.</summary>
        public string? Proof { get; init; }

        /// <summary>What its owner sets it up with; null for an account of whoever opens it.</summary>
        public Invitation? Invitation { get; init; }
    }

    /// <summary>The details are written anew, and what changed in them is said.</summary>
    /// <param name="Expected">The revision that the change was made on.</param>
    public sealed record Change(int Expected, DetailsChange What, ReadOnlyMemory<byte> Details) : AccountCommand;

    public sealed record OpenSession(string Session, Device Device) : AccountCommand
    {
        /// <summary>The step of time whose code was typed; null where none was.</summary>
        public long? TimeStep { get; init; }

        /// <summary>The revision of the details that were held against what was typed: others may have taken their place. Null for any.</summary>
        public int? Expected { get; init; }
    }

    public sealed record Invite(Invitation Invitation) : AccountCommand;

    /// <summary>Of staff alone. Whoever has another role is signed out everywhere.</summary>
    public sealed record SetRole(AccountRole Role) : AccountCommand;

    public sealed record EndSessions : AccountCommand;

    /// <summary>It was used.</summary>
    public sealed record SeeSession(string Session) : AccountCommand;

    public sealed record EndSession(string Session) : AccountCommand;

    public sealed record EndOtherSessions(string Kept) : AccountCommand;

    /// <summary>Something is to become durable that is no fact of the account.</summary>
    public sealed record Keep : AccountCommand;

    public sealed record Erase : AccountCommand;
}

/// <summary>What differs between an account's details and those that take their place.</summary>
public sealed record DetailsChange
{
    public ProvedAddress? Proved { get; init; }
    public string? RemovedAddress { get; init; }
    public bool HasNewPassword { get; init; }
    public ImmutableHashSet<string> AddedPasskeys { get; init; } = [];
    public ImmutableHashSet<string> RemovedPasskeys { get; init; } = [];

    /// <summary>A new stamp ends every session but <see cref="KeptSession"/>.</summary>
    public bool HasNewStamp { get; init; }
    public string? KeptSession { get; init; }

    /// <summary>The id of the mailed code that allowed it; null where none was needed.</summary>
    public string? Proof { get; init; }

    /// <summary>The hash of the invitation that allowed it; null where none was needed.</summary>
    public string? Invitation { get; init; }
}

public enum AccountRefusal
{
    /// <summary>There is no such account, or it was erased.</summary>
    NotOpen,

    /// <summary>It is open already.</summary>
    AlreadyOpen,

    /// <summary>The details were changed by somebody else meanwhile.</summary>
    ChangedMeanwhile,

    /// <summary>The account has this address already.</summary>
    AddressKnown,

    /// <summary>The account has no such address.</summary>
    AddressUnknown,

    /// <summary>Nobody could be reached without it.</summary>
    LastAddress,

    TooManyAddresses,
    TooManyPasskeys,
    PasskeyUnknown,
    SessionUnknown,

    /// <summary>It was taken, called back, or is too old.</summary>
    InvitationVoid,

    /// <summary>The code of this step of time, or of a later one, was used before.</summary>
    TimeCodeUsed,

    /// <summary>A customer's account is no colleague's, and the other way round.</summary>
    NotStaff,
}

/// <summary>What may become of an account, and what does not.</summary>
public static class AccountDecider
{
    public static (ImmutableArray<AccountFact> Facts, AccountRefusal? Refusal) Decide(
        Account? state,
        AccountCommand command,
        DateTimeOffset at
    ) =>
        (state, command) switch
        {
            (null, AccountCommand.Open open) => (Open(open, at), null),
            (not null, AccountCommand.Open) => ([], AccountRefusal.AlreadyOpen),
            (_, AccountCommand.Keep) => ([], null),
            ({ IsErased: true }, AccountCommand.Erase) => ([], null),
            (null or { IsErased: true }, _) => ([], AccountRefusal.NotOpen),
            ({ } account, AccountCommand.Change change) => Change(account, change, at),
            ({ } account, AccountCommand.OpenSession { Expected: { } expected }) when expected != account.Revision => (
                [],
                AccountRefusal.ChangedMeanwhile
            ),
            ({ Role: AccountRole.Former }, AccountCommand.OpenSession) => ([], AccountRefusal.NotStaff),
            ({ } account, AccountCommand.OpenSession { TimeStep: { } step }) when step <= account.TimeStep => (
                [],
                AccountRefusal.TimeCodeUsed
            ),
            ({ } account, AccountCommand.OpenSession open) => (OpenSession(account, open, at), null),


            ({ Role: AccountRole.Customer or AccountRole.Former }, AccountCommand.Invite)
            or
            ({ Role: AccountRole.Customer }, AccountCommand.SetRole)
            or (_, AccountCommand.SetRole(AccountRole.Customer)) => ([], AccountRefusal.NotStaff),
            (not null, AccountCommand.Invite(var invitation)) => ([new AccountFact.Invited(invitation.Hash, invitation.ExpiresAt)], null),
            ({ } account, AccountCommand.SetRole(var role)) => (
                role == account.Role ? [] : [.. ShutOut(account), new AccountFact.RoleChanged(role)],
                null
            ),
            ({ } account, AccountCommand.EndSessions) => (ShutOut(account), null),
            ({ } account, AccountCommand.SeeSession(var session)) => account.SessionOf(session, at) is not { } seen
                ? ([], AccountRefusal.SessionUnknown)
                : (at >= seen.SeenAt + AccountSession.SeenEvery ? [new AccountFact.SessionSeen(session, at)] : [], null),
            ({ } account, AccountCommand.EndSession(var session)) => (
                account.Sessions.Exists(open => open.Session == session) ? [new AccountFact.SessionEnded(session)] : [],
                null
            ),
            ({ } account, AccountCommand.EndOtherSessions(var kept)) => (EndSessionsBut(account, kept), null),
            (not null, AccountCommand.Erase) => ([new AccountFact.Erased()], null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <exception cref="InvalidOperationException">The fact cannot follow on what the account was.</exception>
    public static Account Evolve(Account? state, AccountFact happened)
    {
        if (state is null)
        {
            return happened is AccountFact.Opened(var role, var at)
                ? new Account(role, at, [], [], [], 0)
                : throw Impossible(happened, "an account that is not open");
        }

        if (state.IsErased)
            throw Impossible(happened, "an account that was erased");
        return happened switch
        {
            AccountFact.AddressProved(var digest, var generation) when state.AddressOf(digest) is null => state with
            {
                Addresses = state.Addresses.Add(new(digest, generation)),
            },
            AccountFact.AddressRemoved(var digest) when state.AddressOf(digest) is { } removed => state with
            {
                Addresses = state.Addresses.Remove(removed),
            },
            AccountFact.PasskeyAdded(var passkey) when !state.Passkeys.Contains(passkey) => state with
            {
                Passkeys = state.Passkeys.Add(passkey),
            },
            AccountFact.PasskeyRemoved(var passkey) when state.Passkeys.Contains(passkey) => state with
            {
                Passkeys = state.Passkeys.Remove(passkey),
            },
            AccountFact.PasswordChanged or AccountFact.StampChanged or AccountFact.ProofUsed => state,
            AccountFact.DetailsKept => state with { Revision = state.Revision + 1 },
            AccountFact.SessionOpened opened when !state.Sessions.Exists(open => open.Session == opened.Session) => state with
            {
                Sessions = state.Sessions.Add(new(opened.Session, opened.Device, opened.At, opened.At)),
            },
            AccountFact.SessionSeen(var session, var at) when state.Sessions.Find(open => open.Session == session) is { } seen => state with
            {
                Sessions = state.Sessions.Replace(seen, seen with { SeenAt = at }),
            },
            AccountFact.SessionEnded(var session) when state.Sessions.Find(open => open.Session == session) is { } ended => state with
            {
                Sessions = state.Sessions.Remove(ended),
            },
            AccountFact.Invited(var invitation, var expiresAt) => state with { Invitation = new(invitation, expiresAt) },
            // Another app has another secret: its codes begin anew.
            AccountFact.InvitationTaken when state.Invitation is not null => state with { Invitation = null, TimeStep = 0 },
            AccountFact.InvitationCalledBack when state.Invitation is not null => state with { Invitation = null },
            AccountFact.RoleChanged(var role) => state with
            {
                Role = role,
                Invitation = role == AccountRole.Former ? null : state.Invitation,
            },
            AccountFact.TimeCodeUsed(var step) when step > state.TimeStep => state with { TimeStep = step },
            AccountFact.Erased => state with { Addresses = [], Passkeys = [], Sessions = [], Invitation = null, IsErased = true },
            _ => throw Impossible(happened, "what the account was"),
        };
    }

    private static ImmutableArray<AccountFact> Open(AccountCommand.Open open, DateTimeOffset at) =>
        [
            new AccountFact.Opened(open.Role, at),
            .. open.Address is { } address
                ? [new AccountFact.AddressProved(address.Digest, address.Generation)]
                : ImmutableArray<AccountFact>.Empty,
            .. Use(open.Proof),
            .. open.Passkeys.Order(StringComparer.Ordinal).Select(passkey => new AccountFact.PasskeyAdded(passkey)),
            .. open.Invitation is { } invitation
                ? [new AccountFact.Invited(invitation.Hash, invitation.ExpiresAt)]
                : ImmutableArray<AccountFact>.Empty,
            new AccountFact.DetailsKept(open.Details),
        ];

    private static (ImmutableArray<AccountFact> Facts, AccountRefusal? Refusal) Change(
        Account account,
        AccountCommand.Change change,
        DateTimeOffset at
    )
    {
        var what = change.What;
        var added = what.AddedPasskeys.Except(account.Passkeys);
        AccountRefusal? refusal = what switch
        {
            { Invitation: { } invitation } when !account.IsInvitedAt(invitation, at) => AccountRefusal.InvitationVoid,
            _ when change.Expected != account.Revision => AccountRefusal.ChangedMeanwhile,
            { Proved: { } proved } when account.AddressOf(proved.Digest) is not null => AccountRefusal.AddressKnown,
            { Proved: not null } when account.Addresses.Count >= Account.AddressCountMax => AccountRefusal.TooManyAddresses,
            { RemovedAddress: { } removed } when account.AddressOf(removed) is null => AccountRefusal.AddressUnknown,
            { RemovedAddress: not null } when account.Addresses.Count == 1 => AccountRefusal.LastAddress,
            _ when !what.RemovedPasskeys.IsSubsetOf(account.Passkeys) => AccountRefusal.PasskeyUnknown,
            _ when account.Passkeys.Count + added.Count - what.RemovedPasskeys.Count > Account.PasskeyCountMax =>
                AccountRefusal.TooManyPasskeys,
            _ => null,
        };
        if (refusal is not null)
            return ([], refusal);
        var facts = ImmutableArray.CreateBuilder<AccountFact>();
        facts.AddRange(Use(what.Proof));
        if (what.Invitation is not null)
            facts.Add(new AccountFact.InvitationTaken());
        if (what.Proved is { } address)
            facts.Add(new AccountFact.AddressProved(address.Digest, address.Generation));
        if (what.RemovedAddress is { } gone)
            facts.Add(new AccountFact.AddressRemoved(gone));
        if (what.HasNewPassword)
            facts.Add(new AccountFact.PasswordChanged());
        facts.AddRange(added.Order(StringComparer.Ordinal).Select(passkey => new AccountFact.PasskeyAdded(passkey)));
        facts.AddRange(what.RemovedPasskeys.Order(StringComparer.Ordinal).Select(passkey => new AccountFact.PasskeyRemoved(passkey)));
        if (what.HasNewStamp)
        {
            facts.Add(new AccountFact.StampChanged());
            facts.AddRange(EndSessionsBut(account, what.KeptSession));
        }
        facts.Add(new AccountFact.DetailsKept(change.Details));
        return (facts.ToImmutable(), null);
    }

    /// <summary>Those that have run out go with it.</summary>
    private static ImmutableArray<AccountFact> OpenSession(Account account, AccountCommand.OpenSession open, DateTimeOffset at)
    {
        if (account.Sessions.Exists(known => known.Session == open.Session))
            return [];
        var ended = account.Sessions.Where(session => !session.IsOpenAt(at, SessionTerms.Of(account.Role))).ToImmutableArray();
        var left = account.Sessions.RemoveRange(ended);
        var tooMany = left.OrderBy(session => session.SeenAt).Take(Math.Max(0, left.Count - Account.SessionCountMax + 1));
        return
        [
            .. open.TimeStep is { } step ? [new AccountFact.TimeCodeUsed(step)] : ImmutableArray<AccountFact>.Empty,
            .. ended.Concat(tooMany).Select(session => new AccountFact.SessionEnded(session.Session)),
            new AccountFact.SessionOpened(open.Session, open.Device, at),
        ];
    }

    /// <summary>Whatever opens the account without its owner's password, app or passkey is void: sessions, and a link that waits.</summary>
    private static ImmutableArray<AccountFact> ShutOut(Account account) =>
        [
            // Whoever was never set up keeps the link that they were given.
            .. account is { Invitation: not null, Revision: > 1 }
                ? [new AccountFact.InvitationCalledBack()]
                : ImmutableArray<AccountFact>.Empty,
            .. EndSessionsBut(account, null),
        ];

    private static ImmutableArray<AccountFact> EndSessionsBut(Account account, string? kept) =>
        [.. account.Sessions.Where(open => open.Session != kept).Select(open => new AccountFact.SessionEnded(open.Session))];

    private static ImmutableArray<AccountFact> Use(string? proof) => proof is null ? [] : [new AccountFact.ProofUsed(proof)];

    private static InvalidOperationException Impossible(AccountFact happened, string after) =>
        new($"{happened?.GetType().Name} cannot follow on {after}.");
}
