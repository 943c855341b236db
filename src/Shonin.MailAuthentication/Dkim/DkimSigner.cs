using System.Globalization;
using System.Text;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>What a signature covers and how long it holds.</summary>
public sealed record DkimSigningOptions
{
    /// <summary>The values that the members below name.</summary>
    public static DkimSigningOptions Default { get; } = new();

    /// <summary>
    /// Fields named once more in h= than they occur, so that adding another one breaks the signature (RFC 6376 section 8.15).
    /// Whoever replays our mail must not be able to put a second From or Subject above ours.
    /// </summary>
    public IReadOnlyList<string> OversignedFields { get; init; } =
    [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Reply-To",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
    ];

    /// <summary>Fields signed as often as they occur. Name here what your own checks rely on.</summary>
    public IReadOnlyList<string> SignedFields { get; init; } =
    ["Cc", "Sender", "In-Reply-To", "References", "Content-Transfer-Encoding", "Content-Language", "Auto-Submitted", "List-Id"];

    /// <summary>x= beyond t=. Short, because a genuine mail can be sent again to anyone for as long as it lasts.</summary>
    public TimeSpan ValidFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The form in which the header is hashed: the first half of c=.</summary>
    public Canonicalization Header { get; init; } = Canonicalization.Relaxed;

    /// <summary>The form in which the body is hashed: the second half of c=.</summary>
    public Canonicalization Body { get; init; } = Canonicalization.Relaxed;
}

/// <summary>Signs messages (RFC 6376 section 5, RFC 8463).</summary>
public sealed class DkimSigner
{
    private readonly DkimSigningOptions options;

    /// <param name="options">What a signature covers and how long it holds; <see cref="DkimSigningOptions.Default"/> where absent.</param>
    /// <exception cref="ArgumentException">The options name something that is no field's name, or a time in which nothing could be
    ///   received.</exception>
    public DkimSigner(DkimSigningOptions? options = null)
    {
        this.options = options ?? DkimSigningOptions.Default;
        foreach (var name in this.options.OversignedFields)
        {
            FieldGrammar.FieldName(name, nameof(DkimSigningOptions.OversignedFields));
        }

        foreach (var name in this.options.SignedFields)
        {
            FieldGrammar.FieldName(name, nameof(DkimSigningOptions.SignedFields));
        }

        if (this.options.ValidFor < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException(
                $"{nameof(DkimSigningOptions.ValidFor)}: x= must be later than t= (RFC 6376 section 3.5).",
                nameof(options)
            );
        }
    }

    /// <summary>
    /// The message with one DKIM-Signature field a key above it, in the order of the keys. The message itself is not touched.
    /// </summary>
    /// <param name="message">A whole message; LF-only line ends are signed as the CRLF that SMTP will make of them.</param>
    /// <param name="keys">Usually one RSA-2048 and one Ed25519 key of the same domain: who knows only one of the two still finds
    ///   it.</param>
    /// <param name="now">Becomes t=, in whole seconds.</param>
    /// <exception cref="ArgumentException">
    /// No key, no From field, a message beyond <see cref="MessageLimits.Default"/>, or one that a byte order mark, a mailbox file's line or
    /// white space begins: the caller's own mistake.
    /// </exception>
    public byte[] Sign(ReadOnlySpan<byte> message, IReadOnlyList<DkimKey> keys, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count == 0)
        {
            throw new ArgumentException("At least one key is needed to sign.", nameof(keys));
        }

        var raw = message.ToArray();
        var parsed = MailMessage.Parse(raw) switch
        {
            MessageParse.Parsed(var whole) => whole,
            MessageParse.Refused(var why) => throw new ArgumentException(why, nameof(message)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (parsed.First("From"u8) is null)
        {
            throw new ArgumentException(
                "The message has no From field, which a signature must cover (RFC 6376 section 5.4).",
                nameof(message)
            );
        }

        if (parsed.ObstacleAbove is { } obstacle)
        {
            throw new ArgumentException($"No signature can stand above the message: {obstacle}. Take that away first.", nameof(message));
        }

        var lineEnd = parsed.Has(MessageOddityKind.LineFeedOnly) ? "\n" : "\r\n";
        var names = SignedNames(parsed);
        var bodyHash = BodyHash(parsed);
        var signed = new MemoryStream(raw.Length + (keys.Count * 1024));
        foreach (var key in keys)
        {
            signed.Write(Encoding.ASCII.GetBytes(SignatureField(parsed, names, key, bodyHash, now, lineEnd)));
        }

        signed.Write(raw);
        return signed.ToArray();
    }

    /// <summary>Every name once for each field of that name, the over-signed ones once more.</summary>
    private List<string> SignedNames(MailMessage message)
    {
        var names = new List<string>();
        foreach (var name in options.OversignedFields)
        {
            names.AddRange(Enumerable.Repeat(name, Count(message, name) + 1));
        }

        foreach (var name in options.SignedFields)
        {
            names.AddRange(Enumerable.Repeat(name, Count(message, name)));
        }

        return names;
    }

    private static int Count(MailMessage message, string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        return message.Fields.Count(field => field.Is(bytes));
    }

    private string BodyHash(MailMessage message)
    {
        using var sink = new Sha256Sink();
        Canonical.WriteBody(message.Body.Span, options.Body, sink);
        return Convert.ToBase64String(sink.Finish());
    }

    private string SignatureField(MailMessage message, List<string> names, DkimKey key, string bodyHash, DateTimeOffset now, string lineEnd)
    {
        var signedAt = now.ToUnixTimeSeconds();
        var expiresAt = signedAt + (long)options.ValidFor.TotalSeconds;
        var field = new StringBuilder(1024)
            .Append("DKIM-Signature: v=1; a=")
            .Append(key.AlgorithmTag)
            .Append("; c=")
            .Append(Word(options.Header))
            .Append('/')
            .Append(Word(options.Body))
            .Append(';')
            .Append(lineEnd)
            .Append(CultureInfo.InvariantCulture, $" d={key.Domain}; s={key.Selector};")
            .Append(lineEnd)
            .Append(CultureInfo.InvariantCulture, $" t={signedAt}; x={expiresAt};")
            .Append(lineEnd);
        FieldFolding.AppendList(field, " h=", names, lineEnd);
        field.Append(';').Append(lineEnd).Append(" bh=").Append(bodyHash).Append(';').Append(lineEnd).Append(" b=");
        var digest = SignedHeader.Digest(message, names, HeaderField.Split(Encoding.ASCII.GetBytes(field.ToString())), options.Header);
        FieldFolding.AppendBase64(field, key.SignDigest(digest), lineEnd);
        return field.Append(lineEnd).ToString();
    }

    private static string Word(Canonicalization form) => form == Canonicalization.Simple ? "simple" : "relaxed";
}
