using Shonin.Domain.Contacts;
using Shonin.Hours;
using Shonin.Merchant.Contacts;

namespace Shonin.Contacts;

/// <summary>What can be promised to who asks now: somebody at once, or an answer by a time.</summary>
/// <param name="hours">When agents are there.</param>
/// <param name="answerWithin">How much open time an answer takes at most.</param>
internal sealed class ContactOffer(ShopHours hours, TimeSpan answerWithin, Func<bool> isStaffed, TimeProvider clock)
{
    /// <summary>Whether somebody answers right away: an agent is at the desk now, not only where one should be.</summary>
    public bool IsAnsweredNow => isStaffed() && hours.Current?.IsOpenAt(clock.GetUtcNow()) != false;

    public ContactOpening OpeningNow(string? question) =>
        IsAnsweredNow ? new(ContactWay.Chat, question, null) : new(ContactWay.Mail, question, PromiseFrom(clock.GetUtcNow()));

    /// <summary>Until when an answer is promised to who asks, or waits in vain, at this moment.</summary>
    public DateTimeOffset PromiseFrom(DateTimeOffset at) => hours.Current?.AddOpenTime(at, answerWithin) ?? at + answerWithin;
}
