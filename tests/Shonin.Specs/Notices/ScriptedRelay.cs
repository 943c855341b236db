using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shonin.Specs.Notices;

/// <summary>
/// An SMTP relay on a port of its own that does what a spec says. It takes every mail unless <see cref="Answer"/> says otherwise; what
/// it was told is kept in the order in which it came.
/// </summary>
internal sealed class ScriptedRelay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Lock gate = new();
    private readonly List<Socket> open = [];
    private readonly List<string> said = [];
    private readonly List<string> taken = [];
    private readonly Task accepting;

    public ScriptedRelay()
    {
        RealParts.Open();
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public int ConnectionCount { get; private set; }

    /// <summary>What EHLO offers beyond the least.</summary>
    public string[] Extensions { get; init; } = [];

    /// <summary>
    /// The reply to a command, without its line end; null hangs up without one. "HI" stands for the greeting, "." for the end of a
    /// message. A task that does not end is silence.
    /// </summary>
    public Func<string, Task<string?>>? Answer { get; set; }

    public IReadOnlyList<string> Said => Locked(said);

    /// <summary>Each message that got a 250, as it came over the wire.</summary>
    public IReadOnlyList<string> Taken => Locked(taken);

    public static Task<string?> ReplyAsync(string? line) => Task.FromResult(line);

    /// <summary>As it would reply without a script.</summary>
    public string Usual(string command) =>
        command.Split(' ', ':')[0].ToUpperInvariant() switch
        {
            "HI" => "220 relay.example ESMTP",
            "EHLO" => string.Join("\r\n", [.. Extensions.Select(extension => $"250-{extension}"), "250 ENHANCEDSTATUSCODES"]),
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        };

    /// <summary>Ends every connection: with a farewell, without a word, or as a crash does.</summary>
    public async Task HangUpAsync(string? farewell, LingerOption? linger = null)
    {
        foreach (var socket in Locked(open))
        {
            if (farewell is not null)
                await socket.SendAsync(Encoding.ASCII.GetBytes(farewell + "\r\n"));
            if (linger is not null)
                socket.LingerState = linger;
            socket.Close();
        }
        lock (gate)
            open.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (accepting.IsCompleted)
            return;
        await ending.CancelAsync();
        listener.Stop();
        await accepting;
        await HangUpAsync(null);
    }

    private List<T> Locked<T>(List<T> list)
    {
        lock (gate)
            return [.. list];
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(ending.Token);
                lock (gate)
                {
                    open.Add(socket);
                    ConnectionCount++;
                }
                _ = ServeAsync(socket);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The spec is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var isGreeted = await SendAsync(stream, await ReplyToAsync("HI"));
            while (isGreeted && await reader.ReadLineAsync(ending.Token) is { } command)
            {
                lock (gate)
                    said.Add(command);
                var reply = await ReplyToAsync(command);
                if (!await SendAsync(stream, reply))
                    break;
                if (reply!.StartsWith("354", StringComparison.Ordinal) && !await TakeMessageAsync(reader, stream))
                    break;
            }
            socket.Close();
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // One of the two hung up.
        }
    }

    private async Task<bool> TakeMessageAsync(StreamReader reader, NetworkStream stream)
    {
        var message = new StringBuilder();
        while (await reader.ReadLineAsync(ending.Token) is { } line and not ".")
            message.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        var reply = await ReplyToAsync(".");
        if (reply is not null && reply.StartsWith('2'))
        {
            lock (gate)
                taken.Add(message.ToString());
        }

        return await SendAsync(stream, reply);
    }

    private async Task<string?> ReplyToAsync(string command) =>
        Answer is null ? Usual(command) : await Answer(command).WaitAsync(ending.Token);

    private static async Task<bool> SendAsync(NetworkStream stream, string? reply)
    {
        if (reply is null)
            return false;
        await stream.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"));
        return !reply.StartsWith("421", StringComparison.Ordinal) && !reply.StartsWith("221", StringComparison.Ordinal);
    }
}
