using Shonin.Domain.Notices;

namespace Shonin.Specs.Notices;

public sealed class NoticeReferenceSpecs
{
    private static readonly int[] drawn = [0, 1, 482_177_305, 999_999_999, 100_000_000, 123_456_789, 705_050_070, 98_989_898];

    [Fact]
    public void It_is_ten_digits_written_three_three_four()
    {
        Assert.Equal("482 177 3057", NoticeReference.Of(482_177_305).ToString());
        Assert.Equal("4821773057", NoticeReference.Of(482_177_305).Digits);
        Assert.Equal("000 000 0000", NoticeReference.Of(0).ToString());
    }

    /// <summary>Damm's own example: 572 is followed by 4.</summary>
    [Fact]
    public void The_check_digit_is_Damms()
    {
        Assert.Equal(4, CheckDigits.Of("572"));
        Assert.True(CheckDigits.Fits("5724"));
    }

    [Fact]
    public void Every_single_wrong_digit_is_found()
    {
        foreach (var digits in drawn.Select(one => NoticeReference.Of(one).Digits))
        {
            for (var place = 0; place < digits.Length; place++)
            {
                for (var wrong = '0'; wrong <= '9'; wrong++)
                {
                    if (wrong != digits[place])
                    {
                        Assert.False(
                            NoticeReference.TryParseDigits(digits[..place] + wrong + digits[(place + 1)..], out _),
                            $"{wrong} at {place} of {digits}"
                        );
                    }
                }
            }
        }
    }

    [Fact]
    public void Every_two_neighbours_that_changed_places_are_found()
    {
        foreach (var digits in drawn.Select(one => NoticeReference.Of(one).Digits))
        {
            for (var place = 0; place + 1 < digits.Length; place++)
            {
                if (digits[place] != digits[place + 1])
                {
                    Assert.False(
                        NoticeReference.TryParseDigits(digits[..place] + digits[place + 1] + digits[place] + digits[(place + 2)..], out _),
                        $"{place} of {digits}"
                    );
                }
            }
        }
    }

    [Theory]
    [InlineData("482 177 3057")]
    [InlineData("4821773057")]
    [InlineData(" 482-177-3057 ")]
    [InlineData("４８２　１７７　３０５７")]
    [InlineData("482ー177ー3057")]
    [InlineData("482−177‐3057")]
    [InlineData("482.177.3057")]
    [InlineData("4 8 2 1 7 7 3 0 5 7")]
    public void It_is_read_however_it_is_typed(string typed) =>
        Assert.Equal(new NoticeReferenceReading.Read(NoticeReference.Of(482_177_305)), NoticeReference.Read(typed));

    [Theory]
    [InlineData("482 177 3058")]
    [InlineData("482 177 305")]
    [InlineData("482 177 30574")]
    [InlineData("842 177 3057")]
    public void A_slip_of_the_hand_is_told_apart(string typed) =>
        Assert.IsType<NoticeReferenceReading.Mistyped>(NoticeReference.Read(typed));

    [Theory]
    [InlineData("")]
    [InlineData("N1001")]
    [InlineData("N1001-1-problem")]
    [InlineData("482 177 305x")]
    [InlineData("٤٨٢ ١٧٧ ٣٠٥٧")]
    [InlineData(" - ")]
    public void Anything_else_is_no_number(string typed) => Assert.IsType<NoticeReferenceReading.NotOne>(NoticeReference.Read(typed));

    [Theory]
    [InlineData("N1001", "482 177 3057")]
    [InlineData("n1001", "482-177-3057")]
    [InlineData("1001", "4821773057")]
    [InlineData("Ｎ１００１", "４８２１７７３０５７")]
    [InlineData("N 1001", " 482 177 3057")]
    [InlineData("482 177 3057", "N1001")]
    [InlineData("4821773057", "1001")]
    public void The_two_numbers_are_understood_in_either_box(string first, string second) =>
        Assert.Equal(new NoticeQuestion.ByReference("N1001", NoticeReference.Of(482_177_305)), NoticeQuestion.Read(first, second));

    [Theory]
    [InlineData("N1001", "N1001-1-problem")]
    [InlineData("N1001-1-problem", "N1001")]
    [InlineData("1001", "Ｎ1001-1-problem")]
    public void An_id_that_an_earlier_mail_quotes_is_understood(string first, string second) =>
        Assert.Equal(new NoticeQuestion.ById("N1001", "N1001-1-problem"), NoticeQuestion.Read(first, second));

    [Theory]
    [InlineData("N1001", "482 177 3058")]
    [InlineData("N1001", "")]
    [InlineData("", "482 177 3057")]
    [InlineData("N1001", "N1002")]
    [InlineData("hello", "world")]
    [InlineData("N1001\0", "482 177 3057")]
    public void What_cannot_be_two_numbers_of_ours_is_a_slip(string first, string second) =>
        Assert.IsType<NoticeQuestion.Mistyped>(NoticeQuestion.Read(first, second));
}
