namespace Shonin.Domain.Approvals;

/// <summary>The vault's name for a card. It says nothing about the number behind it.</summary>
public readonly record struct CardToken(string Value)
{
    public override string ToString() => Value;
}

/// <summary>What the merchant may know of a card.</summary>
/// <param name="Brand">visa, mastercard, jcb, amex, or other.</param>
/// <param name="Last4">Four digits.</param>
/// <param name="Expiry">YYYY-MM.</param>
/// <param name="Fingerprint">A keyed hash of the number: the same card gives the same fingerprint, and nobody can compute back.</param>
public sealed record CardOnFile(CardToken Token, string Brand, string Last4, string Expiry, string Fingerprint);

/// <summary>
/// Who sends a message, fields 32 and 41: a part of the message's key, so that it stays with the message when the settings change.
/// </summary>
public sealed record WireSender(string Acquirer, string Terminal);

/// <summary>
/// The identity of one message to the network. Durable before its first byte leaves. Its key on the wire is acquirer, terminal,
/// <paramref name="TransmittedAt"/> (field 7, whole seconds UTC) and <paramref name="Stan"/> (field 11, 1 to 999999).
/// </summary>
/// <param name="Rrn">Field 37, 12 characters; one per attempt, the same in its reversal and captures.</param>
/// <param name="Sender">Null in claims from before it was kept: then the settings say.</param>
public sealed record Claim(int Stan, string Rrn, DateTimeOffset TransmittedAt, WireSender? Sender = null)
{
    /// <summary>MMDDhhmmss and STAN, as fields 7 and 11 carry them.</summary>
    public string WireKey =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{TransmittedAt.UtcDateTime:MMddHHmmss}-{Stan:000000}");
}

/// <summary>Who wants the attempt, and why; field 48 element 20.</summary>
public enum Initiator
{
    Customer,
    CustomerConfirms,
    AutomaticRetry,

    /// <summary>An agent at the desk asks again.</summary>
    Agent,

    /// <summary>An earlier approval ran out before all was shipped.</summary>
    Reauthorization,
}

/// <summary>Why a reversal is sent; field 39 of the reversal.</summary>
public enum ReversalReason
{
    Error,
    CustomerCancelled,
    AnswerLateOrNever,

    /// <summary>A part was captured, and the rest is given back.</summary>
    Rest,
}

/// <summary>A message that the merchant wants to send. The link adds what only it may know: the card number.</summary>
public abstract record NetworkRequest
{
    private NetworkRequest(Claim claim, CardToken card, Money amount, string orderNumber) =>
        (Claim, Card, Amount, OrderNumber) = (claim, card, amount, orderNumber);

    /// <summary>This message's own identity.</summary>
    public Claim Claim { get; }
    public CardToken Card { get; }
    public Money Amount { get; }

    /// <summary>Field 62: the number that the cardholder may quote.</summary>
    public string OrderNumber { get; }

    /// <summary>0100. The security code, where the vault still has one and the customer initiated, goes with it and is gone.</summary>
    /// <param name="EarlierTransactionId">Field 63 of the order's first answer, whatever it said, or null.</param>
    public sealed record Authorize(
        Claim Claim,
        CardToken Card,
        Money Amount,
        string OrderNumber,
        Initiator Initiator,
        string? EarlierTransactionId
    ) : NetworkRequest(Claim, Card, Amount, OrderNumber);

    /// <summary>
    /// 0420, or 0421 where <paramref name="Repeat"/> is above 0 (how many times it was sent before). <see cref="NetworkRequest.Claim"/> is
    /// the reversal's own.
    /// </summary>
    /// <param name="NewTotal">Field 95: what the authorization amounts to afterwards, the captured part; null to take all of it
    ///   back.</param>
    public sealed record Reverse(
        Claim Claim,
        CardToken Card,
        Money Amount,
        string OrderNumber,
        Claim Original,
        string? ApprovalCode,
        ReversalReason Reason,
        int Repeat,
        Money? NewTotal = null
    ) : NetworkRequest(Claim, Card, Amount, OrderNumber);

    /// <summary>
    /// 0220, or 0221 where <paramref name="Repeat"/> is above 0. <see cref="NetworkRequest.Amount"/> is what this shipment captures.
    /// </summary>
    public sealed record Capture(
        Claim Claim,
        CardToken Card,
        Money Amount,
        string OrderNumber,
        Claim Original,
        string ApprovalCode,
        int Repeat
    ) : NetworkRequest(Claim, Card, Amount, OrderNumber);
}

/// <summary>Which kind of request an answer answers.</summary>
public enum AnswerKind
{
    Authorization,
    Reversal,
    Capture,
}

/// <summary>How an answer stands to what was asked on this link since it started.</summary>
public enum AnswerMatch
{
    /// <summary>The first answer to a request of ours.</summary>
    First,

    /// <summary>The same request was answered before.</summary>
    Repeated,

    /// <summary>No request of this link's memory has its key: late after a restart, or not ours.</summary>
    Unmatched,
}

/// <summary>What the card company answered, without the card number.</summary>
/// <param name="WireKey">The request's <see cref="Claim.WireKey"/>.</param>
/// <param name="ResponseCode">Field 39, two characters, raw.</param>
/// <param name="ApprovalCode">Field 38.</param>
/// <param name="AdviceCode">Field 48 element 84, raw.</param>
/// <param name="NetworkCode">Field 44, raw: a Japanese network's own code.</param>
/// <param name="SecurityCodeResult">Field 48 element 87: M, N or U.</param>
/// <param name="ApprovedAmount">Field 4 of the answer, where present.</param>
/// <param name="TransactionId">Field 63.</param>
public sealed record NetworkAnswer(
    AnswerKind Kind,
    string WireKey,
    string? Rrn,
    string ResponseCode,
    string? ApprovalCode,
    string? AdviceCode,
    string? NetworkCode,
    string? SecurityCodeResult,
    Money? ApprovedAmount,
    string? TransactionId,
    DateTimeOffset ReceivedAt,
    AnswerMatch Match
)
{
    /// <summary>Fields 32 and 41, where they are not those of today's settings; else null.</summary>
    public WireSender? Sender { get; init; }
}

/// <summary>Why a message cannot be sent, now or later, as long as nobody mends it.</summary>
public enum UnsendableReason
{
    /// <summary>The vault no longer has the card, or cannot open it.</summary>
    CardUnavailable,

    /// <summary>A value does not fit its field.</summary>
    MessageInvalid,
}
