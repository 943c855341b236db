using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Shonin.EventLog.Secrets;

namespace Shonin.Specs.Web;

/// <summary>Limits as a visitor meets them on the real server.</summary>
[RealParts]
public sealed class LimitsOnTheWireSpecs(SharedShops shops)
{
    [Fact]
    public async Task Many_streams_of_one_http2_connection_are_one_address_too()
    {
        using var certificate = new CertificateFile();
        await using var shop = await RunningShop.OpenAsync(
            ("Web:Urls", "https://127.0.0.1:0"),
            ("Web:CertificatePath", certificate.Path),
            ("Limits:UploadsPerAddressMax", "2"),
            ("Limits:BytesPerSecondMin", "1")
        );
        EndlessBody[] bodies = [new(), new(), new()];

        var answers = bodies.Select(body => PostAsync(shop, body)).ToArray();
        using var refused = await await Task.WhenAny(answers);

        Assert.Equal((HttpVersion.Version20, HttpStatusCode.TooManyRequests), (refused.Version, refused.StatusCode));
        Assert.Equal(2, answers.Count(answer => !answer.IsCompleted));
        bodies.ToList().ForEach(body => body.Dispose());
    }

    [Theory]
    [InlineData(60, 10, "HTTP/1.1 200")]
    [InlineData(80, 10, "HTTP/1.1 431")]
    [InlineData(2, 9_000, "HTTP/1.1 431")]
    public async Task A_flood_of_header_fields_is_refused(int count, int size, string expected)
    {
        var shop = await shops.WithAsync();
        var fields = string.Concat(Enumerable.Range(0, count).Select(index => $"X-{index}: {new string('x', size)}\r\n"));

        Assert.StartsWith(expected, await shop.SendRawAsync($"GET /health HTTP/1.1\r\nHost: x\r\n{fields}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_who_are_signed_in_are_not_shut_out_by_others_behind_their_address()
    {
        await using var shop = await RunningShop.OpenAsync();
        using var signIn = await shop.Client.PostAsync(
            "/desk/sign-in",
            new FormUrlEncodedContent([KeyValuePair.Create("key", shop.NewKey())])
        );
        var session = signIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var stranger = HttpStatusCode.Unauthorized;
        for (var asked = 0; asked < 1_000 && stranger == HttpStatusCode.Unauthorized; asked++)
            stranger = await StatusAsync(shop, "/desk", null);

        Assert.Equal(HttpStatusCode.TooManyRequests, stranger);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(shop, "/desk", session));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(shop, "/desk", session + "0"));
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningShop shop, string path, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        using var answer = await shop.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> PostAsync(RunningShop shop, EndlessBody body) =>
        shop.Client.SendAsync(
            new(HttpMethod.Post, "/check")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = body,
            },
            HttpCompletionOption.ResponseHeadersRead
        );

    /// <summary>A body that begins and does not end before it is let go.</summary>
    private sealed class EndlessBody : HttpContent
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("number=N1&reference="));
            await stream.FlushAsync();
            await ended.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            ended.TrySetResult();
            base.Dispose(disposing);
        }
    }

    private sealed class CertificateFile : IDisposable
    {
        public CertificateFile()
        {
            using var key = RsaKeys.Of(0);
            using var certificate = new CertificateRequest(
                "CN=shop.example.jp",
                key,
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            ).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            OwnerOnly.CreateWhole(
                Path,
                Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n")
            );
        }

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"shonin-spec-{Guid.NewGuid():N}.pem");

        public void Dispose() => File.Delete(Path);
    }
}
