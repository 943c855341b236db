using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.MailChecks;

/// <summary>How much is kept, and for how long.</summary>
public sealed record ReportLimits
{
    /// <summary>Then a report is deleted, handled or not.</summary>
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(90);
    public int CountMax { get; init; } = 5_000;
    public long SizeBytesMax { get; init; } = 1024L * 1024 * 1024;
}

/// <summary>What came of a report.</summary>
public abstract record ReportOutcome
{
    private ReportOutcome() { }

    public sealed record Kept(string Number) : ReportOutcome;

    /// <summary>There is no room until older ones are deleted.</summary>
    public sealed record Full : ReportOutcome;
}

/// <summary>A reported mail itself.</summary>
/// <param name="Text">A stranger's words, cut and made harmless.</param>
public sealed record ReportedContent(byte[] Message, string Text);

/// <summary>
/// Mails that customers reported, in <c>mail-reports.db</c>. Mail, note and contact address are sealed under a key of their own; what
/// stands in clear is a number, two times and a size. Deleting overwrites the pages and empties the journal.
/// </summary>
public sealed class MailReports : IDisposable
{
    public const string FileName = "mail-reports.db";

    private const string KeyName = "mail-reports";

    private const string Unambiguous = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no I, L, O, U
    private const int NumberLetters = 8;
    private const int TextLengthMax = 20_000;

    private readonly SqliteConnection connection;
    private readonly ReportSeal seal;
    private readonly ReportLimits limits;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();

    private MailReports(SqliteConnection connection, ReportSeal seal, ReportLimits limits, TimeProvider clock) =>
        (this.connection, this.seal, this.limits, this.clock) = (connection, seal, limits, clock);

    public ReportLimits Limits => limits;

    /// <summary>The key of the reports that lie there. It is made for new ones alone: with another key nothing that was kept could be read.</summary>
    /// <exception cref="KeyFileException">The key file is missing beside reports, or cannot be used.</exception>
    public static byte[] KeyOf(KeyFolder keys, string path) =>
        keys.LoadOrCreate(KeyName, ReportSeal.KeySizeBytes, File.Exists(path) ? KeyNeed.ForDataThatExist : KeyNeed.None);

    /// <param name="path">The database's file; made where there is none.</param>
    /// <param name="key">Of <see cref="ReportSeal.KeySizeBytes"/> bytes. Without it nothing here can be read again.</param>
    public static MailReports Open(string path, ReadOnlySpan<byte> key, ReportLimits limits, TimeProvider clock)
    {
        var reports = new MailReports(OwnerOnly.OpenDatabase(path), new ReportSeal(key), limits, clock);
        reports.connection.Execute("""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            CREATE TABLE IF NOT EXISTS report(
                number TEXT PRIMARY KEY, received_at INTEGER NOT NULL, handled_at INTEGER, size_bytes INTEGER NOT NULL,
                described BLOB NOT NULL, text BLOB NOT NULL, message BLOB NOT NULL
            ) WITHOUT ROWID, STRICT;
            CREATE INDEX IF NOT EXISTS report_by_time ON report(received_at);
            """);
        return reports;
    }

    public ReportOutcome Keep(ReadOnlyMemory<byte> message, MailCheckResult result, ReporterWords words)
    {
        var now = clock.GetUtcNow();
        var number = NewNumber();
        var described = seal.Close(JsonSerializer.SerializeToUtf8Bytes(MailReport.Of(number, now, message.Length, result, words)), $"described {number}");
        var text = seal.Close(Encoding.UTF8.GetBytes(StrangersText.Lines(result.Content.VisibleText, TextLengthMax)), $"text {number}");
        var sealedMessage = seal.Close(message.Span, $"message {number}");
        lock (gate)
        {
            DeleteExpired(now);
            var (count, sizeBytes) = Extent();
            if (count >= limits.CountMax || sizeBytes + message.Length > limits.SizeBytesMax)
                return new ReportOutcome.Full();
            connection.Execute(
                "INSERT INTO report(number, received_at, size_bytes, described, text, message) VALUES ($number, $at, $size, $described, $text, $message)",
                ("$number", number), ("$at", now.ToUnixTimeMilliseconds()), ("$size", message.Length), ("$described", described), ("$text", text), ("$message", sealedMessage));
        }
        return new ReportOutcome.Kept(number);
    }

    /// <summary>All of them, the newest first.</summary>
    public ImmutableArray<MailReport> List()
    {
        var reports = ImmutableArray.CreateBuilder<MailReport>();
        lock (gate)
        {
            using var command = connection.Command("SELECT number, handled_at, described FROM report WHERE received_at > $since ORDER BY received_at DESC, number", Since());
            using var reader = command.ExecuteReader();
            while (reader.Read())
                reports.Add(Described(reader));
        }
        return reports.ToImmutable();
    }

