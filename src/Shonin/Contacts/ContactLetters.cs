using System.Collections.Immutable;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.EventLog;
using Shonin.Letters;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;

namespace Shonin.Contacts;

/// <summary>
/// The letters of contacts: transcripts, answers that nobody has seen on the page, apologies, and who helped. They go to the order's own
/// address and to no other. Nothing of one is kept: each is written from the log, the same each time, and a customer who was erased
/// meanwhile gets none.
/// </summary>
internal sealed class ContactLetters(ContactBook contacts, OrderBook orders, LetterHead head, LetterMime mime)
{
    private static readonly Words erased = new("(消去されました)", "(erased)");

    private readonly SpokenTime time = new(head.Merchant.TimeZone);

    public LetterBox Box => new(ContactBook.LetterQueue, "A letter of a contact") { Find = FindAsync, Close = contacts.CloseLetterAsync };

    private async ValueTask<WaitingLetter?> FindAsync(OutboxItem item, CancellationToken cancellation)
    {
        if (
            await contacts.FindLetterAsync(item) is not { Record: var record } letter
            || record.Id.Order is not { } about
            || await orders.FindAsync(about, cancellation) is not { Person: { } person, AccessKey: { } link } order
        )
        {
            return null;
        }

        var locale = record.State.Locale;
        var context = new ContactLetterContext(
            head.Merchant,
            person.Name,
            $"{head.PublicUrl}{ContactAccess.PathOf(ContactLink.Order, link)}",
            order.Order.Number
        );
        var lines = await contacts.LinesAsync(record, 0, ContactReader.Customer, cancellation);
        var written = WrittenOf(letter, context, [.. lines.TakeWhile(line => line.Number <= letter.Number)]);
        var name = LetterName.Of(item);
        var (messageId, message) = mime.Write(
            new($"contact-{name.Whole}", person.Email, locale) { Author = written.Author },
            written.Text.In(locale),
            item.DueAt
        );
        return new(messageId, person.Email, written.Kind, name.Short, message, item.DueAt);
    }

    /// <param name="Kind">As notices of these kinds are called (followUp, transcript).</param>
    private sealed record Written(string Kind, LetterAuthor Author, Letter Text);

    private Written WrittenOf(ContactLetter letter, ContactLetterContext context, ImmutableArray<ContactLine> lines)
    {
        var agent = lines.LastOrDefault(line => line.Agent is not null)?.Agent;
        return letter.Fact switch
        {
            ContactFact.TranscriptAsked => new(
                "transcript",
                LetterAuthor.Program,
                ContactLetterWording.Transcript(context, [.. lines.Select(LineOf)])
            ),
            ContactFact.AnswerMailed => new(
                "answer",
                LetterAuthor.Person,
                ContactLetterWording.Answer(context, agent, [.. Unseen(lines).Select(LineOf)])
            ),
            ContactFact.Apologised apologised => new(
                "apology",
                LetterAuthor.Program,
                ContactLetterWording.Apology(context, apologised.PromisedBy)
            ),
            ContactFact.Closed => new("followUp", LetterAuthor.Program, ContactLetterWording.FollowUp(context, agent)),
            ContactFact.Opened
            or ContactFact.Said
            or ContactFact.NoticeJudged
            or ContactFact.MailJudged
            or ContactFact.OrderShown
            or ContactFact.Claimed
            or ContactFact.HandedBack
            or ContactFact.HandedOver
            or ContactFact.Rated
            or ContactFact.AnswerShown
            or ContactFact.LetterClosed => throw new InvariantBrokenException("this fact asks for no letter"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>What agents said since the customer last spoke.</summary>
    private static IEnumerable<ContactLine> Unseen(ImmutableArray<ContactLine> lines) =>
        lines
            .Reverse()
            .TakeWhile(line => line.Fact is not ContactFact.Said { By: Speaker.Customer })
            .Where(line => line.Fact is ContactFact.Said { By: Speaker.Agent })
            .Reverse();

    private LetterLine LineOf(ContactLine line) =>
        new(
            line.Fact.At,
            line.Fact is ContactFact.Said said ? ContactWording.SpeakerOf(said.By, line.Agent) : null,
            ContactWording.LineOf(line.Fact, line.Agent, time) ?? (line.Text is { } text ? new(text, text) : erased)
        );
}
