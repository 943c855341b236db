using System.Collections.Immutable;
using System.Text.Json;
using Shonin.Domain;
using Shonin.Domain.Orders;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Streams;
using ErasureOutcome = Shonin.Streams.Outcome<
    Shonin.Domain.Privacy.PersonErasure,
    Shonin.Domain.Privacy.ErasureFact,
    Shonin.Streams.NoReply
>;
using ErasureStreams = Shonin.Streams.StreamHost<
    Shonin.Domain.Privacy.PersonErasure,
    Shonin.Domain.Privacy.ErasureCommand,
    Shonin.Domain.Privacy.ErasureFact,
    Shonin.Streams.NoReply
>;
using SweepStreams = Shonin.Streams.StreamHost<
    Shonin.Merchant.Privacy.Sweeps,
    Shonin.Merchant.Privacy.SweepCommand,
    Shonin.Merchant.Privacy.SweepFact,
    Shonin.Streams.NoReply
>;

namespace Shonin.Merchant.Privacy;

/// <summary>Whoever is being erased.</summary>
/// <param name="Addresses">In clear; empty where only what had to stay is erased now.</param>
/// <param name="OrderNumbers">Of the orders that are erased.</param>
public sealed record ErasedPerson(ImmutableArray<string> Addresses, ImmutableArray<string> OrderNumbers);

/// <summary>Something of persons that stands beside the log's documents, and goes with them.</summary>
/// <param name="Kind">What it is in the table of what is kept.</param>
/// <param name="EraseAsync">Doing it twice does no harm.</param>
public sealed record ErasurePart(KeptKind Kind, Func<ErasedPerson, CancellationToken, ValueTask> EraseAsync);

/// <summary>What the erasures take from outside.</summary>
/// <param name="Kept">Keeps the view of what is kept.</param>
public sealed record ErasurePorts(PersonalBooks Books, ViewKeeper Kept, TimeProvider Clock, RetentionPolicy Policy)
{
    public required Action<Exception> OnFault { get; init; }

    public ImmutableArray<ErasurePart> Parts { get; init; } = [];

    /// <summary>Takes a card out of the vault.</summary>
    public required Func<string, CancellationToken, ValueTask> ForgetCardAsync { get; init; }

    /// <summary>Deletes the files of the mail folder that were written before then: how many.</summary>
    public Func<DateTimeOffset, int> DeleteMailFiles { get; init; } = _ => 0;
}

/// <summary>The letter that says that all is done: where it goes.</summary>
/// <param name="StayingOrders">The numbers of those that had to stay.</param>
public sealed record ErasureLetter(string Recipient, Locale Locale, ImmutableArray<string> StayingOrders, DateTimeOffset At);

/// <summary>
/// Erases persons, when they ask and when their time is over. What is destroyed is the key of each order, conversation and account; the log
/// names the keys, and nobody. Each step may be done twice, and what is not finished waits in the outbox.
/// </summary>
public sealed class PersonErasures : IAsyncDisposable
{
    public const string LetterQueue = ErasureKind.LetterQueue;

    /// <summary>An append erases at most so many at once.</summary>
    private const int OwnersAtOnce = 500;
    private const int RowsAtOnce = 500;

    private static readonly TimeSpan whileBuilding = TimeSpan.FromSeconds(1);

    private readonly ErasurePorts ports;
    private readonly ErasureStreams streams;
    private readonly SweepStreams sweeps;
    private readonly OutboxPump asked;
    private readonly OutboxPump due;

    private sealed record Letter(string Address, Locale Locale);

    private PersonErasures(ErasurePorts ports, ErasureStreams streams, SweepStreams sweeps)
    {
        (this.ports, this.streams, this.sweeps) = (ports, streams, sweeps);
        Finder = new(ports.Books, ports.Kept);
        asked = new(ports.Books.Log, ErasureKind.Queue, ports.Clock, BringAsync, ports.OnFault);
        due = new(ports.Books.Log, RetentionKind.Queue, ports.Clock, SweepAsync, ports.OnFault);
    }

    public PersonFinder Finder { get; }

    private IEventStore Store => ports.Books.Log.Store;

