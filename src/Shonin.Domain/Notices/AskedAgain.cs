using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>That a hold goes on because the card company was asked again, when that was, and what came: whoever pressed a button sees what it did.</summary>
public static class AskedAgain
{
    /// <summary>Null where nobody was asked again, and while an answer is awaited.</summary>
    public static Words? Of(Order order, SpokenTime time)
    {
        if (order.Hold is null || order.AttemptInFlight is not null || order.Attempts.Length < 2 || Came(order.Attempts[^1], order.Attempts[^2]) is not { } came)
            return null;
        var last = order.Attempts[^1];
        var (at, wish) = (time.DayAndTime(last.Claim.TransmittedAt), WishOf(last, order.Attempts[^2]));
        return new($"{wish.Ja}{at.Ja}に、もう一度問い合わせました。{came.Ja}", $"{wish.En} asked again on {at.En}. {came.En}");
    }

    private static Words WishOf(Attempt last, Attempt before)
    {
        if (last.Card.Fingerprint != before.Card.Fingerprint)
            return new($"「{ActionNames.ChangeMethod.Ja}」のとおり、新しいカードで、", $"As you chose “{ActionNames.ChangeMethod.En}”, we took the new card and");
        return last.Initiator switch
        {
            Initiator.CustomerConfirms => new($"「{ActionNames.Confirm.Ja}」のとおり、", $"As you chose “{ActionNames.Confirm.En}”, we"),
            Initiator.Customer or Initiator.AutomaticRetry => new("", "We"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Null for an approval: a hold that follows one has another story to tell.</summary>
    private static Words? Came(Attempt last, Attempt before)
    {
        var same = last.Outcome.GetType() == before.Outcome.GetType();
        return last.Outcome switch
        {
            AttemptOutcome.Declined declined when ConfirmOffer.MeaningOf(declined.Codes) == ResponseMeaning.OurFault =>
                new("当店が送った内容に不備があり、受け付けられませんでした。", "Our request was faulty, and it was turned away."),
            AttemptOutcome.Declined when same => new("今回も、承認しないという返答でした。", "The answer was no again."),
            AttemptOutcome.Declined => new("今回は、承認しないという返答でした。", "This time the answer was no."),
            AttemptOutcome.PartiallyApproved => new("今回は、ご注文の全額は承認されませんでした。", "This time the whole amount wasn't approved."),
            AttemptOutcome.Referred when same => new("今回も、先にご本人と話したいという返答でした。", "Again your card company asked to speak to you first."),
            AttemptOutcome.Referred => new("今回は、先にご本人と話したいという返答でした。", "This time your card company asked to speak to you first."),
            AttemptOutcome.Unknown when same => new("今回も、返答は届きませんでした。", "Again no answer came."),
            AttemptOutcome.Unknown => new("今回は、返答が届きませんでした。", "This time no answer came."),
            AttemptOutcome.NotSent => new("今回は、問い合わせを送れませんでした。", "This time our request couldn't be sent."),
            AttemptOutcome.Approved or AttemptOutcome.Sent => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
