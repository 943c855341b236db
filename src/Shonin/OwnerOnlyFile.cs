namespace Shonin;

/// <summary>Files that hold what people wrote to us, or to whom we write: nobody else on the machine opens them.</summary>
internal static class OwnerOnlyFile
{
    /// <summary>Makes an empty file with the right mode where there is none; SQLite gives its journals the database's own.</summary>
    public static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
    }
}
