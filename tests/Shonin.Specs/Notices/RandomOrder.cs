using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Notices;

/// <summary>What a decision left behind.</summary>
internal sealed record RandomStep(
    Order Order,
    IReadOnlyList<OrderEvent> History,
    Decision.Accepted Accepted,
    DateTimeOffset Now,
    int Chance
);

/// <summary>An order that goes through whatever its numbers say: every command, answer and pause that there is.</summary>
internal static class RandomOrder
{
    // csharpier-ignore
    private static readonly string[] answers =
    [
        "00", "00", "10", "01", "05", "51", "14", "43", "91", "N7", "9G", "30", "12", "57", "XX",
    ];
    private static readonly string?[] networkCodes = [null, null, "G30", "G12"];
    private static readonly string?[] adviceCodes = [null, null, "03", "24", "02"];
    private static readonly string[] reversalAnswers = ["00", "21", "25", "96"];
    private static readonly CardOnFile[] cards =
    [
        new(new("card_1"), "visa", "0002", "2029-08", "f1"),
        new(new("card_2"), "jcb", "0505", "2030-01", "f2"),
    ];

    /// <summary>The order after each decision that was accepted.</summary>
    public static IEnumerable<RandomStep> Walk(int[] steps)
    {
        Order? order = null;
        var history = new List<OrderEvent>();
        var now = OrderStory.Morning;
        for (var index = 0; index <= steps.Length; index++)
        {
            var step = index == 0 ? 0 : steps[index - 1];
            now += Pause(step / 10);
            var command = order is null ? Place(step) : Command(order, step, index, now);
            var moment = new Moment(
                now,
                new ApprovalPolicy(),
                Orders.OrderRun.SuppliesFrom(1 + (index * Supplies.StanCount)),
                step % 7 == 0 ? LinkCondition.Down : LinkCondition.Up
            );
            if (OrderDecider.Decide(order, command, moment) is not Decision.Accepted accepted)
                continue;
            order = accepted.Order;
            history.AddRange(accepted.Events);
            yield return new(order, [.. history], accepted, now, step);
        }
    }

    private static TimeSpan Pause(int step) =>
        (step % 5) switch
        {
            0 or 1 => TimeSpan.FromSeconds(1),
            2 => TimeSpan.FromSeconds(31),
            3 => TimeSpan.FromMinutes(10),
            4 => TimeSpan.FromDays(2.1),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static OrderCommand.Place Place(int step) =>
        new(
            new("0193aaaabbbbccccddddeeeeffff0001"),
            "N1001",
            "customer-1",
            step % 2 == 0 ? Locale.Ja : Locale.En,
            [new("BEANS", "コーヒー豆", new(2_080, Currency.Jpy), 3), new("GIFT", "おまけ", new(0, Currency.Jpy), 1)],
            cards[0],
            null
        );

    private static OrderCommand Command(Order order, int step, int index, DateTimeOffset now) =>
        (step % 13) switch
        {
            0 or 1 or 2 => new OrderCommand.Wake(),
            3 or 4 or 5 => new OrderCommand.RecordAnswer(
                Answer(order.LastAttempt!.Claim, AnswerKind.Authorization, answers[step / 13 % answers.Length], step, now)
            ),
            6 or 7 => new OrderCommand.RecordAnswer(
                Answer(
                    order.Attempts.LastOrDefault(attempt => attempt.IsReversing)?.Reversal?.Claim ?? order.LastAttempt!.Claim,
                    AnswerKind.Reversal,
                    reversalAnswers[step / 13 % reversalAnswers.Length],
                    step,
                    now
                )
            ),
            8 => new OrderCommand.RecordNotSent(order.Attempts.Length, "no signed-on connection", Cause: (NotSentCause)(step / 13 % 3)),
            9 => new OrderCommand.Confirm($"confirm-{index}"),
            10 => new OrderCommand.ChangeCard($"change-{index}", cards[step / 13 % cards.Length]),
            11 when step / 13 % 3 == 0 => new OrderCommand.Cancel($"cancel-{index}", (CancelledBy)(step / 39 % 3), null),
            11 => new OrderCommand.Ship(
                $"ship-{index}",
                $"ship_{index}",
                step % 2 == 0 ? [] : [new ShippedItem("BEANS", 1)],
                "ヤマト運輸",
                "4501-2233-4455"
            ),
            12 when order.Shipments.Length > 0 && step / 13 % 2 == 0 => new OrderCommand.RecordAnswer(
                Answer(order.Shipments[^1].Claim, AnswerKind.Capture, step / 26 % 4 == 0 ? "13" : "00", step, now)
            ),
            12 when order.Shipments.Length > 0 => new OrderCommand.RegisterDelivery(order.Shipments[^1].Id, now),
            12 => new OrderCommand.Wake(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static NetworkAnswer Answer(Claim claim, AnswerKind kind, string code, int step, DateTimeOffset now) =>
        new(
            kind,
            claim.WireKey,
            claim.Rrn,
            code,
            code is "00" or "10" ? "A1B2C3" : null,
            adviceCodes[step / 7 % adviceCodes.Length],
            networkCodes[step / 3 % networkCodes.Length],
            null,
            code == "10" ? new Money(1_000, Currency.Jpy) : null,
            null,
            now,
            AnswerMatch.First
        );
}
