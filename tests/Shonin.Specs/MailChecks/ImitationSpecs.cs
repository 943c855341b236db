using System.Collections.Immutable;
using System.Text;
using Shonin.MailChecks;
using static Shonin.Specs.MailChecks.MailStory;

namespace Shonin.Specs.MailChecks;

/// <summary>
/// A brand's name beside further words: before a stranger's address it poses as the brand where the words name nobody else, not where the
/// words or the address are somebody's own; where they do not tell, the mail itself decides. The rows follow mails that were really sent,
/// with other addresses, and those whom a bold rule would wrong.
/// </summary>
public sealed class ImitationSpecs
{
    [Theory]
    [InlineData("amazon", "Amazon Prime Support", "x@evil.example", "Your order 1001", "See https://evil.example/g")]
    [InlineData("amazon", "Amazon Visa", "noreplyzinia-534@evil.example", "Sicherheits-PIN bestätigen", "https://evil.example/pin")]
    [InlineData(
        "amazon",
        "Von Amazon Visa Zinia",
        "noreplyzinia-06@evil.example",
        "PIN",
        "Zu Ihrer Sicherheit: Bitte bestätigen Sie jetzt Ihre PIN. https://evil.example/pin"
    )]
    [InlineData("amazon", "Amazon Gutschein", "nachrichten@idealo.example", "Sie können gewinnen", "https://click.evil.example/")]
    [InlineData("amazon", "Get A $1000 Amazon Gift Card Today", "newsmail@kustomer.example", "Offers", "https://click.evil.example/")]
    [InlineData("amazon", "Amazon Black Friday.", "onlineshop@mediamarkt.example", "Exklusive Gratisproben", "https://click.evil.example/")]
    [InlineData("amazon", "Amazon Code", "noreply@app.example", "Confirmación", "https://click.evil.example/")]
    [InlineData(
        "amazon",
        "Max Steller von Amazon",
        "service@friends.example",
        "Deine Chance",
        "Sie wurden ausgewählt: Ihr Gewinn wartet. https://click.evil.example/"
    )]
    [InlineData("amazon", "AmazonPrimeSupport", "x@evil.example", "Renewal", "https://evil.example/")]
    [InlineData("amazon", "Amazon.co.jp 当選係", "x@evil.example", "当選のお知らせ", "https://evil.example/")]
    [InlineData("amazon", "Amazonカスタマーセンター", "x@evil.example", "ご確認", "https://evil.example/")]
    [InlineData("amazon", "【重要】Amazon", "x@evil.example", "お支払い", "https://evil.example/")]
    [InlineData("amazon", "Amazonギフト券プレゼント", "x@evil.example", "プレゼント", "https://evil.example/")]
    [InlineData("amazon", "アマゾン配送受取窓口", "x@evil.example", "配送", "https://evil.example/")]
    [InlineData("amazon", "Amazon 秋の大感謝", "x@evil.example", "ご優待", "https://evil.example/")]
    [InlineData("amazon", "Aܿmܿaܿzܿoܿnܿ Billing Desk Zone", "x@evil.example", "Locked", "https://evil.example/")]
    [InlineData("amazon", "Amazon™ Zonal", "x@evil.example", "Locked", "Your account was locked: https://evil.example/")]
    [InlineData("amazon", "🅰mazon Zonal", "x@evil.example", "Locked", "https://evil.example/")]
    [InlineData("amazon", "ᴀᴍᴀᴢᴏɴ Zonal", "x@evil.example", "Locked", "https://evil.example/")]
    [InlineData("paypal", "PayPal Guthaben", "reply@telekom.example", "Ihre Chance", "https://click.evil.example/")]
    [InlineData("paypal", "Verfügbares PayPal-Guthaben", "x@evil.example", "Du gehörst zu den 50", "https://click.evil.example/")]
    [InlineData("paypal", "PayPal Security Team", "x@evil.example", "Notice", "https://evil.example/")]
    [InlineData("paypal", "PayPal Resolution Zentrum Nord", "x@evil.example", "Notice", "https://evil.example/")]
    [InlineData("paypal", "Aviso de PayPal México", "x@evil.example", "Aviso", "https://evil.example/")]
    [InlineData("apple", "Apple MysteryBox", "service@friends.example", "1,95 Euro", "https://evil.example/")]
    [InlineData("apple", "Alerta Apple iCloud", "renew_Q1@produkter.example", "Urgente", "https://evil.example/")]
    [InlineData("apple", "Apple ID", "x@evil.example", "Locked", "https://evil.example/")]
    [InlineData("apple", "AppleID Support", "x@evil.example", "Locked", "https://evil.example/")]
    [InlineData("apple", "Your Apple account", "x@evil.example", "Locked", "https://evil.example/")]
    [InlineData("ledger", "Ledger Live", "support@ledgerlive.example", "Action required", "https://evil.example/")]
    [InlineData(
        "ledger",
        "Katie from Ledger",
        "contact@compassion.example",
        "Crucial Notice",
        "Your wallet needs a security update. Verify your wallet: https://evil.example/"
    )]
    [InlineData("costco", "Costco Wholesale", "wholesale@costcorewardscentre.example", "Reward", "https://evil.example/")]
    [InlineData("nubank", "Nubank - Bloqueio por fraudeKApsBkI1G5", "dd4021325@gmail.com", "Valor bloqueado", "Veja o anexo.")]
    [InlineData("shop", "Example Shop Voucher", "x@evil.example", "Your order 1001", "You have won. Take it here: https://evil.example/g")]
    [InlineData(
        "shop",
        "Example Shop Gutscheinaktion",
        "x@evil.example",
        "Your order 1001",
        "You have won. Take it here: https://evil.example/g"
    )]
    [InlineData("shop", "例の店 当選係", "x@evil.example", "おめでとうございます", "https://evil.example/g")]
    [InlineData("shop", "例の店よりお礼", "x@evil.example", "おめでとうございます", "https://evil.example/g")]
    [InlineData("shop", "株式会社例の店", "x@evil.example", "お知らせ", "https://evil.example/g")]
    [InlineData("mercari", "メルカリ お支払い担当 佐藤", "x@evil.example", "お支払い", "https://evil.example/")]
    [InlineData("mercari", "メルカリ便り", "x@evil.example", "お知らせ", "お客様のポイントが本日失効します。https://evil.example/")]
    [InlineData("rakuten", "楽天市場 秋のプレゼント", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("rakuten", "楽天カードローン", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("rakuten", "楽天ポイント感謝祭", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("rakuten", "楽天イーグルス当選係", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("yamato", "ヤマト運輸 荷物お預かり", "x@evil.example", "お荷物", "https://evil.example/")]
    [InlineData("amazon", "Amazon Shipping - Order #88213", "ship@evil.example", "Package", "https://evil.example/")]
    [InlineData(
        "amazon",
        "Customer Service",
        "x@evil.example",
        "Your Amazon account is suspended",
        "Your Amazon account is suspended. Confirm your password within 24 hours: https://bad.example/"
    )]
    [InlineData(
        "amazon",
        "カスタマーセンター",
        "x@evil.example",
        "【Amazon】アカウント停止のお知らせ",
        "Amazonアカウントが停止されました。24時間以内にパスワードを確認してください。https://bad.example/"
    )]
    [InlineData("amazon", "DocuSign via Amazon files", "x@evil.example", "Document", "https://evil.example/")]
    [InlineData("rakuten", "楽天市場店", "x@evil.example", "ご注文", "https://evil.example/")]
    [InlineData("amazon", "Customer Service (Amazon)", "x@evil.example", "Notice", "https://evil.example/")]
    [InlineData(
        "amazon",
        "Amazon (Zonal desk)",
        "x@evil.example",
        "Notice",
        "We could not process your last payment. https://evil.example/"
    )]
    [InlineData("amazon", "Amazon User Verification Group Support", "x@evil.example", "Notice", "https://evil.example/")]
    [InlineData(
        "apple",
        "Apple Zonal",
        "x@applezonaldesk.example",
        "Notice",
        "Someone signed in to your account. Not you? https://evil.example/"
    )]
    [InlineData("amazon", "Amazon Seller Central", "x@evil.example", "Notice", "https://evil.example/")]
    [InlineData("yamato", "ヤマト運輸東京ベース", "x@evil.example", "お荷物", "https://evil.example/")]
    [InlineData("paypal", "Invoice from PayPal", "x@evil.example", "Notice", "https://evil.example/")]
    [InlineData("paypal", "Pay-Pal Billing", "x@evil.example", "Notice", "https://evil.example/")]
    [InlineData("rakuten", "MyRakuten", "x@evil.example", "Hello", "https://evil.example/")]
    [InlineData("rakuten", "eRakuten Points", "x@evil.example", "Hello", "https://evil.example/")]
    [InlineData("shop", "Example ShopHelp", "x@evil.example", "Hello", "https://evil.example/")]
    [InlineData("shop", "例の店モニター募集", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("mercari", "メルカリスタッフ", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("mercari", "メルカリワンタイムパスワード", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("yamato", "クロネコヤマトメンテナンス", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("rakuten", "楽天債権管理", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("rakuten", "楽天法務部", "x@evil.example", "お知らせ", "https://evil.example/")]
    [InlineData("rakuten", "楽天渉外部", "x@evil.example", "お知らせ", "お支払いが確認できません。ご確認ください。https://evil.example/")]
    [InlineData("smbc", "三井住友カード採用", "x@evil.example", "お知らせ", "https://evil.example/")]
    public async Task A_brands_name_beside_words_that_name_nobody_else_is_not_genuine(
        string brand,
        string name,
        string address,
        string subject,
        string text
    ) => Assert.Equal(VerdictWord.NotGenuine, (await CheckAsync(brand, name, address, subject, text)).Verdict.Word);

    [Theory]
    [InlineData("amazon", "Amazon Fan Club", "news@fans.example", "Our Amazon meeting", "https://fans.example/")]
    [InlineData("amazon", "Amazon Watch", "news@amazonwatch.example", "The forest in November", "https://amazonwatch.example/")]
    [InlineData("amazon", "Amazon Rainforest Foundation", "news@arf.example", "Help the Amazon", "https://arf.example/")]
    [InlineData("amazon", "Amazon River Cruises", "news@cruises.example", "Sail the Amazon", "https://cruises.example/")]
    [InlineData("amazon", "Nikkei Amazon News", "news@nikkei.example", "Amazon to open in Osaka", "https://nikkei.example/1")]
    [InlineData(
        "amazon",
        "Amazon Deals by Techtimes",
        "deals@techtimes.example",
        "Amazon deals of the week",
        "https://techtimes.example/ https://www.amazon.com/"
    )]
    [InlineData("amazon", "Amazon Smith", "amazon.smith@mail.example", "Lunch", "https://photos.example/1")]
    [InlineData("amazon", "Amazon Smith", "as77@mail.example", "Lunch", "https://photos.example/1")]
    [InlineData("amazon", "Taro Amazon", "amazon@taro.example", "Lunch", "https://photos.example/1")]
    [InlineData(
        "amazon",
        "Yamada Shoten (Amazon店)",
        "order@yamada-shoten.example",
        "ご注文ありがとうございます",
        "https://yamada-shoten.example/"
    )]
    [InlineData("amazon", "田中商店 (Amazon店)", "shop@tanaka.example", "Amazonでのご注文の件", "https://tanaka.example/")]
    [InlineData(
        "amazon",
        "Tanaka Books (Amazon Marketplace)",
        "tanakabooks@mail.example",
        "Your Amazon order",
        "https://tanakabooks.example/"
    )]
    [InlineData("amazon", "Hanako", "hanako@mail.example", "FW: Amazon order", "https://www.amazon.co.jp/ https://photos.example/")]
    [InlineData("amazon", "アマゾン川を旅する会", "info@kai.example", "例会", "https://kai.example/")]
    [InlineData("amazon", "南米アマゾン旅行社", "news@travel.example", "アマゾン川クルーズ", "https://travel.example/")]
    [InlineData("amazon", "アマゾネス文庫", "info@bunko.example", "新刊", "https://bunko.example/")]
    [InlineData("amazon", "Amazonia Pizza", "info@pizza.example", "Menu", "https://pizza.example/")]
    [InlineData("amazon", "Amazon攻略ブログ", "info@blog.example", "Amazonのセール", "https://blog.example/")]
    [InlineData("amazon", "Amazon Sellers Association", "info@asa.example", "Amazon fees", "https://asa.example/")]
    [InlineData(
        "amazon",
        "Bank",
        "security@bank.example",
        "Amazon を名乗るメールにご注意",
        "「アカウントが停止された」「24時間以内にパスワードを確認」はにせものです。https://bank.example/"
    )]
    [InlineData(
        "amazon",
        "Support",
        "support@shop-tools.example",
        "Your Amazon integration failed",
        "Your Amazon integration failed. Update your password today: https://shop-tools.example/"
    )]
    [InlineData(
        "paypal",
        "Customer Support",
        "support@kittens.example",
        "Your PayPal payment failed",
        "Your PayPal payment failed. Update your payment method within 24 hours. Kittens Ltd. https://pay.stripe.example/"
    )]
    [InlineData(
        "paypal",
        "Regional Bank",
        "info@regionalbank.example",
        "PayPal payment on your statement",
        "https://regionalbank.example/"
    )]
    [InlineData("paypal", "PayPal Users Forum", "forum@ppforum.example", "PayPal fees", "https://ppforum.example/")]
    [InlineData("paypal", "Paypaltime Watches", "hi@paypaltime.example", "New watches", "https://paypaltime.example/")]
    [InlineData("apple", "Apple Gardening Club", "news@gardeners.example", "Pruning", "https://gardeners.example/")]
    [InlineData("apple", "Apple Growers", "info@growers.example", "Harvest", "https://growers.example/")]
    [InlineData("apple", "Pineapple Express", "info@pineapple.example", "Order", "https://pineapple.example/")]
    [InlineData("apple", "Appleby & Sons", "info@appleby.example", "Order", "https://appleby.example/")]
    [InlineData("apple", "Fiona Apple", "fiona@mail.example", "Tour", "https://fiona.example/")]
    [InlineData("apple", "Fiona Apple", "f1234@gmail.com", "Tour", "https://fiona.example/")]
    [InlineData("apple", "Robert Apple", "apple@argote.example", "Re: Entrepreneurs", "https://list.example/")]
    [InlineData(
        "apple",
        "Lockergnome Apple Core",
        "subscriptions@lockergnome.example",
        "[Lockergnome Apple Core] Skip Content",
        "Update today, your login expired, click password https://click.example/"
    )]
    [InlineData("apple", "Big Apple Tours", "info@bigappletours.example", "New York", "https://bigappletours.example/")]
    [InlineData("shop", "Example Shop Fan News", "news@stranger.example", "Example Shop の新商品", "https://stranger.example/")]
    [InlineData("mercari", "メルカリ 田中", "tanaka@mail.example", "こんにちは", "https://photos.example/")]
    [InlineData("mercari", "佐藤", "sato@mail.example", "メルカリで売れたよ", "https://photos.example/")]
    [InlineData("mercari", "メルカリスト通信", "info@list.example", "売り方", "https://list.example/")]
    [InlineData("mercari", "メルカリせどり教室", "info@sedori.example", "メルカリの始め方", "https://sedori.example/")]
    [InlineData("rakuten", "楽天イーグルス応援団", "fan@club.example", "楽天の試合日程", "https://club.example/")]
    [InlineData("rakuten", "極楽天国温泉", "info@onsen.example", "冬のプラン", "https://onsen.example/")]
    [InlineData("rakuten", "楽天家の集い", "info@tsudoi.example", "冬の会", "https://tsudoi.example/")]
    [InlineData("rakuten", "極楽天ぷら", "info@tempura.example", "冬の味", "https://tempura.example/")]
    [InlineData("rakuten", "山田書店 楽天市場店", "info@yamada.example", "楽天でのご注文", "https://yamada.example/")]
    [InlineData("rakuten", "日本新聞 楽天特集", "info@shimbun.example", "楽天の決算", "https://shimbun.example/")]
    [InlineData("yamato", "佐川急便", "info@sagawa.example", "ヤマト運輸との提携", "https://sagawa.example/")]
    [InlineData("yamato", "大和工務店", "yamato@build.example", "お見積り", "https://build.example/")]
    [InlineData("smbc", "三井 住友子", "sumi@mail.example", "同窓会", "三井住友カードで払った https://photos.example/")]
    [InlineData("amazon", "Amazon Web User Group", "info@awug.example", "Meeting", "https://awug.example/")]
    [InlineData("amazon", "Amazonユーザーグループ東京", "info@aug.example", "例会", "https://aug.example/")]
    [InlineData("amazon", "Amazonで上手に買う会", "info@kaukai.example", "例会", "https://kaukai.example/")]
    [InlineData("amazon", "山田花子(Amazon出店担当)", "hanako@shop-a.example", "ご連絡", "https://shop-a.example/")]
    [InlineData("amazon", "Kittens on Amazon", "hi@kittens.example", "Amazon order", "https://kittens.example/")]
    [InlineData("apple", "Apple Dental Clinic", "info@appledental.example", "Your visit", "https://appledental.example/")]
    [InlineData("apple", "The Apple Report", "info@applereport.example", "Apple news", "https://applereport.example/")]
    [InlineData("apple", "アップル引越センター", "info@hikkoshi.example", "お見積り", "https://hikkoshi.example/")]
    [InlineData("apple", "アップル歯科", "info@shika.example", "ご予約", "https://shika.example/")]
    [InlineData("paypal", "PayPal Giving Fund", "info@paypalgivingfund.example", "Thank you", "https://paypalgivingfund.example/")]
    [InlineData("rakuten", "爽快ドラッグ 楽天市場店", "order@soukai.example", "ご注文の確認", "https://soukai.example/")]
    [InlineData("rakuten", "爽快ドラッグ楽天市場店", "order@soukai2.example", "ご注文の確認", "https://soukai3.example/")]
    [InlineData("rakuten", "ABCマート楽天市場店", "order@kutsu.example", "ご注文の確認", "https://kutsu.example/")]
    [InlineData("amazon", "Amazon Conservation Team", "news@amazonteam.example", "Forest", "https://amazonteam.example/")]
    [InlineData("amazon", "アマゾンおみやげ店", "omiyage@brasil.example", "新商品", "https://brasil.example/")]
    [InlineData("amazon", "甘味堂 アマゾン通り", "hi@kanmi.example", "新商品", "https://kanmi.example/")]
    [InlineData("mercari", "メルカリ物販スクール", "info@school.example", "講座", "https://school.example/")]
    [InlineData("mercari", "鈴木メルカリ", "suzuki@mail.example", "こんにちは", "https://photos.example/")]
    [InlineData("rakuten", "道楽天国", "info@doraku.example", "釣り", "https://doraku.example/")]
    [InlineData("rakuten", "楽天的生活", "info@seikatsu.example", "朝の話", "https://seikatsu.example/")]
    [InlineData("amazon", "Friends of Amazon", "news@letters.example", "Our meeting", "https://letters.example/")]
    [InlineData("amazon", "Stop Amazon Coalition", "news@letters.example", "Sign the petition", "https://letters.example/")]
    [InlineData("amazon", "Amazon Watch", "news@letters.example", "The forest", "https://letters.example/")]
    [InlineData("amazon", "Not Amazon", "news@letters.example", "Sign the petition", "https://letters.example/")]
    [InlineData("amazon", "Mark Amazon", "mark77@letters.example", "Lunch", "https://photos.example/")]
    [InlineData(
        "amazon",
        "Amazon Insider",
        "news@letters.example",
        "Amazon raises fees",
        "Amazon will raise its fees in March. Read more: https://letters.example/ Update your preferences or unsubscribe: https://click.example/"
    )]
    [InlineData(
        "amazon",
        "Amazon Radar",
        "news@letters.example",
        "Beware",
        "False mails say that your account is suspended and ask for your password. Read on: https://letters.example/"
    )]
    [InlineData("amazon", "日刊アマゾン", "news@letters.example", "今日の記事", "https://letters.example/")]
    [InlineData("amazon", "Amazon News", "news@letters.example", "Amazon opens in Osaka", "https://letters.example/")]
    [InlineData(
        "apple",
        "Apple Tree Nursery",
        "info@letters.example",
        "Winter sale",
        "Limited offer, today only: click here. https://letters.example/"
    )]
    [InlineData(
        "apple",
        "Apple Vacations",
        "info@letters.example",
        "Your booking",
        "Thank you for booking with Apple Vacations. Your payment failed, please update your card: https://letters.example/"
    )]
    [InlineData("apple", "Adam Apple", "adam@letters.example", "Tour", "https://photos.example/")]
    [InlineData(
        "rakuten",
        "東京楽天地",
        "info@letters.example",
        "お知らせ",
        "東京楽天地です。ご予約のお支払いが確認できません。ご確認ください。https://letters.example/"
    )]
    [InlineData(
        "rakuten",
        "極楽天国",
        "info@letters.example",
        "お知らせ",
        "ご予約のお支払いが確認できません。ご確認ください。https://letters.example/"
    )]
    [InlineData("mercari", "月刊メルカリ", "info@letters.example", "12月号", "https://letters.example/")]
    [InlineData("mercari", "メルカリ被害者の会", "info@letters.example", "例会", "https://letters.example/")]
    [InlineData(
        "mercari",
        "メルカリニュース",
        "info@letters.example",
        "裁判の報告",
        "停止されたアカウントの件も争われます。詳細はこちら https://letters.example/"
    )]
    [InlineData(
        "rakuten",
        "週刊楽天",
        "info@letters.example",
        "今週の記事",
        "カード番号を入力しないようご注意ください。https://letters.example/"
    )]
    [InlineData("yamato", "ヤマト運輸ユーザー会", "info@letters.example", "例会", "https://letters.example/")]
    public async Task Somebody_with_a_name_of_his_own_beside_it_is_not_called_false(
        string brand,
        string name,
        string address,
        string subject,
        string text
    )
    {
        var result = await CheckAsync(brand, name, address, subject, text);
        Assert.True(result.Verdict.Word == VerdictWord.CannotTell, result.Said());
    }

    /// <summary>
    /// Unknown words beside the name: the mail talks of the reader's account, and leads to strangers, or it is nobody's business of ours.
    /// </summary>
    [Theory]
    [InlineData("Amazon Zonal <x@evil.example>", "Your account was suspended: https://evil.example/", VerdictWord.NotGenuine)]
    [InlineData(
        "Amazon Zonal <x@evil.example>",
        "お客様のアカウントに異常なログインが確認されました。https://evil.example/",
        VerdictWord.NotGenuine
    )]
    [InlineData("Amazon Zonal <x@evil.example>", "A refund of $58.20 is waiting for you: https://evil.example/", VerdictWord.NotGenuine)]
    [InlineData("Amazon Zonal <x@evil.example>", "Order no. 114. Not you? https://evil.example/", VerdictWord.NotGenuine)]
    [InlineData(
        "Amazon Zonal <x@evil.example>",
        "お荷物をお届けにあがりましたが、持ち帰りました。https://evil.example/",
        VerdictWord.NotGenuine
    )]
    [InlineData("Amazon Zonal <x@evil.example>", "https://evil.example/", VerdictWord.CannotTell)]
    [InlineData("Amazon Zonal <x@evil.example>", "Accounts of many sellers were suspended: https://evil.example/", VerdictWord.CannotTell)]
    [InlineData("Amazon Zonal <x@evil.example>", "Your account was suspended. https://www.amazon.co.jp/", VerdictWord.CannotTell)]
    [InlineData("Amazon Zonal <x@evil.example>", "Your account was suspended.", VerdictWord.CannotTell)]
    [InlineData(
        "Amazon Zonal <x@evil.example>",
        "Amazon Zonal thanks you. Your account was suspended: https://evil.example/",
        VerdictWord.CannotTell
    )]
    [InlineData("Amazon Zonal Billing <x@evil.example>", "https://evil.example/", VerdictWord.NotGenuine)]
    [InlineData("Amazon Zonal Billing <x@zonal.example>", "https://zonal.example/", VerdictWord.CannotTell)]
    [InlineData("Amazon Zonal Billing <zonal@mail.example>", "https://zonal.example/", VerdictWord.CannotTell)]
    [InlineData("Amazon Zonal Billing <noreply-zonal@mail.example>", "https://zonal.example/", VerdictWord.NotGenuine)]
    [InlineData("Amazon Zonal Billing <x@amazon-zonal-desk.example>", "https://evil.example/", VerdictWord.NotGenuine)]
    [InlineData("Amazon Zonal <x@amazonzonal.example>", "Your account was suspended: https://evil.example/", VerdictWord.CannotTell)]
    [InlineData("Amazon Prize <x@prize.example>", "https://prize.example/", VerdictWord.NotGenuine)]
    public async Task What_settles_it_is_the_address_and_where_the_links_lead(string from, string text, VerdictWord expected) =>
        Assert.Equal(
            expected,
            (await MailStory.CheckAsync(Encoding.UTF8.GetBytes(Plain(from, "Hello", text)), profiles: [Of("amazon")])).Verdict.Word
        );

    [Theory]
    [InlineData("support＠shop.example")]
    [InlineData("info[at]shop.example")]
    [InlineData("billing (at) shop[dot]example")]
    [InlineData("ｓｕｐｐｏｒｔ@ｓｈｏｐ．ｅｘａｍｐｌｅ")]
    [InlineData("www.shop.example")]
    [InlineData("https://www.shop.example/")]
    [InlineData("ｗｗｗ．shop.example")]
    [InlineData("account.shop.example サポート")]
    public async Task An_address_of_the_brand_shown_as_the_name_is_a_pose_however_it_is_written(string name) =>
        Assert.Contains(
            "AddressPosed",
            (await CheckAsync("shop", name, "x@evil.example", "Hello", "https://evil.example/")).Said(),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("Kittens (https://shop.example/kittens)")]
    [InlineData("myshop.example")]
    [InlineData("Meet at shop.example")]
    public async Task An_address_among_others_words_or_anothers_address_is_none(string name) =>
        Assert.Equal(
            VerdictWord.CannotTell,
            (await CheckAsync("shop", name, "x@kittens.example", "例の店", "https://kittens.example/")).Verdict.Word
        );

    [Theory]
    [InlineData("shop", "Exarnple Shop")]
    [InlineData("shop", "Examp|e Shop")]
    [InlineData("shop", "Example Shøp")]
    [InlineData("mercari", "メノレカリ")]
    [InlineData("yamato", "ヤマ卜運輸")]
    [InlineData("yamato", "ヤマ卜運輸サポート")]
    [InlineData("smbc", "三井住友力ード")]
    [InlineData("paypal", "ΡayΡal")]
    [InlineData("amazon", "AΜAZON")]
    [InlineData("rakuten", "楽夭")]
    public async Task Letters_that_only_look_like_the_brands_are_a_disguise(string brand, string name) =>
        Assert.Equal(
            "NotGenuine Strong NameDisguised",
            (await CheckAsync(brand, name, "x@evil.example", "Hello", "https://evil.example/")).Said()
        );

    /// <summary>の and ノ are one syllable; who writes the other means the same name, and hides nothing.</summary>
    [Theory]
    [InlineData("例ノ店", VerdictWord.NotGenuine)]
    [InlineData("例ノ店を語る会", VerdictWord.CannotTell)]
    public async Task A_name_in_the_other_kana_is_the_name(string name, VerdictWord expected)
    {
        var result = await CheckAsync("shop", name, "x@stranger.example", "Hello", "https://stranger.example/");
        Assert.Equal(expected, result.Verdict.Word);
        Assert.DoesNotContain("NameDisguised", result.Said(), StringComparison.Ordinal);
    }

    /// <summary>A nameless desk writes under the brand's name: a link to the sender's own domain does not make it his own affair.</summary>
    [Theory]
    [InlineData(
        "Customer Service",
        "Amazon: Your account has been suspended",
        "Confirm your identity: https://evil.example/login",
        VerdictWord.NotGenuine
    )]
    [InlineData(
        "カスタマーセンター",
        "【Amazon】お支払い方法の更新",
        "お支払い方法に問題があり、ご注文を処理できませんでした。https://evil.example/login",
        VerdictWord.NotGenuine
    )]
    [InlineData("Support", "Your Amazon account is locked", "Verify your account: https://evil.example/login", VerdictWord.NotGenuine)]
    [InlineData(
        "Support",
        "Your Amazon integration failed",
        "Your integration failed. Update your password today: https://evil.example/",
        VerdictWord.CannotTell
    )]
    [InlineData(
        "Support",
        "Amazon: your order failed",
        "Evil Ltd could not process your payment: https://evil.example/",
        VerdictWord.CannotTell
    )]
    [InlineData("Support", "Amazon: our new shop", "We are on Amazon now: https://evil.example/", VerdictWord.CannotTell)]
    public async Task A_subject_under_the_brands_name_poses_though_the_link_is_the_senders_own(
        string name,
        string subject,
        string text,
        VerdictWord expected
    ) => Assert.Equal(expected, (await CheckAsync("amazon", name, "x@evil.example", subject, text)).Verdict.Word);

    /// <summary>Kits write Shift_JIS under a Chinese label; programs that look at the bytes show the brand.</summary>
    [Theory]
    [InlineData("gb2312")]
    [InlineData("gbk")]
    [InlineData("iso-8859-1")]
    public async Task A_name_in_Shift_JIS_under_another_label_is_read(string label)
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes("楽天カードお客様センター");
        var from = $"=?{label}?B?{Convert.ToBase64String(bytes)}?= <x@evil.example>";
        Assert.Equal(
            VerdictWord.NotGenuine,
            (await MailStory.CheckAsync(Encoding.UTF8.GetBytes(Plain(from, "Hello", "https://evil.example/")), profiles: [Of("rakuten")]))
                .Verdict
                .Word
        );
    }

    [Fact]
    public async Task A_name_without_any_address_is_not_the_brands_unless_the_address_may_have_been_lost()
    {
        const string Text = "https://evil.example/";
        Assert.Equal("NotGenuine Strong SenderNotMerchant", (await CheckFromAsync("Amazon Opinion <>", Text)).Said());
        Assert.Equal(
            VerdictWord.CannotTell,
            (
                await MailStory.CheckAsync(
                    Encoding.UTF8.GetBytes($"From: Amazon Opinion\r\nSubject: Hello\r\n\r\n{Text}\r\n"),
                    profiles: [Of("amazon")]
                )
            )
                .Verdict
                .Word
        );
    }

    [Fact]
    public async Task A_list_that_bears_the_name_passes_on_what_its_members_write() =>
        Assert.Equal(
            VerdictWord.CannotTell,
            (
                await MailStory.CheckAsync(
                    Encoding.UTF8.GetBytes(
                        Plain(
                            "Taro via Amazon Users <users@lists.example>",
                            "Meeting",
                            "https://lists.example/",
                            "List-Id: <amazon-users.lists.example>"
                        )
                    ),
                    profiles: [Of("amazon")]
                )
            )
                .Verdict
                .Word
        );

    /// <summary>A brand that is written with an accent is not disguised by it.</summary>
    [Fact]
    public async Task A_brands_own_accents_are_no_disguise()
    {
        var cafe = new MailProfile("cafe", ["Café Itaú"], ["cafeitau.example"], []);
        Assert.Equal(
            VerdictWord.CannotTell,
            (
                await MailStory.CheckAsync(
                    Encoding.UTF8.GetBytes(Plain("Hanako <hanako@mail.example>", "Lunch at Café Itaú", "See you.")),
                    profiles: [cafe]
                )
            )
                .Verdict
                .Word
        );
        Assert.Equal(
            "NotGenuine Strong NameDisguised",
            (
                await MailStory.CheckAsync(
                    Encoding.UTF8.GetBytes(Plain("Hanako <hanako@mail.example>", "Lunch at Cаfé Itаú", "See you.")),
                    profiles: [cafe]
                )
            ).Said()
        );
    }

    private static Task<MailCheckResult> CheckAsync(string brand, string name, string address, string subject, string text) =>
        MailStory.CheckAsync(
            Encoding.UTF8.GetBytes(Plain($"{(Ascii.IsValid(name) ? $"\"{name}\"" : Encoded(name))} <{address}>", subject, text)),
            profiles: [Of(brand)]
        );

    private static Task<MailCheckResult> CheckFromAsync(string from, string text) =>
        MailStory.CheckAsync(Encoding.UTF8.GetBytes(Plain(from, "Hello", text)), profiles: [Of("amazon")]);

    private static MailProfile Of(string id) => profiles.Single(profile => profile.Id == id);

    private static readonly ImmutableArray<MailProfile> profiles =
    [
        new("amazon", ["Amazon.co.jp", "Amazon", "アマゾン"], ["amazon.co.jp", "amazon.com"], []),
        new("paypal", ["PayPal"], ["paypal.com"], []),
        new("apple", ["Apple", "アップル"], ["apple.com"], []),
        new("ledger", ["Ledger"], ["ledger.com"], []),
        new("costco", ["Costco"], ["costco.com"], []),
        new("nubank", ["Nubank"], ["nubank.com.br"], []),
        new("shop", ["Example Shop", "例の店"], ["shop.example"], []),
        new("mercari", ["メルカリ", "Mercari"], ["mercari.jp"], []),
        new("rakuten", ["楽天市場", "楽天", "Rakuten", "楽天カード"], ["rakuten.co.jp"], []),
        new("yamato", ["ヤマト運輸", "クロネコヤマト"], ["kuronekoyamato.co.jp"], []),
        new("smbc", ["三井住友カード"], ["smbc-card.com"], []),
    ];
}
