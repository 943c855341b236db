using System.Collections.Immutable;
using Shonin.Domain.Contacts;

namespace Shonin.Merchant.Contacts;

/// <summary>What became durable in a contact by one decision.</summary>
/// <param name="From">The stream's version before it; the facts follow on it.</param>
public sealed record ContactChange(ContactId Id, long From, IReadOnlyList<ContactFact> Facts, Contact After);

/// <summary>A contact as it stands.</summary>
/// <param name="Version">The number of its last fact: the first has number 1.</param>
public sealed record ContactRecord(ContactId Id, Contact State, long Version, IReadOnlyList<ContactFact> Facts);

/// <summary>A letter that has not left.</summary>
/// <param name="Number">Of the fact that asked for it: what came later is not in it.</param>
public sealed record ContactLetter(ContactRecord Record, string Name, int Number)
{
    public ContactFact Fact => Record.Facts[Number - 1];
}

/// <summary>A message as somebody typed it.</summary>
/// <param name="ClientId">The sender's own name for it, so that the same again is the same message.</param>
/// <param name="Notices">What is known of the numbers of notices that stand in it, in their order.</param>
public sealed record TypedMessage(string ClientId, MessageKind Kind, string Text, params IReadOnlyList<NoticeFinding> Notices)
{
    /// <summary>Null for what was written on a page.</summary>
    public ReceivedMail? Mail { get; init; }
}

/// <summary>The mail that a message came by.</summary>
/// <param name="MessageId">As it stands there, so that an answer names it; null where there is none.</param>
public sealed record ReceivedMail(MailOrigin Origin, string? MessageId);

/// <summary>Who asks without an order at hand.</summary>
/// <param name="Email">Not proved by anything.</param>
public sealed record ContactPerson(string Name, string? Email, string AccessKey);

/// <summary>Who wrote a mail, as it says itself.</summary>
/// <param name="Name">Beside the address; empty where there is none.</param>
public sealed record MailAuthor(string Name, string Address);

/// <summary>A line of the conversation, as one of the two sides reads it.</summary>
/// <param name="Number">Of its fact.</param>
/// <param name="Text">What was said; null where the fact says it all, or the customer's data were erased.</param>
/// <param name="Agent">The display name of the agent that it speaks of, or null.</param>
public sealed record ContactLine(long Number, ContactFact Fact, string? Text, string? Agent);

public enum ContactReader
{
    Customer,
    Agent,
}

/// <summary>What became of a request about a contact.</summary>
public abstract record ContactResult
{
    private ContactResult() { }

    /// <summary>Durable.</summary>
    public sealed record Done(ContactRecord Record) : ContactResult;

    public sealed record Refused(ContactRefusal Why) : ContactResult;

    /// <summary>Nothing was changed, and the same may go well later.</summary>
    public sealed record NotNow(string Why) : ContactResult;
}

/// <summary>Contacts that wait, and where each stands among them.</summary>
/// <param name="IsWhole">Whether every one is there; not while the list is being built from the log.</param>
public sealed record ContactList(ImmutableArray<ListedContact> Contacts, bool IsWhole);

/// <summary>How a question opens a contact.</summary>
/// <param name="Question">What was chosen in the guided help, by its address, or null.</param>
/// <param name="PromisedBy">Until when an answer is promised; null in a chat.</param>
public sealed record ContactOpening(ContactWay Way, string? Question, DateTimeOffset? PromisedBy)
{
    /// <summary>Null for what a contact of its kind has.</summary>
    public ContactReach? Reach { get; init; }

    /// <summary>Whether a letter may say that the message arrived.</summary>
    public Acknowledgement Acknowledgement { get; init; } = Acknowledgement.None;
}
