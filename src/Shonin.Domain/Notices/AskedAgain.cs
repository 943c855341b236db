using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>
/// That a hold goes on because the card company was asked again, when that was, and what came: whoever pressed a button sees what it did.
/// </summary>
public static class AskedAgain
{
    /// <summary>
    /// Null where nobody was asked again, while an answer is awaited, and after an approval: a hold that follows one has another story to
    /// tell.
    /// </summary>
    public static Words? Of(Order order, SpokenTime time, CardCompanyRecord record)
    {
        if (
            order.Hold is null
            || order.AttemptInFlight is not null
            || order.Attempts is not [.., var before, var last]
            || last.Outcome is AttemptOutcome.Approved
        )
        {
            return null;
        }

        var (at, wish, came) = (
            time.DayAndTime(last.Claim.TransmittedAt),
            WishOf(last, before),
            RequestAccount.WhatBecame(last, time, record)
        );
        var asked =
            last.Outcome is AttemptOutcome.NotSent
                ? new Words($"{wish.Ja}{at.Ja}に、もう一度問い合わせようとしました。", $"{wish.En} tried to ask again on {at.En}.")
                : new Words($"{wish.Ja}{at.Ja}に、もう一度問い合わせました。", $"{wish.En} asked again on {at.En}.");
        return asked.Then(
            came == RequestAccount.WhatBecame(before, time, record)
                ? new($"今回も、{came.Ja}", $"Again, {came.En}")
                : new($"今回は、{came.Ja}", $"This time, {came.En}")
        );
    }

    private static Words WishOf(Attempt last, Attempt before)
    {
        if (last.Card.Fingerprint != before.Card.Fingerprint)
        {
            return new(
                $"「{ActionNames.ChangeMethod.Ja}」のとおり、新しいカードで、",
                $"As you chose “{ActionNames.ChangeMethod.En}”, we took the new card and"
            );
        }

        return last.Initiator switch
        {
            Initiator.CustomerConfirms => new($"「{ActionNames.Confirm.Ja}」のとおり、", $"As you chose “{ActionNames.Confirm.En}”, we"),
            Initiator.Customer or Initiator.AutomaticRetry or Initiator.Agent or Initiator.Reauthorization => new("", "We"),
        };
    }
}
