using System.Security.Cryptography;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant.Contacts;
using Shonin.Streams;

namespace Shonin.Bench.Chat;

/// <summary>A contact that was opened, and the secret of its link.</summary>
internal sealed record OpenContact(ContactId Id, string AccessKey);

/// <summary>What the log holds of messages that somebody was told are kept.</summary>
/// <param name="LostCount">Those that are not there.</param>
/// <param name="DoubledCount">Those that are there more than once.</param>
internal sealed record KeptMessages(int LostCount, int DoubledCount);

/// <summary>The contacts of a data folder while no server runs on it.</summary>
internal sealed class ContactFolder : IAsyncDisposable
{
    private const int InFlightCount = 64;
    private const int AgentCount = 50;

    private readonly SqliteEventStore store;
    private readonly OwnedLog log;
    private readonly SqliteViewStore views;
    private readonly ContactBook book;

    private ContactFolder(SqliteEventStore store, OwnedLog log, SqliteViewStore views, ContactBook book) =>
        (this.store, this.log, this.views, this.book) = (store, log, views, book);

    public static async Task<ContactFolder> OpenAsync(LogFiles files)
    {
        OwnerOnlyFolder.Open(files.Folder);
        var clock = TimeProvider.System;
        var store = await SqliteEventStore.OpenAsync(files, clock, CancellationToken.None);
        var log = await OwnedLog.TakeAsync(store, CancellationToken.None);
        var views = new SqliteViewStore(Path.Combine(files.Folder, "views.db"));
        var policy = new ContactPolicy(TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1), at => at.AddHours(4));
        var book = await ContactBook.OpenAsync(
            new(log, views, clock, RandomNumberGenerator.GetBytes, policy) { OnFault = fault => Console.Error.WriteLine(fault.Message) },
            CancellationToken.None
        );
        return new(store, log, views, book);
    }

    /// <summary>So many contacts that wait for an agent.</summary>
    public async Task<IReadOnlyList<OpenContact>> AskAsync(int count)
    {
        var contacts = new OpenContact[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = InFlightCount }, async (index, _) =>
        {
            var (result, key) = await book.AskAsync(
                Locale.Ja,
                new(ContactWay.Chat, null, null),
                "山田花子",
                null,
                new("question", MessageKind.Text, "急須の色を選べますか。")
            );
            contacts[index] = new(DoneOf(result).Id, key);
        });
        return contacts;
    }

    /// <summary>Reads every contact whole.</summary>
    public async Task<KeptMessages> CompareAsync(IEnumerable<(OpenContact Contact, IEnumerable<string> Kept)> told)
    {
        var (lost, doubled) = (0, 0);
        foreach (var (contact, kept) in told)
        {
            var record = await book.FindAsync(contact.Id) ?? throw new InvalidOperationException("A contact of the measurement is gone.");
            var lines = await book.LinesAsync(record, 0, ContactReader.Customer, CancellationToken.None);
            var counts = lines
                .Where(line => line.Text is not null)
                .Select(line => line.Fact)
                .OfType<ContactFact.Said>()
                .CountBy(said => said.ClientId)
                .ToDictionary(StringComparer.Ordinal);
            lost += kept.Count(id => !counts.ContainsKey(id));
            doubled += counts.Values.Count(count => count > 1);
        }
        return new(lost, doubled);
    }

    /// <summary>Fifty agents want every contact at once.</summary>
    /// <returns>How many contacts were not claimed by exactly one, the one that the contact is then with.</returns>
    public async Task<int> ClaimAsync(IReadOnlyList<OpenContact> contacts)
    {
        var winners = contacts.Select(_ => new List<string>()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, AgentCount).Select(agent => Task.Run(() => ClaimAllAsync($"agent-{agent}"))));
        var wrong = 0;
        for (var index = 0; index < contacts.Count; index++)
        {
            if (winners[index] is not [var only] || (await book.FindAsync(contacts[index].Id))?.State.Agent != only)
                wrong++;
        }
        return wrong;

        async Task ClaimAllAsync(string agent)
        {
            for (var index = 0; index < contacts.Count; index++)
            {
                if (await book.ClaimAsync(contacts[index].Id, agent, agent) is not ContactResult.Done)
                    continue;
                lock (winners[index])
                    winners[index].Add(agent);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await book.DisposeAsync();
        views.Dispose();
        await log.DisposeAsync();
        await store.DisposeAsync();
    }

    private static ContactRecord DoneOf(ContactResult result) =>
        result is ContactResult.Done done ? done.Record : throw new InvalidOperationException($"A question was not taken: {result}");
}
