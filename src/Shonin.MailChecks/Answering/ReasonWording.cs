using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using static Shonin.MailChecks.ReasonCode;
using static Shonin.MailChecks.ReasonWeight;

namespace Shonin.MailChecks;

/// <summary>Each finding in one plain sentence. What strangers wrote is quoted, cut short, and cannot break out of its line.</summary>
internal static class ReasonWording
{
    private const int QuoteLengthMax = 80;

    public static VerdictReason Forged(LedgerFinding.Forged forged) =>
        new(
            NoticeForged,
            Decisive,
            new(
                $"当店の印がついていますが、当店が作った印ではありません(番号 {Quote(forged.NoticeId).Ja})。",
                $"It carries a mark that poses as ours, but we never made it (number {Quote(forged.NoticeId).En})."
            ),
            forged.Why
        );

    public static VerdictReason NoticeAltered(MailClaim claim, KnownNotice notice) =>
        new(
            ReasonCode.NoticeAltered,
            Decisive,
            new(
                $"当店のお知らせ(番号 {notice.Number})を書きかえたものです。文面もリンクも送ったときと違い、リンクの1つは {Quote(claim.ForeignLinks[0].Host!).Ja} へ行きます。",
                $"It is our notice {notice.Number}, altered: neither its text nor its links are those that we sent, and one leads to {Quote(claim.ForeignLinks[0].Host!).En}."
            ),
            Cut(claim.ForeignLinks[0].Href)
        );

    public static VerdictReason SeveralSenders(MailClaim claim) =>
        new(
            ReasonCode.SeveralSenders,
            Decisive,
            new(
                $"差出人が2つ以上書かれていて、{claim.Profile.Name}ではない住所が混じっています。",
                $"It names more than one sender, and not all of them are {claim.Profile.EnglishName}."
            ),
            Addresses(claim.Evidence.Sender)
        );

    public static VerdictReason AddressPosed(MailClaim claim) =>
        new(
            SenderAddressPosed,
            Decisive,
            new(
                $"名前のところに{claim.Profile.Name}のアドレスが書かれていますが、実際の送信元は {SenderOf(claim).Ja} です。",
                $"An address of {claim.Profile.EnglishName} is written where the name belongs, but the mail comes from {SenderOf(claim).En}."
            ),
            Addresses(claim.Evidence.Sender)
        );

    public static VerdictReason SenderLookAlike(MailClaim claim) =>
        new(
            ReasonCode.SenderLookAlike,
            Decisive,
            new(
                $"送信元の {Quote(claim.Sender!.Seen).Ja} は、{claim.Profile.Name}の {claim.Sender.Resembles} に似せた、別のものです。",
                $"{Quote(claim.Sender.Seen).En} is made to look like {claim.Sender.Resembles}, and is not {claim.Profile.EnglishName}'s."
            ),
            Addresses(claim.Evidence.Sender)
        );

    public static VerdictReason NameDisguised(MailClaim claim) =>
        new(
            ReasonCode.NameDisguised,
            Decisive,
            new(
                $"{claim.Profile.Name}の名前を、よく似た別の文字で書いています。実際の送信元は {SenderOf(claim).Ja} です。",
                $"It writes {claim.Profile.EnglishName} with other letters that look alike, and comes from {SenderOf(claim).En}."
            ),
            Addresses(claim.Evidence.Sender)
        );

    public static VerdictReason NotMerchant(MailClaim claim) =>
        claim.Evidence.Sender.Mailboxes.IsEmpty
            ? NoAddress(claim)
            : new(
                SenderNotMerchant,
                Decisive,
                new(
                    $"差出人の名前は「{Quote(claim.ShownName ?? claim.Profile.Name).Ja}」ですが、実際の送信元は {SenderOf(claim).Ja} です。{claim.Profile.Name}はここからは送りません。",
                    $"It is signed “{Quote(claim.ShownName ?? claim.Profile.Name).En}”, but comes from {SenderOf(claim).En}. {claim.Profile.EnglishName} doesn't send from there."
                ),
                Addresses(claim.Evidence.Sender)
            );

