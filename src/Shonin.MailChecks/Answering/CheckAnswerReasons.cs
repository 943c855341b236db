using Shonin.Domain.Notices;

namespace Shonin.MailChecks;

/// <summary>
/// The reasons of a verdict in words that hold nothing of the mail. <see cref="ReasonWording"/> quotes senders and hosts, which a page can
/// show as a stranger's; in a mail of ours a program would make links of them.
/// </summary>
internal static class CheckAnswerReasons
{
    /// <param name="merchant">Whom the mail claims to be from, as our own profile names it.</param>
    public static Words Of(VerdictReason reason, Words merchant) =>
        reason.Code switch
        {
            ReasonCode.NoticeOnRecord => new(
                "当店の送信記録にあるお知らせと、文面が同じです。",
                "It reads as a notice in our record of what we sent."
            ),
            ReasonCode.NoticeToAnother => new(
                "当店が送ったものと同じ内容ですが、このアドレスあてには送っていません。",
                "It is a mail that we sent, but not to this address."
            ),
            ReasonCode.NoticeRecipientNotAsked => new("当店が送ったお知らせです。", "It is a notice that we sent."),
            ReasonCode.NoticeContentDiffers => new(
                "当店のお知らせの印がありますが、文面が送ったときと違います。",
                "It carries the mark of a notice of ours, but doesn't read as it did when we sent it."
            ),
            ReasonCode.NoticeUnknown => new(
                "このメールが名乗る番号は、当店の記録にありません。",
                "Our record has no notice of the number that it quotes."
            ),
            ReasonCode.NoticeAltered => new(
                "当店のお知らせを書きかえたものです。文面もリンクも送ったときと違い、別のところへ行くリンクがあります。",
                "It is a notice of ours, altered: neither its text nor its links are those that we sent, and one leads elsewhere."
            ),
            ReasonCode.NoticeForged => new(
                "当店の印のように見えるものがついていますが、当店が作った印ではありません。",
                "It carries a mark that poses as ours, but we never made it."
            ),
            ReasonCode.SignedByMerchant when reason.Weight == ReasonWeight.Decisive => new(
                $"{merchant.Ja}の電子署名が正しく、途中で書き換えられていません。",
                $"The signature of {merchant.En} is right: nothing has been changed on the way."
            ),
            ReasonCode.SignedByMerchant => new(
                $"送信元のアドレスは、{merchant.Ja}のものです。",
                $"It comes from an address of {merchant.En}."
            ),
            ReasonCode.ProviderVouches => new(
                $"受信したメールサービスが、{merchant.Ja}の署名を確かめています。",
                $"The mail service that received it confirmed the signature of {merchant.En}."
            ),
            ReasonCode.LinksAreMerchants => new(
                $"{merchant.Ja}以外へ行くリンクはありません。",
                $"It has no links that lead anywhere but to {merchant.En}."
            ),
            ReasonCode.SenderNotMerchant => new(
                $"{merchant.Ja}を名乗っていますが、実際の送信元は別のところです。",
                $"It is signed as {merchant.En}, but comes from somewhere else."
            ),
            ReasonCode.SenderAddressPosed => new(
                $"名前のところに{merchant.Ja}のアドレスが書かれていますが、実際の送信元は別のところです。",
                $"An address of {merchant.En} is written where the name belongs, but the mail comes from somewhere else."
            ),
            ReasonCode.SenderLookAlike => new(
                $"送信元のアドレスは、{merchant.Ja}のものに似せた、別のものです。",
                $"The sender's address is made to look like {merchant.En}'s, and isn't."
            ),
            ReasonCode.NameDisguised => new(
                $"差出人の名前は、{merchant.Ja}に見えるように、別の文字で書かれています。",
                $"The sender's name is written in other letters so that it looks like {merchant.En}."
            ),
            ReasonCode.SeveralSenders => new("差出人が2つ以上書かれています。", "It names more than one sender."),
            ReasonCode.PolicyRefuses => new(
                $"{merchant.Ja}の送信元として登録されていないところから届いています。",
                $"It came from a place that {merchant.En} doesn't send from."
            ),
            ReasonCode.LinkLeadsElsewhere => new(
                "書かれている行き先とは違うところへ行くリンクがあります。",
                "One of its links leads elsewhere than it says."
            ),
            ReasonCode.LinkLookAlike => new(
                $"{merchant.Ja}に似せた、別のところへ行くリンクがあります。",
                $"One of its links leads to a place that is made to look like {merchant.En}."
            ),
            ReasonCode.SignatureBroken => new(
                "署名がありますが、今の文面とは合いません。転送や保存のしかたで、こうなることがあります。",
                "It has a signature that no longer fits. Forwarding or saving can do that."
            ),
            ReasonCode.SignatureKeyGone => new(
                "署名を確かめる鍵が、いまは手に入りません。古いメールでは、よくあることです。",
                "The key for its signature can't be had now. With old mail that is usual."
            ),
            ReasonCode.SignatureNotCovering => new(
                "署名が、メールの一部にしか及んでいません。残りは、だれでも書き足せます。",
                "Its signature doesn't cover all of it. Anybody could have added the rest."
            ),
            ReasonCode.SignatureUnusable => new(
                "署名がありますが、期限が切れているなどの理由で、証拠になりません。",
                "It has a signature that proves nothing: it has expired, or is not in order."
            ),
            ReasonCode.NotSigned => new(
                $"{merchant.Ja}の署名が、このメールには残っていません。",
                $"There is no signature of {merchant.En} in this mail."
            ),
            ReasonCode.AnybodysAddress => new(
                "だれでも作れるメールアドレスから届いています。",
                "It comes from an address such as anybody can get."
            ),
            ReasonCode.NotTheOriginal => new(
                "メールの原文ではないようです。画面の文字だけでは、どこから届いたかが分かりません。",
                "This doesn't seem to be the mail's original. The text alone doesn't show where it came from."
            ),
            ReasonCode.ReadDifferently => new(
                "差出人の書き方が正しくないので、だれから届いたとも言えません。",
                "The sender is written in a way that can be read as different people."
            ),
            ReasonCode.ReadOtherwise => new(
                "署名はありますが、メールソフトによっては、署名されたものと違う内容が表示されるおそれがあります。",
                "It is signed, but some mail programs may show something else than what was signed."
            ),
            ReasonCode.Forwarded => new(
                "別のサーバーやメーリングリストを通ってきています。",
                "It came by way of a list or another server."
            ),
            ReasonCode.NoClaim => new(
                $"このメールは、{merchant.Ja}から届いたとは名乗っていません。",
                $"This mail doesn't say that it is from {merchant.En}."
            ),
            ReasonCode.NameMentioned => new(
                $"{merchant.Ja}の名前が出てきますが、{merchant.Ja}から届いたとは名乗っていません。",
                $"It speaks of {merchant.En}, but doesn't say that it is from them."
            ),
            ReasonCode.OneOfSeveral => new(
                "添付には何通ものメールが入っていました。調べたのは、最初の1通だけです。",
                "Several mails were attached in one file. Only the first was checked."
            ),
            ReasonCode.AttachedOriginal => new(
                "調べたのは、添付されていた元のメールだけです。",
                "Only the mail that was attached was checked."
            ),
            ReasonCode.PressesForAction => new(
                "急がせて、パスワードやカードの情報を入れさせようとしています。",
                "It hurries you to enter a password or card details."
            ),
        };
}
