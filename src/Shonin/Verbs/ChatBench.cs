using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Shonin.Bench;
using Shonin.Bench.Chat;
using Shonin.Contacts;
using Shonin.Demo;
using Shonin.EventLog;

namespace Shonin.Verbs;

/// <param name="ConnectionCount">Two of each conversation.</param>
internal sealed record ChatLoad(int ConnectionCount, double MessagesPerSecond, TimeSpan Time, TimeSpan WarmUp)
{
    /// <summary>Whose server is measured; null for this one.</summary>
    public string? Program { get; init; }

    public int ContactCount => Math.Max(1, ConnectionCount / 2);
}

/// <summary>
/// Conversations on the running server, beside a hub that keeps nothing under the same load. Then connections break, and the server is
/// killed and started again, while customers go on: whatever they were told is kept must be there, once.
/// </summary>
internal static partial class ChatBench
{
    internal const int UsualConnectionCount = 10_000;
    internal const int ConnectionCountMax = 50_000;
    internal const double UsualMessagesPerSecond = 300;
    internal const double MessagesPerSecondMax = 100_000;

    /// <summary>Others use the machine too, and one stall of a third of a second is a hundredth of half a minute: the median turn counts.</summary>
    private const int TurnCount = 3;

    private const int DropCountMax = 1_000;
    private const int ClaimedCount = 1_000;
    private const string LimitName = "a bare hub that keeps nothing";

    /// <summary>Not among those that connections are given.</summary>
    private const int PortMin = 20_000;
    private const int PortMax = 32_000;
    private const int PortTriesMax = 100;

    /// <summary>Customers of one shop, behind one address: the measurement's own.</summary>
    private const string Unlimited = "100000";

    internal static readonly TimeSpan UsualWarmUp = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan dropFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan aroundKill = TimeSpan.FromSeconds(2);

    /// <summary>Those of the figures that must be 0.</summary>
    private static readonly string[] promises = ["lost", "doubled", "doubleClaims", "notShown"];

    internal static bool AreKept(IEnumerable<Figure> figures) =>
        figures.All(figure => !promises.Contains(figure.Name, StringComparer.Ordinal) || figure.Value == 0);

