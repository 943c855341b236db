using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
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
    private const int NameLength = 32; // 128 bits of a hash: no two letters share a name
    private const int ShortNameLength = 8;

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
        var text = TextOf(letter, context, [.. lines.TakeWhile(line => line.Number <= letter.Number)]).In(locale);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(item.Id)))[..NameLength];
        var (messageId, message) = mime.Write(
            new($"contact-{name}", person.Email, locale) { Author = AuthorOf(letter.Fact) },
            text,
            item.DueAt
        );
        return new(messageId, person.Email, KindOf(letter.Fact), name[..ShortNameLength], message, item.DueAt);
    }

    private Letter TextOf(ContactLetter letter, ContactLetterContext context, ImmutableArray<ContactLine> lines) =>
        letter.Fact switch
        {
            ContactFact.TranscriptAsked => ContactLetterWording.Transcript(context, [.. lines.Select(LineOf)]),
            ContactFact.AnswerMailed => ContactLetterWording.Answer(
                context,
                lines.LastOrDefault(line => line.Agent is not null)?.Agent,
                [.. Unseen(lines).Select(LineOf)]
            ),
            ContactFact.Apologised apologised => ContactLetterWording.Apology(context, apologised.PromisedBy),
            ContactFact.Closed => ContactLetterWording.FollowUp(context, lines.LastOrDefault(line => line.Agent is not null)?.Agent),
            ContactFact.Opened
            or ContactFact.Said
            or ContactFact.Claimed
            or ContactFact.HandedBack
            or ContactFact.HandedOver
            or ContactFact.Rated
            or ContactFact.AnswerShown
            or ContactFact.LetterClosed => throw new InvariantBrokenException("this fact asks for no letter"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

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

    private static LetterAuthor AuthorOf(ContactFact fact) => fact is ContactFact.AnswerMailed ? LetterAuthor.Person : LetterAuthor.Program;

    /// <summary>As notices of these kinds are called (followUp, transcript).</summary>
    private static string KindOf(ContactFact fact) =>
        fact switch
        {
            ContactFact.TranscriptAsked => "transcript",
            ContactFact.AnswerMailed => "answer",
            ContactFact.Apologised => "apology",
            ContactFact.Closed => "followUp",
            ContactFact.Opened
            or ContactFact.Said
            or ContactFact.Claimed
            or ContactFact.HandedBack
            or ContactFact.HandedOver
            or ContactFact.Rated
            or ContactFact.AnswerShown
            or ContactFact.LetterClosed => throw new InvariantBrokenException("this fact asks for no letter"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
