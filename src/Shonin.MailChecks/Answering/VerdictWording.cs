using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>
/// The answer as a worried person reads it: one sentence, the reasons, what to do. No protocol has a name here, nothing is called safe,
/// and nothing is a percentage.
/// </summary>
internal static class VerdictWording
{
    public static MailVerdict NotGenuine(MailClaim claim, VerdictReason decisive)
    {
        var reasons = ImmutableArray.CreateBuilder<VerdictReason>();
        reasons.Add(decisive);
        if (claim.MisleadingLink is not null && decisive.Code != ReasonCode.LinkLeadsElsewhere)
            reasons.Add(ReasonWording.LinkLeadsElsewhere(claim, ReasonWeight.Supporting));
        if (claim.LinkLookAlike is { Kind: Resemblance.Homoglyphs or Resemblance.Prefixed } && decisive.Code != ReasonCode.LinkLookAlike)
            reasons.Add(ReasonWording.LinkResembles(claim, ReasonWeight.Supporting));
        if (claim.Presses)
            reasons.Add(ReasonWording.Presses());
        return new(
            VerdictWord.NotGenuine,
            Confidence.Strong,
            new($"このメールは、{claim.Profile.Name}からのものではありません。", $"This mail is not from {claim.Profile.EnglishName}."),
            reasons.ToImmutable(),
            [
                new("リンクや添付ファイルを開かず、返信もしないでください。", "Don't open its links or attachments, and don't reply."),
                new(
                    $"ご用があるときは、いつものブックマークかアプリから{claim.Profile.Name}を開いてください。",
                    $"If you need to, open {claim.Profile.EnglishName} from your own bookmark or app."
                ),
                new(
                    "もう何かを入力したときは、すぐにパスワードを変え、カード会社に電話してください。",
                    "If you have entered anything, change your password and call your card company now."
                ),
            ]
        );
    }

    public static MailVerdict Proved(MailClaim claim, KnownNotice notice, SignatureEvidence signature)
    {
        var time = claim.Evidence.Time.DayAndTime(notice.SentAt ?? notice.QueuedAt);
        var isAsked = notice.Recipient == RecipientMatch.Matches;
        ImmutableArray<VerdictReason> reasons =
        [
            ReasonWording.OnRecord(notice, claim.Evidence.Time),
            ReasonWording.Signed(claim, signature),
            ReasonWording.Links(claim),
            .. isAsked ? ImmutableArray<VerdictReason>.Empty : [ReasonWording.NotAsked(notice)],
        ];
        var headline = isAsked
            ? new Words(
                $"このメールは、{claim.Profile.Name}が{time.Ja}にあなたあてに送ったお知らせ(番号 {notice.Number})です。",
                $"This is the notice that {claim.Profile.EnglishName} sent to you on {time.En} (number {notice.Number})."
            )
            : new Words(
                $"このメールは、{claim.Profile.Name}が{time.Ja}に {notice.SentTo} あてに送ったお知らせ(番号 {notice.Number})です。",
                $"This is a notice that {claim.Profile.EnglishName} sent to {notice.SentTo} on {time.En} (number {notice.Number})."
            );
        return new(VerdictWord.Genuine, Confidence.Proved, headline, reasons, GenuineAdvice(claim));
    }

    public static MailVerdict Signed(MailClaim claim, SignatureEvidence signature, MailEvidence evidence) =>
        Vouched(claim, ReasonWording.Signed(claim, signature), evidence);

    public static MailVerdict VouchedFor(MailClaim claim, ProviderEvidence provider, SignatureEvidence signature, MailEvidence evidence) =>
        Vouched(claim, ReasonWording.Provider(provider, signature), evidence);

    public static MailVerdict SentToAnother(MailClaim claim, KnownNotice notice) =>
        new(
            VerdictWord.CannotTell,
            Confidence.Weak,
            new(
                $"文面は{claim.Profile.Name}のものですが、あなたあてに送ったメールではありません。",
                $"{claim.Profile.EnglishName} did send this, but not to you."
            ),
            [ReasonWording.ToAnother(notice)],
            [
                DoNotPress,
                new(
                    "別のアドレスで受け取ったときは、そのアドレスを入れて、もう一度確かめてください。",
                    "If you received it at another address, enter that one and check again."
                ),
                new("心当たりがなければ、お店に知らせてください。", "If it isn't yours, tell the shop."),
            ]
        );

