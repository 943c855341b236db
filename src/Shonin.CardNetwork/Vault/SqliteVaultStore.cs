using Microsoft.Data.Sqlite;
using Shonin.Domain.Approvals;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.CardNetwork.Vault;

/// <summary>
/// vault.db: one table, every write flushed before it is answered. One connection writes and one reads, so that unlocking a card
/// never waits for the flush of another one. Deleted and replaced bytes are overwritten (secure_delete).
/// </summary>
public sealed class SqliteVaultStore : IVaultStore
{
    private const int LayoutVersion = 1;

    private const string Layout = """
        CREATE TABLE card (
            token       TEXT PRIMARY KEY,
            brand       TEXT NOT NULL,
            last4       TEXT NOT NULL CHECK (length(last4) = 4),
            expiry      TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            stored_at   INTEGER NOT NULL, -- milliseconds since 1970, UTC
            key_id      INTEGER NOT NULL,
            nonce       BLOB NOT NULL CHECK (length(nonce) = 12),
            box         BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX card_key ON card (key_id, token);
        PRAGMA user_version = 1;
        """;

    private const string Columns = "token, brand, last4, expiry, fingerprint, stored_at, key_id, nonce, box";

    private readonly string path;
    private readonly SqliteConnection writer;
    private readonly SqliteConnection reader;
    private readonly Lock writing = new();
    private readonly Lock reading = new();

    private SqliteVaultStore(string path, SqliteConnection writer, SqliteConnection reader) =>
        (this.path, this.writer, this.reader) = (path, writer, reader);

    /// <summary>Opens the file, or makes it, readable by its owner alone.</summary>
    /// <exception cref="VaultUnavailableException">It cannot be opened, is no vault, or was made by a newer version.</exception>
    public static SqliteVaultStore Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SqliteConnection? writer = null;
        try
        {
            writer = OwnerOnly.OpenDatabase(path);
            writer.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
            var version = (long)writer.Scalar("PRAGMA user_version")!;
            if (version == 0)
            {
                writer.Execute($"BEGIN IMMEDIATE; {Layout} COMMIT;");
            }
            else if (version != LayoutVersion)
            {
                throw new VaultUnavailableException(
                    $"{path} has layout {version}, and this version knows {LayoutVersion}. Use the version that wrote it, or a newer one."
                );
            }

            return new SqliteVaultStore(path, writer, OwnerOnly.OpenDatabase(path));
        }
        catch (SqliteException error)
        {
            writer?.Dispose();
            throw Unavailable(path, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new VaultUnavailableException(
                $"{path} cannot be opened. Check that its folder belongs to the user that runs shonin.",
                error
            );
        }
        catch (IOException error) when (error is not VaultUnavailableException)
        {
            throw new VaultUnavailableException($"{path} cannot be opened: {error.Message}", error);
        }
    }

    public ValueTask AddAsync(SealedCard card, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(card);
        return WriteAsync(command =>
        {
            command.CommandText =
                $"INSERT INTO card ({Columns}) VALUES ($token, $brand, $last4, $expiry, $fingerprint, $stored_at, $key_id, $nonce, $box)";
            command.Parameters.AddWithValue("$brand", card.Card.Brand);
            command.Parameters.AddWithValue("$last4", card.Card.Last4);
            command.Parameters.AddWithValue("$expiry", card.Card.Expiry);
            command.Parameters.AddWithValue("$fingerprint", card.Card.Fingerprint);
            command.Parameters.AddWithValue("$stored_at", card.StoredAt.ToUnixTimeMilliseconds());
            AddBox(command, card);
            command.ExecuteNonQuery();
        });
    }

    public ValueTask<SealedCard?> FindAsync(CardToken token, CancellationToken cancellation) =>
        ReadAsync(command =>
        {
            command.CommandText = $"SELECT {Columns} FROM card WHERE token = $token";
            command.Parameters.AddWithValue("$token", token.Value ?? "");
            return ReadCards(command) is [var card] ? card : null;
        });

