using System.Text;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// The addresses in From, from every From field of the message, read on raw bytes (RFC 5322 sections 3.4 and 4.4) without undoing encoded
/// words: an encoded word can look like an address, and must not become one.
/// </summary>
/// <param name="FieldCount">From fields; exactly one is allowed (RFC 5322 section 3.6).</param>
/// <param name="Mailboxes">In the order in which they are written, members of groups included.</param>
/// <param name="Problems">What is wrong with the field, or could be shown in another way than it is read here.</param>
public sealed record FromMailboxes(int FieldCount, IReadOnlyList<FromMailbox> Mailboxes, FromProblems Problems)
{
    /// <summary>
    /// Texts that belong to no address: comments, names of groups, names without an address. Some programs show them as the sender.
    /// Encoded words are not undone; one char a byte.
    /// </summary>
    public IReadOnlyList<string> Asides { get; init; } = [];

    /// <summary>
    /// The domain that DMARC asks about, in lower-case A-labels: there is one only where there is one From field and all its addresses are
    /// of one domain (RFC 9989 section 5.3.1). Where <see cref="FromProblems.ReadersDiffer"/> stands beside it, some programs show another.
    /// </summary>
    public string? AuthorDomain =>
        FieldCount == 1
        && Mailboxes.Count is > 0 and < AddressScanner.MailboxCountMax
        && Mailboxes[0].AsciiDomain is { } domain
        && Mailboxes.All(mailbox => mailbox.AsciiDomain == domain)
            ? domain
            : null;

    /// <summary>Reads the From fields of a message; any bytes are read.</summary>
    public static FromMailboxes Of(MailMessage message) => Of(message, "From"u8);

    /// <summary>Reads another field that holds addresses, such as Reply-To, as From is read.</summary>
    public static FromMailboxes Of(MailMessage message, ReadOnlySpan<byte> fieldName)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (scanner, fieldCount) = Scan(message, fieldName);
        var problems = scanner.Problems;
        problems |= fieldCount > 1 ? FromProblems.SeveralFields : FromProblems.None;
        problems |= scanner.Mailboxes.Count == 0 ? FromProblems.NoMailbox : FromProblems.None;
        problems |= scanner.Mailboxes.Count > 1 ? FromProblems.SeveralMailboxes : FromProblems.None;
        return new FromMailboxes(fieldCount, scanner.Mailboxes, problems) { Asides = scanner.Asides };
    }

    /// <summary>The addresses of another field that holds a list of them, such as Reply-To, from all fields of that name.</summary>
    public static IReadOnlyList<FromMailbox> In(MailMessage message, ReadOnlySpan<byte> fieldName)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Scan(message, fieldName).Scanner.Mailboxes;
    }

    private static (AddressScanner Scanner, int FieldCount) Scan(MailMessage message, ReadOnlySpan<byte> fieldName)
    {
        var scanner = new AddressScanner();
        var fieldCount = 0;
        foreach (var field in message.Fields)
        {
            if (field.Is(fieldName))
            {
                fieldCount++;
                scanner.Read(Encoding.Latin1.GetString(RawLetters.AsUtf8(field.Value).Span));
            }
        }

        return (scanner, fieldCount);
    }
}

/// <summary>One sender as written.</summary>
/// <param name="DisplayName">Quotes undone, encoded words not; one char a byte.</param>
/// <param name="LocalPart">Quotes and white space around dots undone; may itself look like an address. One char a byte.</param>
/// <param name="Domain">In the case in which it was written, one char a byte; may be no domain at all, or a literal such as
///   [192.0.2.1].</param>
public sealed record FromMailbox(string DisplayName, string LocalPart, string Domain)
{
    /// <summary>The domain in lower-case A-labels, or null where DNS could not hold it.</summary>
    public string? AsciiDomain => DomainName.ToAsciiFromBytes(Domain);
}

/// <summary>What is wrong with From, or how programs could read it in more than one way.</summary>
[Flags]
public enum FromProblems
{
    /// <summary>One address, plainly written.</summary>
    None = 0,

    /// <summary>More than one From field.</summary>
    SeveralFields = 1,

    /// <summary>More than one address.</summary>
    SeveralMailboxes = 2,

    /// <summary>No address, or no From field.</summary>
    NoMailbox = 4,

    /// <summary>"name: a@b, c@d;", allowed in no From of today.</summary>
    Group = 8,

    /// <summary>A comment, which some programs show and others do not.</summary>
    Comment = 16,

    /// <summary>The display name holds an "@": it may pose as the address.</summary>
    AddressInDisplayName = 32,

    /// <summary>Brackets, quotes or addresses that do not close or do not belong; programs differ in what they show.</summary>
    Malformed = 64,

    /// <summary>
    /// Programs that find the author by simpler rules than the grammar's find another domain: by the first or the last "@", the first or
    /// the last angle bracket, the commas, or after undoing encoded words. Nothing may pass for such an author.
    /// </summary>
    ReadersDiffer = 128,
}
