using System.Collections.Immutable;
using System.Diagnostics;

namespace Shonin.CardCompany.Deciding;

/// <summary>One authorization and how it stands.</summary>
/// <param name="Refunded">Given back of what was captured, in minor units.</param>
internal sealed record Authorization(RequestFacts Request, AuthorizationStanding Standing, long Refunded)
{
    /// <summary>What it takes from the limit, in minor units.</summary>
    public long Used => Standing.Used - Refunded;
    public long Captured => Standing.Captured;
}

/// <summary>
/// How an authorization stands. <c>Used</c> counts against the limit; a captured part stays used whatever happens to the rest.
/// </summary>
internal abstract record AuthorizationStanding
{
    private AuthorizationStanding() { }

    public abstract long Used { get; }
    public abstract long Captured { get; }

    /// <summary>Declined, referred, or refused as a duplicate: nothing was ever held.</summary>
    public sealed record Refused : AuthorizationStanding
    {
        public static readonly Refused Instance = new();
        public override long Used => 0;
        public override long Captured => 0;
    }

    /// <summary>Held; after a partial reversal <paramref name="Total"/> is smaller than what was approved.</summary>
    public sealed record Held(long Total, long CapturedPart, HeldAmount Hold) : AuthorizationStanding
    {
        public override long Used => Total;
        public override long Captured => CapturedPart;
    }

    /// <summary>All of it is captured.</summary>
    public sealed record Cleared(long Total, string ApprovalCode) : AuthorizationStanding
    {
        public override long Used => Total;
        public override long Captured => Total;
    }

    /// <summary>Undone before anything was captured.</summary>
    public sealed record Reversed : AuthorizationStanding
    {
        public static readonly Reversed Instance = new();
        public override long Used => 0;
        public override long Captured => 0;
    }

    /// <summary>The rest lapsed.</summary>
    public sealed record Expired(long CapturedPart) : AuthorizationStanding
    {
        public override long Used => CapturedPart;
        public override long Captured => CapturedPart;
    }
}

/// <summary>The first answer that a request got, and the digest by which a repeat is told from a misuse of its key.</summary>
internal sealed record FirstAnswer(string Digest, Answer Answer);

/// <summary>A card's past, folded: everything that the next decision depends on beside the account itself.</summary>
internal sealed record CardHistory
{
    public static readonly CardHistory Empty = new();

    public ImmutableDictionary<RequestIdentity, Authorization> Authorizations { get; private init; } =
        ImmutableDictionary<RequestIdentity, Authorization>.Empty;
    public ImmutableDictionary<RequestIdentity, FirstAnswer> FirstAnswers { get; private init; } =
        ImmutableDictionary<RequestIdentity, FirstAnswer>.Empty;

    /// <summary>Advices have keys of their own: the stand-in's message and the merchant's may carry the same fields.</summary>
    public ImmutableDictionary<RequestIdentity, FirstAnswer> FirstAdvices { get; private init; } =
        ImmutableDictionary<RequestIdentity, FirstAnswer>.Empty;

    /// <summary>Requests that were reversed before they came.</summary>
    public ImmutableHashSet<RequestIdentity> ReversedAhead { get; private init; } = [];

