using System.Diagnostics;
using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Contacts;

/// <summary>What both sides read of a number or a mail that was brought into their conversation.</summary>
internal static class ContactFindingWording
{
    private static readonly Words copied = new(
        "お手元のメールが届いた日時と違うときは、番号だけを写したにせものかもしれません。",
        "If the mail came at another time, somebody may have copied the number."
    );

    private static readonly Words pressNothing = new(
        "メールのリンクは押さず、何も入力しないでください。",
        "Press none of the mail's links, and enter nothing."
    );

    public static Words Of(ContactFact.NoticeJudged judged, SpokenTime time)
    {
        var number =
            judged.Count == 1
                ? new Words("この番号", "This number")
                : new Words(
                    string.Create(CultureInfo.InvariantCulture, $"{judged.Place}つ目の番号"),
                    string.Create(CultureInfo.InvariantCulture, $"Number {judged.Place}")
                );
        return judged.Finding switch
        {
            NoticeFinding.OfThisOrder ours => OfThisOrder(number, ours, time),
            NoticeFinding.OfAnotherOrder ours => OfAnotherOrder(number, ours, time),
            NoticeFinding.NotOurs => new Words(
                $"{number.Ja}のお知らせは、当店の記録にありません。メールに書いてあった番号なら、にせもののおそれがあります。",
                $"We have no record of a notice with {Small(number.En)}. If it stands in a mail, that mail may be fake."
            )
                .Then(pressNothing)
                .Then(CheckIt),
            NoticeFinding.Mistyped => new Words(
                $"{number.Ja}は、当店がお知らせに使っている番号ではありません。メールと見くらべて、違うところがあれば、もう一度書いてください。メールに書いてあったとおりなら、にせもののおそれがあります。",
                $"{number.En} isn't one that we use on notices. Compare it with the mail, and write it again if a digit differs. If it stands in the mail as it stands here, that mail may be fake."
            )
                .Then(pressNothing)
                .Then(CheckIt),
            NoticeFinding.NeedsOrderNumber => new(
                "お知らせの番号だけでは調べられません。メールに書いてある注文番号(例 N1001)もいっしょに書いてください。",
                "A notice's number alone can't be looked up. Write the order number that stands in the mail with it, like N1001."
            ),
            NoticeFinding.NotNow => new(
                $"{number.Ja}は、まだ調べていません。当店の記録にない番号が続いたためです。1分待って、もう一度書いてください。",
                $"{number.En} hasn't been looked up, because several before it were not ours. Wait a minute, then write it again."
            ),
            _ => throw new UnreachableException(),
        };
    }

    public static Words Of(MailFinding finding) =>
        finding switch
        {
            MailFinding.OfThisOrder => new(
                "調べたメールは本物です。当店がこのご注文のメールアドレスへ送ったお知らせと、一字一句同じです。",
                "The mail that was checked is genuine: word for word a notice that we sent to this order's address."
            ),
            MailFinding.Genuine => new(
                "調べたメールは本物です。当店から届いたものです。",
                "The mail that was checked is genuine: it is from us."
            ),
            MailFinding.GenuineOfAnother => new(
                "調べたメールは、名乗っている会社から届いたものです。当店からのものではありません。内容は、その会社にお尋ねください。",
                "The mail that was checked is from the company that it names, and not from us. Ask that company about it."
            ),
            MailFinding.NotGenuine => new Words(
                "調べたメールは本物ではありません。名乗っている差出人からのものではありません。リンクや添付ファイルを開かず、返信もしないでください。",
                "The mail that was checked is not genuine: it isn't from whom it names. Don't open its links or attachments, and don't reply."
            ).Then(
                new(
                    "もう何かを入力したときは、すぐにパスワードを変え、カード会社に電話してください。",
                    "If you have entered anything, change your password and call your card company now."
                )
            ),
            MailFinding.CannotTell => new Words(
                "調べたメールが当店から届いたものかどうか、これだけでは分かりません。にせものと決まったわけでもありません。",
                "From this alone we can't tell whether the mail that was checked is from us. That doesn't mean that it is fake."
            ).Then(pressNothing),
        };

    private static Words OfThisOrder(Words number, NoticeFinding.OfThisOrder ours, SpokenTime time)
    {
        var at = time.DayAndTime(ours.SentAt ?? ours.QueuedAt);
        return ours.SentAt is null
            ? new(
                $"{number.Ja}は、当店が{at.Ja}に、このご注文のために用意したお知らせの番号です。メールは、これから送ります。",
                $"{number.En} is on a notice that we wrote for this order on {at.En}; its mail is still to be sent."
            )
            : new Words(
                $"{number.Ja}は、当店が{at.Ja}に、このご注文のメールアドレスへ送ったお知らせの番号です。",
                $"{number.En} is on a notice that we sent to this order's address on {at.En}."
            ).Then(copied);
    }

    private static Words OfAnotherOrder(Words number, NoticeFinding.OfAnotherOrder ours, SpokenTime time)
    {
        var at = time.DayAndTime(ours.SentAt ?? ours.QueuedAt);
        return ours.SentAt is null
            ? new(
                $"{number.Ja}は、当店が{at.Ja}に用意した、いっしょに書かれたご注文のお知らせの番号です。メールは、これから送ります。",
                $"{number.En} is on a notice that we wrote on {at.En}, about the order that is named with it; its mail is still to be sent."
            )
            : new Words(
                $"{number.Ja}は、当店が{at.Ja}に送った、いっしょに書かれたご注文のお知らせの番号です。",
                $"{number.En} is on a notice that we sent on {at.En}, about the order that is named with it."
            ).Then(copied);
    }

    private static Words CheckIt { get; } = new("メールそのものも調べられます。", "The mail itself can be checked too.");

    private static string Small(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
