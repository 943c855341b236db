using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shonin.MailChecks;

/// <summary>
/// The words that stand beside a merchant's name, by what they say about who writes: words that any sender uses, words for what is promised
/// or threatened, some of both that those who write about a merchant use as well (news, 情報), and words for somebody who only speaks of it.
/// Lists by language, to be kept; letters as <see cref="Lettering"/> reads them.
/// </summary>
internal static class SenderWords
{
    /// <summary>Shorter pieces are endings of other words: the "by" of Appleby is no word.</summary>
    private const int PieceLengthMin = 3;

    private const int WordLengthMax = 64;

    /// <summary>Support, notice, お客様センター: said by every sender, and so by none in particular.</summary>
    public static bool AreAnySenders(string word) =>
        char.IsAscii(word[0])
            ? word.Length == 1 || latinWords.Contains(word) || word.All(char.IsAsciiDigit)
            : IsMadeOf(word, japaneseWords);

    /// <summary>Whether the word names nobody: any sender's, or what a mail promises (gift, ギフト券) or threatens with.</summary>
    public static bool NameNobody(string word) =>
        char.IsAscii(word[0])
            ? AreAnySenders(word) || wares.Contains(word) || word.Length <= WordLengthMax && IsMadeOf(word, latinPieces)
            : IsMadeOf(word, japanesePieces);

    /// <summary>
    /// Whether a merchant's desk signs with it and others hardly do: billing, account, お支払い. It poses beside unknown words as well.
    /// </summary>
    public static bool NameADesk(string word) =>
        char.IsAscii(word[0]) ? desks.Contains(word) : japaneseDesks.Any(desk => word.Contains(desk, StringComparison.Ordinal));

    /// <summary>Whether who writes about a merchant says it as readily as the merchant: news, today, ニュース.</summary>
    public static bool AreReporters(string word) => char.IsAscii(word[0]) ? reports.Contains(word) : IsMadeOf(word, japaneseReports);

    /// <summary>Whether the word only joins or counts others.</summary>
    public static bool OnlyJoin(string word) =>
        char.IsAscii(word[0]) ? joints.Contains(word) || word.All(char.IsAsciiDigit) : IsMadeOf(word, japaneseJoints);

    /// <summary>
    /// Whether a run of Latin letters and digits is nothing, or put together from such words without a space: SecurityTeam24.
    /// </summary>
    public static bool AreRunTogether(string run) =>
        run is "" or "id" or "my" || run.Length <= WordLengthMax && IsMadeOf(run.Trim(digits), latinPieces);

    /// <summary>Whether the word tells that somebody speaks of the merchant: a fan, a club, a newspaper, 応援団, 新聞.</summary>
    public static bool TellsOfAnother(string word) =>
        char.IsAscii(word[0])
            ? others.Contains(word)
            : shopEndings.Contains(word[^1]) || japaneseOthers.Any(other => word.Contains(other, StringComparison.Ordinal));

    /// <summary>Whether a run begins or ends in a known word, so that a name may end before it or begin behind it.</summary>
    public static bool BeginsKnown(string run) => known.Any(word => run.StartsWith(word, StringComparison.Ordinal));

    /// <inheritdoc cref="BeginsKnown"/>
    public static bool EndsKnown(string run) => known.Any(word => run.EndsWith(word, StringComparison.Ordinal));

    /// <summary>Whether those who use something have gathered: each of the words is any sender's, both together are a club's.</summary>
    public static bool TellOfUsers(ImmutableArray<string> beside) =>
        beside.Any(word => word.StartsWith("ユーザーグループ", StringComparison.Ordinal))
        || beside.Zip(beside.Skip(1)).Any(pair => pair is ("user" or "users", "group" or "groups" or "community"));

