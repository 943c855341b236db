using Shonin.EventLog.Secrets;

namespace Shonin.CardNetwork.Vault;

/// <summary>
/// The file in which the vault's keys stand: <c>vault.keys</c> in the folder of keys. All of them are in one file, so that a rotation
/// changes them in one step; it is written beside, flushed, and put in the old one's place. Only its owner may read it.
/// </summary>
public static class VaultKeyFile
{
    private const string FileName = "vault.keys";
    private const int SizeMaxBytes = 64 * 1024; // some 600 keys; a rotation leaves one

    /// <summary>Reads the keys, or makes them for a vault that does not exist yet.</summary>
    /// <param name="folder">The folder of keys; made where it is missing.</param>
    /// <param name="vaultPath">vault.db. Where it exists, a missing key file is an error: new keys would not open it.</param>
    /// <exception cref="VaultUnavailableException">The file is missing, unreadable, no key file, or open to others; the message says what
    ///   to do.</exception>
    public static VaultKeys Open(string folder, string vaultPath, RandomFill random)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, FileName);
        void Keep(ReadOnlySpan<byte> content) => OwnerOnly.Replace(path, content);
        try
        {
            if (File.Exists(path))
                return VaultKeys.Read(ReadWhole(path), random, Keep);
            if (File.Exists(vaultPath))
            {
                throw new VaultUnavailableException(
                    $"{path} is missing, and {vaultPath} cannot be opened without it. Restore it from a backup of the keys."
                );
            }

            OwnerOnly.RefuseWhatOthersMayChange(folder);
            OwnerOnly.Folder(folder);
            return VaultKeys.Create(random, Keep);
        }
        catch (FormatException error)
        {
            throw new VaultUnavailableException($"{path}: {error.Message}", error);
        }
        catch (KeyFileException error)
        {
            throw new VaultUnavailableException(error.Message, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new VaultUnavailableException(
                $"{path} cannot be used. Check that it and its folder belong to the user that runs shonin.",
                error
            );
        }
    }

    private static byte[] ReadWhole(string path)
    {
        OwnerOnly.RefuseWhatOthersMayChange(Path.GetDirectoryName(path)!);
        return OwnerOnly.ReadSecret(path, SizeMaxBytes, "Restore it from a backup of the keys.");
    }
}
