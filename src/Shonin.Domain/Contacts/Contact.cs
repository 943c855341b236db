using System.Collections.Immutable;

namespace Shonin.Domain.Contacts;

/// <summary>Where a contact stands.</summary>
public abstract record ContactStanding
{
    private ContactStanding() { }

    public sealed record Waiting : ContactStanding;

    public sealed record WithAgent(string Agent, DateTimeOffset Since) : ContactStanding;

    public sealed record Closed(Speaker By, DateTimeOffset At) : ContactStanding;
}

/// <summary>A contact: a fold over its facts. A fact that the state cannot have produced is an error, never ignored.</summary>
public sealed record Contact
{
    public required string Owner { get; init; }
    public required Locale Locale { get; init; }
    public required ContactWay Way { get; init; }
    public required ContactReach Reach { get; init; }

    /// <summary>What was asked last in the guided help, by its address, or null.</summary>
    public required string? Question { get; init; }
    public required ContactStanding Standing { get; init; }

    /// <summary>How often it was opened.</summary>
    public int Episode { get; init; } = 1;

    /// <summary>Since when the customer waits in this episode: kept when agents hand it on, so that nobody queues twice.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>Until when an answer is promised, and not given yet; null where none is.</summary>
    public DateTimeOffset? PromisedBy { get; init; }

    /// <summary>How often a promise of this episode was broken.</summary>
    public int ApologyCount { get; init; }

    /// <summary>When the customer last said something that no agent has answered; null where nothing is open.</summary>
    public DateTimeOffset? UnansweredSince { get; init; }

    /// <summary>Since when an agent's answer stands that the customer may not have seen; null where none does.</summary>
    public DateTimeOffset? UnseenSince { get; init; }
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>Messages of all episodes, notes included.</summary>
    public int MessageCount { get; init; }

    /// <summary>Names of messages that are there, by whoever said them.</summary>
    public ImmutableHashSet<string> ClientIds { get; init; } = [];

    /// <summary>The last rating of this episode, or null.</summary>
    public int? Stars { get; init; }

    /// <summary>Letters that have not left.</summary>
    public ImmutableArray<string> Letters { get; init; } = [];

    /// <summary>Transcripts asked for, by the names that those who asked gave them.</summary>
    public ImmutableHashSet<string> Transcripts { get; init; } = [];

    /// <summary>Whether the customer wrote last by mail: then no page shows an answer.</summary>
    public bool IsAskedByMail { get; init; }

    /// <summary>Mails whose sender nothing proved.</summary>
    public int UnprovedCount { get; init; }

    /// <summary>Whether a mail of the customer's was acknowledged.</summary>
    public bool IsAcknowledged { get; init; }

    /// <summary>How often this episode was rated.</summary>
    public int RatingCount { get; init; }

    public string? Agent => Standing is ContactStanding.WithAgent with ? with.Agent : null;

    public bool IsOpen => Standing is not ContactStanding.Closed;

