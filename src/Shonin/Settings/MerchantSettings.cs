using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Outbound;
using static Shonin.Settings.KnownSettings;

namespace Shonin.Settings;

/// <summary>Settings as the parts of the product take them.</summary>
internal static class MerchantSettings
{
    public static ApprovalPolicy ApprovalPolicy(this SettingValues settings) => new()
    {
        AnswerTimeout = settings.Of(AnswerTimeout),
        NoticeAfter = settings.Of(NoticeAfter),
        RetryAfter = settings.Of(RetryAfter),
        Deadline = settings.Of(Deadline),
        ReminderEvery = settings.Of(ReminderEvery),
        ReversalRepeatAfter = settings.Of(ReversalRepeatAfter),
        ReversalRepeatMax = settings.Of(ReversalRepeatMax),
        CaptureRepeatAfter = settings.Of(CaptureRepeatAfter),
        ClosingPatience = settings.Of(ClosingPatience),
        AuthorizationValidity = settings.Of(AuthorizationValidity),
        ExpiryWarning = settings.Of(ExpiryWarning),
        DeliveryExpectedWithin = settings.Of(DeliveryExpectedWithin),
    };

    public static MerchantProfile MerchantProfile(this SettingValues settings) => new(
        settings.Of(MerchantNameJa), settings.Of(MerchantNameEn), settings.Of(MerchantDomain), settings.Of(MerchantSenderAddress),
        settings.Of(MerchantSupportPhone), settings.Of(MerchantSupportHoursJa), settings.Of(MerchantSupportHoursEn), settings.Of(MerchantSupportUrl),
        settings.Of(MerchantTimeZone));

    /// <summary>Null where no relay is set: mails become files.</summary>
    public static SmtpOptions? Smtp(this SettingValues settings) => settings.Of(SmtpAddress) is not { } relay ? null : new(
        relay.Host, relay.Port, settings.Of(SmtpTlsMode), settings.Of(SmtpUser) is { } user ? new(user, settings.Of(SmtpPassword) ?? "") : null,
        settings.Of(SmtpTimeout));

    public static MailPatience MailPatience(this SettingValues settings) => new(settings.Of(SmtpRetryAfter), settings.Of(SmtpGiveUpAfter));
}