    public ValueTask<IReadOnlyList<SealedCard>> ReadUnderOtherKeysAsync(int keyId, int limit, CancellationToken cancellation) =>
        ReadAsync(command =>
        {
            command.CommandText = $"SELECT {Columns} FROM card WHERE key_id <> $key_id ORDER BY token LIMIT $limit";
            command.Parameters.AddWithValue("$key_id", keyId);
            command.Parameters.AddWithValue("$limit", limit);
            return (IReadOnlyList<SealedCard>)ReadCards(command);
        });

    public ValueTask ReplaceBoxesAsync(IReadOnlyList<SealedCard> cards, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(cards);
        return WriteAsync(command =>
        {
            command.CommandText = "UPDATE card SET key_id = $key_id, nonce = $nonce, box = $box WHERE token = $token";
            foreach (var card in cards)
            {
                command.Parameters.Clear();
                AddBox(command, card);
                command.ExecuteNonQuery();
            }
        });
    }

    public async ValueTask RemoveAsync(CardToken token, CancellationToken cancellation)
    {
        await WriteAsync(command =>
        {
            command.CommandText = "DELETE FROM card WHERE token = $token";
            command.Parameters.AddWithValue("$token", token.Value ?? "");
            command.ExecuteNonQuery();
        });
        lock (writing)
        {
            try
            {
                // No copy is to stay in the write-ahead log; while somebody reads from it, it stays until the next card is deleted.
                writer.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            }
            catch (SqliteException error)
            {
                throw Unavailable(path, error);
            }
        }
    }

    /// <summary>Writes what stands there already, to find out whether a card could be stored.</summary>
    /// <returns>Null where it could; else cause and remedy, without a path.</returns>
    public string? TryWriting()
    {
        try
        {
            lock (writing)
                writer.Execute($"PRAGMA user_version = {LayoutVersion}");
            return null;
        }
        catch (SqliteException error)
        {
            return $"No card can be stored (SQLite code {error.SqliteErrorCode}). Check free space, owner and mode of the data folder.";
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (reading)
            reader.Dispose();
        lock (writing)
            writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask WriteAsync(Action<SqliteCommand> write)
    {
        lock (writing)
        {
            try
            {
                using var transaction = writer.BeginTransaction();
                using var command = writer.CreateCommand();
                write(command);
                transaction.Commit();
                return ValueTask.CompletedTask;
            }
            catch (SqliteException error)
            {
                throw Unavailable(path, error);
            }
        }
    }

    private ValueTask<T> ReadAsync<T>(Func<SqliteCommand, T> read)
    {
        lock (reading)
        {
            try
            {
                using var command = reader.CreateCommand();
                return ValueTask.FromResult(read(command));
            }
            catch (SqliteException error)
            {
                throw Unavailable(path, error);
            }
        }
    }

    private static void AddBox(SqliteCommand command, SealedCard card)
    {
        command.Parameters.AddWithValue("$token", card.Card.Token.Value);
        command.Parameters.AddWithValue("$key_id", card.KeyId);
        command.Parameters.AddWithValue("$nonce", card.Nonce.ToArray());
        command.Parameters.AddWithValue("$box", card.Box.ToArray());
    }

    private static List<SealedCard> ReadCards(SqliteCommand command)
    {
        var cards = new List<SealedCard>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            cards.Add(
                new SealedCard(
                    new CardOnFile(new CardToken(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)),
                    DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
                    row.GetInt32(6),
                    row.GetFieldValue<byte[]>(7),
                    row.GetFieldValue<byte[]>(8)
                )
            );
        }

        return cards;
    }

    private static VaultUnavailableException Unavailable(string path, SqliteException error) =>
        new(
            $"{path}: SQLite says '{error.Message}' (code {error.SqliteExtendedErrorCode}). Check free space, permissions, and that no other process holds the file.",
            error
        );
}
