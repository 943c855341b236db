namespace Shonin.CardCompany.Deciding;

/// <summary>What an answer says beyond the fields that it repeats from its request. The same request gets the same answer again.</summary>
/// <param name="ResponseCode">Field 39.</param>
internal sealed record Answer(string ResponseCode)
{
    /// <summary>Field 38, six characters.</summary>
    public string? ApprovalCode { get; init; }

    /// <summary>Field 4, where only a part was approved; field 54 then carries what was asked.</summary>
    public Amount? ApprovedAmount { get; init; }

    /// <summary>Field 44: a Japanese network's own code.</summary>
    public string? NetworkCode { get; init; }

    /// <summary>Field 48 element 84.</summary>
    public string? AdviceCode { get; init; }

    /// <summary>Field 48 element 87: M matches, N does not, U could not be checked.</summary>
    public string? SecurityCodeResult { get; init; }

    /// <summary>Field 63.</summary>
    public string? TransactionId { get; init; }
}

/// <summary>Field 39, as this card company uses it: ISO 8583:1987 table A.9 and the networks' additions.</summary>
internal static class IssuerResponseCodes
{
    public const string Approved = "00";
    public const string ApprovedInPart = "10";
    public const string InvalidTransaction = "12";
    public const string InvalidAmount = "13";
    public const string NoSuchCard = "14";
    public const string NothingToDo = "21";
    public const string NothingFound = "25";
    public const string FormatError = "30";
    public const string Lost = "41";
    public const string Stolen = "43";
    public const string Closed = "46";
    public const string OverLimit = "51";
    public const string Expired = "54";
    public const string NotPermitted = "57";
    public const string NotPermittedToTerminal = "58";
    public const string Restricted = "62";
    public const string Duplicate = "94";
    public const string SecurityCodeWrong = "N7";
    public const string BlockedByIssuer = "5C";
}

/// <summary>Why it was decided so. The desk reads it; the wire and the export carry only the response code.</summary>
internal enum Reason
{
    Approved,
    ApprovedInPart,
    UnknownCard,
    Blocked,
    Lost,
    Stolen,
    CardExpired,
    Closed,
    ExpiryPast,
    ExpiryDiffers,
    RegisteredWrongly,
    SecurityCodeDiffers,
    DeclinedByRule,
    Referred,
    InArrears,
    OverLimit,
    OtherCurrency,
    UnknownCurrency,
    UnknownProcessing,
    AmountZero,
    ReversedBeforeItCame,
    KeyOfAnotherRequest,
    StandInDecided,
    Reversed,
    ReversedInPart,
    ReversedBefore,
    NothingFound,
    NothingHeld,
    NewTotalNotBelow,
    NewTotalBelowCaptured,
    Captured,
    ApprovalCodeDiffers,
    NotHeld,
    MoreThanHeld,
    Refunded,
    MoreThanCaptured,
}
