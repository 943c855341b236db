using System.Buffers.Binary;

namespace Shonin.Simulation;

/// <summary>How often the line does what to a frame, each from 0 to 1.</summary>
internal sealed record LineFaults(double Lose, double Delay, double Repeat, double Cut, double Garble)
{
    public static readonly LineFaults None = new(0, 0, 0, 0, 0);
}

/// <summary>
/// The line between merchant and card company, in memory. It carries whole frames, each with a fate that the seed decides: lost, late,
/// twice, cut in the middle with the connection, or with an octet that no message can have. (What alters one digit into another is beyond a
/// profile without a message authentication code; TCP's checksum and TLS stand against it.)
/// </summary>
internal sealed class SimulatedLine(Scheduler scheduler, Random random, TimeSpan answerTimeout, FrameSent sent)
{
    private const byte NoCharacterOfTheProfile = 0xFF;

    public LineFaults Faults { get; set; } = LineFaults.None;

    /// <summary>While false no connection can be made, and none carries anything.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>A connection between two processes; each gets its end.</summary>
    public (Stream Near, Stream Far) Connect(SimulatedProcess near, SimulatedProcess far)
    {
        var carrier = scheduler.NewProcess("line");
        var (nearEnd, farEnd) = (new LineEnd(near, Direction.ToCardCompany), new LineEnd(far, Direction.ToMerchant));
        (nearEnd.Peer, farEnd.Peer) = (farEnd, nearEnd);
        nearEnd.Carry = frame => Carry(carrier, nearEnd, frame);
        farEnd.Carry = frame => Carry(carrier, farEnd, frame);
        near.Killed += nearEnd.Break;
        far.Killed += farEnd.Break;
        return (nearEnd, farEnd);
    }

    private void Carry(SimulatedProcess carrier, LineEnd from, byte[] frame)
    {
        sent(from.Direction, frame);
        if (!IsUp || random.NextDouble() < Faults.Lose)
            return;
        if (random.NextDouble() < Faults.Cut)
        {
            Later(carrier, Latency(), () =>
            {
                from.Peer.Receive(frame[..random.Next(1, frame.Length)]);
                from.Break();
                from.Peer.Break();
            });
            return;
        }
        if (random.NextDouble() < Faults.Garble)
            frame[random.Next(2, frame.Length)] = NoCharacterOfTheProfile;
        var latency = random.NextDouble() < Faults.Delay ? answerTimeout * (0.5 + 2.5 * random.NextDouble()) : Latency();
        Later(carrier, latency, () => from.Peer.Receive(frame));
        if (random.NextDouble() < Faults.Repeat)
            Later(carrier, latency + Latency() * 20, () => from.Peer.Receive(frame));
    }

    private TimeSpan Latency() => TimeSpan.FromMilliseconds(1 + random.Next(40));

    private void Later(SimulatedProcess carrier, TimeSpan delay, Action what) =>
        new SimulatedTimer(scheduler, carrier, _ => what(), null).Change(delay, Timeout.InfiniteTimeSpan);
}

internal enum Direction
{
    ToCardCompany,
    ToMerchant,
}

/// <summary>One end of a connection: a stream as TCP's would be. What is written is cut into frames for the line to carry.</summary>
internal sealed class LineEnd(SimulatedProcess owner, Direction direction) : Stream
{
    private readonly Queue<byte[]> received = new();
    private readonly List<byte> unsent = [];
    private int readOffset;
    private bool isBroken;
    private TaskCompletionSource? arrival;

    public Direction Direction { get; } = direction;
    public LineEnd Peer { get; set; } = null!;
    public Action<byte[]> Carry { get; set; } = null!;

    public void Receive(byte[] bytes)
    {
        if (isBroken || !owner.IsAlive)
            return;
        received.Enqueue(bytes);
        arrival?.TrySetResult();
    }

    public void Break()
    {
        isBroken = true;
        arrival?.TrySetResult();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (received.Count == 0)
        {
            if (isBroken || Peer.isBroken)
                return 0;
            arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), arrival))
                await arrival.Task;
        }
        var first = received.Peek();
        var count = Math.Min(buffer.Length, first.Length - readOffset);
        first.AsMemory(readOffset, count).CopyTo(buffer);
        readOffset += count;
        if (readOffset == first.Length)
        {
            received.Dequeue();
            readOffset = 0;
        }
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (isBroken || Peer.isBroken)
            throw new IOException("The connection is broken.");
        if (!owner.IsAlive)
            return ValueTask.CompletedTask;
        unsent.AddRange(buffer.Span);
        while (unsent.Count >= 2 && BinaryPrimitives.ReadUInt16BigEndian([unsent[0], unsent[1]]) + 2 is var size && unsent.Count >= size)
        {
            Carry([.. unsent.Take(size)]);
            unsent.RemoveRange(0, size);
        }
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        Break();
        Peer.Break();
        base.Dispose(disposing);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>What was put on the line, so that the claims can be held against it.</summary>
internal delegate void FrameSent(Direction direction, byte[] frame);
