using System.Text;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;

namespace Shonin.Screens;

/// <summary>
/// The public pages on which Japan's carriers tell where a parcel is. The merchant writes the carrier's name as it likes, so it is known by a part of
/// it. Looked up in 2026 in what many shops publish; a carrier may move its page, and then the number is still there to type.
/// </summary>
internal static class Carriers
{
    private sealed record Carrier(Words Name, string AddressBefore, params string[] Known);

    private static readonly Carrier[] all =
    [
        new(new("ヤマト運輸", "Yamato Transport"), "https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno=", "ヤマト", "クロネコ", "宅急便", "ネコポス", "yamato", "kuroneko"),
        new(new("佐川急便", "Sagawa Express"), "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo=", "佐川", "飛脚", "sagawa"),
        new(new("日本郵便", "Japan Post"), "https://trackings.post.japanpost.jp/services/srv/search/direct?searchKind=S002&locale=ja&reqCodeNo1=",
            "郵便", "ゆうパ", "レターパック", "スマートレター", "クリックポスト", "japanpost", "yu-pack", "yupack", "letterpack"),
        new(new("西濃運輸", "Seino Transportation"), "https://track.seino.co.jp/cgi-bin/gnpquery.pgm?GNPNO1=", "西濃", "カンガルー", "seino"),
        new(new("福山通運", "Fukuyama Transporting"), "https://corp.fukutsu.co.jp/situation/tracking_no_hunt/", "福山通運", "福通", "フクツー", "fukuyama", "fukutsu"),
    ];

    /// <summary>Whose page, and its address for this parcel; null where the carrier is not known, or where there is nothing of a number.</summary>
    public static (Words Carrier, Uri Address)? PageOf(string carrier, string tracking)
    {
        var name = Plain(carrier);
        var number = string.Concat(Plain(tracking).Where(letter => letter is not ('-' or 'ー' or '\u2010' or '\u2212')));
        return number.Length > 0 && all.FirstOrDefault(one => one.Known.Any(known => name.Contains(known, StringComparison.Ordinal))) is { } found
            ? (found.Name, new Uri(found.AddressBefore + Uri.EscapeDataString(number.ToUpperInvariant())))
            : null;
    }

    /// <summary>Whatever the width, the case and the spaces.</summary>
    private static string Plain(string text) => string.Concat(FoldedText.Normal(text, NormalizationForm.FormKC).Where(letter => !char.IsWhiteSpace(letter))).ToLowerInvariant();
}
