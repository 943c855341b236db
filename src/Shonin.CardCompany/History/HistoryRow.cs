using System.Diagnostics;
using Shonin.CardCompany.Deciding;
using Shonin.EventLog;

namespace Shonin.CardCompany.History;

/// <summary>What kind of thing a row of a card's history tells.</summary>
internal enum RowKind
{
    Authorization,
    Advice,
    Reversal,
    Capture,
    Refund,
    NotUnderstood,
    AnswerSent,
    AnswerUndelivered,
    HoldExpired,
    ReferralReleased,
    ArrearsSettled,
}

/// <summary>Whether a message had come before.</summary>
internal enum RowRepeat
{
    First,
    Same,
    OtherContent,
}

/// <summary>One event as desk and export show it.</summary>
/// <param name="Request">The message that it is about; null for what the desk did.</param>
/// <param name="Key">The key of that message, or of the authorization that expired.</param>
/// <param name="Original">Which authorization a reversal, capture or refund is about.</param>
/// <param name="Answer">What it was answered; of an advice, what the stand-in had answered.</param>
internal sealed record HistoryRow(
    StoredEvent Stored,
    RowKind Kind,
    RequestIdentity? Key,
    RequestFacts? Request,
    RequestIdentity? Original,
    Answer? Answer,
    Reason? Reason
)
{
    public RowRepeat Repeat { get; init; } = RowRepeat.First;
    public string? Agent { get; init; }

    public static HistoryRow Of(StoredEvent stored) =>
        CardEventNames.Load(stored) switch
        {
            CardEvent.AuthorizationDecided e => new(stored, RowKind.Authorization, e.Request.Key, e.Request, null, e.Answer, e.Reason),
            CardEvent.AuthorizationAdvised e => new(stored, RowKind.Advice, e.Request.Key, e.Request, null, e.Decided, e.Reason),
            CardEvent.ReversalDecided e => new(stored, RowKind.Reversal, e.Request.Key, e.Request, e.Original, e.Answer, e.Reason),
            CardEvent.CaptureDecided e => new(stored, RowKind.Capture, e.Request.Key, e.Request, e.Original, e.Answer, e.Reason),
            CardEvent.RefundDecided e => new(stored, RowKind.Refund, e.Request.Key, e.Request, e.Original, e.Answer, e.Reason),
            CardEvent.RequestRepeated e => new(stored, KindOf(e.Request.Mti), e.Request.Key, e.Request, null, e.Answer, null)
            {
                Repeat = RowRepeat.Same,
            },
            CardEvent.RequestKeyReused e => new(stored, KindOf(e.Request.Mti), e.Request.Key, e.Request, null, e.Answer, e.Reason)
            {
                Repeat = RowRepeat.OtherContent,
            },
            CardEvent.AnswerSent e => new(stored, RowKind.AnswerSent, e.Key, null, null, null, null),
            CardEvent.AnswerUndelivered e => new(stored, RowKind.AnswerUndelivered, e.Key, null, null, null, null),
            CardEvent.HoldExpired e => new(stored, RowKind.HoldExpired, e.Key, null, null, null, null),
            CardEvent.ReferralReleased e => new(stored, RowKind.ReferralReleased, null, null, null, null, null) { Agent = e.Agent },
            CardEvent.ArrearsSettled e => new(stored, RowKind.ArrearsSettled, null, null, null, null, null) { Agent = e.Agent },
            _ => throw new UnreachableException(),
        };

    private static RowKind KindOf(string mti) =>
        mti[..3] switch
        {
            "010" => RowKind.Authorization,
            "012" => RowKind.Advice,
            "020" => RowKind.Refund,
            "022" => RowKind.Capture,
            "040" or "042" => RowKind.Reversal,
            _ => throw new UnreachableException($"{mti} is in no card's history."),
        };
}
