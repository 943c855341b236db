using System.Globalization;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Link;

/// <summary>
/// One connection from its sign-on to its end. Three things run beside each other: reading, writing, and the watch that signs on,
/// sends echoes into silence and signs off. When one ends, all end.
/// </summary>
internal sealed class LinkConnection
{
    private const string SignOn = "001"; // field 70
    private const string SignOff = "002";
    private const string Echo = "301";

    private readonly Stream stream;
    private readonly LinkOptions options;
    private readonly TimeProvider clock;
    private readonly NetworkMessages messages;
    private readonly NetworkStans stans;
    private readonly WriteQueue outgoing;
    private readonly Action<ReadOnlyMemory<byte>, LinkConnection> onMessage;
    private readonly Action<FrameRead> onBrokenFraming;
    private readonly Lock gate = new();
    private long heardAt;
    private PendingNetworkRequest? pending;

    internal LinkConnection(
        Stream stream,
        LinkOptions options,
        NetworkMessages messages,
        NetworkStans stans,
        TimeProvider clock,
        ConnectionReports reports
    )
    {
        (this.stream, this.options, this.clock, this.messages, this.stans) = (stream, options, clock, messages, stans);
        (onMessage, onBrokenFraming) = (reports.OnMessage, reports.OnBrokenFraming);
        outgoing = new WriteQueue(options, clock);
        heardAt = clock.GetTimestamp();
    }

    /// <summary>How many requests wait for an answer on this connection; <see cref="SentRequests"/> counts them.</summary>
    internal int InFlightCount { get; set; }

    internal Task<SendOutcome> SendAsync(Message message) => outgoing.EnqueueAsync(message);

    /// <summary>Runs the connection.</summary>
    /// <param name="onSignedOn">Called once requests can be sent.</param>
    /// <param name="onEnding">Called when no more can, before anything is torn down.</param>
    /// <returns>Why it ended, as a sentence's end: "the card company closed it".</returns>
    internal async Task<string> RunAsync(Action onSignedOn, Action onEnding, CancellationToken stopping)
    {
        using var closing = new CancellationTokenSource();
        Task<string>[] parts = [ReadAsync(closing.Token), WriteAsync(closing.Token), WatchAsync(onSignedOn, stopping, closing.Token)];
        var first = await Task.WhenAny(parts);
        onEnding();
        outgoing.Close();
        closing.Cancel(); // not CancelAsync: that one leaves the simulation's thread
        await stream.DisposeAsync();
        await Task.WhenAll(parts);
        return await first;
    }

    /// <summary>Takes an 0810; whether anybody waited for it.</summary>
    internal NetworkAnswerUse TakeNetworkAnswer(string wireKey, string responseCode)
    {
        lock (gate)
        {
            if (pending is not { } request || request.WireKey != wireKey)
                return NetworkAnswerUse.Stray;
            pending = null;
            request.Answer.TrySetResult(responseCode);
            return NetworkAnswerUse.Awaited;
        }
    }

    private async Task<string> ReadAsync(CancellationToken closing)
    {
        var frames = new FrameReader(stream);
        try
        {
            while (true)
            {
                var read = await frames.ReadAsync(closing);
                Volatile.Write(ref heardAt, clock.GetTimestamp());
                switch (read)
                {
                    case FrameRead.Frame(var bytes):
                        onMessage(bytes, this);
                        break;
                    case FrameRead.End:
                        return "the card company closed it";
                    case FrameRead.CutOff:
                        onBrokenFraming(read);
                        return "the card company closed it in the middle of a message";
                    case FrameRead.BadLength(var length):
                        onBrokenFraming(read);
                        return string.Create(CultureInfo.InvariantCulture, $"a message said to be {length} bytes long came");
                    default:
                        throw new System.Diagnostics.UnreachableException();
                }
            }
        }
        catch (IOException error)
        {
            return $"reading failed ({error.Message})";
        }
        catch (ObjectDisposedException)
        {
            return Closed;
        }
        catch (OperationCanceledException)
        {
            return Closed;
        }
    }

