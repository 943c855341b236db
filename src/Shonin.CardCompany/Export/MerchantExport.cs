using System.Globalization;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.CardCompany.Host;
using Shonin.EventLog;

namespace Shonin.CardCompany.Export;

/// <summary>Whose requests: field 32 without leading zeros, and field 42.</summary>
internal sealed record MerchantIdentity(string Acquirer, string Merchant);

/// <param name="After">The position after which it looked.</param>
/// <param name="Next">Where to go on; the same as <paramref name="After"/> where nothing new was there.</param>
internal sealed record ExportPage(
    string Schema,
    string Acquirer,
    string Merchant,
    DateTimeOffset IssuedAt,
    string After,
    IReadOnlyList<ExportRow> Rows,
    string Next
);

/// <summary>
/// One message of the merchant's, as the card company's history has it. Rows are in the order in which things were decided, and are
/// never changed: a decline stays beside the approval that came later. A request of which there is no row never arrived.
/// </summary>
/// <param name="At">When it was decided, by the card company's clock.</param>
/// <param name="Kind">authorization, advice, reversal, capture, refund, notUnderstood, holdExpired.</param>
/// <param name="TransmittedAt">Field 7 with the year that it was taken for.</param>
/// <param name="Original">Of a reversal, capture or refund: <c>STAN/field 7</c> of the authorization.</param>
/// <param name="ResponseCode">What it was answered; of an advice, what the stand-in had answered the merchant.</param>
/// <param name="DecidedBy">host or standIn.</param>
/// <param name="Answer">sent: handed to the connection. undelivered: could not be. pending: neither is recorded (yet, or for ever after a
///   crash).</param>
/// <param name="Repeat">first, same (its first answer was given again) or otherContent (refused).</param>
internal sealed record ExportRow(
    DateTimeOffset At,
    string Kind,
    string? Mti,
    string Stan,
    DateTimeOffset TransmittedAt,
    string? Rrn,
    string Terminal,
    string? OrderNumber,
    string? Last4,
    ExportMoney? Amount,
    string? Original,
    string? ResponseCode,
    string? ApprovalCode,
    string DecidedBy,
    string Answer,
    string Repeat
);

internal sealed record ExportMoney(long MinorUnits, string Currency);

/// <summary>What the card company's history holds of one merchant's own requests. No reason and no other merchant's row is in it.</summary>
internal sealed class MerchantExport(CardCompanyHost host, TimeProvider clock)
{
    public const string Schema = "shonin.card-company.export/1";

    /// <summary>Events looked through for one page, whoever they belong to.</summary>
    private const int EventCountMax = 2_000;

    public async Task<ExportPage> PageAsync(MerchantIdentity merchant, long after, CancellationToken cancellation)
    {
        var events = await host.Store.ReadAllAsync(after, EventCountMax, cancellation);
        var rows = new List<ExportRow>();
        var deliveries = new Dictionary<StreamId, Deliveries>();
        foreach (var stored in events)
        {
            if (stored.Stream == NetworkKind.Stream)
            {
                if (
                    NetworkKind.Read(stored) is NetworkEvent.MessageNotUnderstood { Key: { } key } message
                    && key.Acquirer == merchant.Acquirer
                    && message.Merchant == merchant.Merchant
                )
                {
                    rows.Add(Row(stored, message, key));
                }
            }
            else if (
                stored.Stream.Value.StartsWith(CardKeys.StreamPrefix, StringComparison.Ordinal)
                && await OwnAsync(HistoryRow.Of(stored), merchant) is { } own
            )
            {
                if (!deliveries.TryGetValue(stored.Stream, out var ofCard))
                {
                    deliveries[stored.Stream] = ofCard = new Deliveries(
                        await host.Store.ReadStreamAsync(stored.Stream, stored.Version - 1, cancellation)
                    );
                }

                rows.Add(Row(own.Row, own.Facts, ofCard));
            }
        }
        var next = events.Count == 0 ? after : events[^1].Position;
        return new ExportPage(Schema, merchant.Acquirer, merchant.Merchant, clock.GetUtcNow(), Text(after), rows, Text(next));
    }

