using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.Domain.Notices;

/// <summary>A number in somebody's words that may be a notice's.</summary>
/// <param name="Question">What can be asked of it; null where no order is at hand and none is named.</param>
public sealed record NoticeMention(NoticeQuestion? Question, MentionForm Form);

public enum MentionForm
{
    /// <summary>Written as we write them, or named as one.</summary>
    AsNotice,

    /// <summary>It begins with 0, as telephone numbers in Japan do, and nothing says what it is.</summary>
    AsTelephone,
}

/// <summary>Finds the numbers of notices that people write among other words, in any width: ten digits, together or as 3-3-4.</summary>
public static partial class NoticesInText
{
    /// <summary>Whoever lists more in one message does not ask about a mail.</summary>
    public const int CountMax = 3;

    /// <param name="orderAtHand">The order that is spoken of where the text names none, or null.</param>
    public static ImmutableArray<NoticeMention> Of(string text, string? orderAtHand)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = FoldedText.Normal(text, NormalizationForm.FormKC);
        var numbers = Number().Matches(plain);
        if (numbers.Count == 0)
            return [];
        var orders = OrderNumber().Matches(plain);
        var isNamed = Named().IsMatch(plain);
        return
        [
            .. numbers
                .DistinctBy(number => Digits(number.Value))
                .Take(CountMax)
                .Select(number => new NoticeMention(
                    OrderOf(number.Index, orders, orderAtHand) is { } order ? NoticeQuestion.Read(order, number.Value) : null,
                    number.Value[0] == '0' && !isNamed ? MentionForm.AsTelephone : MentionForm.AsNotice
                )),
        ];
    }

    /// <summary>The one named last before it, else the first one after it.</summary>
    private static string? OrderOf(int index, MatchCollection orders, string? orderAtHand) =>
        (orders.LastOrDefault(order => order.Index < index) ?? orders.FirstOrDefault()) is { } named
            ? NoticeQuestion.OrderNumberOf(named.Value)
            : orderAtHand;

    private static string Digits(string number) => string.Concat(number.Where(char.IsAsciiDigit));

    /// <summary>Not within more digits, nor within a number that goes on.</summary>
    [GeneratedRegex(
        @"(?<![0-9]|[0-9][-.,/]|\+|\+[0-9]{1,3}[ -])(?:[0-9]{10}|[0-9]{3}[ \p{Pd}.・ー\u2212]{1,2}[0-9]{3}[ \p{Pd}.・ー\u2212]{1,2}[0-9]{4})(?![0-9]|[-.,/:][0-9])",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Number();

    [GeneratedRegex("(?<![A-Za-z0-9])[Nn][1-9][0-9]{3,14}(?![0-9A-Za-z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex OrderNumber();

    [GeneratedRegex("お?知らせ|通知|notice", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Named();
}
