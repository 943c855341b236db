using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shonin.Domain.Proofs;

/// <summary>
/// Whether the words beside a merchant's name are somebody else's own, so that he speaks of the merchant and does not pose as it. That is
/// so where a word says it (fan, club, 新聞), where the address bears out the name (Yamada Shoten (Amazon店), from yamada-shoten.example),
/// and where both words are a person's name. Words that name nobody (support, voucher, ギフト券) bear out nothing, whatever the address is called.
/// </summary>
internal static class OthersName
{
    /// <summary>Shorter words stand in an address by chance; they count where they are one of its words.</summary>
    private const int WordInAddressLengthMin = 4;

    private const int ShownLengthMax = 256;

    /// <param name="reading">The name as it was found in <paramref name="shown"/>.</param>
    /// <param name="shown">A name that a mail program shows for the sender.</param>
    public static NameUse UseOf(NameReading reading, string shown, SenderEvidence sender, ImmutableArray<BrandName> names)
    {
        if (reading.Use is (NameUse.Taken or NameUse.Borrowed) && SenderWords.TellOfUsers(reading.Beside))
            return NameUse.Mentioned;
        if (reading.Use is not (NameUse.Borrowed or NameUse.Through or NameUse.Mentioned))
            return reading.Use;
        var own = reading.Beside.Where(word => !SenderWords.NameNobody(word)).ToList();
        if (sender.Mailboxes.Any(mailbox => own.Exists(word => BearsOut(mailbox, word, shown, names))))
            return reading.Use == NameUse.Through ? NameUse.Mentioned : NameUse.BesideOwn;
        if (reading.Use == NameUse.Borrowed && (reading.Beside.Any(SenderWords.TellsOfAnother) || StandsFirst(own, shown, names)
            || sender.Mailboxes.Any(mailbox => IsPersons(reading, mailbox, shown, names))))
            return NameUse.Mentioned;
        return reading.Use;
    }

    /// <summary>
    /// Who he is, and only then where he sells or what he looks after: 爽快屋 楽天市場店, 山田花子 (Amazon担当). What the name begins with is his own,
    /// and what bears the merchant's is a branch or stands in brackets.
    /// </summary>
    private static bool StandsFirst(List<string> own, string shown, ImmutableArray<BrandName> names)
    {
        var text = FoldedText.Of(shown, ShownLengthMax).Trim();
        if (text.IndexOf('(', StringComparison.Ordinal) is var bracket and > 0 && text.EndsWith(')'))
        {
            var before = text[..bracket];
            return BrandName.UseIn(before, names) == NameUse.None && Lettering.Of(before).Words.Any(own.Contains);
        }
        return text.EndsWith('店') && own.Exists(word => BrandName.Squeezed(text).StartsWith(word, StringComparison.Ordinal));
    }

    private static bool BearsOut(SenderMailbox mailbox, string word, string shown, ImmutableArray<BrandName> names)
    {
        // In ledger-live.example the name poses; amazonwatch.example is called just as its owner is.
        var chosen = DomainResemblance.ChosenName(mailbox.Domain);
        if (names.Any(name => name.StandsIn(chosen)))
            return BrandName.Squeezed(chosen) is var label && label.Contains(word, StringComparison.Ordinal) && BrandName.Squeezed(shown).Contains(label, StringComparison.Ordinal);
        return IsIn(chosen, word) || IsPersonsOwn(mailbox.LocalPart) && IsIn(mailbox.LocalPart.ToLowerInvariant(), word);
    }

    /// <summary>Amazon Smith, Fiona Apple, メルカリ 田中: two words, one of them a surname, or an address such as a person's.</summary>
    private static bool IsPersons(NameReading reading, SenderMailbox mailbox, string shown, ImmutableArray<BrandName> names)
    {
        if (reading.Beside is not [var other] || SenderWords.NameNobody(other) || !names.Any(name => name.IsAllBeside(other, BrandName.Squeezed(shown))))
            return false;
        return surnames.Contains(other)
            || IsPersonsOwn(mailbox.LocalPart) && (PublicMailboxes.Contain(mailbox.Domain) || names.Any(name => name.IsOneWord && name.StandsIn(mailbox.LocalPart)));
    }

    /// <summary>A person's local part is his name; noreply-x7 and x-support are offices.</summary>
    private static bool IsPersonsOwn(string localPart) => !Lettering.Of(localPart).Words.Any(SenderWords.NameNobody);

    private static bool IsIn(string address, string word) => word.Length >= WordInAddressLengthMin
        ? address.Replace("-", "", StringComparison.Ordinal).Contains(word, StringComparison.Ordinal)
        : address.Split('-', '.', '_', '+').Contains(word);

    /// <summary>The commonest of Japan and of the English-speaking countries; a rarer one is borne out by its address.</summary>
    private static readonly FrozenSet<string> surnames =
    (
        "佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 斉藤 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 "
        + "sato suzuki takahashi tanaka ito watanabe yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi saito shimizu mori ikeda hashimoto "
        + "smith johnson williams brown jones garcia miller davis wilson anderson thomas taylor moore jackson martin lee thompson white harris clark lewis robinson walker young allen king wright scott hill green adams baker nelson carter mitchell roberts"
    ).Split(' ').ToFrozenSet();
}
