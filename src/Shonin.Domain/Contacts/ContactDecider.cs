using System.Diagnostics;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Contacts;

/// <summary>What is asked of a contact.</summary>
public abstract record ContactCommand
{
    private ContactCommand() { }

    /// <summary>A question: it opens the contact, or opens it again; where it is open, the message joins those that are there.</summary>
    public sealed record Ask(
        string Owner,
        Locale Locale,
        ContactWay Way,
        ContactReach Reach,
        string? Question,
        DateTimeOffset? PromisedBy,
        NewMessage Message
    ) : ContactCommand
    {
        /// <summary>Whether a letter may say that the message arrived.</summary>
        public Acknowledgement Acknowledgement { get; init; } = Acknowledgement.None;
    }

    /// <summary>A message of the customer's, or of the agent who has the contact.</summary>
    public sealed record Say(Speaker By, NewMessage Message) : ContactCommand;

    /// <summary>A mail was brought, and judged.</summary>
    public sealed record BringMail(Speaker By, string ClientId, MailFinding Finding) : ContactCommand;

    /// <summary>The agent who has the contact shows the customer an order of theirs.</summary>
    public sealed record ShowOrder(string Agent, string ClientId, OrderId Order) : ContactCommand;

    public sealed record Claim(string Agent) : ContactCommand;

    public sealed record HandBack(string Agent) : ContactCommand;

    public sealed record HandOver(string From, string To) : ContactCommand;

    public sealed record Close(Speaker By) : ContactCommand;

    public sealed record Rate(int Stars) : ContactCommand;

    /// <param name="Letter">Its name, the caller's own: the same again is the same transcript.</param>
    public sealed record AskTranscript(Speaker By, string Letter) : ContactCommand;

    public sealed record CloseLetter(string Letter) : ContactCommand;

    public sealed record Wake : ContactCommand;
}

/// <param name="ClientId">Up to <see cref="ContactLimits.ClientIdLengthMax"/> letters, digits and hyphens.</param>
/// <param name="Document">What holds its text, fresh for this message.</param>
/// <param name="Notices">What is known of the numbers of notices that stand in it, in their order.</param>
public sealed record NewMessage(string ClientId, MessageKind Kind, string Document, params IReadOnlyList<NoticeFinding> Notices)
{
    /// <summary>Null for what was written on a page.</summary>
    public MailOrigin? Mail { get; init; }
}

/// <summary>Whether who writes is told by a letter that it arrived.</summary>
public enum Acknowledgement
{
    None,

    /// <summary>A proved sender, once a contact.</summary>
    Letter,
}

/// <summary>Why something in a contact was not done.</summary>
public enum ContactRefusal
{
    /// <summary>Nobody has asked anything here.</summary>
    NoSuchContact,

    /// <summary>It is closed: a new question opens it again.</summary>
    ContactClosed,

    /// <summary>Another agent has it.</summary>
    WithAnotherAgent,

    /// <summary>No agent has it; claim it first.</summary>
    NotClaimed,

    /// <summary>It is still open, and is rated when it is closed.</summary>
    StillOpen,

    /// <summary>More messages than a contact may have.</summary>
    TooManyMessages,

    /// <summary>More transcripts than one conversation needs.</summary>
    TooManyTranscripts,

    InvalidRating,

    /// <summary>More ratings than one conversation needs.</summary>
    TooManyRatings,

    /// <summary>Nobody has proved whose order it is.</summary>
    NoProvedOrder,

    /// <summary>No address of this customer is proved.</summary>
    NoProvedAddress,
}

public static class ContactLimits
{
    public const int ClientIdLengthMax = 64;

    /// <summary>Letters of one message.</summary>
    public const int TextLengthMax = 4_000;

    /// <summary>Messages of one contact over all its episodes.</summary>
    public const int MessageCountMax = 2_000;

    /// <summary>Of them, mails whose sender nothing proved: a stranger does not use up the customer's own.</summary>
    public const int UnprovedCountMax = 100;

    /// <summary>Transcripts of one contact over all its episodes.</summary>
    public const int TranscriptCountMax = 10;

    /// <summary>Ratings of one episode: people change their minds, and not a hundred times.</summary>
    public const int RatingCountMax = 5;
    public const int StarsMax = 5;
}

