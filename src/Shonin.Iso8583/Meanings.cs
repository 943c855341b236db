using System.Globalization;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>What values mean, in English words. An unknown value has no meaning here, which is an empty string and never a guess.</summary>
internal static class Meanings
{
    private const string None = "";

    /// <summary>As in "reversal advice, repeated".</summary>
    public static string Of(Mti mti)
    {
        if (mti.Value / 1000 != 0)
            return $"a message of another version of ISO 8583 than 1987 (first digit {mti.Value / 1000})";
        var subject = mti.Class switch
        {
            MessageClass.Authorization => "authorization",
            MessageClass.Financial => "financial transaction",
            MessageClass.FileUpdate => "file update",
            MessageClass.Reversal => "reversal",
            MessageClass.Reconciliation => "reconciliation",
            MessageClass.Administrative => "administrative",
            MessageClass.FeeCollection => "fee collection",
            MessageClass.NetworkManagement => "network management",
            MessageClass.Reserved => "reserved",
        };
        var function = mti.Function switch
        {
            MessageFunction.Request => "request",
            MessageFunction.RequestAnswer => "answer to a request",
            MessageFunction.Advice => "advice",
            MessageFunction.AdviceAnswer => "answer to an advice",
            MessageFunction.Notification => "notification",
            MessageFunction.Reserved => "message of a reserved kind",
        };
        return $"{subject} {function}{(mti.IsRepeat ? ", repeated" : None)}";
    }

    /// <summary>What the masked value of a field says. Where the mask hides it, nothing is said of it either.</summary>
    public static string Of(Message message, int field) =>
        MessageMask.Value(message, field) == MessageMask.Hidden
            ? Hidden(field)
            : field switch
            {
                2 => "only the last four digits are shown",
                3 => ProcessingCode(message.Text(3)!),
                4 => Amount(message.Number(4), message.Number(49)),
                5 => Amount(message.Number(5), message.Number(50)),
                6 => Amount(message.Number(6), message.Number(51)),
                7 => Transmitted(message.Text(7)!),
                12 => Spread(message.Text(12)!, ':') + " local time",
                13 or 15 => "month and day " + Spread(message.Text(field)!, '-'),
                22 => EntryMode(message.Text(22)!),
                25 => Condition(message.Text(25)!),
                39 => message.Mti is { Class: MessageClass.Reversal, ExpectsAnswer: true }
                    ? ReversalReason(message.Text(39)!)
                    : ResponseCode(message.Text(39)!),
                44 => NetworkCode(message.Text(44)!),
                49 or 50 or 51 => CurrencyOf(message.Number(field)).Name,
                54 => Amounts(message.Bytes(54)),
                70 => NetworkManagement(message.Text(70)!),
                90 => Original(message.Bytes(90)),
                95 => ReplacementAmount.Parse(message.Bytes(95)) is FieldReading<ReplacementAmount>.Read(var amount)
                    ? "new total " + Amount(amount.MinorUnits, message.Number(49))
                    : None,
                _ => None,
            };

    /// <summary>What an element of field 48 is called.</summary>
    public static string ElementName(int id) =>
        id switch
        {
            20 => "initiator and reason",
            42 => "electronic commerce indicator",
            43 => "authentication value",
            61 => "partial approval supported",
            66 => "directory server transaction id",
            80 => "way of paying",
            84 => "merchant advice code",
            87 => "security code result",
            92 => "security code",
            _ => "element that the profile does not define",
        };

    /// <summary>What the value of an element of field 48 says.</summary>
    public static string ElementMeaning(int id, string value) =>
        (id, value) switch
        {
            (20, "C0") => "the customer",
            (20, "C1") => "the customer confirms again",
            (20, "M1") => "the merchant: automatic retry",
            (20, "M2") => "the merchant: re-authorization",
            (20, "M3") => "the merchant: amount change",
            (42, "05" or "02") => "the customer was authenticated",
            (42, "06" or "01") => "authentication was attempted",
            (42, "07" or "00") => "no authentication",
            (61, "1") => "yes",
            (80, "10") => "in one payment",
            (80, ['6', '1', .. var parts]) => $"in {parts.TrimStart('0')} parts",
            (84, _) => AdviceCode(value),
            (87, "M") => "matches",
            (87, "N") => "does not match",
            (87, "U") => "not checked",
            (92, _) => "never shown",
            _ => None,
        };

    /// <summary>Field 39 of an answer. ISO 8583:1987 table of response codes, and the networks' additions.</summary>
    public static string ResponseCode(string code) =>
        code switch
        {
            "00" => "approved",
            "01" => "refer to the card company",
            "02" => "refer to the card company, special conditions",
            "03" => "invalid merchant",
            "04" => "pick up the card",
            "05" => "do not honour",
            "06" => "error",
            "07" => "pick up the card, special conditions",
            "08" => "honour with identification",
            "09" => "request in progress",
            "10" => "approved for a part of the amount",
            "11" => "approved, VIP",
            "12" => "invalid transaction",
            "13" => "invalid amount",
            "14" => "no such card number",
            "15" => "no such issuer",
            "17" => "customer cancelled",
            "19" => "enter the transaction again",
            "21" => "no action taken",
            "25" => "no such record",
            "30" => "format error",
            "41" => "lost card",
            "43" => "stolen card",
            "46" => "account closed",
            "51" => "over the limit, or not sufficient funds",
            "54" => "expired card",
            "55" => "incorrect PIN",
            "57" => "transaction not permitted to the cardholder",
            "58" => "transaction not permitted to the terminal",
            "59" => "suspected fraud",
            "61" => "exceeds the amount limit",
            "62" => "restricted card",
            "63" => "security violation",
            "65" => "exceeds the count limit",
            "68" => "answer received too late",
            "75" => "too many PIN tries",
            "91" => "card company or its host does not answer",
            "92" => "no route to the card company",
            "94" => "duplicate transmission",
            "96" => "system malfunction",
            "N7" => "security code does not match",
            "R0" => "stop this payment order",
            "R1" => "revocation of the authorization order",
            "R3" => "revocation of all authorization orders",
            "5C" => "blocked by the card company",
            "9G" => "blocked by the cardholder",
            _ => "a code that the profile does not define: a decline",
        };

