using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.CardCompany.Deciding;

/// <summary>
/// What the accounts file says of one card today. It is configuration, not history: what the desk does to a card is an event
/// and outlives a new file.
/// </summary>
/// <param name="Holder">Whom the desk speaks to.</param>
/// <param name="Expiry">Null where any date that is not past will do (the demo accounts).</param>
/// <param name="Limit">What all holds and captures of the card may reach together; null for no limit.</param>
/// <param name="Rule">How the account answers when nothing else refuses.</param>
/// <param name="AdviceCode">Field 48 element 84 of its refusals.</param>
/// <param name="NetworkCode">Field 44 of its refusals.</param>
internal sealed record Account(
    string Last4,
    string Holder,
    Expiry? Expiry,
    ComparedSecret SecurityCode,
    AccountState State,
    ArrearsState Arrears,
    Amount? Limit,
    AnswerRule Rule,
    string? AdviceCode,
    string? NetworkCode
);

internal enum AccountState
{
    Open,
    Blocked,
    Lost,
    Stolen,
    Expired,
    Closed,
}

internal enum ArrearsState
{
    None,
    Due,
}

/// <summary>The <c>answers</c> of an account.</summary>
internal abstract record AnswerRule
{
    private AnswerRule() { }

    /// <summary>Approve what the limit allows.</summary>
    public sealed record Approve : AnswerRule
    {
        public static readonly Approve Instance = new();
    }

    /// <summary><c>partial</c>: approve what is left of the limit, where the request allows it.</summary>
    public sealed record ApproveInPart : AnswerRule
    {
        public static readonly ApproveInPart Instance = new();
    }

    /// <summary><c>decline:CC</c></summary>
    public sealed record Decline(string ResponseCode) : AnswerRule;

    /// <summary><c>refer:CC</c>: the cardholder must call, and the desk releases.</summary>
    public sealed record Refer(string ResponseCode) : AnswerRule;

    /// <summary><c>n7</c>: the card was registered wrongly, no security code is ever right.</summary>
    public sealed record RegisteredWrongly : AnswerRule
    {
        public static readonly RegisteredWrongly Instance = new();
    }
}

/// <summary>The last month in which a card is good, as printed on it.</summary>
internal readonly record struct Expiry(int Year, int Month)
{
    private static readonly TimeSpan japanTime = TimeSpan.FromHours(9);

    /// <summary>Past from the first moment of the following month, in Japan.</summary>
    public bool IsPast(DateTimeOffset at)
    {
        var local = at.ToOffset(japanTime);
        return local.Year * 12 + local.Month > Year * 12 + Month;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}");
}

/// <summary>A value that is compared and never shown: a security code, a key.</summary>
internal sealed class ComparedSecret(string value)
{
    private readonly byte[] utf8 = Encoding.UTF8.GetBytes(value);

    /// <summary>Whether both hold the same value, in a time that does not tell where they differ.</summary>
    public bool Matches(ComparedSecret other) => CryptographicOperations.FixedTimeEquals(utf8, other.utf8);

    public override string ToString() => "***";
}