    public static async ValueTask<PersonErasures> OpenAsync(ErasurePorts ports, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ports);
        var log = ports.Books.Log;
        var erasures = new StreamPorts<PersonErasure, ErasureFact>(log, ports.Clock)
        {
            OnFault = ports.OnFault,
            OnUnreadable = ports.OnFault,
        };
        var sweeping = new StreamPorts<Sweeps, SweepFact>(log, ports.Clock) { OnFault = ports.OnFault, OnUnreadable = ports.OnFault };
        return new(
            ports,
            await ErasureStreams.OpenAsync(new ErasureKind(), erasures, cancellation),
            await SweepStreams.OpenAsync(new RetentionKind(ports.Policy.SweepEvery), sweeping, cancellation)
        );
    }

    /// <summary>What keeps the view of what is kept; whoever opens the erasures hands it over.</summary>
    public static ViewKeeper KeeperOf(IViewStore views, LogFeed feed, Action<Exception> onFault) =>
        new(new KeptView(), views, feed, onFault);

    /// <summary>Does what was asked, and what is due, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        sweeps.Start();
        await sweeps.SubmitUntilDurableAsync(RetentionKind.Stream, new SweepCommand.LookAtClock());
        await Task.WhenAll(asked.RunAsync(cancellation), due.RunAsync(cancellation), ports.Kept.RunAsync(cancellation));
    }

    /// <summary>What was asked and is due now, for whoever does not run it: whether there may be more.</summary>
    public async ValueTask<bool> DoDueAsync(CancellationToken cancellation) =>
        await asked.BringDueAsync(cancellation) | await due.BringDueAsync(cancellation);

    /// <summary>
    /// Has everything erased that is kept of whoever has this address: durable when this returns, done soon after it. Asking again while it
    /// is being done changes nothing.
    /// </summary>
    /// <exception cref="LogUnusableException">Nothing was written, or not for every address of the account: ask again.</exception>
    public async ValueTask<PersonRecords> AskAsync(string address, ErasureAsker by, Locale locale, CancellationToken cancellation)
    {
        var found = await Finder.FindAsync(address, cancellation);
        foreach (var one in found.Addresses)
        {
            var stream = ErasureKind.StreamOf(one.Digest);
            var letter = new Document(
                ErasureKind.LetterOf(stream),
                ErasureKind.LetterOf(stream),
                JsonSerializer.SerializeToUtf8Bytes(new Letter(one.Address, found.Account?.Details.Locale ?? locale))
            );
            Written(await streams.SubmitAsync(stream, new ErasureCommand.Ask(by), new() { Documents = [letter] }));
        }
        return found;
    }

    /// <summary>When it was asked before, and whether something still stands in the way.</summary>
    public async ValueTask<PersonErasure?> FindAsync(string address) =>
        (await streams.ReadAsync(ErasureKind.StreamOf(ports.Books.Accounts.DigestOf(address))))?.State;

    /// <summary>The letter that an item of the outbox brings; null where it has left.</summary>
    public async ValueTask<ErasureLetter?> FindLetterAsync(OutboxItem item, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(item);
        var stream = ErasureKind.StreamOfLetter(item);
        if (
            await streams.ReadAsync(stream) is not { State: { HasLetter: true } state }
            || await LetterOfAsync(stream, cancellation) is not { } letter
        )
        {
            return null;
        }
        var numbers = ImmutableArray.CreateBuilder<string>();
        foreach (var staying in state.Staying)
        {
            if (OrderKeys.OrderOf(new(staying)) is { } order && await OrderReader.FindAsync(Store, order.Value, cancellation) is { } record)
                numbers.Add(record.Order.Number);
        }
        return new(letter.Address, letter.Locale, numbers.ToImmutable(), item.DueAt);
    }

    /// <summary>It has left, or never will: the last that names the person is destroyed.</summary>
    public async ValueTask CloseLetterAsync(OutboxItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Written(
            await streams.SubmitAsync(
                ErasureKind.StreamOfLetter(item),
                new ErasureCommand.CloseLetter(),
                new() { CompletedOutbox = [item.Id] }
            )
        );
    }

    public async ValueTask DisposeAsync()
    {
        await streams.DisposeAsync();
        await sweeps.DisposeAsync();
        ports.Kept.Dispose();
    }

    private async ValueTask<BringResult> BringAsync(OutboxItem item, CancellationToken cancellation)
    {
        var subject = ErasureKind.SubjectOf(item.Stream)!;
        var letter = await LetterOfAsync(item.Stream, cancellation);
        var account = letter is null ? null : (await Finder.FindAsync(letter.Address, cancellation)).Account;
        var found = await Finder.FindAsync([new(subject, letter?.Address ?? "")], account, cancellation);
        if (!found.IsWhole)
            return new BringResult.Again(whileBuilding);
        var staying = await EraseAsync(subject, found, letter is null ? [] : [letter.Address], cancellation);
        if (account is not null)
            await ports.Books.Accounts.EraseAsync(account.Id);
        Written(await streams.SubmitAsync(item.Stream, new ErasureCommand.NoteGoneThrough(staying), new() { CompletedOutbox = [item.Id] }));
        return new BringResult.Done();
    }

    /// <summary>Erases what may go: the streams of what may not.</summary>
    private async ValueTask<ImmutableArray<string>> EraseAsync(
        string subject,
        PersonRecords found,
        ImmutableArray<string> addresses,
        CancellationToken cancellation
    )
    {
        var staying = found.StayingAt(ports.Clock.GetUtcNow()).Select(record => record.Stream).ToImmutableArray();
        var orders = found.Orders.Where(record => !staying.Contains(OrderKeys.StreamOf(record.Order.Id).Value)).ToList();
        var contacts = found.Contacts.Concat(found.Unproved).Where(record => !staying.Contains(ContactKind.StreamOf(record.Id).Value));
        var person = new ErasedPerson(addresses, [.. orders.Select(record => record.Order.Number)]);
        foreach (var part in ports.Parts)
            await part.EraseAsync(person, cancellation);
        var owners = new List<string>();
        foreach (var record in orders)
        {
            owners.AddRange(await ForgetCardsAsync(record.Order, cancellation));
            owners.Add(OrderKeys.OwnerOf(record.Order.Id));
        }
        owners.AddRange(contacts.Select(record => record.State.Owner));
        // Earlier versions kept all of a customer under one key.
        if (staying.IsEmpty)
            owners.Add(subject);
        await EraseOwnersAsync(subject, owners, ErasureCause.Asked);
        return staying;
    }

    private async ValueTask EraseOwnersAsync(string subject, IEnumerable<string> owners, ErasureCause cause)
    {
        foreach (var some in owners.Distinct(StringComparer.Ordinal).Chunk(OwnersAtOnce))
            Written(await streams.SubmitAsync(ErasureKind.StreamOf(subject), new ErasureCommand.Erase([.. some], cause)));
    }

    /// <summary>Takes the order's cards out of the vault that no other order needs, and names them.</summary>
    private async ValueTask<ImmutableArray<string>> ForgetCardsAsync(Order order, CancellationToken cancellation)
    {
        var forgotten = ImmutableArray.CreateBuilder<string>();
        foreach (var token in order.Attempts.Select(attempt => attempt.Card.Token.Value).Append(order.Card.Token.Value).Distinct())
        {
            var users = await ports.Kept.ListAsync(KeptView.OnCard(token), ViewOrder.LeastFirst, 2, cancellation);
            if (!users.IsWhole || users.Rows.Any(row => row.Value != order.Id.Value))
                continue;
            await ports.ForgetCardAsync(token, cancellation);
            forgotten.Add(token);
        }
        return forgotten.ToImmutable();
    }

    private async ValueTask<Letter?> LetterOfAsync(StreamId stream, CancellationToken cancellation) =>
        await Store.ReadDocumentAsync(ErasureKind.LetterOf(stream), cancellation) is { } document
            ? JsonSerializer.Deserialize<Letter>(document.Span)
            : null;

    private async ValueTask<BringResult> SweepAsync(OutboxItem item, CancellationToken cancellation)
    {
        if (!(await ports.Kept.ListAsync(KeptView.Pending, ViewOrder.LeastFirst, 1, cancellation)).IsWhole)
            return new BringResult.Again(whileBuilding);
        var now = ports.Clock.GetUtcNow();
        await FinishPendingAsync(cancellation);
        var erased = new SweptCounts(
            await SweepAsync(KeptView.Orders, now - ports.Policy.Orders, SweepOrderAsync, cancellation),
            await SweepAsync(KeptView.Contacts, now - ports.Policy.Contacts, SweepContactAsync, cancellation),
            await SweepAsync(KeptView.Accounts, now - ports.Policy.Accounts, SweepAccountAsync, cancellation),
            await SweepAsync(KeptView.Cards, now - ports.Policy.Cards, SweepCardAsync, cancellation),
            ports.DeleteMailFiles(now - ports.Policy.MailFiles)
        );
        var outcome = await sweeps.SubmitAsync(item.Stream, new SweepCommand.End(erased), new() { CompletedOutbox = [item.Id] });
        return outcome.WhyNotNow is null ? new BringResult.Done() : new BringResult.Again(BackOff.After(item.Attempts));
    }

    /// <summary>Erases what had to stay when somebody asked, and is over since.</summary>
    private async ValueTask FinishPendingAsync(CancellationToken cancellation)
    {
        foreach (var row in (await ports.Kept.ListAsync(KeptView.Pending, ViewOrder.LeastFirst, RowsAtOnce, cancellation)).Rows)
        {
            var stream = ErasureKind.StreamOf(row.Value);
            if ((await streams.ReadAsync(stream))?.State is not { IsPending: true, IsAsked: false })
                continue;
            var found = await Finder.FindAsync([new(row.Value, "")], null, cancellation);
            if (!found.IsWhole)
                return;
            // Only what had to stay: what came later was given after the request.
            var mine = (await streams.ReadAsync(stream))!.State.Staying;
            var limited = found with
            {
                Orders = [.. found.Orders.Where(record => mine.Contains(OrderKeys.StreamOf(record.Order.Id).Value))],
                Contacts = [.. found.Contacts.Where(record => mine.Contains(ContactKind.StreamOf(record.Id).Value))],
                Unproved = [],
            };
            var staying = await EraseAsync(row.Value, limited, [], cancellation);
            Written(await streams.SubmitAsync(stream, new ErasureCommand.NoteGoneThrough(staying)));
        }
    }

    /// <summary>
    /// Whatever is due in one list by days, the oldest first: how many. One that cannot be erased now is left for the next sweep.
    /// </summary>
    private async ValueTask<int> SweepAsync(
        string list,
        DateTimeOffset cutoff,
        Func<string, ViewRow, CancellationToken, ValueTask<bool>> eraseAsync,
        CancellationToken cancellation
    )
    {
        var (count, left) = (0, 0);
        while (true)
        {
            var answer = await ports.Kept.ListAsync(list, ViewOrder.LeastFirst, RowsAtOnce + left, cancellation);
            var rows = answer.Rows.Skip(left).TakeWhile(row => KeptView.IsBefore(row, cutoff)).ToList();
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await eraseAsync(KeptView.SubjectOf(row), row, cancellation))
                    count++;
                else
                    left++;
            }
            if (rows.Count < RowsAtOnce)
                return count;
        }
    }

    private async ValueTask<bool> SweepOrderAsync(string id, ViewRow row, CancellationToken cancellation)
    {
        if (await OrderReader.FindAsync(Store, id, cancellation) is not { Order: var order })
            return false;
        foreach (var part in ports.Parts)
            await part.EraseAsync(new([], [order.Number]), cancellation);
        var owners = new List<string>(await ForgetCardsAsync(order, cancellation)) { OrderKeys.OwnerOf(order.Id) };
        if (await IsLastAsync(order, cancellation))
            owners.Add(order.Customer); // earlier versions kept all of a customer under one key
        await EraseOwnersAsync(order.Customer, owners, ErasureCause.TimeOver);
        return true;
    }

    private async ValueTask<bool> IsLastAsync(Order order, CancellationToken cancellation)
    {
        var named = await ports.Books.Orders.OfCustomerAsync(order.Customer, 2, cancellation);
        return named.IsWhole && named.Orders.Max(one => one.Value) == order.Id.Value;
    }

    private async ValueTask<bool> SweepContactAsync(string name, ViewRow row, CancellationToken cancellation)
    {
        var contact = new Shonin.Domain.Contacts.ContactId(name);
        if (await ports.Books.Contacts.FindAsync(contact) is not { } record)
            return false;
        // What an earlier version kept under its customer's key goes with that; the contact's own name takes it off the list.
        var own = ContactKind.StreamOf(contact).Value;
        var owner = record.State.Owner.StartsWith(own, StringComparison.Ordinal) ? record.State.Owner : own;
        await EraseOwnersAsync(name, [owner], ErasureCause.TimeOver);
        return true;
    }

    /// <summary>Staff leave by another door.</summary>
    private async ValueTask<bool> SweepAccountAsync(string id, ViewRow row, CancellationToken cancellation)
    {
        if (
            await ports.Books.Accounts.FindAsync(new(id), cancellation) is not { Account.Role: Shonin.Domain.Accounts.AccountRole.Customer }
        )
        {
            return false;
        }
        await ports.Books.Accounts.EraseAsync(new(id));
        return true;
    }

    private async ValueTask<bool> SweepCardAsync(string token, ViewRow row, CancellationToken cancellation)
    {
        await ports.ForgetCardAsync(token, cancellation);
        await EraseOwnersAsync(row.Value.Length == 0 ? token : row.Value, [token], ErasureCause.TimeOver);
        return true;
    }

    private static void Written(ErasureOutcome outcome)
    {
        if (outcome.WhyNotNow is { } why)
            throw new LogUnusableException(why);
        if (outcome is not ErasureOutcome.Done)
            throw new InvalidOperationException($"An erasure claims no keys and is small: {outcome}");
    }
}
