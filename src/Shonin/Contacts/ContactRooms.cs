using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Merchant.Contacts;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>Lines that follow on what a reader has.</summary>
/// <param name="From">What the reader must have up to, else it asks for what it lacks.</param>
/// <param name="To">What the reader then has up to: also where no line is for it.</param>
public sealed record LinesAfter(long From, long To, IReadOnlyList<ShownLine> Lines);

/// <summary>A page of the desk that is open.</summary>
/// <param name="IsLetInAsync">Whether whoever opened it is signed in still.</param>
internal sealed record DeskConnection(string Id, Func<CancellationToken, ValueTask<bool>> IsLetInAsync, Action End);

/// <summary>
/// Who looks at which contact at this moment, and what they are told of it. Nothing here is the truth: that is the log, and whoever misses
/// something here reads it there by its number.
/// </summary>
internal sealed class ContactRooms(IHubContext<ContactHub> customers, IHubContext<DeskHub> agents, TimeProvider clock)
{
    private const int WaitingToldMax = 10_000;

    /// <summary>Places in the queue are told so often at most.</summary>
    private static readonly TimeSpan placesEvery = TimeSpan.FromSeconds(1);

    /// <summary>So often it is looked whether agents are still signed in.</summary>
    private static readonly TimeSpan doorEvery = TimeSpan.FromSeconds(1);

    private readonly Outgoing outgoing = new();
    private readonly Channel<ContactChange> changes = Channel.CreateUnbounded<ContactChange>(new() { SingleReader = true });
    private readonly Lock gate = new();
    private readonly Dictionary<(ContactReader Reader, string Contact, Locale Locale), int> present = [];
    private readonly Dictionary<string, DeskConnection> deskConnections = new(StringComparer.Ordinal);
    private volatile ImmutableDictionary<string, QueuePlace> places = ImmutableDictionary<string, QueuePlace>.Empty;
    private volatile StrongBox<ImmutableArray<AnsweredWait>> latestWaits = new([]);
    private volatile bool placesMayHaveChanged = true;

    /// <summary>Takes what became durable; never waits.</summary>
    public void Tell(ContactChange change) => changes.Writer.TryWrite(change);

    /// <summary>Whether an agent is at the desk.</summary>
    public bool IsStaffed
    {
        get
        {
            lock (gate)
                return deskConnections.Count > 0;
        }
    }

    public int ConnectionCount
    {
        get
        {
            lock (gate)
                return present.Values.Sum();
        }
    }

    /// <summary>Among those who wait; null where it is not known.</summary>
    public QueuePlace? PlaceOf(ContactId contact) => places.GetValueOrDefault(contact.Value);

    /// <summary>Of somebody who would come behind all of them, as things stood when somebody last came or went.</summary>
    public WaitingTime WaitOfNewcomer() => WaitingTime.Estimate(latestWaits.Value, places.Count + 1, clock.GetUtcNow());

    public static string GroupOf(ContactId contact, Locale locale) => $"{contact}/{PageContext.Tags[locale]}";

    public void Enter(ContactReader reader, ContactId contact, Locale locale)
    {
        lock (gate)
            present[(reader, contact.Value, locale)] = present.GetValueOrDefault((reader, contact.Value, locale)) + 1;
    }

    public void Leave(ContactReader reader, ContactId contact, Locale locale)
    {
        lock (gate)
        {
            var left = present.GetValueOrDefault((reader, contact.Value, locale)) - 1;
            if (left > 0)
                present[(reader, contact.Value, locale)] = left;
            else
                present.Remove((reader, contact.Value, locale));
        }
    }

    public bool IsPresent(ContactReader reader, ContactId contact)
    {
        lock (gate)
            return PageContext.Tags.Keys.Any(locale => present.ContainsKey((reader, contact.Value, locale)));
    }

    public void EnterDesk(DeskConnection connection)
    {
        lock (gate)
            deskConnections[connection.Id] = connection;
        placesMayHaveChanged = true;
    }

    public void LeaveDesk(string connection)
    {
        lock (gate)
            deskConnections.Remove(connection);
        placesMayHaveChanged = true;
    }

    /// <summary>The customer is told who types; nothing of it is kept.</summary>
    public void CustomerHearsTyping(ContactId contact, string agent)
    {
        foreach (var locale in LocalesOf(ContactReader.Customer, contact))
        {
            outgoing.Offer($"typing agent {GroupOf(contact, locale)}", () =>
                customers.Clients.Group(GroupOf(contact, locale)).SendAsync("typing", ContactWording.IsTyping(agent).In(locale))
            );
        }
    }

