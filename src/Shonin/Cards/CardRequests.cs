using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shonin.Domain.Approvals;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.Cards;

/// <summary>What came of a card request with an Idempotency-Key.</summary>
internal abstract record CardRequestOutcome
{
    private CardRequestOutcome() { }

    public sealed record New : CardRequestOutcome;

    public sealed record Repeated(CardOnFile Card) : CardRequestOutcome;

    public sealed record KeyReused : CardRequestOutcome;
}

/// <summary>
/// Remembers which card a client's Idempotency-Key led to, in <c>card-requests.db</c>: the key, a keyed hash of the request without its
/// security code, and the token. Nothing here helps anybody to a card number.
/// </summary>
internal sealed class CardRequests : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    private CardRequests(SqliteConnection connection) => this.connection = connection;

    public static CardRequests Open(string path)
    {
        var requests = new CardRequests(OwnerOnly.OpenDatabase(path));
        requests.connection.Execute("""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE IF NOT EXISTS card_request(key TEXT PRIMARY KEY, hash TEXT NOT NULL, card TEXT NOT NULL) WITHOUT ROWID, STRICT;
            """);
        return requests;
    }

    /// <param name="key">The API key's id and the client's key.</param>
    public CardRequestOutcome Find(string key, string hash)
    {
        lock (gate)
        {
            using var command = connection.Command("SELECT hash, card FROM card_request WHERE key = $key", ("$key", key));
            using var reader = command.ExecuteReader();
            if (!reader.Read())
                return new CardRequestOutcome.New();
            return reader.GetString(0) == hash
                ? new CardRequestOutcome.Repeated(JsonSerializer.Deserialize<CardOnFile>(reader.GetString(1))!)
                : new CardRequestOutcome.KeyReused();
        }
    }

    /// <summary>Keeps the first outcome of a key, durably. Where two requests with one key ran at once, the first one's stands for both.</summary>
    public CardRequestOutcome Keep(string key, string hash, CardOnFile card)
    {
        lock (gate)
            connection.Execute(
                "INSERT INTO card_request(key, hash, card) VALUES ($key, $hash, $card) ON CONFLICT(key) DO NOTHING",
                ("$key", key), ("$hash", hash), ("$card", Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(card))));
        return Find(key, hash);
    }

    public void Dispose() => connection.Dispose();
}
