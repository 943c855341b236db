using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Domain.Points;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;

namespace Shonin.Merchant.Privacy;

/// <summary>Who is handed an export.</summary>
public enum ExportReader
{
    /// <summary>The account's owner: what is proved to be theirs.</summary>
    Owner,

    /// <summary>
    /// The merchant, who looks through it before handing it on: also notes between agents, and conversations in which somebody typed the
    /// address without proving it (GDPR article 15(4): the rights of others).
    /// </summary>
    Merchant,
}

/// <summary>A mail that the person reported.</summary>
public sealed record ExportedReport(string Number, DateTimeOffset ReceivedAt, string Subject, string Note);

/// <summary>What mail checks keep of an address.</summary>
/// <param name="AnswerCount">Answers in the last month.</param>
public sealed record ExportedMailChecks(ImmutableArray<ExportedReport> Reports, int AnswerCount)
{
    public static ExportedMailChecks None { get; } = new([], 0);
}

/// <summary>
/// All that is kept of a person, for them to read and for other programs to take over (GDPR articles 15 and 20, APPI article 33). It holds
/// no secret and no card number.
/// </summary>
public sealed record PersonExport(
    string Format,
    string Address,
    DateTimeOffset ExportedAt,
    ExportedAccount? Account,
    ImmutableArray<ExportedOrder> Orders,
    ImmutableArray<ExportedContact> Contacts,
    ExportedPoints Points,
    ExportedMailChecks MailChecks,
    ImmutableArray<DateTimeOffset> ErasuresAskedAt,
    ImmutableArray<ExportedKind> Kept
)
{
    public const string FormatName = "shonin-person/1";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        // It is a file of its own and never a part of a page: Japanese stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = true,
    };

    /// <summary>UTF-8 JSON.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, json);
}

public sealed record ExportedAccount(
    string DisplayName,
    Locale Locale,
    ImmutableArray<string> Addresses,
    bool HasPassword,
    ImmutableArray<ExportedPasskey> Passkeys,
    ImmutableArray<ExportedSession> Sessions,
    DateTimeOffset OpenedAt
);

public sealed record ExportedPasskey(string? Name, DateTimeOffset AddedAt);

public sealed record ExportedSession(string Device, DateTimeOffset BegunAt, DateTimeOffset SeenAt);

public sealed record ExportedOrder(
    string Number,
    string? Reference,
    DateTimeOffset PlacedAt,
    string State,
    string Name,
    string Email,
    string? Phone,
    Locale Locale,
    ImmutableArray<ExportedItem> Items,
    ExportedAmount Total,
    ExportedCard Card,
    ImmutableArray<ExportedParcel> Parcels,
    ImmutableArray<ExportedNotice> Notices
);

public sealed record ExportedItem(string Sku, string Name, int Quantity, ExportedAmount Price);

/// <param name="MinorUnits">Yen, cents.</param>
public sealed record ExportedAmount(long MinorUnits, string Currency);

public sealed record ExportedCard(string Brand, string Last4);

public sealed record ExportedParcel(string Carrier, string Tracking, DateTimeOffset ShippedAt, DateTimeOffset? DeliveredAt);

/// <param name="Text">As it was sent; the secret of the order's link is left out.</param>
public sealed record ExportedNotice(
    string Number,
    NoticeKind Kind,
    DateTimeOffset QueuedAt,
    DateTimeOffset? SentAt,
    string? Subject,
    string? Text
);

/// <param name="Proved">Whether it is about an order of the address; else somebody typed the address.</param>
public sealed record ExportedContact(
    string Id,
    string? Order,
    ContactProof Proved,
    string? Name,
    string? Email,
    ImmutableArray<ExportedLine> Lines
);

public enum ContactProof
{
    AboutAnOrder,
    AddressTyped,
}

public sealed record ExportedLine(DateTimeOffset At, string By, string Text);

public sealed record ExportedPoints(long Balance, ImmutableArray<PointsEntry> Entries);

/// <summary>A row of the table of what is kept, in the language of whoever reads.</summary>
public sealed record ExportedKind(string What, string Why, string Ground, string HowLong, string EndedBy);

