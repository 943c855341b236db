using Shonin.Domain.Proofs;

namespace Shonin.Domain.Notices;

/// <summary>What stands in examples and reaches nobody: a customer who is told to call there is left alone.</summary>
public static class Placeholders
{
    private const int ZerosMin = 6;
    private static readonly string[] madeUp = ["12345678", "123456789", "1234567890"];
    private static readonly string[] reserved = ["test", "example", "invalid", "localhost"]; // RFC 2606 section 2
    private static readonly string[] exampleNames =
    [
        "example",
        "example.com",
        "example.net",
        "example.org",
        "example.jp",
        "example.co.jp",
        "example.ne.jp",
        "example.or.jp",
    ]; // RFC 2606 section 3; JPRS reserves the Japanese ones

    /// <summary>0120-000-000, 03-0000-0000, 03-1234-5678 and their like; and what has no digits to dial.</summary>
    public static bool IsPhone(string phone)
    {
        var digits = string.Concat(FoldedText.Normal(phone, System.Text.NormalizationForm.FormKC).Where(char.IsAsciiDigit));
        return digits.Length < 3
            || digits.Length > 8
                && (
                    digits.EndsWith(new string('0', ZerosMin), StringComparison.Ordinal)
                    || madeUp.Any(tail => digits.EndsWith(tail, StringComparison.Ordinal))
                );
    }

    /// <summary>A host of the example domains, or a name that no public DNS holds.</summary>
    public static bool IsHost(string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        return reserved.Contains(name[(name.LastIndexOf('.') + 1)..])
            || exampleNames.Any(example => name == example || name.EndsWith("." + example, StringComparison.Ordinal));
    }

    /// <summary>A page that nobody can open: at an example domain, or no web address at all.</summary>
    public static bool IsPage(string address) =>
        !Uri.TryCreate(address, UriKind.Absolute, out var page) || page.Scheme is not ("https" or "http") || IsHost(page.Host);
}
