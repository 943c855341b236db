using Shonin.Contacts;
using Shonin.EventLog;
using Shonin.Letters;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.Notices;

namespace Shonin.MailChecks;

/// <param name="Address">Where customers forward to.</param>
/// <param name="Trust">Whose Authentication-Results in that mailbox are believed.</param>
/// <param name="SizeBytesMax">A larger mail is not read.</param>
internal sealed record CheckAddressOptions(
    string Address,
    ImapOptions Imap,
    AnswerLimits Limits,
    MailboxPatience Patience,
    AuthResultsTrust Trust,
    int SizeBytesMax
);

/// <summary>What the check address takes from the rest of the house.</summary>
internal sealed record CheckAddressParts
{
    public required CheckDesk Desk { get; init; }
    public required OwnMailCheck Check { get; init; }
    public required FindQuotedNotice FindNotice { get; init; }
    public required LetterMime Mime { get; init; }

    /// <summary>What sends the letters of a box.</summary>
    public required Func<LetterBox, LetterSender> SenderOf { get; init; }

    /// <summary>Proves who sent a mail to us.</summary>
    public required MailAuthenticator Authenticator { get; init; }

    /// <summary>Where answers are noted.</summary>
    public required OwnedLog OwnedLog { get; init; }

    /// <summary>The key under which the book names senders and mails.</summary>
    public required byte[] BookKey { get; init; }

    /// <summary>Takes what comes back to the return path, where that leads into the same mailbox.</summary>
    public BounceDesk? Bounces { get; init; }

    /// <summary>Takes what is sent to the help address, which leads into the same mailbox.</summary>
    public ContactMails? Contacts { get; init; }
    public required TimeProvider Clock { get; init; }
    public required ILogger Log { get; init; }
}

/// <summary>
/// The address to which customers forward a mail that they doubt: each gets an answer by mail. A mailbox is read, an answer is noted, a
/// noted answer is sent; each of the three goes on by itself when another stands still.
/// </summary>
internal sealed class CheckAddress : IAsyncDisposable
{
    /// <summary>Older mails are not answered: a mail that was signed once can be sent again by anybody.</summary>
    private static readonly TimeSpan mailAgeMax = TimeSpan.FromDays(7);

    private readonly AnswerBook book;
    private readonly MailboxReader reader;
    private readonly LetterSender sender;

    private CheckAddress(AnswerBook book, MailboxReader reader, LetterSender sender) =>
        (this.book, this.reader, this.sender) = (book, reader, sender);

    public static async ValueTask<CheckAddress> OpenAsync(
        CheckAddressOptions options,
        CheckAddressParts parts,
        CancellationToken cancellation
    )
    {
        var book = await AnswerBook.OpenAsync(
            parts.OwnedLog,
            parts.BookKey,
            options.Limits,
            parts.Clock,
            fault => parts.Log.LogError(fault, "An answer of the check address met a fault of ours"),
            cancellation
        );
        var rules = new SenderRules(options.Address, [parts.Desk.Merchant.SenderAddress], mailAgeMax);
        var answering = new Answering(parts.Authenticator, parts.Check, parts.FindNotice, rules, new AnswerMime(parts.Desk, parts.Mime))
        {
            Book = book,
            Clock = parts.Clock,
            Log = parts.Log,
        };
        IMailboxWork forwarded = parts.Bounces is { } bounces ? new BouncesThenAnswers(bounces, answering) : answering;
        return new(
            book,
            new MailboxReader(
                options.Imap,
                parts.Contacts is { } contacts ? new ContactMailsFirst(contacts, forwarded) : forwarded,
                options.Patience,
                options.SizeBytesMax,
                parts.Clock,
                parts.Log
            ),
            parts.SenderOf(BoxOf(book))
        );
    }

    /// <summary>Runs until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(reader.RunAsync(cancellation), sender.RunAsync(cancellation));

    public AnswerBook Answers => book;

    public ValueTask DisposeAsync() => book.DisposeAsync();

    /// <summary>The answers that the book holds, as letters.</summary>
    internal static LetterBox BoxOf(AnswerBook book) =>
        new(AnswerBook.Queue, "An answer of the check address")
        {
            Find = async (item, cancellation) =>
                await book.FindAsync(item, cancellation) is { } answer
                    ? new(answer.MessageId, answer.Recipient, "check", answer.Mail[..8], answer.Message, answer.NotedAt)
                    : null,
            Close = book.CloseAsync,
        };
}
