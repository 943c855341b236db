using System.Globalization;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>Whether an amount is the cardholder's (credit) or owed (debit).</summary>
public enum BalanceSign
{
    /// <summary>C.</summary>
    Credit,

    /// <summary>D.</summary>
    Debit,
}

/// <summary>One group of 20 characters in field 54.</summary>
/// <param name="AccountType">Two digits; 00 where it does not matter.</param>
/// <param name="AmountType">Two digits; 57 is the original amount of a partial approval.</param>
/// <param name="Currency">ISO 4217 number, 0 to 999.</param>
/// <param name="MinorUnits">0 to 999,999,999,999, in minor units of the currency.</param>
public sealed record AdditionalAmount(string AccountType, string AmountType, int Currency, BalanceSign Sign, long MinorUnits)
{
    /// <summary>The original amount beside a partial approval.</summary>
    public const string OriginalAmount = "57";

    private const int Field = 54;
    private const int GroupLength = 20;
    private const int GroupCountMax = 6; // 120 characters.

    /// <summary>Reads a field's value. Never throws.</summary>
    public static FieldReading<IReadOnlyList<AdditionalAmount>> Parse(ReadOnlySpan<byte> field)
    {
        if (field.Length % GroupLength != 0 || field.Length > GroupLength * GroupCountMax)
            return Unreadable(0, $"expected up to {GroupCountMax} groups of {GroupLength} characters, got {field.Length} characters");
        var amounts = new List<AdditionalAmount>(field.Length / GroupLength);
        for (var position = 0; position < field.Length; position += GroupLength)
        {
            var group = field.Slice(position, GroupLength);
            if (Message.DigitsMax18(group[..7]) is not { } head)
                return Unreadable(position, "expected 7 digits of account type, amount type and currency");
            if (group[7] is not ((byte)'C' or (byte)'D'))
                return Unreadable(position + 7, "expected C or D");
            if (Message.DigitsMax18(group[8..]) is not { } minorUnits)
                return Unreadable(position + 8, "expected 12 digits");
            var types = Encoding.ASCII.GetString(group[..4]);
            amounts.Add(
                new AdditionalAmount(
                    types[..2],
                    types[2..],
                    (int)(head % 1000),
                    group[7] == (byte)'C' ? BalanceSign.Credit : BalanceSign.Debit,
                    minorUnits
                )
            );
        }
        return new FieldReading<IReadOnlyList<AdditionalAmount>>.Read(amounts);
    }

    /// <summary>A field's value of these amounts. More than six are refused when the message is written.</summary>
    /// <exception cref="ArgumentException">A type is not two digits, or a number is out of its range.</exception>
    public static string Write(params IEnumerable<AdditionalAmount> amounts) => string.Concat(amounts.Select(amount => amount.Write()));

    private string Write()
    {
        Digits.Require(AccountType, 2);
        Digits.Require(AmountType, 2);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{AccountType}{AmountType}{Digits.Of(Currency, 3)}{(Sign == BalanceSign.Credit ? 'C' : 'D')}{Digits.Of(MinorUnits, 12)}"
        );
    }

    private static FieldReading<IReadOnlyList<AdditionalAmount>> Unreadable(int position, string problem) =>
        new FieldReading<IReadOnlyList<AdditionalAmount>>.Unreadable(
            string.Create(CultureInfo.InvariantCulture, $"DE {Field} / byte {position}: {problem}")
        );
}
