using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http.Features;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>
/// Takes a mail as it lies in a mailbox and answers whether it is from this shop. It writes nothing, so it needs no key against repeats,
/// and nothing of the mail is kept.
/// </summary>
internal sealed class MailCheckEndpoint(OwnMailCheck check, int sizeBytesMax)
{
    public const string Route = "/v1/mail-checks";
    public const string ContentType = "message/rfc822"; // RFC 2046 section 5.2.1

    /// <summary>
    /// More than one mail a processor at a time only makes all of them late. One key leaves half of the places to others.
    /// </summary>
    private const int AtOnceMax = 16;
    private const int AtOnceOfOneKeyMax = 8;

    private static readonly TimeSpan whileBusy = TimeSpan.FromSeconds(1);

    private readonly Shares places = new(AtOnceMax, AtOnceOfOneKeyMax);

    public async Task<IResult> CheckAsync(HttpContext http, string? recipient)
    {
        if (!IsMail(http.Request.ContentType))
        {
            return new Problem(
                ProblemCode.UnsupportedMediaType,
                $"Send the mail's original, byte for byte, with the header Content-Type: {ContentType}."
            );
        }

        if (recipient is not null && !MailAddress.IsOne(recipient))
            return new Problem(ProblemCode.InvalidValue, "recipient is not a mail address, as in hanako@example.jp.");
        var body = await ReadAsync(http, http.RequestAborted);
        return await body.ThenAsync(raw => JudgeAsync(raw, recipient, Gate.CallerOf(http).Id, http.RequestAborted));
    }

    /// <summary>A place is taken once the mail is there, so that nobody holds one by sending slowly.</summary>
    private async Task<IResult> JudgeAsync(ReadOnlyMemory<byte> raw, string? recipient, string caller, CancellationToken cancellation)
    {
        using var place = places.TryTake(caller, 1);
        if (place is null)
        {
            return new Problem(ProblemCode.Overloaded, "As many mails are being checked already as can be at one time.")
            {
                RetryAfter = whileBusy,
            };
        }

        var recorded = await check.CheckAsync(raw, recipient, cancellation);
        return recorded.Check switch
        {
            MailCheck.Checked(var result) => Results.Json(MailCheckJson.Of(result, recorded.Queries), ApiJson.Options),
            MailCheck.Refused(var why) => new Problem(ProblemCode.InvalidMail, why),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async ValueTask<Reading<ReadOnlyMemory<byte>, Problem>> ReadAsync(HttpContext http, CancellationToken cancellation)
    {
        // The server's own limit is made for JSON. Ours counts what is read, and nothing more is.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null;
        if (http.Request.ContentLength > sizeBytesMax)
            return TooLarge();
        if (await Uploads.ReadUpToAsync(http.Request.Body, sizeBytesMax, cancellation) is not { } content)
            return TooLarge();
        return content.Length == 0
            ? new Reading<ReadOnlyMemory<byte>, Problem>.Refused(
                new(ProblemCode.InvalidMail, "The body is empty; send the mail's original, byte for byte.")
            )
            : new Reading<ReadOnlyMemory<byte>, Problem>.Read(content);
    }

    private Reading<ReadOnlyMemory<byte>, Problem>.Refused TooLarge() =>
        new(new(ProblemCode.BodyTooLarge, $"The mail has more than {sizeBytesMax} bytes."));

    private static bool IsMail(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType?.ToLowerInvariant() is ContentType or "message/global" or "application/octet-stream";
}
