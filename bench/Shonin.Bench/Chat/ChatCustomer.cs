using System.Collections.Concurrent;
using System.Text.Json;

namespace Shonin.Bench.Chat;

/// <summary>
/// A customer with one conversation open in two windows. One of them speaks, and offers again what it was not told is kept; both join again
/// with the number of their last line when their connection ends, as the page's script does.
/// </summary>
internal sealed class ChatCustomer(ChatCrowd crowd, string accessKey)
{
    private static readonly TimeSpan sayAgainAfter = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, string> pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> kept = new(StringComparer.Ordinal);
    private int saidCount;

    public string AccessKey => accessKey;

    public ChatWindow Speaking { get; } = new();

    public ChatWindow Listening { get; } = new();

    /// <summary>Names of the messages that we were told are kept.</summary>
    public ICollection<string> Kept => kept.Keys;

    public int PendingCount => pending.Count;

    /// <summary>Lines that we were told are kept, and a window does not show.</summary>
    public int NotShownCount => kept.Keys.Sum(id => (Speaking.Shows(id) ? 0 : 1) + (Listening.Shows(id) ? 0 : 1));

    /// <summary>Says something new: ends when it was answered, or its connection ended.</summary>
    public Task SayAsync()
    {
        var id = $"bench-{Interlocked.Increment(ref saidCount)}";
        pending[id] = $"ご注文の急須はいつ届きますか。{saidCount}回目のお尋ねです。";
        crowd.NoteSaid(this, id);
        return OfferAsync(id);
    }

    /// <summary>Says something, and the connection is gone before the answer.</summary>
    public void SayAndDrop()
    {
        _ = SayAsync();
        Speaking.Socket?.Drop();
    }

    /// <summary>Keeps both windows joined until it is cancelled.</summary>
    public Task RunAsync(Uri hub, CancellationToken cancellation) =>
        Task.WhenAll(FollowAsync(hub, Speaking, cancellation), FollowAsync(hub, Listening, cancellation));

    private async Task FollowAsync(Uri hub, ChatWindow window, CancellationToken cancellation)
    {
        for (var tried = 0; !cancellation.IsCancellationRequested; )
        {
            try
            {
                using var socket = await crowd.ConnectAsync(hub, (from, target, told) => Take(window, from, target, told), cancellation);
                using var stop = cancellation.Register(socket.Drop);
                var answer = await socket.InvokeAsync("Join", "own", accessKey, "ja", window.Last);
                if (answer.GetProperty("refused").GetString() is { } why)
                    throw new IOException($"A window was not let in: {why}");
                Take(window, socket, answer.GetProperty("lines"));
                window.Socket = socket;
                tried = 0;
                crowd.NoteJoined();
                if (window == Speaking)
                {
                    foreach (var id in pending.Keys)
                        _ = OfferAsync(id);
                }
                await socket.Ended;
                window.Socket = null;
                crowd.NoteLeft();
            }
            catch (Exception away) when (away is IOException or OperationCanceledException)
            {
                crowd.NoteTrouble(away);
            }
            if (!cancellation.IsCancellationRequested)
                await ChatCrowd.WaitToConnectAsync(tried++, cancellation);
        }
    }

    private async Task OfferAsync(string id)
    {
        while (Speaking.Socket is { } socket && pending.TryGetValue(id, out var text))
        {
            JsonElement answer;
            try
            {
                answer = await socket.InvokeAsync("Say", id, text);
            }
            catch (IOException away)
            {
                crowd.NoteTrouble(away);
                return; // Offered again once the window has joined again.
            }
            if (answer.GetProperty("kept").GetBoolean())
            {
                kept[id] = 0;
                pending.TryRemove(id, out _);
                return;
            }
            crowd.NoteTrouble(new IOException($"A message was not taken: {answer.GetProperty("why").GetString()}"));
            await Task.Delay(sayAgainAfter);
        }
    }

    private void Take(ChatWindow window, HubSocket socket, string target, JsonElement told)
    {
        if (target == "changed")
            Take(window, socket, told[0]);
    }

    private void Take(ChatWindow window, HubSocket socket, JsonElement lines)
    {
        foreach (var line in lines.GetProperty("lines").EnumerateArray())
        {
            if (window == Listening && line.GetProperty("clientId").GetString() is { } id)
                crowd.NoteShown(this, id);
        }
        // Also while it joins: what is told then may follow on what the answer to joining brings.
        if (!window.Take(lines))
            _ = CatchUpAsync(window, socket);
    }

    private async Task CatchUpAsync(ChatWindow window, HubSocket socket)
    {
        try
        {
            Take(window, socket, (await socket.InvokeAsync("Since", window.Last)).GetProperty("lines"));
        }
        catch (IOException away)
        {
            crowd.NoteTrouble(away); // Joining again brings the same.
        }
    }
}

/// <summary>What one window shows, and its connection while it has one.</summary>
internal sealed class ChatWindow
{
    private readonly Lock gate = new();
    private readonly HashSet<string> shown = new(StringComparer.Ordinal);
    private volatile HubSocket? socket;
    private long last;

    public HubSocket? Socket
    {
        get => socket;
        set => socket = value;
    }

    /// <summary>The number of the last line that it has.</summary>
    public long Last => Interlocked.Read(ref last);

    public bool Shows(string id)
    {
        lock (gate)
            return shown.Contains(id);
    }

    /// <returns>Whether the lines follow on what it has; if not, it must ask for those between.</returns>
    public bool Take(JsonElement lines)
    {
        lock (gate)
        {
            if (lines.GetProperty("from").GetInt64() > last)
                return false;
            foreach (var line in lines.GetProperty("lines").EnumerateArray())
            {
                if (line.GetProperty("number").GetInt64() > last && line.GetProperty("clientId").GetString() is { } id)
                    shown.Add(id);
            }
            last = Math.Max(last, lines.GetProperty("to").GetInt64());
            return true;
        }
    }
}
