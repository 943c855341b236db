using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.MailChecks;

/// <summary>
/// What to say about the last four digits that prove whose card it is. The card is named by its brand: its digits are the proof.
/// </summary>
internal static class ProofWords
{
    public static Words Label(CardOnFile card)
    {
        var your = OrderWording.YourCard(card, CardMention.Brand);
        return new($"{your.Ja}の下4桁", $"Last 4 digits of {your.En}");
    }

    public static Words Missing(CardOnFile card)
    {
        var your = OrderWording.YourCard(card, CardMention.Brand);
        return new($"{your.Ja}の下4桁を入れてください。", $"Enter the last 4 digits of {your.En}.");
    }

    /// <summary>After a guess that was not taken.</summary>
    public static Words Of(ProofGuesses guesses, CardOnFile card, SpokenTime time)
    {
        if (guesses.BackAt is { } back)
        {
            var at = time.DayAndTime(back);
            return new(
                $"下4桁をお試しになれる回数を使い切りました。{at.Ja}から、またお試しになれます。お急ぎのときは、下の番号にお電話ください。",
                $"There are no tries left for these 4 digits. You can try again from {at.En}. If it's urgent, call the number below."
            );
        }
        var your = OrderWording.YourCard(card, CardMention.Brand);
        return new(
            $"{your.Ja}の下4桁と違います。あと{guesses.LeftCount}回、お試しになれます。",
            $"These aren't the last 4 digits of {your.En}. You have {(guesses.LeftCount == 1 ? "1 try" : $"{guesses.LeftCount} tries")} left."
        );
    }
}
