using System.Text;

namespace Shonin.Specs.MailChecks;

/// <summary>What a mail of the set must be found to be.</summary>
public enum Truth
{
    /// <summary>From the merchant, signed as the merchant signs, and untouched.</summary>
    Genuine,

    /// <summary>Poses as the merchant.</summary>
    Imitation,

    /// <summary>From somebody else who does not pose: to be called neither.</summary>
    SomebodyElse,
}

/// <summary>A mail before it is put into bytes.</summary>
/// <param name="Body">Plain text, or HTML where it begins with a tag.</param>
public sealed record JapaneseMail(Truth Truth, string Profile, string Name, string Address, string Subject, string Body);

/// <summary>
/// Mails as Japanese customers get them, written for these specs: notices in the manner of five brands, what imitates them, and what only
/// speaks of them. No real mail is among them.
/// </summary>
internal static class JapaneseMails
{
    private const string Amazon = "amazon.co.jp",
        Yamato = "kuronekoyamato.co.jp",
        Mercari = "mercari.com",
        Rakuten = "rakuten.co.jp",
        Smbc = "smbc-card.com";

    public static IReadOnlyList<JapaneseMail> All { get; } =
    [
        new(
            Truth.Genuine,
            Amazon,
            "Amazon.co.jp",
            "auto-confirm@amazon.co.jp",
            "ご注文の確認",
            "ご注文ありがとうございます。お届け予定日は11月26日です。\nhttps://www.amazon.co.jp/gp/css/order-history"
        ),
        new(
            Truth.Genuine,
            Amazon,
            "Amazon.co.jp",
            "payments-messages@amazon.co.jp",
            "お支払い方法に問題があります",
            "クレジットカードの利用承認が得られませんでした。お支払い方法をご確認ください。\nhttps://www.amazon.co.jp/your-orders"
        ),
        new(Truth.Genuine, Amazon, "アマゾン", "no-reply@amazon.co.jp", "ﾊｯｿｳのお知らせ", "商品を発送しました。半角ｶﾅも読めます。"),
        new(
            Truth.Genuine,
            Amazon,
            "Amazonカスタマーサービス",
            "cs-reply@amazon.co.jp",
            "お問い合わせの件",
            "<p>お待たせしました。</p><a href=\"https://www.amazon.co.jp/hz/contact-us\">www.amazon.co.jp/contact</a>"
        ),
        new(
            Truth.Genuine,
            Yamato,
            "ヤマト運輸",
            "mail@kuronekoyamato.co.jp",
            "お荷物お届けのお知らせ【受付】",
            "お荷物をお届けします。\nhttps://member.kms.kuronekoyamato.co.jp/parcel/detail"
        ),
        new(
            Truth.Genuine,
            Yamato,
            "クロネコメンバーズ",
            "info@ml.kuronekoyamato.co.jp",
            "ご不在連絡",
            "<p>ご不在でしたので持ち帰りました。</p><a href='https://www.kuronekoyamato.co.jp/ytc/redelivery'>再配達を申し込む</a>"
        ),
        new(
            Truth.Genuine,
            Mercari,
            "メルカリ",
            "no-reply@mercari.jp",
            "商品が購入されました",
            "発送をお願いします。\nhttps://jp.mercari.com/transaction/m1"
        ),
        new(
            Truth.Genuine,
            Mercari,
            "メルペイ",
            "no-reply@email.mercari.jp",
            "本人確認のお願い",
            "24時間以内に本人確認をしてください。アカウントの利用を制限しています。パスワードの変更もご確認ください。\nhttps://jp.mercari.com/mypage"
        ),
        new(
            Truth.Genuine,
            Rakuten,
            "楽天市場",
            "order@rakuten.co.jp",
            "【楽天市場】注文内容ご確認(自動配信メール)",
            "ご注文内容をご確認ください。\nhttps://order.my.rakuten.co.jp/"
        ),
        new(
            Truth.Genuine,
            Rakuten,
            "楽天カード株式会社",
            "info@mail.rakuten-card.co.jp",
            "カード利用のお知らせ(本人ご利用分)",
            "<p>カード利用のお知らせ</p><a href='https://www.rakuten-card.co.jp/e-navi/'>https://www.rakuten-card.co.jp/e-navi/</a>"
        ),
        new(
            Truth.Genuine,
            Smbc,
            "三井住友カード",
            "statement@vpass.ne.jp",
            "ご利用のお知らせ【三井住友カード】",
            "ご利用日時:2026/11/24 10:02\nhttps://www.smbc-card.com/mem/index.jsp"
        ),
        new(
            Truth.Genuine,
            Smbc,
            "三井住友カード株式会社",
            "mail@contact.vpass.ne.jp",
            "第三者による不正利用の可能性について",
            "お客様のカードの利用を一時停止しています。ご本人の利用かどうか、至急ご確認ください。\nhttps://www.smbc-card.com/"
        ),
        new(
            Truth.Imitation,
            Amazon,
            "Amazon.co.jp",
            "no-reply@qkzw.example",
            "アカウントが停止されました",
            "24時間以内に情報を更新してください。\nhttps://amazon.co.jp.kzw.example/"
        ),
        new(
            Truth.Imitation,
            Amazon,
            "ａｍａｚｏｎ",
            "support@mail.example",
            "お支払い方法の更新",
            "お支払い方法をご確認ください。\nhttps://mail.example/ap/signin"
        ),
        new(
            Truth.Imitation,
            Amazon,
            "Аmаzon",
            "account@mail.example",
            "プライム会員資格の自動更新",
            "ご確認ください。\nhttps://mail.example/"
        ),
        new(Truth.Imitation, Amazon, "ｱﾏｿﾞﾝ", "account@mail.example", "重要なお知らせ", "https://mail.example/ からログインしてください。"),
        new(
            Truth.Imitation,
            Amazon,
            "Amazonカスタマーセンター",
            "amazon@mail.example",
            "【重要】ご注文の商品について",
            "ご注文を確認できません。\nhttps://mail.example/"
        ),
        new(Truth.Imitation, Amazon, "account-update@amazon.co.jp", "x@mail.example", "情報の更新", "https://mail.example/"),
        new(Truth.Imitation, Amazon, "お客様センター", "x@amazon-co-jp.example", "お支払いの確認", "ご確認ください。"),
        new(Truth.Imitation, Amazon, "お客様センター", "x@amaz0n.example", "お支払いの確認", "ご確認ください。"),
        new(
            Truth.Imitation,
            Amazon,
            "プライム",
            "x@mail.example",
            "Amazonプライムの支払いに失敗しました",
            "<p>Amazon アカウントが停止されます。24時間以内にお支払い方法を更新してください。</p><a href='https://mail.example/'>https://www.amazon.co.jp/mc/</a>"
        ),
        new(
            Truth.Imitation,
            Yamato,
            "ヤマト運輸",
            "info@mail.example",
            "お荷物の再配達について",
            "ご不在のため持ち帰りました。\nhttps://mail.example/kuroneko"
        ),
        new(
            Truth.Imitation,
            Yamato,
            "クロネコヤマト カスタマーサービス",
            "info@kuroneko.example",
            "配送料の不足",
            "お支払いください。\nhttps://mail.example/"
        ),
        new(
            Truth.Imitation,
            Yamato,
            "Yamato Transport Co., Ltd.",
            "info@mail.example",
            "Delivery notice",
            "Confirm your address: https://mail.example/"
        ),
        new(
            Truth.Imitation,
            Mercari,
            "メルカリ事務局",
            "info@mail.example",
            "アカウントの利用制限",
            "ご確認ください。\nhttps://mail.example/"
        ),
        new(
            Truth.Imitation,
            Mercari,
            "Mercari",
            "info@mercari-jp.example",
            "【メルカリ】本人確認",
            "本人確認をお願いします。\nhttps://mercari-jp.example/"
        ),
        new(Truth.Imitation, Mercari, "事務局", "info@xn--mrcari-3of.example", "本人確認のお願い", "https://mail.example/"),
        new(
            Truth.Imitation,
            Rakuten,
            "楽天カード株式会社",
            "info@mail.example",
            "【重要】楽天カードから緊急のご連絡",
            "ご利用を制限しました。\nhttps://mail.example/"
        ),
        new(
            Truth.Imitation,
            Rakuten,
            "Ｒａｋｕｔｅｎ",
            "info@rakuten.co.jp.mail.example",
            "ポイント失効のお知らせ",
            "https://mail.example/"
        ),
        new(Truth.Imitation, Rakuten, "楽 天 市 場", "info@mail.example", "ログインがありました", "https://mail.example/"),
        new(
            Truth.Imitation,
            Rakuten,
            "お知らせ",
            "info@rakuten-card-co-jp.example",
            "カードのご利用確認",
            "楽天カード ご利用の確認です。アカウントを停止しました。至急、カード番号をご確認ください。\nhttps://mail.example/"
        ),
        new(
            Truth.Imitation,
            Smbc,
            "三井住友カード",
            "info@mail.example",
            "お取引の確認",
            "カードの利用を停止しました。\nhttps://mail.example/"
        ),
        new(Truth.Imitation, Smbc, "三井住友カード重要なお知らせ", "info@mail.example", "本人確認", "https://mail.example/"),
        new(Truth.Imitation, Smbc, "Vpass", "info@vpass-ne-jp.example", "Vpass 情報更新", "https://mail.example/"),
        new(
            Truth.SomebodyElse,
            Amazon,
            "山田 太郎",
            "taro@mail.example",
            "Fwd: Amazon.co.jp ご注文の確認",
            "これ、注文した覚えある?\nhttps://www.amazon.co.jp/"
        ),
        new(
            Truth.SomebodyElse,
            Amazon,
            "南米アマゾン旅行社",
            "news@travel.example",
            "アマゾン川クルーズのご案内",
            "今年も船旅の季節です。https://travel.example/amazon"
        ),
        new(
            Truth.SomebodyElse,
            Amazon,
            "買い物ブログ",
            "news@blog.example",
            "Amazonのセールまとめ",
            "<p>今週のセールです。</p><a href='https://click.blog.example/1'>Amazon.co.jp</a>"
        ),
        new(Truth.SomebodyElse, Yamato, "大和工務店", "yamato@build.example", "お見積りの件", "先日はありがとうございました。"),
        new(Truth.SomebodyElse, Mercari, "佐藤", "sato@mail.example", "メルカリで売れたよ", "発送は明日にします。"),
        new(
            Truth.SomebodyElse,
            Rakuten,
            "楽天イーグルス応援団",
            "fan@club.example",
            "楽天の試合日程",
            "次の集まりは土曜日です。https://club.example/"
        ),
        new(
            Truth.SomebodyElse,
            Rakuten,
            "市役所",
            "info@city.example",
            "楽天を名乗るメールにご注意ください",
            "「アカウントを停止した」「24時間以内に確認を」というメールは開かないでください。パスワードを入れないでください。https://city.example/"
        ),
        new(Truth.SomebodyElse, Smbc, "三井 住友子", "sumi@mail.example", "同窓会", "三井住友カードで払っておきました。"),
        new(
            Truth.SomebodyElse,
            Smbc,
            "地方銀行",
            "info@bank.example",
            "カードのお知らせ",
            "当行のカードのご利用を確認しました。https://bank.example/"
        ),
    ];
}