/// <summary>What a merchant has decided about contacts.</summary>
/// <param name="Patience">Who waits in a chat for so long is told so, and promised an answer; an agent who let it happen loses the contact.</param>
/// <param name="MailAnswerAfter">An answer that nobody has seen for so long goes by mail too.</param>
/// <param name="IdleAfter">An open contact in which nobody has said anything for so long, and nothing is unanswered, is closed by itself.</param>
/// <param name="PromiseFrom">Until when an answer is promised to who asks, or waits in vain, at this moment; always later than it.</param>
public sealed record ContactPolicy(
    TimeSpan Patience,
    TimeSpan MailAnswerAfter,
    TimeSpan IdleAfter,
    Func<DateTimeOffset, DateTimeOffset> PromiseFrom
);

/// <summary>Whether the customer has the contact's page open now.</summary>
public enum CustomerPresence
{
    Here,
    Away,
}

/// <summary>What became of a command: facts, of which a repeated one makes none, or why not.</summary>
public abstract record ContactDecision
{
    private ContactDecision() { }

    public sealed record Accepted(params IReadOnlyList<ContactFact> Facts) : ContactDecision;

    public sealed record Refused(ContactRefusal Why) : ContactDecision;
}

/// <summary>Decides what is done in a contact. One after the other, so that one agent has it and each message is there once.</summary>
public static class ContactDecider
{
    /// <summary>There is one a contact, for ever: machines that answer it in vain are not answered again.</summary>
    private const string AcknowledgementLetter = "acknowledgement";

