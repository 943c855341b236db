using System.Collections.Immutable;
using System.Globalization;
using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Letters;
using Shonin.Merchant.Accounts;

namespace Shonin.Accounts;

/// <summary>What the accounts write: codes, and news of what changed who may enter. None has a link: what a mail asks is typed.</summary>
internal sealed class AccountLetters(MerchantProfile merchant, LetterMime mime)
{
    public LetterBox CodesOf(MailedCodes codes) =>
        new(MailedCodes.Queue, "A mailed code")
        {
            Find = async (item, cancellation) => await codes.FindLetterAsync(item, cancellation) is { } letter ? Write(letter) : null,
            Close = codes.CloseLetterAsync,
        };

    public LetterBox NewsOf(AccountBook book) =>
        new(AccountBook.NewsQueue, "News of an account")
        {
            Find = async (item, cancellation) => await book.FindNewsAsync(item, cancellation) is { } letter ? Write(letter, item.Id) : null,
            Close = book.CloseNewsAsync,
        };

    private WaitingLetter Write(CodeLetter letter)
    {
        var (id, message) = mime.Write(
            new($"code-{letter.Id}", letter.Recipient, letter.Locale) { Author = LetterAuthor.Program },
            TextOf(letter).In(letter.Locale),
            letter.SentAt
        );
        return new(id, letter.Recipient, "code", letter.Id[..8], message, letter.SentAt);
    }

    private WaitingLetter Write(NewsLetter letter, string item)
    {
        var (id, message) = mime.Write(
            new(item, letter.Recipient, letter.Locale) { Author = LetterAuthor.Program },
            TextOf(letter).In(letter.Locale),
            letter.At
        );
        return new(id, letter.Recipient, "account", item["news-".Length..], message, letter.At);
    }

    private Letter TextOf(CodeLetter letter)
    {
        var digits = Spoken(letter.Code);
        return new(
            new($"確認コード {digits}", $"Your code: {digits}"),
            null,
            PurposeOf(letter.Purpose),
            [
                new Passage.Fact(new("確認コード", "Code"), new(digits, digits)),
                new Passage.Sentence(
                    new(
                        $"コードをお求めになったページに、この8桁を入れてください。{UntilOf(letter).Ja}まで、1回だけ使えます。",
                        $"Type these 8 digits into the page where you asked for the code. They work once, until {UntilOf(letter).En}."
                    )
                ),
            ],
            [
                new(
                    new("心当たりがないとき", "If you didn't ask for it"),
                    [
                        new Passage.Sentence(
                            new(
                                "何もしないでください。コードが入れられないかぎり、何も変わりません。",
                                "Do nothing. Nothing changes unless the code is typed."
                            )
                        ),
                        new Passage.Sentence(
                            new(
                                "当店が、このコードを電話やメール、チャットでお尋ねすることはありません。どなたにも教えないでください。",
                                "We never ask for this code by phone, mail or chat. Don't give it to anybody."
                            )
                        ),
                    ]
                ),
            ],
            Signature
        );
    }

    private static Words PurposeOf(CodePurpose purpose) =>
        purpose switch
        {
            CodePurpose.SignUp => new(
                "このメールアドレスでアカウントを登録するための確認コードです。",
                "Here is the code to create an account with this mail address."
            ),
            CodePurpose.Recover => new(
                "アカウントの新しいパスワードを決めるための確認コードです。",
                "Here is the code to choose a new password for your account."
            ),
            CodePurpose.ProveAddress => new(
                "このメールアドレスをアカウントに加えるための確認コードです。",
                "Here is the code to add this mail address to an account."
            ),
            CodePurpose.Erase => new(
                "当店にあるお客様のデータを、すべて消すための確認コードです。消したものは、元に戻せません。",
                "Here is the code to erase all that we have of you. What is erased can't be brought back."
            ),
        };

    private Letter TextOf(NewsLetter letter)
    {
        var when = new SpokenTime(merchant.TimeZone).DayAndTime(letter.At);
        var what = NewsWords(letter.News);
        return new(
            what,
            null,
            new($"{what.Ja}。", $"{what.En}."),
            [new Passage.Fact(new("日時", "When"), when)],
            [new(new("心当たりがないとき", "If it wasn't you"), letter.Role == AccountRole.Customer ? CustomersWay : staffsWay)],
            Signature
        );
    }

    private static readonly ImmutableArray<Passage> staffsWay =
    [
        new Passage.Sentence(
            new(
                "窓口の管理者に、すぐ知らせてください。管理者は「窓口の人」のページで、すべての端末から出し、入る方法を決め直せます。",
                "Tell an admin of the desk at once. On the page “Staff” they can sign you out everywhere and let you set up anew how you sign in."
            )
        ),
    ];

    private ImmutableArray<Passage> CustomersWay =>
        [
            new Passage.Sentence(
                new(
                    "いつもお使いの方法で当店のマイページを開き、「パスワードを忘れたとき」から新しいパスワードを決めてください。ほかの端末は、すべてログアウトされます。",
                    "Open your account as you always do, and choose a new password under “Forgotten your password?”. That signs out every other device."
                )
            ),
            new Passage.Sentence(
                new(
                    "そのあと「ログインと安全」で、知らないパスキーとメールアドレスを外してください。",
                    "Then look under “Sign-in and security” and remove passkeys and mail addresses that you don't know."
                )
            ),
            new Passage.Sentence(
                new($"お困りのときは、{merchant.SupportPhone} にお電話ください。", $"If you need help, call {merchant.SupportPhone}.")
            ),
        ];

    private static Words NewsWords(AccountNews news) =>
        news switch
        {
            AccountNews.PasswordChanged => new("アカウントのパスワードが変わりました", "Your account's password was changed"),
            AccountNews.PasskeyAdded => new("アカウントにパスキーが加わりました", "A passkey was added to your account"),
            AccountNews.PasskeyRemoved => new("アカウントのパスキーが外されました", "A passkey was removed from your account"),
            AccountNews.AddressProved => new("アカウントにメールアドレスが加わりました", "A mail address was added to your account"),
            AccountNews.AddressRemoved => new("アカウントのメールアドレスが外されました", "A mail address was removed from your account"),
        };

    private Words Signature => new(merchant.NameJa, merchant.NameEn);

    private Words UntilOf(CodeLetter letter) => new SpokenTime(merchant.TimeZone).DayAndTime(letter.ExpiresAt);

    /// <summary>Four and four, as one reads them aloud; the page takes it with or without the space.</summary>
    private static string Spoken(string code) => string.Create(CultureInfo.InvariantCulture, $"{code[..4]} {code[4..]}");
}
