using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant.Contacts;
using Shonin.Specs.EventLog;
using Shonin.Streams;

namespace Shonin.Specs.Contacts;

[RealParts]
public sealed class ContactBookSpecs : IAsyncLifetime
{
    private static readonly ContactOpening chat = new(ContactWay.Chat, null, null);

    private readonly DataFolder folder = new();
    private readonly FakeTimeProvider clock = new(new(2026, 11, 30, 1, 0, 0, TimeSpan.Zero));
    private readonly List<ContactChange> told = [];
    private SqliteEventStore? store;
    private OwnedLog? log;
    private SqliteViewStore? views;
    private ContactBook? opened;

    private ContactBook Book => opened!;

    public async ValueTask InitializeAsync() => await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_was_said_is_there_after_a_restart_in_its_order_and_under_its_numbers()
    {
        var (contact, key) = await AskedAsync("はじめまして");
        await Book.ClaimAsync(contact, "hanako", "渡辺");
        await Book.SayAsync(contact, new Speaker.Agent("hanako"), Text("a-1", "お待たせしました"));
        await Book.SayAsync(contact, Speaker.Customer.Instance, Text("c-2", TypedText.Read("カードは 4242 4242 4242 4242")!));
        await ReopenAsync();

        var record = (await Book.FindByAccessKeyAsync(key, default))!;
        var lines = await Book.LinesAsync(record, 0, ContactReader.Customer, default);
        Assert.Equal([1L, 2, 3, 4, 5], lines.Select(line => line.Number));
        Assert.Equal([null, "はじめまして", null, "お待たせしました", "カードは •••• •••• •••• ••••"], lines.Select(line => line.Text));
        Assert.Equal([null, null, "渡辺", "渡辺", null], lines.Select(line => line.Agent));
        Assert.Equal([4L, 5], (await Book.LinesAsync(record, 3, ContactReader.Customer, default)).Select(line => line.Number));
    }

