using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Shonin.Web;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Shonin.Specs.Web;

[RealParts]
public sealed class UploadsSpecs
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task One_address_waits_for_so_many_bodies_and_another_is_not_touched()
    {
        var uploads = New(new() { PerAddressMax = 2 });
        using var first = new Sending(uploads, "192.0.2.1");
        using var second = new Sending(uploads, "192.0.2.1");
        using var third = new Sending(uploads, "192.0.2.1");
        using var other = new Sending(uploads, "192.0.2.2");

        Assert.Equal(UploadRefusal.TooManyOfThisParty, (await Assert.ThrowsAsync<UploadRefusedException>(() => third.Reading)).Reason);
        Assert.Equal("abc", await other.EndAsync("abc"));
        Assert.Equal("x", await first.EndAsync("x"));
        using var fourth = new Sending(uploads, "192.0.2.1");
        Assert.Equal("y", await fourth.EndAsync("y"));
    }

    [Fact]
    public async Task A_whole_ipv6_network_is_one_address()
    {
        var uploads = New(new() { PerAddressMax = 1 });
        using var first = new Sending(uploads, "2001:db8::1");
        using var second = new Sending(uploads, "2001:db8::2");
        using var other = new Sending(uploads, "2001:db8:0:1::1");

        Assert.Equal(UploadRefusal.TooManyOfThisParty, (await Assert.ThrowsAsync<UploadRefusedException>(() => second.Reading)).Reason);
        Assert.Equal("a", await other.EndAsync("a"));
    }

    [Fact]
    public async Task Strangers_in_sum_have_their_places_and_no_more()
    {
        var uploads = New(new() { TotalMax = 1 });
        using var first = new Sending(uploads, "192.0.2.1");
        using var second = new Sending(uploads, "192.0.2.2");

        Assert.Equal(UploadRefusal.TooManyOfThisParty, (await Assert.ThrowsAsync<UploadRefusedException>(() => second.Reading)).Reason);
    }

    [Theory]
    [InlineData(false, 30)]
    [InlineData(true, 180)]
    public async Task A_body_has_its_time_and_a_mail_has_more(bool isMail, int seconds)
    {
        var uploads = New(new());
        using var sending = new Sending(uploads, "192.0.2.1", isMail ? new LongUpload() : new object());

        clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.False(sending.Reading.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(UploadRefusal.TooSlow, (await Assert.ThrowsAsync<UploadRefusedException>(() => sending.Reading)).Reason);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public async Task One_address_holds_so_many_bytes_until_its_request_is_answered(int sizeBytes, bool fits)
    {
        var uploads = New(new() { FormBytesPerAddressMax = 20 });
        using var first = new Sending(uploads, "192.0.2.1", stays: true);
        using var second = new Sending(uploads, "192.0.2.1");
        using var other = new Sending(uploads, "192.0.2.2");

        await first.SendAsync("0123456789");
        var answer = second.EndAsync(new('x', sizeBytes));

        if (fits)
            Assert.Equal(sizeBytes, (await answer).Length);
        else
            Assert.Equal(UploadRefusal.NoRoom, (await Assert.ThrowsAsync<UploadRefusedException>(() => answer)).Reason);
        Assert.Equal(20, (await other.EndAsync(new('x', 20))).Length);
    }

    [Fact]
    public async Task Mails_that_fill_all_their_room_leave_the_forms_theirs()
    {
        var uploads = New(
            new()
            {
                TotalMax = 2,
                BytesMax = 20,
                MailBytesPerAddressMax = 10,
            }
        );
        using var first = new Sending(uploads, "192.0.2.1", new LongUpload(), stays: true);
        using var second = new Sending(uploads, "192.0.2.2", new LongUpload(), stays: true);
        await first.SendAsync("0123456789");
        await second.SendAsync("0123456789");
        using var form = new Sending(uploads, "192.0.2.3");
        using var mail = new Sending(uploads, "192.0.2.3", new LongUpload());

        Assert.Equal("abc", await form.EndAsync("abc"));
        Assert.IsType<UploadRefusedException>(await Record.ExceptionAsync(() => mail.EndAsync("abc")));
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_the_senders_fault()
    {
        using var sending = new Sending(New(new()), "192.0.2.1");

        Assert.Equal(
            StatusCodes.Status400BadRequest,
            (await Assert.ThrowsAsync<BadHttpRequestException>(() => sending.CutAsync())).StatusCode
        );
    }

    private Uploads New(UploadLimits limits) => new(limits, clock);

    /// <summary>A request whose body comes as the spec sends it, read by an endpoint to its end.</summary>
    private sealed class Sending : IDisposable, IHttpRequestBodyDetectionFeature
    {
        private readonly Pipe pipe = new();
        private readonly TaskCompletionSource stay = new();
        private readonly TaskCompletionSource begun = new();

        /// <param name="stays">The endpoint goes on after the first bytes, as one that works for long.</param>
        public Sending(Uploads uploads, string address, object? metadata = null, bool stays = false)
        {
            if (!stays)
                stay.SetResult();
            var http = new DefaultHttpContext();
            http.Connection.RemoteIpAddress = IPAddress.Parse(address);
            http.Request.Body = pipe.Reader.AsStream();
            http.Features.Set<IHttpRequestBodyDetectionFeature>(this);
            http.SetEndpoint(new Endpoint(null, new(metadata ?? new object()), "endpoint"));
            Reading = ReadAsync(uploads, http);
        }

        public bool CanHaveBody => true;

        public Task<string> Reading { get; }

        public async Task SendAsync(string text)
        {
            await pipe.Writer.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text));
            await begun.Task;
        }

        public async Task<string> EndAsync(string text)
        {
            await pipe.Writer.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text));
            await pipe.Writer.CompleteAsync();
            return await Reading;
        }

        public async Task<string> CutAsync()
        {
            await pipe.Writer.CompleteAsync(new IOException("reset"));
            return await Reading;
        }

        public void Dispose()
        {
            stay.TrySetResult();
            pipe.Writer.Complete();
        }

        private async Task<string> ReadAsync(Uploads uploads, HttpContext http)
        {
            var text = "";
            await uploads.GuardAsync(http, async inner =>
            {
                var chunk = new byte[64];
                for (int size; (size = await inner.Request.Body.ReadAsync(chunk)) > 0; )
                {
                    text += System.Text.Encoding.ASCII.GetString(chunk.AsSpan(0, size));
                    begun.TrySetResult();
                    await stay.Task;
                }
            });
            return text;
        }
    }
}
