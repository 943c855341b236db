using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Web;

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

/// <summary>What a line means at a glance; its words say it too.</summary>
public enum LineTone
{
    Plain,

    /// <summary>It is ours.</summary>
    Good,

    /// <summary>Beware.</summary>
    Stop,

    /// <summary>Not known, or something is missing.</summary>
    Open,
}

/// <summary>A line of a conversation, ready to be shown: the page and the hub send the same.</summary>
/// <param name="Number">Of its fact; by it both sides catch up.</param>
/// <param name="Who">Who said it; empty for what happened.</param>
/// <param name="When">The time of day, with the day where it is not today.</param>
/// <param name="ClientId">The reader's own name for a message of theirs, or null.</param>
public sealed record ShownLine(long Number, LineSide Side, string Who, string When, DateTimeOffset At, string Text, string? ClientId)
{
    public LineTone Tone { get; init; } = LineTone.Plain;

    /// <summary>An order, as it stood when the line was made ready; or null.</summary>
    public ShownCard? Card { get; init; }

    /// <summary>Where one goes on from here, within our own pages; or null.</summary>
    public ShownLink? Link { get; init; }
}

/// <param name="Rows">What is said of it.</param>
public sealed record ShownCard(string Title, ImmutableArray<ShownRow> Rows);

public sealed record ShownRow(string Label, string Text);

/// <param name="Path">Of a page of ours, in the reader's language.</param>
public sealed record ShownLink(string Text, string Path);

/// <summary>Where a contact stands, ready to be shown.</summary>
/// <param name="Agent">The display name of the agent who has it, or null.</param>
public sealed record ShownStanding(bool IsOpen, string Status, string? Agent);

/// <summary>Turns a contact's facts into what one reader reads.</summary>
internal sealed class ContactLines(ContactBook contacts, OrderBook orders, SpokenTime time, TimeProvider clock)
{
    private static readonly Words checkMails = new("メールが本物か調べる", "Check whether a mail is real");
    private static readonly Words toOrder = new("ご注文のページを開く", "Open the order's page");
    private static readonly Words toOrderAtDesk = new("注文を開く", "Open the order");

    private static readonly Words erased = new("(この内容は消去されました)", "(This text has been erased)");

    public async ValueTask<IReadOnlyList<ShownLine>> OfAsync(
        ContactRecord record,
        long after,
        ContactReader reader,
        Locale locale,
        CancellationToken cancellation
    ) => await ShownAsync(await contacts.LinesAsync(record, after, reader, cancellation), reader, locale, cancellation);

    public async ValueTask<IReadOnlyList<ShownLine>> OfAsync(
        ContactChange change,
        ContactReader reader,
        Locale locale,
        CancellationToken cancellation
    ) => await ShownAsync(await contacts.LinesAsync(change, reader, cancellation), reader, locale, cancellation);

    /// <summary>What a page lacks that has the lines up to a number: an unknown number is answered with all of them.</summary>
    /// <param name="place">Among those who wait; null where it is not known.</param>
    public async ValueTask<JoinAnswer> SinceAsync(
        ContactId contact,
        long after,
        ContactReader reader,
        QueuePlace? place,
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
        QueuePlace? place,
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

    private async ValueTask<IReadOnlyList<ShownLine>> ShownAsync(
        ImmutableArray<ContactLine> lines,
        ContactReader reader,
        Locale locale,
        CancellationToken cancellation
    )
    {
        var shown = new List<ShownLine>(lines.Length);
        foreach (var line in lines)
        {
            var bare = Shown(line, reader, locale);
            shown.Add(
                line.Fact switch
                {
                    ContactFact.OrderShown { Order: var order } => await WithCardAsync(bare, order, reader, locale, cancellation),
                    // The page of checks is the customers'.
                    ContactFact.NoticeJudged { Finding: NoticeFinding.NotOurs or NoticeFinding.Mistyped }
                        when reader == ContactReader.Customer => bare with
                    {
                        Link = LinkOf(checkMails, "/check", locale),
                    },
                    _ => bare,
                }
            );
        }
        return shown;
    }

    /// <summary>The order as it stands now; who reads it here has its link already, or is at the desk.</summary>
    private async ValueTask<ShownLine> WithCardAsync(
        ShownLine line,
        OrderId order,
        ContactReader reader,
        Locale locale,
        CancellationToken cancellation
    )
    {
        if (await orders.FindAsync(order, cancellation) is not { AccessKey: { } accessKey, Order: var now })
            return line;
        var card = new ShownCard(
            new Words($"ご注文 {now.Number}", $"Order {now.Number}").In(locale),
            [
                .. now.Items.Select(item => new ShownRow(
                    new Words("商品", "Item").In(locale),
                    $"{Words.Quoted(item.Name).In(locale)} × {item.Quantity.ToString(CultureInfo.InvariantCulture)}"
                )),
                new(new Words("合計", "Total").In(locale), Words.Of(now.Total).In(locale)),
                new(new Words("いまの状況", "Now").In(locale), OrderWording.StateName(now).In(locale)),
            ]
        );
        return line with
        {
            Card = card,
            Link = reader switch
            {
                ContactReader.Customer => LinkOf(toOrder, $"/o/{accessKey}", locale),
                ContactReader.Agent => LinkOf(toOrderAtDesk, $"/desk/orders/{Uri.EscapeDataString(now.Number)}", locale),
            },
        };
    }

    private static ShownLink LinkOf(Words text, string path, Locale locale) =>
        new(text.In(locale), $"{path}?lang={PageContext.Tags[locale]}");

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
        )
        {
            Tone = line.Fact switch
            {
                ContactFact.NoticeJudged judged => ToneOf(judged.Finding),
                ContactFact.MailJudged mail => ToneOf(mail.Finding),
                _ => LineTone.Plain,
            },
        };
    }

    private static LineTone ToneOf(NoticeFinding finding) =>
        finding switch
        {
            NoticeFinding.OfThisOrder or NoticeFinding.OfAnotherOrder => LineTone.Good,
            NoticeFinding.NotOurs or NoticeFinding.Mistyped => LineTone.Stop,
            NoticeFinding.NeedsOrderNumber or NoticeFinding.NotNow => LineTone.Open,
            _ => throw new UnreachableException(),
        };

    private static LineTone ToneOf(MailFinding finding) =>
        finding switch
        {
            MailFinding.OfThisOrder or MailFinding.Genuine => LineTone.Good,
            MailFinding.NotGenuine => LineTone.Stop,
            MailFinding.GenuineOfAnother or MailFinding.CannotTell => LineTone.Open,
        };

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
