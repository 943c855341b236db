using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Streams;
using CodeOutcome = Shonin.Streams.Outcome<
    Shonin.Domain.Accounts.AddressCodes,
    Shonin.Domain.Accounts.CodeFact,
    Shonin.Domain.Accounts.CodeReply
>;
using CodeStreams = Shonin.Streams.StreamHost<
    Shonin.Domain.Accounts.AddressCodes,
    Shonin.Domain.Accounts.CodeCommand,
    Shonin.Domain.Accounts.CodeFact,
    Shonin.Domain.Accounts.CodeReply
>;

namespace Shonin.Merchant.Accounts;

/// <summary>What mailed codes take from outside.</summary>
/// <param name="Log">Stays open when the book is closed: others append to it too.</param>
/// <param name="DigestOf">How orders name the customer of an address (<see cref="OrderBook.CustomerOf"/>).</param>
/// <param name="CodeKey">Of <see cref="MailedCodes.KeySizeBytes"/> bytes. With another one no code that was mailed is right.</param>
public sealed record MailedCodesPorts(
    OwnedLog Log,
    TimeProvider Clock,
    RandomFill Random,
    Func<string, string> DigestOf,
    ReadOnlyMemory<byte> CodeKey
)
{
    public CodeLimits Limits { get; init; } = CodeLimits.Usual;
    public required Action<Exception> OnFault { get; init; }
}

/// <summary>A letter with a code in it that has not left yet.</summary>
/// <param name="Code">As it is to be typed: <see cref="CodeLimits.DigitCount"/> digits.</param>
public sealed record CodeLetter(
    string Id,
    string Recipient,
    CodePurpose Purpose,
    string Code,
    Locale Locale,
    DateTimeOffset SentAt,
    DateTimeOffset ExpiresAt
);

/// <summary>
/// Codes that are mailed to prove that somebody reads an address, each for one purpose, once and for a short while. The log holds a keyed
/// hash of a code; the code itself and the address stand in a sealed document that is destroyed when the letter has left.
/// </summary>
/// <remarks>All throw <see cref="LogUnusableException"/> while the log cannot be read or written; nothing was changed then.</remarks>
public sealed class MailedCodes : IAsyncDisposable
{
    public const int KeySizeBytes = 32; // HMAC-SHA-256 (RFC 2104 section 3)

    /// <summary>Where letters wait to be sent.</summary>
    public const string Queue = CodeKind.Queue;

    private const int IdSizeBytes = 16;

    private readonly MailedCodesPorts ports;
    private readonly CodeStreams streams;

    private MailedCodes(MailedCodesPorts ports, CodeStreams streams) => (this.ports, this.streams) = (ports, streams);

    public CodeLimits Limits => ports.Limits;

