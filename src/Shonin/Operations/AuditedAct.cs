using Shonin.Audit;
using Shonin.Domain.Notices;

namespace Shonin.Operations;

/// <summary>What the merchant's trail tells of.</summary>
public enum AuditedAct
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
    ContactsListed,
    ContactRead,
    ContactClaimed,
    ContactHandedBack,
    ContactHandedOver,
    ContactClosed,
    ContactNoted,
    TranscriptAsked,
    OrderAskedAgain,
    OrderCancelled,
    DeadlineExtended,
    AttentionSettled,
    LeadViewRead,
    StaffInvited,
    StaffSetUp,
    StaffRoleChanged,
    StaffSignedOut,
    StaffLeft,
    OrderShown,
    PersonRead,
    PersonExported,
    PersonErased,
    PersonExportedByApi,
    PersonErasedByApi,
}

/// <summary>The stored name of every kind, by hand: a kind may be renamed, a stored name never.</summary>
internal static class AuditNames
{
    public static string Of(AuditedAct kind) =>
        kind switch
        {
            AuditedAct.ApiKeyMade => "apiKeyMade",
            AuditedAct.ApiKeyFirstUsed => "apiKeyFirstUsed",
            AuditedAct.ApiKeyRevoked => "apiKeyRevoked",
            AuditedAct.ApiKeyWrong => "apiKeyWrong",
            AuditedAct.MailKeyMade => "mailKeyMade",
            AuditedAct.MailKeyTakenBack => "mailKeyTakenBack",
            AuditedAct.MarkKeyMade => "markKeyMade",
            AuditedAct.SignedIn => "deskSignedIn",
            AuditedAct.SignInFailed => "deskSignInFailed",
            AuditedAct.SignedOut => "deskSignedOut",
            AuditedAct.OrdersListed => "deskOrdersListed",
            AuditedAct.OrderRead => "deskOrderRead",
            AuditedAct.OrdersSearched => "deskOrdersSearched",
            AuditedAct.ReportsListed => "deskReportsListed",
            AuditedAct.ReportRead => "deskReportRead",
            AuditedAct.ReportDownloaded => "deskReportDownloaded",
            AuditedAct.ReportHandled => "deskReportHandled",
            AuditedAct.ReportDeleted => "deskReportDeleted",
            AuditedAct.TrailRead => "deskTrailRead",
            AuditedAct.TriesReleased => "deskTriesReleased",
            AuditedAct.OrdersListedByApi => "apiOrdersListed",
            AuditedAct.OrderReadByApi => "apiOrderRead",
            AuditedAct.NoticesReadByApi => "apiNoticesRead",
            AuditedAct.ContactsListed => "deskContactsListed",
            AuditedAct.ContactRead => "deskContactRead",
            AuditedAct.ContactClaimed => "deskContactClaimed",
            AuditedAct.ContactHandedBack => "deskContactHandedBack",
            AuditedAct.ContactHandedOver => "deskContactHandedOver",
            AuditedAct.ContactClosed => "deskContactClosed",
            AuditedAct.ContactNoted => "deskContactNoted",
            AuditedAct.TranscriptAsked => "deskTranscriptAsked",
            AuditedAct.OrderAskedAgain => "deskOrderAskedAgain",
            AuditedAct.OrderCancelled => "deskOrderCancelled",
            AuditedAct.DeadlineExtended => "deskDeadlineExtended",
            AuditedAct.AttentionSettled => "deskAttentionSettled",
            AuditedAct.LeadViewRead => "deskLeadViewRead",
            AuditedAct.StaffInvited => "deskStaffInvited",
            AuditedAct.StaffSetUp => "deskStaffSetUp",
            AuditedAct.StaffRoleChanged => "deskStaffRoleChanged",
            AuditedAct.StaffSignedOut => "deskStaffSignedOut",
            AuditedAct.StaffLeft => "deskStaffLeft",
            AuditedAct.OrderShown => "deskOrderShown",
            AuditedAct.PersonRead => "deskPersonRead",
            AuditedAct.PersonExported => "deskPersonExported",
            AuditedAct.PersonErased => "deskPersonErased",
            AuditedAct.PersonExportedByApi => "apiPersonExported",
            AuditedAct.PersonErasedByApi => "apiPersonErased",
        };

    /// <summary>What the staff read for a stored name; the name itself where a later version wrote it.</summary>
    public static Words WordsOf(string name)
    {
        if (name == AuditTrail.GapKind)
            return new("書けなかった記録", "Lines that could not be written");
        foreach (var kind in Enum.GetValues<AuditedAct>())
        {
            if (Of(kind) == name)
                return WordsOf(kind);
        }

        return new(name, name);
    }

