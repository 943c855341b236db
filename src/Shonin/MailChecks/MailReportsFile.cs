using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Sqlite;
using Shonin.Streams;

namespace Shonin.MailChecks;

/// <summary><c>mail-reports.db</c>, where reported mails lay before they stood on the log, sealed under a key of their own.</summary>
internal static class MailReportsFile
{
    private const string KeyName = "mail-reports";

    public static FormerFile Former { get; } = new("mail-reports.db", ["report"], "reported mails", TakeOverAsync) { Key = KeyName };

    private static async Task TakeOverAsync(SqliteConnection file, Heir heir, CancellationToken cancellation)
    {
        using var seal = new ReportSeal(heir.Keys.Load(KeyName, ReportSeal.KeySizeBytes));
        using var views = new InMemoryViewStore();
        await using var reports = await MailReports.OpenAsync(heir.Log, views, new(), heir.Clock, heir.OnFault, cancellation);
        while (First(file, seal) is { } row)
        {
            cancellation.ThrowIfCancellationRequested();
            await reports.TakeOverAsync(row.Report, row.Text, row.Message);
            file.Execute("DELETE FROM report WHERE number = $number", ("$number", row.Report.Number));
        }
    }

    /// <summary>One at a time: a mail may have tens of megabytes.</summary>
    private static Row? First(SqliteConnection file, ReportSeal seal)
    {
        using var command = file.Command("SELECT number, handled_at, described, text, message FROM report ORDER BY number LIMIT 1");
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        var number = reader.GetString(0);
        byte[] Open(string column) => seal.Open((byte[])reader[column], $"{column} {number}");
        var report = JsonSerializer.Deserialize<MailReport>(Open("described"))! with
        {
            State = reader.IsDBNull(1) ? ReportState.New : ReportState.Handled,
        };
        return new(report, Encoding.UTF8.GetString(Open("text")), Open("message"));
    }

    private sealed record Row(MailReport Report, string Text, byte[] Message);
}

/// <summary>
/// AES-256-GCM (NIST SP 800-38D) as the former file has it: nonce, tag, then what is sealed, bound to the place where it lies.
/// </summary>
internal sealed class ReportSeal(ReadOnlySpan<byte> key) : IDisposable
{
    public const int KeySizeBytes = 32;

    private const int NonceSizeBytes = 12; // SP 800-38D section 8.2.2
    private const int TagSizeBytes = 16;

    private readonly AesGcm cipher = new(key, TagSizeBytes);

    /// <exception cref="CryptographicException">The bytes were altered, moved, or sealed under another key.</exception>
    public byte[] Open(ReadOnlySpan<byte> closed, string place)
    {
        if (closed.Length < NonceSizeBytes + TagSizeBytes)
            throw new CryptographicException($"{place} was cut off.");
        var content = new byte[closed.Length - NonceSizeBytes - TagSizeBytes];
        var nonce = closed[..NonceSizeBytes];
        var tag = closed.Slice(NonceSizeBytes, TagSizeBytes);
        var cipherText = closed[(NonceSizeBytes + TagSizeBytes)..];
        cipher.Decrypt(nonce, cipherText, tag, content, Encoding.UTF8.GetBytes(place));
        return content;
    }

    public void Dispose() => cipher.Dispose();
}