/// <summary>Makes exports.</summary>
/// <param name="checksOf">What the mail checks keep of an address.</param>
public sealed class PersonExporter(
    PersonalBooks books,
    PersonErasures erasures,
    Func<string, CancellationToken, ValueTask<ExportedMailChecks>> checksOf,
    RetentionPolicy policy,
    TimeProvider clock
)
{
    private const string Hidden = "***";

    private IEventReader Log => books.Log.Store;

    /// <exception cref="LogUnusableException">The log cannot be read now, or an index is being built.</exception>
    public async ValueTask<PersonExport> OfAsync(string address, ExportReader reader, Locale locale, CancellationToken cancellation)
    {
        var found = await erasures.Finder.FindAsync(address, cancellation);
        if (!found.IsWhole)
        {
            throw new LogUnusableException(
                "The index of orders is being built; not everything would be in the export. Try again in a minute."
            );
        }
        var now = clock.GetUtcNow();
        var orders = ImmutableArray.CreateBuilder<ExportedOrder>();
        foreach (var record in found.Orders)
            orders.Add(await OrderAsync(record, cancellation));
        var contacts = ImmutableArray.CreateBuilder<ExportedContact>();
        foreach (var contact in found.Contacts)
            contacts.Add(await ContactAsync(contact, ContactProof.AboutAnOrder, reader, found.Orders, cancellation));
        foreach (var contact in reader == ExportReader.Merchant ? found.Unproved : [])
            contacts.Add(await ContactAsync(contact, ContactProof.AddressTyped, reader, found.Orders, cancellation));
        var (reports, answerCount) = (ImmutableArray.CreateBuilder<ExportedReport>(), 0);
        foreach (var one in found.Addresses)
        {
            var checks = await checksOf(one.Address, cancellation);
            reports.AddRange(checks.Reports);
            answerCount += checks.AnswerCount;
        }
        return new(
            PersonExport.FormatName,
            address.Trim(),
            now,
            found.Account is { } account ? AccountOf(account, now, locale) : null,
            orders.ToImmutable(),
            contacts.ToImmutable(),
            await PointsAsync(found.Addresses, now, cancellation),
            new(reports.ToImmutable(), answerCount),
            (await erasures.FindAsync(address))?.AskedAt ?? [],
            [
                .. KeptData
                    .All(policy)
                    .Select(kind => new ExportedKind(
                        kind.Name.In(locale),
                        kind.Purpose.In(locale),
                        kind.Ground.In(locale),
                        kind.Long.In(locale),
                        kind.EndedBy.In(locale)
                    )),
            ]
        );
    }

    private static ExportedAccount AccountOf(OpenAccount account, DateTimeOffset now, Locale locale) =>
        new(
            account.Details.DisplayName,
            account.Details.Locale,
            [.. account.Details.Addresses.Select(address => address.Address)],
            account.Details.PasswordHash is not null,
            [.. account.Details.Passkeys.Select(passkey => new ExportedPasskey(passkey.Name, passkey.CreatedAt))],
            [
                .. account
                    .Account.Sessions.Where(session => session.IsOpenAt(now, SessionTerms.Of(account.Account.Role)))
                    .Select(session => new ExportedSession(session.Device.Words.In(locale), session.BegunAt, session.SeenAt)),
            ],
            account.Account.OpenedAt
        );

    private async ValueTask<ExportedOrder> OrderAsync(OrderRecord record, CancellationToken cancellation)
    {
        var (order, person) = (record.Order, record.Person!);
        var notices = ImmutableArray.CreateBuilder<ExportedNotice>();
        foreach (var notice in order.Notices.Where(notice => notice.WithdrawnAt is null))
        {
            var mail = await Log.ReadDocumentAsync(NoticeMail.DocumentIdOf(notice.Notice.Id), cancellation) is { } document
                ? NoticeMail.Parse(document)
                : null;
            notices.Add(
                new(
                    notice.Notice.NumberToQuote(),
                    notice.Notice.Kind,
                    notice.QueuedAt,
                    notice.SentAt,
                    mail?.Subject,
                    record.AccessKey is { } secret ? mail?.Text.Replace(secret, Hidden, StringComparison.Ordinal) : mail?.Text
                )
            );
        }
        return new(
            order.Number,
            order.Reference,
            order.PlacedAt,
            OrderWording.StateName(order).In(order.Locale),
            person.Name,
            person.Email,
            person.Phone,
            order.Locale,
            [.. order.Items.Select(item => new ExportedItem(item.Sku, item.Name, item.Quantity, AmountOf(item.UnitPrice)))],
            AmountOf(order.Total),
            new(order.Card.Brand, order.Card.Last4),
            [
                .. order.Shipments.Select(parcel => new ExportedParcel(
                    parcel.Carrier,
                    parcel.Tracking,
                    parcel.ShippedAt,
                    parcel.DeliveredAt
                )),
            ],
            notices.ToImmutable()
        );
    }

    private async ValueTask<ExportedContact> ContactAsync(
        ContactRecord contact,
        ContactProof proof,
        ExportReader reader,
        ImmutableArray<OrderRecord> orders,
        CancellationToken cancellation
    )
    {
        var person = await books.Contacts.PersonOfAsync(contact.Id, cancellation);
        var lines = await books.Contacts.LinesAsync(
            contact,
            0,
            reader == ExportReader.Owner ? ContactReader.Customer : ContactReader.Agent,
            cancellation
        );
        return new(
            contact.Id.Value,
            orders.FirstOrDefault(record => record.Order.Id == contact.Id.Order)?.Order.Number,
            proof,
            person?.Name,
            person?.Email,
            [
                .. lines
                    .Where(line => line.Text is not null && line.Fact is ContactFact.Said)
                    .Select(line => new ExportedLine(line.Fact.At, SpeakerOf((ContactFact.Said)line.Fact, line.Agent), line.Text!)),
            ]
        );
    }

    private static string SpeakerOf(ContactFact.Said said, string? agent) =>
        said.By switch
        {
            Speaker.Customer => "customer",
            Speaker.Shop => "shop",
            Speaker.Agent when said.Kind == MessageKind.Note => "note",
            Speaker.Agent => agent ?? "agent",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>From the log itself, so that no book of points need be open.</summary>
    private async ValueTask<ExportedPoints> PointsAsync(
        ImmutableArray<AccountAddress> addresses,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var kind = new PointsKind(new());
        var ledgers = new List<(PointsLedger, IReadOnlyList<PointsFact>)>();
        foreach (var address in addresses)
        {
            var facts = (await Log.ReadStreamAsync(PointsKind.StreamOf(address.Digest), 0, cancellation)).Select(kind.Load).ToList();
            PointsLedger? ledger = null;
            foreach (var fact in facts)
                ledger = PointsLedger.Evolve(ledger, fact);
            if (ledger is not null)
                ledgers.Add((ledger, facts));
        }
        var view = PointsView.Of(ledgers, now);
        return new(view.Balance, view.Entries);
    }

    private static ExportedAmount AmountOf(Money amount) => new(amount.MinorUnits, amount.Currency.Code);
}
