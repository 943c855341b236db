namespace Shonin.Domain.Notices;

/// <summary>Japan's carriers as each language calls them: whoever reads English does not read ヤマト運輸.</summary>
public static class CarrierNames
{
    private static readonly (Words Name, string[] Aliases)[] known =
    [
        (new("ヤマト運輸", "Yamato Transport"), ["クロネコヤマト", "ヤマト", "宅急便", "ヤマト宅急便", "Yamato", "Kuroneko Yamato"]),
        (new("佐川急便", "Sagawa Express"), ["佐川", "飛脚宅配便", "Sagawa"]),
        (new("日本郵便", "Japan Post"), ["ゆうパック", "ゆうパケット", "レターパック", "郵便局", "JP"]),
        (new("西濃運輸", "Seino Transportation"), ["西濃", "カンガルー便", "Seino"]),
        (new("福山通運", "Fukuyama Transporting"), ["福山", "フクツー", "Fukuyama"]),
        (new("日本通運", "Nippon Express"), ["日通"]),
        (new("名鉄運輸", "Meitetsu Transport"), ["名鉄"]),
    ];

    /// <summary>The carrier in both languages; one that is not known, as the shop wrote it.</summary>
    public static Words Of(string carrier)
    {
        var written = Words.Quoted(carrier.Trim());
        foreach (var (name, aliases) in known)
            if (aliases.Append(name.Ja).Append(name.En).Contains(written.Ja, StringComparer.OrdinalIgnoreCase))
                return new(written.Ja.All(char.IsAscii) ? name.Ja : written.Ja, name.En);
        return written;
    }
}