/// <summary>The forms in which Japanese mail comes: charset, how the body is carried, how names and subject are.</summary>
public enum Form
{
    Utf8Base64,
    Utf8QuotedPrintable,
    Utf8EightBit,
    Iso2022Jp,
    Iso2022JpBase64,
    ShiftJisBase64,
    ShiftJisEightBit,
    EucJp,
    UndeclaredShiftJis,
    RawIso2022JpHeader,
    QEncodedNames,
}

/// <summary>Puts a mail into bytes.</summary>
internal static class JapaneseForms
{
    static JapaneseForms() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Whether the form can carry every letter of the mail.</summary>
    public static bool CanCarry(Form form, JapaneseMail mail)
    {
        var charset = CharsetOf(form);
        return new[] { mail.Name, mail.Subject, mail.Body }.All(text => charset.GetString(charset.GetBytes(text)) == text);
    }

    public static byte[] Write(Form form, JapaneseMail mail)
    {
        var charset = CharsetOf(form);
        var isHtml = mail.Body.StartsWith('<');
        var (encoding, body) = BodyOf(form, charset.GetBytes(mail.Body.ReplaceLineEndings("\r\n")));
        var declared = form == Form.UndeclaredShiftJis ? "" : $"; charset={charset.WebName}";
        var bytes = new MemoryStream();
        Line(bytes, "Received: from mail.example (mail.example [192.0.2.1]) by mx.reader.example; Tue, 24 Nov 2026 10:02:00 +0900"u8);
        Line(bytes, [.. "From: "u8, .. Word(form, charset, mail.Name), .. Encoding.ASCII.GetBytes($" <{mail.Address}>")]);
        Line(bytes, "To: reader@reader.example"u8);
        Line(bytes, [.. "Subject: "u8, .. Word(form, charset, mail.Subject)]);
        Line(bytes, "Date: Tue, 24 Nov 2026 10:02:00 +0900"u8);
        Line(bytes, "Message-ID: <1@mail.example>"u8);
        Line(bytes, "MIME-Version: 1.0"u8);
        Line(bytes, Encoding.ASCII.GetBytes($"Content-Type: text/{(isHtml ? "html" : "plain")}{declared}"));
        Line(bytes, Encoding.ASCII.GetBytes($"Content-Transfer-Encoding: {encoding}"));
        Line(bytes, []);
        bytes.Write(body);
        Line(bytes, []);
        return bytes.ToArray();
    }

