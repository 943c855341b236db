using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>
/// What becomes of a notice's mail: sent, delayed, undeliverable. An agent hears of whatever keeps a customer from being told.
/// </summary>
internal static class Mailing
{
    public static Decision RecordSent(OrderDraft draft, string notice)
    {
        if (Find(draft, notice) is { SentAt: null })
            draft.Add(new OrderEvent.NoticeSent(notice, draft.Now));
        SettleDelay(draft);
        return draft.Accept();
    }

    /// <summary>Noted once a notice; one that has left already is only on its way, and no agent can hasten it.</summary>
    public static Decision RecordDelayed(OrderDraft draft, OrderCommand.RecordNoticeDelayed delayed)
    {
        if (Find(draft, delayed.Notice) is not { DelayedAt: null, UndeliverableAt: null } record)
            return draft.Accept();
        draft.Add(new OrderEvent.NoticeDelayed(delayed.Notice, delayed.Why, draft.Now));
        if (record.SentAt is null)
            draft.AskAttention(AttentionReason.NoticeDelayed);
        return draft.Accept();
    }

    public static Decision RecordUndeliverable(OrderDraft draft, OrderCommand.RecordNoticeUndeliverable undeliverable)
    {
        if (Find(draft, undeliverable.Notice) is not { UndeliverableAt: null })
            return draft.Accept();
        draft.Add(new OrderEvent.NoticeUndeliverable(undeliverable.Notice, undeliverable.Why, draft.Now));
        SettleDelay(draft);
        draft.AskAttention(AttentionReason.NoticeUndeliverable);
        return draft.Accept();
    }

    public static Decision Refresh(OrderDraft draft, OrderCommand.RefreshNotice refresh)
    {
        if (Find(draft, refresh.Notice) is not { SentAt: null, UndeliverableAt: null, WithdrawnAt: null } record)
            return draft.Accept();
        if (IsOvertaken(draft.Order, record.Notice))
        {
            draft.Add(new OrderEvent.NoticeWithdrawn(refresh.Notice, draft.Now));
            SettleDelay(draft);
        }
        else if (record.WrittenAt < draft.Order.ChangedAt && SpeaksOfNow(record.Notice))
        {
            draft.Add(new OrderEvent.NoticeRewritten(refresh.Notice, refresh.MessageId, draft.Now));
        }

        return draft.Accept();
    }

    /// <summary>The customer did something on the order's page: whatever mail did not arrive, the order was read about.</summary>
    public static void NoteReader(OrderDraft draft) => draft.SettleAttention(AttentionReason.NoticeUndeliverable);

    /// <summary>
    /// A reminder or an update that a later notice of the hold follows, or whose hold is not as it says any more: it would be read as news.
    /// The one problem and the one outcome are told in any case.
    /// </summary>
    private static bool IsOvertaken(Order order, Notice notice) =>
        notice.Kind switch
        {
            NoticeKind.Reminder or NoticeKind.Update => !LateMessages.IsStillTrue(notice, order)
                || order
                    .Notices.SkipWhile(record => record.Notice.Id != notice.Id)
                    .Skip(1)
                    .Any(later => later.Notice.Episode == notice.Episode),
            NoticeKind.Received
            or NoticeKind.Problem
            or NoticeKind.Outcome
            or NoticeKind.Cancelled
            or NoticeKind.Shipped
            or NoticeKind.Delivered => false,
        };

    /// <summary>A parcel that left, or arrived, has done so for ever.</summary>
    private static bool SpeaksOfNow(Notice notice) =>
        notice.Kind switch
        {
            NoticeKind.Received
            or NoticeKind.Problem
            or NoticeKind.Update
            or NoticeKind.Reminder
            or NoticeKind.Outcome
            or NoticeKind.Cancelled => true,
            NoticeKind.Shipped or NoticeKind.Delivered => false,
        };

    private static void SettleDelay(OrderDraft draft)
    {
        if (!draft.Order.Notices.Any(record => record is { DelayedAt: not null, SentAt: null, UndeliverableAt: null, WithdrawnAt: null }))
            draft.SettleAttention(AttentionReason.NoticeDelayed);
    }

    private static NoticeRecord? Find(OrderDraft draft, string notice) =>
        draft.Order.Notices.FirstOrDefault(record => record.Notice.Id == notice);
}
