namespace Shonin.EventLog.Secrets;

/// <summary>
/// The folder in which a program keeps its data. What an earlier program left there open to others is closed, and said. Only what we
/// make is touched: whoever names a folder with other things in it keeps their modes.
/// </summary>
public static class OwnerOnlyFolder
{
    private static readonly string[] ourFolders = ["keys", "heads", "mail"];
    private static readonly string[] ourFileEndings = [".db", ".db-wal", ".db-shm", ".db-journal", ".db.lock", ".jsonl", ".log"];
    private static readonly string[] ourFiles = ["appsettings.json", "demo.json"];

    /// <summary>In the folder of keys only what is no secret is closed; a secret that was open is refused by whoever reads it.</summary>
    private static readonly string[] openKeyEndings = [".public.pem", ".lock"];

    /// <summary>Makes the folder, or closes it and what we made in it to others.</summary>
    /// <returns>A sentence for each thing that was open to others, for the log.</returns>
    public static IReadOnlyList<string> Open(string path)
    {
        if (!Directory.Exists(path))
        {
            OwnerOnly.Folder(path);
            return [];
        }
        var notes = new List<string>();
        var wasOpen = OwnerOnly.IsOpenToOthers(path);
        var holdsOursAlone = Directory.EnumerateFileSystemEntries(path).All(IsOurs);
        if (wasOpen)
        {
            notes.Add(
                holdsOursAlone
                    ? Closed(path, OwnerOnly.CloseFolder)!
                    : $"{path} is open to others, and left so because it holds more than our data; what is ours in it is closed."
            );
        }

        foreach (var file in Directory.EnumerateFiles(path).Where(file => IsOurs(file) && !IsLink(file)))
            Note(Closed(file, OwnerOnly.CloseFile));
        foreach (
            var folder in ourFolders.Select(name => Path.Combine(path, name)).Where(folder => Directory.Exists(folder) && !IsLink(folder))
        )
        {
            // In a folder that was closed already nobody could read; thousands of mails need not be looked at again at every start.
            var folderWasOpen = Closed(folder, OwnerOnly.CloseFolder);
            Note(folderWasOpen);
            if (folderWasOpen is null && !wasOpen && Path.GetFileName(folder) != "keys")
                continue;
            var closed = Directory.EnumerateFiles(folder).Where(file => MayBeClosed(folder, file)).Count(OwnerOnly.CloseFile);
            if (closed > 0)
                notes.Add($"Files in {folder} were open to others ({closed}); they are closed now.");
        }
        return notes;

        void Note(string? note)
        {
            if (note is not null)
                notes.Add(note);
        }
    }

    private static string? Closed(string path, Func<string, bool> close)
    {
        try
        {
            return close(path) ? $"{path} was open to others; it is closed now." : null;
        }
        catch (UnauthorizedAccessException)
        {
            return $"{path} is open to others, and left so because it belongs to another user.";
        }
    }

    private static bool IsOurs(string path)
    {
        var name = Path.GetFileName(path);
        return Directory.Exists(path)
            ? ourFolders.Contains(name)
            : ourFiles.Contains(name) || ourFileEndings.Any(end => name.EndsWith(end, StringComparison.Ordinal));
    }

    private static bool MayBeClosed(string folder, string file) =>
        !IsLink(file) && (Path.GetFileName(folder) != "keys" || openKeyEndings.Any(end => file.EndsWith(end, StringComparison.Ordinal)));

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
