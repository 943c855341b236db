namespace Shonin.Domain.Notices;

/// <summary>Which of three things the card company did, or that its yes has run out. They are never mixed.</summary>
public enum HoldClass
{
    /// <summary>The card company said no.</summary>
    Declined,

    /// <summary>The card company asks the customer to contact it.</summary>
    Referred,

    /// <summary>We got no answer.</summary>
    NoAnswer,

    /// <summary>It said yes, and we did not ship all of it before that yes ran out.</summary>
    Expired,
}

/// <summary>What a notice tells.</summary>
public enum NoticeKind
{
    Received,

    /// <summary>A hold begins.</summary>
    Problem,

    /// <summary>The hold's class has changed.</summary>
    Update,
    Reminder,

    /// <summary>A hold has ended.</summary>
    Outcome,

    /// <summary>Cancelled outside a hold.</summary>
    Cancelled,
    Shipped,
    Delivered,
}

/// <summary>What an outcome or a cancellation says.</summary>
public enum NoticeOutcome
{
    Approved,
    CancelledByCustomer,
    CancelledByDeadline,
    CancelledByMerchant,
}

/// <summary>
/// One message to the customer. Its <paramref name="Id"/> follows from what it is about, so that the same cause can never make two;
/// the database holds the id unique as well.
/// </summary>
/// <param name="Id">Order number, episode, kind and ordinal. It tells what happened, so no customer's text and no page holds it.</param>
/// <param name="Episode">The hold that it belongs to, or 0.</param>
/// <param name="Class">The hold's class as the notice says it, or null outside a hold.</param>
/// <param name="Shipment">The shipment of a shipped or delivered notice, or null.</param>
/// <param name="Reference">The number to quote; null in notices from before there were such numbers.</param>
public sealed record Notice(
    string Id,
    NoticeKind Kind,
    int Episode,
    HoldClass? Class,
    NoticeOutcome? Outcome,
    string? Shipment,
    NoticeReference? Reference = null
)
{
    /// <summary>What stands in the mail as its number: the reference, and in notices from before there were any, the id.</summary>
    public string NumberToQuote() => Reference?.ToString() ?? Id;
}
