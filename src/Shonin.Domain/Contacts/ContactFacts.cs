using Shonin.Domain.Orders;

namespace Shonin.Domain.Contacts;

/// <summary>One customer's request for help. An order has one, for ever: whoever asks again lands in it.</summary>
/// <param name="Value">Letters, digits and hyphens; it names no person and opens nothing.</param>
public readonly record struct ContactId(string Value)
{
    private const string AboutOrder = "o-";
    private const string WithoutOrder = "q-";

    public static ContactId Of(OrderId order) => new(AboutOrder + order.Value);

    /// <param name="drawn">Random, in hexadecimal digits.</param>
    public static ContactId WithoutAnOrder(string drawn) => new(WithoutOrder + drawn);

    /// <summary>The order that it is about, or null.</summary>
    public OrderId? Order => Value.StartsWith(AboutOrder, StringComparison.Ordinal) ? new OrderId(Value[AboutOrder.Length..]) : null;

    public override string ToString() => Value;
}

/// <summary>Who said or did something in a contact.</summary>
public abstract record Speaker
{
    private Speaker() { }

    public sealed record Customer : Speaker
    {
        public static Customer Instance { get; } = new();
    }

    /// <param name="Id">Of the agent at the desk; what customers read is the display name, which stands beside the log.</param>
    public sealed record Agent(string Id) : Speaker;

    /// <summary>The shop's own rules, where time alone does something.</summary>
    public sealed record Shop : Speaker
    {
        public static Shop Instance { get; } = new();
    }
}

/// <summary>By which way an answer reaches the customer.</summary>
public enum ContactWay
{
    /// <summary>Somebody answers while the customer waits.</summary>
    Chat,

    /// <summary>An answer by mail, by a promised time.</summary>
    Mail,
}

/// <summary>Where the customer can be reached beside the page.</summary>
public enum ContactReach
{
    /// <summary>By mail too: the order's notices go to that address.</summary>
    PageAndMail,

    /// <summary>An address that was only typed is nobody's until it is proved.</summary>
    PageAlone,

    /// <summary>
    /// A mail came from that address, or says so: what a person answers goes there, and nothing that the shop sends by itself.
    /// </summary>
    PageAndAnswers,
}

/// <summary>
/// What is known of the number of a notice that somebody wrote in a contact: no more than the page of checks tells anybody, but for whose
/// order it is where the order's link was opened.
/// </summary>
public abstract record NoticeFinding
{
    private NoticeFinding() { }

    /// <param name="SentAt">When its mail left; null while it had not.</param>
    public sealed record OfThisOrder(DateTimeOffset QueuedAt, DateTimeOffset? SentAt) : NoticeFinding;

    /// <summary>Of the order that was named beside it.</summary>
    public sealed record OfAnotherOrder(DateTimeOffset QueuedAt, DateTimeOffset? SentAt) : NoticeFinding;

    public sealed record NotOurs : NoticeFinding;

    /// <summary>No number that we give out: a slip of the hand, or not ours.</summary>
    public sealed record Mistyped : NoticeFinding;

    /// <summary>No order is at hand and none was named.</summary>
    public sealed record NeedsOrderNumber : NoticeFinding;

    /// <summary>Too many numbers that are not ours were tried from there.</summary>
    public sealed record NotNow : NoticeFinding;
}

/// <summary>What was found of a mail that somebody brought into a contact.</summary>
public enum MailFinding
{
    /// <summary>Our notice of this order, word for word, sent to its address.</summary>
    OfThisOrder,

    /// <summary>Ours.</summary>
    Genuine,

    /// <summary>From whom it names, which is another company.</summary>
    GenuineOfAnother,
    NotGenuine,
    CannotTell,
}

public enum MessageKind
{
    Text,

    /// <summary>Between agents: customers never see it.</summary>
    Note,
}

/// <summary>Whether a mail is shown to come from whom the contact is with.</summary>
public enum SenderProof
{
    Proved,
    Unproved,
}

/// <summary>What is known of the mail that a message came by.</summary>
/// <param name="FileCount">Files that hung on it; none of them was taken.</param>
public sealed record MailOrigin(SenderProof Sender, int FileCount);

