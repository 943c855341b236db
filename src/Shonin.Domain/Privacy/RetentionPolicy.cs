using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Privacy;

/// <summary>How long what is kept of persons is kept. Where each default comes from stands in decision 0035.</summary>
public sealed record RetentionPolicy
{
    /// <summary>
    /// Who ordered, and the notices to them, from the last thing that happened in the order: seven years from the day on which the tax return
    /// of its business year is due, which is up to fourteen months later.
    /// </summary>
    public TimeSpan Orders { get; init; } = Years(8) + TimeSpan.FromDays(62); // Enforcement Regulation of the Corporation Tax Act of Japan, article 59

    /// <summary>A card's number, from the last thing that happened in any order on it.</summary>
    public TimeSpan Cards { get; init; } = TimeSpan.FromDays(540); // the longest time in which Visa and Mastercard take a dispute

    /// <summary>What was said in a conversation, from the last of it.</summary>
    public TimeSpan Contacts { get; init; } = Years(3);

    /// <summary>An account that nobody uses, from its last use.</summary>
    public TimeSpan Accounts { get; init; } = Years(3);

    /// <summary>A mail that a customer reported.</summary>
    public TimeSpan Reports { get; init; } = TimeSpan.FromDays(90);

    /// <summary>A mail in the mailbox of the check address.</summary>
    public TimeSpan CheckMailbox { get; init; } = TimeSpan.FromDays(7);

    /// <summary>A file of the mail folder, where no relay is set.</summary>
    public TimeSpan MailFiles { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often it is looked for what has passed.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromDays(1);

    /// <summary>In years and months where it is some, as people say it.</summary>
    public static Words Length(TimeSpan length)
    {
        var years = (int)(length.TotalDays / DaysPerYear);
        var rest = length.TotalDays - (years * DaysPerYear);
        var months = (int)Math.Round(rest / DaysPerMonth);
        if (years < 1 || months >= MonthsPerYear || Math.Abs(rest - (months * DaysPerMonth)) > RoundedDaysMax)
            return SpokenTime.Length(length);
        var said = new Words(
            string.Create(CultureInfo.InvariantCulture, $"{years}年"),
            string.Create(CultureInfo.InvariantCulture, $"{years} year{(years == 1 ? "" : "s")}")
        );
        return months == 0
            ? said
            : new(
                string.Create(CultureInfo.InvariantCulture, $"{said.Ja}{months}か月"),
                string.Create(CultureInfo.InvariantCulture, $"{said.En} {months} month{(months == 1 ? "" : "s")}")
            );
    }

    private const double DaysPerYear = 365.25;
    private const int MonthsPerYear = 12;
    private const double DaysPerMonth = DaysPerYear / MonthsPerYear;
    private const double RoundedDaysMax = 2;

    /// <summary>Never a day too few: with every leap day that so many years can have.</summary>
    public static TimeSpan Years(int count) => TimeSpan.FromDays(Math.Ceiling(count * DaysPerYear));
}
