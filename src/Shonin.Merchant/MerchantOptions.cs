using System.Diagnostics;
using Shonin.CardNetwork.Link;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;

namespace Shonin.Merchant;

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

/// <summary>What the merchant's shell takes from outside.</summary>
public sealed record MerchantOptions
{
    public ApprovalPolicy Policy { get; init; } = new();
    public required MerchantProfile Profile { get; init; }

    /// <summary>What a customer's link begins with: <c>https://shop.example.jp</c>, without a slash at the end.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Acquirer and terminal: with time and STAN they make the key of a message on the wire.</summary>
    public required string Acquirer { get; init; }
    public required string Terminal { get; init; }

    /// <summary>Both of them, as new claims keep them.</summary>
    internal WireSender Sender => new(Acquirer, Terminal);

    /// <summary>Key of the hash that names a customer by address; 32 bytes.</summary>
    public required ReadOnlyMemory<byte> CustomerHashKey { get; init; }

    /// <summary>What marks our notices.</summary>
    public required NoticeMarkKeys MarkKeys { get; init; }

    /// <summary>Requests that may wait in one shard; beyond, clients are told to come again.</summary>
    public int WaitingCountMax { get; init; } = 4096;

    /// <summary>Orders that a shard keeps in memory while nothing happens to them.</summary>
    public int IdleOrderCountMax { get; init; } = 1024;
}
