using System.Collections.Immutable;
using Shonin.Domain.Contacts;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Streams;

namespace Shonin.Merchant.Privacy;

/// <summary>The books in which something of a person stands.</summary>
public sealed record PersonalBooks(OwnedLog Log, OrderIndex Orders, ContactBook Contacts, AccountBook Accounts);

/// <summary>What is kept of a person now.</summary>
/// <param name="Addresses">The one that was asked for, and the others of its account.</param>
/// <param name="Orders">Those whose person was not erased, the newest first.</param>
/// <param name="Contacts">About these orders.</param>
/// <param name="Unproved">Conversations about no order in which one of the addresses was typed; nobody proved that it is theirs.</param>
/// <param name="IsWhole">Whether everything was looked at; not while an index is being built.</param>
public sealed record PersonRecords(
    ImmutableArray<AccountAddress> Addresses,
    OpenAccount? Account,
    ImmutableArray<OrderRecord> Orders,
    ImmutableArray<ContactRecord> Contacts,
    ImmutableArray<ContactRecord> Unproved,
    bool IsWhole
)
{
    public bool HasAny => Account is not null || !Orders.IsEmpty || !Contacts.IsEmpty || !Unproved.IsEmpty;

    /// <summary>What still needs its person, and why.</summary>
    public ImmutableArray<StayingRecord> StayingAt(DateTimeOffset now)
    {
        var open = Orders.Where(record => !OrderEnd.IsOver(record.Order, now)).ToList();
        return
        [
            .. open.Select(record => new StayingRecord(
                OrderKeys.StreamOf(record.Order.Id).Value,
                StayReason.OrderOpen,
                record.Order.Number
            )),
            .. Contacts
                .Concat(Unproved)
                .Where(contact => contact.State.IsOpen)
                .Select(contact => new StayingRecord(ContactKind.StreamOf(contact.Id).Value, StayReason.ContactOpen, NumberOf(contact))),
        ];
    }

    /// <summary>What erasing the person now would do.</summary>
    public ErasurePlan PlanAt(DateTimeOffset now)
    {
        var staying = StayingAt(now);
        bool Goes(string stream) => staying.All(record => record.Stream != stream);
        return new(
            Orders.Count(record => Goes(OrderKeys.StreamOf(record.Order.Id).Value)),
            Contacts.Count(record => Goes(ContactKind.StreamOf(record.Id).Value)),
            Unproved.Count(record => Goes(ContactKind.StreamOf(record.Id).Value)),
            Account is not null,
            staying
        );
    }

    private string? NumberOf(ContactRecord contact) => Orders.FirstOrDefault(record => record.Order.Id == contact.Id.Order)?.Order.Number;
}

/// <summary>Finds what is kept of whoever has a mail address. It changes nothing.</summary>
public sealed class PersonFinder(PersonalBooks books, ViewKeeper kept)
{
    private const int OrderCountMax = 100_000;
    private const int ContactCountMax = 100_000;

    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<PersonRecords> FindAsync(string address, CancellationToken cancellation)
    {
        var account = await books.Accounts.FindByAddressAsync(address, cancellation);
        if (account is not { Account.Role: Shonin.Domain.Accounts.AccountRole.Customer })
            account = null; // who works here is no customer, and leaves by another door
        var digest = books.Accounts.DigestOf(address);
        ImmutableArray<AccountAddress> addresses = account is null ? [new(digest, address.Trim())] : account.Details.Addresses;
        return await FindAsync(addresses, account, cancellation);
    }

    internal async ValueTask<PersonRecords> FindAsync(
        ImmutableArray<AccountAddress> addresses,
        OpenAccount? account,
        CancellationToken cancellation
    )
    {
        var isWhole = true;
        var orders = ImmutableArray.CreateBuilder<OrderRecord>();
        var contacts = ImmutableArray.CreateBuilder<ContactRecord>();
        foreach (var address in addresses)
        {
            var named = await books.Orders.OfCustomerAsync(address.Digest, OrderCountMax, cancellation);
            isWhole &= named.IsWhole;
            foreach (var order in named.Orders)
            {
                if (await OrderReader.FindAsync(books.Log.Store, order.Value, cancellation) is { Person: not null } record)
                    orders.Add(record);
                if (await books.Contacts.FindAsync(ContactId.Of(order)) is { } contact && await HasTextsAsync(contact, cancellation))
                    contacts.Add(contact);
            }
        }
        var (unproved, areAllLookedAt) = await UnprovedAsync(addresses, cancellation);
        return new(addresses, account, orders.ToImmutable(), contacts.ToImmutable(), unproved, isWhole && areAllLookedAt);
    }

    private async ValueTask<(ImmutableArray<ContactRecord> Contacts, bool IsWhole)> UnprovedAsync(
        ImmutableArray<AccountAddress> addresses,
        CancellationToken cancellation
    )
    {
        var found = ImmutableArray.CreateBuilder<ContactRecord>();
        var answer = await kept.ListAsync(KeptView.Contacts, ViewOrder.GreatestFirst, ContactCountMax, cancellation);
        foreach (var row in answer.Rows)
        {
            var contact = new ContactId(KeptView.SubjectOf(row));
            if (
                contact.Order is null
                && await books.Contacts.PersonOfAsync(contact, cancellation) is { Email: { } typed }
                && addresses.Any(address => address.Digest == books.Accounts.DigestOf(typed))
                && await books.Contacts.FindAsync(contact) is { } record
            )
            {
                found.Add(record);
            }
        }
        return (found.ToImmutable(), answer.IsWhole && answer.Rows.Count < ContactCountMax);
    }

    /// <summary>Erased ones still have their facts.</summary>
    private async ValueTask<bool> HasTextsAsync(ContactRecord contact, CancellationToken cancellation) =>
        (await books.Contacts.LinesAsync(contact, 0, ContactReader.Agent, cancellation)).Any(line =>
            line.Text is not null || line.Agent is not null
        );
}
