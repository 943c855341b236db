namespace Shonin.CardNetwork.Line;

/// <summary>
/// What the line does wrong, as rules. For each request that comes from the merchant, every rule that fits it counts it; the first
/// one whose turn it is decides what happens to the request, and the first one whose turn it is to touch the answer decides that.
/// </summary>
public sealed record LineScript(IReadOnlyList<LineRule> Rules)
{
    /// <summary>A line that does nothing wrong.</summary>
    public static readonly LineScript Honest = new([]);

    /// <summary>The faults of the demo's accounts.</summary>
    /// <param name="answerTimeout">How long the merchant waits for an answer.</param>
    public static LineScript Demo(TimeSpan answerTimeout) =>
        new([
            new LineRule("the first request of each order is lost")
            {
                CardEndsWith = "0119",
                Requests = ["0100"],
                Per = LineGroup.Order,
                First = 1,
                Affects = LinePart.Request,
                Action = LineAction.Lose.Instance,
            },
            new LineRule("the first request of the card's second order is lost")
            {
                CardEndsWith = "0135",
                Requests = ["0100"],
                Per = LineGroup.Card,
                SkipOrders = 1,
                First = 1,
                Affects = LinePart.Request,
                Action = LineAction.Lose.Instance,
            },
            new LineRule("the answer to each order's first request is lost")
            {
                CardEndsWith = "0259",
                Requests = ["0100"],
                Per = LineGroup.Order,
                First = 1,
                Affects = LinePart.Answer,
                Action = LineAction.Lose.Instance,
            },
            new LineRule("the answer to each order's first request takes twice as long as the merchant waits")
            {
                CardEndsWith = "0341",
                Requests = ["0100"],
                Per = LineGroup.Order,
                First = 1,
                Affects = LinePart.Answer,
                Action = new LineAction.Delay(answerTimeout * 2),
            },
        ]);
}

/// <summary>One fault, and which messages it befalls. What is not said fits every message.</summary>
/// <param name="Name">For the log.</param>
public sealed record LineRule(string Name)
{
    /// <summary>The card's last four digits.</summary>
    public string? CardEndsWith { get; init; }

    /// <summary>Field 62 of the request, whole.</summary>
    public string? Order { get; init; }

    /// <summary>Types of requests, as in 0100; none means all. An answer is named by its request's type.</summary>
    public IReadOnlyList<string> Requests { get; init; } = [];

    /// <summary>What is counted together.</summary>
    public LineGroup Per { get; init; } = LineGroup.Line;

    /// <summary>How many orders of each card pass unharmed and uncounted, however often they are asked for.</summary>
    public int SkipOrders { get; init; }

    /// <summary>How many requests of a group pass unharmed before the rule's turn comes.</summary>
    public int Skip { get; init; }

    /// <summary>How many requests of a group the rule befalls then.</summary>
    public int First { get; init; } = int.MaxValue;
    public LinePart Affects { get; init; } = LinePart.Request;
    public required LineAction Action { get; init; }
}

/// <summary>What a rule counts together: the requests of an order, of a card, or all of them.</summary>
public enum LineGroup
{
    Line,
    Order,
    Card,
}

/// <summary>Which half of an exchange a rule befalls.</summary>
public enum LinePart
{
    Request,
    Answer,
}

/// <summary>What befalls a message.</summary>
public abstract record LineAction
{
    private LineAction() { }

    /// <summary>It never arrives.</summary>
    public sealed record Lose : LineAction
    {
        public static readonly Lose Instance = new();
    }

    /// <summary>It arrives later, and others overtake it.</summary>
    public sealed record Delay(TimeSpan By) : LineAction;

    /// <summary>It arrives, and so many times again.</summary>
    /// <param name="By">The pause before each repetition.</param>
    public sealed record Repeat(int Times, TimeSpan By) : LineAction;

    /// <summary>Only its first bytes arrive, the two of its length counted; then both sides are closed.</summary>
    public sealed record Cut(int Bytes) : LineAction;

    /// <summary>It arrives with the right length and wrong bytes in it.</summary>
    public sealed record Garble : LineAction
    {
        public static readonly Garble Instance = new();
    }

    /// <summary>From here on the connection looks open and carries nothing, either way.</summary>
    public sealed record Hold : LineAction
    {
        public static readonly Hold Instance = new();
    }

    /// <summary>Both sides are closed instead.</summary>
    public sealed record Close : LineAction
    {
        public static readonly Close Instance = new();
    }
}
