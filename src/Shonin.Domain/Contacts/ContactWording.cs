using System.Diagnostics;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Contacts;

/// <summary>What both sides of a contact read of it: lines that are not somebody's own words, and where it stands.</summary>
public static class ContactWording
{
    /// <summary>An agent whose name is not known any more.</summary>
    private static readonly Words someAgent = new("担当者", "an agent");

    /// <summary>What a line of the conversation says, in our words; null where it is somebody's own.</summary>
    /// <param name="agent">The display name of the agent that it speaks of, or null.</param>
    public static Words? LineOf(ContactFact fact, string? agent, SpokenTime time)
    {
        var named = Named(agent);
        return fact switch
        {
            ContactFact.Said => null,
            ContactFact.Opened { PromisedBy: { } by } => new(
                $"お問い合わせを受け付けました。{time.DayAndTime(by).Ja}までにお返事します。",
                $"We have your question. You'll have an answer by {time.DayAndTime(by).En}."
            ),
            ContactFact.Opened => new(
                "お問い合わせを受け付けました。担当者をお呼びしています。",
                "We have your question and are calling an agent."
            ),
            ContactFact.NoticeJudged judged => ContactFindingWording.Of(judged, time),
            ContactFact.MailJudged mail => ContactFindingWording.Of(mail.Finding),
            ContactFact.OrderShown => new($"{named.Ja}が、ご注文を表示しました。", $"{Capital(named.En)} shows you your order."),
            ContactFact.Claimed => new($"{named.Ja}とつながりました。", $"You are now connected with {named.En}."),
            ContactFact.HandedBack => new(
                $"{named.Ja}が席を外しました。別の担当者におつなぎします。順番はそのままです。",
                $"{Capital(named.En)} had to leave. Another agent will take over; you keep your place."
            ),
            ContactFact.HandedOver => new(
                $"{named.Ja}に代わりました。これまでのやり取りは、すべて引き継いでいます。",
                $"{Capital(named.En)} has taken over, and can read all that was said."
            ),
            ContactFact.Closed { By: Speaker.Customer } => new("お客様が会話を終えました。", "You ended this conversation."),
            ContactFact.Closed { By: Speaker.Agent } => new(
                $"{named.Ja}が会話を終えました。",
                $"{Capital(named.En)} ended this conversation."
            ),
            ContactFact.Closed => new(
                "しばらくやり取りがなかったので、会話を終えました。",
                "Nothing was said for a while, so this conversation has ended."
            ),
            ContactFact.Rated(var stars, _) => new($"評価: 5つのうち{stars}つ", $"Rating: {stars} of 5"),
            ContactFact.Apologised { PromisedBy: var by } => new(
                $"お待たせして申し訳ありません。{time.DayAndTime(by).Ja}までに、必ずお返事します。このページを閉じてもかまいません。",
                $"We're sorry to keep you waiting. You'll have an answer by {time.DayAndTime(by).En}. You can close this page."
            ),
            ContactFact.Promised { PromisedBy: var by } => new(
                $"メールを受け取りました。{time.DayAndTime(by).Ja}までにお返事します。",
                $"We have your mail. You'll have an answer by {time.DayAndTime(by).En}."
            ),
            ContactFact.Acknowledged => new("受け取ったことを、メールでお知らせします。", "A mail says that it arrived."),
            ContactFact.TranscriptAsked => new(
                "この会話の控えを、メールでお送りします。",
                "A transcript of this conversation is on its way by mail."
            ),
            ContactFact.AnswerShown => new("お客様のページに表示されました。", "Shown on the customer's page."),
            ContactFact.AnswerMailed => new("返事をメールでも送りました。", "The answer was also sent by mail."),
            ContactFact.LetterClosed => new("メールを送りました。", "The mail has left."),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>The same as agents read it.</summary>
    public static Words? LineAtDesk(ContactFact fact, string? agent, SpokenTime time)
    {
        var name = agent is null ? new("担当者", "An agent") : new Words(agent, agent);
        return fact switch
        {
            ContactFact.Opened { PromisedBy: { } by } => new(
                $"お客様が尋ねました。{time.DayAndTime(by).Ja}までのお返事を約束しました。",
                $"The customer asked, and was promised an answer by {time.DayAndTime(by).En}."
            ),
            ContactFact.Opened => new("お客様が尋ねました。", "The customer asked."),
            ContactFact.OrderShown => new($"{name.Ja}が、ご注文をお客様に表示しました。", $"{name.En} showed the customer the order."),
            ContactFact.Claimed => new($"{name.Ja}が引き受けました。", $"{name.En} took the contact."),
            ContactFact.HandedBack => new($"{name.Ja}から列に戻りました。", $"{name.En} gave it back to the queue."),
            ContactFact.HandedOver => new($"{name.Ja}に引き継ぎました。", $"Handed over to {name.En}."),
            ContactFact.Closed { By: Speaker.Customer } => new("お客様が会話を終えました。", "The customer ended the conversation."),
            ContactFact.Apologised { PromisedBy: var by } => new(
                $"お待たせしたことをお詫びし、{time.DayAndTime(by).Ja}までのお返事を約束しました。",
                $"We apologised for the wait and promised an answer by {time.DayAndTime(by).En}."
            ),
            ContactFact.Promised { PromisedBy: var by } => new(
                $"メールが届きました。{time.DayAndTime(by).Ja}までのお返事を約束しました。",
                $"A mail came in. An answer was promised by {time.DayAndTime(by).En}."
            ),
            ContactFact.TranscriptAsked => new("会話の控えをメールで送ります。", "A transcript goes to the customer by mail."),
            _ => LineOf(fact, agent, time),
        };
    }

    /// <summary>Where the customer stands now.</summary>
    /// <param name="place">Among those who wait; null where it is not known.</param>
    public static Words StatusOf(Contact contact, string? agent, QueuePlace? place, SpokenTime time)
    {
        ArgumentNullException.ThrowIfNull(contact);
        var named = Named(agent);
        return contact.Standing switch
        {
            ContactStanding.WithAgent => new($"{named.Ja}とつながっています。", $"You are connected with {named.En}."),
            ContactStanding.Closed => new("この会話は終わりました。", "This conversation has ended."),
            ContactStanding.Waiting when contact.PromisedBy is { } by => new(
                $"{time.DayAndTime(by).Ja}までにお返事します。お待ちにならなくてもかまいません。",
                $"You'll have an answer by {time.DayAndTime(by).En}. You don't have to wait here."
            ),
            ContactStanding.Waiting when place is { } among => InQueue(among),
            ContactStanding.Waiting => new("担当者をお呼びしています。", "We're calling an agent."),
            _ => throw new UnreachableException(),
        };
    }

    private static Words InQueue(QueuePlace place)
    {
        var stands = new Words(
            $"担当者をお呼びしています。順番は{place.Place}番目です。",
            place.Place == 1
                ? "We're calling an agent. You are next."
                : $"We're calling an agent. You are number {place.Place} in the queue."
        );
        return place.Wait.InQueue() is { } wait ? stands.Then(wait) : stands;
    }

    /// <summary>The same as agents read it.</summary>
    public static Words StatusAtDesk(Contact contact, string? agent, SpokenTime time)
    {
        ArgumentNullException.ThrowIfNull(contact);
        return contact.Standing switch
        {
            ContactStanding.WithAgent => new($"{agent ?? someAgent.Ja}が対応しています。", $"{agent ?? Capital(someAgent.En)} has it."),
            ContactStanding.Closed(_, var at) => new($"{time.DayAndTime(at).Ja}に終わりました。", $"Ended on {time.DayAndTime(at).En}."),
            ContactStanding.Waiting when contact.PromisedBy is { } by => new(
                $"お客様に、{time.DayAndTime(by).Ja}までのお返事を約束しています。",
                $"The customer was promised an answer by {time.DayAndTime(by).En}."
            ),
            ContactStanding.Waiting => new(
                $"お客様が {time.DayAndTime(contact.QueuedAt).Ja} から待っています。",
                $"The customer has been waiting since {time.DayAndTime(contact.QueuedAt).En}."
            ),
            _ => throw new UnreachableException(),
        };
    }

    public static Words IsTyping(string agent) => new($"{agent}がタイピング中です", $"{agent} is typing");

    public static Words CustomerIsTyping { get; } = new("お客様が入力中です", "The customer is typing");

    /// <summary>Who said it, as the customer reads it.</summary>
    public static Words SpeakerOf(Speaker by, string? agent) =>
        by switch
        {
            Speaker.Customer => new("お客様", "You"),
            Speaker.Agent => agent is null ? new("担当者", "Agent") : new(agent, agent),
            Speaker.Shop => new("お知らせ", "Notice"),
            _ => throw new UnreachableException(),
        };

    /// <summary>What an agent minds where a mail came whose sender nothing proves.</summary>
    public static Words Unproved { get; } =
        new(
            "差出人を確かめられていないメールがあります。そのメールだけをもとに、ご注文を変えたり取り消したりしないでください。",
            "There is a mail from an unproved sender. Don't change or cancel an order because of that mail alone."
        );

    /// <summary>Where an agent's answer goes, where the customer wrote by mail.</summary>
    public static Words WhereAnswersGo(ContactId contact) =>
        contact.Order is null
            ? new(
                "お返事は、メールの差出人に届きます。ご注文の内容は書かないでください。",
                "Your answer goes to whoever sent the mail. Tell nothing about an order."
            )
            : new(
                "お返事は、ご注文のメールアドレスに届きます。メールの差出人が別の人でも、その人には届きません。",
                "Your answer goes to the order's own mail address, whoever sent the mail."
            );

    /// <summary>Who wrote a mail, as the customer reads it.</summary>
    public static Words SpeakerOf(MailOrigin mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return ByMail(mail, new("お客様", "You"), new("メールの差出人(お客様とは確かめられていません)", "Somebody (not shown to be you)"));
    }

    /// <summary>The same as agents read it.</summary>
    public static Words SpeakerAtDesk(MailOrigin mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return ByMail(mail, new("お客様", "Customer"), new("差出人を確かめられていません", "Unproved sender"));
    }

    private static Words ByMail(MailOrigin mail, Words proved, Words unproved)
    {
        var who = mail.Sender switch
        {
            SenderProof.Proved => proved,
            SenderProof.Unproved => unproved,
        };
        return mail.FileCount == 0
            ? new($"{who.Ja}・メール", $"{who.En}, by mail")
            : new(
                $"{who.Ja}・メール(添付{mail.FileCount}点は受け取っていません)",
                $"{who.En}, by mail ({(mail.FileCount == 1 ? "1 attachment" : $"{mail.FileCount} attachments")} not taken)"
            );
    }

    /// <summary>Why something was not done, and what to do.</summary>
    public static Words WhyNot(ContactRefusal refusal) =>
        refusal switch
        {
            ContactRefusal.NoSuchContact => new(
                "まだ何も尋ねられていません。はじめのご質問を書いてください。",
                "Nothing has been asked here yet. Write your first question."
            ),
            ContactRefusal.ContactClosed => new(
                "この会話は終わっています。続きは、新しいご質問としてお書きください。",
                "This conversation has ended. To go on, ask again as a new question."
            ),
            ContactRefusal.WithAnotherAgent => new(
                "ほかの担当者が対応しています。その人に引き継ぎを頼んでください。",
                "Another agent has this contact. Ask them to hand it over."
            ),
            ContactRefusal.NotClaimed => new("先に「対応する」を押してください。", "Take the contact first."),
            ContactRefusal.StillOpen => new("会話が終わってから評価できます。", "You can rate the conversation once it has ended."),
            ContactRefusal.TooManyMessages => new(
                "この会話には、これ以上書き込めません。お電話でお尋ねください。",
                "This conversation can take no more messages. Please call us."
            ),
            ContactRefusal.TooManyRatings => new(
                "評価は、もう何度もいただきました。ありがとうございました。",
                "You have rated this conversation several times. Thank you."
            ),
            ContactRefusal.TooManyTranscripts => new(
                "控えは、もう何度もお送りしました。届かないときは、お電話でお尋ねください。",
                "We have sent the transcript several times. If none arrived, please call us."
            ),
            ContactRefusal.NoProvedOrder => new(
                "お客様のものと確かめたご注文がありません。ご注文のお知らせのリンクから、もう一度尋ねてもらってください。",
                "No order is known to be this customer's. Ask them to open help from the link in a notice of that order."
            ),
            ContactRefusal.NoProvedAddress => new(
                "控えをお送りできるのは、確かめたメールアドレスだけです。",
                "A transcript goes only to a mail address that has been verified."
            ),
            ContactRefusal.InvalidRating => new("1から5までで選んでください。", "Choose from 1 to 5."),
        };

    private static Words Named(string? agent) => agent is null ? someAgent : new($"担当者の{agent}", agent);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