    private static VerdictReason NoAddress(MailClaim claim) =>
        new(
            SenderNotMerchant,
            Decisive,
            new(
                $"差出人の名前は「{Quote(claim.ShownName ?? claim.Profile.Name).Ja}」ですが、送信元のアドレスが書かれていません。{claim.Profile.Name}は、必ず自分のアドレスから送ります。",
                $"It is signed “{Quote(claim.ShownName ?? claim.Profile.Name).En}”, but names no address. {claim.Profile.EnglishName} always writes from its own."
            ),
            Addresses(claim.Evidence.Sender)
        );

    public static VerdictReason SubjectPoses(MailClaim claim) =>
        new(
            SenderNotMerchant,
            Decisive,
            new(
                $"件名は{claim.Profile.Name}からのように書かれていますが、実際の送信元は {SenderOf(claim).Ja} です。{claim.Profile.Name}はここからは送りません。",
                $"Its subject reads as if it came from {claim.Profile.EnglishName}, but it comes from {SenderOf(claim).En}. {claim.Profile.EnglishName} doesn't send from there."
            ),
            Addresses(claim.Evidence.Sender)
        );

    public static VerdictReason PolicyRefuses(MailClaim claim, MailEvidence evidence) =>
        new(
            ReasonCode.PolicyRefuses,
            Decisive,
            new(
                $"{claim.Profile.Name}のアドレスを名乗っていますが、{claim.Profile.Name}の送信元として登録されていないところから届いています。",
                $"It uses an address of {claim.Profile.EnglishName}, but came from a place that {claim.Profile.EnglishName} doesn't send from, and that it asks receivers to refuse."
            ),
            evidence.Policy.Why
        );

    public static VerdictReason LinkLeadsElsewhere(MailClaim claim, ReasonWeight weight = Decisive) =>
        new(
            ReasonCode.LinkLeadsElsewhere,
            weight,
            new(
                $"「{Quote(claim.MisleadingLink!.ShownHost!).Ja}」と書かれたリンクが、別の {Quote(claim.MisleadingLink.Host!).Ja} へ行きます。",
                $"A link that reads {Quote(claim.MisleadingLink.ShownHost!).En} leads to {Quote(claim.MisleadingLink.Host!).En}."
            ),
            Cut(claim.MisleadingLink.Href)
        );

    public static VerdictReason LinkResembles(MailClaim claim, ReasonWeight weight = Decisive) =>
        new(
            ReasonCode.LinkLookAlike,
            weight,
            new(
                $"リンク先の {Quote(claim.LinkLookAlike!.Seen).Ja} は、{claim.LinkLookAlike.Resembles} に似せた、別のものです。",
                $"A link leads to {Quote(claim.LinkLookAlike.Seen).En}, which is made to look like {claim.LinkLookAlike.Resembles}."
            ),
            Cut(claim.LinkLookAlike.Seen)
        );

    public static VerdictReason OnRecord(KnownNotice notice, SpokenTime time) =>
        new(
            NoticeOnRecord,
            Decisive,
            new(
                $"当店の送信記録と一致しました(番号 {notice.Number}、{time.DayAndTime(notice.SentAt ?? notice.QueuedAt).Ja}に送信)。",
                $"It matches our record of what we sent (number {notice.Number}, {time.DayAndTime(notice.SentAt ?? notice.QueuedAt).En})."
            ),
            notice.Number
        );

    public static VerdictReason NotAsked(KnownNotice notice) =>
        new(
            NoticeRecipientNotAsked,
            Context,
            new(
                $"このメールは {notice.SentTo} あてに送ったものです。ご自分のアドレスと合うか、お確かめください。",
                $"We sent it to {notice.SentTo}. Check that this is you."
            ),
            notice.SentTo
        );

    public static VerdictReason ToAnother(KnownNotice notice) =>
        new(
            NoticeToAnother,
            Decisive,
            new(
                $"当店が送ったメールと同じ内容ですが、あて先は {notice.SentTo} で、入力されたアドレスではありません。",
                $"It is a mail that we sent, but we sent it to {notice.SentTo}, not to the address that you gave."
            ),
            notice.SentTo
        );