    /// <summary>Whether a run is put together from nothing but these words.</summary>
    private static bool IsMadeOf(string run, ImmutableArray<string> words)
    {
        var reached = new bool[run.Length + 1];
        reached[0] = true;
        for (var start = 0; start < run.Length; start++)
        {
            if (reached[start])
            {
                foreach (var word in words)
                {
                    if (string.CompareOrdinal(run, start, word, 0, word.Length) == 0)
                        reached[start + word.Length] = true;
                }
            }
        }

        return reached[run.Length];
    }

    private static readonly char[] digits = [.. "0123456789"];

    private static readonly FrozenSet<string> joints = "the of for from by and at in on to a an with no".Split(' ').ToFrozenSet();

    private static readonly ImmutableArray<string> japaneseJoints = [.. "の より から を は が に へ で ー と".Split(' ')];

    private static readonly FrozenSet<string> reports =
        "not news newsletter group community today hello hi welcome dear post deal deals sale sales free trade trading special review feedback new world web bank report updates family"
            .Split(' ')
            .ToFrozenSet();

    private static readonly ImmutableArray<string> japaneseReports =
    [
        .. "ニュース マガジン メルマガ 情報 グループ 特集 最新 セール 相談 相談室 調査 比較 お得 コラム 市場 の より から を は が に へ で と".Split(
            ' '
        ),
    ];

    private static readonly FrozenSet<string> desks = (
        "support billing points password passwords statement statements payment payments account accounts security verification verify customer customers helpdesk resolution refund refunds invoice notification notifications login signin prize rewards voucher winner "
        + "kundenservice kundendienst guthaben gutschein gewinnspiel gewinner geschenk alerta aviso soporte atencion premio ganador suporte atendimento notificacao fiscalizacao resgate bloqueio cadeau gagnant klantenservice winnaar"
    )
        .Split(' ')
        .ToFrozenSet();

    private static readonly ImmutableArray<string> japaneseDesks =
    [
        .. "カスタマー サポート お客様 お客さま セキュリティ アカウント 支払 請求 本人確認 認証 不正 当選 ギフト券 会員 お荷物 再配達 債権 返金 パスワード ログイン ポイント お届け 配送 お知らせ".Split(
            ' '
        ),
    ];

    private static readonly FrozenSet<string> latinWords = (
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
        + "logistics tracking track post postal parcel package packages courier depot customs redelivery pickup warehouse carrier "
        + "careers career recruiting recruitment recruiter hiring jobs payroll specialist representative rep agent advisor adviser officer assistant assistance concierge hotline regional head "
        + "onetime time passcode factor step twofactor identity profile permission consents renewals autorenew autopay checkout installment installments installment credit lending insurance warranty coverage policyholder "
        + "check checks wanted plan plans family suspension restriction limitation closure dispute disputes chargeback chargebacks escalation escalations collections collection debt arrears reconciliation audit procurement vendor vendors supplier marketplace seller "
        + "onboarding enrollment registration activation reactivation detection prevention monitoring investigation investigations incident unit bureau taskforce committee "
        + "loyalty vip elite platinum gold anniversary celebration program programme tester testers testing beta panel panelist lucky draw raffle questionnaire "
        + "trust browser phone hosting domain server it technical technician operation operations maintenance gateway trustee affairs "
        + "alerta aviso equipo equipe soporte suporte servicio servico servizio cliente clientes client clienti cuenta conta compte konto kundenservice kundendienst sicherheit seguridad seguranca securite "
        + "sicurezza assistance assistenza asistencia atencion atendimento notificacion notificacao wichtig dringend urgente importante pagamento pago zahlung rechnung facture fattura"
    )
        .Split(' ')
        .ToFrozenSet();