    [Fact]
    public async Task A_message_that_is_offered_again_is_there_once_also_at_the_same_time()
    {
        var (contact, _) = await AskedAsync("はじめまして");
        var results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Book.SayAsync(contact, Speaker.Customer.Instance, Text("c-2", "もしもし")).AsTask())
        );
        Assert.All(results, result => Assert.IsType<ContactResult.Done>(result));
        Assert.Equal(2, (await Book.FindAsync(contact))!.State.MessageCount);
    }

    [Fact]
    public async Task Of_fifty_agents_who_claim_a_contact_at_once_one_has_it()
    {
        var (contact, _) = await AskedAsync("はじめまして");
        var results = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(agent => Book.ClaimAsync(contact, $"agent-{agent}", $"担当{agent}").AsTask())
        );
        Assert.Single(results.OfType<ContactResult.Done>());
        Assert.Equal(49, results.OfType<ContactResult.Refused>().Count(refused => refused.Why == ContactRefusal.WithAnotherAgent));
    }

    [Fact]
    public async Task A_note_is_for_agents_alone()
    {
        var (contact, key) = await AskedAsync("はじめまして");
        await Book.NoteAsync(contact, "taro", "佐藤", new("n-1", MessageKind.Note, "以前にも同じ問い合わせ"));
        var record = (await Book.FindByAccessKeyAsync(key, default))!;
        Assert.DoesNotContain(await Book.LinesAsync(record, 0, ContactReader.Customer, default), line =>
            line.Text?.Contains("以前") == true
        );
        Assert.Contains(await Book.LinesAsync(record, 0, ContactReader.Agent, default), line =>
            (line.Text, line.Agent) == ("以前にも同じ問い合わせ", "佐藤")
        );
    }

    [Fact]
    public async Task The_queue_has_the_longest_wait_first_and_who_is_handed_back_keeps_the_place()
    {
        var (first, _) = await AskedAsync("一番");
        clock.Advance(TimeSpan.FromSeconds(1));
        var (second, _) = await AskedAsync("二番");
        Assert.Equal([first.Value, second.Value], await WaitingAsync());
        await Book.ClaimAsync(first, "hanako", "渡辺");
        Assert.Equal([second.Value], await WaitingAsync());
        Assert.Equal([first.Value], (await Book.ListWithAgentAsync("hanako", 9, default)).Contacts.Select(contact => contact.Id));
        clock.Advance(TimeSpan.FromSeconds(1));
        await Book.SubmitAsync(first, new ContactCommand.HandBack("hanako"));
        Assert.Equal([first.Value, second.Value], await WaitingAsync());
        await Book.SubmitAsync(first, new ContactCommand.Close(Speaker.Customer.Instance));
        Assert.Equal([second.Value], await WaitingAsync());
        Assert.Equal([first.Value], (await Book.ListClosedAsync(9, default)).Contacts.Select(contact => contact.Id));
    }

    [Fact]
    public async Task How_long_a_chat_waited_counts_from_its_question_to_its_first_agent_with_the_place_at_which_it_came()
    {
        var (first, _) = await AskedAsync("一番");
        var (second, _) = await AskedAsync("二番");
        var (mailed, _) = await AskedAsync("三番", new(ContactWay.Mail, null, clock.GetUtcNow() + TimeSpan.FromHours(4)));
        clock.Advance(TimeSpan.FromMinutes(2));
        await Book.ClaimAsync(first, "hanako", "渡辺");
        await Book.ClaimAsync(mailed, "hanako", "渡辺");
        await Book.SubmitAsync(first, new ContactCommand.HandBack("hanako"));
        clock.Advance(TimeSpan.FromMinutes(3));
        await Book.ClaimAsync(first, "taro", "佐藤");
        await Book.ClaimAsync(second, "hanako", "渡辺");
        var (third, _) = await AskedAsync("四番");
        await Book.ClaimAsync(third, "hanako", "渡辺");

        Assert.Equal(
            [(0, 1), (2, 1), (5, 2)],
            (await Book.LatestWaitsAsync(default)).Select(wait => ((int)wait.Waited.TotalMinutes, wait.Place)).Order()
        );
        await Book.SubmitAsync(third, new ContactCommand.Close(Speaker.Customer.Instance));
        await ReopenAsync();
        Assert.Equal(3, (await Book.LatestWaitsAsync(default)).Length);
    }

    [Fact]
    public async Task The_latest_fifty_waits_are_kept()
    {
        for (var asked = 0; asked < 55; asked++)
        {
            var (contact, _) = await AskedAsync($"{asked}");
            clock.Advance(TimeSpan.FromSeconds(asked));
            await Book.ClaimAsync(contact, "hanako", "渡辺");
        }
        Assert.Equal(Enumerable.Range(5, 50), (await Book.LatestWaitsAsync(default)).Select(wait => (int)wait.Waited.TotalSeconds).Order());
    }

    [Fact]
    public async Task Each_change_is_told_once_with_its_texts_at_hand()
    {
        var (contact, _) = await AskedAsync("はじめまして");
        await Book.SayAsync(contact, Speaker.Customer.Instance, Text("c-2", "もしもし"));
        Assert.Equal([0L, 2], told.Select(change => change.From));
        Assert.Equal("もしもし", Assert.Single(await Book.LinesAsync(told[^1], ContactReader.Customer, default)).Text);
        Book.Forget(told[^1]);
        Assert.Equal("もしもし", Assert.Single(await Book.LinesAsync(told[^1], ContactReader.Customer, default)).Text);
    }

    [Fact]
    public async Task The_log_holds_no_text_no_name_no_address_and_no_key()
    {
        var (contact, key) = await AskedAsync("ひみつの質問");
        await Book.ClaimAsync(contact, "hanako", "渡辺");
        foreach (var secret in new[] { "ひみつの質問", "渡辺", "hanako@customer.example", "花子", key })
            Assert.False(folder.AnyFileHolds(Encoding.UTF8.GetBytes(secret)), secret);
    }

    [Fact]
    public async Task A_key_that_nobody_was_given_opens_nothing()
    {
        var (_, key) = await AskedAsync("はじめまして");
        Assert.NotNull(await Book.FindByAccessKeyAsync(key, default));
        Assert.Null(await Book.FindByAccessKeyAsync(key[..^1], default));
        Assert.Null(await Book.FindByAccessKeyAsync(key.ToLowerInvariant(), default));
    }

    private async Task<(ContactId Contact, string Key)> AskedAsync(string text, ContactOpening? opening = null)
    {
        var (result, key) = await Book.AskAsync(
            Locale.Ja,
            opening ?? chat,
            "花子",
            "hanako@customer.example",
            Text($"c-{Guid.NewGuid():N}", text)
        );
        return (Assert.IsType<ContactResult.Done>(result).Record.Id, key);
    }

    private async Task<IEnumerable<string>> WaitingAsync() =>
        (await Book.ListWaitingAsync(9, default)).Contacts.Select(contact => contact.Id);

    private static TypedMessage Text(string id, string text) => new(id, MessageKind.Text, text);

    private async Task OpenAsync()
    {
        store = await SqliteEventStore.OpenAsync(folder.Log, clock, default);
        log = await OwnedLog.TakeAsync(store, default);
        views = new SqliteViewStore(Path.Combine(folder.Path, "views.db"));
        opened = await ContactBook.OpenAsync(
            new(
                log,
                views,
                clock,
                RandomNumberGenerator.GetBytes,
                new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2), TimeSpan.FromDays(1), at => at + TimeSpan.FromHours(4))
            )
            {
                OnFault = fault => Assert.Fail(fault.ToString()),
                OnChanged = told.Add,
            },
            default
        );
    }

    private async Task CloseAsync()
    {
        await Book.DisposeAsync();
        views!.Dispose();
        await log!.DisposeAsync();
        await store!.DisposeAsync();
    }

    private async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }
}
