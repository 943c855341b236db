using System.Collections.Immutable;
using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Privacy;

/// <summary>Every kind of personal data that the shop keeps. What keeps a new kind is not done before it stands here.</summary>
public enum KeptKind
{
    OrderPerson,
    Notices,
    OrderFacts,
    CardNumbers,
    Contacts,
    Account,
    MailedCodes,
    Points,
    CheckAnswers,
    CheckMailbox,
    MailReports,
    MailFiles,
    Bounces,
    StaffTrail,
    ErasureRequests,
    KeptStates,
    InMemory,
}

/// <summary>One kind: what it is, what for, on which ground, how long, and what ends it.</summary>
/// <param name="Ground">In Japan's Act on the Protection of Personal Information and in the GDPR.</param>
/// <param name="Setting">The setting that says how long; null where it is fixed.</param>
public sealed record KeptEntry(KeptKind Kind, Words Name, Words Purpose, Words Ground, Words Long, string? Setting, Words EndedBy)
{
    /// <summary>What the ids of the sealed documents begin with that hold it; none where it stands elsewhere.</summary>
    public ImmutableArray<string> Documents { get; init; } = [];
}

/// <summary>
/// The one table of what is kept of persons. The customers' page, <c>shonin privacy</c> and the export show it; a spec holds it against
/// every document that the program writes.
/// </summary>
public static class KeptData
{
    public static IEnumerable<KeptEntry> All(RetentionPolicy policy) => Enum.GetValues<KeptKind>().Select(kind => Of(kind, policy));

    /// <summary>The kind whose documents have such ids; null for a document of no known kind.</summary>
    public static KeptKind? KindOf(string documentId)
    {
        foreach (var entry in All(new()))
        {
            if (entry.Documents.Any(prefix => documentId.StartsWith(prefix, StringComparison.Ordinal)))
                return entry.Kind;
        }
        return null;
    }

