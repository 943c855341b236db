using System.Text.Json;
using System.Text.RegularExpressions;

namespace Shonin.CardCompany.Acquirers;

/// <summary>What became of a file of acquirers.</summary>
internal abstract record AcquirersRead
{
    private AcquirersRead() { }

    public sealed record Read(AcquirerBook Book) : AcquirersRead;

    /// <param name="Problems">Each names the entry (counted from 1), the field and what is expected.</param>
    public sealed record Faulty(IReadOnlyList<string> Problems) : AcquirersRead;
}

/// <summary>
/// Reads which certificate speaks for whom: a JSON array of <c>{certificate, acquirer, terminals, merchants?}</c>. <c>certificate</c> is
/// <c>sha256:HEX</c>, <c>dns:NAME</c> or <c>subject:DN</c>; a terminal or merchant that ends with <c>*</c> stands for all that begin so.
/// Any other field is an error, so that a misspelt limit is not taken for none.
/// </summary>
internal static partial class AcquirersFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int SizeBytesMax = 4 * 1024 * 1024;

    /// <summary>Each handshake is held against every entry.</summary>
    public const int EntryCountMax = 1_000;
    private const int NameCountMax = 10_000;
    private const int TerminalLength = 8; // field 41
    private const int MerchantLength = 15; // field 42

    private static readonly string[] fields = ["certificate", "acquirer", "terminals", "merchants"];

    public static AcquirersRead Parse(ReadOnlyMemory<byte> utf8)
    {
        var certificates = new HashSet<CertificateName>();
        var read = StrictArray.Read(utf8, fields, countMin: 1, EntryCountMax, "acquirers", entry =>
        {
            var acquirer = new Reader(entry).Read();
            if (acquirer is not null && !certificates.Add(acquirer.Certificate))
                entry.Wrong("certificate", "a certificate that no earlier entry names: one speaks for one acquirer");
            return acquirer;
        });
        return read.Problems.Count == 0
            ? new AcquirersRead.Read(new AcquirerBook([.. read.Entries.OfType<Acquirer>()]))
            : new AcquirersRead.Faulty(read.Problems);
    }

    private sealed class Reader(StrictEntry entry)
    {
        /// <summary>Null where something is wrong, which is then among the problems.</summary>
        public Acquirer? Read()
        {
            var certificate = Certificate();
            var acquirer = entry.Text("acquirer") is { } digits && AcquirerNumber().IsMatch(digits) ? digits.TrimStart('0') : null;
            if (acquirer is null)
                entry.Wrong("acquirer", "1 to 11 digits (field 32)");
            var terminals = Names("terminals", TerminalLength);
            if (terminals is null)
                entry.Wrong("terminals", $"an array of 1 to {NameCountMax} names of up to {TerminalLength} characters (field 41)");
            var merchants = Names("merchants", MerchantLength);
            if (merchants is null && entry.Given("merchants") is not null)
            {
                entry.Wrong(
                    "merchants",
                    $"an array of 1 to {NameCountMax} names of up to {MerchantLength} characters (field 42), or no such field"
                );
            }

            return certificate is null || acquirer is null || terminals is null
                ? null
                : new Acquirer(certificate, acquirer is "" ? "0" : acquirer, terminals, merchants);
        }

        private CertificateName? Certificate()
        {
            switch (entry.Text("certificate")?.Split(':', 2))
            {
                case ["sha256", var hex]
                    when hex.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant() is { Length: 64 } digits
                        && digits.All(char.IsAsciiHexDigit):
                    return new CertificateName.Sha256(digits);
                case ["dns", var name] when DnsName().IsMatch(name):
                    return new CertificateName.Dns(name.ToLowerInvariant());
                case ["subject", { Length: > 0 } subject]:
                    return new CertificateName.Subject(subject);
                default:
                    entry.Wrong(
                        "certificate",
                        "sha256: with 64 hexadecimal digits, dns: with a whole name, or subject: with the whole subject"
                    );
                    return null;
            }
        }

        private List<NamePattern>? Names(string field, int lengthMax)
        {
            if (entry.Given(field) is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() is 0 or > NameCountMax)
                return null;
            var names = new List<NamePattern>();
            foreach (var item in array.EnumerateArray())
            {
                if (
                    item.ValueKind is not JsonValueKind.String
                    || item.GetString() is not { Length: > 0 } text
                    || !PlainName().IsMatch(text)
                    || text.TrimEnd('*').Length > lengthMax
                )
                {
                    return null;
                }

                names.Add(new NamePattern(text.TrimEnd('*'), text.EndsWith('*')));
            }
            return names;
        }
    }

    [GeneratedRegex(@"\A[0-9]{1,11}\z")]
    private static partial Regex AcquirerNumber();

    [GeneratedRegex(@"\A[0-9A-Za-z](?:[0-9A-Za-z.-]{0,251}[0-9A-Za-z])?\z")]
    private static partial Regex DnsName();

    // printable ASCII without spaces at its ends; an asterisk at the end alone
    [GeneratedRegex(@"\A(?:[!-)+-~](?:[ -)+-~]*[!-)+-~])?\*?|\*)\z")]
    private static partial Regex PlainName();
}
