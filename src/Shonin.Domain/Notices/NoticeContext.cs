namespace Shonin.Domain.Notices;

/// <summary>Who the merchant is to its customers. A file; every notice and page shows it.</summary>
/// <param name="Domain">The domain of its mail and pages: <c>shop.example.jp</c>.</param>
/// <param name="SenderAddress">The From address of every notice.</param>
/// <param name="SupportPhone">As a customer dials it.</param>
public sealed record MerchantProfile(
    string NameJa,
    string NameEn,
    string Domain,
    string SenderAddress,
    string SupportPhone,
    string SupportHoursJa,
    string SupportHoursEn,
    string SupportUrl,
    string TimeZone
)
{
    /// <summary>Where customers ask for help by mail; null where nobody reads any. Then answers to our mails are not read either.</summary>
    public string? HelpAddress { get; init; }

    public string Name(Locale locale) =>
        locale switch
        {
            Locale.Ja => NameJa,
            Locale.En => NameEn,
        };
}

/// <summary>What a notice's text needs beside the order.</summary>
/// <param name="CustomerName">As the customer gave it, or empty.</param>
/// <param name="OrderLink">The customer's own link to the order page; it holds a secret.</param>
/// <param name="At">When the notice is written.</param>
public sealed record NoticeContext(MerchantProfile Merchant, string CustomerName, string OrderLink, DateTimeOffset At)
{
    /// <summary>The customer's other orders in a row, as they stand when the notice is written.</summary>
    public PurchaseFamily Family { get; init; } = PurchaseFamily.Alone;
}

/// <summary>A notice as the customer reads it: the same words in the mail and in the message centre.</summary>
public sealed record NoticeText(string Subject, string Text, string Html);
