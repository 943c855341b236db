using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shonin.Domain.Proofs;

/// <summary>How far a text uses a merchant's name.</summary>
internal enum NameUse
{
    None,

    /// <summary>The name stands among other words: it may be somebody else who speaks of the merchant.</summary>
    Mentioned,

    /// <summary>Nothing but the name, and words that any sender puts beside his own: support, notice, お客様センター.</summary>
    Taken,

    /// <summary>The name of somebody who writes through somebody else: "Shop via List", "Shop 経由".</summary>
    Through,

    /// <summary>The name in letters that only look like its own; nobody writes it so in good faith.</summary>
    Disguised,
}

/// <summary>A merchant's name, looked for in what others write.</summary>
internal sealed class BrandName
{
    private readonly ImmutableArray<string> words;
    private readonly string joined;

    private BrandName(ImmutableArray<string> words) => (this.words, joined) = (words, string.Concat(words));

    /// <summary>The names of a profile, the longest first, so that "Amazon.co.jp" is found before "Amazon".</summary>
    public static ImmutableArray<BrandName> Of(MailProfile profile) =>
        [.. profile.Names.Select(name => new BrandName(Lettering.Of(name).Words)).Where(name => name.joined.Length >= 2).OrderByDescending(name => name.joined.Length)];

    /// <summary>The strongest use of any of these names in a text.</summary>
    public static NameUse UseIn(string text, ImmutableArray<BrandName> names)
    {
        if (text.Length == 0)
            return NameUse.None;
        var reading = Lettering.Of(text);
        return names.Select(name => name.UseIn(reading, names)).DefaultIfEmpty(NameUse.None).Max();
    }

    private NameUse UseIn(Lettering text, ImmutableArray<BrandName> names)
    {
        if (Find(text.Words) is not { } rest)
            return NameUse.None;
        if (char.IsAscii(joined[0]) && !text.Plain.Contains(joined, StringComparison.Ordinal))
            return NameUse.Disguised;
        if (rest.Any(throughWords.Contains))
            return NameUse.Through;
        return rest.All(word => IsAnySenders(word) || names.Any(name => name.words.Contains(word))) ? NameUse.Taken : NameUse.Mentioned;
    }

    /// <summary>The words around the name, or null where the name is not there.</summary>
    private List<string>? Find(ImmutableArray<string> text)
    {
        for (var start = 0; start < text.Length; start++)
        {
            for (var (end, length) = (start, 0); end < text.Length && length < joined.Length; end++)
            {
                length += text[end].Length;
                if (length == joined.Length && IsSame(text.AsSpan()[start..(end + 1)]))
                    return [.. text[..start], .. text[(end + 1)..]];
            }

            // Kana and kanji run on without a space: 楽天カード株式会社.
            if (words.Length == 1 && !char.IsAscii(joined[0]) && text[start].IndexOf(joined, StringComparison.Ordinal) is var at and >= 0)
                return [.. text[..start], .. Pieces(text[start][..at]), .. Pieces(text[start][(at + joined.Length)..]), .. text[(start + 1)..]];
        }

        return null;
    }

    private bool IsSame(ReadOnlySpan<string> run) => string.Concat(run) is var seen && (seen == joined || joined.Length >= 5 && Lettering.Skeleton(seen) == Lettering.Skeleton(joined));

    private static IEnumerable<string> Pieces(string piece) => piece.Length == 0 ? [] : [piece];

    private static bool IsAnySenders(string word) =>
        char.IsAscii(word[0]) ? latinWords.Contains(word) || word.All(char.IsAsciiDigit) : IsMadeOf(word);

    /// <summary>Whether a run of kana and kanji is put together from nothing but such words.</summary>
    private static bool IsMadeOf(string run)
    {
        var reached = new bool[run.Length + 1];
        reached[0] = true;
        for (var start = 0; start < run.Length; start++)
            if (reached[start])
                foreach (var word in japaneseWords)
                    if (string.CompareOrdinal(run, start, word, 0, word.Length) == 0)
                        reached[start + word.Length] = true;
        return reached[run.Length];
    }

