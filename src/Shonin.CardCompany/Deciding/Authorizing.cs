using System.Diagnostics;

namespace Shonin.CardCompany.Deciding;

/// <summary>Whether a purchase is approved. The first ground for refusal that holds is the one that is given.</summary>
internal static class Authorizing
{
    private const string Purchase = "000000"; // ISO 8583:1987 field 3, goods and services

    public static CardDecision.Answered Decide(
        CardHistory history,
        Account? account,
        CardRequest.Authorize request,
        CardCommand.Receive receive
    )
    {
        var facts = request.Facts;
        var always = new Answer(IssuerResponseCodes.Approved)
        {
            SecurityCodeResult = SecurityCodeResult(account, request),
            TransactionId = request.TransactionId ?? receive.TransactionId,
        };
        CardEvent.AuthorizationDecided decided = Judge(history, account, request, receive.At) switch
        {
            Verdict.Approve approve => new(
                facts,
                approve.Amount == facts.Amount
                    ? always with
                    {
                        ApprovalCode = receive.ApprovalCode,
                    }
                    : always with
                    {
                        ResponseCode = IssuerResponseCodes.ApprovedInPart,
                        ApprovalCode = receive.ApprovalCode,
                        ApprovedAmount = approve.Amount,
                    },
                approve.Amount == facts.Amount ? Reason.Approved : Reason.ApprovedInPart,
                new HeldAmount(approve.Amount, receive.ApprovalCode, receive.HoldUntil)
            ),
            Verdict.RefuseRequest refuse => new(facts, always with { ResponseCode = refuse.ResponseCode }, refuse.Why, Hold: null),
            Verdict.RefuseCard refuse => new(
                facts,
                always with
                {
                    ResponseCode = refuse.ResponseCode,
                    AdviceCode = account?.AdviceCode,
                    NetworkCode = account?.NetworkCode,
                },
                refuse.Why,
                Hold: null
            ),
            _ => throw new UnreachableException(),
        };
        return new CardDecision.Answered([decided], decided.Answer);
    }

    /// <summary>
    /// Takes down what a stand-in decided. Its approval is held even beyond the limit, because the merchant has it already; not
    /// where this host holds the amount itself, and not where the request was reversed before the advice came.
    /// </summary>
    public static CardDecision.Answered Record(CardHistory history, CardRequest.Advise advise, CardCommand.Receive receive)
    {
        var facts = advise.Facts;
        var approvalCode = advise.ApprovalCode;
        var standing = history.Authorizations.GetValueOrDefault(facts.Key)?.Standing;
        var (why, hold) = (advise.ResponseCode, standing) switch
        {
            _ when history.ReversedAhead.Contains(facts.Key) => (Reason.ReversedBeforeItCame, null),
            (IssuerResponseCodes.Approved or IssuerResponseCodes.ApprovedInPart, null or AuthorizationStanding.Refused)
                when approvalCode is not null => (Reason.StandInDecided, new HeldAmount(facts.Amount, approvalCode, receive.HoldUntil)),
            _ => (Reason.StandInDecided, (HeldAmount?)null),
        };
        var answer = new Answer(IssuerResponseCodes.Approved);
        var decided = new Answer(advise.ResponseCode) { ApprovalCode = approvalCode };
        return new CardDecision.Answered([new CardEvent.AuthorizationAdvised(facts, decided, answer, why, hold)], answer);
    }

    private abstract record Verdict
    {
        private Verdict() { }

        public sealed record Approve(Amount Amount) : Verdict;

        /// <summary>
        /// Something in the request is wrong; the next one may be right, so that no advice of the account's goes with it.
        /// </summary>
        public sealed record RefuseRequest(string ResponseCode, Reason Why) : Verdict;

        /// <summary>The card is refused whatever the request says.</summary>
        public sealed record RefuseCard(string ResponseCode, Reason Why) : Verdict;
    }

    private static Verdict Judge(CardHistory history, Account? account, CardRequest.Authorize request, DateTimeOffset at) =>
        RequestItself(history, request) as Verdict
        ?? (
            account is null
                ? new Verdict.RefuseCard(IssuerResponseCodes.NoSuchCard, Reason.UnknownCard)
                : CardItself(account) as Verdict
                    ?? Registration(account)
                    ?? CardData(account, request, at)
                    ?? Behaviour(history, account)
                    ?? Limit(history, account, request)
        );

