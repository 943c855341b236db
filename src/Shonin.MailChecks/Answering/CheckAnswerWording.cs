using System.Collections.Immutable;
using System.Globalization;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>
/// The check address's answer as a mail: the sentence, three reasons, what to do, and where to go on. Nothing that stood in the mail in
/// question is said again, no address, no link and no word: our signed answer must not carry a stranger's bait to anybody.
/// </summary>
public static class CheckAnswerWording
{
    private const int ReasonCountMax = 3;

    public static NoticeText Compose(CheckAnswer reply, CheckDesk desk, Locale locale) =>
        (
            reply switch
            {
                CheckAnswer.Judged judged => JudgedLetter(judged, desk),
                CheckAnswer.NoOriginal missing => NoOriginalLetter(missing, desk),
                _ => throw new System.Diagnostics.UnreachableException(),
            }
        ).In(locale);

    private static Letter JudgedLetter(CheckAnswer.Judged judged, CheckDesk desk)
    {
        var more = judged.NotLookedAtCount;
        var only = judged.Originals is [var one] && more == 0 ? one : null;
        return new(
            only is null ? new("【確認結果】お送りいただいたメール", "[Result] The mails you sent us") : Subject(only),
            null,
            only is null
                ? new(
                    $"お送りいただいたメール{Count(judged.Originals.Length)}通の確認結果です。",
                    $"This is what we found of the {Count(judged.Originals.Length)} mails that you sent us."
                )
                : Headline(only),
            only is null ? [] : Findings(only, desk.Merchant),
            [
                .. only is null ? judged.Originals.Select((original, index) => Section(original, index, desk.Merchant)) : [],
                .. more > 0
                    ?
                    [
                        new Section(
                            new("ほかのメール", "The others"),
                            [
                                Say(
                                    $"一度に調べられる数を超えたので、残りの{Count(more)}通は見ていません。もう一度、分けてお送りください。",
                                    $"We look at a few mails at a time, and didn't look at the other {Count(more)}. Please send those again."
                                ),
                            ]
                        ),
                    ]
                    : ImmutableArray<Section>.Empty,
                About(desk),
            ],
            Signature(desk.Merchant)
        );
    }

    private static Letter NoOriginalLetter(CheckAnswer.NoOriginal missing, CheckDesk desk) =>
        new(
            new("【判断できません】もとのメールをお送りください", "[We can't tell] Please send us the original mail"),
            null,
            missing.NoMail is null
                ? new(
                    "届いたのは転送された文面だけでした。これだけでは、本物かどうか判断できません。にせものと決まったわけでもありません。",
                    "We received only the forwarded text. From that we can't tell whether the mail is genuine. That doesn't mean that it is false."
                )
                : new(
                    "添付されていたのは、メールの原文ではありませんでした。これだけでは、本物かどうか判断できません。にせものと決まったわけでもありません。",
                    "What was attached isn't the mail's original. From that we can't tell whether the mail is genuine. That doesn't mean that it is false."
                ),
            [
                Say(
                    "リンクを押さないでください。添付ファイルも開かないでください。",
                    "Don't press its links, and don't open its attachments."
                ),
                .. missing.NoMail is { } other ? ImmutableArray.Create<Passage>(new Passage.Sentence(SavedMailWording.WayOut(other))) : [],
                .. missing.Quoted is { } quoted ? ImmutableArray.Create(OnRecord(quoted, desk.Merchant)) : [],
                Say(
                    "もとのメールを添付ファイルとして転送すると、確認の印が残り、調べられます。",
                    "Forwarded as an attachment, the original keeps the marks that we look for."
                ),
            ],
            [
                new Section(
                    new("もとのメールの送り方", "How to send the original"),
                    [
                        Way(
                            "Gmail(パソコンのブラウザ)",
                            "Gmail (in a browser on a computer)",
                            "一覧でメールにチェックを入れ、「︙」から「添付ファイルとして転送」を選び、このアドレスに送ります。",
                            "Tick the mail in the list, choose “Forward as attachment” under “⋮”, and send it to this address."
                        ),
                        Way(
                            "Outlook(ブラウザ、新しい Outlook)",
                            "Outlook (in a browser, or the new Outlook)",
                            "メールの「…」から「その他の返信アクション」、「添付ファイルとして転送」の順に選びます。",
                            "Under “…”, choose “Other reply actions”, then “Forward as attachment”."
                        ),
                        Way(
                            "Mac の「メール」",
                            "Mail on a Mac",
                            "「メッセージ」メニューの「添付ファイルとして転送」を選びます。",
                            "Choose “Forward as Attachment” in the Message menu."
                        ),
                        Way(
                            "Thunderbird",
                            "Thunderbird",
                            "「メッセージ」メニューの「転送形式」から「添付ファイル」を選びます。",
                            "Choose “Forward As”, then “Attachment” in the Message menu."
                        ),
                        Way(
                            "iPhone、スマートフォンのアプリ、そのほか",
                            "iPhone, phone apps, and others",
                            "原文を送れないことがあります。下の確認ページで、お知らせ番号を入れて調べられます。",
                            "They often can't send the original. On the page below you can check by the notice number instead."
                        ),
                    ]
                ),
                About(desk),
            ],
            Signature(desk.Merchant)
        );

