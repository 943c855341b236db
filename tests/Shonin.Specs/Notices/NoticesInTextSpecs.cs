using Shonin.Domain.Notices;

namespace Shonin.Specs.Notices;

public sealed class NoticesInTextSpecs
{
    private static readonly string number = NoticeReference.Of(482_177_305).ToString();
    private static readonly string digits = NoticeReference.Of(482_177_305).Digits;

    public static TheoryData<string> Written =>
        [
            $"お知らせ番号は {number} です",
            $"お知らせ番号は{digits}です",
            $"{number.Replace(' ', '-')} というメールが来ました",
            $"{number.Replace(' ', 'ー')}",
            $"(番号 {Wide(number)})",
            $"the number is {number}.",
            $"{number}, please check",
            $"N1001 {number}",
        ];

    [Theory, MemberData(nameof(Written))]
    public void A_number_is_found_however_it_is_written(string text)
    {
        var mention = Assert.Single(NoticesInText.Of(text, "N1001"));
        Assert.Equal("N1001", Assert.IsType<NoticeQuestion.ByReference>(mention.Question).OrderNumber);
        Assert.Equal(MentionForm.AsNotice, mention.Form);
    }

    [Theory]
    [InlineData("注文番号は N1001 です")]
    [InlineData("090-1234-5678 に電話してください")]
    [InlineData("+44 161 496 0000 1")]
    [InlineData("2026-11-30 10:02 に届きました")]
    [InlineData("合計 1,234,567,890円")]
    [InlineData("追跡番号 1234-5678-9012")]
    [InlineData("カードは •••• •••• •••• ••••")]
    [InlineData("IP 192.168.100.2001.3")]
    [InlineData("")]
    public void Other_numbers_are_left_alone(string text) =>
        Assert.All(NoticesInText.Of(text, "N1001"), mention => Assert.Equal(MentionForm.AsTelephone, mention.Form));

    [Fact]
    public void A_telephone_number_is_taken_for_a_notice_only_where_it_is_called_one()
    {
        Assert.Equal(MentionForm.AsTelephone, Assert.Single(NoticesInText.Of("045-123-4567 にお願いします", "N1001")).Form);
        Assert.Equal(MentionForm.AsNotice, Assert.Single(NoticesInText.Of("お知らせ番号 045-123-4567", "N1001")).Form);
    }

    [Fact]
    public void It_is_asked_of_the_order_that_is_named_beside_it_else_of_the_one_at_hand()
    {
        Assert.Equal(["N1002"], OrdersOf($"注文 N1002 のお知らせ {number}"));
        Assert.Equal(["N1002"], OrdersOf($"{number} (N1002)"));
        Assert.Equal(["N1001"], OrdersOf($"{number} というメール"));
        Assert.Null(Assert.Single(NoticesInText.Of(number, null)).Question);
        Assert.Equal(["N1002", "N1003"], OrdersOf($"N1002: {number} N1003: {NoticeReference.Of(7)} お知らせ"));
    }

    [Fact]
    public void A_slip_of_the_hand_is_found_too_and_three_numbers_are_enough()
    {
        var slipped = digits[..9] + (char)('0' + (digits[9] - '0' + 1) % 10);
        Assert.IsType<NoticeQuestion.Mistyped>(Assert.Single(NoticesInText.Of(slipped, "N1001")).Question);
        Assert.Equal(
            NoticesInText.CountMax,
            NoticesInText
                .Of(string.Join('\n', Enumerable.Range(1, 9).Select(drawn => NoticeReference.Of(drawn * 111_111_111 - 1))), "N1001")
                .Length
        );
        Assert.Single(NoticesInText.Of($"{number} / {digits}", "N1001"));
    }

    private static IEnumerable<string> OrdersOf(string text) =>
        NoticesInText.Of(text, "N1001").Select(mention => Assert.IsType<NoticeQuestion.ByReference>(mention.Question).OrderNumber);

    private static string Wide(string text) => string.Concat(text.Select(letter => letter == ' ' ? '\u3000' : (char)(letter - '0' + '0')));
}
