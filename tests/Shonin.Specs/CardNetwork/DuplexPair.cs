using System.Threading.Channels;

namespace Shonin.Specs.CardNetwork;

/// <summary>Two ends of a connection in memory. What one end writes the other reads, until either closes.</summary>
internal sealed class DuplexPair
{
    internal DuplexPair()
    {
        var (there, back) = (Channel.CreateUnbounded<byte[]>(), Channel.CreateUnbounded<byte[]>());
        Near = new End(back.Reader, there.Writer);
        Far = new End(there.Reader, back.Writer);
    }

    internal End Near { get; }
    internal End Far { get; }

    internal sealed class End(ChannelReader<byte[]> incoming, ChannelWriter<byte[]> outgoing) : Stream
    {
        private ReadOnlyMemory<byte> rest;
        private readonly CancellationTokenSource closed = new();

        /// <summary>What a write does instead of writing: fail, or never end.</summary>
        internal Func<CancellationToken, Task>? WriteFault { get; set; }
        internal int WriteCount { get; private set; }
        internal bool IsClosed => closed.IsCancellationRequested;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(closed.Token, cancellationToken);
            while (rest.IsEmpty)
            {
                if (incoming.TryRead(out var bytes))
                    rest = bytes;
                else if (!await incoming.WaitToReadAsync(either.Token))
                    return 0;
            }

            var count = Math.Min(buffer.Length, rest.Length);
            rest[..count].CopyTo(buffer);
            rest = rest[count..];
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (WriteFault is { } fault)
                await fault(cancellationToken);
            WriteCount++;
            if (IsClosed || !outgoing.TryWrite(buffer.ToArray()))
                throw new IOException("Broken pipe");
        }

        /// <summary>All that the other end has written and that was not read yet.</summary>
        internal byte[] TakeAll()
        {
            var all = new List<byte>(rest.ToArray());
            rest = default;
            while (incoming.TryRead(out var bytes))
                all.AddRange(bytes);
            return [.. all];
        }

        internal void Put(ReadOnlySpan<byte> bytes) => outgoing.TryWrite(bytes.ToArray());

        protected override void Dispose(bool disposing)
        {
            outgoing.TryComplete();
            if (!IsClosed)
                closed.Cancel();
            base.Dispose(disposing);
        }

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
}