    private static readonly ImmutableArray<string> japaneseWords =
    [
        .. (
            "カスタマー サービス サポート センター ヘルプ デスク お客様 お客さま お客 様 さま 相談 相談室 窓口 受付 事務局 本部 本店 支店 配送 配達 宅配 発送 出荷 注文 ご注文 確認 ご確認 自動 配信 送信 専用 メール "
            + "お知らせ ご案内 案内 通知 ご連絡 連絡 重要 緊急 至急 大切 な セキュリティ セキュリティー アカウント 会員 メンバー ユーザー ポイント カード クレジット クレジットカード 支払い お支払い 支払 お支払 請求 ご請求 明細 ご利用 利用 "
            + "公式 株式会社 有限会社 日本 ジャパン プライム 銀行 ネット バンク バンキング 証券 管理 管理者 管理部 担当 部 課 係 室 局 チーム グループ ストア ショップ オンライン オンラインショップ 店 通販 市場 情報 更新 本人 認証 運営 運営局 "
            + "予約 キャンペーン 決済 安全 安心 保護 の より から を ご お は が に へ で 用 内 購入 返金 返品 払い戻し 領収書 領収証 特典 景品 抽選 当選 プレゼント ニュース マガジン メルマガ システム サーバー サーバ ログイン パスワード 変更 停止 制限 "
            + "警告 異常 不正 検知 検出 審査 登録 手続き 手続 債権 債権管理 債権回収 回収 法務 法務部 法務室 監査 監査室 経理 総務 人事 採用 募集 広報 財務 企画 営業 営業所 支社 支部 部門 スタッフ オペレーター コンシェルジュ エージェント "
            + "メンテナンス ワンタイム ワンタイムパスワード 認証コード コード 二段階 二要素 多要素 番号 暗証番号 端末 機種 機器 デバイス アクセス 接続 監視 対策 防止 詐欺防止 防犯 危機管理 コンプライアンス プライバシー 個人情報 "
            + "解約 退会 入会 脱会 加入 再設定 設定 再登録 初期化 復旧 修正 訂正 変更届 届 届出 証 会員証 保険 ローン リボ 分割 分割払い 後払い 借入 信用 与信 チャージ ウォレット 送金 受取 受け取り 保管 保管期限 集荷 物流 流通 倉庫 在庫 "
            + "購買 仕入 調達 加盟店 出店 出品 法人 個人 法人窓口 品質 品質管理 交換 修理受付 苦情 チャット 電話 コール コールセンター サブスク サブスクリプション 定額 プラン ショッピング モール マーケット マーケットプレイス モニター モニター募集 アルバイト 在宅 "
            + "周年 周年記念 記念 創業 創業祭 感謝デー 還元祭 祭り フェア 福引 くじ お礼 御礼 預かり お預かり ベース 春 夏 秋 冬 年末 年始 申込 申し込み 問い合わせ お問い合わせ 問合せ お問合せ ウェブ アプリ モバイル クラウド デジタル 定期 契約 更新手続 税 納税 荷物 お荷物 追跡 再配達 不在 郵便 便 宅急便 ー 様へ 各位"
        )
            .Split(' ')
            .Distinct()
            .OrderByDescending(word => word.Length),
    ];

