using System.Net.Http.Headers;

namespace Shonin.Web;

/// <summary>Takes a body off the wire, up to a limit.</summary>
internal static class RequestBody
{
    public const string Json = "application/json";

    public static async ValueTask<Reading<byte[], Problem>> ReadAsync(HttpRequest request, int sizeMaxBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > sizeMaxBytes)
            return TooLarge(sizeMaxBytes);
        var buffer = new byte[(int)(request.ContentLength ?? sizeMaxBytes) + 1];
        var sizeBytes = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        if (sizeBytes > sizeMaxBytes)
            return TooLarge(sizeMaxBytes);
        return sizeBytes > 0 && !IsJson(request.ContentType)
            ? new Reading<byte[], Problem>.Refused(
                new(ProblemCode.UnsupportedMediaType, $"Send the body as JSON, with the header Content-Type: {Json}.")
            )
            : new Reading<byte[], Problem>.Read(buffer[..sizeBytes]);
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && string.Equals(type.MediaType, Json, StringComparison.OrdinalIgnoreCase)
        && (type.CharSet is null || string.Equals(type.CharSet.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));

    private static Reading<byte[], Problem>.Refused TooLarge(int sizeMaxBytes) =>
        new(new(ProblemCode.BodyTooLarge, $"The body has more than {sizeMaxBytes} bytes."));
}

/// <summary>Goes on with what was read, or answers with what was wrong.</summary>
internal static class ReadingReplies
{
    public static async Task<IResult> ThenAsync<T>(this Reading<T, Problem> reading, Func<T, Task<IResult>> next) =>
        reading switch
        {
            Reading<T, Problem>.Read(var value) => await next(value),
            Reading<T, Problem>.Refused(var problem) => problem,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
