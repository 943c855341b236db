using Shonin.Domain.Notices;

namespace Shonin.Domain.Proofs;

/// <summary>
/// What our own record of notices says of a mail. A mail quotes its notice in the signed field that <c>NoticeMark</c> writes.
/// </summary>
public abstract record LedgerFinding
{
    private LedgerFinding() { }

    /// <summary>There is no record at hand: another merchant's mail, or a check without our data.</summary>
    public sealed record NotChecked : LedgerFinding;

    /// <summary>The mail quotes no notice of ours.</summary>
    public sealed record NoMark : LedgerFinding;

    /// <summary>It quotes a notice that is not on record.</summary>
    public sealed record Unknown(string NoticeId) : LedgerFinding;

    /// <summary>
    /// It names a key of ours, and this key never made its mark, whether there is such a notice or not: which of the two would tell a
    /// stranger what happened to somebody's order.
    /// </summary>
    public sealed record Forged(string NoticeId, string Why) : LedgerFinding;

    /// <summary>
    /// It carries no mark, but quotes this notice's number among most of its sentences: copied by somebody, to pass it on or to make
    /// another mail of it. <see cref="KnownNotice.Links"/> tells whether all of our links are still there.
    /// </summary>
    public sealed record Copied(KnownNotice Notice) : LedgerFinding;

    /// <summary>It carries the mark that we made for this notice.</summary>
    public sealed record Known(KnownNotice Notice) : LedgerFinding;
}

/// <summary>A notice on record, and how far the mail at hand is that notice.</summary>
/// <param name="SentAt">When its mail left; null while it has not.</param>
/// <param name="SentTo">The recipient as it may be shown to anybody: <c>t…@…</c>.</param>
/// <param name="Recipient">Whether the one who asks is the one it was sent to.</param>
/// <param name="Content">Whether subject, texts and links are those that were recorded.</param>
/// <param name="Links">Whether the links alone are.</param>
public sealed record KnownNotice(
    string NoticeId,
    string OrderNumber,
    NoticeKind Kind,
    HoldClass? Class,
    DateTimeOffset QueuedAt,
    DateTimeOffset? SentAt,
    string SentTo,
    RecipientMatch Recipient,
    ContentMatch Content,
    ContentMatch Links
)
{
    /// <summary>Null in notices from before there were numbers to quote.</summary>
    public NoticeReference? Reference { get; init; }

    /// <summary>The number that stands in the mail.</summary>
    public string Number => Reference?.ToString() ?? NoticeId;
}

/// <summary>A notice on record, as it may be told to the person that it was sent to.</summary>
/// <param name="SentAt">When it left, or was queued where it has not yet.</param>
public sealed record QuotedNotice(string Number, DateTimeOffset SentAt);

public enum RecipientMatch
{
    NotAsked,
    Matches,
    Differs,
}

public enum ContentMatch
{
    Same,
    Differs,
}
