using Shonin.CardCompany.History;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Iso8583;
using Shonin.Merchant;
using Shonin.Merchant.Stored;
using CardHistory = Shonin.CardCompany.Deciding.CardHistory;

namespace Shonin.Simulation;

/// <summary>The product's invariants, by their numbers in ARCHITECTURE.md, held against the two logs and the line after each step.</summary>
internal sealed class Checks(World world)
{
    private readonly MessageFormat format = MessageFormat.Profile(WireEncoding.Ascii);
    private readonly Dictionary<StreamId, Order> orders = [];
    private readonly Dictionary<string, string> mails = [];
    private readonly Dictionary<string, List<string>> mailed = [];
    private readonly HashSet<string> claims = [];
    private readonly HashSet<StreamId> alarms = [];
    private readonly List<string> problems = [];
    private readonly Dictionary<string, (int Refused, int Approved)> tried = [];

    public IReadOnlyList<string> Problems => problems;
    public int OrderCount => orders.Count;
    public IEnumerable<Order> Orders => orders.Values;

    public void Broken(string what) => problems.Add($"{world.Scheduler.Now:HH:mm:ss.fff} {what}");

    /// <summary>After each durable write of the merchant.</summary>
    public void Committed(IReadOnlyList<Append> batch, IReadOnlyList<AppendResult> results)
    {
        for (var index = 0; index < batch.Count; index++)
        {
            if (results[index] is not AppendResult.Committed)
                continue;
            var append = batch[index];
            foreach (var key in append.Keys)
                if (key.Scope == OrderKeys.ClaimScope)
                    claims.Add(key.Value[(key.Value.IndexOf('-', StringComparison.Ordinal) + 1)..]);
            if (append.Events.Count > 0 && OrderKeys.OrderOf(append.Stream) is not null)
                Committed(append);
        }
    }

    /// <summary>3: the claim is durable before a byte leaves.</summary>
    public void FrameSent(Direction direction, byte[] frame)
    {
        if (direction != Direction.ToCardCompany || format.Parse(frame.AsMemory(2)) is not ParseResult.Parsed { Message: var message })
            return;
        if (message.Mti.ToString() is "0800" or "0810")
            return;
        if (!claims.Contains($"{message.Text(7)}-{message.Text(11)}"))
            Broken($"Invariant 3: {message.Mti} {message.Text(7)} {message.Text(11)} left before its claim was durable");
    }

    /// <summary>4: the same notice is always the same message.</summary>
    public void Delivered(NoticeMail mail)
    {
        if (mails.TryGetValue(mail.MessageId, out var text) && text != mail.Subject + mail.Text)
            Broken($"Invariant 4: two texts under {mail.MessageId}");
        mails[mail.MessageId] = mail.Subject + mail.Text;
        if (!mailed.TryGetValue(mail.OrderNumber, out var notices))
            mailed.Add(mail.OrderNumber, notices = []);
        if (!notices.Contains(mail.NoticeId))
            notices.Add(mail.NoticeId);
    }

    /// <summary>Once nothing goes wrong any more and all had time to end.</summary>
    public void AtEnd()
    {
        var held = HeldAtCardCompany();
        foreach (var order in orders.Values)
        {
            // An approval may run out at any time: a hold whose deadline is still to come has a way out.
            if (order.Standing is Standing.AwaitingApproval or Standing.Closing || order.Hold?.Deadline <= world.Scheduler.Now)
                Broken($"{order.Number} never ended: {order.Standing}");
            HoldsMatch(order, held);
            NoticesMatch(order);
        }
        foreach (var (key, id) in world.Customers.Acknowledged)
            if (!orders.ContainsKey(OrderKeys.StreamOf(id)))
                Broken($"{key} was acknowledged as {id}, which the log does not know");
        if (orders.Values.GroupBy(order => order.Customer).FirstOrDefault(group => group.Count() > 1) is { } doubled)
            Broken($"One request made {doubled.Count()} orders: {string.Join(", ", doubled.Select(order => order.Number))}");
    }

