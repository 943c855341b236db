using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.EventLog;

namespace Shonin.CardCompany.Host;

/// <summary>Brings requests and desk actions before the decider, with the time, the account and the ids that they need, and has the outcome recorded.</summary>
internal sealed class Decisions(CardLog cards, AccountIndex accounts, CardKeys keys, TimeSpan authorizationValidity, TimeProvider clock)
{
    /// <summary>Durable when it returns. <see cref="Recorded.KeyTaken"/> is settled here and never comes back.</summary>
    public async ValueTask<Recorded> AnswerAsync(StreamId card, CardRequest request)
    {
        var at = clock.GetUtcNow();
        var key = request.Facts.Key;
        var receive = new CardCommand.Receive(at, request, keys.ApprovalCode(key), keys.TransactionId(key), at + authorizationValidity);
        var scope = request is CardRequest.Advise ? "advice" : "request";
        return await DecideAsync(card, receive, new UniqueKey(scope, key.ToString())) switch
        {
            Recorded.KeyTaken => await DecideAsync(card, new CardCommand.ReceiveWithForeignKey(at, request, receive.TransactionId)),
            var recorded => recorded,
        };
    }

    public ValueTask<Recorded> NoteDeliveryAsync(StreamId card, RequestFacts request, Delivery delivery) =>
        DecideAsync(card, new CardCommand.NoteDelivery(clock.GetUtcNow(), request.Mti, request.Key, delivery));

    public ValueTask<Recorded> ExpireHoldsAsync(StreamId card) => DecideAsync(card, new CardCommand.ExpireHolds(clock.GetUtcNow()));

    public ValueTask<Recorded> ReleaseReferralAsync(StreamId card, string agent) => DecideAsync(card, new CardCommand.ReleaseReferral(clock.GetUtcNow(), agent));

    public ValueTask<Recorded> SettleArrearsAsync(StreamId card, string agent) => DecideAsync(card, new CardCommand.SettleArrears(clock.GetUtcNow(), agent));

    private ValueTask<Recorded> DecideAsync(StreamId card, CardCommand command, UniqueKey? key = null) =>
        cards.DecideAsync(card, command.At, history => CardDecider.Decide(history, accounts.Find(card), command), key);
}
