using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.Domain.Proofs;

/// <summary>
/// The field by which a mail names its notice and shows that we wrote it: <c>Shonin-Notice: v=1; n=N1001-1-problem;
/// k=20261124.3f9c2a71; b=…</c>. The code binds everything of the <see cref="NoticeImprint"/>, so a mark that is copied into another
/// mail, or sent to somebody else, is found out by the record that it leads to.
/// </summary>
/// <param name="NoticeId">n=.</param>
/// <param name="KeyId">k=: which of our keys made the code.</param>
/// <param name="Code">b=.</param>
public sealed record NoticeMark(string NoticeId, string KeyId, Digest Code)
{
    public const string FieldName = "Shonin-Notice";

    private const int ValueLengthMax = 500;
    private const int WordLengthMax = 100;
    private const int CodeLength = 43; // 32 bytes in base64url without padding, RFC 4648 section 5

    /// <summary>The value of the field.</summary>
    public string Write() => $"v=1; n={NoticeId}; k={KeyId}; b={Code}";

    /// <summary>
    /// Reads the field's value, folded or not. A tag that this version does not know makes it unreadable: it may mean anything.
    /// </summary>
    public static NoticeMarkParse Parse(string value)
    {
        if (value.Length > ValueLengthMax)
            return new NoticeMarkParse.Malformed($"{value.Length} characters; a mark has at most {ValueLengthMax}");
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in value.Split(';', StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (
                equals < 0
                || part[..equals].TrimEnd() is not ("v" or "n" or "k" or "b")
                || !tags.TryAdd(part[..equals].TrimEnd(), part[(equals + 1)..].TrimStart())
            )
            {
                return new NoticeMarkParse.Malformed("it must hold v=, n=, k= and b=, each once and nothing else");
            }
        }
        if (tags.GetValueOrDefault("v") is not "1")
            return new NoticeMarkParse.Malformed("its version must be 1");
        if (
            !IsWord(tags.GetValueOrDefault("n"))
            || !IsWord(tags.GetValueOrDefault("k"))
            || !IsWord(tags.GetValueOrDefault("b"))
            || tags["b"].Length != CodeLength
        )
        {
            return new NoticeMarkParse.Malformed("n=, k= or b= is missing, or is no such value");
        }

        return new NoticeMarkParse.Parsed(new(tags["n"], tags["k"], new(tags["b"])));
    }

    private static bool IsWord(string? text) =>
        text is { Length: > 0 and <= WordLengthMax }
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}

public abstract record NoticeMarkParse
{
    private NoticeMarkParse() { }

    public sealed record Parsed(NoticeMark Mark) : NoticeMarkParse;

    public sealed record Malformed(string Why) : NoticeMarkParse;
}

/// <summary>
/// What is kept of a notice for ever, and what its mark binds: numbers from which nobody's name, address or words can be read.
/// </summary>
/// <param name="QueuedAt">In whole seconds.</param>
/// <param name="Recipient">Whom it was sent to, for who has the key and knows the address; another number for each notice.</param>
public sealed record NoticeImprint(string NoticeId, DateTimeOffset QueuedAt, Digest Recipient, Digest Content, Digest Links);

/// <summary>A secret under which we mark notices. Shows itself as its name only.</summary>
public sealed class NoticeMarkKey
{
    public const int SizeBytes = 32; // HMAC-SHA-256 (RFC 2104 section 3)

    private const int CodeLength = 10;
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";
    private const int DomainLengthMax = 253; // RFC 1035 section 2.3.4

    private static readonly IdnMapping idn = new() { AllowUnassigned = true };

    private readonly byte[] secret;

