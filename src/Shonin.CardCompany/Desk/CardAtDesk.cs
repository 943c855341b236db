using System.Globalization;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.CardCompany.Host;
using Shonin.EventLog;
using Shonin.Iso8583;

namespace Shonin.CardCompany.Desk;

/// <summary>What the desk sees of a card. <paramref name="Id"/> is opaque and says nothing about the number.</summary>
/// <param name="Arrears">none, due or settled.</param>
/// <param name="Referral">none, open (the card is referred until released) or released.</param>
/// <param name="Used">What holds and captures take together, in the limit's currency, else in yen.</param>
internal sealed record CardAtDesk(
    string Id,
    string Last4,
    string Holder,
    AccountState State,
    string Arrears,
    string Referral,
    DeskMoney? Limit,
    DeskMoney Used
);

internal sealed record DeskMoney(long MinorUnits, string Currency)
{
    /// <summary>¥12,480 or 124.80 USD.</summary>
    public string Spoken() =>
        Currency == Currencies.Yen
            ? MinorUnits.ToString("¥#,0", CultureInfo.InvariantCulture)
            : (MinorUnits / 100m).ToString("#,0.00 ", CultureInfo.InvariantCulture) + Currency;
}

/// <summary>One thing in a card's history, the newest first.</summary>
internal sealed record HistoryItem(
    DateTimeOffset At,
    RowKind Kind,
    string? Mti,
    string? Merchant,
    string? OrderNumber,
    DeskMoney? Amount,
    string? ResponseCode,
    Reason? Reason,
    string? ApprovalCode,
    string? Rrn,
    string? Stan,
    RowRepeat Repeat,
    string? Agent
);

/// <summary>Reads cards for the desk.</summary>
internal sealed class CardsAtDesk(CardCompanyHost host)
{
    /// <summary>Rows that one look shows.</summary>
    public const int RowCountMax = 200;

    /// <summary>By a number typed at the desk, spaces allowed; null where it is no card of ours.</summary>
    public async Task<CardAtDesk?> LookUpAsync(string number)
    {
        var digits = number.Replace(" ", "", StringComparison.Ordinal);
        return digits.Length is >= 12 and <= 19 && digits.All(char.IsAsciiDigit) && Luhn.Passes(digits)
            ? await FindAsync(host.Keys.Stream(digits).Value)
            : null;
    }

    public async Task<CardAtDesk?> FindAsync(string id)
    {
        if (host.Accounts.Find(new StreamId(id)) is not { } account)
            return null;
        var history = (await host.Cards.ReadAsync(new StreamId(id)))?.State ?? CardHistory.Empty;
        var currency = account.Limit?.Currency ?? Currencies.Yen;
        return new CardAtDesk(
            id,
            account.Last4,
            account.Holder,
            account.State,
            Arrears: account.Arrears is ArrearsState.None ? "none"
                : history.ArrearsAreSettled ? "settled"
                : "due",
            Referral: account.Rule is not AnswerRule.Refer ? "none"
                : history.ReferralIsReleased ? "released"
                : "open",
            account.Limit is { } limit ? new DeskMoney(limit.MinorUnits, limit.Currency) : null,
            new DeskMoney(history.Used(currency), currency)
        );
    }

    public async Task<IReadOnlyList<HistoryItem>> HistoryAsync(string id, CancellationToken cancellation)
    {
        var events = await host.Store.ReadStreamAsync(new StreamId(id), 0, cancellation);
        return [.. events.Reverse().Take(RowCountMax).Select(HistoryRow.Of).Select(Item)];
    }

    private static HistoryItem Item(HistoryRow row)
    {
        var amount = row.Answer?.ApprovedAmount ?? row.Request?.Amount;
        return new HistoryItem(
            row.Stored.At,
            row.Kind,
            row.Request?.Mti,
            row.Request?.Merchant,
            row.Request?.OrderNumber,
            amount is { } known ? new DeskMoney(known.MinorUnits, known.Currency) : null,
            row.Answer?.ResponseCode,
            row.Reason,
            row.Answer?.ApprovalCode,
            row.Request?.Rrn,
            row.Key?.Stan.ToString("000000", CultureInfo.InvariantCulture),
            row.Repeat,
            row.Agent
        );
    }
}