    private sealed record Own(HistoryRow Row, RequestFacts Facts);

    /// <summary>The row with the message that it is about, where that is the merchant's; null for everything else.</summary>
    private async ValueTask<Own?> OwnAsync(HistoryRow row, MerchantIdentity merchant)
    {
        var facts = row.Request;
        if (row.Kind is RowKind.HoldExpired)
        {
            facts = (
                await host.Cards.WhenAsync(
                    row.Stored.Stream,
                    history => history.Authorizations.ContainsKey(row.Key!),
                    CancellationToken.None
                )
            )
                .State
                .Authorizations[row.Key!]
                .Request;
        }

        return facts is not null && facts.Key.Acquirer == merchant.Acquirer && facts.Merchant == merchant.Merchant
            ? new Own(row, facts)
            : null;
    }

    private static ExportRow Row(HistoryRow row, RequestFacts facts, Deliveries deliveries) =>
        new(
            row.Stored.At,
            Camel(row.Kind.ToString()),
            facts.Mti,
            Stan(facts.Key),
            facts.Key.TransmittedAt,
            facts.Rrn,
            facts.Key.Terminal,
            facts.OrderNumber,
            facts.Last4,
            new ExportMoney((row.Answer?.ApprovedAmount ?? facts.Amount).MinorUnits, facts.Amount.Currency),
            row.Original is { } original ? $"{Stan(original)}/{Transmitted(original)}" : null,
            row.Answer?.ResponseCode,
            row.Answer?.ApprovalCode,
            row.Kind is RowKind.Advice ? "standIn" : "host",
            row.Kind is RowKind.HoldExpired ? "none" : deliveries.Of(row),
            Camel(row.Repeat.ToString())
        );

    private static ExportRow Row(StoredEvent stored, NetworkEvent.MessageNotUnderstood message, RequestIdentity key) =>
        new(
            stored.At,
            Camel(nameof(RowKind.NotUnderstood)),
            message.Mti,
            Stan(key),
            key.TransmittedAt,
            message.Rrn,
            key.Terminal,
            OrderNumber: null,
            Last4: null,
            Amount: null,
            Original: null,
            message.ResponseCode,
            ApprovalCode: null,
            "host",
            message.ResponseCode is null ? "none" : "pending",
            Camel(nameof(RowRepeat.First))
        );

    /// <summary>What became of the answers in one card's stream.</summary>
    private sealed class Deliveries(IReadOnlyList<StoredEvent> events)
    {
        private readonly List<(long Version, string Mti, RequestIdentity Key, string What)> all = [.. events.SelectMany(Read)];

        /// <summary>The first delivery of this message that is recorded behind it.</summary>
        public string Of(HistoryRow row) =>
            all.Find(delivery => delivery.Version > row.Stored.Version && delivery.Mti == row.Request!.Mti && delivery.Key == row.Key).What
            ?? "pending";

        private static IEnumerable<(long, string, RequestIdentity, string)> Read(StoredEvent stored)
        {
            var happened = CardEventNames.Load(stored);
            if (happened is CardEvent.AnswerSent sent)
                yield return (stored.Version, sent.Mti, sent.Key, "sent");
            if (happened is CardEvent.AnswerUndelivered undelivered)
                yield return (stored.Version, undelivered.Mti, undelivered.Key, "undelivered");
        }
    }

    private static string Stan(RequestIdentity key) => key.Stan.ToString("000000", CultureInfo.InvariantCulture);

    private static string Transmitted(RequestIdentity key) =>
        key.TransmittedAt.UtcDateTime.ToString("MMddHHmmss", CultureInfo.InvariantCulture);

    private static string Text(long position) => position.ToString(CultureInfo.InvariantCulture);

    private static string Camel(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
