using Shonin.CardNetwork.Link;
using Shonin.Domain.Approvals;

namespace Shonin.Merchant.Approvals;

/// <summary>Sends a message to the network once its claim is durable; tells whether certainly no byte left.</summary>
public delegate ValueTask<SendOutcome> SendToNetwork(NetworkRequest request, CancellationToken cancellation);

/// <summary>What it means for an order that a request of it did not leave.</summary>
internal static class NotSentMeaning
{
    /// <summary>Whose fault it is.</summary>
    public static NotSentCause CauseOf(NotSentReason reason) =>
        reason switch
        {
            NotSentReason.NoConnection => NotSentCause.OutOfReach,
            NotSentReason.TooManyInFlight
            or NotSentReason.CardNotFound
            or NotSentReason.CardUnreadable
            or NotSentReason.MessageInvalid
            or NotSentReason.Stopped => NotSentCause.OwnFault,
        };

    /// <summary>Set where an own fault will not be otherwise the next time, as long as nobody mends it.</summary>
    public static UnsendableReason? LastingOf(NotSentReason reason) =>
        reason switch
        {
            NotSentReason.CardNotFound or NotSentReason.CardUnreadable => UnsendableReason.CardUnavailable,
            NotSentReason.MessageInvalid => UnsendableReason.MessageInvalid,
            NotSentReason.NoConnection or NotSentReason.TooManyInFlight or NotSentReason.Stopped => null,
        };
}