    public static VerdictReason ContentDiffers(KnownNotice notice) =>
        new(
            NoticeContentDiffers,
            Decisive,
            new(
                $"当店のお知らせ(番号 {notice.Number})の印がありますが、文面が送ったときと違います。",
                $"It carries the mark of our notice {notice.Number}, but doesn't read as it did when we sent it."
            ),
            notice.Number
        );

    public static VerdictReason ContentOnRecord(KnownNotice notice) =>
        new(
            NoticeOnRecord,
            Supporting,
            new(
                $"文面は当店の送信記録(番号 {notice.Number})と同じですが、署名を確かめられません。",
                $"It reads as our notice {notice.Number} does, but its signature can't be confirmed."
            ),
            notice.Number
        );

    public static VerdictReason ContentUnderAnother(MailClaim claim, KnownNotice notice) =>
        new(
            NoticeOnRecord,
            Supporting,
            new(
                $"文面は当店の送信記録(番号 {notice.Number})と同じですが、送信元の {SenderOf(claim).Ja} は当店のものではありません。",
                $"It reads as our notice {notice.Number} does, but comes from {SenderOf(claim).En}, which isn't ours."
            ),
            notice.Number
        );

    public static VerdictReason NotOnRecord(LedgerFinding.Forged unknown) =>
        new(
            ReasonCode.NoticeUnknown,
            Decisive,
            new(
                "署名は当店のものですが、このお知らせの記録が当店にありません。記録を古い控えから戻したときにも、こうなります。",
                "Its signature is ours, but we have no record of this notice. That also happens when records were restored from an older copy."
            ),
            Cut(unknown.NoticeId)
        );

    public static VerdictReason NoticeUnknown(string noticeId) =>
        new(
            ReasonCode.NoticeUnknown,
            Context,
            new(
                $"このメールが名乗る番号 {Quote(noticeId).Ja} は、当店の記録にありません。",
                $"Our record has no notice {Quote(noticeId).En}, which this mail quotes."
            ),
            Cut(noticeId)
        );

    public static VerdictReason Signed(MailClaim claim, SignatureEvidence signature) =>
        new(
            SignedByMerchant,
            Decisive,
            new(
                $"{claim.Profile.Name}({signature.Domain})の電子署名が正しく、途中で書き換えられていません。",
                $"The signature of {claim.Profile.EnglishName} ({signature.Domain}) is right: nothing has been changed on the way."
            ),
            signature.Why
        );

    public static VerdictReason Provider(ProviderEvidence provider, SignatureEvidence signature) =>
        new(
            ProviderVouches,
            Decisive,
            new(
                $"受信したメールサービス({Quote(provider.Host).Ja})が、{signature.Domain} の署名を確かめています。",
                $"The mail service that received it ({Quote(provider.Host).En}) confirmed the signature of {signature.Domain}."
            ),
            signature.Why
        );

    public static VerdictReason Links(MailClaim claim) =>
        new(
            LinksAreMerchants,
            Supporting,
            new(
                claim.HasLinks ? $"リンク先は、すべて{claim.Profile.Name}のものです。" : "リンクは1つもありません。",
                claim.HasLinks ? $"Every link leads to {claim.Profile.EnglishName}." : "It has no links."
            )
        );

    public static VerdictReason SentFrom(MailClaim claim) =>
        new(
            SignedByMerchant,
            Supporting,
            new(
                $"送信元の {claim.Evidence.Sender.Author!.Domain} は、{claim.Profile.Name}のものです。",
                $"It comes from {claim.Evidence.Sender.Author.Domain}, which is {claim.Profile.EnglishName}'s."
            )
        );

    public static VerdictReason Broken(SignatureEvidence signature) =>
        new(
            SignatureBroken,
            Decisive,
            new(
                $"{signature.Domain} の署名がありますが、今の文面とは合いません。転送や保存のしかたで、こうなることがあります。",
                $"It has a signature of {signature.Domain} that no longer fits. Forwarding or saving can do that."
            ),
            signature.Why
        );