    public void AgentsHearTyping(ContactId contact)
    {
        foreach (var locale in LocalesOf(ContactReader.Agent, contact))
        {
            outgoing.Offer($"typing customer {GroupOf(contact, locale)}", () =>
                agents.Clients.Group(GroupOf(contact, locale)).SendAsync("typing", ContactWording.CustomerIsTyping.In(locale))
            );
        }
    }

    /// <summary>Ends the pages of whoever was signed out, or whose key was taken back, until it is cancelled.</summary>
    public async Task RunDoorAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(doorEvery, clock, cancellation);
            DeskConnection[] open;
            lock (gate)
                open = [.. deskConnections.Values];
            foreach (var connection in open)
            {
                if (await connection.IsLetInAsync(cancellation))
                    continue;
                LeaveDesk(connection.Id);
                connection.End();
            }
        }
    }

    /// <summary>Passes on what becomes durable, until it is cancelled.</summary>
    public async Task RunAsync(ContactBook contacts, ContactLines lines, CancellationToken cancellation)
    {
        await foreach (var change in changes.Reader.ReadAllAsync(cancellation))
        {
            try
            {
                await PassOnAsync(change, lines, cancellation);
            }
            finally
            {
                contacts.Forget(change);
            }
        }
    }

    private async Task PassOnAsync(ContactChange change, ContactLines lines, CancellationToken cancellation)
    {
        foreach (var locale in LocalesOf(ContactReader.Customer, change.Id))
        {
            var shown = await lines.OfAsync(change, ContactReader.Customer, locale, cancellation);
            var standing = await lines.ForCustomerAsync(change.Id, change.After, PlaceOf(change.Id), locale, cancellation);
            PassOn($"customer {GroupOf(change.Id, locale)}", customers.Clients.Group(GroupOf(change.Id, locale)), shown, standing);
        }
        foreach (var locale in LocalesOf(ContactReader.Agent, change.Id))
        {
            var shown = await lines.OfAsync(change, ContactReader.Agent, locale, cancellation);
            var standing = await lines.ForAgentAsync(change.Id, change.After, locale, cancellation);
            PassOn($"agent {GroupOf(change.Id, locale)}", agents.Clients.Group(GroupOf(change.Id, locale)), shown, standing);
        }
        if (!change.Facts.All(fact => fact is ContactFact.Said))
            placesMayHaveChanged = true;
        if (!change.Facts.All(fact => fact is ContactFact.Said { By: not Speaker.Customer }))
        {
            outgoing.Offer(DeskHub.Inbox, () => agents.Clients.Group(DeskHub.Inbox).SendAsync("inbox", cancellation));
        }

        // Whoever missed this hears how far things have come, and asks.
        void PassOn(string key, IClientProxy room, IReadOnlyList<ShownLine> shown, ShownStanding standing)
        {
            var to = change.From + change.Facts.Count;
            outgoing.Offer(
                key,
                () => room.SendAsync("changed", new LinesAfter(change.From, to, shown), standing, cancellation),
                () => room.SendAsync("changed", new LinesAfter(to, to, []), standing, cancellation)
            );
        }
    }

    /// <summary>Tells those who wait their place in the queue and what it means, until it is cancelled.</summary>
    public async Task RunPlacesAsync(ContactBook contacts, ContactLines lines, CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(placesEvery, clock, cancellation);
            if (!placesMayHaveChanged)
                continue;
            placesMayHaveChanged = false;
            var waiting = (await contacts.ListWaitingAsync(WaitingToldMax, cancellation)).Contacts;
            // Where nobody is there to take the next one, what others waited says nothing.
            var waits = IsStaffed ? await contacts.LatestWaitsAsync(cancellation) : [];
            latestWaits = new(waits);
            var (before, now) = (places, clock.GetUtcNow());
            places = waiting
                .Select((contact, index) => (contact.Id, Place: index + 1))
                .ToImmutableDictionary(at => at.Id, at => new QueuePlace(at.Place, WaitingTime.Estimate(waits, at.Place, now)));
            foreach (var (id, place) in places)
            {
                var contact = new ContactId(id);
                if (before.GetValueOrDefault(id) == place || !IsPresent(ContactReader.Customer, contact))
                    continue;
                if (await contacts.FindAsync(contact) is not { } record)
                    continue;
                foreach (var locale in LocalesOf(ContactReader.Customer, contact))
                {
                    var standing = await lines.ForCustomerAsync(contact, record.State, place, locale, cancellation);
                    outgoing.Offer($"place {GroupOf(contact, locale)}", () =>
                        customers.Clients.Group(GroupOf(contact, locale)).SendAsync("standing", standing, cancellation)
                    );
                }
            }
        }
    }

    private Locale[] LocalesOf(ContactReader reader, ContactId contact)
    {
        lock (gate)
            return [.. PageContext.Tags.Keys.Where(locale => present.ContainsKey((reader, contact.Value, locale)))];
    }
}