    /// <summary>Live holds by the moment they lapse.</summary>
    public ImmutableSortedSet<(DateTimeOffset Until, string Key, RequestIdentity Authorization)> Lapses { get; private init; } =
        ImmutableSortedSet.Create<(DateTimeOffset Until, string Key, RequestIdentity Authorization)>(LapseOrder.Instance);
    private ImmutableSortedDictionary<string, long> UsedByCurrency { get; init; } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);
    public bool ReferralIsReleased { get; private init; }
    public bool ArrearsAreSettled { get; private init; }

    /// <summary>What all authorizations of the card take from its limit, in minor units of the currency.</summary>
    public long Used(string currency) => UsedByCurrency.GetValueOrDefault(currency);

    /// <summary>When the next hold lapses, or null where nothing is held.</summary>
    public DateTimeOffset? NextLapse => Lapses.IsEmpty ? null : Lapses[0].Until;

    /// <exception cref="UnreachableException">The event cannot have come from this history: the log was put together wrongly.</exception>
    public CardHistory Evolve(CardEvent happened) =>
        happened switch
        {
            CardEvent.AuthorizationDecided decided => Answered(decided.Request, decided.Answer).Begin(decided.Request, decided.Hold),
            CardEvent.AuthorizationAdvised advised => Advised(advised),
            CardEvent.ReversalDecided { NewTotal: { } total } reversal => Answered(reversal.Request, reversal.Answer)
                .Change(reversal.Original, authorization => Reverse(authorization, total.MinorUnits)),
            CardEvent.ReversalDecided { Reason: Reason.NothingFound } reversal => Answered(reversal.Request, reversal.Answer) with
            {
                ReversedAhead = ReversedAhead.Add(reversal.Original),
            },
            CardEvent.ReversalDecided reversal => Answered(reversal.Request, reversal.Answer),
            CardEvent.CaptureDecided { Captured: { } amount } capture => Answered(capture.Request, capture.Answer)
                .Change(capture.Original, authorization => Capture(authorization, amount.MinorUnits)),
            CardEvent.CaptureDecided capture => Answered(capture.Request, capture.Answer),
            CardEvent.RefundDecided { Refunded: { } amount } refund => Answered(refund.Request, refund.Answer)
                .Change(refund.Original, authorization => Refund(authorization, amount.MinorUnits)),
            CardEvent.RefundDecided refund => Answered(refund.Request, refund.Answer),
            CardEvent.HoldExpired expired => Change(expired.Key, Expire),
            CardEvent.ReferralReleased => this with { ReferralIsReleased = true },
            CardEvent.ArrearsSettled => this with { ArrearsAreSettled = true },
            CardEvent.RequestRepeated or CardEvent.RequestKeyReused or CardEvent.AnswerSent or CardEvent.AnswerUndelivered => this,
            _ => throw new UnreachableException(),
        };

    private CardHistory Answered(RequestFacts request, Answer answer) =>
        this with
        {
            FirstAnswers = FirstAnswers.Add(request.Key, new FirstAnswer(request.Digest, answer)),
        };

    /// <summary>
    /// A stand-in's word about a request that we know changes at most its hold; about one that we do not know it is the first answer.
    /// </summary>
    private CardHistory Advised(CardEvent.AuthorizationAdvised advised)
    {
        var key = advised.Request.Key;
        var digest = new CardRequest.Advise(advised.Request, advised.Decided.ResponseCode, advised.Decided.ApprovalCode).RepeatDigest;
        var noted = this with { FirstAdvices = FirstAdvices.Add(key, new FirstAnswer(digest, advised.Answer)) };
        if (!noted.FirstAnswers.ContainsKey(key))
            return noted.Answered(advised.Request, advised.Decided).Begin(advised.Request, advised.Hold);
        return advised.Hold is { } hold
            ? noted.Change(key, authorization =>
                authorization with
                {
                    Standing = new AuthorizationStanding.Held(hold.Amount.MinorUnits, 0, hold),
                }
            )
            : noted;
    }

    private CardHistory Begin(RequestFacts request, HeldAmount? hold)
    {
        AuthorizationStanding standing = hold is null
            ? AuthorizationStanding.Refused.Instance
            : new AuthorizationStanding.Held(hold.Amount.MinorUnits, 0, hold);
        return Replace(null, new Authorization(request, standing, 0));
    }

    private CardHistory Change(RequestIdentity key, Func<Authorization, Authorization> change) =>
        Authorizations.TryGetValue(key, out var before)
            ? Replace(before, change(before))
            : throw new UnreachableException($"The history knows no authorization {key}.");

    /// <summary>The one place where an authorization, the sum against the limit and the order of lapses change together.</summary>
    private CardHistory Replace(Authorization? before, Authorization after)
    {
        var key = after.Request.Key;
        var currency = after.Request.Amount.Currency;
        var lapses = Lapses;
        if (before?.Standing is AuthorizationStanding.Held held)
            lapses = lapses.Remove((held.Hold.Until, key.ToString(), key));
        if (after.Standing is AuthorizationStanding.Held holds)
            lapses = lapses.Add((holds.Hold.Until, key.ToString(), key));
        return this with
        {
            Authorizations = Authorizations.SetItem(key, after),
            Lapses = lapses,
            UsedByCurrency = UsedByCurrency.SetItem(currency, Used(currency) - (before?.Used ?? 0) + after.Used),
        };
    }

    private static Authorization Reverse(Authorization authorization, long newTotal) =>
        authorization.Standing is AuthorizationStanding.Held held
            ? authorization with
            {
                Standing = Remaining(held with { Total = newTotal }),
            }
            : throw new UnreachableException($"{authorization.Request.Key} is not held and cannot be reversed.");

    private static Authorization Capture(Authorization authorization, long amount) =>
        authorization.Standing is AuthorizationStanding.Held held
            ? authorization with
            {
                Standing = Remaining(held with { CapturedPart = held.CapturedPart + amount }),
            }
            : throw new UnreachableException($"{authorization.Request.Key} is not held and cannot be captured.");

    private static Authorization Refund(Authorization authorization, long amount) =>
        authorization with
        {
            Refunded = authorization.Refunded + amount,
        };

    private static Authorization Expire(Authorization authorization) =>
        authorization.Standing is AuthorizationStanding.Held held
            ? authorization with
            {
                Standing = new AuthorizationStanding.Expired(held.CapturedPart),
            }
            : throw new UnreachableException($"{authorization.Request.Key} is not held and cannot expire.");

    private static AuthorizationStanding Remaining(AuthorizationStanding.Held held) =>
        held switch
        {
            { Total: 0 } => AuthorizationStanding.Reversed.Instance,
            _ when held.CapturedPart == held.Total => new AuthorizationStanding.Cleared(held.Total, held.Hold.ApprovalCode),
            _ when held.CapturedPart > held.Total => throw new UnreachableException("More was captured than is held."),
            _ => held,
        };

    private sealed class LapseOrder : IComparer<(DateTimeOffset Until, string Key, RequestIdentity Authorization)>
    {
        public static readonly LapseOrder Instance = new();

        public int Compare(
            (DateTimeOffset Until, string Key, RequestIdentity Authorization) left,
            (DateTimeOffset Until, string Key, RequestIdentity Authorization) right
        ) => left.Until.CompareTo(right.Until) is not 0 and var byTime ? byTime : string.CompareOrdinal(left.Key, right.Key);
    }
}