    public static VerdictReason KeyGone(SignatureEvidence signature) =>
        new(
            SignatureKeyGone,
            Decisive,
            new(
                $"{signature.Domain} の署名を確かめる鍵が、いまは手に入りません。古いメールでは、よくあることです。",
                $"The key for the signature of {signature.Domain} can't be had now. With old mail that is usual."
            ),
            signature.Why
        );

    public static VerdictReason Unusable(SignatureEvidence signature) =>
        new(
            SignatureUnusable,
            Decisive,
            new(
                $"{signature.Domain} の署名がありますが、期限が切れているなどの理由で、証拠になりません。",
                $"It has a signature of {signature.Domain} that proves nothing: it has expired, or is not in order."
            ),
            signature.Why
        );

    public static VerdictReason SignedByNeighbour(SignatureEvidence signature, SenderMailbox author) =>
        new(
            SignatureUnusable,
            Decisive,
            new(
                $"{signature.Domain} の署名がありますが、{author.Domain} は、自分のアドレスのメールに、ほかの署名を認めていません。",
                $"It has a signature of {signature.Domain}, but {author.Domain} accepts none but its own for its addresses."
            ),
            $"{signature.Why}; adkim=s"
        );

    public static VerdictReason NotCovering(SignatureEvidence signature) =>
        new(
            SignatureNotCovering,
            Decisive,
            new(
                $"{signature.Domain} の署名が、メールの一部にしか及んでいません。残りは、だれでも書き足せます。",
                $"The signature of {signature.Domain} doesn't cover all of the mail. Anybody could have added the rest."
            ),
            signature.Uncovered.IsEmpty
                ? signature.Why
                : $"{signature.Why}; not covered: {string.Join(", ", signature.Uncovered.Select(field => field.Name))}"
        );

    public static VerdictReason NotSigned(MailClaim claim) =>
        new(
            ReasonCode.NotSigned,
            Decisive,
            new(
                $"{claim.Profile.Name}の署名が、このメールには残っていません。",
                $"There is no signature of {claim.Profile.EnglishName} in this mail."
            )
        );

    public static VerdictReason AnybodysAddress(SenderMailbox author) =>
        new(
            ReasonCode.AnybodysAddress,
            Decisive,
            new($"{author.Domain} のアドレスは、だれでも作れます。", $"Anybody can get an address at {author.Domain}."),
            $"{author.LocalPart}@{author.Domain}"
        );

    public static VerdictReason NotTheOriginal() =>
        new(
            ReasonCode.NotTheOriginal,
            Decisive,
            new(
                "メールの原文ではないようです。画面の文字だけでは、どこから届いたかが分かりません。",
                "This doesn't seem to be the mail's original. The text alone doesn't show where it came from."
            )
        );

    public static VerdictReason NotTheOriginal(SavedMail brought) =>
        new(ReasonCode.NotTheOriginal, Decisive, SavedMailWording.WayOut(brought));

    public static VerdictReason SenderUnreadable(MailEvidence evidence) =>
        new(
            ReadDifferently,
            Decisive,
            new(
                "差出人の書き方が正しくないので、だれから届いたとも言えません。",
                "The sender is written in a way that can be read as different people."
            ),
            Addresses(evidence.Sender)
        );

    public static VerdictReason ReadOtherwise(ReadingOddity oddity) =>
        new(
            ReasonCode.ReadOtherwise,
            Decisive,
            new(
                $"署名はありますが、メールソフトによっては、署名されたものと違う内容が表示されるおそれがあります。{OddityOf(oddity.Kind).Ja}",
                $"It is signed, but some mail programs may show something else than what was signed. {OddityOf(oddity.Kind).En}"
            ),
            Cut(oddity.Where)
        );

    private static Words OddityOf(ReadingOddityKind kind) =>
        kind switch
        {
            ReadingOddityKind.HeaderLine => new(
                "見出しの部分に、決まった形ではない行があります。",
                "A line among its headers isn't written as one."
            ),
            ReadingOddityKind.HiddenSign => new(
                "見出しの部分に、目に見えない制御文字が入っています。",
                "Hidden control characters stand among its headers."
            ),
            ReadingOddityKind.FieldTwice => new(
                "1つしか書けない見出しが、2つ書かれています。",
                "A header that may stand there once stands there twice."
            ),
            ReadingOddityKind.Sender => new("差出人が、別の人とも読めます。", "Its sender can be read as somebody else."),
            ReadingOddityKind.Parts => new(
                "本文の区切りや書き方が、別の意味にも読めます。",
                "Where its text begins and ends, or how it is written, can be read in two ways."
            ),
        };

