namespace Shonin.CardCompany.Deciding;

/// <summary>A fact about one card. Its stream holds nothing else, and nothing in it is ever changed.</summary>
internal abstract record CardEvent
{
    private CardEvent() { }

    /// <summary>A request was decided by this host.</summary>
    /// <param name="Hold">What is held for it from now on; null where nothing is.</param>
    public sealed record AuthorizationDecided(RequestFacts Request, Answer Answer, Reason Reason, HeldAmount? Hold) : CardEvent;

    /// <summary>A stand-in told what it had decided in our place.</summary>
    /// <param name="Decided">What the stand-in answered the merchant.</param>
    /// <param name="Hold">What is held for it from now on; null where it refused, or where something is held or was reversed
    ///   already.</param>
    public sealed record AuthorizationAdvised(RequestFacts Request, Answer Decided, Answer Answer, Reason Reason, HeldAmount? Hold)
        : CardEvent;

    /// <param name="NewTotal">What the authorization amounts to now; null where nothing changed.</param>
    /// <param name="ReasonCode">Field 39 of the reversal: 06, 17, 32, 68.</param>
    public sealed record ReversalDecided(
        RequestFacts Request,
        RequestIdentity Original,
        Answer Answer,
        Reason Reason,
        Amount? NewTotal,
        string? ReasonCode
    ) : CardEvent;

    /// <param name="Captured">What was captured by this message; null where it was refused.</param>
    public sealed record CaptureDecided(RequestFacts Request, RequestIdentity Original, Answer Answer, Reason Reason, Amount? Captured)
        : CardEvent;

    /// <param name="Refunded">What was refunded by this message; null where it was refused.</param>
    public sealed record RefundDecided(RequestFacts Request, RequestIdentity Original, Answer Answer, Reason Reason, Amount? Refunded)
        : CardEvent;

    /// <summary>The same request came again and got its first answer again.</summary>
    public sealed record RequestRepeated(RequestFacts Request, Answer Answer) : CardEvent;

    /// <summary>The key of an earlier request came with other content, or on another card, and was refused.</summary>
    public sealed record RequestKeyReused(RequestFacts Request, Answer Answer, Reason Reason) : CardEvent;

    public sealed record AnswerSent(string Mti, RequestIdentity Key) : CardEvent;

    public sealed record AnswerUndelivered(string Mti, RequestIdentity Key) : CardEvent;

    /// <summary>The authorization was not captured in time; what was not captured is free again.</summary>
    public sealed record HoldExpired(RequestIdentity Key) : CardEvent;

    public sealed record ReferralReleased(string Agent) : CardEvent;

    public sealed record ArrearsSettled(string Agent) : CardEvent;
}

/// <summary>Money set aside for an authorization, at most until a moment.</summary>
internal sealed record HeldAmount(Amount Amount, string ApprovalCode, DateTimeOffset Until);
