using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shonin.CardCompany.Deciding;
using Shonin.Iso8583;

namespace Shonin.CardCompany.Accounts;

/// <summary>What became of an accounts file.</summary>
public abstract record AccountsRead
{
    private AccountsRead() { }

    public sealed record Read(AccountBook Book) : AccountsRead;

    /// <param name="Problems">Each names the entry (counted from 1), the field, what was wrong and what is expected. No card number is in
    ///   them.</param>
    public sealed record Faulty(IReadOnlyList<string> Problems) : AccountsRead;
}

/// <summary>
/// Reads accounts: a JSON array of <c>{number, expiry, securityCode, holder, birthDate, phone?, limit?, state, arrears, answers?,
/// adviceCode?, networkCode?}</c>. <c>answers</c> is <c>decline:CC</c>, <c>refer:CC</c>, <c>n7</c>, <c>partial</c> or <c>approve</c>. A
/// field that is not among these is an error, so that a misspelt one is not taken for absent.
/// </summary>
public static partial class AccountsFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int SizeBytesMax = 64 * 1024 * 1024;
    private const int EntryCountMax = 1_000_000;

    private static readonly string[] fields =
    [
        "number",
        "expiry",
        "securityCode",
        "holder",
        "birthDate",
        "phone",
        "limit",
        "state",
        "arrears",
        "answers",
        "adviceCode",
        "networkCode",
    ];

    public static AccountsRead Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > SizeBytesMax)
            return new AccountsRead.Faulty([$"the file has {utf8.Length} bytes; at most {SizeBytesMax} are read"]);
        var numbers = new HashSet<string>();
        var read = StrictArray.Read(utf8, fields, countMin: 0, EntryCountMax, "accounts", entry =>
        {
            var account = new Reader(entry).Read();
            if (!numbers.Add(account.Number))
                entry.Wrong("number", "a number that no earlier entry has");
            return account;
        });
        return read.Problems.Count == 0 ? new AccountsRead.Read(new AccountBook(read.Entries)) : new AccountsRead.Faulty(read.Problems);
    }

    /// <summary>Reads one account. It goes on after a problem, so that all of them are told at once.</summary>
    private sealed class Reader(StrictEntry entry)
    {
        public AccountEntry Read()
        {
            var number = Text("number", CardNumber(), "a card number of 12 to 19 digits");
            if (number.Length > 0 && !Luhn.Passes(number))
                entry.Wrong("number", "a number that passes the Luhn check");
            var expiry = DateOnly.TryParseExact(
                Text("expiry", YearMonth(), "YYYY-MM") + "-01",
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var month
            )
                ? new Expiry(month.Year, month.Month)
                : default;
            CheckBirthDate();
            Optional("phone", Phone(), "digits, spaces, + and -");
            return new AccountEntry(
                number,
                new Account(
                    number.Length > 4 ? number[^4..] : "",
                    Text("holder", AnyLine(), "a name of 1 to 100 characters"),
                    expiry,
                    new ComparedSecret(Text("securityCode", SecurityCode(), "3 or 4 digits")),
                    State(),
                    Arrears(),
                    Limit(),
                    Rule(),
                    Optional("adviceCode", AdviceCode(), "2 digits"),
                    Optional("networkCode", NetworkCode(), "1 to 25 letters and digits")
                )
            );
        }

        /// <summary>It belongs to the file's form; this host identifies nobody, and so does not keep it.</summary>
        private void CheckBirthDate()
        {
            if (
                !DateOnly.TryParseExact(
                    Optional("birthDate", AnyLine(), "YYYY-MM-DD"),
                    "yyyy-MM-dd",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out _
                )
            )
            {
                entry.Wrong("birthDate", "YYYY-MM-DD");
            }
        }

        private AccountState State()
        {
            switch (Optional("state", AnyLine(), "text"))
            {
                case "open":
                    return AccountState.Open;
                case "blocked":
                    return AccountState.Blocked;
                case "lost":
                    return AccountState.Lost;
                case "stolen":
                    return AccountState.Stolen;
                case "expired":
                    return AccountState.Expired;
                case "closed":
                    return AccountState.Closed;
                default:
                    entry.Wrong("state", "open, blocked, lost, stolen, expired or closed");
                    return AccountState.Closed;
            }
        }

        private ArrearsState Arrears()
        {
            switch (entry.Find("arrears")?.ValueKind)
            {
                case JsonValueKind.True:
                    return ArrearsState.Due;
                case JsonValueKind.False:
                    return ArrearsState.None;
                default:
                    entry.Wrong("arrears", "true or false");
                    return ArrearsState.Due;
            }
        }

        private Amount? Limit()
        {
            if (entry.Find("limit") is not { } limit)
                return null;
            if (
                limit.ValueKind is JsonValueKind.Object
                && limit.EnumerateObject().Count() == 2
                && limit.TryGetProperty("minorUnits", out var units)
                && units.ValueKind is JsonValueKind.Number
                && units.TryGetInt64(out var minorUnits)
                && minorUnits >= 0
                && limit.TryGetProperty("currency", out var currency)
                && currency.ValueKind is JsonValueKind.String
                && Currencies.IsKnown(currency.GetString()!)
            )
            {
                return new Amount(minorUnits, currency.GetString()!);
            }

            entry.Wrong("limit", """{"minorUnits":10000,"currency":"JPY"} with a currency that is settled here""");
            return null;
        }

        private AnswerRule Rule()
        {
            var text = Optional(
                "answers",
                Answers(),
                "decline:CC or refer:CC with a response code that is not an approval, n7, partial or approve"
            );
            return text?.Split(':') switch
            {
                null or ["approve"] => AnswerRule.Approve.Instance,
                ["n7"] => AnswerRule.RegisteredWrongly.Instance,
                ["partial"] => AnswerRule.ApproveInPart.Instance,
                ["decline", var code] => new AnswerRule.Decline(code),
                ["refer", var code] => new AnswerRule.Refer(code),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        /// <summary>Empty, and a problem noted, where it is absent or of another form.</summary>
        private string Text(string field, Regex form, string expected)
        {
            if (entry.Find(field) is not null)
                return Optional(field, form, expected) ?? "";
            entry.Wrong(field, expected);
            return "";
        }

        private string? Optional(string field, Regex form, string expected)
        {
            if (entry.Find(field) is not { } value)
                return null;
            if (value.ValueKind is JsonValueKind.String && form.IsMatch(value.GetString()!))
                return value.GetString();
            entry.Wrong(field, expected);
            return null;
        }
    }

    [GeneratedRegex(@"\A[0-9]{12,19}\z")]
    private static partial Regex CardNumber();

    [GeneratedRegex(@"\A[0-9]{4}-(0[1-9]|1[0-2])\z")]
    private static partial Regex YearMonth();

    [GeneratedRegex(@"\A[0-9]{3,4}\z")]
    private static partial Regex SecurityCode();

    [GeneratedRegex(@"\A[^\p{C}]{1,100}\z")]
    private static partial Regex AnyLine();

    [GeneratedRegex(@"\A[0-9 +-]{1,30}\z")]
    private static partial Regex Phone();

    [GeneratedRegex(@"\A(approve|n7|partial|(decline|refer):(?!00|10)[0-9A-Z]{2})\z")]
    private static partial Regex Answers();

    [GeneratedRegex(@"\A[0-9]{2}\z")]
    private static partial Regex AdviceCode();

    [GeneratedRegex(@"\A[0-9A-Za-z]{1,25}\z")]
    private static partial Regex NetworkCode();
}
