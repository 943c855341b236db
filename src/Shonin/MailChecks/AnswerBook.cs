using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.MailChecks;

/// <summary>How often an answer is given, whoever asks.</summary>
internal sealed record AnswerLimits(int PerSenderPerHour, int PerHour);

/// <summary>Where a mail lies in its mailbox; the two numbers name it for ever (RFC 9051 section 2.3.1.1).</summary>
internal readonly record struct MailPlace(long Validity, long Uid);

/// <summary>What came of noting an answer.</summary>
internal enum AnswerNote
{
    /// <summary>It is durable, and will be sent.</summary>
    Noted,

    /// <summary>This mail was answered before, or its answer waits already.</summary>
    AnsweredBefore,

    /// <summary>Its sender has had enough answers for this hour.</summary>
    SenderTooOften,

    /// <summary>So has everybody: the mail waits its turn.</summary>
    TooMany,
}

/// <summary>An answer that has not been sent yet.</summary>
/// <param name="Id">Of the mail that it answers.</param>
internal sealed record WaitingAnswer(byte[] Id, string MessageId, string Recipient, byte[] Message, DateTimeOffset NotedAt, int Attempts);

/// <summary>
/// The answers given and still to be sent, in <c>check-mailbox.db</c>. An answer is durable here, to the byte, before it is sent and
/// before its mail is moved away: whatever ends the process in between, the mail is answered, and as one message. Senders and mails
/// stand here as keyed hashes; an answer and its address only until it has left.
/// </summary>
internal sealed class AnswerBook : IDisposable
{
    public const string FileName = "check-mailbox.db";
    public const int HashKeySizeBytes = 32; // HMAC-SHA-256 (RFC 2104 section 3)

    private static readonly TimeSpan rateWindow = TimeSpan.FromHours(1);

    private readonly SqliteConnection connection;
    private readonly byte[] hashKey;
    private readonly AnswerLimits limits;
    private readonly Lock gate = new();

    private AnswerBook(SqliteConnection connection, byte[] hashKey, AnswerLimits limits) => (this.connection, this.hashKey, this.limits) = (connection, hashKey, limits);

    /// <param name="path">The database's file; made where there is none.</param>
    /// <param name="hashKey">Of <see cref="HashKeySizeBytes"/> bytes.</param>
    public static AnswerBook Open(string path, byte[] hashKey, AnswerLimits limits)
    {
        var book = new AnswerBook(OwnerOnly.OpenDatabase(path), hashKey, limits);
        book.connection.Execute("""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            CREATE TABLE IF NOT EXISTS settled(validity INTEGER NOT NULL, uid INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(validity, uid)) WITHOUT ROWID, STRICT;
            CREATE TABLE IF NOT EXISTS answer(
                mail BLOB PRIMARY KEY, sender BLOB NOT NULL, noted_at INTEGER NOT NULL,
                due_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, message_id TEXT, recipient TEXT, message BLOB
            ) WITHOUT ROWID, STRICT;
            CREATE INDEX IF NOT EXISTS answer_by_time ON answer(noted_at);
            CREATE INDEX IF NOT EXISTS answer_due ON answer(due_at) WHERE due_at IS NOT NULL;
            """);
        return book;
    }

    /// <summary>The name of a mail: who wrote it, and its Message-ID or else its bytes. Nobody can use up the Message-ID of somebody else.</summary>
    public byte[] IdOf(string author, string? messageId, ReadOnlySpan<byte> raw) =>
        Hash($"mail\n{author.ToLowerInvariant()}\n{(string.IsNullOrEmpty(messageId) ? Convert.ToHexString(SHA256.HashData(raw)) : messageId)}");

    /// <summary>Whether this mail was dealt with, and only has to be moved away.</summary>
    public bool IsSettled(MailPlace place)
    {
        lock (gate)
            return connection.Scalar("SELECT 1 FROM settled WHERE validity = $validity AND uid = $uid", ("$validity", place.Validity), ("$uid", place.Uid)) is not null;
    }

    /// <summary>A mail that gets no answer.</summary>
    public void Settle(MailPlace place, DateTimeOffset now)
    {
        lock (gate)
            InsertSettled(place, now);
    }

