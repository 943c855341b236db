using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Shonin.Bench.Chat;

/// <summary>Customers who chat at a steady rate, each in two windows, and how long each message took from one to the other.</summary>
internal sealed class ChatCrowd : IAsyncDisposable
{
    /// <summary>Handshakes at a time: the client's own processors are the server's too.</summary>
    private const int ConnectingCountMax = 100;

    private static readonly TimeSpan pingEvery = TimeSpan.FromSeconds(15); // As SignalR's own client.
    private static readonly TimeSpan tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>The page's script waits so long before it joins again, and up to half as long more.</summary>
    private static readonly int[] connectAfterMs = [0, 500, 1000, 2000, 4000, 8000];

    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim connecting = new(ConnectingCountMax, ConnectingCountMax);
    private readonly ConcurrentDictionary<(ChatCustomer Customer, string Id), long> underWay = [];
    private readonly ConcurrentBag<TimeSpan> waits = [];
    private readonly List<Task> running = [];
    private volatile bool isMeasuring;
    private volatile string lastTrouble = "nothing";
    private int joinedCount;
    private int joinCount;
    private int next;

    public ChatCrowd(IEnumerable<string> accessKeys) => Customers = [.. accessKeys.Select(key => new ChatCustomer(this, key))];

    public IReadOnlyList<ChatCustomer> Customers { get; }

    public int WindowCount => Customers.Count * 2;

    /// <summary>Windows that are joined now.</summary>
    public int JoinedCount => Volatile.Read(ref joinedCount);

    /// <summary>How often a window has joined.</summary>
    public int JoinCount => Volatile.Read(ref joinCount);

    /// <summary>The last thing that went wrong, for whoever waits in vain.</summary>
    public string LastTrouble => lastTrouble;

    /// <summary>Opens all windows, and keeps them open.</summary>
    public void Open(Uri hub)
    {
        foreach (var customer in Customers)
            running.Add(Task.Run(() => customer.RunAsync(hub, stopping.Token)));
        running.Add(Task.Run(PingAsync));
    }

    public Task<bool> AllJoinedAsync(TimeSpan patience) => BecomesTrueAsync(() => JoinedCount == WindowCount, patience);

    /// <summary>Everything that was said is kept.</summary>
    public Task<bool> AllKeptAsync(TimeSpan patience) =>
        BecomesTrueAsync(() => Customers.All(customer => customer.PendingCount == 0), patience);

    /// <summary>Every window shows everything that is kept.</summary>
    public Task<bool> AllShownAsync(TimeSpan patience) =>
        BecomesTrueAsync(() => Customers.All(customer => customer.NotShownCount == 0), patience);

    /// <summary>Messages at a steady rate, whether or not earlier ones were answered, until it is cancelled.</summary>
    public async Task ChatAsync(double messagesPerSecond, CancellationToken until)
    {
        var (started, said) = (Stopwatch.GetTimestamp(), 0);
        while (!until.IsCancellationRequested)
        {
            for (; said < Stopwatch.GetElapsedTime(started).TotalSeconds * messagesPerSecond; said++)
                _ = Next().SayAsync();
            await Task.Delay(tick, CancellationToken.None);
        }
    }

    public async Task ChatForAsync(double messagesPerSecond, TimeSpan time)
    {
        using var until = new CancellationTokenSource(time);
        await ChatAsync(messagesPerSecond, until.Token);
    }

    /// <summary>From the moment that a message is said until it is shown in the other window.</summary>
    public async Task<Waits> MeasureAsync(double messagesPerSecond, TimeSpan time, TimeSpan patience)
    {
        waits.Clear();
        isMeasuring = true;
        await ChatForAsync(messagesPerSecond, time);
        isMeasuring = false;
        if (!await BecomesTrueAsync(() => underWay.IsEmpty, patience))
        {
            throw new InvalidOperationException(
                $"{underWay.Count} messages were never shown in the other window; last trouble: {lastTrouble}"
            );
        }
        return new([.. waits.Order()]);
    }

    /// <summary>Customers' connections break so many times, each in the middle of a message or of listening.</summary>
    public async Task DropAsync(int count, TimeSpan within)
    {
        for (var dropped = 0; dropped < count; dropped++)
        {
            var customer = Customers[dropped * 7 % Customers.Count];
            if (dropped % 2 == 0)
                customer.SayAndDrop();
            else
                customer.Listening.Socket?.Drop();
            await Task.Delay(within / count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running);
        connecting.Dispose();
        stopping.Dispose();
    }

    internal async Task<HubSocket> ConnectAsync(Uri hub, Action<HubSocket, string, JsonElement> onPush, CancellationToken cancellation)
    {
        await connecting.WaitAsync(cancellation);
        try
        {
            return await HubSocket.ConnectAsync(hub, onPush, cancellation);
        }
        finally
        {
            connecting.Release();
        }
    }

    internal static async Task WaitToConnectAsync(int tried, CancellationToken cancellation)
    {
        var wait = connectAfterMs[Math.Min(tried, connectAfterMs.Length - 1)];
        await Task.WhenAny(Task.Delay((int)(wait * (1 + (Random.Shared.NextDouble() / 2))), cancellation));
    }

    internal void NoteJoined()
    {
        Interlocked.Increment(ref joinedCount);
        Interlocked.Increment(ref joinCount);
    }

    internal void NoteLeft() => Interlocked.Decrement(ref joinedCount);

    internal void NoteTrouble(Exception trouble) => lastTrouble = trouble.Message;

    internal void NoteSaid(ChatCustomer customer, string id)
    {
        if (isMeasuring)
            underWay[(customer, id)] = Stopwatch.GetTimestamp();
    }

    internal void NoteShown(ChatCustomer customer, string id)
    {
        if (underWay.TryRemove((customer, id), out var said))
            waits.Add(Stopwatch.GetElapsedTime(said));
    }

    private ChatCustomer Next() => Customers[(int)((uint)Interlocked.Increment(ref next) % (uint)Customers.Count)];

    private async Task PingAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            foreach (var customer in Customers)
            {
                foreach (var window in (ChatWindow[])[customer.Speaking, customer.Listening])
                {
                    if (window.Socket is { } socket)
                        _ = PingAsync(socket);
                }
                await Task.WhenAny(Task.Delay(pingEvery / Customers.Count, stopping.Token));
            }
        }
    }

    private async Task PingAsync(HubSocket socket)
    {
        try
        {
            await socket.PingAsync();
        }
        catch (IOException away)
        {
            NoteTrouble(away); // Its window joins again.
        }
    }

    private static async Task<bool> BecomesTrueAsync(Func<bool> isTrue, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isTrue())
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
                return false;
            await Task.Delay(lookEvery);
        }
        return true;
    }
}
