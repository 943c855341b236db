using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shonin.Domain.Approvals;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant.Cards;

namespace Shonin.Cards;

/// <summary>
/// <c>card-requests.db</c>, where card requests were remembered before they stood on the log: the caller with its key, the request's hash,
/// the card as JSON.
/// </summary>
internal static class CardRequestsFile
{
    /// <summary>They share a flush.</summary>
    private const int BatchCountMax = 256;

    public static FormerFile Former { get; } =
        new("card-requests.db", ["card_request"], "card requests with their Idempotency-Key", TakeOverAsync);

    private static async Task TakeOverAsync(SqliteConnection file, TakeOverPorts ports, CancellationToken cancellation)
    {
        await using var requests = await CardRequests.OpenAsync(ports.Log, ports.Clock, ports.OnFault, cancellation);
        while (First(file) is [.., var last] batch)
        {
            await Task.WhenAll(batch.Select(row => TakeOverAsync(requests, row, cancellation)));
            file.Execute("DELETE FROM card_request WHERE key <= $last", ("$last", last.Key));
        }
    }

    private static async Task TakeOverAsync(CardRequests requests, Row row, CancellationToken cancellation)
    {
        var end = row.Key.IndexOf(' ', StringComparison.Ordinal);
        if (end < 0)
            throw new FormatException($"{row.Key} names no caller.");
        var key = CardRequests.KeyOf(row.Key[..end], row.Key[(end + 1)..], row.Hash);
        if (await requests.KeepAsync(key, row.Card, cancellation) is CardRequestOutcome.Unavailable(var why))
            throw new LogUnusableException(why);
    }

    private static List<Row> First(SqliteConnection file)
    {
        using var command = file.Command("SELECT key, hash, card FROM card_request ORDER BY key LIMIT $count", ("$count", BatchCountMax));
        using var reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
            rows.Add(new(reader.GetString(0), reader.GetString(1), JsonSerializer.Deserialize<CardOnFile>(reader.GetString(2))!));
        return rows;
    }

    private sealed record Row(string Key, string Hash, CardOnFile Card);
}
