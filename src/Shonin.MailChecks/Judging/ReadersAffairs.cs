using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>
/// Whether a mail talks to its reader of something that is his (account, payment, parcel, prize) and says in the same sentence that
/// something has happened to it or must be done. Newsletters and newspapers tell of other people's accounts, or warn; a sentence that warns
/// is passed over.
/// </summary>
internal static partial class ReadersAffairs
{
    /// <summary>Texts are looked through up to here; who wants something says so at once.</summary>
    private const int LengthMax = 20_000;

    /// <summary>Anything longer than this is no sentence but a page without stops.</summary>
    private const int SentenceLengthMax = 600;

    public static bool AreTalkedOf(string subject, string text) =>
        Stops()
            .Split((FoldedText.Of(subject, LengthMax) + "\n" + FoldedText.Of(text, LengthMax)).Replace('’', '\'').ToLowerInvariant())
            .Any(Tells);

    private static bool Tells(string sentence) =>
        sentence.Length <= SentenceLengthMax
        && !Warnings().IsMatch(sentence)
        && (
            Outright().IsMatch(sentence)
            || Addressing().IsMatch(sentence) && Affairs().IsMatch(sentence) && Happenings().IsMatch(sentence)
            || JapaneseAddressing().IsMatch(sentence) && JapaneseHappenings().IsMatch(sentence)
            || JapaneseAffairs().IsMatch(sentence) && JapaneseDemands().IsMatch(sentence) && JapaneseHappenings().IsMatch(sentence)
        );

    /// <summary>The point of 58.20 ends no sentence.</summary>
    [GeneratedRegex(@"[!。\r\n]|\.\s", RegexOptions.NonBacktracking)]
    private static partial Regex Stops();

    [GeneratedRegex(
        @"\b(do not|don't|never|beware|fake|false|phishing|scams?|pretend\w*|impersonat\w*)\b|ないで|ないよう|ご注意|偽|にせ|詐欺メール|かたる|かたり|騙|装[いうっ]|名乗|なりすま|フィッシング",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Warnings();

    /// <summary>What says it all without a word more: "not you?", "you have won".</summary>
    [GeneratedRegex(
        @"\bnot you\b|\byou('ve| have) (won|been (selected|chosen))\b|\bsie wurden .{0,60}ausgewählt|\bvous avez (gagné|été sélectionné)|\bwas this you\b|\bwas(n't| not) you\b|\byou (did not|didn't|have not|haven't) (make|made|place|placed|request|requested|authori[sz]ed?|recogni[sz]e)|(心当たり|身に覚え|覚え)の?(が)?(ない|なければ|無い)|ご自身でない|ご本人(様)?でない",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Outright();

    [GeneratedRegex(
        @"\b(your|you|you're|you've|we|ihre?[nrms]?|sie|dein\w*|su|sus|tu|seu|sua|seus|suas|você|voce|usted|eres|vous|votre|vos|ihnen|uw|je|cliente|prezad[oa]|estimad[oa]|redeem|get an?|(sign|log) in to)\b",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Addressing();

    [GeneratedRegex(
        @"\b(accounts?|access|id|identity|payments?|cards?|billing|bank|passwords?|subscription|membership|parcels?|packages?|deliver\w*|shipments?|orders?|invoices?|statements?|refunds?|points|balance|rewards?|prizes?|gifts?|winners?|vouchers?|mailbox|storage|profile|wallets?|devices?|photos|funds?|transactions?|purchases?|plan|benefits|compensation|won|selected|survey|e-?mail address|konto|kontos|zahlung\w*|paket|guthaben|gewinn\w*|cuenta|pago|pedido|conta|pagamento|compte|colis|cadeau|rekening|pakket|encomendas?|objetos?|pedidos|produtos?|taxas?|entregas?|cart[aã]o|cartões|pontos|fatura|saldo|convite|transfer[eê]ncia|cadastro|almacenamiento|archivos|tarjeta|puntos|pr[eê]mio|caja|geschenk\w*|gutschein\w*|prämie|umfrage|karte|lieferung|bestellung|sendung|pin|livraison|carte|enquête|bestelling|levering|prijs|terms|agreement)\b",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Affairs();

    [GeneratedRegex(
        @"\b(suspen\w+|lock(ed|out)|blocked|limited|restrict\w*|unusual|unauthori[sz]\w*|deactivat\w*|disabled|on hold|held|expir\w+|declin\w+|could(n't| not)|cannot be|unable|fail\w*|problem|issue|compromis\w+|suspicious|terminat\w+|closed|unpaid|overdue|outstanding|past due|charged|debited|renew\w*|signed in|sign-in|logged in|login attempt|won|winners?|selected|eligible|exclusive|claim|redeem|waiting|awaiting|pending|entitled|is ready|available|confirm\w*|verify|verif\w+|validat\w+|update|re-?activat\w+|reset|missed|case was opened|accept|lose|secure|required|gesperrt|eingeschränkt|bestätigen|gewonnen|ausgewählt|bloquead\w+|suspendid\w+|ganad\w+|bloqué\w*|suspendu\w*|gagné\w*|geblokkeerd|taxad\w+|retid\w+|aguard\w+|pendente\w*|pendiente\w*|regulari\w+|devolvid\w+|atualiz\w+|vencid\w+|resgat\w+|selecionad\w+|seleccionad\w+|expirar|expiram|expirand\w+|lleno|ganador\w*|reclam\w+|gratis|grátis|verifique|wartet|kostenlos\w*|gewinnen|gewinner|sichern|abgelaufen|sélectionné\w*|retenu\w*)\b",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex Happenings();

    [GeneratedRegex(
        "お客様|お客さま|会員様|会員さま|あなた|ご利用|ご登録|ご注文|ご請求|ご本人|お支払|お荷物|お届け|ご契約|ご当選|ご住所|配送先|保有ポイント",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex JapaneseAddressing();

    [GeneratedRegex(
        "アカウント|カード|ポイント|口座|パスワード|会員|料金|荷物|ログイン|クーポン|本人確認|関税|返金|メールアドレス",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex JapaneseAffairs();

    [GeneratedRegex("ください|下さい|お願い|必要|こちら|まで|おります|ございます|ました|ます", RegexOptions.NonBacktracking)]
    private static partial Regex JapaneseDemands();

    [GeneratedRegex(
        "停止(し|させ|いた|され(まし|ま|て|る場合)|のお知らせ)|制限(し|いた|され(まし|ま|て)|を)|ロック(し|され(まし|ま|て))|凍結(し|され(まし|ま|て))|無効|失効|異常|不正利用|不正ログイン|不正アクセス|第三者|保留|失敗|問題|できません|できなかった|できず|期限切れ|有効期限|期限が|未払|滞納|未納|延滞|持ち帰|不明|不在|当選|おめでとう|差し上げ|受け取り|受取|返金のため|返金いたし|返金を|二重請求|還付|再確認|再登録|更新(し|を|が必要|手続|して)|ご確認(ください|を|下さい|の上)|確認してください|確認をお願い|確認が必要|新しい端末|ログインがあり|完了して(い|お)(ない|りません)|法的|直ちに|ただちに|至急|変更の申請|かかって|ご入力|入力してください|交換してください|確定しました|解約|引き落と|残高",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex JapaneseHappenings();
}
