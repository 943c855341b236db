using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Shonin.CardCompany.Deciding;
using static Shonin.Specs.CardCompany.CardStory;

namespace Shonin.Specs.CardCompany;

/// <summary>
/// Every account times every kind of request, and every standing of an authorization times every message about it. The table is
/// made to be read: its mistakes are visible. After a wanted change, copy the file that the failure names over the one beside this spec.
/// </summary>
public sealed class DecisionTableSpecs
{
    private static readonly (string Name, Account? Account)[] accounts =
    [
        ("open", Open),
        ("open, limit 10,000", Open with { Limit = new Amount(10_000, "JPY") }),
        ("the same, partial", Open with { Limit = new Amount(10_000, "JPY"), Rule = AnswerRule.ApproveInPart.Instance }),
        ("decline:05, advice 03", Open with { Rule = new AnswerRule.Decline("05"), AdviceCode = "03" }),
        ("refer:01, network G30", Open with { Rule = new AnswerRule.Refer("01"), NetworkCode = "G30" }),
        ("n7", Open with { Rule = AnswerRule.RegisteredWrongly.Instance }),
        ("in arrears", Open with { Arrears = ArrearsState.Due }),
        ("blocked", Open with { State = AccountState.Blocked }),
        ("lost", Open with { State = AccountState.Lost }),
        ("stolen", Open with { State = AccountState.Stolen }),
        ("expired", Open with { State = AccountState.Expired }),
        ("closed", Open with { State = AccountState.Closed }),
        ("unknown card", null),
    ];

    private static readonly (string Name, Func<CardStory, Answer> Tell)[] requests =
    [
        ("¥1,000", story => story.Tell(Authorize(1, 1_000))),
        ("without security code", story => story.Tell(Authorize(1, 1_000, code: null))),
        ("wrong security code", story => story.Tell(Authorize(1, 1_000, code: "999"))),
        ("other expiry", story => story.Tell(Authorize(1, 1_000, expiry: new Expiry(2031, 1)))),
        ("past expiry", story => story.Tell(Authorize(1, 1_000, expiry: new Expiry(2026, 10)))),
        ("¥20,000", story => story.Tell(Authorize(1, 20_000))),
        ("¥20,000 or a part", story => story.Tell(Authorize(1, 20_000, partial: PartialApproval.Supported))),
        ("¥0", story => story.Tell(Authorize(1, 0))),
        ("10.00 USD", story => story.Tell(Authorize(1, 1_000, "USD"))),
        ("unknown currency", story => story.Tell(Authorize(1, 1_000, "999"))),
        ("other processing", story => story.Tell(Authorize(1, 1_000, processing: "010000"))),
        ("the same again", story => story.After(Authorize(1, 1_000)).Tell(Authorize(1, 1_000, mti: "0101"))),
        ("same key, ¥2,000", story => story.After(Authorize(1, 1_000)).Tell(Authorize(1, 2_000))),
        ("after its own reversal", story => story.After(Reverse(2, original: 1)).Tell(Authorize(1, 1_000))),
        ("referral released", story => story.After(new CardCommand.ReleaseReferral(Start, "agent")).Tell(Authorize(1, 1_000))),
        ("arrears settled", story => story.After(new CardCommand.SettleArrears(Start, "agent")).Tell(Authorize(1, 1_000))),
    ];

    private static readonly (string Name, Func<CardStory> Story)[] standings =
    [
        ("never seen", () => new CardStory(Open)),
        ("declined", () => new CardStory(Open with { State = AccountState.Closed }).After(Authorize(1, 1_000))),
        ("held 1,000", () => new CardStory(Open).After(Authorize(1, 1_000))),
        ("captured 400 of 1,000", () => new CardStory(Open).After(Authorize(1, 1_000)).After(Capture(2, 1, 400))),
        ("brought down to 600", () => new CardStory(Open).After(Authorize(1, 1_000)).After(Reverse(2, 1, newTotal: 600))),
        ("cleared", () => new CardStory(Open).After(Authorize(1, 1_000)).After(Capture(2, 1, 1_000))),
        ("cleared, 300 refunded", () =>
            new CardStory(Open).After(Authorize(1, 1_000)).After(Capture(2, 1, 1_000)).After(Refund(3, 1, 300))
        ),
        ("reversed", () => new CardStory(Open).After(Authorize(1, 1_000)).After(Reverse(2, 1))),
        ("expired", () => Later(new CardStory(Open).After(Authorize(1, 1_000)))),
        ("captured 400, expired", () => Later(new CardStory(Open).After(Authorize(1, 1_000)).After(Capture(2, 1, 400)))),
        ("reversed ahead", () => new CardStory(Open).After(Reverse(2, 1))),
        ("approved by stand-in", () => new CardStory(Open).After(Advise(1, 1_000, "00"))),
        ("declined by stand-in", () => new CardStory(Open).After(Advise(1, 1_000, "05"))),
    ];

