using System.Globalization;

namespace Shonin.CardCompany.Deciding;

/// <summary>
/// What makes a request this request and no other: fields 32, 41, 7 and 11. Field 7 has no year; the one that brings it nearest to
/// the arrival is taken, so that a repeat after New Year's Eve still finds its original.
/// </summary>
/// <param name="Acquirer">Field 32 without leading zeros, because field 90 pads it.</param>
/// <param name="Terminal">Field 41 without trailing spaces.</param>
internal sealed record RequestIdentity(string Acquirer, string Terminal, DateTimeOffset TransmittedAt, int Stan)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Acquirer}/{Terminal}/{TransmittedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}/{Stan:000000}"
        );
}

/// <summary>What the history keeps of a message. No card number, no security code, no expiry.</summary>
/// <param name="Mti">As it came: 0100, 0101, 0420 …</param>
/// <param name="Amount">Field 4 in the currency of field 49.</param>
/// <param name="Merchant">Field 42.</param>
/// <param name="OrderNumber">Field 62, with anything that looks like a card number masked.</param>
/// <param name="Initiator">Field 48 element 20.</param>
/// <param name="Digest">Keyed hash of what a repeat must not change.</param>
internal sealed record RequestFacts(
    string Mti,
    RequestIdentity Key,
    string Rrn,
    Amount Amount,
    string Merchant,
    string? OrderNumber,
    string? Initiator,
    string Last4,
    string Digest
);

internal enum PartialApproval
{
    NotSupported,
    Supported,
}

/// <summary>A complete request about a card, as it came over the wire.</summary>
internal abstract record CardRequest
{
    private CardRequest(RequestFacts facts) => Facts = facts;

    public RequestFacts Facts { get; }

    /// <summary>What tells a repeat from another request under the same key.</summary>
    public virtual string RepeatDigest => Facts.Digest;

    /// <summary>0100, 0101.</summary>
    /// <param name="ProcessingCode">Field 3.</param>
    /// <param name="SecurityCode">Field 48 element 92, or null where none was sent.</param>
    /// <param name="TransactionId">Field 63: the first attempt's, in a later attempt of the same order.</param>
    public sealed record Authorize(
        RequestFacts Facts,
        string ProcessingCode,
        Expiry Expiry,
        ComparedSecret? SecurityCode,
        PartialApproval Partial,
        string? TransactionId
    ) : CardRequest(Facts);

    /// <summary>0120, 0121: somebody stood in for us and tells what it decided.</summary>
    public sealed record Advise(RequestFacts Facts, string ResponseCode, string? ApprovalCode) : CardRequest(Facts)
    {
        public override string RepeatDigest => $"{Facts.Digest}/{ResponseCode}/{ApprovalCode}";
    }

    /// <summary>0400, 0420, 0421.</summary>
    /// <param name="NewTotal">Field 95: what the authorization shall amount to; null to undo all of it.</param>
    /// <param name="ReasonCode">Field 39.</param>
    public sealed record Reverse(RequestFacts Facts, RequestIdentity Original, long? NewTotal, string? ReasonCode) : CardRequest(Facts);

    /// <summary>0220, 0221.</summary>
    public sealed record Capture(RequestFacts Facts, RequestIdentity Original, string ApprovalCode) : CardRequest(Facts);

    /// <summary>0200 with processing code 200000.</summary>
    public sealed record Refund(RequestFacts Facts, string ProcessingCode, RequestIdentity Original) : CardRequest(Facts);
}

/// <summary>What happens to a card. Time and ids come with it.</summary>
internal abstract record CardCommand
{
    private CardCommand(DateTimeOffset at) => At = at;

    public DateTimeOffset At { get; init; }

    /// <param name="ApprovalCode">Field 38, to be given if it is approved.</param>
    /// <param name="TransactionId">Field 63, to be given if the request brings none.</param>
    /// <param name="HoldUntil">How long a hold would last.</param>
    public sealed record Receive(
        DateTimeOffset At,
        CardRequest Request,
        string ApprovalCode,
        string TransactionId,
        DateTimeOffset HoldUntil
    ) : CardCommand(At);

    /// <summary>The key of this request belongs to another card's request already; the store found it.</summary>
    /// <param name="TransactionId">Field 63, to be given if the request brings none.</param>
    public sealed record ReceiveWithForeignKey(DateTimeOffset At, CardRequest Request, string TransactionId) : CardCommand(At);

    /// <summary>An answer was handed to its connection, or could not be.</summary>
    public sealed record NoteDelivery(DateTimeOffset At, string Mti, RequestIdentity Key, Delivery Delivery) : CardCommand(At);

    /// <summary>The card's alarm went off.</summary>
    public sealed record ExpireHolds(DateTimeOffset At) : CardCommand(At);

    /// <param name="Agent">Who did it, as the desk knows them.</param>
    public sealed record ReleaseReferral(DateTimeOffset At, string Agent) : CardCommand(At);

    /// <param name="Agent">Who did it, as the desk knows them.</param>
    public sealed record SettleArrears(DateTimeOffset At, string Agent) : CardCommand(At);
}

/// <summary>What became of an answer. Sent means handed to the connection: whether it arrived only the other side knows.</summary>
internal enum Delivery
{
    Sent,
    Undelivered,
}
