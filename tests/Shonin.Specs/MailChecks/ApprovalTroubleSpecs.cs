using CsCheck;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

public sealed class ApprovalTroubleSpecs
{
    [Theory]
    [InlineData("クレジットカードの利用承認が得られていません")]
    [InlineData("クレジットカードの利用承認が得られませんでした")]
    [InlineData("【承認が得られませんでした】ご注文 N1001(12,480円)")]
    [InlineData("カード会社から承認が得られませんでした")]
    [InlineData("カード会社から返答がありませんでした")]
    [InlineData("【カード会社の返答がありません】ご注文 N1001")]
    [InlineData("【カード会社にご連絡ください】ご注文 N1001")]
    [InlineData("カード会社がご本人からの連絡を求めています")]
    [InlineData("お支払い方法に問題があります")]
    [InlineData("お支払方法に問題がございます")]
    [InlineData("決済に失敗しました")]
    [InlineData("ご登録のクレジットカードがご利用いただけません")]
    [InlineData("カードの有効期限が切れています")]
    [InlineData("お支払い情報を確認できませんでした")]
    [InlineData("お支払いが承認されませんでした")]
    [InlineData("お支払い\r\n方法に\r\n問題があり")]
    [InlineData("ク レ ジ ッ ト カ ー ド が 利 用 で き ま せ ん")]
    [InlineData("クレジットカードがご利用いただけません")]
    [InlineData("Your payment was declined")]
    [InlineData("PAYMENT   DECLINED")]
    [InlineData("We couldn't process your last payment")]
    [InlineData("Your card could not be authorised")]
    [InlineData("Your card could not be authorized for order 1")]
    [InlineData("There was a problem with your payment method")]
    [InlineData("We were unable to charge your credit card")]
    [InlineData("Payment details failed")]
    [InlineData("Your card company said no: order N1001 (¥12,480)")]
    [InlineData("No answer from your card company: order N1001")]
    [InlineData("Please contact your card company: order N1001")]
    [InlineData("The approval of use has not been obtained")]
    [InlineData("Please update your payment method")]
    public void A_mail_about_a_payment_that_was_not_approved_is_known_by_its_words(string text)
    {
        Assert.True(ApprovalTrouble.IsNamedIn(Subject(text)), text);
        Assert.True(ApprovalTrouble.IsNamedIn(Body(text)), text);
    }

    [Theory]
    [InlineData("【承認されました】ご注文 N1001(12,480円)")]
    [InlineData("ご注文を承りました")]
    [InlineData("商品を発送しました")]
    [InlineData("お支払い方法: クレジットカード")]
    [InlineData("カードのご利用ありがとうございます")]
    [InlineData("アカウントに問題があります")]
    [InlineData("承認が得られましたので、発送します")]
    [InlineData("有効期限: 2029年8月")]
    [InlineData("カードの有効期限は2029年8月です")]
    [InlineData("Approved: order N1001 (¥12,480)")]
    [InlineData("Your payment was received")]
    [InlineData("Your order has been shipped")]
    [InlineData("We process your payment when we ship")]
    [InlineData("")]
    public void A_mail_about_something_else_is_not(string text)
    {
        Assert.False(ApprovalTrouble.IsNamedIn(Subject(text)), text);
        Assert.False(ApprovalTrouble.IsNamedIn(Body(text)), text);
    }

    [Fact]
    public void Any_text_is_read_without_a_fault() =>
        Gen
            .Char.Array[0, 300]
            .Sample(letters =>
            {
                ApprovalTrouble.IsNamedIn(Body(new string(letters)));
            });

    private static MailContent Subject(string text) => new(text, "", "", "", []);

    private static MailContent Body(string text) => new("", text, "", text, []);
}
