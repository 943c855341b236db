using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.Deciding;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.CardCompany.History;

/// <summary>
/// A card's history as a kind of stream. What the account says is asked for at each decision: it comes from a file, not from the log.
/// </summary>
internal sealed class CardKind(AccountIndex accounts) : StreamKind<CardHistory, CardCommand, CardEvent, CardDecision>
{
    private const string RequestScope = "request";
    private const string AdviceScope = "advice";

    public override string Prefix => CardKeys.StreamPrefix;

    public override CardCommand Wake { get; } = new CardCommand.ExpireHolds(default);

    public override Decided<CardHistory, CardEvent, CardDecision> Decide(
        StreamId stream,
        CardHistory? state,
        CardCommand command,
        DateTimeOffset at
    )
    {
        var decision = CardDecider.Decide(state ?? CardHistory.Empty, accounts.Find(stream), command with { At = at });
        return new(EventsOf(decision), decision);
    }

    public override CardHistory Evolve(CardHistory? state, CardEvent happened) => (state ?? CardHistory.Empty).Evolve(happened);

    public override DateTimeOffset? AlarmOf(CardHistory state) => state.NextLapse;

    /// <summary>
    /// A request's key is unique in the whole log: the first request of that key holds it, and a repeat or a misuse claims nothing.
    /// </summary>
    public override void Follow(Step<CardHistory, CardEvent> step, Consequences consequences)
    {
        foreach (var happened in step.Facts)
        {
            if (happened is CardEvent.AuthorizationAdvised advised)
                consequences.Claim(new UniqueKey(AdviceScope, advised.Request.Key.ToString()));
            else if (FirstRequestOf(happened) is { } request)
                consequences.Claim(new UniqueKey(RequestScope, request.Key.ToString()));
        }
    }

    public override NewEvent Store(CardEvent happened) => CardEventNames.Store(happened);

    public override CardEvent Load(StoredEvent stored) => CardEventNames.Load(stored);

    private static RequestFacts? FirstRequestOf(CardEvent happened) =>
        happened switch
        {
            CardEvent.AuthorizationDecided decided => decided.Request,
            CardEvent.ReversalDecided decided => decided.Request,
            CardEvent.CaptureDecided decided => decided.Request,
            CardEvent.RefundDecided decided => decided.Request,
            _ => null,
        };

    private static ImmutableArray<CardEvent> EventsOf(CardDecision decision) =>
        decision switch
        {
            CardDecision.Answered answered => answered.Events,
            CardDecision.Accepted accepted => accepted.Events,
            CardDecision.Refused => [],
            _ => throw new UnreachableException(),
        };
}