    /// <exception cref="CannotGoOnException">A process did not start, or windows were not let in.</exception>
    internal static async Task<IReadOnlyList<Figure>> MeasureAsync(ChatLoad load, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-bench-");
        try
        {
            var wrongClaims = await ClaimsAsync(Path.Combine(folder.FullName, "claims"), Math.Min(ClaimedCount, load.ContactCount));
            var bare = await MeasureBareAsync(load, Path.Combine(folder.FullName, "bare.log"), cancellation);
            return [.. await MeasureOursAsync(load, folder.FullName, bare, cancellation), new("doubleClaims", wrongClaims, "contacts")];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> ClaimsAsync(string folder, int count)
    {
        await using var contacts = await ContactFolder.OpenAsync(new LogFiles(folder, Composition.LogName));
        return await contacts.ClaimAsync(await contacts.AskAsync(count));
    }

    private static async Task<IReadOnlyList<Waits>> MeasureBareAsync(ChatLoad load, string log, CancellationToken cancellation)
    {
        await using var hub = ChildProcess.Start("bare hub", log, ["bench", BenchVerb.BareHubName], load.Program);
        var url = await hub.SaysAsync(BareHubReady(), cancellation);
        await using var crowd = new ChatCrowd(Enumerable.Range(0, load.ContactCount).Select(index => $"contact-{index}"));
        await OpenAsync(crowd, url);
        return await MeasureAsync(crowd, load);
    }

    private static async Task<IReadOnlyList<Figure>> MeasureOursAsync(
        ChatLoad load,
        string folder,
        IReadOnlyList<Waits> bare,
        CancellationToken cancellation
    )
    {
        var files = new LogFiles(Path.Combine(folder, "shop"), Composition.LogName);
        IReadOnlyList<OpenContact> contacts;
        await using (var before = await ContactFolder.OpenAsync(files))
            contacts = await before.AskAsync(load.ContactCount);

        var (port, server) = (FreePort(), (ChildProcess?)null);
        ChildProcess Serve() => ChildProcess.Start("server", Path.Combine(folder, "shop.log"), Arguments(files.Folder, port), load.Program);
        var crowd = new ChatCrowd(contacts.Select(contact => contact.AccessKey));
        IReadOnlyList<Waits> turns;
        TimeSpan cpu,
            joinedAgain;
        int dropCount,
            notShown;
        try
        {
            server = Serve();
            await OpenAsync(crowd, await server.SaysAsync(DemoHouse.MerchantReady(), cancellation));
            var cpuBefore = server.Cpu;
            turns = await MeasureAsync(crowd, load);
            cpu = server.Cpu - cpuBefore;

            using var until = new CancellationTokenSource();
            var chatting = crowd.ChatAsync(load.MessagesPerSecond, until.Token);
            dropCount = Math.Min(DropCountMax, crowd.WindowCount);
            await crowd.DropAsync(dropCount, dropFor * dropCount / DropCountMax);
            await ExpectAsync(crowd.AllJoinedAsync(patience), crowd, "Windows had not joined again after their connections broke.");

            await Task.Delay(aroundKill, cancellation);
            var killed = Stopwatch.GetTimestamp();
            await server.KillAsync();
            server = Serve();
            await server.SaysAsync(DemoHouse.MerchantReady(), cancellation);
            await ExpectAsync(crowd.AllJoinedAsync(patience), crowd, "Windows had not joined again after the server was started again.");
            joinedAgain = Stopwatch.GetElapsedTime(killed);
            await Task.Delay(aroundKill, cancellation);
            await until.CancelAsync();
            await chatting;
            await ExpectAsync(crowd.AllKeptAsync(patience), crowd, "Messages were offered again and again, and never kept.");
            notShown = await crowd.AllShownAsync(aroundKill * 10) ? 0 : crowd.Customers.Sum(customer => customer.NotShownCount);
        }
        finally
        {
            await crowd.DisposeAsync();
            if (server is not null)
                await server.DisposeAsync();
        }

        await using var after = await ContactFolder.OpenAsync(files);
        var kept = await after.CompareAsync(contacts.Zip(crowd.Customers, (contact, customer) => (contact, customer.Kept.AsEnumerable())));
        var messageCount = turns.Sum(turn => turn.Count);
        static double Median(IReadOnlyList<Waits> turns, double share) =>
            ApprovalsBench.Median(turns.Select(turn => turn.Within(share).TotalMilliseconds));
        Figure Beside(string name, double share)
        {
            var (ours, limit) = (Median(turns, share), Median(bare, share));
            return new(name, ours, "ms", LimitName, limit, ours / limit);
        }
        return
        [
            new("connections", crowd.WindowCount, "connections"),
            new("messagesPerSecond", messageCount / load.Time.TotalSeconds, "messages/s"),
            Beside("p50Ms", 0.50),
            Beside("p99Ms", 0.99),
            new("p99WorstTurnMs", turns.Max(turn => turn.Within(0.99).TotalMilliseconds), "ms"),
            new("p99WorstTurnBareMs", bare.Max(turn => turn.Within(0.99).TotalMilliseconds), "ms"),
            new("cpuPerMessageMs", cpu.TotalMilliseconds / messageCount, "ms"),
            new("drops", dropCount, "connections"),
            new("joinedAgainAfterKillMs", joinedAgain.TotalMilliseconds, "ms"),
            new("kept", crowd.Customers.Sum(customer => customer.Kept.Count), "messages"),
            new("lost", kept.LostCount, "messages"),
            new("doubled", kept.DoubledCount, "messages"),
            new("notShown", notShown, "messages"),
        ];
    }

    private static string[] Arguments(string folder, int port) =>
        [
            "serve",
            "--data",
            folder,
            "--urls",
            $"http://127.0.0.1:{port}",
            "--Limits:ConnectionsMax",
            Unlimited,
            "--Limits:ConnectionsPerAddressMax",
            Unlimited,
            "--Contacts:JoinsPerAddressPerMinute",
            Unlimited,
            "--Contacts:Patience",
            "01:00:00",
        ];

    private static async Task OpenAsync(ChatCrowd crowd, string url)
    {
        crowd.Open(new UriBuilder(url) { Scheme = "ws", Path = ContactHub.Path }.Uri);
        await ExpectAsync(crowd.AllJoinedAsync(patience), crowd, "Windows were not let in.");
    }

    private static async Task<IReadOnlyList<Waits>> MeasureAsync(ChatCrowd crowd, ChatLoad load)
    {
        await crowd.ChatForAsync(load.MessagesPerSecond, load.WarmUp);
        var turns = new List<Waits>();
        for (var turn = 0; turn < TurnCount; turn++)
            turns.Add(await crowd.MeasureAsync(load.MessagesPerSecond, load.Time / TurnCount, patience));
        return turns;
    }

    /// <summary>What does not come about leaves nothing to measure.</summary>
    private static async Task ExpectAsync(Task<bool> becomes, ChatCrowd crowd, string problem)
    {
        if (!await becomes)
        {
            throw new CannotGoOnException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{problem} {crowd.JoinedCount} of {crowd.WindowCount} are joined; the last trouble was: {crowd.LastTrouble}"
                )
            );
        }
    }

    private static int FreePort()
    {
        for (var tried = 0; tried < PortTriesMax; tried++)
        {
            var port = Random.Shared.Next(PortMin, PortMax);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there: another one.
            }
        }
        throw new CannotGoOnException($"No port between {PortMin} and {PortMax} is free on this machine.");
    }

    [GeneratedRegex("^bare hub: ready on (\\S+)")]
    private static partial Regex BareHubReady();
}