    private static Verdict.RefuseRequest? RequestItself(CardHistory history, CardRequest.Authorize request) =>
        request switch
        {
            _ when history.ReversedAhead.Contains(request.Facts.Key) => new(IssuerResponseCodes.Duplicate, Reason.ReversedBeforeItCame),
            { ProcessingCode: not Purchase } => new(IssuerResponseCodes.InvalidTransaction, Reason.UnknownProcessing),
            { Facts.Amount.MinorUnits: 0 } => new(IssuerResponseCodes.InvalidAmount, Reason.AmountZero),
            _ when !Currencies.IsKnown(request.Facts.Amount.Currency) => new(
                IssuerResponseCodes.InvalidTransaction,
                Reason.UnknownCurrency
            ),
            _ => null,
        };

    private static Verdict.RefuseCard? CardItself(Account account) =>
        account.State switch
        {
            AccountState.Open => null,
            AccountState.Blocked => new(IssuerResponseCodes.BlockedByIssuer, Reason.Blocked),
            AccountState.Lost => new(IssuerResponseCodes.Lost, Reason.Lost),
            AccountState.Stolen => new(IssuerResponseCodes.Stolen, Reason.Stolen),
            AccountState.Expired => new(IssuerResponseCodes.Expired, Reason.CardExpired),
            AccountState.Closed => new(IssuerResponseCodes.Closed, Reason.Closed),
        };

    private static Verdict.RefuseCard? Registration(Account account) =>
        account.Rule is AnswerRule.RegisteredWrongly ? new(IssuerResponseCodes.SecurityCodeWrong, Reason.RegisteredWrongly) : null;

    private static Verdict.RefuseRequest? CardData(Account account, CardRequest.Authorize request, DateTimeOffset at) =>
        request switch
        {
            _ when request.Expiry.IsPast(at) => new(IssuerResponseCodes.Expired, Reason.ExpiryPast),
            _ when account.Expiry is { } printed && printed != request.Expiry => new(IssuerResponseCodes.Expired, Reason.ExpiryDiffers),
            { SecurityCode: { } sent } when !sent.Matches(account.SecurityCode) => new(
                IssuerResponseCodes.SecurityCodeWrong,
                Reason.SecurityCodeDiffers
            ),
            _ => null,
        };

    private static Verdict.RefuseCard? Behaviour(CardHistory history, Account account) =>
        account switch
        {
            { Rule: AnswerRule.Decline decline } => new(decline.ResponseCode, Reason.DeclinedByRule),
            { Arrears: ArrearsState.Due } when !history.ArrearsAreSettled => new(IssuerResponseCodes.Restricted, Reason.InArrears),
            { Rule: AnswerRule.Refer refer } when !history.ReferralIsReleased => new(refer.ResponseCode, Reason.Referred),
            _ => null,
        };

    private static Verdict Limit(CardHistory history, Account account, CardRequest.Authorize request)
    {
        var asked = request.Facts.Amount;
        if (account.Limit is not { } limit)
            return new Verdict.Approve(asked);
        if (limit.Currency != asked.Currency)
            return new Verdict.RefuseRequest(IssuerResponseCodes.NotPermitted, Reason.OtherCurrency);
        var left = limit.MinorUnits - history.Used(asked.Currency);
        if (asked.MinorUnits <= left)
            return new Verdict.Approve(asked);
        return left > 0 && account.Rule is AnswerRule.ApproveInPart && request.Partial is PartialApproval.Supported
            ? new Verdict.Approve(new Amount(left, asked.Currency))
            : new Verdict.RefuseCard(IssuerResponseCodes.OverLimit, Reason.OverLimit);
    }

    /// <summary>M, N or U for a code that was sent; null where none was.</summary>
    private static string? SecurityCodeResult(Account? account, CardRequest.Authorize request) =>
        (account, request.SecurityCode) switch
        {
            (_, null) => null,
            (null, _) => "U",
            ({ Rule: AnswerRule.RegisteredWrongly }, _) => "N",
            var (known, sent) => sent.Matches(known.SecurityCode) ? "M" : "N",
        };
}