    public static async ValueTask<MailedCodes> OpenAsync(MailedCodesPorts ports, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ports);
        var host = new StreamPorts<AddressCodes, CodeFact>(ports.Log, ports.Clock)
        {
            OnFault = ports.OnFault,
            OnUnreadable = ports.OnFault,
        };
        return new(ports, await CodeStreams.OpenAsync(new CodeKind(ports.Limits), host, cancellation));
    }

    /// <summary>
    /// Mails a code, unless the address has had enough for this hour; whoever asks is not told which, and gets the id of a code either way.
    /// </summary>
    /// <param name="subject">What it is about beside the address, or empty; the same has to be said when it is typed.</param>
    public async ValueTask<string> SendAsync(string address, CodePurpose purpose, string subject, Locale locale)
    {
        ArgumentNullException.ThrowIfNull(address);
        var digest = ports.DigestOf(address);
        var idBytes = new byte[IdSizeBytes];
        ports.Random(idBytes);
        var id = Convert.ToHexStringLower(idBytes);
        var code = NewCode();
        var letter = new CodeLetter(
            id,
            address.Trim(),
            purpose,
            code,
            locale,
            ports.Clock.GetUtcNow(),
            ports.Clock.GetUtcNow() + ports.Limits.Lifetime
        );
        var send = new CodeCommand.Send(id, purpose, subject, HashOf(digest, id, code));
        // Judged first, so that nothing of a letter that is not sent is ever written; two at one moment may be one too many, and harm nobody.
        var state = (await streams.ReadAsync(CodeKind.StreamOf(digest)))?.State;
        if (CodeDecider.Decide(state, send, ports.Limits, ports.Clock.GetUtcNow()).Reply != CodeReply.Done)
            return id;
        var document = new Document(CodeKind.LetterOf(id), CodeKind.LetterOf(id), JsonSerializer.SerializeToUtf8Bytes(letter));
        if (Written(await streams.SubmitAsync(CodeKind.StreamOf(digest), send, new() { Documents = [document] })) == CodeReply.TooManySent)
            await ports.Log.Store.EraseOwnerAsync(document.Owner, CancellationToken.None);
        return id;
    }

    /// <summary>Whether this is the code that was mailed; where it is, it is used up.</summary>
    /// <param name="typed">Its digits alone.</param>
    public async ValueTask<CodeReply> TryAsync(string address, string id, CodePurpose purpose, string subject, string typed)
    {
        var digest = ports.DigestOf(address);
        return Written(
            await streams.SubmitAsync(CodeKind.StreamOf(digest), new CodeCommand.Try(id, purpose, subject, HashOf(digest, id, typed)))
        );
    }

    /// <summary>The letter that an item of the outbox brings; null where it is closed, or its code is too old to be of use.</summary>
    public async ValueTask<CodeLetter?> FindLetterAsync(OutboxItem item, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(item);
        return
            await ports.Log.Store.ReadDocumentAsync(item.Id, cancellation) is { } document
            && JsonSerializer.Deserialize<CodeLetter>(document.Span) is { } letter
            && letter.ExpiresAt > ports.Clock.GetUtcNow()
            ? letter
            : null;
    }

    /// <summary>It was sent, or never will be: what it said and to whom is destroyed.</summary>
    public async ValueTask CloseLetterAsync(OutboxItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var (address, code) = CodeKind.SubjectOf(item);
        Written(await streams.SubmitAsync(address, new CodeCommand.CloseLetter(code), new() { CompletedOutbox = [item.Id] }));
    }

    /// <summary>Codes that are on their way to this address never arrive: what they said and to whom is destroyed.</summary>
    public async ValueTask CloseLettersToAsync(string address)
    {
        var stream = CodeKind.StreamOf(ports.DigestOf(address));
        foreach (var code in (await streams.ReadAsync(stream))?.State.Waiting ?? [])
        {
            Written(
                await streams.SubmitAsync(stream, new CodeCommand.CloseLetter(code), new() { CompletedOutbox = [CodeKind.LetterOf(code)] })
            );
        }
    }

    public ValueTask DisposeAsync() => streams.DisposeAsync();

    /// <summary>Each of the hundred million codes is as likely as any other: 128 bits leave no bias that could be seen.</summary>
    private string NewCode()
    {
        Span<byte> drawn = stackalloc byte[16];
        ports.Random(drawn);
        var number = new BigInteger(drawn, isUnsigned: true) % BigInteger.Pow(10, CodeLimits.DigitCount);
        return number.ToString($"D{CodeLimits.DigitCount}", CultureInfo.InvariantCulture);
    }

    private string HashOf(string digest, string id, string code) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(ports.CodeKey.Span, Encoding.UTF8.GetBytes($"{digest}\n{id}\n{code}")));

    private static CodeReply Written(CodeOutcome outcome) =>
        outcome switch
        {
            CodeOutcome.Done(var reply, _) => reply,
            { WhyNotNow: { } why } => throw new LogUnusableException(why),
            CodeOutcome.KeyTaken(var key, _) => throw new InvalidOperationException($"Codes claim no keys, and {key.Scope} is taken."),
            CodeOutcome.TooLarge(var what) => throw new InvalidOperationException($"A code's letter fits into a document: {what}."),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
