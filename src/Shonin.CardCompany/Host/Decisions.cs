using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.EventLog;

namespace Shonin.CardCompany.Host;

/// <summary>
/// Brings requests and desk actions before the card, with the time and the ids that they need. What it returns is durable.
/// </summary>
internal sealed class Decisions(Cards cards, CardKeys keys, TimeSpan authorizationValidity, TimeProvider clock)
{
    /// <summary><see cref="CardOutcome.KeyTaken"/> is settled here and never comes back.</summary>
    public async ValueTask<CardOutcome> AnswerAsync(StreamId card, CardRequest request)
    {
        var at = clock.GetUtcNow();
        var key = request.Facts.Key;
        var receive = new CardCommand.Receive(at, request, keys.ApprovalCode(key), keys.TransactionId(key), at + authorizationValidity);
        return await cards.SubmitAsync(card, receive) switch
        {
            CardOutcome.KeyTaken => await cards.SubmitAsync(
                card,
                new CardCommand.ReceiveWithForeignKey(at, request, receive.TransactionId)
            ),
            var outcome => outcome,
        };
    }

    public ValueTask<CardOutcome> NoteDeliveryAsync(StreamId card, RequestFacts request, Delivery delivery) =>
        cards.SubmitAsync(card, new CardCommand.NoteDelivery(clock.GetUtcNow(), request.Mti, request.Key, delivery));

    public ValueTask<CardOutcome> ReleaseReferralAsync(StreamId card, string agent) =>
        cards.SubmitAsync(card, new CardCommand.ReleaseReferral(clock.GetUtcNow(), agent));

    public ValueTask<CardOutcome> SettleArrearsAsync(StreamId card, string agent) =>
        cards.SubmitAsync(card, new CardCommand.SettleArrears(clock.GetUtcNow(), agent));
}