    public static ContactDecision Decide(
        Contact? state,
        ContactCommand command,
        ContactPolicy policy,
        CustomerPresence presence,
        DateTimeOffset at
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (command is ContactCommand.Ask ask)
            return Decide(state, ask, at);
        if (state is null)
            return command is ContactCommand.Wake ? new ContactDecision.Accepted() : Refuse(ContactRefusal.NoSuchContact);
        return command switch
        {
            ContactCommand.Say say => Decide(state, say, at),
            ContactCommand.BringMail bring => Decide(state, bring, at),
            ContactCommand.ShowOrder show => Decide(state, show, at),
            ContactCommand.Claim(var agent) => Claim(state, agent, at),
            ContactCommand.HandBack(var agent) => IfHeldBy(state, agent, new ContactFact.HandedBack(agent, at)),
            ContactCommand.HandOver(var from, var to) => from == to
                ? new ContactDecision.Accepted()
                : IfHeldBy(state, from, new ContactFact.HandedOver(from, to, at)),
            ContactCommand.Close(var by) => Close(state, by, at),
            ContactCommand.Rate(var stars) => Rate(state, stars, at),
            ContactCommand.AskTranscript(var by, var letter) => AskTranscript(state, by, letter, at),
            ContactCommand.CloseLetter(var letter) => state.Letters.Contains(letter)
                ? new ContactDecision.Accepted(new ContactFact.LetterClosed(letter, at))
                : new ContactDecision.Accepted(),
            ContactCommand.Wake => Wake(state, policy, presence, at),
            ContactCommand.Ask => throw new UnreachableException(),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>When time alone does something; null where nothing is waited for.</summary>
    public static DateTimeOffset? AlarmOf(Contact state, ContactPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        return Earlier(ShowingOf(state, policy), WaitingOf(state, policy));
    }

    /// <summary>When an answer goes by mail, unless it was seen.</summary>
    private static DateTimeOffset? ShowingOf(Contact state, ContactPolicy policy) =>
        state is { UnseenSince: { } since, Reach: ContactReach.PageAndMail or ContactReach.PageAndAnswers }
            ? since + policy.MailAnswerAfter
            : null;

    /// <summary>When somebody has waited too long, or nobody waits for anything any more.</summary>
    private static DateTimeOffset? WaitingOf(Contact state, ContactPolicy policy) =>
        state switch
        {
            { IsOpen: false } => null,
            { PromisedBy: { } promised } => promised,
            { UnansweredSince: { } since } => since + policy.Patience,
            _ => state.LastAt + policy.IdleAfter,
        };

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private static ContactDecision Decide(Contact? state, ContactCommand.Ask ask, DateTimeOffset at)
    {
        if (state is not null && state.Owner != ask.Owner)
            return Refuse(ContactRefusal.NoSuchContact);
        if (state is not null && IsThere(state, Speaker.Customer.Instance, ask.Message.ClientId))
            return new ContactDecision.Accepted();
        if (ask.Message.Mail is { Sender: SenderProof.Unproved } && state?.UnprovedCount >= ContactLimits.UnprovedCountMax)
            return Refuse(ContactRefusal.TooManyMessages);
        if (state?.MessageCount >= ContactLimits.MessageCountMax)
            return Refuse(ContactRefusal.TooManyMessages);
        var said = SaidOf(Speaker.Customer.Instance, ask.Message, at);
        return state is { IsOpen: true }
            ? new ContactDecision.Accepted([.. said, .. PromiseByMail(state, ask, at)])
            : new ContactDecision.Accepted([
                new ContactFact.Opened(ask.Owner, ask.Locale, ask.Way, ask.Reach, ask.Question, ask.PromisedBy, at),
                .. said,
                .. AcknowledgeMail(state, ask, at),
            ]);
    }

    /// <summary>Who writes by mail does not wait at a page: where nobody waits yet, a time is promised.</summary>
    private static IEnumerable<ContactFact> PromiseByMail(Contact open, ContactCommand.Ask ask, DateTimeOffset at) =>
        open.UnansweredSince is null && ask is { Message.Mail: not null, PromisedBy: { } by }
            ? [new ContactFact.Promised(by, at), .. AcknowledgeMail(open, ask, at)]
            : [];

    private static ContactFact[] AcknowledgeMail(Contact? state, ContactCommand.Ask ask, DateTimeOffset at) =>
        state?.IsAcknowledged != true && ask is { Acknowledgement: Acknowledgement.Letter, Message.Mail.Sender: SenderProof.Proved }
            ? [new ContactFact.Acknowledged(AcknowledgementLetter, at)]
            : [];

    private static ContactDecision Decide(Contact state, ContactCommand.Say say, DateTimeOffset at)
    {
        if (IsThere(state, say.By, say.Message.ClientId))
            return new ContactDecision.Accepted();
        if (!state.IsOpen)
            return Refuse(ContactRefusal.ContactClosed);
        if (state.MessageCount >= ContactLimits.MessageCountMax)
            return Refuse(ContactRefusal.TooManyMessages);
        // Any agent may leave a note; customers hear one voice.
        if (say.By is Speaker.Agent(var agent) && say.Message.Kind != MessageKind.Note && state.Agent != agent)
            return Refuse(state.Agent is null ? ContactRefusal.NotClaimed : ContactRefusal.WithAnotherAgent);
        return new ContactDecision.Accepted(SaidOf(say.By, say.Message, at));
    }

    private static ContactDecision Decide(Contact state, ContactCommand.BringMail bring, DateTimeOffset at)
    {
        if (IsThere(state, bring.By, bring.ClientId))
            return new ContactDecision.Accepted();
        if (!state.IsOpen)
            return Refuse(ContactRefusal.ContactClosed);
        return state.MessageCount >= ContactLimits.MessageCountMax
            ? Refuse(ContactRefusal.TooManyMessages)
            : new ContactDecision.Accepted(new ContactFact.MailJudged(bring.By, bring.ClientId, bring.Finding, at));
    }

    private static ContactDecision Decide(Contact state, ContactCommand.ShowOrder show, DateTimeOffset at)
    {
        var by = new Speaker.Agent(show.Agent);
        if (IsThere(state, by, show.ClientId))
            return new ContactDecision.Accepted();
        return state.MessageCount >= ContactLimits.MessageCountMax
            ? Refuse(ContactRefusal.TooManyMessages)
            : IfHeldBy(state, show.Agent, new ContactFact.OrderShown(by, show.ClientId, show.Order, at));
    }

    private static ContactDecision Claim(Contact state, string agent, DateTimeOffset at) =>
        state.Standing switch
        {
            ContactStanding.Waiting => new ContactDecision.Accepted(new ContactFact.Claimed(agent, at)),
            ContactStanding.WithAgent(var holder, _) => holder == agent
                ? new ContactDecision.Accepted()
                : Refuse(ContactRefusal.WithAnotherAgent),
            ContactStanding.Closed => Refuse(ContactRefusal.ContactClosed),
            _ => throw new UnreachableException(),
        };

    private static ContactDecision IfHeldBy(Contact state, string agent, ContactFact happened) =>
        state.Standing switch
        {
            ContactStanding.WithAgent(var holder, _) => holder == agent
                ? new ContactDecision.Accepted(happened)
                : Refuse(ContactRefusal.WithAnotherAgent),
            ContactStanding.Waiting => Refuse(ContactRefusal.NotClaimed),
            ContactStanding.Closed => Refuse(ContactRefusal.ContactClosed),
            _ => throw new UnreachableException(),
        };

    private static ContactDecision Close(Contact state, Speaker by, DateTimeOffset at)
    {
        if (!state.IsOpen)
            return new ContactDecision.Accepted();
        return by is Speaker.Agent(var agent)
            ? IfHeldBy(state, agent, new ContactFact.Closed(by, LetterOf(state, $"follow-up-{state.Episode}"), at))
            : new ContactDecision.Accepted(new ContactFact.Closed(by, null, at));
    }

    private static ContactDecision Rate(Contact state, int stars, DateTimeOffset at)
    {
        if (stars is < 1 or > ContactLimits.StarsMax)
            return Refuse(ContactRefusal.InvalidRating);
        if (state.IsOpen)
            return Refuse(ContactRefusal.StillOpen);
        if (state.Stars == stars)
            return new ContactDecision.Accepted();
        return state.RatingCount >= ContactLimits.RatingCountMax
            ? Refuse(ContactRefusal.TooManyRatings)
            : new ContactDecision.Accepted(new ContactFact.Rated(stars, at));
    }

    private static ContactDecision AskTranscript(Contact state, Speaker by, string letter, DateTimeOffset at)
    {
        if (state.Transcripts.Contains(letter))
            return new ContactDecision.Accepted();
        if (state.Reach != ContactReach.PageAndMail)
            return Refuse(ContactRefusal.NoProvedAddress);
        return state.Transcripts.Count >= ContactLimits.TranscriptCountMax
            ? Refuse(ContactRefusal.TooManyTranscripts)
            : new ContactDecision.Accepted(new ContactFact.TranscriptAsked(by, letter, at));
    }

    private static ContactDecision.Accepted Wake(Contact state, ContactPolicy policy, CustomerPresence presence, DateTimeOffset at)
    {
        var facts = new List<ContactFact>();
        if (ShowingOf(state, policy) <= at)
        {
            facts.Add(
                presence == CustomerPresence.Here && !state.IsAskedByMail
                    ? new ContactFact.AnswerShown(at)
                    : new ContactFact.AnswerMailed($"answer-{state.MessageCount}", at)
            );
        }
        if (WaitingOf(state, policy) <= at)
        {
            if (state is { PromisedBy: null, UnansweredSince: null })
                return new([.. facts, new ContactFact.Closed(Speaker.Shop.Instance, null, at)]);
            // Whoever has it did not answer, and may be gone: it waits again for anybody.
            if (state.Agent is { } agent)
                facts.Add(new ContactFact.HandedBack(agent, at));
            var letter = presence == CustomerPresence.Here ? null : LetterOf(state, $"apology-{state.Episode}-{state.ApologyCount + 1}");
            facts.Add(new ContactFact.Apologised(policy.PromiseFrom(at), letter, at));
        }
        return new(facts);
    }

    /// <summary>Null where the customer has no proved address.</summary>
    private static string? LetterOf(Contact state, string name) =>
        state.Reach switch
        {
            ContactReach.PageAndMail => name,
            ContactReach.PageAlone or ContactReach.PageAndAnswers => null,
        };

    private static bool IsThere(Contact state, Speaker by, string clientId) => state.ClientIds.Contains(Contact.NameOf(by, clientId));

    /// <summary>What is known of its numbers is durable with the message: nobody reads the one without the other.</summary>
    private static IReadOnlyList<ContactFact> SaidOf(Speaker by, NewMessage message, DateTimeOffset at) =>
        [
            new ContactFact.Said(by, message.ClientId, message.Kind, message.Document, at) { Mail = message.Mail },
            .. message.Notices.Select((finding, index) => new ContactFact.NoticeJudged(index + 1, message.Notices.Count, finding, at)),
        ];

    private static ContactDecision.Refused Refuse(ContactRefusal why) => new(why);
}