    public static string NameOf(Speaker by, string clientId) =>
        by switch
        {
            Speaker.Customer => $"c/{clientId}",
            Speaker.Agent(var id) => $"a/{id}/{clientId}",
            Speaker.Shop => $"s/{clientId}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public static Contact Evolve(Contact? state, ContactFact happened) =>
        (state, happened) switch
        {
            (null, ContactFact.Opened opened) => new Contact
            {
                Owner = opened.Owner,
                Locale = opened.Locale,
                Way = opened.Way,
                Reach = opened.Reach,
                Question = opened.Question,
                Standing = new ContactStanding.Waiting(),
                QueuedAt = opened.At,
                PromisedBy = opened.PromisedBy,
                LastAt = opened.At,
            },
            ({ IsOpen: false }, ContactFact.Opened opened) => state with
            {
                Owner = opened.Owner,
                Locale = opened.Locale,
                Way = opened.Way,
                Reach = opened.Reach,
                Question = opened.Question,
                Standing = new ContactStanding.Waiting(),
                Episode = state.Episode + 1,
                QueuedAt = opened.At,
                PromisedBy = opened.PromisedBy,
                ApologyCount = 0,
                LastAt = opened.At,
                Stars = null,
                RatingCount = 0,
            },
            ({ IsOpen: true }, ContactFact.Said said) => state.After(said),
            ({ IsOpen: true, MessageCount: > 0 }, ContactFact.NoticeJudged) => state,
            ({ IsOpen: true }, ContactFact.MailJudged mail) => state.With(mail.By, mail.ClientId, mail.At) with
            {
                UnansweredSince = mail.By is Speaker.Customer ? state.UnansweredSince ?? mail.At : state.UnansweredSince,
            },
            ({ Agent: not null }, ContactFact.OrderShown shown) => state.With(shown.By, shown.ClientId, shown.At),
            ({ Standing: ContactStanding.Waiting }, ContactFact.Claimed claimed) => state with
            {
                Standing = new ContactStanding.WithAgent(claimed.Agent, claimed.At),
            },
            ({ Standing: ContactStanding.WithAgent(var agent, _) }, ContactFact.HandedBack back) when agent == back.Agent => state with
            {
                Standing = new ContactStanding.Waiting(),
            },
            ({ Standing: ContactStanding.WithAgent(var agent, _) }, ContactFact.HandedOver over) when agent == over.From => state with
            {
                Standing = new ContactStanding.WithAgent(over.To, over.At),
            },
            ({ IsOpen: true }, ContactFact.Closed closed) => state with
            {
                Standing = new ContactStanding.Closed(closed.By, closed.At),
                PromisedBy = null,
                UnansweredSince = null,
                Letters = state.With(closed.Letter),
            },
            ({ IsOpen: false }, ContactFact.Rated rated) => state with { Stars = rated.Stars, RatingCount = state.RatingCount + 1 },
            ({ IsOpen: true }, ContactFact.Apologised apologised) => state with
            {
                PromisedBy = apologised.PromisedBy,
                ApologyCount = state.ApologyCount + 1,
                Letters = state.With(apologised.Letter),
            },
            ({ IsOpen: true }, ContactFact.Promised promised) => state with { PromisedBy = promised.PromisedBy },
            ({ IsOpen: true, IsAcknowledged: false }, ContactFact.Acknowledged acknowledged) => state with
            {
                IsAcknowledged = true,
                Letters = state.With(acknowledged.Letter),
            },
            (not null, ContactFact.TranscriptAsked asked) => state with
            {
                Letters = state.With(asked.Letter),
                Transcripts = state.Transcripts.Add(asked.Letter),
            },
            ({ UnseenSince: not null }, ContactFact.AnswerShown) => state with { UnseenSince = null },
            ({ UnseenSince: not null }, ContactFact.AnswerMailed mailed) => state with
            {
                UnseenSince = null,
                Letters = state.With(mailed.Letter),
            },
            (not null, ContactFact.LetterClosed letter) when state.Letters.Contains(letter.Letter) => state with
            {
                Letters = state.Letters.Remove(letter.Letter),
            },
            _ => throw new InvalidOperationException(
                $"{happened.GetType().Name} cannot follow on {state?.Standing.ToString() ?? "nothing"}."
            ),
        };

    private Contact After(ContactFact.Said said)
    {
        var after = With(said.By, said.ClientId, said.At);
        return said switch
        {
            { Kind: MessageKind.Note } => after,
            { By: Speaker.Customer } => after with
            {
                UnansweredSince = UnansweredSince ?? said.At,
                // Who writes by mail may have written before an answer arrived.
                UnseenSince = said.Mail is null ? null : UnseenSince,
                IsAskedByMail = said.Mail is not null,
                UnprovedCount = said.Mail is { Sender: SenderProof.Unproved } ? UnprovedCount + 1 : UnprovedCount,
            },
            { By: Speaker.Agent } => after with { UnansweredSince = null, PromisedBy = null, UnseenSince = UnseenSince ?? said.At },
            _ => after,
        };
    }

    private Contact With(Speaker by, string clientId, DateTimeOffset at) =>
        this with
        {
            LastAt = at,
            MessageCount = MessageCount + 1,
            ClientIds = ClientIds.Add(NameOf(by, clientId)),
        };

    private ImmutableArray<string> With(string? letter) => letter is null ? Letters : Letters.Add(letter);
}
