using System.Globalization;
using Shonin.Domain.Proofs;
using Shonin.EventLog.Secrets;

namespace Shonin.Notices;

/// <summary>
/// The keys that mark notices, as files of the key folder: <c>notice-mark-20261124.key</c>. The newest marks; the older ones are kept,
/// because without its key a mail of that time is known no more.
/// </summary>
internal static class NoticeMarkKeyFiles
{
    private const string Prefix = "notice-mark-";

    /// <param name="need">Whether a notice was ever marked: without its key it is known no more.</param>
    /// <exception cref="KeyFileException">A key file cannot be used, or all are missing beside marked notices; the message says what to
    ///   do.</exception>
    public static NoticeMarkKeys LoadOrCreate(KeyFolder folder, DateTimeOffset now, KeyNeed need = KeyNeed.None)
    {
        if (folder.NamesBeginningWith(Prefix) is [])
        {
            // Its name tells the day on which it was made, and that is lost with it.
            if (need == KeyNeed.ForDataThatExist)
            {
                throw new KeyFileException(
                    $"{folder.Path} holds no {Prefix}*.key, and notices were marked with one: without it they would be known no more. Restore it from a backup of the keys."
                );
            }

            folder.LoadOrCreate(
                Prefix + now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
                NoticeMarkKey.SizeBytes,
                KeyNeed.None
            );
        }
        return Load(folder)!;
    }

    /// <summary>The names of the files, the oldest first; they tell nothing of the keys.</summary>
    public static IReadOnlyList<string> Names(KeyFolder folder) => folder.NamesBeginningWith(Prefix);

    /// <summary>Null where the folder has none: no notice was ever marked with it.</summary>
    /// <exception cref="KeyFileException">A key file cannot be used; the message says what to do.</exception>
    public static NoticeMarkKeys? Load(KeyFolder folder) =>
        folder.NamesBeginningWith(Prefix) is { Count: > 0 } names
            ? new NoticeMarkKeys([
                .. names.Select(name => new NoticeMarkKey(name[Prefix.Length..], folder.Load(name, NoticeMarkKey.SizeBytes))),
            ])
            : null;
}
