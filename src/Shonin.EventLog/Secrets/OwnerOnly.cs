using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using Shonin.EventLog.Sqlite;

#pragma warning disable RS0030 // This is the one place that makes files and folders.

namespace Shonin.EventLog.Secrets;

/// <summary>
/// The one way to make a file or a folder: folders have mode 0700, files 0600, whatever the process's umask says. What an earlier
/// program made wider is closed when it is opened here, if it is ours; a secret that others may read is refused instead
/// (<see cref="ReadSecret"/>), because it may have been read, and so is what others may have changed (<see cref="ReadTrusted"/>). On
/// Windows the folder's access list decides, and modes are left alone.
/// </summary>
public static class OwnerOnly
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private static readonly Kept secret = new(Others, "is open to others", path =>
        $"If nobody has read it, run as the user that runs shonin: chmod 600 {path}. If somebody may have, replace what is in it."
    );

    private static readonly Kept trusted = new(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite, "can be written to by others", path =>
        $"If nobody has touched it, run as the user that runs shonin: {(Directory.Exists(path) ? "chmod 700" : "chmod go-w")} {path}. If somebody may have, restore it from a backup."
    );

    /// <summary>What SQLite lays beside a database; it gives them the database's mode.</summary>
    private static readonly string[] besideDatabase = ["-wal", "-shm", "-journal"];

    /// <summary>Makes the folder and those above it that are missing. One that exists is closed to others.</summary>
    /// <exception cref="UnauthorizedAccessException">It exists, is open to others, and belongs to another user.</exception>
    public static void Folder(string path)
    {
        if (Directory.Exists(path))
            CloseFolder(path);
        else
            MakeFolders(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
    }

    /// <summary>Makes a file that must not exist yet; a link that somebody laid there is not followed.</summary>
    /// <exception cref="IOException">There is such a file already.</exception>
    public static FileStream Create(string path) => Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);

    /// <summary>Opens a file to write on at its end; made where it is missing.</summary>
    public static FileStream Append(string path) => Open(path, FileMode.Append, FileAccess.Write, FileShare.Read);

    /// <summary>Opens a file to read and write; made where it is missing.</summary>
    /// <param name="share">What others may do meanwhile; none makes the file a lock.</param>
    /// <exception cref="IOException">Somebody else has it open, and one of the two does not share it.</exception>
    public static FileStream OpenOrCreate(string path, FileShare share) => Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);

    /// <summary>Opens a file to read that somebody else may be writing.</summary>
    public static FileStream OpenToRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>
    /// Makes the file, or puts it in the place of the old one, whole and durable: whoever reads beside sees the old content or the new, and
    /// a crash leaves one of them.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> content) => WriteWhole(path, content, overwrite: true);

    /// <summary>As <see cref="Replace"/>, where there must not be such a file yet.</summary>
    /// <exception cref="IOException">There is such a file already.</exception>
    public static void CreateWhole(string path, ReadOnlySpan<byte> content) => WriteWhole(path, content, overwrite: false);

    /// <summary>
    /// A connection to a SQLite database, opened; made where it is missing. What SQLite lays beside it is closed to others too.
    /// </summary>
    /// <exception cref="SqliteException">The file is no database, or is held by somebody else.</exception>
    public static SqliteConnection OpenDatabase(string path)
    {
        foreach (var file in besideDatabase.Select(end => path + end).Where(File.Exists))
            OpenOrCreateClosed(file);
        OpenOrCreateClosed(path);
        return Connect(path, SqliteOpenMode.ReadWriteCreate);
    }

    /// <summary>A connection that cannot write, to a SQLite database that exists.</summary>
    /// <exception cref="SqliteException">There is none, or it cannot be read.</exception>
    public static SqliteConnection OpenDatabaseToRead(string path) => Connect(path, SqliteOpenMode.ReadOnly);

    /// <summary>The bytes of a file that holds a secret: a key, a password.</summary>
    /// <param name="remedy">What to do about a missing file or a wrong one, as a sentence.</param>
    /// <exception cref="KeyFileException">It is missing, larger than <paramref name="sizeBytesMax"/>, open to others, or another
    ///   user's.</exception>
    public static byte[] ReadSecret(string path, int sizeBytesMax, string remedy) => Read(path, sizeBytesMax, remedy, secret);

    /// <summary>
    /// The bytes of a file that says who is trusted: a public key, a root, a list. Anybody may read it, and nobody else may change it.
    /// </summary>
    /// <inheritdoc cref="ReadSecret"/>
    /// <exception cref="KeyFileException">It is missing, larger than <paramref name="sizeBytesMax"/>, another user's, or others may write
    ///   to it.</exception>
    public static byte[] ReadTrusted(string path, int sizeBytesMax, string remedy) => Read(path, sizeBytesMax, remedy, trusted);

    /// <summary>Whether others may read or change this file or folder. A link counts as what it leads to.</summary>
    public static bool IsOpenToOthers(string path)
    {
        if (Directory.Exists(path))
            return (ModeOf(path) & Others) != 0;
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return WhyNotOurs(handle, secret) is not null;
    }

    /// <summary>
    /// Refuses a folder in which others could put, change or take away files, or a file that they could change. What is not there is not
    /// refused.
    /// </summary>
    /// <exception cref="KeyFileException">They can.</exception>
    public static void RefuseWhatOthersMayChange(string path)
    {
        if (Path.Exists(path) && (ModeOf(path) & trusted.Denied) != 0)
            throw new KeyFileException($"{path} {trusted.Otherwise} (mode {Octal(ModeOf(path))}). {trusted.WhatToDo(path)}");
    }

    private static bool CloseToOthers(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows() || (ModeOf(path) & Others) == 0)
            return false;
        File.SetUnixFileMode(path, mode);
        return true;
    }

    /// <summary>Takes the rights of others to a file away; says whether there were any.</summary>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    internal static bool CloseFile(string path) => CloseToOthers(path, FileMode600);

    /// <inheritdoc cref="CloseFile"/>
    internal static bool CloseFolder(string path) => CloseToOthers(path, FolderMode700);

    /// <summary>
    /// How long a connection waits for a foreign tool that holds the database. The provider asks again by itself for half a minute where it
    /// is not told otherwise, whatever SQLite was told.
    /// </summary>
    private const int BusyTimeoutSeconds = 2;
    internal const int BusyTimeoutMs = BusyTimeoutSeconds * 1000;

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = mode,
                Pooling = false,
                DefaultTimeout = BusyTimeoutSeconds,
            }.ToString()
        );
        try
        {
            connection.Open();
            connection.Execute($"PRAGMA busy_timeout = {BusyTimeoutMs};");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Not <see cref="OpenOrCreate"/>: closing any handle of a database would drop the locks that SQLite holds on it in this process.
    /// </summary>
    private static void OpenOrCreateClosed(string path)
    {
        if (!File.Exists(path))
            Create(path).Dispose();
        else
            CloseFile(path);
    }

    private static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        // Without a buffer: what a failed write left in one would be written by the next, or when the file is closed.
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = share,
            BufferSize = 0,
        };
        if (OperatingSystem.IsWindows())
            return new(path, options);
        options.UnixCreateMode = FileMode600;
        var file = new FileStream(path, options);
        try
        {
            // By the handle: nobody can put another file there meanwhile. It also undoes a umask that takes rights from ourselves.
            if (File.GetUnixFileMode(file.SafeFileHandle) != FileMode600)
                File.SetUnixFileMode(file.SafeFileHandle, FileMode600);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void WriteWhole(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        var half = path + ".new";
        File.Delete(half);
        using (var file = Create(half))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite);
    }

    private static void MakeFolders(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        var missing = new Stack<string>();
        for (var folder = path; !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)!)
            missing.Push(folder);
        foreach (var folder in missing)
        {
            Directory.CreateDirectory(folder, FolderMode700);
            File.SetUnixFileMode(folder, FolderMode700);
        }
    }

    private static byte[] Read(string path, int sizeBytesMax, string remedy, Kept kept)
    {
        FileStream file;
        try
        {
            file = OpenToRead(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyFileException($"{path} is missing. {remedy}");
        }
        catch (UnauthorizedAccessException)
        {
            throw new KeyFileException($"{path} cannot be read. It must be a file of the user that runs shonin.");
        }
        using (file)
        {
            if (WhyNotOurs(file.SafeFileHandle, kept) is { } why)
                throw new KeyFileException($"{path} {why} {kept.WhatToDo(path)}");
            if (file.Length > sizeBytesMax)
                throw new KeyFileException($"{path} is larger than {sizeBytesMax} bytes and cannot be what it should be. {remedy}");
            var content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
    }

    /// <summary>What is wrong with a file that others have no such right to, or null.</summary>
    private static string? WhyNotOurs(SafeFileHandle file, Kept kept)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var mode = File.GetUnixFileMode(file);
        if ((mode & kept.Denied) != 0)
            return $"{kept.Otherwise} (mode {Octal(mode)}).";
        return Posix.IsOwnedBySomebodyElse(file)
            ? "belongs to another user. It must be the file of the user that runs shonin, or of root."
            : null;
    }

    /// <summary>Of what a link leads to: a link itself has no mode.</summary>
    private static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows()
            ? UnixFileMode.None
            : File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);

    /// <summary>What others have no right to do with a file.</summary>
    /// <param name="Otherwise">What is said of a file with which they have it.</param>
    private sealed record Kept(UnixFileMode Denied, string Otherwise, Func<string, string> WhatToDo);

    /// <summary>Who owns a file: .NET does not tell. Elsewhere than on Linux the mode alone is looked at.</summary>
    private static class Posix
    {
        private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
        private const uint WantsUid = 0x8; // STATX_UID
        private const uint Root = 0;
        private static readonly byte[] noPath = [0];

        /// <summary>The beginning of <c>struct statx</c> (statx(2)), which is the same on every processor; 256 bytes in all.</summary>
        [StructLayout(LayoutKind.Explicit, Size = 256)]
        private struct Status
        {
            [FieldOffset(20)]
            public uint Uid;
        }

        public static bool IsOwnedBySomebodyElse(SafeFileHandle file)
        {
            if (!OperatingSystem.IsLinux())
                return false;
            if (StatX(file, noPath, EmptyPath, WantsUid, out var status) != 0)
                throw new IOException($"The owner of an open file cannot be asked for (error {Marshal.GetLastPInvokeError()}).");
            return status.Uid != Root && status.Uid != EffectiveUser();
        }

        [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int StatX(SafeFileHandle file, byte[] path, int flags, uint mask, out Status status);

        [DllImport("libc", EntryPoint = "geteuid")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern uint EffectiveUser();
    }
}
