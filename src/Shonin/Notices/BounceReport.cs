using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using MimeKit;
using Shonin.Web;

namespace Shonin.Notices;

/// <summary>What a mail says about another mail's delivery.</summary>
internal enum BounceKind
{
    /// <summary>Nobody received it, and nobody will.</summary>
    Failed,

    /// <summary>It is on its way still, and somebody goes on trying.</summary>
    Delayed,

    /// <summary>It is no report of trouble: a success, an answering machine, a receipt, a challenge, a person.</summary>
    None,
}

/// <summary>
/// A mail to the return path, read. First the report that machines write for machines (RFC 3464, in a multipart/report, RFC 6522); where a
/// server writes only to people, its fields and its words: qmail, exim, and the mail centres of Japan's carriers.
/// </summary>
/// <param name="Why">One line for the agents, without anybody's address; empty where there is nothing to say.</param>
/// <param name="DeliveredTo">The addresses that its fields say it came to.</param>
internal sealed record BounceReport(BounceKind Kind, string Why, ImmutableArray<string> DeliveredTo)
{
    private const int DepthMax = 10;
    private const int GroupCountMax = 50;
    private const int AddressCountMax = 20;

    /// <summary>The fields in which servers write where they delivered a mail to, beside To and Cc.</summary>
    private static readonly string[] deliveryFields =
    [
        "Delivered-To",
        "X-Original-To",
        "Envelope-To",
        "X-Envelope-To",
        "X-Delivered-To",
        "Apparently-To",
    ];