    public static KeptEntry Of(KeptKind kind, RetentionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return kind switch
        {
            KeptKind.OrderPerson => new(
                kind,
                new("ご注文のお名前、メールアドレス、電話番号", "Name, mail address and phone number of an order"),
                new("ご注文の品のお届け、お知らせ、お問い合わせへの対応", "To deliver what you ordered, to tell you about it, to help you"),
                contract.Then(taxLaw),
                Since(policy.Orders, new("ご注文の最後のできごと", "the last thing that happened in the order")),
                "Privacy:OrdersKeptFor",
                byItselfOrOnRequest
            )
            {
                Documents = ["person-"],
            },
            KeptKind.Notices => new(
                kind,
                new("お送りしたお知らせの文面", "The notices that we sent you, word for word"),
                new(
                    "何をいつお伝えしたかを示すため、本物のメールかどうかを確かめるため",
                    "To show what we told you and when, and to check whether a mail is real"
                ),
                contract.Then(taxLaw),
                Since(policy.Orders, new("ご注文の最後のできごと", "the last thing that happened in the order")),
                "Privacy:OrdersKeptFor",
                byItselfOrOnRequest
            )
            {
                Documents = ["notice-"],
            },
            KeptKind.OrderFacts => new(
                kind,
                new(
                    "ご注文の日時、品物、金額、カードの種類と下4桁(お名前とアドレスはありません)",
                    "When and what was ordered, the amount, the card's brand and last four digits (no name, no address)"
                ),
                new(
                    "取引の記録、カード会社との照合、記録が書き換えられていない証拠",
                    "Records of trade, comparison with the card company, proof that nobody changed the records"
                ),
                taxLaw,
                new("記録があるかぎり", "for as long as there are records"),
                null,
                new(
                    "消えません。お名前などの鍵が消えると、だれのご注文かは記録からはわかりません。",
                    "It stays. Once the key to name and address is destroyed, the records don't say whose order it was."
                )
            ),
            KeptKind.CardNumbers => new(
                kind,
                new("カード番号(暗号化)", "Card number (encrypted)"),
                new("承認の問い合わせ、取り消し、返金", "To ask for an approval, to cancel, to refund"),
                contract,
                Since(policy.Cards, new("そのカードでの最後のご注文のできごと", "the last thing that happened in an order on that card")),
                "Privacy:CardsKeptFor",
                byItselfOrOnRequest
            ),
            KeptKind.Contacts => new(
                kind,
                new("お問い合わせの会話、お名前、担当者の名前", "Conversations with us, your name in them, the agents' names"),
                new("お問い合わせへの対応と、言った言わないを防ぐため", "To help you, and to know what was said"),
                contract.Then(interest),
                Since(policy.Contacts, new("最後のやりとり", "the last thing that was said")),
                "Privacy:ContactsKeptFor",
                byItselfOrOnRequest
            )
            {
                Documents = ["contact-"],
            },
            KeptKind.Account => new(
                kind,
                new(
                    "アカウントの表示名、メールアドレス、パスワード(元に戻せない形)、パスキー、ログイン中の端末の種類",
                    "Your account: display name, mail addresses, password (in a form that nobody can read), passkeys, kinds of devices signed in"
                ),
                new("ログイン、ご注文の履歴、ポイント", "To sign in, and to find orders and points"),
                contract,
                Since(policy.Accounts, new("最後のご利用", "the last use")),
                "Privacy:AccountsKeptFor",
                byItselfOrOnRequest
            )
            {
                Documents = ["account-"],
            },
            KeptKind.MailedCodes => new(
                kind,
                new("確認コードのメール", "Mails with a code"),
                new("メールアドレスがご本人のものか確かめるため", "To check that a mail address is yours"),
                contract,
                new("メールが出るまで。長くても10分", "until the mail has left, 10 minutes at most"),
                null,
                new("メールが出たときに、自動で消えます。", "By itself, when the mail has left.")
            )
            {
                Documents = ["code-"],
            },
            KeptKind.Points => new(
                kind,
                new("ポイントの記録(お名前とアドレスはありません)", "Points earned and used up (no name, no address)"),
                new("ポイントをお使いいただくため", "So that you can use your points"),
                contract,
                new("記録があるかぎり", "for as long as there are records"),
                null,
                new(
                    "消えません。だれのものかは、アドレスをご存じの方にしかわかりません。",
                    "It stays. Only who knows the address can tell whose points they are."
                )
            ),
            KeptKind.CheckAnswers => new(
                kind,
                new("メールの真偽をお尋ねになった方への返事", "Answers to people who asked by mail whether a mail is real"),
                new("お尋ねへの返事、同じメールに2度答えないため", "To answer, and to answer each mail once"),
                interest,
                new("返事が出るまで。長くても数日", "until the answer has left, a few days at most"),
                null,
                new("返事が出たときに、自動で消えます。", "By itself, when the answer has left.")
            )
            {
                Documents = ["answer-"],
            },
            KeptKind.CheckMailbox => new(
                kind,
                new("確かめるために転送されたメール(受信箱)", "Mails forwarded to us to be checked (the mailbox)"),
                new("真偽の確認", "To check whether they are real"),
                interest,
                Since(policy.CheckMailbox, new("受信", "they arrived")),
                "MailCheck:KeptFor",
                new("自動で消えます。", "By itself.")
            ),
            KeptKind.MailReports => new(
                kind,
                new("ご報告いただいたメールと、ご連絡先", "Mails that were reported to us, and how to reach who did"),
                new("当店をよそおう偽メールへの対応", "To act against fake mails in our name"),
                interest,
                Since(policy.Reports, new("ご報告", "the report")),
                "MailCheck:ReportsKeptFor",
                byItselfOrOnRequest
            )
            {
                Documents = ["report-"],
            },
            KeptKind.MailFiles => new(
                kind,
                new("メールのファイル(メールサーバーを使わない設定のときだけ)", "Mails as files (only where no mail server is set)"),
                new("送るメールの置き場所", "Where mails are put instead of being sent"),
                contract,
                Since(policy.MailFiles, new("書いた日", "they were written")),
                "Privacy:MailFilesKeptFor",
                byItselfOrOnRequest
            ),
            KeptKind.Bounces => new(
                kind,
                new("届かなかったお知らせの記録(アドレスは伏せています)", "That a notice could not be delivered (addresses are hidden)"),
                new("お知らせが届かないときに、担当者が気づくため", "So that an agent notices that mail does not reach you"),
                contract,
                new("記録があるかぎり", "for as long as there are records"),
                null,
                new("消えません。お名前もアドレスもありません。", "It stays. It holds no name and no address.")
            ),
            KeptKind.StaffTrail => new(
                kind,
                new(
                    "担当者がいつ何を見て、何をしたかの記録(担当者の番号と、接続元の鍵付きの要約)",
                    "What staff read and did, and when (by the staff's numbers, with a keyed digest of where from)"
                ),
                new("お客様のデータが正しく扱われているかを確かめるため", "To check that your data are handled rightly"),
                interest,
                new("接続元をたどれるのは13か月まで", "where from can be followed for 13 months"),
                null,
                new("月ごとの鍵が、自動で消えます。", "The month's key is destroyed by itself.")
            )
            {
                Documents = ["audit-"],
            },
            KeptKind.ErasureRequests => new(
                kind,
                new("消去のお申し出への返事", "The answer to a request for erasure"),
                new("消したことをお知らせするため", "To tell you that it is done"),
                law,
                new("メールが出るまで。長くても数日", "until the mail has left, a few days at most"),
                null,
                new(
                    "メールが出たときに、自動で消えます。お申し出があったことは、アドレスなしで残ります。",
                    "By itself, when the mail has left. That there was a request stays, without the address."
                )
            )
            {
                Documents = ["erasure-"],
            },
            KeptKind.KeptStates => new(
                kind,
                new("記録の途中のまとめ(お名前とアドレスはありません)", "Sums of records (no name, no address)"),
                new("サーバーを速く動かすため", "To keep the server fast"),
                interest,
                new("記録があるかぎり", "for as long as there are records"),
                null,
                new("書き直されるたびに、前のものは消えます。", "Each takes the place of the one before.")
            )
            {
                Documents = ["state-"],
            },
            KeptKind.InMemory => new(
                kind,
                new(
                    "接続元のアドレス、窓口での検索のことば、確かめているメール、セキュリティコード",
                    "Network addresses, what the desk searches for, mails being checked, security codes"
                ),
                new("使いすぎや悪用を防ぐため、作業のあいだ持っておくため", "To stop misuse, and to have at hand while it is worked on"),
                interest,
                new(
                    "メモリーの中だけ。長くても24時間。セキュリティコードは10分",
                    "in memory alone, 24 hours at most; security codes 10 minutes"
                ),
                null,
                new("自動で消えます。ディスクには書きません。", "By itself. It is never written to a disk.")
            ),
        };
    }

