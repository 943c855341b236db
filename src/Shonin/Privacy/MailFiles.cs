using MimeKit;
using Shonin.Merchant.Privacy;
using Shonin.Web;

namespace Shonin.Privacy;

/// <summary>
/// The mail folder, where no relay is set: files of mails, each to somebody. A file that cannot be read is nobody's, and goes when its time is
/// over.
/// </summary>
internal sealed class MailFiles(string folder, Func<string, string> digestOf, ILogger log)
{
    private const string Ending = ".eml";

    /// <summary>Deletes the mails of these orders, and those to these addresses.</summary>
    public void Erase(ErasedPerson person, CancellationToken cancellation)
    {
        var digests = person.Addresses.Select(digestOf).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Files())
        {
            cancellation.ThrowIfCancellationRequested();
            var name = Path.GetFileNameWithoutExtension(file);
            if (person.OrderNumbers.Any(number => name.EndsWith($"-{number}", StringComparison.Ordinal)) || IsTo(file, digests))
                Delete(file);
        }
    }

    /// <summary>Deletes what was written before then: how many.</summary>
    public int DeleteBefore(DateTimeOffset time)
    {
        var old = Files().Where(file => File.GetLastWriteTimeUtc(file) < time.UtcDateTime).ToList();
        foreach (var file in old)
            Delete(file);
        return old.Count;
    }

    private IEnumerable<string> Files() => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + Ending) : [];

    private bool IsTo(string file, HashSet<string> digests)
    {
        if (digests.Count == 0)
            return false;
        try
        {
            using var content = File.OpenRead(file);
            using var message = MimeMessage.Load(content);
            return message.To.Mailboxes.Any(mailbox =>
                digests.Contains(digestOf(MailAddress.Read(mailbox.Address)?.Text ?? mailbox.Address))
            );
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            log.LogWarning(unreadable, "A file of the mail folder cannot be read");
            return false;
        }
    }

    /// <summary>One that is gone already is no error; one that cannot be deleted has the whole tried again.</summary>
    private static void Delete(string file) => File.Delete(file);
}
