using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Desk;

/// <summary>Sentences that agents say often, in the customer's language. What is said of an order stands in the order's own words.</summary>
internal static class CannedReplies
{
    public static IEnumerable<Words> For(Order? order, string agent)
    {
        yield return new($"お待たせしました。担当の{agent}です。", $"Thank you for waiting. My name is {agent}.");
        if (order is not null)
        {
            yield return new(
                $"ご注文 {order.Number} をお調べします。1、2分お待ちください。",
                $"I'm looking into order {order.Number}. This takes a minute or two."
            );
        }
        yield return new(
            "当店からお送りするお知らせは、リンクを使わなくても、「お知らせの確認」のページで確かめられます。",
            "You can check any notice from us on our “Check a notice” page, without using its links."
        );
        yield return new(
            "カード会社の理由は、当店には知らされません。カードの裏面の番号から、カード会社にお尋ねになれます。",
            "We aren't told your card company's reasons. You can ask it by the number on the back of your card."
        );
        yield return new("ほかに、お困りのことはありませんか。", "Is there anything else I can help you with?");
        yield return new("お問い合わせ、ありがとうございました。", "Thank you for getting in touch.");
    }
}
