using System.Diagnostics;
using Shonin.CardNetwork.Link;
using Shonin.Domain.Approvals;

namespace Shonin.Merchant.Approvals;

/// <summary>Sends a message to the network once its claim is durable; tells whether certainly no byte left.</summary>
public delegate ValueTask<SendResult> SendToNetwork(NetworkRequest request, CancellationToken cancellation);

/// <summary>What became of a sending.</summary>
public abstract record SendResult
{
    private SendResult() { }

    /// <summary>Bytes may have left.</summary>
    public sealed record Sent : SendResult;

    /// <param name="Lasting">Set where an own fault will not be otherwise the next time, as long as nobody mends it.</param>
    public sealed record NotSent(string Why, NotSentCause Cause = NotSentCause.OutOfReach, UnsendableReason? Lasting = null) : SendResult;

    /// <summary>What the link says, and whose fault it is where nothing left.</summary>
    public static SendResult Of(SendOutcome outcome) =>
        outcome switch
        {
            SendOutcome.Sent => new Sent(),
            SendOutcome.NotSent(var reason, var why) => new NotSent($"{reason}: {why}", CauseOf(reason), LastingOf(reason)),
            _ => throw new UnreachableException(),
        };

    private static NotSentCause CauseOf(NotSentReason reason) =>
        reason switch
        {
            NotSentReason.NoConnection => NotSentCause.OutOfReach,
            NotSentReason.TooManyInFlight
            or NotSentReason.CardNotFound
            or NotSentReason.CardUnreadable
            or NotSentReason.MessageInvalid
            or NotSentReason.Stopped => NotSentCause.OwnFault,
        };

    private static UnsendableReason? LastingOf(NotSentReason reason) =>
        reason switch
        {
            NotSentReason.CardNotFound or NotSentReason.CardUnreadable => UnsendableReason.CardUnavailable,
            NotSentReason.MessageInvalid => UnsendableReason.MessageInvalid,
            NotSentReason.NoConnection or NotSentReason.TooManyInFlight or NotSentReason.Stopped => null,
        };
}
