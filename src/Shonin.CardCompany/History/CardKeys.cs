using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shonin.CardCompany.Deciding;
using Shonin.EventLog;

namespace Shonin.CardCompany.History;

/// <summary>
/// Keyed hashes, so that nothing stored leads back to a card number: there are few enough card numbers to try them all against a
/// hash without a key. Written in base64url, which has no long runs of digits that could be taken for a card number.
/// </summary>
internal sealed class CardKeys
{
    /// <summary>The key's length: that of the hash, FIPS 198-1 section 3.</summary>
    public const int KeyBytes = 32;

    public const string StreamPrefix = "card-";

    private readonly byte[] key;

    public CardKeys(ReadOnlySpan<byte> key) =>
        this.key =
            key.Length == KeyBytes
                ? key.ToArray()
                : throw new ArgumentException($"Expected {KeyBytes} bytes, got {key.Length}.", nameof(key));

    /// <summary>The stream of a card: its fingerprint.</summary>
    public StreamId Stream(string number) => new(StreamPrefix + Base64Url.EncodeToString(Hash("card", number).AsSpan(0, 18)));

    /// <summary>What two messages have in common if and only if their content is the same.</summary>
    public string Digest(ReadOnlySpan<byte> content) => Base64Url.EncodeToString(HMACSHA256.HashData(key, content));

    /// <inheritdoc cref="Digest(ReadOnlySpan{byte})"/>
    public string Digest(string content) => Digest(Encoding.UTF8.GetBytes(content));

    /// <summary>Field 38 for a request, six digits: made from its key, so that deciding again after a crash gives no second one.</summary>
    public string ApprovalCode(RequestIdentity request) =>
        (BitConverter.ToUInt32(Hash("approval", request.ToString())) % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);

    /// <summary>Field 63 for a request, 15 letters.</summary>
    public string TransactionId(RequestIdentity request) => TransactionId(request.ToString());

    /// <summary>Field 63 of an answer to a request that has no whole key: its time cannot be.</summary>
    public string TransactionId(string request) => string.Create(15, Hash("transaction", request), (letters, hash) =>
        {
            for (var index = 0; index < letters.Length; index++)
                letters[index] = (char)('A' + hash[index] % 26);
        });

    private byte[] Hash(string purpose, string value) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}:{value}"));
}