    internal static Words WordsOf(AuditedAct kind) =>
        kind switch
        {
            AuditedAct.ApiKeyMade => new("API キーを作った", "API key made"),
            AuditedAct.ApiKeyFirstUsed => new("API キーが初めて使われた", "API key used for the first time"),
            AuditedAct.ApiKeyRevoked => new("API キーを失効させた", "API key revoked"),
            AuditedAct.ApiKeyWrong => new("誤った API キーが送られた", "Wrong API key sent"),
            AuditedAct.MailKeyMade => new("メールの署名鍵を作った", "Mail signing key made"),
            AuditedAct.MailKeyTakenBack => new("メールの署名鍵を取り下げた", "Mail signing key taken back"),
            AuditedAct.MarkKeyMade => new("お知らせの印の鍵を作った", "Notice mark key made"),
            AuditedAct.SignedIn => new("窓口に入った", "Signed in at the desk"),
            AuditedAct.SignInFailed => new("窓口に入れなかった", "Failed to sign in at the desk"),
            AuditedAct.SignedOut => new("窓口から出た", "Signed out of the desk"),
            AuditedAct.OrdersListed => new("対応が必要な注文の一覧を見た", "List of orders that need a person read"),
            AuditedAct.OrderRead => new("注文を見た", "Order read"),
            AuditedAct.OrdersSearched => new("注文を探した", "Orders searched for"),
            AuditedAct.ReportsListed => new("報告されたメールの一覧を見た", "List of reported mails read"),
            AuditedAct.ReportRead => new("報告されたメールを見た", "Reported mail read"),
            AuditedAct.ReportDownloaded => new("報告されたメールを取り出した", "Reported mail downloaded"),
            AuditedAct.ReportHandled => new("報告を処理済みにした", "Report marked as handled"),
            AuditedAct.ReportDeleted => new("報告を消した", "Report deleted"),
            AuditedAct.TrailRead => new("監査の記録を見た", "Audit trail read"),
            AuditedAct.TriesReleased => new("もう一度試せるようにした", "Let it be tried again"),
            AuditedAct.OrdersListedByApi => new("API で注文の一覧を読んだ", "List of orders read by API"),
            AuditedAct.OrderReadByApi => new("API で注文を読んだ", "Order read by API"),
            AuditedAct.NoticesReadByApi => new("API でお知らせの文面を読んだ", "Notices' texts read by API"),
            AuditedAct.ContactsListed => new("問い合わせの一覧を見た", "List of contacts read"),
            AuditedAct.ContactRead => new("問い合わせを見た", "Contact read"),
            AuditedAct.ContactClaimed => new("問い合わせを引き受けた", "Contact taken"),
            AuditedAct.ContactHandedBack => new("問い合わせを列に戻した", "Contact given back to the queue"),
            AuditedAct.ContactHandedOver => new("問い合わせを引き継いだ", "Contact handed over"),
            AuditedAct.ContactClosed => new("問い合わせを終えた", "Contact closed"),
            AuditedAct.ContactNoted => new("問い合わせにメモを書いた", "Note written in a contact"),
            AuditedAct.TranscriptAsked => new("会話の控えを送った", "Transcript sent"),
            AuditedAct.OrderAskedAgain => new("カード会社にもう一度問い合わせた", "Card company asked again"),
            AuditedAct.OrderCancelled => new("注文を取り消した", "Order cancelled"),
            AuditedAct.DeadlineExtended => new("期限を延ばした", "Deadline extended"),
            AuditedAct.AttentionSettled => new("人の確認が必要なことを済ませた", "What needed a person was settled"),
            AuditedAct.LeadViewRead => new("全体の状況を見た", "View of everybody's work read"),
            AuditedAct.StaffInvited => new("窓口の人を招待した", "Colleague invited"),
            AuditedAct.StaffSetUp => new("窓口に入る方法を決めた", "Way to sign in set up"),
            AuditedAct.StaffRoleChanged => new("窓口の人の役割を変えた", "Colleague's role changed"),
            AuditedAct.StaffSignedOut => new("窓口の人をすべての端末から出した", "Colleague signed out everywhere"),
            AuditedAct.StaffLeft => new("窓口の人を外した", "Colleague let go"),
            AuditedAct.OrderShown => new("注文をお客様に表示した", "Order shown to the customer"),
            AuditedAct.PersonRead => new("お客様の個人情報を調べた", "Looked up what is kept of a person"),
            AuditedAct.PersonExported => new("お客様の個人情報を取り出した", "A person's data exported"),
            AuditedAct.PersonErased => new("お客様の個人情報を消した", "A person's data erased"),
            AuditedAct.PersonExportedByApi => new("API でお客様の個人情報を取り出した", "A person's data exported by API"),
            AuditedAct.PersonErasedByApi => new("API でお客様の個人情報を消した", "A person's data erased by API"),
        };
}
