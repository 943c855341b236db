namespace Shonin.Domain.Approvals;

/// <summary>Response codes of ISO 8583 field 39 that the rules name one by one.</summary>
public static class ResponseCodes
{
    public const string Approved = "00";
    public const string PartialApproval = "10";

    /// <summary>Answer to a reversal: nothing to do.</summary>
    public const string NoActionTaken = "21";

    /// <summary>Answer to a reversal: nothing found.</summary>
    public const string NotFound = "25";
}

/// <summary>What a response code means for what may happen next.</summary>
public enum ResponseMeaning
{
    Approved,
    PartialApproval,

    /// <summary>The card company wants to speak to the cardholder first. Never again by ourselves; the customer may, afterwards.</summary>
    Referral,

    /// <summary>Not now. We may ask again, and so may the customer.</summary>
    SoftDecline,

    /// <summary>The customer can mend it (number, expiry, security code, unblocking). We do not ask again; the customer may.</summary>
    CustomerCanMend,

    /// <summary>The scheme forbids asking again with this card.</summary>
    NeverRetry,

    /// <summary>Our message was at fault. The customer is not to blame, and an agent looks.</summary>
    OurFault,

    /// <summary>A code that no table names. The customer may ask once more; we may not.</summary>
    Unlisted,
}

/// <summary>
/// What an answer says that is neither a yes nor a wish to speak to the customer. It decides about words, never about asking again.
/// </summary>
public enum AnswerSays
{
    /// <summary>The card company decided, and said no.</summary>
    No,

    /// <summary>It finds fault with our request, and has decided nothing about the card.</summary>
    RequestFaulty,

    /// <summary>The card company's side was not able to decide.</summary>
    CouldNotAnswer,
}

/// <summary>What the customer can mend, where the merchant may say so.</summary>
public enum Mendable
{
    Number,
    Expiry,
    SecurityCode,
    Unblocking,
}

/// <summary>One dated row of the rules.</summary>
/// <param name="From">First day on which it binds, in UTC.</param>
/// <param name="Until">First day on which it no longer does, or null.</param>
/// <param name="Source">Where it is written.</param>
public sealed record ResponseRule(
    string Code,
    ResponseMeaning Meaning,
    DateOnly From,
    DateOnly? Until,
    string Source,
    Mendable? Mendable = null
);

/// <summary>
/// Scheme rules as dated data: replayable, so that "which rule forbade this retry on that day" has an answer. Raw codes are always
/// kept beside what is derived here.
/// </summary>
public static class ResponseRules
{
    private const string VisaCategory1 = "Visa reattempt rules, category 1: issuer will never approve";
    private const string VisaCategory2 = "Visa reattempt rules, category 2: issuer cannot approve at this time";
    private const string VisaCategory3 = "Visa reattempt rules, category 3: issuer cannot approve with these details";
    private const string Iso8583 = "ISO 8583:1987, response codes";

    /// <summary>The day from which the rows without a known first day are taken to bind.</summary>
    private static readonly DateOnly always = new(2000, 1, 1);

    /// <summary>57 was used as 05 by issuers until this day, and is "will never approve" again from then on.</summary>
    private static readonly DateOnly visa57NeverAgain = new(2026, 10, 25);

