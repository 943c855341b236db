using Shonin.Domain.Orders;

namespace Shonin.Domain.Approvals;

/// <summary>Asking the card company, and what an answer does.</summary>
internal static class Attempts
{
    /// <summary>The longest pause before an attempt that could not be sent is tried again; the first is a second, and it doubles.</summary>
    private static readonly TimeSpan sendAgainMax = TimeSpan.FromMinutes(1);

    /// <summary>The same where the fault is ours: a card that the vault has lost does not come back by asking every minute.</summary>
    private static readonly TimeSpan sendAgainAfterFaultMax = TimeSpan.FromHours(1);

    /// <summary>Claims the next attempt on the order's card, for what has not been shipped. Nothing live may stand beside it.</summary>
    public static void Claim(OrderDraft draft, Initiator initiator)
    {
        Invariant.That(!draft.Order.Attempts.Any(attempt => attempt.IsLive));
        var pauseAfter = CustomerTries.IsCustomers(initiator)
            ? CustomerTries.PauseAfterNext(draft.Order, draft.Order.Card, draft.Policy.Tries)
            : null;
        draft.Add(
            new OrderEvent.AttemptClaimed(
                draft.Order.Attempts.Length + 1,
                draft.NewClaim(),
                draft.Order.Card,
                draft.Order.Remaining,
                initiator,
                draft.Now + draft.Policy.AnswerTimeout,
                draft.Now,
                pauseAfter
            )
        );
    }

    public static Decision RecordNotSent(OrderDraft draft, OrderCommand.RecordNotSent notSent)
    {
        var attempt = draft.Order.Attempts.FirstOrDefault(attempt => attempt.Ordinal == notSent.Attempt);
        if (attempt is not { IsInFlight: true })
            return draft.Accept();
        var pause = notSent.Pause
            ?? SendAgainAfter(draft.Order, notSent.Cause == NotSentCause.OwnFault ? sendAgainAfterFaultMax : sendAgainMax);
        draft.Add(new OrderEvent.AttemptNotSent(attempt.Ordinal, notSent.Why, draft.Now + pause, draft.Now, notSent.Cause));
        if (notSent.Lasting is { } lasting)
            Unsettled.AskAttention(draft, lasting);
        Holding.NoteOwnFault(draft);
        Holding.TellOtherReason(draft, HoldReasonTold.Ever);
        return draft.Accept();
    }

    public static Decision RecordAnswer(OrderDraft draft, Attempt attempt, NetworkAnswer answer)
    {
        if (!attempt.IsInFlight)
            NoteEvidence(draft, attempt, answer);
        else
            Settle(draft, attempt, answer);
        return draft.Accept();
    }

    /// <summary>
    /// No answer in time: the outcome is unknown, and what the card company may hold is taken back before anything else is asked.
    /// </summary>
    public static void GiveUp(OrderDraft draft, Attempt attempt, ReversalReason reason)
    {
        draft.Add(new OrderEvent.AttemptUnanswered(attempt.Ordinal, draft.Now));
        Closing.StartReversal(draft, attempt, reason);
    }

