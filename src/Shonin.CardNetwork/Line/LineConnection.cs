using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Line;

/// <summary>
/// One connection through the line: two streams, and everything that is read on one is written to the other, unless the script
/// has something else in mind. Bytes that are no frames pass untouched too.
/// </summary>
internal sealed class LineConnection(LineCourse course, TimeProvider clock, Action<string> log) : IDisposable
{
    private const int QueueCountMax = 1024;
    private const int DelayedCountMax = 10_000;
    private const int ReadSizeBytes = 16 * 1024;
    private static readonly TimeSpan drainTimeout = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource closing = new();
    private volatile LineState state = LineState.Carrying;
    private int delayedCount;

    /// <summary>Carries until one side ends, the script closes, or it is stopped. Both streams are disposed of then.</summary>
    internal async Task RunAsync(Stream merchant, Stream cardCompany, CancellationToken stopping)
    {
        using var stopped = stopping.Register(closing.Cancel);
        var (toCardCompany, toMerchant) = (NewQueue(), NewQueue());
        Task[] reading =
        [
            ReadAsync(merchant, toCardCompany, LineDirection.ToCardCompany),
            ReadAsync(cardCompany, toMerchant, LineDirection.ToMerchant),
        ];
        Task[] writing = [WriteAsync(cardCompany, toCardCompany), WriteAsync(merchant, toMerchant)];
        await await Task.WhenAny([.. reading, .. writing]);
        toCardCompany.Writer.TryComplete();
        toMerchant.Writer.TryComplete();
        using (var late = new CancellationTokenSource(drainTimeout, clock))
        using (late.Token.Register(closing.Cancel))
            await Task.WhenAll(writing);
        closing.Cancel();
        await merchant.DisposeAsync();
        await cardCompany.DisposeAsync();
        await Task.WhenAll(reading);
    }

    public void Dispose() => closing.Dispose();

    private static Channel<byte[]> NewQueue() =>
        Channel.CreateBounded<byte[]>(new BoundedChannelOptions(QueueCountMax) { SingleReader = true });

    private async Task ReadAsync(Stream from, Channel<byte[]> to, LineDirection direction)
    {
        var buffer = new byte[ReadSizeBytes + Frame.LengthBytes + Frame.MessageBytesMax];
        var filled = 0;
        var framing = Framing.Whole;
        try
        {
            while (state != LineState.Closed && await from.ReadAsync(buffer.AsMemory(filled), closing.Token) is > 0 and var count)
            {
                filled += count;
                var taken = 0;
                while (framing == Framing.Whole && SizeOfNext(buffer.AsSpan(taken, filled - taken)) is { } size)
                {
                    if (size == BrokenFrame)
                    {
                        framing = Framing.Lost;
                        log($"{Arrow(direction)} bytes that are no frames; from here on they pass unread");
                        break;
                    }
                    await CarryAsync(buffer.AsSpan(taken, size).ToArray(), to, direction);
                    taken += size;
                }
                if (framing == Framing.Lost)
                {
                    await PassAsync(buffer.AsSpan(taken, filled - taken).ToArray(), to);
                    taken = filled;
                }
                buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
                buffer.AsSpan(filled - taken, taken).Clear();
                filled -= taken;
            }
            if (filled > 0)
                await PassAsync(buffer.AsSpan(0, filled).ToArray(), to);
        }
        catch (Exception error) when (IsEndOfConnection(error))
        {
            // The peer is gone or we are closing: both mean that reading is over.
        }
    }

    private async Task WriteAsync(Stream to, Channel<byte[]> queue)
    {
        try
        {
            while (await queue.Reader.WaitToReadAsync(closing.Token))
            {
                while (queue.Reader.TryRead(out var bytes))
                {
                    await to.WriteAsync(bytes, closing.Token);
                    bytes.AsSpan().Clear();
                }
            }
        }
        catch (Exception error) when (IsEndOfConnection(error))
        {
            // What could not be written is lost, as on any line that breaks.
        }
    }