    private void Committed(Append append)
    {
        var before = orders.GetValueOrDefault(append.Stream);
        var order = before;
        foreach (var stored in append.Events)
        {
            var happened = StoredOrderEvents.Read(stored.Type, stored.Payload.Span);
            order = Order.Evolve(order, happened);
            NoticeIsTrue(order, happened);
            TriesAreFew(order, happened);
        }
        orders[append.Stream] = order!;
        AttemptsAreSound(order!, before);
        if (append.Alarm is AlarmChange.Set)
            alarms.Add(append.Stream);
        else if (append.Alarm is AlarmChange.Clear)
            alarms.Remove(append.Stream);
        if (!alarms.Contains(append.Stream) && order!.Standing is Standing.AwaitingApproval or Standing.OnHold or Standing.Closing)
            Broken($"Invariant 9: {order.Number} waits ({order.Standing.GetType().Name}) without an alarm");
    }

    /// <summary>No card is asked for customers more often without a yes than its limit allows, a crash or not; an approval of the card earns one more.</summary>
    private void TriesAreFew(Order order, OrderEvent happened)
    {
        var ordinal = happened switch
        {
            OrderEvent.AttemptApproved e => e.Attempt,
            OrderEvent.AttemptDeclined e => e.Attempt,
            OrderEvent.AttemptReferred e => e.Attempt,
            OrderEvent.AttemptPartiallyApproved e => e.Attempt,
            _ => 0,
        };
        if (ordinal == 0 || order.Attempts[ordinal - 1] is not { Initiator: Initiator.Customer or Initiator.CustomerConfirms } attempt)
            return;
        var (refused, approved) = tried.GetValueOrDefault(attempt.Card.Fingerprint);
        tried[attempt.Card.Fingerprint] = happened is OrderEvent.AttemptApproved ? (refused, approved + 1) : (refused + 1, approved);
        if (refused + 1 > world.Policy.Tries.TriesPerCardMax + approved && happened is not OrderEvent.AttemptApproved)
            Broken($"{order.Number}: card ending {attempt.Card.Last4} was asked {refused + 1} times without a yes");
    }

    private void AttemptsAreSound(Order order, Order? before)
    {
        if (order.Attempts.Count(attempt => attempt.IsLive) > 1)
            Broken($"Invariant 1: {order.Number} has more than one live attempt");
        if (order.Attempts.Any(attempt => attempt is { Outcome: AttemptOutcome.Unknown, Reversal: null }))
            Broken($"Invariant 2: {order.Number} has an unknown attempt without a durable reversal");
        if (order.Standing is Standing.Cancelled && order.Attempts.Any(attempt => attempt.IsLive))
            Broken($"Invariant 11: {order.Number} is cancelled with a live attempt");
        if (order.Standing is Standing.Cancelled && order.Attempts.Any(attempt => attempt.IsReversing) && !order.Attention.Contains(AttentionReason.ReversalUnconfirmed))
            Broken($"Invariant 11: {order.Number} is cancelled with an open reversal that no agent sees");
        for (var index = 0; index < (before?.Attempts.Length ?? 0); index++)
            if (before!.Attempts[index].Outcome is not AttemptOutcome.Sent && before.Attempts[index].Outcome.GetType() != order.Attempts[index].Outcome.GetType())
                Broken($"Invariant 8: {order.Number} attempt {index + 1} went from {before.Attempts[index].Outcome} to {order.Attempts[index].Outcome}");
        if (order.Captured.MinorUnits > order.Total.MinorUnits || order.Attempts.Any(attempt => order.CapturedOn(attempt.Ordinal).MinorUnits > attempt.Amount.MinorUnits))
            Broken($"Invariant 10: {order.Number} captured more than was approved");
        if (order is { Standing: Standing.Approved, Approval: null, NeedsAuthorization: true })
            Broken($"Invariant 9: {order.Number} has no approval any more, and no way to another");
    }

