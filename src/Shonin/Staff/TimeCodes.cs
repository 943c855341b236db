using System.Security.Cryptography;
using System.Text;
using OtpNet;
using QRCoder;

namespace Shonin.Staff;

/// <summary>Codes of authenticator apps: six digits, a new one every 30 seconds (RFC 6238), with the defaults that every app knows.</summary>
internal static class TimeCodes
{
    /// <summary>What RFC 4226 section 4 recommends.</summary>
    private const int SecretSizeBytes = 20;

    /// <summary>A clock may be half a minute off (RFC 6238 section 5.2), and people take a while to type.</summary>
    private static readonly VerificationWindow window = new(previous: 1, future: 1);

    /// <summary>A new secret in Base32 (RFC 4648).</summary>
    public static string NewSecret() => Base32Encoding.ToString(RandomNumberGenerator.GetBytes(SecretSizeBytes));

    /// <summary>The step of time whose code was typed, or null where it is none that is good now. Spaces count for nothing.</summary>
    public static long? StepOf(string secret, string typed, DateTimeOffset at)
    {
        // Digits of any script: a Japanese keyboard types full-width ones.
        var digits = string.Concat(typed.EnumerateRunes().Where(Rune.IsDigit).Select(digit => (int)Rune.GetNumericValue(digit)));
        return new Totp(Base32Encoding.ToBytes(secret)).VerifyTotp(at.UtcDateTime, digits, out var step, window) ? step : null;
    }

    /// <summary>What an app takes, by a link or by its camera.</summary>
    /// <param name="issuer">Whose desk it is.</param>
    public static string LinkOf(string issuer, string account, string secret) =>
        new OtpUri(OtpType.Totp, secret, account, issuer).ToString();

    /// <summary>In groups of four, as one types them.</summary>
    public static string Spoken(string secret) => string.Join(' ', secret.Chunk(4).Select(group => new string(group)));

    /// <summary>The link as a QR code with its quiet zone: its side in modules, and the dark ones as a path of SVG.</summary>
    public static (int Side, string Path) SquareOf(string link)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(link, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Count; x++)
            {
                if (rows[y][x])
                    path.Append(System.Globalization.CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
            }
        }

        return (rows.Count, path.ToString());
    }
}
