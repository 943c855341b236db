using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Merchant.Contacts;

namespace Shonin.Contacts;

/// <summary>Whose a line is, as a page shows it.</summary>
public enum LineSide
{
    Customer,
    Agent,

    /// <summary>Nobody's own words: what happened.</summary>
    Event,

    /// <summary>Between agents.</summary>
    Note,
}

/// <summary>A line of a conversation, ready to be shown: the page and the hub send the same.</summary>
/// <param name="Number">Of its fact; by it both sides catch up.</param>
/// <param name="Who">Who said it; empty for what happened.</param>
/// <param name="When">The time of day, with the day where it is not today.</param>
/// <param name="ClientId">The reader's own name for a message of theirs, or null.</param>
public sealed record ShownLine(long Number, LineSide Side, string Who, string When, DateTimeOffset At, string Text, string? ClientId);

/// <summary>Where a contact stands, ready to be shown.</summary>
/// <param name="Agent">The display name of the agent who has it, or null.</param>
public sealed record ShownStanding(bool IsOpen, string Status, string? Agent);

/// <summary>Turns a contact's facts into what one reader reads.</summary>
internal sealed class ContactLines(ContactBook contacts, SpokenTime time, TimeProvider clock)
{
    private static readonly Words erased = new("(この内容は消去されました)", "(This text has been erased)");

    public async ValueTask<IReadOnlyList<ShownLine>> OfAsync(
        ContactRecord record,
        long after,
        ContactReader reader,
        Locale locale,
        CancellationToken cancellation
    ) => [.. (await contacts.LinesAsync(record, after, reader, cancellation)).Select(line => Shown(line, reader, locale))];

    public async ValueTask<IReadOnlyList<ShownLine>> OfAsync(
        ContactChange change,
        ContactReader reader,
        Locale locale,
        CancellationToken cancellation
    ) => [.. (await contacts.LinesAsync(change, reader, cancellation)).Select(line => Shown(line, reader, locale))];

    /// <summary>What a page lacks that has the lines up to a number: an unknown number is answered with all of them.</summary>
    /// <param name="place">Among those who wait; null where it is not known.</param>
    public async ValueTask<JoinAnswer> SinceAsync(
        ContactId contact,
        long after,
        ContactReader reader,
        int? place,
        Locale locale,
        CancellationToken cancellation
    )
    {
        if (await contacts.FindAsync(contact) is not { } record)
            return new(new(0, 0, []), null, null);
        var from = after < 0 || after > record.Version ? 0 : after;
        return new(
            new(from, record.Version, await OfAsync(record, from, reader, locale, cancellation)),
            reader switch
            {
                ContactReader.Customer => await ForCustomerAsync(contact, record.State, place, locale, cancellation),
                ContactReader.Agent => await ForAgentAsync(contact, record.State, locale, cancellation),
            },
            null
        );
    }

    /// <param name="place">Among those who wait; null where it is not known.</param>
    public async ValueTask<ShownStanding> ForCustomerAsync(
        ContactId id,
        Contact contact,
        int? place,
        Locale locale,
        CancellationToken cancellation
    )
    {
        var agent = await AgentOfAsync(id, contact, cancellation);
        return new(contact.IsOpen, ContactWording.StatusOf(contact, agent, place, time).In(locale), agent);
    }

    public async ValueTask<ShownStanding> ForAgentAsync(ContactId id, Contact contact, Locale locale, CancellationToken cancellation)
    {
        var agent = await AgentOfAsync(id, contact, cancellation);
        return new(contact.IsOpen, ContactWording.StatusAtDesk(contact, agent, time).In(locale), agent);
    }

    private async ValueTask<string?> AgentOfAsync(ContactId id, Contact contact, CancellationToken cancellation) =>
        contact.Agent is { } held ? await contacts.NameOfAsync(id, held, cancellation) : null;

    private ShownLine Shown(ContactLine line, ContactReader reader, Locale locale)
    {
        var said = line.Fact as ContactFact.Said;
        return new(
            line.Number,
            SideOf(line.Fact),
            said is null ? "" : WhoOf(said, line.Agent, reader).In(locale),
            WhenOf(line.Fact.At, locale),
            line.Fact.At,
            Worded(line, reader)?.In(locale) ?? line.Text ?? erased.In(locale),
            said is not null && IsReaders(said.By, reader) ? said.ClientId : null
        );
    }

    private Words? Worded(ContactLine line, ContactReader reader) =>
        reader switch
        {
            ContactReader.Customer => ContactWording.LineOf(line.Fact, line.Agent, time),
            ContactReader.Agent => ContactWording.LineAtDesk(line.Fact, line.Agent, time),
        };

    private static LineSide SideOf(ContactFact fact) =>
        fact switch
        {
            ContactFact.Said { Kind: MessageKind.Note } => LineSide.Note,
            ContactFact.Said { By: Speaker.Customer } => LineSide.Customer,
            ContactFact.Said { By: Speaker.Agent } => LineSide.Agent,
            _ => LineSide.Event,
        };

    private static Words WhoOf(ContactFact.Said said, string? agent, ContactReader reader) =>
        (said, reader) switch
        {
            ({ Mail: { } mail }, ContactReader.Customer) => ContactWording.SpeakerOf(mail),
            ({ Mail: { } mail }, ContactReader.Agent) => ContactWording.SpeakerAtDesk(mail),
            ({ By: Speaker.Customer }, ContactReader.Agent) => new("お客様", "Customer"),
            (_, ContactReader.Customer or ContactReader.Agent) => ContactWording.SpeakerOf(said.By, agent),
        };

    private static bool IsReaders(Speaker by, ContactReader reader) =>
        reader switch
        {
            ContactReader.Customer => by is Speaker.Customer,
            ContactReader.Agent => by is Speaker.Agent,
        };

    private string WhenOf(DateTimeOffset at, Locale locale) =>
        clock.GetUtcNow() - at < TimeSpan.FromHours(12) ? time.TimeOfDay(at) : time.DayAndTimeInTable(at).In(locale);
}