    private static readonly string[] machines = ["mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "mailadm", "mdaemon"];

    private const byte Escape = 0x1B;

    private static readonly Encoding iso2022Jp = CodePagesEncodingProvider.Instance.GetEncoding(50221)!;

    private static readonly ParserOptions options = new() { MaxMimeDepth = DepthMax };

    private static readonly BounceReport nothing = new(BounceKind.None, "", []);

    /// <summary>Any bytes are read; what cannot be read reports nothing.</summary>
    public static BounceReport Read(ReadOnlyMemory<byte> raw)
    {
        try
        {
            using var stream = MemoryMarshal.TryGetArray(raw, out var array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
                : new MemoryStream(raw.ToArray(), writable: false);
            using var mail = new MimeParser(options, stream, MimeFormat.Entity).ParseMessage();
            var (kind, why) = Judge(mail);
            return new(kind, MailAddress.Hide(why), DeliveredToOf(mail));
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or StackOverflowException))
        {
            // The library throws several kinds on real mail; such a mail tells us nothing.
            return nothing;
        }
    }

    private static (BounceKind Kind, string Why) Judge(MimeMessage mail)
    {
        var parts = PartsOf(mail.Body, DepthMax).ToList();
        if (parts.OfType<MessageDeliveryStatus>().Any())
        {
            return OfStatus([
                .. parts.OfType<MessageDeliveryStatus>().SelectMany(part => part.StatusGroups).Where(IsAboutRecipient).Take(GroupCountMax),
            ]);
        }
        // Other reports: receipts (RFC 8098), complaints (RFC 5965).
        if (mail.Body?.ContentType.IsMimeType("multipart", "report") == true)
            return (BounceKind.None, "");
        var words = BounceWords.Of($"{mail.Subject}\n{TextOf(parts.OfType<TextPart>().FirstOrDefault())}");
        if (mail.Headers["X-Failed-Recipients"] is not null && words.Kind == BounceKind.None)
            return (BounceKind.Failed, "X-Failed-Recipients");
        if (mail.Headers["X-Failed-Recipients"] is not null)
            return words;
        return IsFromMachine(mail) ? words : (BounceKind.None, "");
    }

    /// <summary>One recipient who will not get it is enough: a notice has one.</summary>
    private static (BounceKind Kind, string Why) OfStatus(IReadOnlyList<HeaderList> recipients)
    {
        var judged = recipients.Select(fields => (Kind: KindOf(fields), Fields: fields)).ToList();
        foreach (var kind in new[] { BounceKind.Failed, BounceKind.Delayed })
        {
            if (judged.FirstOrDefault(one => one.Kind == kind) is { Fields: { } fields })
                return (kind, WhyOf(fields));
        }

        return (BounceKind.None, "");
    }

    /// <summary>RFC 3464 sections 2.3.3 and 2.3.4: the action says it; where there is none, the class of the status.</summary>
    private static BounceKind KindOf(HeaderList fields) =>
        FirstWord(fields["Action"]) switch
        {
            "failed" => BounceKind.Failed,
            "delayed" => BounceKind.Delayed,
            "delivered" or "relayed" or "expanded" => BounceKind.None,
            _ => EnhancedStatus.In(fields["Status"] ?? fields["Diagnostic-Code"] ?? "")?.Class switch
            {
                5 => BounceKind.Failed,
                4 => BounceKind.Delayed,
                _ => BounceKind.None,
            },
        };

    private static bool IsAboutRecipient(HeaderList fields) =>
        fields.Contains("Final-Recipient")
        || fields.Contains("Original-Recipient")
        || fields.Contains("Action")
        || fields.Contains("Status");

    private static string WhyOf(HeaderList fields)
    {
        var diagnostic = fields["Diagnostic-Code"] ?? "";
        var said = diagnostic[(diagnostic.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim();
        return BounceWords.OneLine(said.Length > 0 ? said : $"status {fields["Status"]}");
    }

    private static string FirstWord(string? value) => (value ?? "").Trim().Split(' ', ';', '(')[0].ToLowerInvariant();

    /// <summary>The parts of the mail itself; those of the mail that came back are not among them.</summary>
    private static IEnumerable<MimeEntity> PartsOf(MimeEntity? entity, int depth) =>
        entity switch
        {
            MessageDeliveryStatus status => [status],
            Multipart multipart when depth > 0 => multipart.SelectMany(part => PartsOf(part, depth - 1)),
            null or MessagePart or Multipart => [],
            var part => [part],
        };

    /// <summary>Carriers write ISO-2022-JP, which shows itself by its escapes whatever is declared (RFC 1468).</summary>
    private static string TextOf(TextPart? part)
    {
        if (part?.Content is not { } content)
            return "";
        using var bytes = new MemoryStream();
        content.DecodeTo(bytes);
        return bytes.ToArray() is var raw && raw.Contains(Escape) ? iso2022Jp.GetString(raw) : part.Text;
    }

    private static bool IsFromMachine(MimeMessage mail) =>
        mail.From.Mailboxes.FirstOrDefault() is not { } author
        || machines.Contains(author.Address.Split('@')[0], StringComparer.OrdinalIgnoreCase);

    private static ImmutableArray<string> DeliveredToOf(MimeMessage mail) =>
        [
            .. mail
                .To.Mailboxes.Concat(mail.Cc.Mailboxes)
                .Select(mailbox => mailbox.Address)
                .Concat(
                    mail.Headers.Where(field => deliveryFields.Contains(field.Field, StringComparer.OrdinalIgnoreCase))
                        .Select(field => field.Value.Trim().Trim('<', '>'))
                )
                .Take(AddressCountMax),
        ];
}

/// <summary>A report that is written for people, in the words of the servers that our customers' mail meets.</summary>
internal static class BounceWords
{
    private const int TextLengthMax = 8_000;
    private const int LineLengthMax = 300;

    /// <summary>"Nothing is lost yet": these win over the words below, which such warnings use too.</summary>
    // csharpier-ignore
    private static readonly string[] delayed =
    [
        "no action is required", "will be retried", "will keep trying", "still being retried", "delivery has been delayed",
        "delivery to the following recipient has been delayed", "has not been delivered", "warning: could not send message for past",
        "delivery incomplete", "message is delayed", "warning: message", "再送を続け", "再送を試み", "引き続き送信", "遅延しています", "配送が遅れ", "送信を継続",
    ];

    // csharpier-ignore
    private static readonly string[] failed =
    [
        "i've given up", "wasn't able to deliver", "could not be delivered", "couldn't be delivered", "undeliverable", "undelivered mail",
        "delivery failed", "delivery failure", "failed permanently", "mail delivery failed", "returned mail", "returned to sender",
        "mail system error", "user unknown", "unknown user", "no such user", "does not exist", "address rejected", "mailbox unavailable",
        "mailbox not found", "had permanent fatal errors", "had delivery problems", "host unknown", "wasn't found at", "over quota",
        "mailbox is full", "account is disabled", "送信できません", "配信できません", "配送できません", "お届けできません", "届けることができません", "配信されません", "送信エラー", "配信エラー",
        "配信不能", "配信に失敗", "送信に失敗", "エラーのため", "宛先不明", "あて先不明", "宛先が見つかりません", "アドレスが見つかりません", "存在しません", "ユーザーが見つかりません", "ユーザが見つかりません",
        "受信を拒否", "受信拒否", "容量を超え", "戻されました",
    ];

    public static (BounceKind Kind, string Why) Of(string text)
    {
        var read = text.Length <= TextLengthMax ? text : text[..TextLengthMax];
        // Curly apostrophes and the line ends of mail must not hide a word.
        var plain = string.Join(' ', read.Replace('’', '\'').Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        if (LineWith(read, plain, delayed) is { } waits)
            return (BounceKind.Delayed, waits);
        return LineWith(read, plain, failed) is { } ended ? (BounceKind.Failed, ended) : (BounceKind.None, "");
    }

    public static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LineLengthMax ? line : line[..LineLengthMax];
    }

    /// <summary>The line that says it, or the phrase itself where it runs over two; null where nothing says it.</summary>
    private static string? LineWith(string text, string plain, string[] phrases)
    {
        if (phrases.FirstOrDefault(phrase => plain.Contains(phrase, StringComparison.OrdinalIgnoreCase)) is not { } said)
            return null;
        var lines = text.Replace('’', '\'').Split('\n');
        return OneLine(
            lines.FirstOrDefault(line => EnhancedStatus.In(line) is not null)
                ?? lines.FirstOrDefault(line => line.Contains(said, StringComparison.OrdinalIgnoreCase))
                ?? said
        );
    }
}
