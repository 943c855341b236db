using System.Collections.Immutable;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>Looks up a notice by the number that somebody quotes: only where it was sent to the address given.</summary>
internal delegate ValueTask<QuotedNotice?> FindQuotedNotice(string number, string recipient, CancellationToken cancellation);

/// <summary>What became of one mail to the check address.</summary>
internal enum Handling
{
    Answered,

    /// <summary>It gets no answer, or had one.</summary>
    Unanswered,

    /// <summary>It became a message of a contact.</summary>
    Taken,

    /// <summary>It stays where it is and is looked at again: DNS was away, or too many ask at once.</summary>
    PutOff,
}

/// <summary>
/// One mail to the check address, from its bytes to its noted answer. It sends nothing, and fetches nothing that a mail names.
/// </summary>
internal sealed class Answering(
    MailAuthenticator authenticator,
    OwnMailCheck check,
    FindQuotedNotice findNotice,
    SenderRules rules,
    AnswerMime mime
) : IMailboxWork
{
    private const int MessageIdLengthMax = 250;

    public required AnswerBook Book { get; init; }
    public required TimeProvider Clock { get; init; }
    public required ILogger Log { get; init; }

    public ValueTask<bool> IsSettledAsync(MailPlace place, CancellationToken cancellation) => Book.IsSettledAsync(place, cancellation);

    public ValueTask SettleAsync(MailPlace place) => Book.SettleAsync(place);

    public async ValueTask<Handling> HandleAsync(MailPlace place, ReadOnlyMemory<byte> raw, CancellationToken cancellation)
    {
        var now = Clock.GetUtcNow();
        if (MailMessage.Parse(raw) is not MessageParse.Parsed(var message))
            return await LeaveAsync(place, "it breaks a limit");
        var findings = await authenticator.CheckAsync(message, now, null, cancellation);
        switch (rules.Decide(message, findings, now))
        {
            case Correspondence.Unanswered(var why):
                return await LeaveAsync(place, why.ToString());
            case Correspondence.Undecided:
                return Handling.PutOff;
            case Correspondence.Answered(var author):
                var forwarded = ForwardedMail.Read(raw);
                var reply = await ReplyAsync(forwarded, author, cancellation);
                var messageId = message.First("Message-ID"u8)?.ValueText().Trim() is { Length: > 0 and <= MessageIdLengthMax } id
                    ? id
                    : null;
                var mail = Book.IdOf(author, messageId, raw.Span);
                return await NoteAsync(
                    mail,
                    place,
                    author,
                    now,
                    () => mime.Write(reply, mail, author, messageId, forwarded.Language, now),
                    cancellation
                );
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async ValueTask<CheckAnswer> ReplyAsync(ForwardedMail forwarded, string author, CancellationToken cancellation)
    {
        if (forwarded.Originals.IsEmpty)
            return new CheckAnswer.NoOriginal(await QuotedAsync(forwarded.NoticeNumbers, author, cancellation), forwarded.NoMail);
        var findings = ImmutableArray.CreateBuilder<ForwardedFinding>(forwarded.Originals.Length);
        foreach (var original in forwarded.Originals)
        {
            findings.Add(
                (await check.CheckAsync(original, author, cancellation)).Check switch
                {
                    MailCheck.Checked(var result) => new ForwardedFinding.Verdict(result.Verdict, result.Profile?.Name),
                    MailCheck.Refused => new ForwardedFinding.Unreadable(),
                    _ => throw new System.Diagnostics.UnreachableException(),
                }
            );
        }
        return new CheckAnswer.Judged(findings.MoveToImmutable(), forwarded.MoreCount);
    }

    private async ValueTask<QuotedNotice?> QuotedAsync(ImmutableArray<string> numbers, string author, CancellationToken cancellation)
    {
        foreach (var number in numbers)
        {
            if (await findNotice(number, author, cancellation) is { } notice)
                return notice;
        }

        return null;
    }

    private async ValueTask<Handling> NoteAsync(
        byte[] mail,
        MailPlace place,
        string author,
        DateTimeOffset now,
        Func<(string MessageId, byte[] Message)> write,
        CancellationToken cancellation
    )
    {
        var outcome = await Book.NoteAsync(mail, place, author, now, write, cancellation);
        if (outcome != AnswerNote.Noted)
            Log.LogInformation("Check mailbox: mail {Uid} is not answered now: {Why}", place.Uid, outcome);
        return outcome switch
        {
            AnswerNote.Noted => Handling.Answered,
            AnswerNote.AnsweredBefore or AnswerNote.SenderTooOften => Handling.Unanswered,
            AnswerNote.TooMany => Handling.PutOff,
        };
    }

    private async ValueTask<Handling> LeaveAsync(MailPlace place, string why)
    {
        Log.LogInformation("Check mailbox: mail {Uid} gets no answer: {Why}", place.Uid, why);
        await Book.SettleAsync(place);
        return Handling.Unanswered;
    }
}