    public static VerdictReason Mentioned(MailClaim claim) =>
        new(
            NameMentioned,
            Decisive,
            new(
                $"{claim.Profile.Name}の名前が出てきますが、{claim.Profile.Name}から届いたとは名乗っていません。送信元は {SenderOf(claim).Ja} です。",
                $"It speaks of {claim.Profile.EnglishName}, but doesn't say that it is from them. It comes from {SenderOf(claim).En}."
            ),
            Addresses(claim.Evidence.Sender)
        );

    public static VerdictReason NoClaim(MailEvidence evidence, ImmutableArray<MailProfile> profiles) =>
        new(
            ReasonCode.NoClaim,
            Decisive,
            new(
                $"このメールは、{NamesOf(profiles)}から届いたとは名乗っていません。",
                $"This mail doesn't say that it is from {NamesOf(profiles)}."
            ),
            Addresses(evidence.Sender)
        );

    public static VerdictReason PassedOn() =>
        new(Forwarded, Context, new("別のサーバーやメーリングリストを通ってきています。", "It came by way of a list or another server."));

    public static VerdictReason OneOfSeveral(int count) =>
        new(
            ReasonCode.OneOfSeveral,
            Context,
            new(
                $"ファイルには{count}通のメールが入っています。調べたのは、最初の1通だけです。",
                $"The file holds {count} mails. Only the first was checked."
            )
        );

    public static VerdictReason AttachedOriginal() =>
        new(
            ReasonCode.AttachedOriginal,
            Context,
            new(
                "調べたのは、添付されていた元のメールだけです。それを送ってきたメールの文章は、調べていません。",
                "Only the mail that was attached was checked, not the words of the mail that brought it."
            )
        );

    public static VerdictReason GenuineAmongOthers() =>
        new(
            ReasonCode.AttachedOriginal,
            Decisive,
            new(
                "添付されていた元のメールは本物です。けれども、それを送ってきたメールの文章やほかの添付は、別の人が加えたものです。そちらの頼みごとには応じないでください。",
                "The mail that was attached is genuine. But the words around it, or its other files, were added by somebody else: don't do what those ask."
            )
        );

    public static VerdictReason SeveralAttached(int count) =>
        new(
            ReasonCode.AttachedOriginal,
            Decisive,
            new(
                $"{count}通のメールが添付されています。どれのことか分からないので、調べたいメールを1通ずつ確かめてください。",
                $"{count} mails are attached, and we can't know which one you mean. Check them one by one."
            )
        );

    public static VerdictReason Presses() =>
        new(
            PressesForAction,
            Supporting,
            new("急がせて、パスワードやカードの情報を入れさせようとしています。", "It hurries you to enter a password or card details.")
        );

    /// <summary>Who really sent it, as far as From goes.</summary>
    private static Words SenderOf(MailClaim claim) =>
        Quote(claim.Evidence.Sender.Mailboxes is [var first, ..] ? $"{first.LocalPart}@{first.Domain}" : "?");

    private static string Addresses(SenderEvidence sender) =>
        sender.Mailboxes.IsEmpty
            ? "From: no address"
            : "From: " + string.Join(", ", sender.Mailboxes.Take(5).Select(mailbox => Cut($"{mailbox.LocalPart}@{mailbox.Domain}")));

    private static string NamesOf(ImmutableArray<MailProfile> profiles) =>
        profiles is [var only] ? only.Name : string.Join("・", profiles.Take(3).Select(profile => profile.Name));

    private static Words Quote(string text) => Words.Quoted(Cut(text));

    private static string Cut(string text) => Words.Quoted(text.Length <= QuoteLengthMax ? text : text[..QuoteLengthMax] + "…").En;
}
