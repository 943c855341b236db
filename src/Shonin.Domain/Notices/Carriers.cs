using System.Text;
using Shonin.Domain.Proofs;

namespace Shonin.Domain.Notices;

/// <summary>
/// Japan's carriers: what each language calls them, for whoever reads English does not read ヤマト運輸, and the public page on which each tells
/// where a parcel is. The merchant writes the carrier's name as it likes, so it is known by a part of it. The pages were looked up in 2026
/// in what many shops publish; a carrier may move its page, and then the number is still there to type.
/// </summary>
public static class Carriers
{
    /// <param name="PageBefore">The page's address up to the parcel's number; null where none is known.</param>
    /// <param name="Parts">Any of them in what the merchant wrote names this carrier.</param>
    private sealed record Carrier(Words Name, string? PageBefore, params string[] Parts)
    {
        /// <summary>Too short or too common to name it as a part.</summary>
        public string[] Whole { get; init; } = [];
    }

    private static readonly Carrier[] all =
    [
        new(
            new("ヤマト運輸", "Yamato Transport"),
            "https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno=",
            "ヤマト",
            "クロネコ",
            "宅急便",
            "ネコポス",
            "yamato",
            "kuroneko"
        ),
        new(new("佐川急便", "Sagawa Express"), "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo=", "佐川", "飛脚", "sagawa"),
        new(
            new("日本郵便", "Japan Post"),
            "https://trackings.post.japanpost.jp/services/srv/search/direct?searchKind=S002&locale=ja&reqCodeNo1=",
            "郵便",
            "ゆうパ",
            "レターパック",
            "スマートレター",
            "クリックポスト",
            "japanpost",
            "yu-pack",
            "yupack",
            "letterpack"
        )
        {
            Whole = ["jp"],
        },
        new(
            new("西濃運輸", "Seino Transportation"),
            "https://track.seino.co.jp/cgi-bin/gnpquery.pgm?GNPNO1=",
            "西濃",
            "カンガルー",
            "seino"
        ),
        new(
            new("福山通運", "Fukuyama Transporting"),
            "https://corp.fukutsu.co.jp/situation/tracking_no_hunt/",
            "福山通運",
            "福通",
            "フクツー",
            "fukuyama",
            "fukutsu"
        )
        {
            Whole = ["福山"],
        },
        new(new("日本通運", "Nippon Express"), null, "日本通運", "nipponexpress") { Whole = ["日通"] },
        new(new("名鉄運輸", "Meitetsu Transport"), null, "名鉄運輸", "meitetsutransport") { Whole = ["名鉄"] },
    ];

    /// <summary>
    /// The carrier in both languages; one that is not known, as the shop wrote it. Who reads Japanese reads what the shop wrote, where that
    /// is Japanese.
    /// </summary>
    public static Words NameOf(string carrier)
    {
        var written = Words.Quoted(carrier.Trim());
        return Find(carrier) is { } found ? new(written.Ja.All(char.IsAscii) ? found.Name.Ja : written.Ja, found.Name.En) : written;
    }

    /// <summary>Whose page, and its address for this parcel; null where no page is known, or where there is nothing of a number.</summary>
    public static (Words Carrier, Uri Address)? PageOf(string carrier, string tracking)
    {
        var number = string.Concat(Plain(tracking).Where(letter => letter is not ('-' or 'ー' or '\u2010' or '\u2212')));
        return number.Length > 0 && Find(carrier) is { PageBefore: { } before } found
            ? (found.Name, new Uri(before + Uri.EscapeDataString(number.ToUpperInvariant())))
            : null;
    }

    private static Carrier? Find(string carrier)
    {
        var name = Plain(carrier);
        return Array.Find(all, one =>
            one.Whole.Contains(name) || Array.Exists(one.Parts, part => name.Contains(part, StringComparison.Ordinal))
        );
    }

    /// <summary>Whatever the width, the case and the spaces.</summary>
    private static string Plain(string text) =>
        string.Concat(FoldedText.Normal(text, NormalizationForm.FormKC).Where(letter => !char.IsWhiteSpace(letter))).ToLowerInvariant();
}
