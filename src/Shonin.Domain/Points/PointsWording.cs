using System.Collections.Immutable;
using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Points;

/// <summary>Points as customers read them.</summary>
public static class PointsWording
{
    /// <summary>1,240ポイント · 1,240 points.</summary>
    public static Words Count(long points) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{points:#,0}ポイント"),
            string.Create(CultureInfo.InvariantCulture, $"{points:#,0} {(points == 1 ? "point" : "points")}")
        );

    /// <summary>What an order earned and until when that is valid, and what it will earn; nothing where it is neither.</summary>
    /// <param name="toCome">What it earns with what has not been delivered.</param>
    public static ImmutableArray<Words> OfOrder(OrderPoints points, long toCome, TimeSpan expireAfter, SpokenTime time)
    {
        var said = ImmutableArray.CreateBuilder<Words>();
        if (points is { ExpiresAt: { } until })
        {
            var (count, end) = (Count(points.Earned), time.DayAndTime(until));
            said.Add(new($"{count.Ja}が付きました。{end.Ja} まで有効です。", $"You earned {count.En}, valid until {end.En}."));
        }
        if (toCome > 0)
        {
            var (count, length) = (Count(toCome), SpokenTime.Length(expireAfter));
            said.Add(
                new(
                    $"お届けすると、{count.Ja}が付きます。付いてから{length.Ja}有効です。",
                    $"You'll earn {count.En} on delivery, valid for {length.En} from then."
                )
            );
        }
        return said.ToImmutable();
    }

    public static Words CauseOf(PointsEntry entry) =>
        entry.Cause switch
        {
            PointsCause.Delivered => new($"ご注文 {entry.Number} のお届け", $"Order {entry.Number} was delivered"),
            PointsCause.Returned => new($"ご注文 {entry.Number} の返品", $"Order {entry.Number} came back"),
            PointsCause.Expired => new($"有効期限切れ(ご注文 {entry.Number} の分)", $"Ran out (from order {entry.Number})"),
        };

    /// <summary>+124ポイント · −124 points: with its sign.</summary>
    public static Words Change(PointsEntry entry)
    {
        var count = Count(Math.Abs(entry.Points));
        var sign = entry.Points < 0 ? "−" : "+";
        return new(sign + count.Ja, sign + count.En);
    }

    public static Words Expiry(PointsExpiry next, SpokenTime time)
    {
        var (count, at) = (Count(next.Points), time.DayAndTime(next.At));
        return new($"{count.Ja}は、{at.Ja} まで有効です。", $"{count.En} {(next.Points == 1 ? "runs" : "run")} out on {at.En}.");
    }

    /// <summary>The letter that tells of points that run out soon.</summary>
    /// <param name="points">That are still there.</param>
    /// <param name="customerName">As the customer gave it, or empty.</param>
    /// <param name="orderLink">The page of the newest order that earned them.</param>
    public static NoticeText Warning(
        long points,
        DateTimeOffset expiresAt,
        string customerName,
        string orderLink,
        MerchantProfile merchant,
        Locale locale
    )
    {
        ArgumentNullException.ThrowIfNull(merchant);
        var (count, at) = (Count(points), new SpokenTime(merchant.TimeZone).DayAndTime(expiresAt));
        var name = Words.Quoted(customerName).Ja.Trim();
        return new Letter(
            new($"【ポイントの有効期限】{count.Ja}", $"Points running out: {count.En}"),
            name.Length == 0 ? null : new($"{name} 様", $"Hello {name},"),
            new($"{count.Ja}の有効期限が近づいています。", $"{count.En} of yours {(points == 1 ? "runs" : "run")} out soon."),
            [
                new Passage.Sentence(
                    new(
                        $"{at.Ja} から、順に使えなくなります。お客様の操作は必要ありません。",
                        $"From {at.En} they can no longer be used, the earliest first. You don't need to do anything."
                    )
                ),
            ],
            [
                new Section(
                    new("くわしく見る", "See more"),
                    [new Passage.Link(new("ポイントが付いたご注文のページ", "The page of an order that earned them"), orderLink)]
                ),
                new Section(
                    new("お問い合わせ", "Talk to a person"),
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
}
