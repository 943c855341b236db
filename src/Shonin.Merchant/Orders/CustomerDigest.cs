using System.Security.Cryptography;
using System.Text;

namespace Shonin.Merchant.Orders;

/// <summary>
/// What stands in the place of a mail address wherever something is kept for long: a keyed hash, the same for every order and account of that
/// address, however it is written in capitals.
/// </summary>
public static class CustomerDigest
{
    public const int KeySizeBytes = 32; // HMAC-SHA-256 (RFC 2104 section 3)

    /// <summary>What the key is called in the folder of keys.</summary>
    public const string KeyName = "customers";

    private const int HashLength = 32; // 128 bits: nobody finds two addresses with one

    public static string Of(string address, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = Encoding.UTF8.GetBytes(address.Trim().ToLowerInvariant());
        return "cust_" + Convert.ToHexStringLower(HMACSHA256.HashData(key, plain))[..HashLength];
    }
}
