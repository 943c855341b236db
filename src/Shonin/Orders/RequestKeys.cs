using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Shonin.Merchant.Orders;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Orders;

/// <summary>Reads the client's Idempotency-Key, and remembers bodies by a keyed hash alone.</summary>
/// <param name="hashKey">32 bytes of the key folder.</param>
internal sealed class RequestKeys(byte[] hashKey)
{
    public const string HeaderName = "Idempotency-Key";
    public const int HashKeySizeBytes = 32; // HMAC-SHA-256 (RFC 2104 section 3)
    private const int KeyLengthMax = 255;
    private const int NameSizeBytes = 16;

    /// <summary>What is wrong with the header as it was sent, or null.</summary>
    public static Problem? Check(StringValues headers)
    {
        // Joined, two keys would pass for a third one, and neither would be known again when it comes alone.
        if (headers.Count > 1)
            return new(ProblemCode.Malformed, $"The header {HeaderName} stands there {headers.Count} times; send it once.");
        var header = headers.ToString();
        if (header.Length == 0)
        {
            return new(
                ProblemCode.IdempotencyKeyMissing,
                $"Send a header {HeaderName} with a value of your own for each request; the same value again gets the first outcome."
            );
        }

        return header.Length > KeyLengthMax || header.Any(letter => letter is < '!' or > '~')
            ? new(ProblemCode.Malformed, $"The {HeaderName} has 1 to {KeyLengthMax} printable ASCII characters without spaces.")
            : null;
    }

    /// <param name="header">A header that <see cref="Check"/> has found right.</param>
    /// <param name="route">The route's template; with <paramref name="resource"/> and the API key it is the scope of the client's
    ///   key.</param>
    /// <param name="resource">The id in the route, or empty.</param>
    /// <param name="canonicalBody">The body in its one form, without any security code.</param>
    public RequestKey Of(string header, ApiKey caller, string route, string resource, ReadOnlySpan<byte> canonicalBody) =>
        new($"{caller.Id} {route} {resource}".TrimEnd(), header, HMACSHA256.HashData(hashKey, canonicalBody));

    /// <summary>A name that follows from the key: the same request again, even after a crash, names the same thing.</summary>
    public static string NameFrom(RequestKey key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Scope}\n{key.Key}")).AsSpan(0, NameSizeBytes));
}
