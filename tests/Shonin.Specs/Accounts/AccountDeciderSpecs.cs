using System.Collections.Immutable;
using CsCheck;
using Shonin.Domain.Accounts;

namespace Shonin.Specs.Accounts;

public sealed class AccountDeciderSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 7, TimeSpan.Zero);
    private static readonly Device device = Device.Of("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36");

    private Account? state;

    /// <summary>Every state by every command, refused or not: this table is read when a line of it changes.</summary>
    [Fact]
    public void What_is_refused_when()
    {
        Account? Of(params AccountCommand[] commands) =>
            commands.Aggregate((Account?)null, (account, command) => Done(account, command, now));
        (string Name, Account? State)[] states =
        [
            ("no account", null),
            ("one address", Of(Open)),
            ("two addresses", Of(Open, Prove(1, "second"))),
            ("erased", Of(Open, new AccountCommand.Erase())),
        ];
        (string Name, Func<Account?, AccountCommand> Command)[] commands =
        [
            ("open", _ => Open),
            ("prove a new address", state => Prove(state?.Revision ?? 0, "third")),
            ("prove the first again", state => Prove(state?.Revision ?? 0, "first")),
            ("remove the first", state => Change(state?.Revision ?? 0, new() { RemovedAddress = "first" })),
            ("remove another's", state => Change(state?.Revision ?? 0, new() { RemovedAddress = "none" })),
            ("change a former revision", state => Change((state?.Revision ?? 0) - 1, new() { HasNewPassword = true })),
            ("remove no passkey of it", state => Change(state?.Revision ?? 0, new() { RemovedPasskeys = ["none"] })),
            ("open a session", _ => new AccountCommand.OpenSession("s", device)),
            ("use no session of it", _ => new AccountCommand.SeeSession("none")),
            ("end no session of it", _ => new AccountCommand.EndSession("none")),
            ("erase", _ => new AccountCommand.Erase()),
            ("keep", _ => new AccountCommand.Keep()),
        ];
        var table = states.SelectMany(state =>
            commands.Select(command =>
            {
                var (facts, refusal) = AccountDecider.Decide(state.State, command.Command(state.State), now);
                return $"{state.Name} | {command.Name} | {refusal?.ToString() ?? string.Join(", ", facts.Select(fact => fact.GetType().Name))}";
            })
        );
        Assert.Equal(
            """
            no account | open | Opened, AddressProved, DetailsKept
            no account | prove a new address | NotOpen
            no account | prove the first again | NotOpen
            no account | remove the first | NotOpen
            no account | remove another's | NotOpen
            no account | change a former revision | NotOpen
            no account | remove no passkey of it | NotOpen
            no account | open a session | NotOpen
            no account | use no session of it | NotOpen
            no account | end no session of it | NotOpen
            no account | erase | NotOpen
            no account | keep | 
            one address | open | AlreadyOpen
            one address | prove a new address | AddressProved, DetailsKept
            one address | prove the first again | AddressKnown
            one address | remove the first | LastAddress
            one address | remove another's | AddressUnknown
            one address | change a former revision | ChangedMeanwhile
            one address | remove no passkey of it | PasskeyUnknown
            one address | open a session | SessionOpened
            one address | use no session of it | SessionUnknown
            one address | end no session of it | 
            one address | erase | Erased
            one address | keep | 
            two addresses | open | AlreadyOpen
            two addresses | prove a new address | AddressProved, DetailsKept
            two addresses | prove the first again | AddressKnown
            two addresses | remove the first | AddressRemoved, DetailsKept
            two addresses | remove another's | AddressUnknown
            two addresses | change a former revision | ChangedMeanwhile
            two addresses | remove no passkey of it | PasskeyUnknown
            two addresses | open a session | SessionOpened
            two addresses | use no session of it | SessionUnknown
            two addresses | end no session of it | 
            two addresses | erase | Erased
            two addresses | keep | 
            erased | open | AlreadyOpen
            erased | prove a new address | NotOpen
            erased | prove the first again | NotOpen
            erased | remove the first | NotOpen
            erased | remove another's | NotOpen
            erased | change a former revision | NotOpen
            erased | remove no passkey of it | NotOpen
            erased | open a session | NotOpen
            erased | use no session of it | NotOpen
            erased | end no session of it | NotOpen
            erased | erase | 
            erased | keep | 
            """,
            string.Join("\n", table)
        );
    }

    [Fact]
    public void A_new_stamp_ends_every_session_but_the_one_that_made_it()
    {
        Do(Open);
        Do(new AccountCommand.OpenSession("here", device));
        Do(new AccountCommand.OpenSession("there", device));
        Do(
            Change(
                1,
                new()
                {
                    HasNewPassword = true,
                    HasNewStamp = true,
                    KeptSession = "here",
                }
            )
        );
        Assert.Equal(["here"], state!.Sessions.Select(session => session.Session));
        Do(Change(2, new() { HasNewPassword = true, HasNewStamp = true }));
        Assert.Empty(state.Sessions);
    }

    [Fact]
    public void A_session_ends_by_itself_when_it_rests_too_long_and_when_it_is_too_old()
    {
        Do(Open);
        Do(new AccountCommand.OpenSession("s", device));
        Assert.NotNull(state!.SessionOf("s", now + SessionTerms.Customers.IdleMax - TimeSpan.FromTicks(1)));
        Assert.Null(state.SessionOf("s", now + SessionTerms.Customers.IdleMax));
        var at = now;
        while (at + TimeSpan.FromDays(10) < now + SessionTerms.Customers.AgeMax)
            Do(new AccountCommand.SeeSession("s"), at += TimeSpan.FromDays(10));
        Assert.NotNull(state!.SessionOf("s", now + SessionTerms.Customers.AgeMax - TimeSpan.FromTicks(1)));
        Assert.Null(state.SessionOf("s", now + SessionTerms.Customers.AgeMax));
    }

    [Fact]
    public void The_use_of_a_session_is_noted_once_an_hour()
    {
        Do(Open);
        Do(new AccountCommand.OpenSession("s", device));
        Assert.Empty(
            AccountDecider.Decide(state, new AccountCommand.SeeSession("s"), now + AccountSession.SeenEvery - TimeSpan.FromTicks(1)).Facts
        );
        Assert.Single(AccountDecider.Decide(state, new AccountCommand.SeeSession("s"), now + AccountSession.SeenEvery).Facts);
    }

    [Fact]
    public void One_session_too_many_ends_the_one_that_was_used_longest_ago()
    {
        Do(Open);
        for (var count = 0; count < Account.SessionCountMax; count++)
            Do(new AccountCommand.OpenSession($"s{count}", device), now + TimeSpan.FromMinutes(count));
        Do(new AccountCommand.SeeSession("s0"), now + TimeSpan.FromHours(2));
        Do(new AccountCommand.OpenSession("more", device), now + TimeSpan.FromHours(2));
        Assert.Equal(Account.SessionCountMax, state!.Sessions.Count);
        Assert.Null(state.SessionOf("s1", now + TimeSpan.FromHours(2)));
        Assert.NotNull(state.SessionOf("s0", now + TimeSpan.FromHours(2)));
    }

    [Fact]
    public void Addresses_and_passkeys_have_their_limits()
    {
        Do(Open);
        for (var count = 1; count < Account.AddressCountMax; count++)
            Do(Prove(state!.Revision, $"address-{count}"));
        Assert.Equal(AccountRefusal.TooManyAddresses, AccountDecider.Decide(state, Prove(state!.Revision, "more"), now).Refusal);
        var many = Enumerable.Range(0, Account.PasskeyCountMax).Select(count => $"p{count}").ToImmutableHashSet();
        Do(Change(state.Revision, new() { AddedPasskeys = many }));
        var more = new DetailsChange { AddedPasskeys = ["more"] };
        Assert.Equal(AccountRefusal.TooManyPasskeys, AccountDecider.Decide(state, Change(state.Revision, more), now).Refusal);
        Assert.Null(AccountDecider.Decide(state, Change(state.Revision, more with { RemovedPasskeys = ["p0"] }), now).Refusal);
    }

    /// <summary>Whatever is asked in whatever order: what is decided can happen, and what must hold of an account does.</summary>
    [Fact]
    public void Whatever_is_decided_can_happen_and_the_same_again_changes_nothing_that_must_hold()
    {
        var command = Gen.OneOf(
            Gen.Int[0, 6].Select(AccountCommand (revision) => Prove(revision, $"a{revision % 3}")),
            Gen.Int[0, 6].Select(AccountCommand (revision) => Change(revision, new() { RemovedAddress = $"a{revision % 3}" })),
            Gen.Int[0, 6].Select(AccountCommand (revision) => Change(revision, new() { HasNewStamp = true, KeptSession = "s1" })),
            Gen.Int[0, 6].Select(AccountCommand (revision) => Change(revision, new() { AddedPasskeys = [$"p{revision % 2}"] })),
            Gen.Int[0, 6].Select(AccountCommand (revision) => Change(revision, new() { RemovedPasskeys = [$"p{revision % 2}"] })),
            Gen.Int[0, 4].Select(AccountCommand (number) => new AccountCommand.OpenSession($"s{number}", device)),
            Gen.Int[0, 4].Select(AccountCommand (number) => new AccountCommand.SeeSession($"s{number}")),
            Gen.Int[0, 4].Select(AccountCommand (number) => new AccountCommand.EndSession($"s{number}")),
            Gen.Int[0, 4].Select(AccountCommand (number) => new AccountCommand.EndOtherSessions($"s{number}")),
            Gen.Int[0, 40].Select(AccountCommand (number) => number == 0 ? new AccountCommand.Erase() : new AccountCommand.Keep())
        );
        command
            .Array[0, 60]
            .Sample(
                commands =>
                {
                    var account = Done(null, Open, now);
                    foreach (var (asked, hours) in commands.Select((asked, index) => (asked, index)))
                    {
                        account = Done(account, asked, now + TimeSpan.FromHours(hours));
                        if (account is { IsErased: false })
                        {
                            Assert.NotEmpty(account.Addresses);
                            Assert.Equal(account.Sessions.Count, account.Sessions.DistinctBy(open => open.Session).Count());
                        }
                        else
                        {
                            Assert.Empty(account!.Sessions);
                        }
                    }
                },
                iter: 500,
                seed: "0000KOyPbHv5",
                threads: 1
            );
    }

    [Fact]
    public void What_cannot_have_happened_is_not_passed_over()
    {
        Assert.Throws<InvalidOperationException>(() => AccountDecider.Evolve(null, new AccountFact.StampChanged()));
        Do(Open);
        AccountFact[] impossible =
        [
            new AccountFact.Opened(AccountRole.Customer, now),
            new AccountFact.AddressProved("first", 1),
            new AccountFact.AddressRemoved("none"),
            new AccountFact.PasskeyRemoved("none"),
            new AccountFact.SessionEnded("none"),
            new AccountFact.SessionSeen("none", now),
            new AccountFact.InvitationTaken(),
            new AccountFact.TimeCodeUsed(0),
        ];
        foreach (var fact in impossible)
            Assert.Throws<InvalidOperationException>(() => AccountDecider.Evolve(state, fact));
        Do(new AccountCommand.Erase());
        Assert.Throws<InvalidOperationException>(() => AccountDecider.Evolve(state, new AccountFact.StampChanged()));
    }

    [Theory]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
        "iPhoneのSafari",
        "Safari on iPhone"
    )]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
        "WindowsのEdge",
        "Edge on Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
        "AndroidのChrome",
        "Chrome on Android"
    )]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "LinuxのFirefox", "Firefox on Linux")]
    [InlineData("curl/8", "端末", "A device")]
    [InlineData("", "端末", "A device")]
    public void A_device_is_said_in_words(string userAgent, string ja, string en) =>
        Assert.Equal((ja, en), (Device.Of(userAgent).Words.Ja, Device.Of(userAgent).Words.En));

    private static AccountCommand Open => new AccountCommand.Open(AccountRole.Customer, new("first", 0), [], ReadOnlyMemory<byte>.Empty);

    private static AccountCommand.Change Prove(int revision, string digest) => Change(revision, new() { Proved = new(digest, 0) });

    private static AccountCommand.Change Change(int revision, DetailsChange what) =>
        new AccountCommand.Change(revision, what, ReadOnlyMemory<byte>.Empty);

    private void Do(AccountCommand command, DateTimeOffset? at = null)
    {
        Assert.Null(AccountDecider.Decide(state, command, at ?? now).Refusal);
        state = Done(state, command, at ?? now);
    }

    private static Account? Done(Account? account, AccountCommand command, DateTimeOffset at) =>
        AccountDecider.Decide(account, command, at).Facts.Aggregate(account, AccountDecider.Evolve);
}
