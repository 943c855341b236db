using System.Security.Cryptography;

namespace Shonin.Web;

/// <summary>The keys under which forms and proofs are sealed, derived from one that the data folder keeps.</summary>
internal sealed class ScreenKeys
{
    public const int MasterSizeBytes = 32;

    /// <param name="master">32 random bytes that nobody else has. With another master, forms that are open have to be loaded again.</param>
    public ScreenKeys(ReadOnlySpan<byte> master)
    {
        Domain.Invariant.That(master.Length == MasterSizeBytes);
        Forms = Derive(master, "shonin forms 1"u8);
        Proofs = Derive(master, "shonin card proofs 1"u8);
        Tickets = Derive(master, "shonin account tickets 1"u8);
        Devices = Derive(master, "shonin account devices 1"u8);
    }

    public byte[] Forms { get; }
    public byte[] Proofs { get; }
    public byte[] Tickets { get; }
    public byte[] Devices { get; }

    private static byte[] Derive(ReadOnlySpan<byte> master, ReadOnlySpan<byte> use)
    {
        var key = new byte[MasterSizeBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, key, salt: [], info: use);
        return key;
    }
}
