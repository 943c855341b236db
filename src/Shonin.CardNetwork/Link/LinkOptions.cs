using Shonin.Iso8583;

namespace Shonin.CardNetwork.Link;

/// <summary>Settings of the link (<c>CardNetwork:*</c>). The defaults are a merchant on one machine with its demo card company.</summary>
public sealed record LinkOptions
{
    /// <summary>HOST:PORT of the card company or the acquirer.</summary>
    public string Address { get; init; } = "127.0.0.1:8583";

    /// <summary>Null speaks plain TCP.</summary>
    public LinkTls? Tls { get; init; }
    public WireEncoding Encoding { get; init; } = WireEncoding.Ascii;

    /// <summary>How many connections are kept.</summary>
    public int Connections { get; init; } = 2;

    /// <summary>Field 32: 1 to 11 digits.</summary>
    public string Acquirer { get; init; } = "100001";

    /// <summary>Field 41: up to 8 characters.</summary>
    public string Terminal { get; init; } = "SHONIN01";

    /// <summary>Field 42: up to 15 characters.</summary>
    public string Merchant { get; init; } = "SHONINSHOP";

    /// <summary>Field 18: four digits; 5964 is catalogue and mail order (ISO 18245).</summary>
    public string Category { get; init; } = "5964";

    /// <summary>Field 43: up to 40 characters, as they stand on the cardholder's statement.</summary>
    public string NameAndPlace { get; init; } = "SHONIN SHOP              TOKYO        JP";

