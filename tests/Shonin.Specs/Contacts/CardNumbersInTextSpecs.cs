using Shonin.Merchant.Contacts;

namespace Shonin.Specs.Contacts;

public sealed class CardNumbersInTextSpecs
{
    [Theory]
    [InlineData("4242424242424242", "••••••••••••••••")]
    [InlineData("カードは 4242-4242-4242-4242 です", "カードは ••••-••••-••••-•••• です")]
    [InlineData("4242ー4242ー4242ー4242", "••••ー••••ー••••ー••••")]
    [InlineData("４２４２　４２４２　４２４２　４２４２", "••••　••••　••••　••••")]
    [InlineData("3782 822463 10005", "•••• •••••• •••••")]
    [InlineData("注文 1001 4242424242424242", "注文 •••• ••••••••••••••••")]
    [InlineData("4242\n4242\n4242\n4242", "••••\n••••\n••••\n••••")]
    [InlineData("6304000000000000000", "•••••••••••••••••••")]
    [InlineData("4111\u200b1111\u200b1111\u200b1111", "••••\u200b••••\u200b••••\u200b••••")]
    [InlineData("4111*1111:1111|1111", "••••*••••:••••|••••")]
    [InlineData("4111 (1111) 「1111」 1111", "•••• (••••) 「••••」 ••••")]
    [InlineData("4111    1111    1111    1111", "••••    ••••    ••••    ••••")]
    [InlineData("四一一一 一一一一 一一一一 一一一一", "•••• •••• •••• ••••")]
    [InlineData("④①①①①①①①①①①①①①①①", "••••••••••••••••")]
    [InlineData("4\ufe0f\u20e31111111111111111", "•\ufe0f\u20e3••••••••••••••••")]
    [InlineData("CVC: 123", "CVC: •••")]
    [InlineData("セキュリティコードは1234です", "セキュリティコードは••••です")]
    [InlineData("暗証番号 0000", "暗証番号 ••••")]
    public void What_may_be_a_card_number_or_a_code_is_hidden_whole(string typed, string kept) =>
        Assert.Equal(kept, CardNumbersInText.Hide(typed));

    [Theory]
    [InlineData("ご注文 N1001 は 12,480円 でした")]
    [InlineData("お知らせ番号は 482 177 3057 です")]
    [InlineData("電話は 090-1234-5678、注文日は 2026-11-24 10:02")]
    [InlineData("4242424242421")]
    [InlineData("荷物は 1234-5678-9012 です")]
    [InlineData("Shipping 1500 yen, shopping 2024, decided 300 accident 2026")]
    public void What_is_none_stays_as_it_is(string typed) => Assert.Equal(typed, CardNumbersInText.Hide(typed));

    [Fact]
    public void A_long_message_of_digits_alone_is_read_in_time() =>
        Assert.Equal(4_000, CardNumbersInText.Hide(new string('1', 4_000)).Length);
}