    /// <summary>What is offered, won, owed, lost or hurried: goods and bait, in the languages in which such mails come.</summary>
    private static readonly FrozenSet<string> wares = (
        "visa mastercard amex voucher vouchers coupon coupons giveaway winner winners winning win won survey surveys opinion feedback surprise surprises free deal deals sale sales "
        + "discount discounts promo promos exclusive special limited today now claim get your code codes pin otp kit box mysterybox mystery iphone ipad airpods laptop tv prizes award awards lottery sweepstakes "
        + "wallet wallets live token tokens nft nfts airdrop crypto bitcoin trade trading exchange drop stake staking update firmware backup storage space limit full drive photos memory renew renewals expired expiring expires expiry "
        + "blocked suspended locked hold pending failed failure declined unpaid overdue last final second attempt reminder response incident response breach alert scam department departement partner partners partnership alliance "
        + "community welcome benefit benefits loyalty opportunity money cash cashback payout payouts loan loans fund funds compensation balance approval approved consent application incoming release released congratulations congrats hello hi dear "
        + "me us we you are is was has have been be this that and or with one two new year black friday cyber monday christmas xmas easter halloween summer spring winter holiday holidays "
        + "gutschein gutscheine guthaben gewinnspiel gewinner gewinn gewinne gewinnen geschenk geschenke geschenkkarte belohnung belohnungen uberraschung umfrage einladung angebot angebote versand paket bestellung lieferung nachricht mitteilung "
        + "hinweis aktualisierung bestatigung bestatigen ihre ihr dein deine von der die das und fur kunden kundenbetreuung uber umfrage wartet jetzt set departamento dienst mitglied mitglieder mitgliederservice verfugbares auszahlung speicher ist voll "
        + "wholesale mexico brasil deutschland france espana italia canada india europe america fraude suspeita por dos das da do em para seus suas status rastreamento informativo fiscalizacao financeiro encomenda encomendas pedido principal brasil cadastro "
        + "recompensa recompensas premio premios sorteo sorteio regalo regalos oferta ofertas pedido pedidos entrega entregas pacote paquete taxa taxas multa pontos puntos resgate cartao cartoes tarjeta fatura factura boleto bloqueio atendimento "
        + "relacionamento gerencia convite convites banco informa comunicado notificacoes ultimo bonus saldo pix seguro seguros proposta plano planos beneficio beneficios "
        + "cadeau cadeaux colis livraison commande remboursement espace gagnant bon achat carte offre offres fidelite cadeaubon pakket bestelling winnaar prijs voordeel limiet bereikt opslag vol klantenservice spaarpunten vincita regali omaggio sconto"
    )
        .Split(' ')
        .ToFrozenSet();

    /// <summary>Words that run together in names such as SupportTeam; digits are trimmed before.</summary>
    private static readonly ImmutableArray<string> latinPieces =
    [
        .. latinWords.Concat(wares).Where(word => word.Length >= PieceLengthMin).Distinct(),
    ];

    private static readonly ImmutableArray<string> japanesePieces =
    [
        .. japaneseWords,
        .. (
            "ギフト ギフト券 ギフトカード 券 クーポン 無料 限定 特別 感謝 感謝祭 大 祭 セール 割引 値引 還元 当選者 当選係 係 懸賞 賞品 賞金 応募 アンケート 調査 会員様 優待 招待 ローン 融資 残高 入金 出金 送金 振込 振替 引落 引き落とし 引落し "
            + "料金 料金未納 延滞 未納 未払 未払い 滞納 督促 期限 失効 有効期限 年会費 更新のお願い お願い 再 再開 解除 凍結 一時 自動更新 完了 未完了 失敗 エラー 承認 不可 可能 必要 要 対応 ご対応 最終 最新 本日 今すぐ 速達 国際便 関税 税関 税金 還付 還付金 給付 給付金 補償 補償金 賠償 "
            + "調停 違反 取引 お取引 取引所 保証 補助 支援 推奨 提携 パートナー ビジネス プレミアム プラス ゴールド プラチナ スタンダード ポータル マイページ カード会員 ネットショップ ネットスーパー ペイ 電子 マネー 現金 賞与 ボーナス 抽選会 大抽選会 福袋 キャッシュバック 配布 進呈 贈呈 通告 最終通告 通達 催告 予告 警報 停止のご連絡 受付 受付中 ボーナスポイント "
            + ""
            + "東京 大阪 名古屋 京都 神戸 横浜 福岡 札幌 仙台 広島 北海道 東北 関東 中部 関西 近畿 中国 四国 九州 沖縄 ください 下さい です ます ました いたします からの への にて あなた あなたの さん 君 する した して され いる"
        ).Split(' '),
    ];

    /// <summary>One letter alone begins and ends unknown words as well.</summary>
    private static readonly ImmutableArray<string> known = [.. japanesePieces.Where(word => word.Length >= 2)];

