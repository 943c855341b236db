using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.Domain.Proofs;

/// <summary>
/// What a mail says, as one number: recorded when a notice is written, and made again from the mail that somebody asks about. White
/// space does not count, so that other line ends and folds do no harm; every sign that is seen, every tag and every address does.
/// </summary>
public static class ContentDigest
{
    private static readonly SearchValues<char> whiteSpace = SearchValues.Create([.. WhiteSpace()]);
    private static readonly SearchValues<char> endsLink = SearchValues.Create([.. WhiteSpace(), '"', '\'', '<', '>', '`']);

    /// <summary>Of a subject, a text/plain part and the source of a text/html part, all decoded.</summary>
    public static Digest Of(string subject, string plainText, string html)
    {
        using var parts = DigestParts.Plain();
        parts.Add("content");
        foreach (var text in (ReadOnlySpan<string>)[subject, plainText, html])
        {
            var composed = Composed(text);
            var room = ArrayPool<char>.Shared.Rent(composed.Length);
            parts.Add(room.AsSpan(0, CopyWithoutSpace(composed, room)));
            ArrayPool<char>.Shared.Return(room, clearArray: true);
        }
        return parts.Finish();
    }

    /// <summary>Of the set of http and https addresses that stand in the two parts, wherever they stand.</summary>
    public static Digest OfLinks(string plainText, string html) => Digest.Of(["links", .. LinksIn(plainText, html)]);

    /// <summary>The http and https addresses in the two parts, as far as case and scheme alike.</summary>
    public static SortedSet<string> LinksIn(string plainText, string html)
    {
        var links = new SortedSet<string>(StringComparer.Ordinal);
        AddLinks(plainText, links);
        AddLinks(WebUtility.HtmlDecode(html), links);
        return links;
    }

    internal static string WithoutSpace(string text)
    {
        var composed = Composed(text);
        var room = ArrayPool<char>.Shared.Rent(composed.Length);
        var kept = new string(room, 0, CopyWithoutSpace(composed, room));
        ArrayPool<char>.Shared.Return(room, clearArray: true);
        return kept;
    }

    /// <summary>In NFC: a letter and its accent that travel apart or as one are the same sign.</summary>
    private static string Composed(string text) => FoldedText.Normal(text, NormalizationForm.FormC);

    /// <returns>How many characters were kept.</returns>
    private static int CopyWithoutSpace(ReadOnlySpan<char> text, Span<char> kept)
    {
        var count = 0;
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAny(whiteSpace) is var space and >= 0 ? text[..space] : text;
            run.CopyTo(kept[count..]);
            count += run.Length;
            text = text[Math.Min(run.Length + 1, text.Length)..];
        }
        return count;
    }

    private static void AddLinks(string source, SortedSet<string> into)
    {
        var rest = source.AsSpan();
        while (rest.IndexOf("://", StringComparison.Ordinal) is var colon and >= 0)
        {
            var scheme = rest[..colon];
            var isLink =
                scheme.EndsWith("http", StringComparison.OrdinalIgnoreCase) || scheme.EndsWith("https", StringComparison.OrdinalIgnoreCase);
            var after = rest[(colon + "://".Length)..];
            var length = after.IndexOfAny(endsLink) is var end and >= 0 ? end : after.Length;
            if (isLink)
                into.Add(string.Concat(scheme[^1] is 's' or 'S' ? "https" : "http", "://", after[..length]));
            rest = after;
        }
    }

    private static IEnumerable<char> WhiteSpace() =>
        Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code).Where(char.IsWhiteSpace);
}

/// <summary>32 bytes of SHA-256 or HMAC-SHA-256, in base64url.</summary>
public readonly record struct Digest(string Text)
{
    /// <summary>SHA-256 over the parts, each with its length before it, so that no two lists of parts run together as one.</summary>
    public static Digest Of(params ReadOnlySpan<string> parts)
    {
        using var plain = DigestParts.Plain();
        return plain.Of(parts);
    }

    /// <summary>As <see cref="Of"/>, for who has the key.</summary>
    public static Digest Keyed(ReadOnlySpan<byte> key, params ReadOnlySpan<string> parts)
    {
        using var keyed = DigestParts.Keyed(key);
        return keyed.Of(parts);
    }

    /// <summary>Takes the same time for every wrong one.</summary>
    public bool IsSameAs(Digest other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Text), Encoding.UTF8.GetBytes(other.Text));

    public override string ToString() => Text;
}

/// <summary>A digest while its parts are added, each with its length in bytes of UTF-8 before it.</summary>
internal readonly ref struct DigestParts : IDisposable
{
    private readonly IncrementalHash hash;

    private DigestParts(IncrementalHash hash) => this.hash = hash;

    internal static DigestParts Plain() => new(IncrementalHash.CreateHash(HashAlgorithmName.SHA256));

    internal static DigestParts Keyed(ReadOnlySpan<byte> key) => new(IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key));

    internal void Add(ReadOnlySpan<char> part)
    {
        var room = ArrayPool<byte>.Shared.Rent(sizeof(int) + Encoding.UTF8.GetMaxByteCount(part.Length));
        var size = Encoding.UTF8.GetBytes(part, room.AsSpan(sizeof(int)));
        BinaryPrimitives.WriteInt32BigEndian(room, size);
        hash.AppendData(room, 0, sizeof(int) + size);
        ArrayPool<byte>.Shared.Return(room, clearArray: true);
    }

    internal Digest Of(ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
            Add(part);
        return Finish();
    }

    internal Digest Finish() => new(Base64Url.EncodeToString(hash.GetHashAndReset()));

    public void Dispose() => hash.Dispose();
}
