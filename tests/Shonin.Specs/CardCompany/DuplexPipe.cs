using System.IO.Pipelines;

namespace Shonin.Specs.CardCompany;

/// <summary>Two streams that are the ends of one connection in memory.</summary>
internal static class DuplexPipe
{
    public static (Stream Near, Stream Far) Create()
    {
        var (there, back) = (new Pipe(), new Pipe());
        return (new End(back.Reader, there.Writer), new End(there.Reader, back.Writer));
    }

    /// <summary>Nothing can be sent to this end any more, as after a reset; it can still send.</summary>
    public static void Deafen(Stream end) => ((End)end).Deafen();

    private sealed class End(PipeReader reader, PipeWriter writer) : Stream
    {
        private readonly Stream incoming = reader.AsStream();
        private readonly Stream outgoing = writer.AsStream();

        public void Deafen() => reader.Complete();

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => outgoing.Flush();

        public override int Read(byte[] buffer, int offset, int count) => incoming.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            incoming.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => outgoing.Write(buffer, offset, count);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if ((await writer.WriteAsync(buffer, cancellationToken)).IsCompleted)
                throw new IOException("the peer does not read any more");
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            incoming.Dispose();
            outgoing.Dispose();
            base.Dispose(disposing);
        }
    }
}
