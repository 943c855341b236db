using System.Security.Cryptography;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Link;

/// <summary>
/// The way out of one connection. Messages are written into a buffer that fills while the other one is on the wire, so that
/// what gathers goes out in one write. Each message learns whether its write began: before that nothing of it left, after that nobody
/// here can know. Both buffers are wiped, they hold card numbers.
/// </summary>
internal sealed class WriteQueue
{
    private const int FrameSizeMaxBytes = Frame.LengthBytes + Frame.MessageBytesMax;

    private readonly MessageFormat format;
    private readonly LinkOptions options;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private Batch filling;
    private Batch writing;
    private TaskCompletionSource? wake;
    private bool closed;

    internal WriteQueue(LinkOptions options, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        format = MessageFormat.Profile(options.Encoding);
        (filling, writing) = (new Batch(options.WriteQueueSizeMaxBytes), new Batch(options.WriteQueueSizeMaxBytes));
    }

    /// <summary>Puts a message at the end. The task ends when its write begins, or when it is certain that it never will.</summary>
    internal Task<SendOutcome> EnqueueAsync(Message message)
    {
        lock (gate)
        {
            if (closed)
                return Task.FromResult<SendOutcome>(Ended);
            if (filling.Buffer.Length - filling.SizeBytes < FrameSizeMaxBytes)
            {
                return Task.FromResult<SendOutcome>(
                    new SendOutcome.NotSent(
                        NotSentReason.TooManyInFlight,
                        $"{filling.SizeBytes} bytes wait to be written on the connection."
                    )
                );
            }

            switch (Frame.Write(format, message, filling.Buffer.AsSpan(filling.SizeBytes)))
            {
                case WriteResult.Written(var sizeBytes):
                    var outcome = new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
                    filling.SizeBytes += sizeBytes;
                    filling.Waiting.Add(outcome);
                    wake?.TrySetResult();
                    return outcome.Task;
                case WriteResult.Refused(var error):
                    filling.Buffer.AsSpan(filling.SizeBytes, FrameSizeMaxBytes).Clear();
                    return Task.FromResult<SendOutcome>(new SendOutcome.NotSent(NotSentReason.MessageInvalid, error.What));
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>Writes until the connection fails or the queue is closed.</summary>
    /// <exception cref="IOException">The connection failed, or the peer took nothing for
    ///   <see cref="LinkOptions.WriteTimeout"/>.</exception>
    internal async Task RunAsync(Stream stream, CancellationToken closing)
    {
        while (await NextAsync() == Next.Batch)
        {
            try
            {
                var at = clock.GetUtcNow();
                foreach (var outcome in writing.Waiting)
                    outcome.TrySetResult(new SendOutcome.Sent(at));
                await WriteAsync(stream, closing);
            }
            finally
            {
                writing.Clear();
            }
        }
    }

    /// <summary>From now on nothing is taken any more; what waits was certainly not sent.</summary>
    internal void Close()
    {
        lock (gate)
        {
            closed = true;
            foreach (var outcome in filling.Waiting)
                outcome.TrySetResult(Ended);
            filling.Clear();
            wake?.TrySetResult();
        }
    }

    private static SendOutcome.NotSent Ended => new(NotSentReason.NoConnection, "The connection ended before the request's turn came.");

    private enum Next
    {
        Batch,
        Closed,
    }

    /// <summary>Waits until there is something in <see cref="writing"/>, or nothing will be any more.</summary>
    private async Task<Next> NextAsync()
    {
        while (true)
        {
            Task more;
            lock (gate)
            {
                if (closed)
                    return Next.Closed;
                if (filling.SizeBytes > 0)
                {
                    (filling, writing) = (writing, filling);
                    return Next.Batch;
                }
                wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                more = wake.Task;
            }
            await more;
        }
    }

    private async Task WriteAsync(Stream stream, CancellationToken closing)
    {
        using var timeout = new CancellationTokenSource(options.WriteTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, closing);
        try
        {
            await stream.WriteAsync(writing.Buffer.AsMemory(0, writing.SizeBytes), either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new IOException($"the card company took no bytes for {options.WriteTimeout.TotalSeconds:0} s");
        }
    }

    private sealed class Batch(int sizeMaxBytes)
    {
        internal byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(sizeMaxBytes, pinned: true);
        internal int SizeBytes { get; set; }
        internal List<TaskCompletionSource<SendOutcome>> Waiting { get; } = [];

        internal void Clear()
        {
            CryptographicOperations.ZeroMemory(Buffer.AsSpan(0, SizeBytes));
            SizeBytes = 0;
            Waiting.Clear();
        }
    }
}
