using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.Streams;

namespace Shonin.MailChecks;

/// <summary><c>mail-reports.db</c>, where reported mails lay before they stood on the log, sealed under a key of their own.</summary>
internal static class MailReportsFile
{
    private const string KeyName = "mail-reports";

    public static FormerFile Former { get; } = new("mail-reports.db", ["report"], "reported mails", TakeOverAsync) { Key = KeyName };

    private static async Task TakeOverAsync(SqliteConnection file, TakeOverPorts ports, CancellationToken cancellation)
    {
        var key = ports.Keys.Load(KeyName, Envelope.KeySizeBytes);
        using var views = new InMemoryViewStore();
        await using var reports = await MailReports.OpenAsync(
            new(ports.Log, views, ports.Clock, RandomNumberGenerator.GetBytes) { OnFault = ports.OnFault },
            cancellation
        );
        while (First(file, key) is { } row)
        {
            cancellation.ThrowIfCancellationRequested();
            await reports.TakeOverAsync(row.Report, row.Text, row.Message);
            file.Execute("DELETE FROM report WHERE number = $number", ("$number", row.Report.Number));
        }
    }

    /// <summary>One at a time: a mail may have tens of megabytes.</summary>
    private static Row? First(SqliteConnection file, byte[] key)
    {
        using var command = file.Command("SELECT number, handled_at, described, text, message FROM report ORDER BY number LIMIT 1");
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        var number = reader.GetString(0);
        byte[] Column(string name) => Open(key, (byte[])reader[name], $"{name} {number}");
        var report = JsonSerializer.Deserialize<MailReport>(Column("described"))! with
        {
            State = reader.IsDBNull(1) ? ReportState.New : ReportState.Handled,
        };
        return new(report, Encoding.UTF8.GetString(Column("text")), Column("message"));
    }

    /// <summary>The file has the tag between nonce and content.</summary>
    /// <exception cref="CryptographicException">The bytes were altered, cut off or moved, or sealed under another key.</exception>
    internal static byte[] Open(byte[] key, byte[] closed, string place)
    {
        const int ContentAt = Envelope.NonceSizeBytes + Envelope.TagSizeBytes;
        if (closed.Length < ContentAt)
            throw new CryptographicException($"{place} was cut off.");
        byte[] envelope = [.. closed[..Envelope.NonceSizeBytes], .. closed[ContentAt..], .. closed[Envelope.NonceSizeBytes..ContentAt]];
        return Envelope.Open(key, envelope, Encoding.UTF8.GetBytes(place));
    }

    private sealed record Row(MailReport Report, string Text, byte[] Message);
}