    private async Task<string> WriteAsync(CancellationToken closing)
    {
        try
        {
            await outgoing.RunAsync(stream, closing);
            return Closed;
        }
        catch (IOException error)
        {
            return $"writing failed ({error.Message})";
        }
        catch (ObjectDisposedException)
        {
            return Closed;
        }
        catch (OperationCanceledException)
        {
            return Closed;
        }
    }

    private async Task<string> WatchAsync(Action onSignedOn, CancellationToken stopping, CancellationToken closing)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, closing);
        try
        {
            if (await AskAsync(SignOn, options.SignOnTimeout, either.Token) is { } problem)
                return $"the sign-on was {problem}";
        }
        catch (OperationCanceledException)
        {
            return Closed;
        }
        onSignedOn();
        try
        {
            while (true)
            {
                var silence = clock.GetElapsedTime(Volatile.Read(ref heardAt));
                if (silence < options.EchoAfter)
                {
                    // Task.Delay drops fractions of a millisecond: rounded down, the loop would spin until the time has come.
                    await Task.Delay(
                        TimeSpan.FromMilliseconds(Math.Ceiling((options.EchoAfter - silence).TotalMilliseconds)),
                        clock,
                        either.Token
                    );
                }
                else if (await AskAsync(Echo, options.EchoTimeout, either.Token) is { } noEcho)
                {
                    return $"an echo was {noEcho}";
                }
            }
        }
        catch (OperationCanceledException) when (!closing.IsCancellationRequested)
        {
            return await SignOffAsync(closing);
        }
        catch (OperationCanceledException)
        {
            return Closed;
        }
    }

    private async Task<string> SignOffAsync(CancellationToken closing)
    {
        try
        {
            await AskAsync(SignOff, options.SignOffTimeout, closing);
            return "the link was stopped";
        }
        catch (OperationCanceledException)
        {
            return Closed;
        }
    }

    /// <summary>Sends an 0800 and waits for its answer; null for a good one, else what was wrong with it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled meanwhile.</exception>
    private async Task<string?> AskAsync(string code, TimeSpan timeout, CancellationToken cancellation)
    {
        var message = messages.BuildNetwork(code, stans.Next(), clock.GetUtcNow());
        var request = new PendingNetworkRequest(
            messages.ReadKey(message) is KeyReading.Ours(var wireKey) ? wireKey : throw new System.Diagnostics.UnreachableException(),
            new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        lock (gate)
            pending = request;
        _ = outgoing.EnqueueAsync(message); // where it is not sent, it is not answered either

        // Not Task.WaitAsync: on a source like this one it goes through the thread pool, and leaves the simulation's thread.
        using var late = new CancellationTokenSource(timeout, clock);
        using var whenLate = late.Token.Register(() => request.Answer.TrySetResult(NoAnswer));
        using var whenCancelled = cancellation.Register(() => request.Answer.TrySetCanceled(cancellation));
        return await request.Answer.Task switch
        {
            Domain.Approvals.ResponseCodes.Approved => null,
            NoAnswer => string.Create(CultureInfo.InvariantCulture, $"not answered within {timeout.TotalSeconds:0.###} s"),
            var responseCode => $"refused with {responseCode}",
        };
    }

    private const string NoAnswer = "";
    private const string Closed = "it was closed here";

    private sealed record PendingNetworkRequest(string WireKey, TaskCompletionSource<string> Answer);
}

/// <summary>
/// Where a connection hands on what it heard; neither waits for anything, so that nothing keeps a connection from reading, or from ending.
/// </summary>
internal sealed record ConnectionReports(Action<ReadOnlyMemory<byte>, LinkConnection> OnMessage, Action<FrameRead> OnBrokenFraming);

internal enum NetworkAnswerUse
{
    Awaited,
    Stray,
}

/// <summary>
/// The STANs of 0800s. They count down from 999999 while those of claims count up, so that the two meet as late as possible; their
/// message types differ in any case.
/// </summary>
internal sealed class NetworkStans
{
    private const int StanMax = 999_999; // field 11 is n6
    private int last;

    internal int Next() => StanMax - (Interlocked.Increment(ref last) - 1) % StanMax;
}