    /// <summary>How the names of small shops end: 爽快屋, 甘味堂.</summary>
    private static readonly FrozenSet<char> shopEndings = "屋堂亭庵荘軒".ToFrozenSet();

    /// <summary>
    /// Who speaks of a merchant: those that gather around it, write about it, sell beside it, or share its word by nature.
    /// </summary>
    private static readonly FrozenSet<string> others = (
        "fan fans fanclub fandom fanzine club clubs friends coalition campaign campaigns boycott against stop victims survivors haters critics activists citizens residents union unions labor labour strikers workers alliance network parody memes jokes fake "
        + "watch watcher nursery nurseries tree trees valley hill creek river park lake bay island street lane grove hills woods county village repair repairs fix consulting consultants consultant coach agency plugin integration tracker rumors rumours "
        + "insider radar chronicles diaries confidential meetup meetups conference summit hackathon studies research poets poetry parish saint sanctuary rescue rangers fc pta lover lovers enthusiasts society association federation foundation guild union institute museum university college school academy church parish council ministry police embassy "
        + "orchard orchards farm farms farmers garden gardens gardening gardeners growers juice pie cider bakery recipe recipes cookbook rainforest river basin forest tribe expedition cruise cruises tour tours travel travels adventure adventures hotel hotels hostel lodge "
        + "band choir orchestra theatre theater festival film films blog blogger blogs podcast forum meetup usergroup times herald gazette tribune journal magazine weekly daily press observer chronicle examiner review reviews reviewer digest watchers tips tricks tutorial tutorials "
        + "guide guides alumni employees workers shareholders cafe restaurant dental dentist clinic hospital pharmacy salon realty movers winery reseller resellers sellers dealer collectors lawyers law lawfirm attorneys litigation conservation charity relief wildlife nature climate history book books reading knitting football baseball soccer basketball rugby cricket "
        + "freunde verein zeitung nachrichtenmagazin amis journaux periodico revista clube torcida vrienden krant amici giornale about"
    )
        .Split(' ')
        .ToFrozenSet();

    private static readonly ImmutableArray<string> japaneseOthers =
    [
        .. (
            "日刊 月刊 週刊 隔週刊 季刊 旬刊 夕刊 通信 タイムズ ウォッチ 被害 原告 弁護 訴訟 労働 労組 ユニオン 株主 考える 反対 反対する 市民 連合 ボイコット 運動 活用 代行 コンサル 買取 修理工房 修理専門 中古 ファン 応援 同好会 愛好 クラブ 倶楽部 サークル 同窓会 友の会 の会 る会 う会 く会 す会 む会 ぶ会 ユーザー会 ブログ 日記 新聞 雑誌 編集部 出版 放送 テレビ局 ラジオ 旅行 観光 ツアー 温泉 旅館 クルーズ 河 川流域 熱帯 雨林 大学 高校 中学校 小学校 学園 学校 教室 塾 講座 セミナー 協会 連盟 組合 財団 研究会 "
            + "研究所 研究室 法律事務所 弁護士 税理士 会計事務所 警察 市役所 区役所 町役場 県庁 商店 商会 商事 工房 製作所 工務店 農園 園芸 果樹園 りんご園 劇団 楽団 合唱 球団 野球 サッカー 攻略 まとめ 比較 口コミ クチコミ レビュー 速報 日報 週報 マニア 好き 物語 図書館 書店 書房 "
            + "古書 薬局 歯科 医院 クリニック 病院 不動産 引越 建設 工業 印刷所 美容 理容 サロン 整骨 接骨 整体 保育園 幼稚園 介護 食堂 レストラン カフェ 喫茶 酒店 酒場 寿司 みやげ 土産 スクール 物販 せどり 転売 副業 講師 入門 ラーメン ベーカリー 洋菓子 青果 生花 について"
        ).Split(' '),
    ];
}