    /// <summary>5: a notice never says declined while an outcome is unknown, and never approved without proof.</summary>
    private void NoticeIsTrue(Order order, OrderEvent happened)
    {
        if (happened is not OrderEvent.NoticeQueued { Notice: var notice })
            return;
        if (notice is { Class: HoldClass.Declined, Kind: NoticeKind.Problem or NoticeKind.Update }
            && order.Attempts.LastOrDefault(attempt => attempt.Outcome is not (AttemptOutcome.NotSent or AttemptOutcome.Sent))?.Outcome is AttemptOutcome.Unknown)
            Broken($"Invariant 5: {notice.Id} says declined while the last outcome is unknown");
        if (notice.Outcome == NoticeOutcome.Approved && order.Approval is not { Outcome: AttemptOutcome.Approved { ApprovalCode.Length: > 0 } })
            Broken($"Invariant 5: {notice.Id} says approved without an approval code");
    }

    /// <summary>1 and 11, seen from the card company: it holds what stands, and nothing else.</summary>
    private void HoldsMatch(Order order, IReadOnlyDictionary<string, long> held)
    {
        var standing = order.Approval;
        foreach (var attempt in order.Attempts)
        {
            var amount = held.GetValueOrDefault(attempt.Claim.Rrn);
            if (attempt == standing && amount != attempt.Amount.MinorUnits)
                Broken($"{order.Number} stands on {attempt.Claim.Rrn}, for which the card company holds {amount} of {attempt.Amount.MinorUnits}");
            if (attempt != standing && amount != order.CapturedOn(attempt.Ordinal).MinorUnits && order.Attention.IsEmpty)
                Broken($"Invariant 11: the card company holds {amount} for {order.Number} attempt {attempt.Ordinal} ({attempt.Outcome}, {attempt.Reversal}), and no agent sees it");
        }
    }

    /// <summary>4: each announced hold has one problem and one outcome.</summary>
    private void NoticesMatch(Order order)
    {
        for (var episode = 1; episode <= order.Episodes; episode++)
        {
            var notices = order.Notices.Where(record => record.Notice.Episode == episode).ToList();
            var (begun, ended) = (notices.Count(record => record.Notice.Kind == NoticeKind.Problem), notices.Count(record => record.Notice.Kind == NoticeKind.Outcome));
            if (begun > 1 || (order.Hold?.Episode == episode ? ended > 0 : begun != ended))
                Broken($"Invariant 4: {order.Number} hold {episode} has {begun} problem and {ended} outcome notices");
        }
        foreach (var record in order.Notices)
            if (!mails.ContainsKey(NoticeMail.MessageIdOf(record.Notice.Id, SimulatedMerchant.Profile, SimulatedMerchant.MarkKeys.Current)))
                Broken($"{record.Notice.Id} was queued and never delivered");
        if (!mailed.GetValueOrDefault(order.Number, []).SequenceEqual(order.Notices.Select(record => record.Notice.Id)))
            Broken($"Invariant 4: the mails of {order.Number} did not leave in the order in which they were queued");
    }

    private Dictionary<string, long> HeldAtCardCompany()
    {
        var cards = new Dictionary<StreamId, CardHistory>();
        foreach (var stored in world.CardCompanyDisk.ReadAllAsync(0, int.MaxValue, CancellationToken.None).AsTask().GetAwaiter().GetResult())
            if (stored.Stream.Value.StartsWith("card", StringComparison.Ordinal))
                cards[stored.Stream] = cards.GetValueOrDefault(stored.Stream, CardHistory.Empty).Evolve(CardEventNames.Load(stored));
        return cards.Values.SelectMany(card => card.Authorizations.Values)
            .GroupBy(authorization => authorization.Request.Rrn)
            .ToDictionary(group => group.Key, group => group.Sum(authorization => authorization.Used));
    }
}