    private async ValueTask CarryAsync(byte[] frame, Channel<byte[]> to, LineDirection direction)
    {
        if (state != LineState.Carrying)
            return;
        if (course.Judge(frame.AsSpan(Frame.LengthBytes), direction) is not { } encounter)
        {
            await PassAsync(frame, to);
            return;
        }
        log($"{Arrow(direction)} {Done(encounter.Rule.Action)} {encounter.What} ({encounter.Rule.Name})");
        switch (encounter.Rule.Action)
        {
            case LineAction.Lose:
                break;
            case LineAction.Delay(var by):
                _ = PassLaterAsync(frame, by, to);
                break;
            case LineAction.Repeat(var times, var by):
                for (var time = 1; time <= times; time++)
                    _ = PassLaterAsync([.. frame], by * time, to);
                await PassAsync(frame, to);
                break;
            case LineAction.Cut(var bytes):
                await PassAsync(frame[..Math.Min(bytes, frame.Length)], to);
                Close(to);
                break;
            case LineAction.Garble:
                await PassAsync(Garbled(frame), to);
                break;
            case LineAction.Hold:
                state = LineState.Holding;
                break;
            case LineAction.Close:
                Close(to);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private ValueTask PassAsync(byte[] bytes, Channel<byte[]> to) =>
        state == LineState.Carrying ? to.Writer.WriteAsync(bytes, closing.Token) : ValueTask.CompletedTask;

    private async Task PassLaterAsync(byte[] frame, TimeSpan by, Channel<byte[]> to)
    {
        if (Interlocked.Increment(ref delayedCount) > DelayedCountMax)
        {
            log($"more than {DelayedCountMax} messages wait; one is lost");
            Interlocked.Decrement(ref delayedCount);
            return;
        }
        try
        {
            await Task.Delay(by, clock, closing.Token);
            await PassAsync(frame, to);
        }
        catch (Exception error) when (IsEndOfConnection(error))
        {
            log("a message that waited is lost: the connection ended first");
        }
        finally
        {
            Interlocked.Decrement(ref delayedCount);
        }
    }

    /// <summary>Ends the queue: its writer sends what is in it, ends, and everything with it.</summary>
    private void Close(Channel<byte[]> to)
    {
        state = LineState.Closed;
        to.Writer.TryComplete();
    }

    private enum LineState
    {
        Carrying,
        Holding,
        Closed,
    }

    private enum Framing
    {
        Whole,
        Lost,
    }

    private const int BrokenFrame = -1;

    /// <summary>How many bytes the next frame has, its length counted; null where it is not here in full.</summary>
    private static int? SizeOfNext(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Frame.LengthBytes)
            return null;
        var size = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (size is 0 or > Frame.MessageBytesMax)
            return BrokenFrame;
        return bytes.Length < Frame.LengthBytes + size ? null : Frame.LengthBytes + size;
    }

    /// <summary>Every third byte of the message turned round: no encoding has such digits, and the length stays true.</summary>
    private static byte[] Garbled(byte[] frame)
    {
        for (var index = Frame.LengthBytes; index < frame.Length; index += 3)
            frame[index] ^= 0xFF;
        return frame;
    }

    private static string Arrow(LineDirection direction) =>
        direction switch
        {
            LineDirection.ToCardCompany => "→",
            LineDirection.ToMerchant => "←",
        };

    private static string Done(LineAction action) =>
        action switch
        {
            LineAction.Lose => "lost",
            LineAction.Delay(var by) => string.Create(CultureInfo.InvariantCulture, $"delayed by {by.TotalSeconds:0.###} s"),
            LineAction.Repeat(var times, _) => $"repeated {times} times",
            LineAction.Cut(var bytes) => $"cut off after {bytes} bytes",
            LineAction.Garble => "garbled",
            LineAction.Hold => "held, with all that follows,",
            LineAction.Close => "closed the connection instead of carrying",
            _ => throw new UnreachableException(),
        };

    private static bool IsEndOfConnection(Exception error) =>
        error is IOException or ObjectDisposedException or OperationCanceledException or ChannelClosedException;
}
