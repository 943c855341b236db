using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.Web;

/// <summary>
/// What a form carries to show that we made it, for this order or contact, lately: a request id and its seal. A form from elsewhere has no seal;
/// the same form sent twice has the same request id, and so does nothing twice.
/// </summary>
internal sealed class FormSeal(ScreenKeys keys, TimeProvider clock)
{
    /// <summary>The hidden field's name.</summary>
    public const string FieldName = "form";

    /// <summary>How long a page may stay open before its buttons have to be loaded again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private const int RequestLength = 32;
    private const int SealLength = 64;

    /// <summary>
    /// A fresh request id with its seal: <c>REQUEST.SEAL</c>, both in hexadecimal. The id is a UUIDv7 and so carries its time.
    /// </summary>
    public string New(string about)
    {
        var request = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        return $"{request}.{Seal(about, request)}";
    }

    /// <summary>The request id, or null where the seal is not ours, is about something else, or is too old.</summary>
    public string? Open(string about, string? sealedRequest)
    {
        if (sealedRequest is null || sealedRequest.Length != RequestLength + 1 + SealLength || sealedRequest[RequestLength] != '.')
            return null;
        var request = sealedRequest[..RequestLength];
        var given = Encoding.ASCII.GetBytes(sealedRequest[(RequestLength + 1)..]);
        if (!CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Seal(about, request))))
            return null;
        var madeAt = DateTimeOffset.FromUnixTimeMilliseconds(
            long.Parse(request[..12], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
        ); // RFC 9562 section 5.7
        return clock.GetUtcNow() - madeAt <= Lifetime ? request : null;
    }

    private string Seal(string about, string request) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(keys.Forms, Encoding.UTF8.GetBytes($"{about}|{request}")));
}
