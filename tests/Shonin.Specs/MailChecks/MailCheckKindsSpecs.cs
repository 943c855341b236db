using System.Text;
using Shonin.EventLog;
using Shonin.MailChecks;
using Shonin.Streams;

namespace Shonin.Specs.MailChecks;

/// <summary>What a reported mail and one who asks at the check address decide: every state by every command.</summary>
public sealed class MailCheckKindsSpecs
{
    private static readonly DateTimeOffset start = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
    private static readonly ReportKind reports = new(TimeSpan.FromDays(90));
    private static readonly AskerKind askers = new();
    private static readonly StreamId report = ReportKind.StreamOf("R-7K3M-9QX2");
    private static readonly StreamId asker = new("asker-a1");

    private static readonly ReportFact[] reportFacts =
    [
        new ReportFact.Kept(start, 7, 2),
        new ReportFact.Handled(),
        new ReportFact.Deleted(),
    ];

    private static readonly (string Name, ReportLife? State)[] lives =
    [
        ("nothing", null),
        ("new", new(start, 7, 2, ReportState.New)),
        ("handled", new(start, 7, 2, ReportState.Handled)),
        ("deleted", new(start, 7, 2, null)),
    ];

    private static readonly (string Name, ReportCommand Command, TimeSpan After)[] reportCommands =
    [
        ("keep", new ReportCommand.Keep(start, 7, 2, ReportState.New), TimeSpan.Zero),
        ("keep handled", new ReportCommand.Keep(start, 7, 2, ReportState.Handled), TimeSpan.Zero),
        ("mark handled", new ReportCommand.MarkHandled(), TimeSpan.Zero),
        ("delete", new ReportCommand.Delete(), TimeSpan.Zero),
        ("look a moment before", reports.Wake, TimeSpan.FromDays(90) - TimeSpan.FromMilliseconds(1)),
        ("look at its time", reports.Wake, TimeSpan.FromDays(90)),
    ];

    [Fact]
    public void A_report_is_kept_once_handled_once_and_ends_by_a_person_or_at_its_time() =>
        Assert.Equal(
            """
            nothing, keep: Kept
            nothing, keep handled: Kept Handled
            nothing, mark handled: no, NoSuchReport
            nothing, delete: no, NoSuchReport
            nothing, look a moment before: no, NoSuchReport
            nothing, look at its time: no, NoSuchReport
            new, keep: no, NumberTaken
            new, keep handled: no, NumberTaken
            new, mark handled: Handled
            new, delete: Deleted
            new, look a moment before: nothing
            new, look at its time: Deleted
            handled, keep: no, NumberTaken
            handled, keep handled: no, NumberTaken
            handled, mark handled: nothing
            handled, delete: Deleted
            handled, look a moment before: nothing
            handled, look at its time: Deleted
            deleted, keep: no, NumberTaken
            deleted, keep handled: no, NumberTaken
            deleted, mark handled: no, NoSuchReport
            deleted, delete: no, NoSuchReport
            deleted, look a moment before: no, NoSuchReport
            deleted, look at its time: no, NoSuchReport
            """,
            string.Join(
                '\n',
                lives.SelectMany(life =>
                    reportCommands.Select(asked =>
                    {
                        var decided = reports.Decide(report, life.State, asked.Command, start + asked.After);
                        var facts =
                            decided.Facts.Count == 0 ? "nothing" : string.Join(' ', decided.Facts.Select(fact => fact.GetType().Name));
                        return $"{life.Name}, {asked.Name}: {(decided.Reply is { } why ? $"no, {why}" : facts)}";
                    })
                )
            )
        );

    [Fact]
    public void A_report_wakes_at_its_end_and_never_once_it_is_deleted() =>
        Assert.Equal(
            [start + TimeSpan.FromDays(90), start + TimeSpan.FromDays(90), null],
            lives.Skip(1).Select(life => reports.AlarmOf(life.State!))
        );

    [Fact]
    public void Facts_are_stored_under_lasting_names_and_hold_no_word_of_the_mail()
    {
        Assert.Equal(
            [
                """reportKept {"receivedAt":"2026-11-24T03:00:00+00:00","sizeBytes":7,"partCount":2}""",
                "reportHandled {}",
                "reportDeleted {}",
            ],
            reportFacts.Select(reports.Store).Select(stored => $"{stored.Type} {Encoding.UTF8.GetString(stored.Payload.Span)}")
        );
        Assert.Equal(reportFacts, reportFacts.Select(fact => reports.Load(Stored(report, reports.Store(fact)))));

        AskerFact[] facts = [new AskerFact.AnswerNoted("m1", start), new AskerFact.AnswerClosed("m1")];
        Assert.Equal(
            ["""answerNoted {"mail":"m1","at":"2026-11-24T03:00:00+00:00"}""", """answerClosed {"mail":"m1"}"""],
            facts.Select(askers.Store).Select(stored => $"{stored.Type} {Encoding.UTF8.GetString(stored.Payload.Span)}")
        );
        Assert.Equal(facts, facts.Select(fact => askers.Load(Stored(asker, askers.Store(fact)))));
    }

    [Fact]
    public void Facts_that_cannot_follow_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => reports.Evolve(null, new ReportFact.Handled()));
        Assert.Throws<InvalidOperationException>(() => reports.Evolve(lives[1].State, new ReportFact.Kept(start, 7, 2)));
        Assert.Throws<InvalidOperationException>(() => reports.Evolve(lives[3].State, new ReportFact.Deleted()));
        Assert.Throws<InvalidOperationException>(() => askers.Evolve(null, new AskerFact.AnswerClosed("m1")));
    }

    [Fact]
    public void One_who_asks_gets_so_many_answers_an_hour_each_once_and_each_is_closed_once()
    {
        Asker? state = null;
        Assert.Equal(AnswerNote.Noted, Note("m1", TimeSpan.Zero));
        Assert.Equal(AnswerNote.AnsweredBefore, Note("m1", TimeSpan.Zero));
        Assert.Equal(AnswerNote.Noted, Note("m2", TimeSpan.FromMinutes(1)));
        Assert.Equal(AnswerNote.SenderTooOften, Note("m3", TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(AnswerNote.Noted, Note("m3", TimeSpan.FromHours(1)));
        Assert.Equal(1, Close("m1"));
        Assert.Equal(0, Close("m1"));
        Assert.Equal(0, Close("unknown"));
        Assert.Equal(AnswerNote.AnsweredBefore, Note("m1", TimeSpan.FromDays(29)));
        Assert.Equal(AnswerNote.Noted, Note("m4", TimeSpan.FromDays(30)));
        Assert.Equal(["m2", "m3", "m4"], state!.Recent.Select(noted => noted.Mail));
        Assert.Equal(["m2", "m3", "m4"], state.Waiting.Order());

        AnswerNote? Note(string mail, TimeSpan after) => Decide(new AskerCommand.NoteAnswer(mail, start + after, PerHourMax: 2)).Reply;

        int Close(string mail) => Decide(new AskerCommand.CloseAnswer(mail)).Facts.Count;

        Decided<Asker, AskerFact, AnswerNote?> Decide(AskerCommand command)
        {
            var decided = askers.Decide(asker, state, command, start);
            state = decided.Facts.Aggregate(state, (before, fact) => askers.Evolve(before, fact));
            return decided;
        }
    }

    private static StoredEvent Stored(StreamId stream, NewEvent written) =>
        new(1, stream, 1, start, written.Type, written.Payload, default);
}