    private static Encoding CharsetOf(Form form) =>
        form switch
        {
            Form.Iso2022Jp or Form.Iso2022JpBase64 or Form.RawIso2022JpHeader => Encoding.GetEncoding("csISO2022JP"),
            Form.ShiftJisBase64 or Form.ShiftJisEightBit or Form.UndeclaredShiftJis => Encoding.GetEncoding("shift_jis"),
            Form.EucJp => Encoding.GetEncoding("euc-jp"),
            Form.Utf8Base64 or Form.Utf8QuotedPrintable or Form.Utf8EightBit or Form.QEncodedNames => new UTF8Encoding(
                encoderShouldEmitUTF8Identifier: false
            ),
        };

    private static (string Encoding, byte[] Body) BodyOf(Form form, byte[] text) =>
        form switch
        {
            Form.Utf8Base64 or Form.Iso2022JpBase64 or Form.ShiftJisBase64 or Form.EucJp => (
                "base64",
                Encoding.ASCII.GetBytes(Convert.ToBase64String(text, Base64FormattingOptions.InsertLineBreaks))
            ),
            Form.Utf8QuotedPrintable or Form.QEncodedNames => ("quoted-printable", QuotedPrintable(text)),
            Form.Utf8EightBit or Form.ShiftJisEightBit or Form.UndeclaredShiftJis => ("8bit", text),
            Form.Iso2022Jp or Form.RawIso2022JpHeader => ("7bit", text),
        };

