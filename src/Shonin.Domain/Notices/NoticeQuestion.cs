using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.Domain.Notices;

/// <summary>What somebody who holds a mail in the hand types to ask whether we sent it: an order number, and the notice's.</summary>
public abstract partial record NoticeQuestion
{
    private NoticeQuestion() { }

    /// <summary>By its number.</summary>
    public sealed record ByReference(string OrderNumber, NoticeReference Reference) : NoticeQuestion;

    /// <summary>By the id that notices quoted before they had numbers of their own.</summary>
    public sealed record ById(string OrderNumber, string NoticeId) : NoticeQuestion;

    /// <summary>These are not two numbers as we give them out: a digit is wrong, missing or one too many.</summary>
    public sealed record Mistyped : NoticeQuestion;

    /// <summary>The two as typed; whoever changed the boxes over is understood as well.</summary>
    public static NoticeQuestion Read(string orderNumber, string noticeNumber) =>
        InThisOrder(orderNumber, noticeNumber) ?? InThisOrder(noticeNumber, orderNumber) ?? new Mistyped();

    private static NoticeQuestion? InThisOrder(string orderNumber, string noticeNumber)
    {
        if (OrderNumberOf(orderNumber) is not { } order)
            return null;
        if (NoticeReference.Read(noticeNumber) is NoticeReferenceReading.Read(var reference))
            return new ByReference(order, reference);
        var id = FoldedText.Normal(noticeNumber, NormalizationForm.FormKC).Trim();
        return EarlierId().IsMatch(id) ? new ById(order, id) : null;
    }

    /// <summary>N1001, with or without its N, in any width, however it is parted; or null.</summary>
    public static string? OrderNumberOf(string typed)
    {
        var plain = new StringBuilder();
        foreach (var letter in FoldedText.Normal(typed, NormalizationForm.FormKC))
        {
            if (!NoticeReference.Parts(letter) && letter != '#')
                plain.Append(char.ToUpperInvariant(letter));
        }

        return NumberedOrder().Match(plain.ToString()) is { Success: true } match ? $"N{match.Groups["digits"].Value}" : null;
    }

    [GeneratedRegex("^N?(?<digits>[1-9][0-9]{3,14})$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberedOrder();

    /// <summary>N1001-1-problem, N1001-received, N1001-1-update-2.</summary>
    [GeneratedRegex("^N[0-9]{1,15}(-[0-9]{1,4})?-[a-z]{4,20}(-[0-9]{1,4})?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex EarlierId();
}
