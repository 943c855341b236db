using System.IO.Pipelines;

namespace Shonin.Specs.CardCompany;

/// <summary>Two streams that are the ends of one connection in memory.</summary>
internal static class DuplexPipe
{
    public static (Stream Near, Stream Far) Create()
    {
        var (there, back) = (new Pipe(), new Pipe());
        return (new End(back.Reader.AsStream(), there.Writer.AsStream()), new End(there.Reader.AsStream(), back.Writer.AsStream()));
    }

    private sealed class End(Stream incoming, Stream outgoing) : Stream
    {
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() => outgoing.Flush();
        public override int Read(byte[] buffer, int offset, int count) => incoming.Read(buffer, offset, count);
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => incoming.ReadAsync(buffer, cancellationToken);
        public override void Write(byte[] buffer, int offset, int count) => outgoing.Write(buffer, offset, count);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await outgoing.WriteAsync(buffer, cancellationToken);
            await outgoing.FlushAsync(cancellationToken);
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