    private static readonly FrozenSet<string> throughWords = new[] { "via", "through", "behalf", "経由" }.ToFrozenSet();

    private static readonly FrozenSet<string> latinWords =
    (
        "the of for from by your our my and at in on to a an with co jp com net org inc ltd llc corp corporation company kk gmbh group intl international global japan jpn tokyo usa us uk "
        + "official team support supports customer customers consumer client service services servicing care help helpdesk desk center centre central department dept division office staff "
        + "account accounts billing bill payment payments pay pays paid security secure secured safety notice notices notification notifications notify notifier alert alerts warning info "
        + "information news newsletter mail mails mailer email emails message messages messaging no reply noreply donotreply not do auto automated automatic mailbox inbox order orders delivery "
        + "deliveries shipping shipment shipments update updates updated verification verify verified validation confirm confirmation member members membership user users prime card cards "
        + "bank banking online shop shopping store stores admin administrator administration login signin sign id auth authentication access system systems server management manager protection "
        + "fraud risk review resolution dispute refund refunds return returns invoice invoices receipt receipts reward rewards point points gift bonus prize promotion promotions offer offers "
        + "plus premium pro business web website portal mobile app apps cloud digital subscription subscriptions renewal statement statements transaction transactions purchase purchases credit "
        + "debit finance financial important urgent attention action required request contact communications it hr recovery compliance legal tax office365 365 one drive teams password reset "
        + "video music personal privacy policy terms agreement directive directives activity unusual new device ticket case ref reference voicemail fax document documents share shared sharing file files quarantine storage upgrade maintenance webmail hub express "
        + "logistics tracking track post postal parcel package packages courier "
        + "alerta aviso equipo equipe soporte suporte servicio servico servizio cliente clientes client clienti cuenta conta compte konto kundenservice kundendienst sicherheit seguridad seguranca securite "
        + "sicurezza assistance assistenza asistencia atencion atendimento notificacion notificacao wichtig dringend urgente importante pagamento pago zahlung rechnung facture fattura"
    ).Split(' ').ToFrozenSet();

    private static readonly ImmutableArray<string> japaneseWords =
    [
        .. ("カスタマー サービス サポート センター ヘルプ デスク お客様 お客さま お客 様 さま 相談 相談室 窓口 受付 事務局 本部 本店 支店 配送 配達 宅配 発送 出荷 注文 ご注文 確認 ご確認 自動 配信 送信 専用 メール "
            + "お知らせ ご案内 案内 通知 ご連絡 連絡 重要 緊急 至急 大切 な セキュリティ セキュリティー アカウント 会員 メンバー ユーザー ポイント カード クレジット クレジットカード 支払い お支払い 支払 お支払 請求 ご請求 明細 ご利用 利用 "
            + "公式 株式会社 有限会社 日本 ジャパン プライム 銀行 ネット バンク バンキング 証券 管理 管理者 管理部 担当 部 課 係 室 局 チーム グループ ストア ショップ オンライン オンラインショップ 店 通販 市場 情報 更新 本人 認証 運営 運営局 "
            + "予約 キャンペーン 決済 安全 安心 保護 の より から を ご お は が に へ で 用 内 購入 返金 返品 払い戻し 領収書 領収証 特典 景品 抽選 当選 プレゼント ニュース マガジン メルマガ システム サーバー サーバ ログイン パスワード 変更 停止 制限 "
            + "警告 異常 不正 検知 検出 審査 登録 手続き 手続 申込 申し込み 問い合わせ お問い合わせ 問合せ ウェブ アプリ モバイル クラウド デジタル 定期 契約 更新手続 税 納税 荷物 お荷物 追跡 再配達 不在 郵便 便 宅急便 ー 様へ 各位")
            .Split(' ').Distinct().OrderByDescending(word => word.Length),
    ];
}
