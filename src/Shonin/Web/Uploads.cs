using Microsoft.AspNetCore.Http.Features;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Shonin.Web;

/// <summary>How much of the server bodies may take that are under way.</summary>
internal sealed record UploadLimits
{
    /// <summary>Bodies of one address that are waited for at one time.</summary>
    public int PerAddressMax { get; init; } = 16;

    /// <summary>The same for one API key: its owner is known, and asks much.</summary>
    public int PerKeyMax { get; init; } = 512;

    /// <summary>
    /// Mails of strangers that are waited for at one time, whoever sends them; their forms have as many again, and so have keys.
    /// </summary>
    public int TotalMax { get; init; } = 1_024;

    /// <summary>
    /// Bytes of strangers' mails in memory, from the first byte to the answer; their forms have as many again, and so have keys.
    /// </summary>
    public long BytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>The part of it that one address may have for mails; the largest must fit.</summary>
    public long MailBytesPerAddressMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>The part that one address may have for forms; the largest must fit.</summary>
    public long FormBytesPerAddressMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>From the first byte that is waited for to the last.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same for a mail with its attachments.</summary>
    public TimeSpan MailTimeout { get; init; } = TimeSpan.FromMinutes(3);
}

/// <summary>Says that a route takes whole mails, which may be long under way.</summary>
internal sealed record LongUpload;

/// <summary>Why a body is read no further.</summary>
internal enum UploadRefusal
{
    TooManyOfThisParty,
    NoRoom,
    TooSlow,
}

/// <summary>Ends the reading of a body. It carries nothing of what was sent.</summary>
#pragma warning disable CA1032 // It is made here alone.
internal sealed class UploadRefusedException(UploadRefusal reason) : Exception($"The body is read no further: {reason}.")
#pragma warning restore CA1032
{
    public UploadRefusal Reason { get; } = reason;
}

/// <summary>
/// Stands around every body on its way in. A place is taken only while a body is waited for, and given back with its last byte, so that
/// whoever sends slowly holds up nobody but the same address; what lies in memory is counted by address; and each body has a time. Mails,
/// which may be long under way, take no room from forms.
/// </summary>
internal sealed class Uploads(UploadLimits limits, TimeProvider clock)
{
    private readonly Pool strangersMails = new(
        new(limits.TotalMax, limits.PerAddressMax),
        new(limits.BytesMax, limits.MailBytesPerAddressMax)
    );
    private readonly Pool strangersForms = new(
        new(limits.TotalMax, limits.PerAddressMax),
        new(limits.BytesMax, limits.FormBytesPerAddressMax)
    );
    private readonly Pool keys = new(new(limits.TotalMax, limits.PerKeyMax), new(limits.BytesMax, limits.BytesMax / 2));

    private sealed record Pool(Shares Places, Shares Bytes);

    public async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            await next(http);
            return;
        }
        var original = http.Request.Body;
        await using var watched = new WatchedBody(this, http, original);
        http.Request.Body = watched;
        await next(http);
    }

    /// <summary>
    /// The whole of a stream in memory that grows with what has arrived, not with what was announced; null where it has more bytes.
    /// </summary>
    public static async ValueTask<byte[]?> ReadUpToAsync(Stream stream, int sizeBytesMax, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        var chunk = new byte[16_384];
        for (int size; (size = await stream.ReadAsync(chunk, cancellation)) > 0; )
        {
            if (content.Length + size > sizeBytesMax)
                return null;
            content.Write(chunk, 0, size);
        }
        return content.ToArray();
    }

    private sealed class WatchedBody(Uploads uploads, HttpContext http, Stream inner) : Stream
    {
        // Who it is is known at the first read: the gate has looked at the API key by then.
        private readonly Lazy<string?> key = new(() => Gate.KeyOf(http)?.Id);
        private CancellationTokenSource? deadline;
        private Shares.Share? place;
        private Shares.Share? bytes;
        private long read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        private string Party => key.Value ?? Client.Of(http).Key;
        private bool IsLong => http.GetEndpoint()?.Metadata.GetMetadata<LongUpload>() is not null;
        private Pool Room =>
            key.Value is not null ? uploads.keys
            : IsLong ? uploads.strangersMails
            : uploads.strangersForms;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            deadline ??= new(IsLong ? uploads.MailTimeout : uploads.BodyTimeout, uploads.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            try
            {
                var reading = inner.ReadAsync(buffer, either.Token);
                if (!reading.IsCompleted && !TryTakePlace())
                    await either.CancelAsync();
                var size = await reading;
                read += size;
                if (size == 0 || read >= http.Request.ContentLength)
                    GiveUpPlace();
                bytes ??= Room.Bytes.TryTake(Party, 0)!;
                return bytes.TryGrow(size) ? size : throw new UploadRefusedException(UploadRefusal.NoRoom);
            }
            catch (OperationCanceledException)
                when (!cancellationToken.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
            {
                throw new UploadRefusedException(
                    deadline.IsCancellationRequested ? UploadRefusal.TooSlow : UploadRefusal.TooManyOfThisParty
                );
            }
            catch (IOException cut) when (cut is not BadHttpRequestException)
            {
                throw new BadHttpRequestException("The body was cut off.", cut);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Flush() { }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                http.Request.Body = inner;
                GiveUpPlace();
                bytes?.Dispose();
                deadline?.Dispose();
            }
            base.Dispose(disposing);
        }

        private bool TryTakePlace() => place is not null || (place = Room.Places.TryTake(Party, 1)) is not null;

        private void GiveUpPlace()
        {
            place?.Dispose();
            place = null;
        }
    }

    private TimeSpan BodyTimeout => limits.BodyTimeout;
    private TimeSpan MailTimeout => limits.MailTimeout;
    private TimeProvider Clock => clock;
}
