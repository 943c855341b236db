using Shonin.Audit;
using Shonin.Domain.Notices;

namespace Shonin.Operations;

/// <summary>What the merchant's trail tells of.</summary>
public enum AuditKind
{
    ApiKeyMade,
    ApiKeyFirstUsed,
    ApiKeyRevoked,
    ApiKeyWrong,
    MailKeyMade,
    MailKeyTakenBack,
    MarkKeyMade,
    SignedIn,
    SignInFailed,
    SignedOut,
    OrdersListed,
    OrderRead,
    OrdersSearched,
    ReportsListed,
    ReportRead,
    ReportDownloaded,
    ReportHandled,
    ReportDeleted,
    TrailRead,
    TriesReleased,
    OrdersListedByApi,
    OrderReadByApi,
    NoticesReadByApi,
}

/// <summary>The stored name of every kind, by hand: a kind may be renamed, a stored name never.</summary>
internal static class AuditNames
{
    public static string Of(AuditKind kind) =>
        kind switch
        {
            AuditKind.ApiKeyMade => "apiKeyMade",
            AuditKind.ApiKeyFirstUsed => "apiKeyFirstUsed",
            AuditKind.ApiKeyRevoked => "apiKeyRevoked",
            AuditKind.ApiKeyWrong => "apiKeyWrong",
            AuditKind.MailKeyMade => "mailKeyMade",
            AuditKind.MailKeyTakenBack => "mailKeyTakenBack",
            AuditKind.MarkKeyMade => "markKeyMade",
            AuditKind.SignedIn => "deskSignedIn",
            AuditKind.SignInFailed => "deskSignInFailed",
            AuditKind.SignedOut => "deskSignedOut",
            AuditKind.OrdersListed => "deskOrdersListed",
            AuditKind.OrderRead => "deskOrderRead",
            AuditKind.OrdersSearched => "deskOrdersSearched",
            AuditKind.ReportsListed => "deskReportsListed",
            AuditKind.ReportRead => "deskReportRead",
            AuditKind.ReportDownloaded => "deskReportDownloaded",
            AuditKind.ReportHandled => "deskReportHandled",
            AuditKind.ReportDeleted => "deskReportDeleted",
            AuditKind.TrailRead => "deskTrailRead",
            AuditKind.TriesReleased => "deskTriesReleased",
            AuditKind.OrdersListedByApi => "apiOrdersListed",
            AuditKind.OrderReadByApi => "apiOrderRead",
            AuditKind.NoticesReadByApi => "apiNoticesRead",
        };

    /// <summary>What the staff read for a stored name; the name itself where a later version wrote it.</summary>
    public static Words WordsOf(string name)
    {
        if (name == AuditTrail.GapKind)
            return new("書けなかった記録", "Lines that could not be written");
        foreach (var kind in Enum.GetValues<AuditKind>())
        {
            if (Of(kind) == name)
                return WordsOf(kind);
        }

        return new(name, name);
    }

    internal static Words WordsOf(AuditKind kind) =>
        kind switch
        {
            AuditKind.ApiKeyMade => new("API キーを作った", "API key made"),
            AuditKind.ApiKeyFirstUsed => new("API キーが初めて使われた", "API key used for the first time"),
            AuditKind.ApiKeyRevoked => new("API キーを失効させた", "API key revoked"),
            AuditKind.ApiKeyWrong => new("誤った API キーが送られた", "Wrong API key sent"),
            AuditKind.MailKeyMade => new("メールの署名鍵を作った", "Mail signing key made"),
            AuditKind.MailKeyTakenBack => new("メールの署名鍵を取り下げた", "Mail signing key taken back"),
            AuditKind.MarkKeyMade => new("お知らせの印の鍵を作った", "Notice mark key made"),
            AuditKind.SignedIn => new("窓口に入った", "Signed in at the desk"),
            AuditKind.SignInFailed => new("窓口に入れなかった", "Failed to sign in at the desk"),
            AuditKind.SignedOut => new("窓口から出た", "Signed out of the desk"),
            AuditKind.OrdersListed => new("対応が必要な注文の一覧を見た", "List of orders that need a person read"),
            AuditKind.OrderRead => new("注文を見た", "Order read"),
            AuditKind.OrdersSearched => new("注文を探した", "Orders searched for"),
            AuditKind.ReportsListed => new("報告されたメールの一覧を見た", "List of reported mails read"),
            AuditKind.ReportRead => new("報告されたメールを見た", "Reported mail read"),
            AuditKind.ReportDownloaded => new("報告されたメールを取り出した", "Reported mail downloaded"),
            AuditKind.ReportHandled => new("報告を処理済みにした", "Report marked as handled"),
            AuditKind.ReportDeleted => new("報告を消した", "Report deleted"),
            AuditKind.TrailRead => new("監査の記録を見た", "Audit trail read"),
            AuditKind.TriesReleased => new("もう一度試せるようにした", "Let it be tried again"),
            AuditKind.OrdersListedByApi => new("API で注文の一覧を読んだ", "List of orders read by API"),
            AuditKind.OrderReadByApi => new("API で注文を読んだ", "Order read by API"),
            AuditKind.NoticesReadByApi => new("API でお知らせの文面を読んだ", "Notices' texts read by API"),
        };
}