    private static readonly Words contract = new(
        "契約のため(個人情報保護法17条・18条、GDPR 6条1項b)。",
        "For our contract with you (APPI articles 17 and 18, GDPR article 6(1)(b))."
    );

    private static readonly Words taxLaw = new(
        "法律が求める帳簿のため(法人税法施行規則59条、電子帳簿保存法7条、GDPR 6条1項c)。",
        "For the books that the law asks for (Enforcement Regulation of the Corporation Tax Act, article 59; Electronic Books Preservation Act, article 7; GDPR article 6(1)(c))."
    );

    private static readonly Words interest = new(
        "安全と正しい対応のため(個人情報保護法17条・23条、GDPR 6条1項f)。",
        "For safety and proper service (APPI articles 17 and 23, GDPR article 6(1)(f))."
    );

    private static readonly Words law = new(
        "お申し出に応える法律上の務めのため(個人情報保護法35条、GDPR 12条3項)。",
        "Because the law has us answer requests (APPI article 35, GDPR article 12(3))."
    );

    private static readonly Words byItselfOrOnRequest = new(
        "期間が過ぎると自動で消えます。お申し出があれば、その前でも消します。",
        "By itself when the time is over; before that when you ask for it."
    );

    private static Words Since(TimeSpan length, Words from)
    {
        var said = RetentionPolicy.Length(length);
        return new(
            string.Create(CultureInfo.InvariantCulture, $"{from.Ja}から{said.Ja}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{said.En} from {(from.En.StartsWith("they ", StringComparison.Ordinal) ? "when " : "")}{from.En}"
            )
        );
    }
}