    /// <summary>Notes an answer and settles its mail, both or neither.</summary>
    /// <param name="write">Makes the answer's Message-ID and bytes; asked for only where it is to be sent.</param>
    public AnswerNote Note(byte[] mail, MailPlace place, string recipient, DateTimeOffset now, Func<(string MessageId, byte[] Message)> write)
    {
        var sender = Hash($"sender\n{recipient.ToLowerInvariant()}");
        lock (gate)
        {
            using var transaction = connection.BeginTransaction();
            var outcome = OutcomeOf(mail, sender, now);
            if (outcome == AnswerNote.TooMany)
                return outcome;
            if (outcome == AnswerNote.Noted)
            {
                var (messageId, message) = write();
                connection.Execute(
                    "INSERT INTO answer(mail, sender, noted_at, due_at, message_id, recipient, message) VALUES ($mail, $sender, $at, $at, $id, $recipient, $message)",
                    ("$mail", mail), ("$sender", sender), ("$at", now.ToUnixTimeMilliseconds()), ("$id", messageId), ("$recipient", recipient), ("$message", message));
            }
            InsertSettled(place, now);
            transaction.Commit();
            return outcome;
        }
    }

    /// <summary>The answers whose time has come, the oldest first.</summary>
    public IReadOnlyList<WaitingAnswer> Due(DateTimeOffset now, int countMax)
    {
        lock (gate)
        {
            using var command = connection.Command(
                "SELECT mail, message_id, recipient, message, noted_at, attempts FROM answer WHERE due_at <= $now ORDER BY due_at LIMIT $count",
                ("$now", now.ToUnixTimeMilliseconds()), ("$count", countMax));
            using var reader = command.ExecuteReader();
            var due = new List<WaitingAnswer>();
            while (reader.Read())
                due.Add(new((byte[])reader[0], reader.GetString(1), reader.GetString(2), (byte[])reader[3], DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)), reader.GetInt32(5)));
            return due;
        }
    }

    /// <summary>It was sent, or never will be: what it said and to whom is forgotten.</summary>
    public void Close(byte[] mail)
    {
        lock (gate)
            connection.Execute("UPDATE answer SET due_at = NULL, message_id = NULL, recipient = NULL, message = NULL WHERE mail = $mail", ("$mail", mail));
    }

    public void Postpone(byte[] mail, DateTimeOffset until)
    {
        lock (gate)
            connection.Execute("UPDATE answer SET due_at = $until, attempts = attempts + 1 WHERE mail = $mail", ("$mail", mail), ("$until", until.ToUnixTimeMilliseconds()));
    }

    /// <summary>Forgets what was noted before that time and does not wait any more.</summary>
    public void Forget(DateTimeOffset before)
    {
        lock (gate)
        {
            connection.Execute("DELETE FROM answer WHERE noted_at < $before AND due_at IS NULL", ("$before", before.ToUnixTimeMilliseconds()));
            connection.Execute("DELETE FROM settled WHERE at < $before", ("$before", before.ToUnixTimeMilliseconds()));
        }
    }

    public void Dispose() => connection.Dispose();

    private AnswerNote OutcomeOf(byte[] mail, byte[] sender, DateTimeOffset now)
    {
        var since = (now - rateWindow).ToUnixTimeMilliseconds();
        if (Count("SELECT COUNT(*) FROM answer WHERE mail = $mail", ("$mail", mail)) > 0)
            return AnswerNote.AnsweredBefore;
        if (Count("SELECT COUNT(*) FROM answer WHERE noted_at > $since AND sender = $sender", ("$since", since), ("$sender", sender)) >= limits.PerSenderPerHour)
            return AnswerNote.SenderTooOften;
        return Count("SELECT COUNT(*) FROM answer WHERE noted_at > $since", ("$since", since)) >= limits.PerHour ? AnswerNote.TooMany : AnswerNote.Noted;
    }

    private void InsertSettled(MailPlace place, DateTimeOffset now) => connection.Execute(
        "INSERT INTO settled(validity, uid, at) VALUES ($validity, $uid, $at) ON CONFLICT DO NOTHING",
        ("$validity", place.Validity), ("$uid", place.Uid), ("$at", now.ToUnixTimeMilliseconds()));

    private byte[] Hash(string text) => HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(text));

    private long Count(string sql, params ReadOnlySpan<(string Name, object Value)> values) => (long)connection.Scalar(sql, values)!;
}