    private static byte[] Word(Form form, Encoding charset, string text)
    {
        var bytes = charset.GetBytes(text);
        if (form is Form.UndeclaredShiftJis or Form.RawIso2022JpHeader)
            return bytes;
        return Encoding.ASCII.GetBytes(
            form == Form.QEncodedNames
                ? $"=?{charset.WebName}?Q?{string.Concat(bytes.Select(value => $"={value:X2}"))}?="
                : $"=?{charset.WebName}?B?{Convert.ToBase64String(bytes)}?="
        );
    }

    private static byte[] QuotedPrintable(byte[] text)
    {
        var written = new StringBuilder();
        foreach (var (value, index) in text.Select((value, index) => (value, index)))
        {
            written.Append(
                value is (byte)'\r' or (byte)'\n' || (value is >= 0x20 and < 0x7F && value != '=')
                    ? ((char)value).ToString()
                    : $"={value:X2}"
            );
            if (index % 20 == 19 && value is not ((byte)'\r' or (byte)'\n'))
                written.Append("=\r\n");
        }

        return Encoding.ASCII.GetBytes(written.ToString());
    }

    private static void Line(MemoryStream bytes, ReadOnlySpan<byte> line)
    {
        bytes.Write(line);
        bytes.Write("\r\n"u8);
    }
}
