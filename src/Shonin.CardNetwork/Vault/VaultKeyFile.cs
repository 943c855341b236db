namespace Shonin.CardNetwork.Vault;

/// <summary>
/// The file in which the vault's keys stand: <c>vault.keys</c> in the folder of keys. All of them are in one file, so that a rotation
/// changes them in one step; it is written beside, flushed, and put in the old one's place. Only its owner may read it.
/// </summary>
public static class VaultKeyFile
{
    private const string FileName = "vault.keys";
    private const int SizeMaxBytes = 64 * 1024; // some 600 keys; a rotation leaves one
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;

    /// <summary>Reads the keys, or makes them for a vault that does not exist yet.</summary>
    /// <param name="folder">The folder of keys; made where it is missing.</param>
    /// <param name="vaultPath">vault.db. Where it exists, a missing key file is an error: new keys would not open it.</param>
    /// <exception cref="VaultUnavailableException">The file is missing, unreadable, no key file, or open to others; the message says what to do.</exception>
    public static VaultKeys Open(string folder, string vaultPath, RandomFill random)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, FileName);
        void Keep(ReadOnlySpan<byte> content) => Replace(path, content);
        try
        {
            if (File.Exists(path))
                return VaultKeys.Read(ReadWhole(path), random, Keep);
            if (File.Exists(vaultPath))
                throw new VaultUnavailableException($"{path} is missing, and {vaultPath} cannot be opened without it. Restore it from a backup of the keys.");
            MakeFolder(folder);
            return VaultKeys.Create(random, Keep);
        }
        catch (FormatException error)
        {
            throw new VaultUnavailableException($"{path}: {error.Message}", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new VaultUnavailableException($"{path} cannot be used. Check that it and its folder belong to the user that runs shonin.", error);
        }
    }

    private static byte[] ReadWhole(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnlyFile) is var others and not 0)
            throw new VaultUnavailableException($"{path} is open to others ({others}). If nobody has read it, run: chmod 600 {path}. If somebody may have, rotate the vault's keys after that.");
        return new FileInfo(path).Length <= SizeMaxBytes
            ? File.ReadAllBytes(path)
            : throw new VaultUnavailableException($"{path} is larger than {SizeMaxBytes} bytes and cannot be a key file. Restore it from a backup of the keys.");
    }

    private static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnlyFile;
        using (var file = new FileStream(beside, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, OwnerOnlyFolder);
    }
}
