using Microsoft.Data.Sqlite;
using Shonin.EventLog.Sqlite;

namespace Shonin.MailChecks;

/// <summary>
/// <c>check-mailbox.db</c>, where the check address kept its answers before they stood on the log. Its key goes on being used.
/// </summary>
internal static class AnswerBookFile
{
    /// <summary>Places that share a flush.</summary>
    private const int BatchCountMax = 256;

    public static FormerFile Former { get; } =
        new("check-mailbox.db", ["answer", "settled"], "answers and settled mails of the check address", TakeOverAsync);

    private static async Task TakeOverAsync(SqliteConnection file, TakeOverPorts ports, CancellationToken cancellation)
    {
        // Nothing is hashed anew here, and no limit asked for.
        await using var book = await AnswerBook.OpenAsync(ports.Log, [], new(0, 0), ports.Clock, ports.OnFault, cancellation);
        var since = ports.Clock.GetUtcNow() - AnswerBook.RememberedFor;
        file.Execute("DELETE FROM settled WHERE at < $since", ("$since", since.ToUnixTimeMilliseconds()));
        file.Execute("DELETE FROM answer WHERE noted_at < $since AND due_at IS NULL", ("$since", since.ToUnixTimeMilliseconds()));
        while (FirstAnswer(file) is { } answer)
        {
            await book.TakeOverAsync(answer.Sender, answer.Mail, answer.NotedAt, answer.Waiting, cancellation);
            if (answer is { Waiting: { } waiting, Attempts: > 0 })
                await book.PutOffAsync(waiting, answer.DueAt, cancellation);
            file.Execute("DELETE FROM answer WHERE mail = $mail", ("$mail", answer.Mail));
        }
        while (FirstPlaces(file) is [.., var last] places)
        {
            await Task.WhenAll(places.Select(place => book.SettleAsync(place).AsTask()));
            file.Execute(
                "DELETE FROM settled WHERE (validity, uid) <= ($validity, $uid)",
                ("$validity", last.Validity),
                ("$uid", last.Uid)
            );
        }
    }

    /// <summary>The earliest first, since answers are numbered by their time.</summary>
    private static Answer? FirstAnswer(SqliteConnection file)
    {
        using var command = file.Command(
            "SELECT mail, sender, noted_at, due_at, attempts, message_id, recipient, message FROM answer ORDER BY noted_at, mail LIMIT 1"
        );
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        var (mail, sender, notedAt) = ((byte[])reader[0], (byte[])reader[1], DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)));
        return reader.IsDBNull(3)
            ? new(mail, sender, notedAt, default, 0, null)
            : new(
                mail,
                sender,
                notedAt,
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                reader.GetInt32(4),
                new(Convert.ToHexStringLower(mail), reader.GetString(5), reader.GetString(6), (byte[])reader[7], notedAt)
            );
    }

    private static List<MailPlace> FirstPlaces(SqliteConnection file)
    {
        using var command = file.Command(
            "SELECT validity, uid FROM settled ORDER BY validity, uid LIMIT $count",
            ("$count", BatchCountMax)
        );
        using var reader = command.ExecuteReader();
        var places = new List<MailPlace>();
        while (reader.Read())
            places.Add(new(reader.GetInt64(0), reader.GetInt64(1)));
        return places;
    }

    private sealed record Answer(
        byte[] Mail,
        byte[] Sender,
        DateTimeOffset NotedAt,
        DateTimeOffset DueAt,
        int Attempts,
        WaitingAnswer? Waiting
    );
}
