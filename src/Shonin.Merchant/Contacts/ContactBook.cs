using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Streams;
using ContactOutcome = Shonin.Streams.Outcome<
    Shonin.Domain.Contacts.Contact,
    Shonin.Domain.Contacts.ContactFact,
    Shonin.Domain.Contacts.ContactRefusal?
>;
using ContactStreams = Shonin.Streams.StreamHost<
    Shonin.Domain.Contacts.Contact,
    Shonin.Domain.Contacts.ContactCommand,
    Shonin.Domain.Contacts.ContactFact,
    Shonin.Domain.Contacts.ContactRefusal?
>;

namespace Shonin.Merchant.Contacts;

/// <param name="Views">Where the lists of contacts are kept.</param>
/// <param name="RandomBytes">So many; names and secrets are made of them.</param>
public sealed record ContactPorts(OwnedLog Log, IViewStore Views, TimeProvider Clock, Func<int, byte[]> RandomBytes, ContactPolicy Policy)
{
    public required Action<Exception> OnFault { get; init; }

    /// <summary>Whether the customer has the contact's page open; without it nobody ever has.</summary>
    public Func<ContactId, CustomerPresence> PresenceOf { get; init; } = _ => CustomerPresence.Away;

    /// <summary>Told of each change once it is durable, in the order of each contact. It must not wait for the same contact.</summary>
    public Action<ContactChange>? OnChanged { get; init; }
}

/// <summary>
/// Contacts, each a stream of the log. Texts and names are documents under a key of the contact's own, so that a conversation is erased when
/// its time is over, or its customer asks for it.
/// </summary>
public sealed class ContactBook : IAsyncDisposable
{
    /// <summary>Where transcripts, answers and apologies wait to be sent.</summary>
    public const string LetterQueue = ContactKind.LetterQueue;

