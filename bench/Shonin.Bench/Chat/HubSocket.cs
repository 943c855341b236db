using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;

namespace Shonin.Bench.Chat;

/// <summary>
/// One connection to a hub of SignalR: its JSON protocol over a WebSocket, without the negotiation before it. SignalR's own client would do,
/// but ten thousand of them take the processors that the server under measurement shares, and cannot drop a connection without closing it.
/// </summary>
internal sealed class HubSocket : IDisposable
{
    private const byte RecordSeparator = 0x1e; // SignalR's JSON protocol: ends each message
    private const int BufferSizeBytes = 2 * 1024;
    private const int MessageSizeBytesMax = 4 * 1024 * 1024;

    private static readonly byte[] ping = [.. "{\"type\":6}"u8, RecordSeparator];
    private static readonly byte[] handshake = [.. "{\"protocol\":\"json\",\"version\":1}"u8, RecordSeparator];
    private static readonly HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> asked = new(StringComparer.Ordinal);
    private readonly Action<HubSocket, string, JsonElement> onPush;
    private readonly TaskCompletionSource greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int askedCount;

    private HubSocket(Action<HubSocket, string, JsonElement> onPush) => this.onPush = onPush;

    /// <summary>Ends when the connection has; never fails.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <param name="onPush">Told what the hub sends, its name and its arguments; must not wait.</param>
    /// <exception cref="IOException">Nobody answers there, or not so.</exception>
    public static async Task<HubSocket> ConnectAsync(Uri hub, Action<HubSocket, string, JsonElement> onPush, CancellationToken cancellation)
    {
        var connected = new HubSocket(onPush);
        try
        {
            connected.socket.Options.KeepAliveInterval = TimeSpan.Zero;
            await connected.socket.ConnectAsync(hub, http, cancellation);
            connected.Ended = connected.ReceiveAsync();
            await connected.SendAsync(handshake);
            await connected.greeted.Task.WaitAsync(cancellation);
            return connected;
        }
        catch (WebSocketException away)
        {
            connected.Dispose();
            throw new IOException(away.Message, away);
        }
        catch
        {
            connected.Dispose();
            throw;
        }
    }

    /// <summary>What the hub's method answers.</summary>
    /// <exception cref="IOException">The connection ended first, or the hub failed.</exception>
    public async Task<JsonElement> InvokeAsync(string method, params object[] arguments)
    {
        var id = $"{Interlocked.Increment(ref askedCount)}";
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        asked[id] = answer;
        if (Ended.IsCompleted)
            End();
        await SendAsync([
            .. JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    type = 1,
                    invocationId = id,
                    target = method,
                    arguments,
                }
            ),
            RecordSeparator,
        ]);
        return await answer.Task;
    }

    /// <summary>The hub closes a connection that says nothing for half a minute.</summary>
    public Task PingAsync() => SendAsync(ping);

    /// <summary>The connection is gone, and the other side is not told.</summary>
    public void Drop() => socket.Abort();

    public void Dispose() => socket.Dispose();

    private async Task SendAsync(byte[] message)
    {
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            throw new IOException("The connection ended.", gone);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        var (buffer, filled) = (new byte[BufferSizeBytes], 0);
        try
        {
            while (true)
            {
                if (filled == buffer.Length)
                {
                    if (filled >= MessageSizeBytesMax)
                        return;
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                    return;
                filled += received.Count;
                var taken = 0;
                while (Array.IndexOf(buffer, RecordSeparator, taken, filled - taken) is >= 0 and var end)
                {
                    Take(new(buffer, taken, end - taken));
                    taken = end + 1;
                }
                buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
                filled -= taken;
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // Whoever asked something is told so below.
        }
        finally
        {
            socket.Abort();
            End();
        }
    }

    private void Take(ReadOnlySequence<byte> message)
    {
        using var read = JsonDocument.Parse(message);
        var root = read.RootElement;
        if (!root.TryGetProperty("type", out var type))
        {
            greeted.TrySetResult();
            return;
        }
        const int Invocation = 1;
        const int Completion = 3;
        switch (type.GetInt32())
        {
            case Invocation:
                onPush(this, root.GetProperty("target").GetString()!, root.GetProperty("arguments"));
                break;
            case Completion when asked.TryRemove(root.GetProperty("invocationId").GetString()!, out var answer):
                if (root.TryGetProperty("error", out var error))
                    answer.TrySetException(new IOException($"The hub failed: {error.GetString()}"));
                else
                    answer.TrySetResult(root.GetProperty("result").Clone());
                break;
        }
    }

    private void End()
    {
        var ended = new IOException("The connection ended.");
        greeted.TrySetException(ended);
        foreach (var id in asked.Keys)
        {
            if (asked.TryRemove(id, out var answer))
                answer.TrySetException(ended);
        }
    }

    private static bool IsGone(Exception fault) =>
        fault is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException or IOException;
}
