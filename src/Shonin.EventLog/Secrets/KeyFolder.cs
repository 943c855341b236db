using System.Security.Cryptography;

namespace Shonin.EventLog.Secrets;

/// <summary>A key file that cannot be used; the message says which, why, and what to do.</summary>
public sealed class KeyFileException(string why) : Exception(why);

/// <summary>
/// Whether data exist that a key was used for: without it a promise about them would be broken in silence, so it is never made anew beside
/// them.
/// </summary>
public enum KeyNeed
{
    None,
    ForDataThatExist,
}

/// <summary>
/// The folder where keys live, apart from what they protect. A key is made from the system's randomness when it is first asked for; it
/// has no default. The folder has mode 0700 and each secret 0600; a file that others may read is refused, not repaired, because
/// it may have been read.
/// </summary>
public sealed class KeyFolder(string path)
{
    /// <summary>A PEM of a P-256 key has some 240 bytes; larger files are not read.</summary>
    private const int FileSizeBytesMax = 4096;

    public string Path { get; } = path;

    /// <summary>The bytes of <c>NAME.key</c>, made at random on first use.</summary>
    /// <param name="need">Whether something exists already that this key was used for.</param>
    /// <exception cref="KeyFileException">The file is missing beside such data, has another size, or its mode lets others read
    ///   it.</exception>
    public byte[] LoadOrCreate(string name, int sizeBytes, KeyNeed need = KeyNeed.None)
    {
        var file = File(name, ".key");
        if (need == KeyNeed.None && !System.IO.File.Exists(file))
            Create(file, RandomNumberGenerator.GetBytes(sizeBytes));
        return Load(name, sizeBytes);
    }

    /// <summary>As <see cref="LoadOrCreate"/>, but a missing file is an error.</summary>
    /// <exception cref="KeyFileException">The file is missing, has another size, or its mode lets others read it.</exception>
    public byte[] Load(string name, int sizeBytes)
    {
        var file = File(name, ".key");
        var key = ReadSecret(file);
        if (key.Length != sizeBytes)
        {
            throw new KeyFileException(
                $"{file} has {key.Length} bytes, but this key has {sizeBytes}. Restore the file from a backup of the keys."
            );
        }

        return key;
    }

    /// <summary>
    /// Takes <c>NAME.key</c> away: what was sealed under it is lost, wherever copies lie. One that is not there is no error.
    /// </summary>
    public void Delete(string name) => System.IO.File.Delete(File(name, ".key"));

    /// <summary>The text of <c>NAME.pem</c>; where it is missing, what <paramref name="make"/> gives is kept there first.</summary>
    /// <exception cref="KeyFileException">The file's mode lets others read it, or it is far too large for a key.</exception>
    public string LoadOrCreatePem(string name, Func<string> make)
    {
        var file = File(name, ".pem");
        if (!System.IO.File.Exists(file))
            Create(file, System.Text.Encoding.ASCII.GetBytes(make() + "\n"));
        return System.Text.Encoding.ASCII.GetString(ReadSecret(file));
    }

    /// <summary>
    /// The names of the key files that begin with <paramref name="prefix"/>, in ordinal order, without what follows the last dot.
    /// </summary>
    public IReadOnlyList<string> NamesBeginningWith(string prefix) =>
        Directory.Exists(Path)
            ?
            [
                .. Directory
                    .EnumerateFiles(Path, prefix + "*")
                    .Where(file => file.EndsWith(".key", StringComparison.Ordinal) || file.EndsWith(".pem", StringComparison.Ordinal))
                    .Select(file => System.IO.Path.GetFileNameWithoutExtension(file))
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>
    /// The ECDSA P-256 key of <c>NAME.pem</c> (PKCS#8), made on first use. Its public half is written beside it as
    /// <c>NAME.public.pem</c>, for whoever verifies and must not sign.
    /// </summary>
    /// <param name="need">Whether something exists already that this key has signed.</param>
    /// <exception cref="KeyFileException">The file is missing beside such data, holds no P-256 key, or its mode lets others read
    ///   it.</exception>
    public ECDsa LoadOrCreateSigningKey(string name, KeyNeed need = KeyNeed.None)
    {
        var file = File(name, ".pem");
        if (need == KeyNeed.None && !System.IO.File.Exists(file))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Create(file, System.Text.Encoding.ASCII.GetBytes(made.ExportPkcs8PrivateKeyPem() + "\n"));
        }
        var key = LoadSigningKey(name);
        var publicFile = File(name, ".public.pem");
        if (!System.IO.File.Exists(publicFile))
            OwnerOnly.Replace(publicFile, System.Text.Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n"));
        return key;
    }

    /// <summary>As <see cref="LoadOrCreateSigningKey"/>, but a missing file is an error.</summary>
    /// <exception cref="KeyFileException">The file is missing, holds no P-256 key, or its mode lets others read it.</exception>
    public ECDsa LoadSigningKey(string name)
    {
        var file = File(name, ".pem");
        return FromPem(file, System.Text.Encoding.ASCII.GetString(ReadSecret(file)));
    }

    /// <summary>What checks the signatures of <see cref="LoadSigningKey"/>: from the key itself, else from its public half.</summary>
    /// <exception cref="KeyFileException">Neither file is there, or it cannot be used.</exception>
    public ECDsa LoadVerifyingKey(string name)
    {
        var publicFile = File(name, ".public.pem");
        return System.IO.File.Exists(File(name, ".pem")) || !System.IO.File.Exists(publicFile)
            ? LoadSigningKey(name)
            : FromPem(publicFile, System.Text.Encoding.ASCII.GetString(Read(publicFile)));
    }

    private string File(string name, string extension) => System.IO.Path.Combine(Path, name + extension);

    private static ECDsa FromPem(string file, string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
                return key;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            // Said below, with the file's name.
        }
        key.Dispose();
        throw new KeyFileException($"{file} holds no ECDSA P-256 key in PEM. Restore the file from a backup of the keys.");
    }

    private void Create(string file, byte[] content)
    {
        OwnerOnly.RefuseWhatOthersMayChange(Path);
        OwnerOnly.Folder(Path);
        OwnerOnly.CreateWhole(file, content);
    }

    private byte[] ReadSecret(string file)
    {
        OwnerOnly.RefuseWhatOthersMayChange(Path);
        return OwnerOnly.ReadSecret(
            file,
            FileSizeBytesMax,
            "It is never made anew for data that exist already: restore it from a backup of the keys."
        );
    }

    /// <summary>What others may read: another user may verify with a copy of it, but nobody may exchange it.</summary>
    private byte[] Read(string file)
    {
        OwnerOnly.RefuseWhatOthersMayChange(Path);
        OwnerOnly.RefuseWhatOthersMayChange(file);
        var sizeBytes = new FileInfo(file).Length;
        if (sizeBytes > FileSizeBytesMax)
            throw new KeyFileException($"{file} has {sizeBytes} bytes and cannot be a key. Restore the file from a backup of the keys.");
        return System.IO.File.ReadAllBytes(file);
    }
}