    private const string KeyScope = "contactKey";
    private const string Unambiguous = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no I, L, O, U
    private const int KeyLetters = 32;
    private const int NameLetters = 10;
    private const int DocumentBytes = 12;
    private const int OwnerBytes = 16;
    private const int NameTriesMax = 20;

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web);

    private readonly ContactPorts ports;
    private readonly ContactStreams streams;
    private readonly ViewKeeper view;

    /// <summary>Texts that are becoming durable now, for whoever is told of the change: they need not read them again.</summary>
    private readonly ConcurrentDictionary<string, string> underWay = new(StringComparer.Ordinal);

    private ContactBook(ContactPorts ports, ContactStreams streams, ViewKeeper view) =>
        (this.ports, this.streams, this.view) = (ports, streams, view);

    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public static async ValueTask<ContactBook> OpenAsync(ContactPorts ports, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ports);
        var streamPorts = new StreamPorts<Contact, ContactFact>(ports.Log, ports.Clock)
        {
            OnFault = ports.OnFault,
            OnUnreadable = ports.OnFault,
            OnDurable = ports.OnChanged is { } tell
                ? step =>
                {
                    if (ContactKind.ContactOf(step.Stream) is { } contact)
                        tell(new(contact, step.Version - step.Facts.Count, step.Facts, step.After));
                }
                : null,
        };
        var kind = new ContactKind(ports.Policy, ports.PresenceOf);
        return new(
            ports,
            await ContactStreams.OpenAsync(kind, streamPorts, cancellation),
            new ViewKeeper(new ContactsView(), ports.Views, new LogFeed(ports.Log, ports.Clock), ports.OnFault)
        );
    }

    /// <summary>Rings alarms and keeps the lists up with the log, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        streams.Start();
        await view.RunAsync(cancellation);
    }

    /// <inheritdoc cref="ViewKeeper.ProgressAsync"/>
    public ValueTask<ViewProgress> ProgressAsync(CancellationToken cancellation) => view.ProgressAsync(cancellation);

    /// <summary>A question about an order. Its contact is opened, or the message joins those that are there.</summary>
    public async ValueTask<ContactResult> AskAsync(Order order, Locale locale, ContactOpening opening, TypedMessage message)
    {
        ArgumentNullException.ThrowIfNull(order);
        var contact = ContactId.Of(order.Id);
        var owner = (await FindAsync(contact))?.State.Owner ?? ContactKind.StreamOf(contact).Value;
        return await AskAsync(contact, owner, locale, opening, message, [], []);
    }

    /// <summary>A question of somebody who has no order at hand, and reaches the contact again by a secret key.</summary>
    public async ValueTask<(ContactResult Result, string AccessKey)> AskAsync(
        Locale locale,
        ContactOpening opening,
        string name,
        string? email,
        TypedMessage message
    )
    {
        for (var tried = 0; tried < NameTriesMax; tried++)
        {
            var contact = ContactId.WithoutAnOrder(Letters(NameLetters).ToLowerInvariant());
            if (await streams.ReadAsync(ContactKind.StreamOf(contact)) is not null)
                continue;
            var person = new ContactPerson(CardNumbersInText.Hide(name), email, Letters(KeyLetters));
            var result = await AskAsync(contact, person, locale, opening, message);
            if (result is not ContactResult.Refused(ContactRefusal.NoSuchContact))
                return (result, person.AccessKey);
        }
        throw new UnreachableException("Twenty random names were all taken.");
    }

    /// <summary>
    /// A mail of somebody who has no order at hand. The contact's name follows from the mail, so that the same mail again opens no second
    /// one.
    /// </summary>
    public async ValueTask<ContactResult> AskByMailAsync(
        ContactId contact,
        Locale locale,
        ContactOpening opening,
        MailAuthor author,
        TypedMessage message
    )
    {
        ArgumentNullException.ThrowIfNull(author);
        return await FindAsync(contact) is { } there
            ? await AskAgainAsync(there, there.State.Locale, opening, message)
            : await AskAsync(
                contact,
                new ContactPerson(CardNumbersInText.Hide(author.Name), author.Address, Letters(KeyLetters)),
                locale,
                opening,
                message
            );
    }

    /// <summary>One more question in a contact, whatever it is about; one that was closed is opened again.</summary>
    public ValueTask<ContactResult> AskAgainAsync(ContactRecord before, Locale locale, ContactOpening opening, TypedMessage message)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(opening);
        return AskAsync(
            before.Id,
            before.State.Owner,
            locale,
            opening with
            {
                Reach = opening.Reach ?? before.State.Reach,
            },
            message,
            [],
            []
        );
    }

    public ValueTask<ContactResult> SayAsync(ContactId contact, Speaker by, TypedMessage message) =>
        KeepAsync(contact, message, drawn => new ContactCommand.Say(by, drawn), [], []);

    /// <summary>The agent's name is kept with the contact, as it was when the customer was told it.</summary>
    public ValueTask<ContactResult> ClaimAsync(ContactId contact, string agent, string displayName) =>
        SubmitNamedAsync(contact, new ContactCommand.Claim(agent), agent, displayName);

    public ValueTask<ContactResult> HandOverAsync(ContactId contact, string from, string to, string displayName) =>
        SubmitNamedAsync(contact, new ContactCommand.HandOver(from, to), to, displayName);

    /// <summary>A note's writer is named to other agents, whoever has the contact.</summary>
    public async ValueTask<ContactResult> NoteAsync(ContactId contact, string agent, string displayName, TypedMessage note)
    {
        if (await FindAsync(contact) is not { } record)
            return new ContactResult.Refused(ContactRefusal.NoSuchContact);
        return await KeepAsync(
            contact,
            note,
            drawn => new ContactCommand.Say(new Speaker.Agent(agent), drawn),
            [],
            [NameDocument(contact, record.State.Owner, agent, displayName)]
        );
    }

    /// <summary>The order that the contact is about, and no other: nothing else is known to be this customer's.</summary>
    public async ValueTask<ContactResult> ShowOrderAsync(ContactId contact, string agent, string clientId) =>
        contact.Order is { } order
            ? await SubmitAsync(contact, new ContactCommand.ShowOrder(agent, clientId, order))
            : new ContactResult.Refused(ContactRefusal.NoProvedOrder);

    public async ValueTask<ContactResult> SubmitAsync(ContactId contact, ContactCommand command) =>
        ResultOf(contact, await streams.SubmitAsync(ContactKind.StreamOf(contact), command));

    /// <summary>Null where nobody has asked anything.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read now; so with the others.</exception>
    public async ValueTask<ContactRecord?> FindAsync(ContactId contact) =>
        await streams.ReadAsync(ContactKind.StreamOf(contact)) is { } found ? RecordOf(contact, found) : null;

    /// <summary>Of a contact without an order.</summary>
    public async ValueTask<ContactRecord?> FindByAccessKeyAsync(string accessKey, CancellationToken cancellation) =>
        await ports.Log.Store.FindKeyAsync(KeyScope, KeyValueOf(accessKey), cancellation) is { } holder
        && ContactKind.ContactOf(holder.Stream) is { } contact
            ? await FindAsync(contact)
            : null;

    /// <summary>Null for a contact about an order, and where the person was erased.</summary>
    public async ValueTask<ContactPerson?> PersonOfAsync(ContactId contact, CancellationToken cancellation) =>
        await ports.Log.Store.ReadDocumentAsync(PersonIdOf(contact), cancellation) is { } document
            ? JsonSerializer.Deserialize<ContactPerson>(document.Span, json)
            : null;

    /// <summary>The Message-ID of the mail that a message came by, as it stands there; null where there is none.</summary>
    public async ValueTask<string?> MessageIdOfAsync(ContactId contact, ContactFact.Said said, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(said);
        return said.Mail is null ? null : await ReadTextAsync(MailIdOf(contact, said.Document), cancellation);
    }

    /// <summary>The display name that an agent had when the customer was told it; null where the customer's data were erased.</summary>
    public ValueTask<string?> NameOfAsync(ContactId contact, string agent, CancellationToken cancellation) =>
        ReadTextAsync(NameIdOf(contact, agent), cancellation);

    /// <summary>The lines after a number, as one side reads them.</summary>
    public ValueTask<ImmutableArray<ContactLine>> LinesAsync(
        ContactRecord record,
        long after,
        ContactReader reader,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(record);
        return LinesAsync(record.Id, after, record.Facts.Skip((int)Math.Max(0, after)), reader, cancellation);
    }

    /// <summary>The lines of one change, as one side reads them.</summary>
    public ValueTask<ImmutableArray<ContactLine>> LinesAsync(ContactChange change, ContactReader reader, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        return LinesAsync(change.Id, change.From, change.Facts, reader, cancellation);
    }

    /// <summary>Nobody is told of this change any more: its texts are read from the log from now on.</summary>
    public void Forget(ContactChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        foreach (var said in change.Facts.OfType<ContactFact.Said>())
            underWay.TryRemove(TextIdOf(change.Id, said.Document), out _);
    }

    /// <summary>Those who wait, the longest first.</summary>
    public ValueTask<ContactList> ListWaitingAsync(int limit, CancellationToken cancellation) =>
        ListAsync(ContactsView.Waiting, ViewOrder.LeastFirst, limit, cancellation);

    /// <param name="agent">Null for those of all agents.</param>
    public ValueTask<ContactList> ListWithAgentAsync(string? agent, int limit, CancellationToken cancellation) =>
        ListAsync(ContactsView.WithAgent(agent), ViewOrder.LeastFirst, limit, cancellation);

    /// <summary>The latest first.</summary>
    public ValueTask<ContactList> ListClosedAsync(int limit, CancellationToken cancellation) =>
        ListAsync(ContactsView.Closed, ViewOrder.GreatestFirst, limit, cancellation);

    /// <summary>How long the latest chats waited, in no order; none while the list is being built from the log.</summary>
    public async ValueTask<ImmutableArray<AnsweredWait>> LatestWaitsAsync(CancellationToken cancellation)
    {
        var answer = await view.ListAsync(ContactsView.Answered, ViewOrder.LeastFirst, ContactsView.AnsweredCountMax, cancellation);
        return answer.IsWhole ? [.. answer.Rows.Select(ContactsView.WaitOf)] : [];
    }

    /// <summary>What a letter of <see cref="LetterQueue"/> is about; null where it has left, or the contact is gone.</summary>
    public async ValueTask<ContactLetter?> FindLetterAsync(OutboxItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var (contact, letter) = ContactKind.SubjectOf(item);
        if (await FindAsync(contact) is not { } record || !record.State.Letters.Contains(letter))
            return null;
        var number = record.Facts.ToList().FindLastIndex(fact => ContactKind.LetterOf(fact) == letter) + 1;
        return new(record, letter, number);
    }

    /// <summary>It has left, or never will.</summary>
    public async ValueTask CloseLetterAsync(OutboxItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var (contact, letter) = ContactKind.SubjectOf(item);
        var outcome = await streams.SubmitAsync(item.Stream, new ContactCommand.CloseLetter(letter), new() { CompletedOutbox = [item.Id] });
        if (ResultOf(contact, outcome) is ContactResult.NotNow(var why))
            throw new LogUnusableException(why);
    }

    public async ValueTask DisposeAsync()
    {
        view.Dispose();
        await streams.DisposeAsync();
    }

    private ValueTask<ContactResult> AskAsync(
        ContactId contact,
        ContactPerson person,
        Locale locale,
        ContactOpening opening,
        TypedMessage message
    )
    {
        var owner = $"{ContactKind.StreamOf(contact)}-{Convert.ToHexStringLower(ports.RandomBytes(OwnerBytes))}";
        return AskAsync(
            contact,
            owner,
            locale,
            opening,
            message,
            [new UniqueKey(KeyScope, KeyValueOf(person.AccessKey))],
            [new Document(PersonIdOf(contact), owner, JsonSerializer.SerializeToUtf8Bytes(person, json))]
        );
    }

    private ValueTask<ContactResult> AskAsync(
        ContactId contact,
        string owner,
        Locale locale,
        ContactOpening opening,
        TypedMessage message,
        IReadOnlyList<UniqueKey> keys,
        IReadOnlyList<Document> documents
    ) =>
        KeepAsync(
            contact,
            message,
            drawn => new ContactCommand.Ask(
                owner,
                locale,
                opening.Way,
                opening.Reach ?? ReachOf(contact),
                opening.Question,
                opening.PromisedBy,
                drawn
            )
            {
                Acknowledgement = opening.Acknowledgement,
            },
            keys,
            documents,
            owner
        );

    /// <summary>One that is there already is not written again.</summary>
    private async ValueTask<ContactResult> KeepAsync(
        ContactId contact,
        TypedMessage message,
        Func<NewMessage, ContactCommand> commandOf,
        IReadOnlyList<UniqueKey> keys,
        IReadOnlyList<Document> documents,
        string? owner = null
    )
    {
        owner ??= (await FindAsync(contact))?.State.Owner;
        if (owner is null)
            return new ContactResult.Refused(ContactRefusal.NoSuchContact);
        var drawn = new NewMessage(
            message.ClientId,
            message.Kind,
            Convert.ToHexStringLower(ports.RandomBytes(DocumentBytes)),
            message.Notices
        )
        {
            Mail = message.Mail?.Origin,
        };
        var id = TextIdOf(contact, drawn.Document);
        var text = CardNumbersInText.Hide(message.Text);
        if (message.Mail?.MessageId is { } messageId)
            documents = [.. documents, new Document(MailIdOf(contact, drawn.Document), owner, Encoding.UTF8.GetBytes(messageId))];
        underWay[id] = text;
        var outcome = await streams.SubmitAsync(
            ContactKind.StreamOf(contact),
            commandOf(drawn),
            new() { Keys = keys, Documents = [new Document(id, owner, Encoding.UTF8.GetBytes(text)), .. documents] }
        );
        // Whoever is told of the message forgets it; nobody is told of one that was refused, or was there already.
        if (ports.OnChanged is null || outcome is not ContactOutcome.Done(_, { } stream) || !IsIn(stream, drawn))
            underWay.TryRemove(id, out _);
        return ResultOf(contact, outcome);
    }

    private static bool IsIn(Snapshot<Contact, ContactFact> stream, NewMessage message) =>
        stream.Facts.Reverse().OfType<ContactFact.Said>().Any(said => said.Document == message.Document);

    private async ValueTask<ContactResult> SubmitNamedAsync(ContactId contact, ContactCommand command, string agent, string displayName)
    {
        if (await FindAsync(contact) is not { } record)
            return new ContactResult.Refused(ContactRefusal.NoSuchContact);
        var outcome = await streams.SubmitAsync(
            ContactKind.StreamOf(contact),
            command,
            new() { Documents = [NameDocument(contact, record.State.Owner, agent, displayName)] }
        );
        return ResultOf(contact, outcome);
    }

    private static ContactResult ResultOf(ContactId contact, ContactOutcome outcome) =>
        outcome switch
        {
            ContactOutcome.Done(null, { } stream) => new ContactResult.Done(RecordOf(contact, stream)),
            ContactOutcome.Done({ } why, _) => new ContactResult.Refused(why),
            ContactOutcome.Done(null, null) => new ContactResult.Refused(ContactRefusal.NoSuchContact),
            { WhyNotNow: { } why } => new ContactResult.NotNow(why),
            ContactOutcome.KeyTaken => new ContactResult.Refused(ContactRefusal.NoSuchContact),
            ContactOutcome.TooLarge => new ContactResult.Refused(ContactRefusal.TooManyMessages),
            _ => throw new UnreachableException(),
        };

    private static ContactRecord RecordOf(ContactId contact, Snapshot<Contact, ContactFact> stream) =>
        new(contact, stream.State, stream.Version, stream.Facts);

    private async ValueTask<ImmutableArray<ContactLine>> LinesAsync(
        ContactId contact,
        long after,
        IEnumerable<ContactFact> facts,
        ContactReader reader,
        CancellationToken cancellation
    )
    {
        var names = new Dictionary<string, string?>(StringComparer.Ordinal);
        var lines = ImmutableArray.CreateBuilder<ContactLine>();
        var number = after;
        foreach (var fact in facts)
        {
            number++;
            if (!IsFor(fact, reader))
                continue;
            var text = fact is ContactFact.Said said ? await TextAsync(TextIdOf(contact, said.Document), cancellation) : null;
            string? name = null;
            if (AgentOf(fact) is { } agent && !names.TryGetValue(agent, out name))
            {
                name = await ReadTextAsync(NameIdOf(contact, agent), cancellation);
                names[agent] = name;
            }
            lines.Add(new(number, fact, text, name));
        }
        return lines.ToImmutable();
    }

    /// <summary>An order's notices go to its address; what is typed on a page proves nothing.</summary>
    private static ContactReach ReachOf(ContactId contact) => contact.Order is null ? ContactReach.PageAlone : ContactReach.PageAndMail;

    private static bool IsFor(ContactFact fact, ContactReader reader) =>
        reader switch
        {
            ContactReader.Agent => fact is not (ContactFact.LetterClosed or ContactFact.AnswerShown),
            ContactReader.Customer => fact
                is not (
                    ContactFact.LetterClosed
                    or ContactFact.AnswerMailed
                    or ContactFact.Acknowledged
                    or ContactFact.Said { Kind: MessageKind.Note }
                ),
        };

    private static string? AgentOf(ContactFact fact) =>
        fact switch
        {
            ContactFact.Said { By: Speaker.Agent(var id) } => id,
            ContactFact.OrderShown { By: Speaker.Agent(var id) } => id,
            ContactFact.Claimed claimed => claimed.Agent,
            ContactFact.HandedBack back => back.Agent,
            ContactFact.HandedOver over => over.To,
            ContactFact.Closed { By: Speaker.Agent(var id) } => id,
            _ => null,
        };

    private async ValueTask<string?> TextAsync(string id, CancellationToken cancellation) =>
        underWay.TryGetValue(id, out var text) ? text : await ReadTextAsync(id, cancellation);

    private async ValueTask<string?> ReadTextAsync(string id, CancellationToken cancellation) =>
        await ports.Log.Store.ReadDocumentAsync(id, cancellation) is { } document ? Encoding.UTF8.GetString(document.Span) : null;

    private async ValueTask<ContactList> ListAsync(string prefix, ViewOrder order, int limit, CancellationToken cancellation)
    {
        var answer = await view.ListAsync(prefix, order, limit, cancellation);
        return new([.. answer.Rows.Select(ContactsView.ContactOf)], answer.IsWhole);
    }

    private static Document NameDocument(ContactId contact, string owner, string agent, string displayName) =>
        new(NameIdOf(contact, agent), owner, Encoding.UTF8.GetBytes(displayName));

    private static string TextIdOf(ContactId contact, string document) => $"{ContactKind.StreamOf(contact)}/said/{document}";

    private static string MailIdOf(ContactId contact, string document) => $"{TextIdOf(contact, document)}/mail";

    private static string NameIdOf(ContactId contact, string agent) => $"{ContactKind.StreamOf(contact)}/agent/{agent}";

    private static string PersonIdOf(ContactId contact) => $"{ContactKind.StreamOf(contact)}/person";

    /// <summary>The log holds a hash alone, so that who reads it opens nothing.</summary>
    private static string KeyValueOf(string accessKey) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(accessKey)));

    private string Letters(int count) => string.Create(count, ports.RandomBytes(count), static (letters, chance) =>
        {
            for (var index = 0; index < letters.Length; index++)
                letters[index] = Unambiguous[chance[index] & 31];
        });
}
