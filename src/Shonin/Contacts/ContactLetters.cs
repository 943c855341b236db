using System.Collections.Immutable;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.EventLog;
using Shonin.Letters;
using Shonin.Merchant.Contacts;

namespace Shonin.Contacts;

/// <summary>
/// The letters of contacts: transcripts, answers that nobody has seen on the page, acknowledgements, apologies, and who helped. They go to
/// the order's own address and to no other; of a contact without an order, to the address that its first mail came from. Nothing of one is
/// kept: each is written from the log, the same each time, and a customer who was erased meanwhile gets none.
/// </summary>
/// <param name="replies">Where answers to them arrive; null where nobody reads any.</param>
internal sealed class ContactLetters(ContactBook contacts, FindOrder findOrder, LetterHead head, LetterMime mime, ReplyAddress? replies)
{
    private static readonly Words erased = new("(消去されました)", "(erased)");

    private readonly SpokenTime time = new(head.Merchant.TimeZone);

    public LetterBox Box => new(ContactBook.LetterQueue, "A letter of a contact") { Find = FindAsync, Close = contacts.CloseLetterAsync };

    private async ValueTask<WaitingLetter?> FindAsync(OutboxItem item, CancellationToken cancellation)
    {
        if (
            await contacts.FindLetterAsync(item) is not { Record: var record } letter
            || await RecipientOfAsync(record.Id, cancellation) is not { } recipient
        )
        {
            return null;
        }

        var locale = record.State.Locale;
        var replyTo = replies?.Of(record.Id);
        var context = new ContactLetterContext(head.Merchant, recipient.Name, head.PublicUrl + recipient.Page, recipient.Quoted)
        {
            Answers = replyTo is null ? LetterAnswers.Unread : LetterAnswers.JoinTheContact,
        };
        var lines = await contacts.LinesAsync(record, 0, ContactReader.Customer, cancellation);
        var written = WrittenOf(letter, context, [.. lines.TakeWhile(line => line.Number <= letter.Number)]);
        var name = LetterName.Of(item);
        var (messageId, message) = mime.Write(
            new($"contact-{name.Whole}", recipient.Address, locale)
            {
                Author = written.Author,
                ReplyTo = replyTo,
                InReplyTo = await LastMailAsync(letter, cancellation),
            },
            written.Text.In(locale),
            item.DueAt
        );
        return new(messageId, recipient.Address, written.Kind, name.Short, message, item.DueAt);
    }

    /// <param name="Page">The path of the contact's page, which its link opens.</param>
    /// <param name="Quoted">The order's number; null where there is no order.</param>
    private sealed record Recipient(string Address, string Name, string Page, string? Quoted);

    /// <summary>Null where there is nobody to write to any more.</summary>
    private async ValueTask<Recipient?> RecipientOfAsync(ContactId contact, CancellationToken cancellation)
    {
        if (contact.Order is { } about)
        {
            return await findOrder(about, cancellation) is { Person: { } person, AccessKey: { } link } order
                ? new(person.Email, person.Name, ContactAccess.PathOf(ContactLink.Order, link), order.Order.Number)
                : null;
        }
        return await contacts.PersonOfAsync(contact, cancellation) is { Email: { } email } asker
            ? new(email, asker.Name, ContactAccess.PathOf(ContactLink.Own, asker.AccessKey), null)
            : null;
    }

    /// <summary>
    /// The mail of the customer's that came last before the letter, so that mail programs show both as one conversation; null where the
    /// customer wrote on the page. A stranger's mail is not answered.
    /// </summary>
    private async ValueTask<string?> LastMailAsync(ContactLetter letter, CancellationToken cancellation) =>
        letter
            .Record.Facts.Take(letter.Number)
            .OfType<ContactFact.Said>()
            .LastOrDefault(said => said is { By: Speaker.Customer } && (letter.Record.Id.Order is null || IsCustomers(said)))
            is { } last
            ? await contacts.MessageIdOfAsync(letter.Record.Id, last, cancellation)
            : null;

    private static bool IsCustomers(ContactFact.Said said) => said.Mail is null or { Sender: SenderProof.Proved };

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
                ContactLetterWording.Answer(context, agent, [.. Unseen(letter, lines).Select(LineOf)])
            ),
            ContactFact.Acknowledged => new(
                "acknowledgement",
                LetterAuthor.ProgramInReply,
                ContactLetterWording.Acknowledgement(context, PromisedBefore(letter))
            ),
            ContactFact.Apologised apologised => new(
                "apology",
                LetterAuthor.Program,
                ContactLetterWording.Apology(context, apologised.PromisedBy)
            ),
            ContactFact.Closed => new("followUp", LetterAuthor.Program, ContactLetterWording.FollowUp(context, agent)),
            ContactFact.Opened
            or ContactFact.Said
            or ContactFact.Promised
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

    /// <summary>What agents said since the customer last saw what there was: on the page, or by mail.</summary>
    private static IEnumerable<ContactLine> Unseen(ContactLetter letter, ImmutableArray<ContactLine> lines)
    {
        var seen = letter
            .Record.Facts.Take(letter.Number - 1)
            .ToList()
            .FindLastIndex(fact =>
                fact is ContactFact.AnswerMailed or ContactFact.AnswerShown or ContactFact.Said { By: Speaker.Customer, Mail: null }
            );
        return lines.Where(line => line.Number > seen + 1 && line.Fact is ContactFact.Said { By: Speaker.Agent });
    }

    /// <summary>What was promised for the mail that is acknowledged; an acknowledgement follows on a promise.</summary>
    private static DateTimeOffset PromisedBefore(ContactLetter letter) =>
        letter
            .Record.Facts.Take(letter.Number)
            .Select(fact =>
                fact switch
                {
                    ContactFact.Opened opened => opened.PromisedBy,
                    ContactFact.Promised promised => promised.PromisedBy,
                    _ => null,
                }
            )
            .Last(by => by is not null)!
            .Value;

    private LetterLine LineOf(ContactLine line) =>
        new(
            line.Fact.At,
            line.Fact is ContactFact.Said said
                ? said.Mail is { } mail
                    ? ContactWording.SpeakerOf(mail)
                    : ContactWording.SpeakerOf(said.By, line.Agent)
                : null,
            ContactWording.LineOf(line.Fact, line.Agent, time) ?? (line.Text is { } text ? new(text, text) : erased)
        );
}