/// <summary>
/// What happened in a contact, none of it personal: texts, pictures and names are documents beside the log. A fact's place in its stream
/// is the number by which both sides catch up.
/// </summary>
public abstract record ContactFact(DateTimeOffset At)
{
    /// <summary>The first question, or one more after the last had been closed.</summary>
    /// <param name="Owner">Whose the documents are.</param>
    /// <param name="Question">What was asked in the guided help, by its address; null where nothing was chosen.</param>
    /// <param name="PromisedBy">Until when an answer is promised; null in a chat.</param>
    public sealed record Opened(
        string Owner,
        Locale Locale,
        ContactWay Way,
        ContactReach Reach,
        string? Question,
        DateTimeOffset? PromisedBy,
        DateTimeOffset At
    ) : ContactFact(At);

    /// <param name="ClientId">The sender's own name for it: the same again is the same message.</param>
    /// <param name="Document">What holds its text.</param>
    public sealed record Said(Speaker By, string ClientId, MessageKind Kind, string Document, DateTimeOffset At) : ContactFact(At)
    {
        /// <summary>Null for what was written on a page.</summary>
        public MailOrigin? Mail { get; init; }
    }

    /// <summary>A question came by mail into a contact that was open: until when an answer is promised.</summary>
    public sealed record Promised(DateTimeOffset PromisedBy, DateTimeOffset At) : ContactFact(At);

    /// <summary>Who wrote by mail is told that it arrived.</summary>
    public sealed record Acknowledged(string Letter, DateTimeOffset At) : ContactFact(At);

    /// <summary>A number in the message before it that may be a notice's. The number itself stands in the message alone.</summary>
    /// <param name="Place">Among the numbers of that message, from 1.</param>
    /// <param name="Count">How many of them there are.</param>
    public sealed record NoticeJudged(int Place, int Count, NoticeFinding Finding, DateTimeOffset At) : ContactFact(At);

    /// <summary>Somebody brought a mail; nothing of it is kept.</summary>
    /// <param name="ClientId">As in <see cref="Said"/>.</param>
    public sealed record MailJudged(Speaker By, string ClientId, MailFinding Finding, DateTimeOffset At) : ContactFact(At);

    /// <summary>An order stands in the conversation, as it is whenever somebody reads it.</summary>
    /// <param name="ClientId">As in <see cref="Said"/>.</param>
    public sealed record OrderShown(Speaker By, string ClientId, OrderId Order, DateTimeOffset At) : ContactFact(At);

    public sealed record Claimed(string Agent, DateTimeOffset At) : ContactFact(At);

    /// <summary>It waits again, at the place that it had.</summary>
    public sealed record HandedBack(string Agent, DateTimeOffset At) : ContactFact(At);

    public sealed record HandedOver(string From, string To, DateTimeOffset At) : ContactFact(At);

    /// <param name="Letter">The follow-up that names who helped; null where there is none.</param>
    public sealed record Closed(Speaker By, string? Letter, DateTimeOffset At) : ContactFact(At);

    /// <param name="Stars">From 1 to 5.</param>
    public sealed record Rated(int Stars, DateTimeOffset At) : ContactFact(At);

    /// <summary>The promised time passed without an answer; a new one is promised.</summary>
    /// <param name="Letter">That says so; null where nothing is sent.</param>
    public sealed record Apologised(DateTimeOffset PromisedBy, string? Letter, DateTimeOffset At) : ContactFact(At);

    /// <param name="Letter">Its name among the contact's letters.</param>
    public sealed record TranscriptAsked(Speaker By, string Letter, DateTimeOffset At) : ContactFact(At);

    /// <summary>The customer's page was open while an answer stood on it.</summary>
    public sealed record AnswerShown(DateTimeOffset At) : ContactFact(At);

    /// <summary>An answer goes to the customer by mail too, because nobody had the page open.</summary>
    public sealed record AnswerMailed(string Letter, DateTimeOffset At) : ContactFact(At);

    /// <summary>A letter has left, or never will.</summary>
    public sealed record LetterClosed(string Letter, DateTimeOffset At) : ContactFact(At);
}
