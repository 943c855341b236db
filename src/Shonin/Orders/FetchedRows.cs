using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Shonin.Domain.Orders;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant.Timelines;

namespace Shonin.Orders;

/// <summary>
/// The rows of the card company's record that were fetched and believed, by the key of their message, and how far they go. It can be
/// fetched anew at any time.
/// </summary>
internal sealed class FetchedRows : IDisposable
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    private FetchedRows(SqliteConnection connection, CardCompanyEvidence known) => (this.connection, Known) = (connection, known);

    /// <summary>How far the rows go; it holds none of them.</summary>
    public CardCompanyEvidence Known { get; private set; }

    /// <param name="before">Whose record it is, before its first page.</param>
    /// <param name="publicKeyPem">What its pages are believed with: rows that were believed with another key are dropped.</param>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    public static FetchedRows Open(string path, CardCompanyEvidence before, string publicKeyPem)
    {
        var source = SourceOf(before, publicKeyPem);
        var rows = new FetchedRows(OwnerOnly.OpenDatabase(path), before);
        // Not flushed with each page: what a power cut takes is fetched again.
        rows.connection.Execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            CREATE TABLE IF NOT EXISTS row(place INTEGER PRIMARY KEY, wire_key TEXT NOT NULL, content BLOB NOT NULL) STRICT;
            CREATE INDEX IF NOT EXISTS row_by_key ON row(wire_key, place);
            CREATE TABLE IF NOT EXISTS extent(id INTEGER PRIMARY KEY CHECK (id = 1), source TEXT NOT NULL, next TEXT NOT NULL, complete_until INTEGER) STRICT;
            """
        );
        rows.connection.Execute("DELETE FROM row WHERE NOT EXISTS (SELECT 1 FROM extent WHERE source = $source)", ("$source", source));
        rows.connection.Execute("DELETE FROM extent WHERE source <> $source", ("$source", source));
        rows.connection.Execute(
            "INSERT INTO extent(id, source, next) VALUES (1, $source, $next) ON CONFLICT DO NOTHING",
            ("$source", source),
            ("$next", before.Next)
        );
        rows.Known = rows.ReadExtent(before);
        return rows;
    }

    /// <summary>
    /// The rows as they stand, beside a server that goes on fetching; nothing is changed. Null where there are none of this source.
    /// </summary>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static FetchedRows? OpenToRead(string path, CardCompanyEvidence before, string publicKeyPem)
    {
        if (!File.Exists(path))
            return null;
        var rows = new FetchedRows(OwnerOnly.OpenDatabaseToRead(path), before);
        if (!rows.AreOf(SourceOf(before, publicKeyPem)))
        {
            rows.Dispose();
            return null;
        }
        rows.Known = rows.ReadExtent(before);
        return rows;
    }

    /// <summary>
    /// What the card company recorded of one order's messages; null before its record was fetched whole for the first time.
    /// </summary>
    public CardCompanyEvidence? EvidenceOf(Order order)
    {
        var known = Known;
        return known.CompleteUntil is null ? null : known with { Rows = [.. KeysOf(order).SelectMany(key => Of(key))] };
    }

    /// <summary>The rows of one message, in the order in which they were decided.</summary>
    public ImmutableArray<CardCompanyRow> Of(string wireKey)
    {
        lock (gate)
        {
            using var command = connection.Command("SELECT content FROM row WHERE wire_key = $key ORDER BY place", ("$key", wireKey));
            using var reader = command.ExecuteReader();
            var found = ImmutableArray.CreateBuilder<CardCompanyRow>();
            while (reader.Read())
                found.Add(JsonSerializer.Deserialize<CardCompanyRow>((byte[])reader[0], json)!);
            return found.ToImmutable();
        }
    }

    /// <summary>Keeps the rows of a page, and how far they go now, in one transaction.</summary>
    /// <exception cref="SqliteException">It could not be written; the page is fetched again.</exception>
    public void Add(CardCompanyEvidence page)
    {
        lock (gate)
        {
            using var transaction = connection.BeginTransaction();
            foreach (var row in page.Rows)
            {
                connection.Execute(
                    "INSERT INTO row(wire_key, content) VALUES ($key, $content)",
                    ("$key", row.WireKey),
                    ("$content", JsonSerializer.SerializeToUtf8Bytes(row, json))
                );
            }

            connection.Execute(
                "UPDATE extent SET next = $next, complete_until = $until",
                ("$next", page.Next),
                ("$until", page.CompleteUntil is { } until ? (object)until.ToUnixTimeMilliseconds() : DBNull.Value)
            );
            transaction.Commit();
            Known = page with { Rows = [] };
        }
    }

    public void Dispose() => connection.Dispose();

    private static string SourceOf(CardCompanyEvidence before, string publicKeyPem) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{before.Acquirer}\n{before.Merchant}\n{publicKeyPem}")));

    private static IEnumerable<string> KeysOf(Order order)
    {
        foreach (var attempt in order.Attempts)
        {
            yield return attempt.Claim.WireKey;
            if (attempt.Reversal is { } reversal)
                yield return reversal.Claim.WireKey;
        }
        foreach (var shipment in order.Shipments)
            yield return shipment.Claim.WireKey;
    }

    private bool AreOf(string source) => connection.Scalar("SELECT 1 FROM extent WHERE source = $source", ("$source", source)) is not null;

    private CardCompanyEvidence ReadExtent(CardCompanyEvidence before)
    {
        using var command = connection.Command("SELECT next, complete_until FROM extent");
        using var reader = command.ExecuteReader();
        reader.Read();
        return before with
        {
            Next = reader.GetString(0),
            CompleteUntil = reader.IsDBNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
        };
    }
}
