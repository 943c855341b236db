using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>
/// What the staff read of an order, in both languages. Customers read none of these; what is read out to them is
/// <see cref="WhyWording.ToSay"/>.
/// </summary>
public static class DeskWords
{
    public static Words NameOf(HoldClass holdClass) =>
        holdClass switch
        {
            HoldClass.Declined => new("カード会社が承認しなかった", "The card company said no"),
            HoldClass.Referred => new("カード会社が連絡を求めている", "The card company asks for a call"),
            HoldClass.NoAnswer => new("返答がない", "No answer"),
            HoldClass.Expired => new("承認の期限が切れた", "The approval ran out"),
        };

    public static Words NameOf(Locale locale) =>
        locale switch
        {
            Locale.Ja => new("日本語", "Japanese"),
            Locale.En => new("英語", "English"),
        };

    /// <summary>Too much was tried without an approval on this card, or in the shop in this hour.</summary>
    public static PageTrouble TriesLimited(TimeSpan wait)
    {
        var length = SpokenTime.Length(wait);
        return new(
            new(
                $"承認されない試みがこのカードか店全体で多すぎるため、止まっています。{length.Ja}待つか、窓口の最初のページの「承認されない試みが多く、止まっているもの」でリーダーが再開すると、また試せます。",
                $"Stopped: too much was tried without an approval on this card, or in the whole shop. Wait {length.En}, or have a lead let it go on under “Stopped” on the desk's first page."
            ),
            null
        );
    }

    /// <summary>Why an act was refused, for staff; the order is shown below as it stands now.</summary>
    public static Words WhyNot(Refusal reason) =>
        reason switch
        {
            Refusal.TriesSpent => new(
                "試せる回数を使い切りました。リーダーが「お客様がもう一度試せるようにする」を押すと、また試せます。",
                "It has been tried as often as we allow. A lead can press “Let the customer try again”."
            ),
            Refusal.NotSettledSo => new(
                "これは、ほかの操作で片づきます。下の説明をご覧ください。",
                "This is settled by something else: see what it says below."
            ),
            Refusal.AttemptInProgress => new(
                "カード会社に問い合わせているところです。答えが来てから、もう一度ご覧ください。",
                "The card company is being asked right now. Look again once it has answered."
            ),
            Refusal.AlreadyApproved or Refusal.AlreadyShipped or Refusal.AlreadyCancelled or Refusal.NotOnHold or Refusal.DeadlinePassed =>
                new(
                    "ページを開いたあとで、注文の状態が変わりました。いまの状態は下のとおりです。",
                    "The order has changed since this page was opened. Below is how it stands now."
                ),
            Refusal.NeverRetryCode or Refusal.RetryBudgetSpent => new(
                "このカードには、もう問い合わせられません。お客様に、別のカードか別の支払い方法を案内してください。",
                "This card can't be asked any more. Point the customer to another card or way of paying."
            ),
            Refusal.RetryTooEarly
            or Refusal.OrderNotFound
            or Refusal.ShipmentNotFound
            or Refusal.NoLiveAuthorization
            or Refusal.InvalidAmount
            or Refusal.InvalidItems
            or Refusal.CardNotProved
            or Refusal.InvalidDeadline => RefusalWords.Of(reason),
        };

    /// <summary>What an order waits for, and until when.</summary>
    public static IEnumerable<(Words Label, Words Value)> Standing(Order order, SpokenTime time)
    {
        if (order.Hold is { } hold)
        {
            yield return (new("承認待ちの理由", "On hold because"), ReasonOf(HoldReasons.Of(order, hold.Class)));
            yield return (new("期限", "Deadline"), time.DayAndTime(hold.Deadline));
            yield return (new("次の自動の問い合わせ", "Next automatic attempt"), NextOf(order, hold, time));
        }
        else if (order.Standing is Standing.AwaitingApproval awaiting)
        {
            yield return (
                new("次の自動の問い合わせ", "Next automatic attempt"),
                awaiting.SendAgainAt is { } again
                    ? time.DayAndTime(again)
                    : new("いま、返答を待っています。", "Waiting for the answer right now.")
            );
        }
        else if (order.Standing is Standing.Closing closing)
        {
            yield return (new("取り消しを待つのは", "Waits for the reversal until"), time.DayAndTime(closing.PatienceUntil));
        }
        if (order.Approval is { Outcome: AttemptOutcome.Approved approved } && !order.IsShippedWhole)
            yield return (new("承認の期限", "The approval lasts until"), time.DayAndTime(approved.ExpiresAt));
    }

    /// <summary>Why an order waits, and whose doing it is. To be asked for a call is no refusal, nor is a fault of ours.</summary>
    private static Words ReasonOf(HoldReason reason) =>
        reason switch
        {
            HoldReason.SaidNo => new("カード会社が承認しなかった", "the card company did not approve"),
            HoldReason.ApprovedInPart => new("カード会社が一部しか承認しなかった", "the card company approved only a part"),
            HoldReason.CouldNotAnswer => new(
                "カード会社の側が回答できなかった(断ったのではない)",
                "the card company's side couldn't answer (it has not refused)"
            ),
            HoldReason.AsksToCall => new(
                "カード会社がご本人からの連絡を求めている(断られてはいない)",
                "the card company wants the customer to call it (it has not refused)"
            ),
            HoldReason.NoAnswer => new("カード会社から返答がない", "the card company has not answered"),
            HoldReason.OutOfReach => new(
                "カード会社につながらない(まだ問い合わせていない)",
                "the card company cannot be reached (it has not been asked)"
            ),
            HoldReason.OwnFault => new("当店の手違い(カード会社が断ったのではない)", "a fault of ours (the card company has not refused)"),
            HoldReason.HeldBack => new("カードを守るため、問い合わせを控えている", "held back, to protect the card"),
            HoldReason.ApprovalExpired => new("発送の前に承認の期限が切れた", "the approval ran out before all was shipped"),
        };

    private static Words NextOf(Order order, Hold hold, SpokenTime time)
    {
        if (order.AttemptInFlight is not null)
            return new("いま、返答を待っています。", "Waiting for the answer right now.");
        if (hold.SendAgainAt is { } again)
            return time.DayAndTime(again);
        if (hold.RetryAt is not { } retryAt)
            return new("ありません。お客様がお選びになるのを待っています。", "None. It waits for the customer to choose.");
        var at = time.DayAndTime(retryAt);
        return order.Attempts.Any(attempt => attempt.IsReversing)
            ? new(
                $"早ければ {at.Ja}。先に、前の問い合わせの取り消しが済むのを待ちます。",
                $"{at.En} at the earliest; the earlier request must be reversed first."
            )
            : at;
    }
}