    private static string Hidden(int field) =>
        field switch
        {
            14 => "card data are not shown",
            34 or 35 or 36 or 45 or 52 or 55 => "card data are never shown",
            _ => "not shown: its content is not known to be harmless",
        };

    private static string ProcessingCode(string code) =>
        code[..Math.Min(2, code.Length)] switch
        {
            "00" => "purchase",
            "01" => "cash",
            "02" => "debit adjustment",
            "20" => "refund",
            "22" => "credit adjustment",
            "30" => "balance inquiry",
            _ => None,
        } + (code.EndsWith("0000", StringComparison.Ordinal) ? None : $", from account type {code[2..4]} to {code[4..]}");

    private static string EntryMode(string code) =>
        code switch
        {
            "812" => "entered by the customer in the web shop",
            "100" => "card data on file",
            _ => None,
        };

    private static string Condition(string code) =>
        code switch
        {
            "59" => "the customer is in the web shop",
            "08" => "initiated by the merchant",
            _ => None,
        };

    private static string ReversalReason(string code) =>
        code switch
        {
            "06" => "because of an error",
            "17" => "because the customer cancelled",
            "32" => "of a part of the amount",
            "68" => "because the answer came too late or never",
            _ => None,
        };

    /// <summary>Codes of Japanese networks. Wrappers of them disagree on most; only those with one reading are here.</summary>
    private static string NetworkCode(string code) =>
        code switch
        {
            "G12" => "card cannot be used",
            "G30" => "held: the cardholder is to contact the card company",
            _ => None,
        };

    private static string AdviceCode(string code) =>
        code switch
        {
            "01" => "new account information is available",
            "02" => "try again later",
            "03" => "do not try again",
            "21" => "stop recurring payments",
            "24" => "try again after 1 hour",
            "25" => "try again after 24 hours",
            "26" => "try again after 2 days",
            "27" => "try again after 4 days",
            "28" => "try again after 6 days",
            "29" => "try again after 8 days",
            "30" => "try again after 10 days",
            _ => None,
        };

    private static string NetworkManagement(string code) =>
        code switch
        {
            "001" => "sign-on",
            "002" => "sign-off",
            "301" => "echo",
            _ => None,
        };

    private static string Amounts(ReadOnlySpan<byte> field)
    {
        var words = new List<string>();
        if (AdditionalAmount.Parse(field) is FieldReading<IReadOnlyList<AdditionalAmount>>.Read(var amounts))
        {
            foreach (var amount in amounts)
            {
                words.Add(
                    $"{(amount.AmountType == AdditionalAmount.OriginalAmount ? "original amount" : $"amount type {amount.AmountType}")} {Amount(amount.MinorUnits, amount.Currency)}"
                );
            }
        }

        return string.Join(", ", words);
    }

    private static string Original(ReadOnlySpan<byte> field) =>
        OriginalData.Parse(field) is FieldReading<OriginalData>.Read(var original)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the {original.Mti} number {original.Stan:000000} of {Transmitted(original.Transmitted)}, acquirer {original.Acquirer}"
            )
            : None;

    private static string Transmitted(string digits) =>
        MessageMask.IsTime(Encoding.ASCII.GetBytes(digits))
            ? $"month and day {digits[..2]}-{digits[2..4]}, {Spread(digits[4..], ':')} UTC"
            : "not a month, a day and a time";

    private static string Spread(string digits, char separator) => string.Join(separator, digits.Chunk(2).Select(pair => new string(pair)));

    private readonly record struct CurrencyWords(string Name, string Code, int Exponent);

    private static CurrencyWords CurrencyOf(long? number) =>
        number switch
        {
            // ISO 4217: number, letters, decimals of the minor unit.
            36 => new("Australian dollar", "AUD", 2),
            124 => new("Canadian dollar", "CAD", 2),
            156 => new("yuan renminbi", "CNY", 2),
            344 => new("Hong Kong dollar", "HKD", 2),
            392 => new("yen", "JPY", 0),
            410 => new("won", "KRW", 0),
            702 => new("Singapore dollar", "SGD", 2),
            756 => new("Swiss franc", "CHF", 2),
            764 => new("baht", "THB", 2),
            826 => new("pound sterling", "GBP", 2),
            840 => new("US dollar", "USD", 2),
            901 => new("New Taiwan dollar", "TWD", 2),
            978 => new("euro", "EUR", 2),
            _ => new(None, None, 0),
        };

    private static string Amount(long? minorUnits, long? currencyNumber)
    {
        if (minorUnits is not { } units)
            return None;
        var currency = CurrencyOf(currencyNumber);
        if (currency.Code.Length == 0)
            return string.Create(CultureInfo.InvariantCulture, $"{units:#,0} minor units of a currency not known here");
        var scale = (long)Math.Pow(10, currency.Exponent);
        var fraction =
            currency.Exponent == 0 ? None : "." + (units % scale).ToString(CultureInfo.InvariantCulture).PadLeft(currency.Exponent, '0');
        return string.Create(CultureInfo.InvariantCulture, $"{units / scale:#,0}{fraction} {currency.Code}");
    }
}