    /// <summary>How many wait for somebody.</summary>
    public int CountNew()
    {
        lock (gate)
        {
            return Convert.ToInt32(connection.Scalar("SELECT COUNT(*) FROM report WHERE handled_at IS NULL AND received_at > $since", Since()), CultureInfo.InvariantCulture);
        }
    }

    public MailReport? Find(string number)
    {
        lock (gate)
        {
            using var command = connection.Command("SELECT number, handled_at, described FROM report WHERE number = $number AND received_at > $since", ("$number", number), Since());
            using var reader = command.ExecuteReader();
            return reader.Read() ? Described(reader) : null;
        }
    }

    /// <summary>The mail as it was brought, and what it showed to a reader; or null.</summary>
    public ReportedContent? Read(string number)
    {
        lock (gate)
        {
            using var command = connection.Command("SELECT message, text FROM report WHERE number = $number AND received_at > $since", ("$number", number), Since());
            using var reader = command.ExecuteReader();
            return reader.Read()
                ? new(seal.Open((byte[])reader["message"], $"message {number}"), Encoding.UTF8.GetString(seal.Open((byte[])reader["text"], $"text {number}")))
                : null;
        }
    }

    public void MarkHandled(string number)
    {
        lock (gate)
            connection.Execute(
                "UPDATE report SET handled_at = $at WHERE number = $number AND handled_at IS NULL", ("$at", clock.GetUtcNow().ToUnixTimeMilliseconds()), ("$number", number));
    }

    public void Delete(string number)
    {
        lock (gate)
        {
            if (connection.Execute("DELETE FROM report WHERE number = $number", ("$number", number)) > 0)
                EmptyJournal();
        }
    }

    /// <summary>Deletes what is older than it may be: at once, and then every minute, so that a machine that slept deletes soon after it woke.</summary>
    /// <exception cref="SqliteException">The database could not be written; nothing was deleted.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var minutes = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        try
        {
            do
                Sweep();
            while (await minutes.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    public void Dispose()
    {
        connection.Dispose();
        seal.Dispose();
    }

    private void Sweep()
    {
        lock (gate)
            DeleteExpired(clock.GetUtcNow());
    }

    private void DeleteExpired(DateTimeOffset now)
    {
        if (connection.Execute("DELETE FROM report WHERE received_at <= $until", ("$until", (now - limits.KeptFor).ToUnixTimeMilliseconds())) > 0)
            EmptyJournal();
    }

    /// <summary>The journal still holds the deleted rows until it is written back and cut.</summary>
    private void EmptyJournal() => connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    private (int Count, long SizeBytes) Extent()
    {
        using var command = connection.Command("SELECT COUNT(*), COALESCE(SUM(size_bytes), 0) FROM report");
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt32(0), reader.GetInt64(1));
    }

    private MailReport Described(SqliteDataReader reader)
    {
        var described = seal.Open((byte[])reader["described"], $"described {reader.GetString(0)}");
        return JsonSerializer.Deserialize<MailReport>(described)! with { State = reader.IsDBNull(1) ? ReportState.New : ReportState.Handled };
    }

    private (string Name, object Value) Since() => ("$since", (clock.GetUtcNow() - limits.KeptFor).ToUnixTimeMilliseconds());

    private static string NewNumber()
    {
        var letters = RandomNumberGenerator.GetString(Unambiguous, NumberLetters);
        return $"R-{letters[..4]}-{letters[4..]}";
    }
}

/// <summary>AES-256-GCM (NIST SP 800-38D) under one key: nonce, tag, then what is sealed, bound to the place where it lies.</summary>
internal sealed class ReportSeal(ReadOnlySpan<byte> key) : IDisposable
{
    public const int KeySizeBytes = 32;

    private const int NonceSizeBytes = 12; // SP 800-38D section 8.2.2: random nonces hold for 2^32 messages, far beyond our limits
    private const int TagSizeBytes = 16;

    private readonly AesGcm cipher = new(key, TagSizeBytes);

    public byte[] Close(ReadOnlySpan<byte> content, string place)
    {
        var closed = new byte[NonceSizeBytes + TagSizeBytes + content.Length];
        var nonce = closed.AsSpan(0, NonceSizeBytes);
        var tag = closed.AsSpan(NonceSizeBytes, TagSizeBytes);
        RandomNumberGenerator.Fill(nonce);
        cipher.Encrypt(nonce, content, closed.AsSpan(NonceSizeBytes + TagSizeBytes), tag, Encoding.UTF8.GetBytes(place));
        return closed;
    }

    /// <exception cref="CryptographicException">The bytes were altered, moved, or sealed under another key.</exception>
    public byte[] Open(ReadOnlySpan<byte> closed, string place)
    {
        var content = new byte[closed.Length - NonceSizeBytes - TagSizeBytes];
        cipher.Decrypt(closed[..NonceSizeBytes], closed[(NonceSizeBytes + TagSizeBytes)..], closed.Slice(NonceSizeBytes, TagSizeBytes), content, Encoding.UTF8.GetBytes(place));
        return content;
    }

    public void Dispose() => cipher.Dispose();
}
