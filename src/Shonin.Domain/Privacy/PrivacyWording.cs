using System.Collections.Immutable;
using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Privacy;

/// <summary>What an erasure would do, in numbers.</summary>
/// <param name="Unproved">Conversations in which somebody typed the address without proving it.</param>
public sealed record ErasurePlan(int Orders, int Contacts, int Unproved, bool HasAccount, ImmutableArray<StayingRecord> Staying)
{
    /// <summary>Whether there is anything of the person at all.</summary>
    public bool IsEmpty => Orders + Contacts + Unproved == 0 && !HasAccount && Staying.IsEmpty;
}

/// <summary>What people read about erasing their data, before and after it.</summary>
public static class PrivacyWording
{
    public static Words PageName { get; } = new("個人情報の取り扱い", "Your personal data");

    /// <summary>What goes, a line each.</summary>
    public static ImmutableArray<Words> Goes(ErasurePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var said = ImmutableArray.CreateBuilder<Words>();
        if (plan.Orders > 0)
        {
            said.Add(
                Counted(
                    plan.Orders,
                    count => $"ご注文 {count}件のお名前、連絡先、お知らせの文面、カード番号",
                    count => $"Name, contact data, notices and card number of {count} {Plural(plan.Orders, "order")}"
                )
            );
        }
        if (plan.Contacts + plan.Unproved > 0)
        {
            said.Add(
                Counted(
                    plan.Contacts + plan.Unproved,
                    count => $"お問い合わせ {count}件の会話",
                    count => $"{count} {Plural(plan.Contacts + plan.Unproved, "conversation")} with us"
                )
            );
        }
        if (plan.HasAccount)
        {
            said.Add(
                new(
                    "アカウント(ログインはすべて終わります。履歴もポイントも見られなくなります)",
                    "Your account: every device is signed out, and history and points can't be seen any more"
                )
            );
        }
        return said.ToImmutable();
    }

    /// <summary>What stays and why, a line each.</summary>
    public static ImmutableArray<Words> Stays(ErasurePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return
        [
            .. plan.Staying.Select(Of),
            new(
                "ご注文の日時、品物、金額の記録(法律が求める帳簿です。お名前も連絡先も残りません)",
                "When and what was ordered, and the amounts: the law asks for these books. No name and no contact data stay in them"
            ),
        ];
    }

    /// <summary>The letter that is sent when all is done, as the last.</summary>
    public static NoticeText Letter(ImmutableArray<string> stayingOrders, DateTimeOffset at, MerchantProfile merchant, Locale locale)
    {
        ArgumentNullException.ThrowIfNull(merchant);
        var when = new SpokenTime(merchant.TimeZone).DayAndTime(at);
        return new Letter(
            new("【個人情報の消去】お客様のデータを消しました", "Your data have been erased"),
            null,
            new("お申し出のとおり、当店にあるお客様のデータを消しました。", "As you asked, we have erased the data that we had of you."),
            [
                new Passage.Fact(new("日時", "When"), when),
                new Passage.Sentence(
                    new(
                        "このメールが、このアドレスにお送りする最後のメールです。お送りしたあと、アドレスも消します。",
                        "This is the last mail to this address. Once it has left, the address is erased too."
                    )
                ),
            ],
            [
                new Section(
                    new("残るもの", "What stays"),
                    [
                        .. stayingOrders.Select(number => (Passage)new Passage.Sentence(Of(new("", StayReason.OrderOpen, number)))),
                        new Passage.Sentence(
                            new(
                                "ご注文の日時、品物、金額の記録は、法律が求める帳簿として残ります。お名前も連絡先も、そこにはありません。",
                                "Records of when and what was ordered and of the amounts stay, as the books that the law asks for. They hold no name and no contact data."
                            )
                        ),
                    ]
                ),
                new Section(
                    new("お心当たりがないとき", "If you didn't ask for it"),
                    [
                        new Passage.Sentence(
                            new(
                                $"電話 {merchant.SupportPhone} ({merchant.SupportHoursJa})",
                                $"Call {merchant.SupportPhone} ({merchant.SupportHoursEn})"
                            )
                        ),
                    ]
                ),
            ],
            new($"{merchant.NameJa} ({merchant.Domain})", $"{merchant.NameEn} ({merchant.Domain})")
        ).In(locale);
    }

    private static Words Of(StayingRecord record) =>
        record.Reason switch
        {
            StayReason.OrderOpen => new(
                $"ご注文 {record.Number}(まだ終わっていません。お届けや取り消しがすむと、1日以内に自動で消えます)",
                $"Order {record.Number}: it isn't over yet. Within a day of its delivery or cancellation it goes by itself"
            ),
            StayReason.ContactOpen => new(
                "いま続いているお問い合わせ(終わると、1日以内に自動で消えます)",
                "A conversation that is still going on. Within a day of its end it goes by itself"
            ),
        };

    private static Words Counted(int count, Func<string, string> ja, Func<string, string> en)
    {
        var said = count.ToString(CultureInfo.InvariantCulture);
        return new(ja(said), en(said));
    }

    private static string Plural(int count, string noun) => count == 1 ? noun : noun + "s";
}