    public static IReadOnlyList<ResponseRule> Rows { get; } =
    [
        new("00", ResponseMeaning.Approved, always, null, Iso8583),
        new("10", ResponseMeaning.PartialApproval, always, null, Iso8583),
        new("01", ResponseMeaning.Referral, always, null, Iso8583),
        new("02", ResponseMeaning.Referral, always, null, Iso8583),
        new("04", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("07", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("12", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("14", ResponseMeaning.NeverRetry, always, null, VisaCategory1, Mendable.Number),
        new("15", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("41", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("43", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("46", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("57", ResponseMeaning.SoftDecline, always, visa57NeverAgain, "Visa, change of 2025-10: 57 is sent as 05"),
        new("57", ResponseMeaning.NeverRetry, visa57NeverAgain, null, VisaCategory1 + " (again from 2026-10-25)"),
        new("R0", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("R1", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("R3", ResponseMeaning.NeverRetry, always, null, VisaCategory1),
        new("51", ResponseMeaning.SoftDecline, always, null, VisaCategory2),
        new("61", ResponseMeaning.SoftDecline, always, null, VisaCategory2),
        new("62", ResponseMeaning.SoftDecline, always, null, VisaCategory2),
        new("65", ResponseMeaning.SoftDecline, always, null, VisaCategory2),
        new("91", ResponseMeaning.SoftDecline, always, null, VisaCategory2),
        new("96", ResponseMeaning.SoftDecline, always, null, VisaCategory2),
        new("5C", ResponseMeaning.SoftDecline, new(2025, 4, 11), null, VisaCategory2),
        new("9G", ResponseMeaning.CustomerCanMend, new(2025, 4, 11), null, VisaCategory2, Mendable.Unblocking),
        new("54", ResponseMeaning.CustomerCanMend, always, null, VisaCategory3, Mendable.Expiry),
        new("N7", ResponseMeaning.CustomerCanMend, always, null, VisaCategory3, Mendable.SecurityCode),
        new("05", ResponseMeaning.SoftDecline, always, null, "Visa reattempt rules, category 4: all other declines"),
        new("13", ResponseMeaning.OurFault, always, null, Iso8583),
        new("30", ResponseMeaning.OurFault, always, null, Iso8583),
        // not permitted to terminal: our certificate does not speak for what we wrote
        new("58", ResponseMeaning.OurFault, always, null, Iso8583),
        new("94", ResponseMeaning.OurFault, always, null, Iso8583),
    ];

    /// <summary>
    /// Codes of Japanese networks (field 44) that mean "the cardholder must speak to the card company", whatever field 39 says.
    /// </summary>
    public static IReadOnlyList<string> ReferralNetworkCodes { get; } = ["G30"];

    /// <summary>
    /// Codes that find fault with a request: invalid merchant, transaction, amount, format, function or terminal, sent twice, refused as a
    /// request (03, 12, 13, 30, 40, 58, 94: ISO 8583:1987; 97: as G97 of Japanese networks).
    /// </summary>
    public static IReadOnlyList<string> RequestFaultyCodes { get; } = ["03", "12", "13", "30", "40", "58", "94", "97"];

    /// <summary>The same in field 44: the shop's own data, G67 to G81, and G97, request refused.</summary>
    // csharpier-ignore
    public static IReadOnlyList<string> RequestFaultyNetworkCodes { get; } =
    [
        "G67", "G68", "G69", "G70", "G71", "G72", "G73", "G74", "G75", "G76", "G77", "G78", "G79", "G80", "G81", "G97",
    ];

    /// <summary>
    /// Codes of a card company, or of a network before it, that was not able to decide: error, in progress, enter again, invalid response,
    /// malfunction, not supported by the switch, too late, cut-off, inoperative, no route, system malfunction (ISO 8583:1987).
    /// </summary>
    public static IReadOnlyList<string> CouldNotAnswerCodes { get; } = ["06", "09", "19", "20", "22", "31", "68", "90", "91", "92", "96"];

    /// <summary>The same in field 44: an error at the issuer or on the line.</summary>
    public static IReadOnlyList<string> CouldNotAnswerNetworkCodes { get; } = ["G07", "G92", "G95"];

    /// <summary>Pick up, lost, stolen: an agent must not ship and must not explain.</summary>
    public static IReadOnlyList<string> DoNotShipCodes { get; } = ["04", "07", "41", "43"];

    /// <summary>Mastercard merchant advice codes that forbid asking again with this card.</summary>
    public static IReadOnlyList<string> NeverRetryAdviceCodes { get; } = ["03", "21"];

    /// <summary>Mastercard merchant advice codes that say how long to wait at least.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> AdviceWaits { get; } =
        new Dictionary<string, TimeSpan>
        {
            ["02"] = TimeSpan.FromHours(72),
            ["24"] = TimeSpan.FromHours(1),
            ["25"] = TimeSpan.FromHours(24),
            ["26"] = TimeSpan.FromDays(2),
            ["27"] = TimeSpan.FromDays(4),
            ["28"] = TimeSpan.FromDays(6),
            ["29"] = TimeSpan.FromDays(8),
            ["30"] = TimeSpan.FromDays(10),
        };

    /// <summary>
    /// Whose doing an answer is that is no approval. A network's own code, more exact than field 39, is believed where that says no more
    /// than "no".
    /// </summary>
    public static AnswerSays SaysOf(AnswerCodes codes)
    {
        if (RequestFaultyCodes.Contains(codes.ResponseCode))
            return AnswerSays.RequestFaulty;
        if (CouldNotAnswerCodes.Contains(codes.ResponseCode))
            return AnswerSays.CouldNotAnswer;
        if (
            codes.NetworkCode is not { } network
            || RowFor(codes.ResponseCode, codes.At) is { Meaning: ResponseMeaning.NeverRetry } or { Mendable: not null }
        )
        {
            return AnswerSays.No;
        }

        return RequestFaultyNetworkCodes.Contains(network) ? AnswerSays.RequestFaulty
            : CouldNotAnswerNetworkCodes.Contains(network) ? AnswerSays.CouldNotAnswer
            : AnswerSays.No;
    }

    /// <summary>The row that binds for a code on a day, or null where no table names the code.</summary>
    public static ResponseRule? RowFor(string code, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        foreach (var row in Rows)
        {
            if (row.Code == code && row.From <= day && (row.Until is null || day < row.Until))
                return row;
        }

        return null;
    }

    /// <summary>What a code means on a day; a network code that refers the cardholder goes before field 39.</summary>
    public static ResponseMeaning MeaningOf(string code, string? networkCode, DateTimeOffset at)
    {
        var meaning = RowFor(code, at)?.Meaning ?? ResponseMeaning.Unlisted;
        var approves = meaning is ResponseMeaning.Approved or ResponseMeaning.PartialApproval or ResponseMeaning.NeverRetry;
        return !approves && networkCode is not null && ReferralNetworkCodes.Contains(networkCode) ? ResponseMeaning.Referral : meaning;
    }
}