    private static void Settle(OrderDraft draft, Attempt attempt, NetworkAnswer answer)
    {
        var codes = new AnswerCodes(
            answer.ResponseCode,
            answer.AdviceCode,
            answer.NetworkCode,
            answer.SecurityCodeResult,
            draft.Now,
            answer.TransactionId
        );
        switch (ResponseRules.MeaningOf(answer.ResponseCode, answer.NetworkCode, draft.Now))
        {
            case ResponseMeaning.Approved when IsProven(attempt, answer):
                Approve(draft, attempt, answer);
                break;
            case ResponseMeaning.Approved:
                if (attempt.EvidenceCount < Attempt.EvidenceCountMax)
                {
                    draft.Add(
                        new OrderEvent.EvidenceNoted(
                            attempt.Ordinal,
                            EvidenceKind.Unproven,
                            answer.ResponseCode,
                            answer.ApprovalCode,
                            draft.Now,
                            answer.TransactionId
                        )
                    );
                }

                break;
            case ResponseMeaning.PartialApproval:
                draft.Add(
                    new OrderEvent.AttemptPartiallyApproved(
                        attempt.Ordinal,
                        answer.ApprovalCode ?? "",
                        answer.ApprovedAmount ?? attempt.Amount with { MinorUnits = 0 },
                        draft.Now,
                        answer.TransactionId
                    )
                );
                Closing.StartReversal(draft, attempt, ReversalReason.Error);
                Holding.NoteClass(draft, Notices.HoldClass.Declined);
                break;
            case ResponseMeaning.Referral:
                draft.Add(new OrderEvent.AttemptReferred(attempt.Ordinal, codes, draft.Now));
                Holding.NoteClass(draft, Notices.HoldClass.Referred);
                break;
            case ResponseMeaning.OurFault
            or ResponseMeaning.SoftDecline
            or ResponseMeaning.CustomerCanMend
            or ResponseMeaning.NeverRetry
            or ResponseMeaning.Unlisted:
                draft.Add(new OrderEvent.AttemptDeclined(attempt.Ordinal, codes, draft.Now));
                if (ResponseRules.SaysOf(codes) == AnswerSays.RequestFaulty)
                    draft.AskAttention(AttentionReason.MessageRefused);
                if (ResponseRules.DoNotShipCodes.Contains(answer.ResponseCode))
                    draft.AskAttention(AttentionReason.DoNotShip);
                Holding.NoteClass(draft, Notices.HoldClass.Declined);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void Approve(OrderDraft draft, Attempt attempt, NetworkAnswer answer)
    {
        draft.Add(
            new OrderEvent.AttemptApproved(
                attempt.Ordinal,
                answer.ResponseCode,
                answer.ApprovalCode!,
                answer.TransactionId,
                draft.Now + draft.Policy.AuthorizationValidity,
                draft.Now
            )
        );
        if (draft.Order.Hold is { } hold)
            Holding.End(draft, hold);
        else
            Unsettled.SettleUnsendable(draft);
    }

    /// <summary>An approval is one only with the network's proof: a code, our RRN, the whole amount.</summary>
    private static bool IsProven(Attempt attempt, NetworkAnswer answer) =>
        !string.IsNullOrWhiteSpace(answer.ApprovalCode)
        && answer.Rrn == attempt.Claim.Rrn
        && (answer.ApprovedAmount is null || answer.ApprovedAmount == attempt.Amount);

    /// <summary>
    /// An answer that comes too late or again lowers nothing and is never adopted. Where it says that the card company holds the amount,
    /// and nothing of ours takes it back or stands on it, a reversal starts.
    /// </summary>
    private static void NoteEvidence(OrderDraft draft, Attempt attempt, NetworkAnswer answer)
    {
        var isKept = attempt.EvidenceCount < Attempt.EvidenceCountMax;
        if (isKept)
        {
            draft.Add(
                new OrderEvent.EvidenceNoted(
                    attempt.Ordinal,
                    KindOf(attempt, answer),
                    answer.ResponseCode,
                    answer.ApprovalCode,
                    draft.Now,
                    answer.TransactionId
                )
            );
        }

        var isTakenBack = attempt.Reversal is { AnsweredAt: null } or { IsProof: true };
        var isStoodOn = attempt.Outcome is AttemptOutcome.Approved && attempt.Reversal is null;
        if (!Approves(answer) || isTakenBack || isStoodOn)
            return;
        // A card company that finds nothing and approves again without end would be answered without end: from here on an agent decides.
        if (!isKept && attempt.Reversal is not null)
            draft.AskAttention(AttentionReason.ReversalUnconfirmed);
        else
            Closing.StartReversal(draft, attempt, ReversalReason.AnswerLateOrNever);
    }

    private static bool Approves(NetworkAnswer answer) =>
        ResponseRules.MeaningOf(answer.ResponseCode, answer.NetworkCode, answer.ReceivedAt)
            is ResponseMeaning.Approved
                or ResponseMeaning.PartialApproval;

    private static EvidenceKind KindOf(Attempt attempt, NetworkAnswer answer) =>
        attempt.Outcome switch
        {
            AttemptOutcome.Approved approved => approved.ApprovalCode == answer.ApprovalCode
                ? EvidenceKind.Repeated
                : EvidenceKind.Contradiction,
            AttemptOutcome.PartiallyApproved partly => partly.ApprovalCode == answer.ApprovalCode
                ? EvidenceKind.Repeated
                : EvidenceKind.Contradiction,
            AttemptOutcome.Declined declined => declined.Codes.ResponseCode == answer.ResponseCode
                ? EvidenceKind.Repeated
                : EvidenceKind.Contradiction,
            AttemptOutcome.Referred referred => referred.Codes.ResponseCode == answer.ResponseCode
                ? EvidenceKind.Repeated
                : EvidenceKind.Contradiction,
            AttemptOutcome.Unknown or AttemptOutcome.NotSent => Approves(answer) ? EvidenceKind.LateApproval : EvidenceKind.LateAnswer,
            AttemptOutcome.Sent => EvidenceKind.LateAnswer,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static TimeSpan SendAgainAfter(Order order, TimeSpan max) =>
        new Doubling(TimeSpan.FromSeconds(1), max).After(
            order.Attempts.Reverse().Skip(1).TakeWhile(attempt => attempt.Outcome is AttemptOutcome.NotSent).Count()
        );
}
