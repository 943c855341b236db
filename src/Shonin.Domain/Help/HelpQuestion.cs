using System.Collections.Immutable;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Help;

/// <summary>What a customer may want help with.</summary>
public enum HelpIssue
{
    Approval,
    Notice,
    Parcel,
    Change,
}

/// <summary>What exactly, within an issue; each has an answer that is made from the order as it stands.</summary>
public enum HelpQuestion
{
    WhyNotApproved,

    /// <summary>The card company was asked, and says that it has refused nothing, or has no trace of a request.</summary>
    CardCompanyKnowsNothing,
    HeldOnCard,
    PayAnotherWay,
    IsNoticeReal,
    NoticeDidNotCome,
    WhenItComes,
    ItHasNotCome,
    SomethingIsWrong,
    CancelOrder,
    ChangeOrder,
}

/// <summary>The issues and their questions: their names, and which of them an order can have.</summary>
public static class HelpQuestions
{
    public static Words NameOf(HelpIssue issue) =>
        issue switch
        {
            HelpIssue.Approval => new("カードの承認と支払い", "Your card and its approval"),
            HelpIssue.Notice => new("お知らせのメール", "The mails we send"),
            HelpIssue.Parcel => new("お届け", "Your parcel"),
            HelpIssue.Change => new("取り消しと変更", "Cancelling or changing"),
        };

    /// <summary>As whoever looks at this order would ask it.</summary>
    public static Words NameOf(HelpQuestion question, Order order) =>
        question switch
        {
            HelpQuestion.WhyNotApproved when order is { Standing: Standing.Approved, Approval: not null } => new(
                "なぜ、すぐに承認されなかったのですか",
                "Why wasn't it approved straight away?"
            ),
            HelpQuestion.WhyNotApproved => new("なぜ承認されないのですか", "Why isn't it approved?"),
            HelpQuestion.CardCompanyKnowsNothing => new(
                "カード会社は「断っていない」と言っています",
                "My card company says it hasn't refused anything"
            ),
            HelpQuestion.HeldOnCard => new("カードの利用枠や請求はどうなりますか", "Is anything held or charged on my card?"),
            HelpQuestion.PayAnotherWay => new("別のカードで払いたい", "I'd like to pay with another card"),
            HelpQuestion.IsNoticeReal => new("届いたメールは本物ですか", "Is the mail I got real?"),
            HelpQuestion.NoticeDidNotCome => new("お知らせが届きません", "I'm not getting your notices"),
            HelpQuestion.WhenItComes => new("いつ届きますか", "When will it come?"),
            HelpQuestion.ItHasNotCome => new("まだ届きません", "It hasn't come"),
            HelpQuestion.SomethingIsWrong => new("届いた品が違う、傷んでいる", "It's the wrong thing, or it's damaged"),
            HelpQuestion.CancelOrder => new("注文を取り消したい", "I'd like to cancel the order"),
            HelpQuestion.ChangeOrder => new("品物やお届け先を変えたい", "I'd like to change an item or the address"),
        };

    /// <summary>What this order can be asked about, the likeliest issue first; an issue without a question is left out.</summary>
    public static ImmutableArray<(HelpIssue Issue, ImmutableArray<HelpQuestion> Questions)> Of(Order order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var issues = order.Shipments.IsEmpty
            ? (ReadOnlySpan<HelpIssue>)[HelpIssue.Approval, HelpIssue.Notice, HelpIssue.Change, HelpIssue.Parcel]
            : [HelpIssue.Parcel, HelpIssue.Approval, HelpIssue.Notice, HelpIssue.Change];
        var found = ImmutableArray.CreateBuilder<(HelpIssue, ImmutableArray<HelpQuestion>)>();
        foreach (var issue in issues)
        {
            ImmutableArray<HelpQuestion> questions =
            [
                .. Enum.GetValues<HelpQuestion>().Where(question => IssueOf(question) == issue && IsOf(question, order)),
            ];
            if (!questions.IsEmpty)
                found.Add((issue, questions));
        }
        return found.ToImmutable();
    }

    /// <summary>The issue that it belongs to.</summary>
    public static HelpIssue IssueOf(HelpQuestion question) =>
        question switch
        {
            HelpQuestion.WhyNotApproved or HelpQuestion.CardCompanyKnowsNothing or HelpQuestion.HeldOnCard or HelpQuestion.PayAnotherWay =>
                HelpIssue.Approval,
            HelpQuestion.IsNoticeReal or HelpQuestion.NoticeDidNotCome => HelpIssue.Notice,
            HelpQuestion.WhenItComes or HelpQuestion.ItHasNotCome or HelpQuestion.SomethingIsWrong => HelpIssue.Parcel,
            HelpQuestion.CancelOrder or HelpQuestion.ChangeOrder => HelpIssue.Change,
        };

    private static bool IsOf(HelpQuestion question, Order order) =>
        question switch
        {
            HelpQuestion.WhyNotApproved or HelpQuestion.CardCompanyKnowsNothing => order.Attempts.Any(attempt =>
                attempt.Outcome is not (AttemptOutcome.Sent or AttemptOutcome.Approved)
            ),
            HelpQuestion.PayAnotherWay => !IsEnding(order) && !order.IsShippedWhole,
            HelpQuestion.WhenItComes => !IsEnding(order) || !order.Shipments.IsEmpty,
            HelpQuestion.ItHasNotCome or HelpQuestion.SomethingIsWrong => !order.Shipments.IsEmpty,
            HelpQuestion.CancelOrder => !IsEnding(order),
            HelpQuestion.ChangeOrder => !IsEnding(order) && !order.IsShippedWhole,
            HelpQuestion.HeldOnCard or HelpQuestion.IsNoticeReal or HelpQuestion.NoticeDidNotCome => true,
        };

    private static bool IsEnding(Order order) => order.Standing is Standing.Closing or Standing.Cancelled;
}
