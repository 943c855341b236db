using System.CommandLine;
using System.Globalization;
using Shonin.Bench;

namespace Shonin.Verbs;

/// <summary><c>shonin bench</c>: our figures beside the machine's own limits, measured in the same run.</summary>
internal static class BenchVerb
{
    public const string BareHubName = "bare-hub";

    private const int CardCountMax = 1_000_000;

    /// <summary>How long each figure is measured where nothing is said, and whether what was promised held.</summary>
    private sealed record Usual(TimeSpan Each)
    {
        public Func<IReadOnlyList<Figure>, bool> IsKept { get; init; } = _ => true;
    }

    private static readonly Usual usual = new(TimeSpan.FromSeconds(5));

    public static Command Command(VerbContext context)
    {
        var command = new Command("bench", "Measures, each figure beside the machine's own limit in the same run.")
        {
            Approvals(context),
            Shop(context),
            Chat(context),
            BareHubForChat(context),
            One(
                "iso8583",
                "Messages built, written and read, beside npm iso_8583 and the copying of their bytes.",
                Iso8583Bench.MeasureAsync,
                context
            ),
            One("mail", "Mail verification beside openssl and MimeKit.", MailBench.RunAsync, context),
        };
        return command;
    }

    private static Command Approvals(VerbContext context)
    {
        var warmUp = WarmUp(ApprovalsBench.UsualWarmUp);
        var orders = new Option<int>("--orders")
        {
            Description = "Instead: whether an order costs the same up to this one, in windows from the 10,000th on.",
            HelpName = "N",
        };
        var cards = new Option<int>("--cards")
        {
            Description = "With --orders: how many cards they are spread over.",
            HelpName = "N",
            DefaultValueFactory = _ => ApprovalsBench.UsualCardCount,
        };
        return One(
            "approvals",
            "Orders approved end to end, both sides on SQLite with full durability, 64 in flight, beside a bare writer of the same rows.",
            (each, parsed) =>
                parsed.GetValue(orders) is > 0 and var count
                    ? ApprovalsBench.MeasureGrowthAsync(
                        count,
                        Math.Clamp(parsed.GetValue(cards), 1, CardCountMax),
                        Seconds(parsed.GetValue(warmUp))
                    )
                    : ApprovalsBench.MeasureAsync(each, Seconds(parsed.GetValue(warmUp))),
            context,
            usual,
            warmUp,
            orders,
            cards
        );
    }

    private static Command Shop(VerbContext context)
    {
        var warmUp = WarmUp(ShopBench.UsualWarmUp);
        var beside = new Option<FileInfo>("--beside")
        {
            Description = "The program of another version, measured in the same run.",
            HelpName = "FILE",
        }.AcceptExistingOnly();
        return One(
            "shop",
            "Orders placed over HTTP with their mails leaving, merchant and card company as processes of their own, 64 connections.",
            (each, parsed) =>
                ShopBench.MeasureAsync(each, Seconds(parsed.GetValue(warmUp)), parsed.GetValue(beside)?.FullName, CancellationToken.None),
            context,
            usual,
            warmUp,
            beside
        );
    }

    private static Command Chat(VerbContext context)
    {
        var connections = new Option<int>("--connections")
        {
            Description = "How many connections are open, two of each conversation.",
            HelpName = "N",
            DefaultValueFactory = _ => ChatBench.UsualConnectionCount,
        };
        var messages = new Option<double>("--messages-per-second")
        {
            Description = "How many messages a second all customers say together.",
            HelpName = "N",
            DefaultValueFactory = _ => ChatBench.UsualMessagesPerSecond,
        };
        var warmUp = new Option<double>("--warm-up")
        {
            Description = "How many seconds customers chat before anything is measured.",
            HelpName = "N",
            DefaultValueFactory = _ => ChatBench.UsualWarmUp.TotalSeconds,
        };
        return One(
            "chat",
            "Conversations in many windows beside a bare hub; then connections break and the server is killed, and no message may be lost or doubled.",
            (each, parsed) =>
                ChatBench.MeasureAsync(
                    new(
                        Math.Clamp(parsed.GetValue(connections), 2, ChatBench.ConnectionCountMax),
                        Math.Clamp(parsed.GetValue(messages), 1, ChatBench.MessagesPerSecondMax),
                        each,
                        Seconds(parsed.GetValue(warmUp))
                    ),
                    CancellationToken.None
                ),
            context,
            new Usual(TimeSpan.FromSeconds(30)) { IsKept = ChatBench.AreKept },
            connections,
            messages,
            warmUp
        );
    }

    /// <summary>What <c>bench chat</c> starts beside the server.</summary>
    private static Command BareHubForChat(VerbContext context)
    {
        var command = new Command(BareHubName, "A hub that keeps nothing, for bench chat to measure.") { Hidden = true };
        command.SetAction(
            async (_, cancellation) =>
            {
                await BareHub.ServeAsync(context.Terminal, cancellation);
                return (int)ExitCode.Done;
            }
        );
        return command;
    }

    private static Option<double> WarmUp(TimeSpan usual) =>
        new("--warm-up")
        {
            Description = "How many seconds orders are placed before anything is measured.",
            HelpName = "N",
            DefaultValueFactory = _ => usual.TotalSeconds,
        };

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0.1, 3600));

    private static Command One(string name, string description, Func<TimeSpan, Task<IReadOnlyList<Figure>>> measure, VerbContext context) =>
        One(name, description, (each, _) => measure(each), context, usual);

    private static Command One(
        string name,
        string description,
        Func<TimeSpan, ParseResult, Task<IReadOnlyList<Figure>>> measure,
        VerbContext context,
        Usual usual,
        params Option[] further
    )
    {
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long each figure is measured.",
            HelpName = "N",
            DefaultValueFactory = _ => usual.Each.TotalSeconds,
        };
        var json = JsonOption.New();
        var command = new Command(name, description) { seconds, json };
        foreach (var option in further)
            command.Options.Add(option);
        command.SetAction(
            async (parsed, _) =>
            {
                IReadOnlyList<Figure> figures;
                try
                {
                    figures = await measure(Seconds(parsed.GetValue(seconds)), parsed);
                }
                catch (CannotGoOnException failed)
                {
                    return (int)context.Terminal.Refuse(ExitCode.CannotTell, failed.Message, "Nothing was measured.");
                }
                if (parsed.GetValue(json))
                {
                    context.Terminal.WriteJson(new { figures });
                }
                else
                {
                    foreach (var figure in figures)
                        context.Terminal.Out.WriteLine(Line(figure));
                }

                return (int)(usual.IsKept(figures) ? ExitCode.Done : ExitCode.No);
            }
        );
        return command;
    }

    private static string Line(Figure figure) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{figure.Name, -56} {figure.Value, 14:#,0.##} {figure.Unit}{(figure.Ratio is { } ratio ? $"   {ratio:0.###} of {figure.LimitName} ({figure.Limit:#,0.##})" : "")}"
        );
}