    private static readonly (string Name, Func<CardStory, Answer> Tell)[] messages =
    [
        ("reversal", story => story.Tell(Reverse(9, 1))),
        ("down to 600", story => story.Tell(Reverse(9, 1, newTotal: 600))),
        ("down to 300", story => story.Tell(Reverse(9, 1, newTotal: 300))),
        ("up to 2,000", story => story.Tell(Reverse(9, 1, newTotal: 2_000))),
        ("capture 600", story => story.Tell(Capture(9, 1, 600, CodeOf(story)))),
        ("capture 1,000", story => story.Tell(Capture(9, 1, 1_000, CodeOf(story)))),
        ("capture 0", story => story.Tell(Capture(9, 1, 0, CodeOf(story)))),
        ("capture, other code", story => story.Tell(Capture(9, 1, 600, "X99999"))),
        ("capture in USD", story => story.Tell(Capture(9, 1, 600, CodeOf(story), "USD"))),
        ("refund 400", story => story.Tell(Refund(9, 1, 400))),
        ("refund 800", story => story.Tell(Refund(9, 1, 800))),
        ("advice 00", story => story.Tell(Advise(1, 1_000, "00"))),
        ("advice 05", story => story.Tell(Advise(1, 1_000, "05"))),
        ("its request", story => story.Tell(Authorize(1, 1_000))),
    ];

    [Fact]
    public void Every_state_times_every_message_gives_the_answers_of_the_approved_table()
    {
        var table = new StringBuilder();
        table.Append("AUTHORIZATIONS: what each account answers. Code, what is beside it, why, and what is used of the card afterwards.\n");
        foreach (var (name, account) in accounts)
            Section(table, name, requests, () => new CardStory(account));
        table.Append("\nAFTERWARDS: what each authorization of 1,000 answers to a message about it.\n");
        foreach (var (name, story) in standings)
            Section(table, name, messages, story);

        var received = Path.Combine(AppContext.BaseDirectory, "DecisionTable.txt");
        File.WriteAllText(received, table.ToString());
        var approved = Beside("DecisionTable.txt");
        Assert.True(
            File.Exists(approved) && File.ReadAllText(approved) == table.ToString(),
            $"The decision table changed: compare {received} with {approved}."
        );
    }

    private static void Section(
        StringBuilder table,
        string name,
        (string Name, Func<CardStory, Answer> Tell)[] columns,
        Func<CardStory> begin
    )
    {
        table.Append(CultureInfo.InvariantCulture, $"\n{name}\n");
        foreach (var (message, tell) in columns)
        {
            var story = begin();
            var answer = tell(story);
            table.Append(
                CultureInfo.InvariantCulture,
                $"  {message, -24}{Describe(answer), -22}{story.LastReason, -22} used {story.History.Used("JPY")}\n"
            );
        }
    }

    private static string Describe(Answer answer) =>
        string.Join(
            ' ',
            new[]
            {
                answer.ResponseCode,
                answer.ApprovedAmount?.MinorUnits.ToString(CultureInfo.InvariantCulture),
                answer.AdviceCode,
                answer.NetworkCode,
                answer.SecurityCodeResult,
            }.OfType<string>()
        );

    private static string CodeOf(CardStory story) =>
        story.History.FirstAnswers.GetValueOrDefault(Key(1))?.Answer.ApprovalCode ?? ApprovalCode;

    private static CardStory Later(CardStory story)
    {
        story.Now = Start + Validity;
        return story;
    }

    private static string Beside(string name, [CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, name);
}
