using System.Collections.Immutable;

namespace Shonin.MailChecks;

/// <summary>
/// Whether the words beside a merchant's name make it a pose. A word for somebody who speaks of the merchant (fan, 新聞), or one that the
/// sender's own address bears out, makes it none. Words that name nobody (support, voucher, お客様), or one of a merchant's desks among
/// unknown words, make it one. All others, and those that reporters use as well, decide nothing: there the mail itself does
/// (<see cref="ReadersAffairs"/>).
/// </summary>
internal static class OthersName
{
    /// <summary>Shorter words stand in an address by chance; they count where they are one of its words.</summary>
    private const int WordInAddressLengthMin = 4;

    /// <param name="reading">The name as it was found in <paramref name="shown"/>.</param>
    /// <param name="shown">A name that a mail program shows for the sender.</param>
    public static NameUse UseOf(NameReading reading, string shown, SenderEvidence sender, ImmutableArray<BrandName> names)
    {
        if (reading.Use is not (NameUse.Taken or NameUse.Borrowed or NameUse.Unclear or NameUse.Through or NameUse.Mentioned))
            return reading.Use;
        var own = reading.Beside.Where(word => !SenderWords.NameNobody(word)).ToList();
        if (sender.Mailboxes.Any(mailbox => own.Exists(word => BearsOut(mailbox, word, shown, names))))
            return reading.Use == NameUse.Through ? NameUse.Mentioned : NameUse.BesideOwn;
        if (reading.Use is NameUse.Through or NameUse.Mentioned)
            return reading.Use;
        if (SenderWords.TellOfUsers(reading.Beside) || own.Exists(SenderWords.TellsOfAnother))
            return NameUse.Mentioned;
        if (reading.Use == NameUse.Unclear)
            return NameUse.Unclear;
        if (own.Count > 0)
            return reading.Beside.Any(SenderWords.NameADesk) ? NameUse.Borrowed : NameUse.Unclear;
        var telling = reading.Beside.Where(word => !SenderWords.OnlyJoin(word)).ToList();
        return telling.Count > 0 && telling.TrueForAll(SenderWords.AreReporters) ? NameUse.Unclear : reading.Use;
    }

    private static bool BearsOut(SenderMailbox mailbox, string word, string shown, ImmutableArray<BrandName> names)
    {
        // In ledger-live.example the name poses; amazonwatch.example is called just as its owner is.
        var chosen = DomainResemblance.ChosenName(mailbox.Domain);
        if (names.Any(name => name.StandsIn(chosen)))
        {
            return BrandName.Squeezed(chosen) is var label
                && label.Contains(word, StringComparison.Ordinal)
                && BrandName.Squeezed(shown).Contains(label, StringComparison.Ordinal);
        }

        return IsIn(chosen, word) || IsPersonsOwn(mailbox.LocalPart) && IsIn(mailbox.LocalPart.ToLowerInvariant(), word);
    }

    /// <summary>A person's local part is his name; noreply-x7 and x-support are offices.</summary>
    private static bool IsPersonsOwn(string localPart) => !Lettering.Of(localPart).Words.Any(SenderWords.NameNobody);

    private static bool IsIn(string address, string word) =>
        word.Length >= WordInAddressLengthMin
            ? address.Replace("-", "", StringComparison.Ordinal).Contains(word, StringComparison.Ordinal)
            : address.Split('-', '.', '_', '+').Contains(word);
}