    /// <summary>It cannot be told, for the reason given; and what would settle it.</summary>
    public static MailVerdict CannotTell(MailClaim claim, VerdictReason why, MailEvidence evidence)
    {
        var reasons = ImmutableArray.CreateBuilder<VerdictReason>();
        reasons.Add(why);
        if (evidence.Ledger is LedgerFinding.Unknown(var noticeId))
            reasons.Add(ReasonWording.NoticeUnknown(noticeId));
        if (claim.MisleadingLink is not null)
            reasons.Add(ReasonWording.LinkLeadsElsewhere(claim, ReasonWeight.Supporting));
        if (claim.LinkLookAlike is { Kind: Resemblance.Homoglyphs or Resemblance.Prefixed })
            reasons.Add(ReasonWording.LinkResembles(claim, ReasonWeight.Supporting));
        if (claim.Presses)
            reasons.Add(ReasonWording.Presses());
        if (evidence.Traces.HasFlag(MailTraces.PassedOn))
            reasons.Add(ReasonWording.PassedOn());
        return new(
            VerdictWord.CannotTell,
            Confidence.Weak,
            new(
                $"{claim.Profile.Name}から届いたものかどうか、これだけでは分かりません。にせものと決まったわけでもありません。",
                $"From this alone we can't tell whether it is from {claim.Profile.EnglishName}. That doesn't mean that it is false."
            ),
            reasons.ToImmutable(),
            [
                DoNotPress,
                HowToSettle(why.Code),
                new(
                    $"急ぐときは、リンクを使わず、いつものブックマークかアプリから{claim.Profile.Name}を開いて、同じお知らせがあるか見てください。",
                    $"If it is urgent, leave its links alone: open {claim.Profile.EnglishName} from your own bookmark or app and see whether the same notice is there."
                ),
            ]
        );
    }

    /// <summary>Nothing in the mail claims any of the merchants that were asked about.</summary>
    public static MailVerdict Unclaimed(VerdictReason why) =>
        new(
            VerdictWord.CannotTell,
            Confidence.Weak,
            new("だれから届いたメールか、これだけでは分かりません。", "From this alone we can't tell whom this mail is from."),
            [why],
            [DoNotPress, HowToSettle(why.Code)]
        );

    private static MailVerdict Vouched(MailClaim claim, VerdictReason decisive, MailEvidence evidence) =>
        new(
            VerdictWord.Genuine,
            Confidence.Strong,
            new($"このメールは、{claim.Profile.Name}から届いたものです。", $"This mail is from {claim.Profile.EnglishName}."),
            [
                decisive,
                ReasonWording.SentFrom(claim),
                .. claim.HasOnlyOwnLinks ? ImmutableArray.Create(ReasonWording.Links(claim)) : [],
                .. evidence.Ledger is LedgerFinding.Unknown(var noticeId)
                    ? ImmutableArray.Create(ReasonWording.NoticeUnknown(noticeId))
                    : [],
            ],
            GenuineAdvice(claim)
        );

    private static ImmutableArray<Words> GenuineAdvice(MailClaim claim) =>
        [
            new(
                $"念のため、リンクを使わずに{claim.Profile.Name}を開いても、同じお知らせを見られます。",
                $"If you like, open {claim.Profile.EnglishName} without its links: the same notice is there."
            ),
        ];

    /// <summary>The first thing to do with every mail of which we cannot tell.</summary>
    private static Words DoNotPress { get; } =
        new("リンクを押さないでください。添付ファイルも開かないでください。", "Don't press its links, and don't open its attachments.");

    private static Words HowToSettle(ReasonCode why) =>
        why switch
        {
            ReasonCode.NotTheOriginal
            or ReasonCode.NotSigned
            or ReasonCode.SignatureBroken
            or ReasonCode.NoticeContentDiffers
            or ReasonCode.NoticeOnRecord => new(
                "メールの「原文」を保存して、もう一度確かめてください。転送したものや、文字だけを写したものでは、確認の印が消えます。",
                "Save the mail's original and check that. Forwarding it, or copying its text, loses the marks that we look for."
            ),
            ReasonCode.SignatureKeyGone => new(
                "時間をおいて、もう一度確かめてください。古いメールなら、お店の記録(お知らせ番号)で確かめられます。",
                "Check again later. If the mail is old, the shop's own record can tell: ask with the notice number."
            ),
            ReasonCode.NameMentioned or ReasonCode.NoClaim => new(
                "書かれている差出人に心当たりがあるときは、その人やお店に、メールを使わずにお尋ねください。",
                "If you know the sender, ask them in some other way than by answering this mail."
            ),
            _ => new("リンクを使わずに、お店に直接お問い合わせください。", "Ask the shop directly, without using its links."),
        };
}