    /// <param name="day">Since when it is used, <c>20261124</c>; its name tells that, and four bytes of its hash, so that no two merchants'
    ///   keys bear one name.</param>
    public NoticeMarkKey(string day, ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SizeBytes)
            throw new ArgumentException($"A key has {SizeBytes} bytes, this one {secret.Length}.", nameof(secret));
        this.secret = secret.ToArray();
        Id = $"{day}.{Convert.ToHexStringLower(SHA256.HashData(secret)[..4])}";
    }

    public string Id { get; }

    /// <summary>Names a recipient without telling who it is.</summary>
    public Digest RecipientOf(string noticeId, string address) => Digest.Keyed(secret, "recipient", noticeId, Fold(address));

    public NoticeMark Mark(NoticeImprint imprint) =>
        new(
            imprint.NoticeId,
            Id,
            Digest.Keyed(
                secret,
                "notice 1",
                imprint.NoticeId,
                imprint.QueuedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                imprint.Recipient.Text,
                imprint.Content.Text,
                imprint.Links.Text
            )
        );

    /// <summary>The local part of a notice's Message-ID: the same for the same notice under this key.</summary>
    public Digest MessageNameOf(string noticeId) => Digest.Keyed(secret, "message-id", noticeId);

    /// <summary>Ten letters and digits of base32 (RFC 4648 section 6) without capitals: 50 bits that nobody guesses by mail.</summary>
    /// <param name="reference">The digits of a notice's number.</param>
    public string ReturnCodeOf(string reference) => CodeOf($"return-path {reference}");

    /// <summary>Takes the same time for every wrong one of its length.</summary>
    public bool IsReturnCodeOf(string reference, string code) => IsSame(ReturnCodeOf(reference), code);

    /// <summary>Made as <see cref="ReturnCodeOf"/>: who answers a mail of ours names its contact by it.</summary>
    /// <param name="contact">The contact's id.</param>
    public string ReplyCodeOf(string contact) => CodeOf($"reply-to {contact}");

    /// <inheritdoc cref="IsReturnCodeOf"/>
    public bool IsReplyCodeOf(string contact, string code) => IsSame(ReplyCodeOf(contact), code);

    public override string ToString() => $"{Id} ***";

    private string CodeOf(string named)
    {
        var hash = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(named));
        return string.Create(CodeLength, hash, static (code, bytes) =>
        {
            for (var index = 0; index < code.Length; index++)
                code[index] = Base32[bytes[index] & 31];
        });
    }

    private static bool IsSame(string ours, string code) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(ours), Encoding.UTF8.GetBytes(code));

    /// <summary>
    /// As people type addresses: capitals and full-width letters are the same, a name may stand around it, and quotes around its first
    /// part.
    /// </summary>
    private static string Fold(string address)
    {
        var folded = FoldedText.Normal(address, NormalizationForm.FormKC).Trim().ToLowerInvariant();
        var bare = folded.EndsWith('>') && folded.LastIndexOf('<') is var open and >= 0 ? folded[(open + 1)..^1].Trim() : folded;
        var at = bare.LastIndexOf('@');
        return at < 0 ? bare : $"{Unquoted(bare[..at])}@{InALabels(bare[(at + 1)..])}";
    }

    private static string Unquoted(string local) => local is ['"', _, .., '"'] ? local[1..^1] : local;

    /// <summary>Both forms of an international domain name are one (RFC 5890).</summary>
    private static string InALabels(string domain)
    {
        try
        {
            return Ascii.IsValid(domain) || domain.Length > DomainLengthMax ? domain : idn.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            // No domain name: it equals nothing but itself.
            return domain;
        }
    }
}

/// <summary>The key that marks, and those that marked before it: a mail stays provable for as long as its key is kept.</summary>
public sealed class NoticeMarkKeys
{
    private readonly Dictionary<string, NoticeMarkKey> byId;

    /// <param name="keys">The oldest first; the last one marks.</param>
    public NoticeMarkKeys(params IReadOnlyList<NoticeMarkKey> keys)
    {
        if (keys.Count == 0)
            throw new ArgumentException("At least one key is needed to mark.", nameof(keys));
        byId = keys.ToDictionary(key => key.Id, StringComparer.Ordinal);
        Current = keys[^1];
    }

    public NoticeMarkKey Current { get; }

    /// <summary>In no order.</summary>
    public IReadOnlyCollection<NoticeMarkKey> All => byId.Values;

    public NoticeMarkKey? Find(string id) => byId.GetValueOrDefault(id);
}
