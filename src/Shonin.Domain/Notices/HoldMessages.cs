using System.Diagnostics;

namespace Shonin.Domain.Notices;

/// <summary>What is said while an order is on hold: problem, update, reminder; each for one of the three classes.</summary>
internal static class HoldMessages
{
    public static Message Write(NoticeFacts facts)
    {
        var holdClass = facts.Notice.Class ?? throw new InvariantBrokenException($"notice {facts.Notice.Id} speaks of a hold without saying which");
        var advice = HoldAdvice.For(facts.Order, holdClass, facts.Time, facts.Now, CardMention.Brand);
        return new Message(
            State(facts.Notice.Kind, holdClass),
            Lead(facts, holdClass),
            Message.Say(advice.Known, advice.NotKnown),
            [
                Message.WhereItStands(OrderWording.StateMeaning(facts.Order), CardHoldWording.Of(facts.Order)),
                Message.WhatHappensNext(advice.Next, new(
                    "承認されたときも、取り消しになったときも、結果をお知らせします。", "Whether it's approved or cancelled, we'll tell you the outcome.")),
                Choices(facts, advice),
                Message.Section(new("期限", "By when"), new Words(
                    $"期限は {advice.Deadline.Ja} です。{advice.AtDeadline.Ja}", $"We keep your order until {advice.Deadline.En}. {advice.AtDeadline.En}")),
            ]);
    }

    private static Section Choices(NoticeFacts facts, HoldAdvice advice) => new(new("お客様にできること", "What you can do"),
    [
        .. advice.Note is { } sentence ? [new Passage.Sentence(sentence)] : Array.Empty<Passage>(),
        .. advice.Choices.Select(choice => new Passage.Choice(choice.Name, choice.Effect)),
        Message.OrderPage(facts),
    ]);

    private static Words State(NoticeKind kind, HoldClass holdClass)
    {
        var state = holdClass switch
        {
            HoldClass.Declined => new Words("承認が得られませんでした", "Your card company said no"),
            HoldClass.Referred => new Words("カード会社にご連絡ください", "Please contact your card company"),
            HoldClass.NoAnswer => new Words("カード会社の返答がありません", "No answer from your card company"),
            _ => throw new UnreachableException(),
        };
        return kind switch
        {
            NoticeKind.Problem => state,
            NoticeKind.Update => new("続報:" + state.Ja, "Update: " + state.En),
            NoticeKind.Reminder => new("再度のお知らせ:" + state.Ja, "Reminder: " + state.En),
            NoticeKind.Received or NoticeKind.Outcome or NoticeKind.Cancelled or NoticeKind.Shipped or NoticeKind.Delivered => throw new UnreachableException(),
            _ => throw new UnreachableException(),
        };
    }

    private static Words Lead(NoticeFacts facts, HoldClass holdClass)
    {
        var order = facts.OrderName;
        return (facts.Notice.Kind, holdClass) switch
        {
            (NoticeKind.Problem, HoldClass.Declined) => new($"{order.Ja}について、カード会社から承認が得られませんでした。", $"Your card company said no to {order.En}."),
            (NoticeKind.Problem, HoldClass.Referred) => new($"{order.Ja}について、カード会社がご本人からの連絡を求めています。", $"Your card company asks you to contact it about {order.En}."),
            (NoticeKind.Problem, HoldClass.NoAnswer) => new($"{order.Ja}について、カード会社から返答がありませんでした。", $"Your card company didn't answer about {order.En}."),
            (NoticeKind.Update, HoldClass.Declined) => new($"{order.Ja}の状況が変わりました。カード会社から承認が得られませんでした。", $"Something changed: your card company said no to {order.En}."),
            (NoticeKind.Update, HoldClass.Referred) => new($"{order.Ja}の状況が変わりました。カード会社がご本人からの連絡を求めています。", $"Something changed: your card company asks you to contact it about {order.En}."),
            (NoticeKind.Update, HoldClass.NoAnswer) => new($"{order.Ja}の状況が変わりました。今回は、カード会社から返答がありませんでした。", $"Something changed: this time, your card company didn't answer about {order.En}."),
            (NoticeKind.Reminder, HoldClass.Declined) => new($"{order.Ja}は、カード会社から承認が得られませんでしたので、お待ちしたままになっています。", $"We're still holding {order.En}: your card company said no."),
            (NoticeKind.Reminder, HoldClass.Referred) => new($"{order.Ja}について、カード会社が引き続きご本人からの連絡を求めています。", $"Your card company still asks you to contact it about {order.En}."),
            (NoticeKind.Reminder, HoldClass.NoAnswer) => new($"{order.Ja}について、カード会社からまだ返答がありません。", $"Your card company still hasn't answered about {order.En}."),
            (_, _) => throw new UnreachableException(),
        };
    }
}
