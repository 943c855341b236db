using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.MailChecks;

namespace Shonin.Simulation;

/// <summary>
/// What the check address promises, held against the log and what leaves: a mail has one answer, there are so many in an hour for one asker
/// and for all, none is refused without that, and nothing of an answer is kept once it has left.
/// </summary>
internal sealed class AskerChecks(World world)
{
    /// <summary>Answers that are noted in the same moment may stand on the log in another order than their times, by a moment.</summary>
    private static readonly TimeSpan moment = TimeSpan.FromSeconds(1);

    private static readonly string streams = AskerKind.StreamOf("").Value;

    private readonly AskerKind kind = new();
    private readonly Dictionary<string, Question> questions = [];
    private readonly List<Answer> answers = [];

    /// <summary>One mail, in however many places it lies.</summary>
    private sealed record Question(AskersMail Mail, List<DateTimeOffset> AskedAt);

    private sealed record Answer(string Name, AskersMail Mail, DateTimeOffset At)
    {
        public Digest? Said { get; set; }
        public bool IsClosed { get; set; }
    }

    /// <summary>The book is asked to note an answer to this mail, now or again.</summary>
    /// <param name="name">As the log has it.</param>
    public void Asked(string name, AskersMail mail, DateTimeOffset at)
    {
        if (!questions.TryGetValue(name, out var question))
            questions.Add(name, question = new Question(mail, []));
        if ((question.Mail.Author, question.Mail.MessageId) != (mail.Author, mail.MessageId))
            world.Checks.Broken($"{mail.MessageId} of {mail.Author} has the name of {question.Mail.MessageId} of {question.Mail.Author}");
        question.AskedAt.Add(at);
    }

    public void Committed(Append append)
    {
        if (!append.Stream.Value.StartsWith(streams, StringComparison.Ordinal))
            return;
        foreach (var written in append.Events)
        {
            switch (kind.Load(new StoredEvent(0, append.Stream, 0, append.At, written.Type, written.Payload, default)))
            {
                case AskerFact.AnswerNoted(var name, var at):
                    Noted(name, at);
                    break;
                case AskerFact.AnswerClosed(var name):
                    Closed(name);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>A relay takes it.</summary>
    public void Delivered(WaitingAnswer answer)
    {
        var said = Digest.Of(answer.MessageId, Convert.ToHexString(answer.Message));
        if (answers.Find(noted => noted.Name == answer.Mail) is not { } known)
            world.Checks.Broken($"{answer.MessageId} left and is not on the log");
        else if (known.Mail.Author != answer.Recipient)
            world.Checks.Broken($"The answer to {known.Mail.MessageId} of {known.Mail.Author} went to {answer.Recipient}");
        else if (known.Said is { } before && before != said)
            world.Checks.Broken($"{known.Mail.MessageId} was answered with two messages");
        else
            known.Said = said;
    }

    public void AtEnd()
    {
        foreach (var (name, question) in questions)
        {
            if (!answers.Exists(answer => answer.Name == name) && !question.AskedAt.Exists(at => HadEnough(question.Mail.Author, at)))
                world.Checks.Broken($"{question.Mail.MessageId} got no answer, and {question.Mail.Author} had not had too many");
        }
        foreach (var answer in answers)
        {
            if (answer is { Said: null } or { IsClosed: false })
                world.Checks.Broken($"The answer to {answer.Mail.MessageId} never left");
            if (IsKept(AskerKind.AnswerOf(answer.Name)))
                world.Checks.Broken($"The answer to {answer.Mail.MessageId} has left, and what it said is still kept");
        }
        var waiting = world.Merchant.Disk.ReadOutboxFirstsAsync(AnswerBook.Queue, DateTimeOffset.MaxValue, 1, CancellationToken.None);
        foreach (var item in waiting.AsTask().GetAwaiter().GetResult())
            world.Checks.Broken($"{item.Id} still waits to be sent");
    }

    private void Noted(string name, DateTimeOffset at)
    {
        if (!questions.TryGetValue(name, out var question))
        {
            world.Checks.Broken($"An answer was noted to {name}, which nobody was to answer");
            return;
        }
        if (answers.Exists(answer => answer.Name == name))
            world.Checks.Broken($"{question.Mail.MessageId} was answered twice");
        if (HadEnough(question.Mail.Author, at))
            world.Checks.Broken($"{question.Mail.Author} was answered more than {Askers.Limits.PerSenderPerHour} times in an hour");
        if (answers.Count(answer => answer.At > at - AskerKind.RateWindow + moment) >= Askers.Limits.PerHour)
            world.Checks.Broken($"There were more than {Askers.Limits.PerHour} answers in an hour");
        answers.Add(new Answer(name, question.Mail, at));
    }

    private void Closed(string name)
    {
        if (answers.Find(answer => answer.Name == name) is not { Said: not null, IsClosed: false } answer)
            world.Checks.Broken($"{name} was closed without an answer that has left, or twice");
        else
            answer.IsClosed = true;
    }

    private bool HadEnough(string author, DateTimeOffset at) =>
        answers.Count(answer => answer.Mail.Author == author && answer.At > at - AskerKind.RateWindow && answer.At < at + moment)
        >= Askers.Limits.PerSenderPerHour;

    private bool IsKept(string document) =>
        world.Merchant.Disk.ReadDocumentAsync(document, CancellationToken.None).AsTask().GetAwaiter().GetResult() is not null;
}