    private static Passage.Sentence OnRecord(QuotedNotice quoted, MerchantProfile merchant)
    {
        var time = new SpokenTime(merchant.TimeZone).DayAndTime(quoted.SentAt);
        return Say(
            $"文中の番号 {quoted.Number} のお知らせは、当店が{time.Ja}に、あなたのこのアドレスあてに送っています。届いた文面がそれと同じかどうかまでは分かりません。",
            $"We did send notice {quoted.Number}, whose number is in the text, to this address of yours on {time.En}. Whether the text is that notice we can't tell."
        );
    }

    private static Section Section(ForwardedFinding finding, int index, MerchantProfile merchant) =>
        new(
            new($"{Count(index + 1)}通目: {Name(finding).Ja}", $"Mail {Count(index + 1)}: {Name(finding).En}"),
            [new Passage.Sentence(Headline(finding)), .. Findings(finding, merchant)]
        );

    private static Words Subject(ForwardedFinding finding) =>
        new($"【{Name(finding).Ja}】お送りいただいたメールの確認結果", $"[{Name(finding).En}] The mail that you sent us");

    private static Words Name(ForwardedFinding finding) =>
        finding switch
        {
            ForwardedFinding.Verdict { Answer.Word: var word } => word switch
            {
                VerdictWord.Genuine => new("本物です", "Genuine"),
                VerdictWord.NotGenuine => new("本物ではありません", "Not genuine"),
                VerdictWord.CannotTell => new("判断できません", "We can't tell"),
            },
            ForwardedFinding.Unreadable => new("判断できません", "We can't tell"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Words Headline(ForwardedFinding finding) =>
        finding switch
        {
            ForwardedFinding.Verdict verdict => verdict.Answer.Headline,
            ForwardedFinding.Unreadable => new(
                "添付されたメールは、大きすぎるなどの理由で、調べられませんでした。",
                "We couldn't check the attached mail: it is too large, or not in order."
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>Three reasons, and what to do: the first thing, and where we cannot tell also what would settle it.</summary>
    private static ImmutableArray<Passage> Findings(ForwardedFinding finding, MerchantProfile merchant) =>
        finding switch
        {
            ForwardedFinding.Verdict(var answer, var claimed) =>
            [
                .. answer
                    .Reasons.Select(reason =>
                        CheckAnswerReasons.Of(reason, claimed is null ? new(merchant.NameJa, merchant.NameEn) : new(claimed, claimed))
                    )
                    .Distinct()
                    .Take(ReasonCountMax)
                    .Select((reason, index) => new Passage.Step(index + 1, reason)),
                .. answer.Advice.Take(answer.Word == VerdictWord.CannotTell ? 2 : 1).Select(advice => new Passage.Sentence(advice)),
            ],
            ForwardedFinding.Unreadable =>
            [
                Say(
                    "リンクを押さないでください。添付ファイルも開かないでください。",
                    "Don't press its links, and don't open its attachments."
                ),
                Say("下の確認ページで、ほかの調べ方をご覧ください。", "The page below tells other ways to check."),
            ],
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Section About(CheckDesk desk) =>
        new(
            new("確認ページ", "The page for checking"),
            [
                Say(
                    "ほかの調べ方、にせものだったときにすること、報告のしかたは、こちらにあります。",
                    "Other ways to check, what to do if an email is fake, and how to report it:"
                ),
                new Passage.Link(new("確認ページ", "Check a mail"), desk.PageUrl),
                Say(
                    $"このメールは自動でお返ししています。ほかのメールを調べるときは、{desk.Address} へ添付ファイルとして転送してください。",
                    $"This is an automatic answer. To check another mail, forward it as an attachment to {desk.Address}."
                ),
            ]
        );

    private static Words Signature(MerchantProfile merchant) =>
        new(
            $"{merchant.NameJa} 電話 {merchant.SupportPhone}({merchant.SupportHoursJa})",
            $"{merchant.NameEn}, phone {merchant.SupportPhone} ({merchant.SupportHoursEn})"
        );

    private static Passage.Fact Way(string nameJa, string nameEn, string ja, string en) => new(new(nameJa, nameEn), new(ja, en));

    private static Passage.Sentence Say(string ja, string en) => new(new(ja, en));

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