    /// <summary>The zone of fields 12 and 13.</summary>
    public TimeZoneInfo LocalZone { get; init; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan SignOnTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An echo goes out after nothing was heard for this long.</summary>
    public TimeSpan EchoAfter { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan EchoTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A write that the peer takes no more bytes of closes the connection after this long.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long stopping waits for the answer to its sign-off.</summary>
    public TimeSpan SignOffTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait before the first new try; it doubles with each failure.</summary>
    public TimeSpan ReconnectAfter { get; init; } = TimeSpan.FromSeconds(1);
    public TimeSpan ReconnectAfterMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many requests may wait for their answers at once. One more is not sent.</summary>
    public int InFlightCountMax { get; init; } = 4096;

    /// <summary>A request whose answer has not come for this long counts no more as in flight; its answer is still recognised.</summary>
    public TimeSpan InFlightFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes that may wait to be written on one connection. What does not fit is not sent.</summary>
    public int WriteQueueSizeMaxBytes { get; init; } = 256 * 1024;

    /// <summary>How many sent requests are remembered, so that their answers are recognised.</summary>
    public int MemoryCountMax { get; init; } = 200_000;
    public TimeSpan MemoryFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Answers that may be in hand at once: handed to <see cref="LinkPorts.OnAnswer"/>, which has not ended. One more becomes evidence.
    /// </summary>
    public int AnswersInHandMax { get; init; } = 4096;

    /// <summary>Of these, answers to one request: a card company that repeats itself fills the place of no other.</summary>
    public int AnswersInHandOfRequestMax { get; init; } = 8;

    /// <summary>The options themselves, if a message can be written with them.</summary>
    /// <exception cref="ArgumentException">It cannot; the message names the setting.</exception>
    internal LinkOptions Checked()
    {
        Require(Acquirer.Length is >= 1 and <= 11 && Acquirer.All(char.IsAsciiDigit), "Acquirer", "1 to 11 digits");
        Require(
            Terminal.Length is >= 1 and <= 8 && Terminal.Trim() == Terminal,
            "Terminal",
            "1 to 8 characters without spaces around them"
        );
        Require(Merchant.Length is >= 1 and <= 15, "Merchant", "1 to 15 characters");
        Require(Category.Length == 4 && Category.All(char.IsAsciiDigit), "Category", "4 digits");
        Require(NameAndPlace.Length is >= 1 and <= 40, "NameAndPlace", "1 to 40 characters");
        Require(Connections is >= 1 and <= 64, "Connections", "1 to 64");
        Require(
            WriteQueueSizeMaxBytes >= Frame.LengthBytes + Frame.MessageBytesMax,
            "WriteQueueSizeMaxBytes",
            "at least one message of the largest size"
        );
        return this;
    }

    private static void Require(bool holds, string setting, string expected)
    {
        if (!holds)
            throw new ArgumentException($"CardNetwork:{setting}: expected {expected}.");
    }
}

/// <summary>TLS towards the card company.</summary>
/// <param name="ServerName">The name that the server's certificate must bear.</param>
/// <param name="ClientCertificatePath">A PEM file with certificate and private key, or null where the card company asks for none.</param>
/// <param name="TrustedRootPath">A PEM file with the only root to trust, or null to trust the system's.</param>
public sealed record LinkTls(string ServerName, string? ClientCertificatePath, string? TrustedRootPath);

/// <summary>What became of a request that was to be sent.</summary>
public abstract record SendOutcome
{
    private SendOutcome() { }

    /// <summary>The write began: some, all or none of it may have arrived. Only an answer, or the want of one, tells.</summary>
    /// <param name="At">When the write began.</param>
    public sealed record Sent(DateTimeOffset At) : SendOutcome;

    /// <summary>Certainly no byte of it left.</summary>
    /// <param name="Why">For the log and the desk; never a digit of a card.</param>
    public sealed record NotSent(NotSentReason Reason, string Why) : SendOutcome;
}

public enum NotSentReason
{
    /// <summary>No connection is signed on, or the chosen one ended before the request's turn came.</summary>
    NoConnection,

    /// <summary><see cref="LinkOptions.InFlightCountMax"/> or <see cref="LinkOptions.WriteQueueSizeMaxBytes"/> is reached.</summary>
    TooManyInFlight,

    /// <summary>The vault has no such card.</summary>
    CardNotFound,

    /// <summary>The vault cannot open the card now.</summary>
    CardUnreadable,

    /// <summary>A value does not fit its field.</summary>
    MessageInvalid,

    /// <summary>The link was stopped.</summary>
    Stopped,
}

/// <summary>Whether requests can be sent.</summary>
public enum LinkStatus
{
    Down,
    Up,
}

/// <summary>Something that came over the wire and is no answer of ours. It is kept, because it may explain a case later.</summary>
/// <param name="What">What was expected and what came instead, with field and offset where there is one.</param>
/// <param name="Digest">A keyed digest of the bytes, 64 hexadecimal digits; empty where the bytes were not to be had.</param>
/// <param name="MaskedParse">What could be read of it, masked; empty where nothing could.</param>
public sealed record LinkEvidence(DateTimeOffset At, LinkEvidenceKind Kind, string What, int SizeBytes, string Digest, string MaskedParse);

public enum LinkEvidenceKind
{
    /// <summary>The bytes are no message of the profile.</summary>
    Unparsable,

    /// <summary>A message that answers nothing we ever ask: a request, another business's answer.</summary>
    UnexpectedType,

    /// <summary>An answer with another acquirer or terminal.</summary>
    ForeignKey,

    /// <summary>An answer that lacks what it needs: its key, or a response code.</summary>
    Incomplete,

    /// <summary>An answer that was delivered though its field 48 could not be read.</summary>
    ElementsUnreadable,

    /// <summary>An answer to a sign-on or an echo that nobody waits for any more.</summary>
    StrayNetworkAnswer,

    /// <summary>The peer closed in the middle of a message.</summary>
    CutOff,

    /// <summary>A length that cannot be; the connection was closed.</summary>
    BadFraming,

    /// <summary>An answer of ours that could not be recorded: too many wait for their orders, or recording it failed.</summary>
    NotTaken,
}

/// <summary>What the link needs from those around it.</summary>
public sealed record LinkPorts
{
    /// <summary>
    /// Makes a connection: TCP in production (<see cref="TcpConnector"/>), memory in the simulation. An <see cref="IOException"/> is a
    /// failed try.
    /// </summary>
    public required Func<CancellationToken, Task<Stream>> Connect { get; init; }

    /// <summary>
    /// Takes an answer to its order, and may take as long as that needs. The link waits for it nowhere: the next answer is read meanwhile,
    /// and a connection ends without it. Answers are begun in the order in which they came. A fault costs the one answer, which becomes
    /// evidence.
    /// </summary>
    public required Func<Domain.Approvals.NetworkAnswer, ValueTask> OnAnswer { get; init; }

    /// <summary>Keeps evidence, beside the reading like <see cref="OnAnswer"/>.</summary>
    public required Func<LinkEvidence, ValueTask> OnEvidence { get; init; }

    /// <summary>Called when the link comes up, or goes down; on the thread that noticed.</summary>
    public Action<LinkStatus> OnStatus { get; init; } = _ => { };

    /// <summary>A line for the log: connections made, refused, lost. Never a digit of a card.</summary>
    public Action<string> Note { get; init; } = _ => { };

    /// <summary>Told when something behind one of these ports threw. The link goes on.</summary>
    public required Action<Exception> OnFault { get; init; }
    public required TimeProvider Clock { get; init; }

    /// <summary>For the jitter between tries.</summary>
    public required Vault.RandomFill Random { get; init; }
}
