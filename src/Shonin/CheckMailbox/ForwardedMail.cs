using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;

namespace Shonin.CheckMailbox;

/// <summary>
/// What somebody forwarded: the original messages that were attached, byte for byte, and the words around them. An original is cut out of
/// the bytes that came, never written anew, because its signatures cover its bytes.
/// </summary>
/// <param name="Originals">At most <see cref="OriginalCountMax"/>, in their order.</param>
/// <param name="MoreCount">How many more there were.</param>
/// <param name="NoticeNumbers">What in the words looks like the number of a notice of ours.</param>
/// <param name="Language">Of the words; Japanese where there are none.</param>
internal sealed partial record ForwardedMail(ImmutableArray<ReadOnlyMemory<byte>> Originals, int MoreCount, ImmutableArray<string> NoticeNumbers, Locale Language)
{
    public const int OriginalCountMax = 5;

    private const int DepthMax = 30;
    private const int NoticeNumberCountMax = 5;
    private const int TextLengthMax = 200_000;
    private static readonly ParserOptions options = new() { CharsetEncoding = Encoding.UTF8, MaxMimeDepth = DepthMax };

    /// <summary>Any bytes are read; what cannot be read has no originals and no words.</summary>
    public static ForwardedMail Read(ReadOnlyMemory<byte> raw)
    {
        var found = BroughtMail.AttachedTo(raw).Originals;
        var words = new StringBuilder();
        try
        {
            using var stream = Open(raw);
            var parser = new MimeParser(options, stream, MimeFormat.Entity, persistent: true);
            using var mail = parser.ParseMessage();
            words.Append(mail.Subject).Append('\n');
            foreach (var part in PartsOf(mail.Body, DepthMax))
            {
                if (part is TextPart { IsAttachment: false } text && words.Length < TextLengthMax)
                    words.Append(text.Text.AsSpan(0, Math.Min(text.Text.Length, TextLengthMax))).Append('\n');
            }
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or StackOverflowException))
        {
            // The library throws several kinds on real mail; what was found before stands.
        }
        var said = words.ToString();
        return new(
            [.. found.Take(OriginalCountMax)], Math.Max(0, found.Length - OriginalCountMax),
            [.. NumbersIn(said).Distinct(StringComparer.Ordinal).Take(NoticeNumberCountMax)],
            IsJapanese(said) || string.IsNullOrWhiteSpace(said) ? Locale.Ja : Locale.En);
    }

    /// <summary>The parts of the mail itself; those of messages that hang on it are not among them.</summary>
    private static IEnumerable<MimeEntity> PartsOf(MimeEntity? entity, int depth) => entity switch
    {
        Multipart multipart when depth > 0 => multipart.SelectMany(part => PartsOf(part, depth - 1)),
        null or MessagePart => [],
        var part => [part],
    };

    private static bool IsJapanese(string text) => text.Any(letter => letter is (>= '\u3040' and <= '\u30FF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uFF66' and <= '\uFF9D'));

    /// <summary>Numbers as we give them out now, and then those from before: N1001-1-problem, N1001-received, N1001-1-update-2.</summary>
    private static IEnumerable<string> NumbersIn(string said) =>
        TenDigits().Matches(FoldedText.Normal(said, NormalizationForm.FormKC)).Select(match => NoticeReference.Read(match.Value))
            .OfType<NoticeReferenceReading.Read>().Select(read => read.Reference.ToString())
            .Concat(NoticeNumber().Matches(said).Select(match => match.Value));

    /// <summary>482 177 3057, parted or not; other numbers of ten digits fail its check digit, nine times out of ten.</summary>
    [GeneratedRegex("""(?<![0-9])[0-9]{3}[\s\-\u2010-\u2015.]?[0-9]{3}[\s\-\u2010-\u2015.]?[0-9]{4}(?![0-9])""", RegexOptions.CultureInvariant)]
    private static partial Regex TenDigits();

    [GeneratedRegex("""\b[A-Z]{1,4}[0-9]{1,12}(?:-[0-9]{1,4})?-[a-z]{4,20}(?:-[0-9]{1,4})?\b""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NoticeNumber();

    private static MemoryStream Open(ReadOnlyMemory<byte> raw) => MemoryMarshal.TryGetArray(raw, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(raw.ToArray(), writable: false);
}
