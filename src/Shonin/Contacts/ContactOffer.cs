using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Merchant.Contacts;

namespace Shonin.Contacts;

/// <summary>What can be promised to who asks now: somebody at once, or an answer by a time.</summary>
/// <param name="hours">When agents are there; null where nobody said.</param>
/// <param name="answerWithin">How long an answer takes at most while agents are there.</param>
internal sealed class ContactOffer(OpeningHours? hours, TimeZoneInfo zone, TimeSpan answerWithin, Func<bool> isStaffed, TimeProvider clock)
{
    /// <summary>A chat where an agent is at the desk now, and not where one should be.</summary>
    public ContactOpening OpeningNow(string? question)
    {
        var now = clock.GetUtcNow();
        return isStaffed() ? new(ContactWay.Chat, question, null) : new(ContactWay.Mail, question, PromiseFrom(now));
    }

    /// <summary>Until when an answer is promised to who asks, or waits in vain, at this moment.</summary>
    public DateTimeOffset PromiseFrom(DateTimeOffset at) =>
        (hours is null || hours.IsOpen(at, zone) ? at : hours.NextOpening(at, zone)) + answerWithin;
}
