using System.Security.Cryptography;
using Shonin.Audit;
using Shonin.CardCompany.History;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.Iso8583;
using Shonin.Merchant.Approvals;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using CardHistory = Shonin.CardCompany.Deciding.CardHistory;

namespace Shonin.Simulation;

/// <summary>
/// The product's invariants, by their numbers in ARCHITECTURE.md, held against the two logs and the line after each step.
/// </summary>
internal sealed class Checks(World world)
{
    private static readonly string noticeDocuments = NoticeMail.DocumentIdOf("");
    private readonly MessageFormat format = MessageFormat.Profile(WireEncoding.Ascii);
    private readonly Dictionary<StreamId, Order> orders = [];

    /// <summary>Of each message what it said, as a digest: thousands of letters would be most of a world's memory.</summary>
    private readonly Dictionary<string, Digest> mails = [];
    private readonly Dictionary<string, List<string>> mailed = [];
    private readonly HashSet<string> claims = [];
    private readonly Dictionary<StreamId, DateTimeOffset> alarms = [];
    private readonly Dictionary<StreamId, long> versions = [];

    /// <summary>Of each notice the digests of its durable words, of each of its writings, the last one last.</summary>
    private readonly Dictionary<string, List<string>> words = [];
    private readonly HashSet<string> written = [];
    private readonly Dictionary<string, StreamId> claimants = [];
    private readonly List<string> problems = [];

    /// <summary>What agents were let look at.</summary>
    private readonly HashSet<string> lookedAt = [];
    private readonly Dictionary<string, CardTries> tried = [];

    /// <summary>A kind of the audit trail: somebody looks at something, which is on record first.</summary>
    public const string LookedAtKind = "simulatedLook";

    /// <summary>A kind of which each thing is on record once, however often it is told.</summary>
    public const string ToldOnceKind = "simulatedOnce";

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
            {
                if (key.Scope == OrderKeys.ClaimScope)
                {
                    var claim = key.Value[(key.Value.IndexOf('-', StringComparison.Ordinal) + 1)..];
                    claims.Add(claim);
                    claimants[claim] = append.Stream;
                }
            }

            WordsAreWrittenOnce(append);
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

    /// <summary>Nobody is shown what is not durable.</summary>
    public void Told(OrderRecord shown)
    {
        var durable = versions.GetValueOrDefault(OrderKeys.StreamOf(shown.Order.Id));
        if (shown.Version > durable)
            Broken($"{shown.Order.Number} was shown at version {shown.Version}, and the log has {durable}");
    }

    /// <summary>What was taken from the card company is durable: nothing waits for that answer any more.</summary>
    public void Answered(NetworkAnswer answer, AnswerRoute route)
    {
        if (route == AnswerRoute.Unclaimed)
        {
            Broken($"The card company answered {answer.WireKey}, which no order claims");
        }
        else if (
            route == AnswerRoute.Recorded
            && claimants.TryGetValue(answer.WireKey, out var stream)
            && orders[stream].AttemptInFlight is { } waiting
            && waiting.Claim.WireKey == answer.WireKey
        )
        {
            Broken($"The answer {answer.WireKey} to {orders[stream].Number} counts as recorded, and the log still waits for it");
        }
    }

    /// <summary>Somebody was let look at it: that is on record.</summary>
    public void LookedAt(string what) => lookedAt.Add(what);

    /// <summary>4: the same notice is always the same message, and leaves in words that are durable.</summary>
    public void Delivered(NoticeMail mail)
    {
        var document = mail.ToDocument("");
        if (!words.TryGetValue(document.Id, out var durable) || !durable.Contains(DigestOf(document.Content.Span)))
            Broken($"Invariant 4: {mail.NoticeId} left in words that are not durable");
        var said = Digest.Of(mail.Subject, mail.Text);
        if (mails.TryGetValue(mail.MessageId, out var text) && text != said)
            Broken($"Invariant 4: two texts under {mail.MessageId}");
        mails[mail.MessageId] = said;
        if (!mailed.TryGetValue(mail.OrderNumber, out var notices))
            mailed.Add(mail.OrderNumber, notices = []);
        if (!notices.Contains(mail.NoticeId))
            notices.Add(mail.NoticeId);
    }

    /// <summary>Once nothing goes wrong any more and all had time to end.</summary>
    public void AtEnd()
    {
        TrailIsWhole();
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
        {
            if (!orders.ContainsKey(OrderKeys.StreamOf(id)))
                Broken($"{key} was acknowledged as {id}, which the log does not know");
        }

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
        versions[append.Stream] = append.ExpectedVersion + append.Events.Count;
        AttemptsAreSound(order!, before);
        AlarmIsRight(append, order!);
    }

    /// <summary>9: whoever waits has an alarm, and it is the one that follows from what is durable.</summary>
    private void AlarmIsRight(Append append, Order order)
    {
        if (append.Alarm is AlarmChange.Set { At: var at })
            alarms[append.Stream] = at;
        else if (append.Alarm is AlarmChange.Clear)
            alarms.Remove(append.Stream);
        DateTimeOffset? set = alarms.TryGetValue(append.Stream, out var held) ? held : null;
        if (set is null && order.Standing is Standing.AwaitingApproval or Standing.OnHold or Standing.Closing)
            Broken($"Invariant 9: {order.Number} waits ({order.Standing.GetType().Name}) without an alarm");
        if (set != Waking.AlarmOf(order, world.Policy))
        {
            Broken(
                $"Invariant 9: the alarm of {order.Number} stands at {set:HH:mm:ss.fff}, and what is durable says {Waking.AlarmOf(order, world.Policy):HH:mm:ss.fff}"
            );
        }
    }

    /// <summary>4: a notice gets its words once, and those of a later writing once more; nothing else touches them.</summary>
    private void WordsAreWrittenOnce(Append append)
    {
        List<string>? writings = null;
        foreach (var key in append.Keys)
        {
            if (key.Scope != OrderKeys.NoticeWordsScope)
                continue;
            (writings ??= []).Add(key.Value);
            if (!written.Add(key.Value))
                Broken($"Invariant 4: {key.Value} got words a second time");
        }
        foreach (var document in append.Documents)
        {
            if (!document.Id.StartsWith(noticeDocuments, StringComparison.Ordinal))
                continue;
            var notice = document.Id[noticeDocuments.Length..];
            if (!words.TryGetValue(document.Id, out var earlier))
                words.Add(document.Id, earlier = []);
            if (writings?.RemoveAll(writing => writing.StartsWith($"{notice}/", StringComparison.Ordinal)) != 1)
                Broken($"Invariant 4: the words of {notice} were changed");
            earlier.Add(DigestOf(document.Content.Span));
        }
        if (writings is { Count: > 0 })
            Broken($"Invariant 4: words without a text: {string.Join(", ", writings)}");
    }

    private static string DigestOf(ReadOnlySpan<byte> content) => Convert.ToHexString(SHA256.HashData(content));

    /// <summary>
    /// No card is asked for customers more often without a yes in a day than its limit allows, a crash or not; an approval of the card
    /// earns one more.
    /// </summary>
    private void TriesAreFew(Order order, OrderEvent happened)
    {
        // What comes after we had given up counts in the product, and the product cannot know of it when it lets others in.
        if (happened is OrderEvent.EvidenceNoted || CustomerTries.EndedBy(order, happened) is not { } ended)
            return;
        var card = ended.Attempt.Card;
        if (!tried.TryGetValue(card.Fingerprint, out var tries))
            tried.Add(card.Fingerprint, tries = new CardTries());
        if (ended.Result == TryResult.Approved)
            tries.Approved++;
        if (ended.Result != TryResult.NotApproved)
            return;
        while (tries.NotApproved.TryPeek(out var oldest) && oldest <= happened.At - TimeSpan.FromHours(24))
            tries.NotApproved.Dequeue();
        tries.NotApproved.Enqueue(happened.At);
        if (tries.NotApproved.Count > world.Policy.Tries.TriesPerCardMax + tries.Approved)
            Broken($"{order.Number}: card ending {card.Last4} was asked {tries.NotApproved.Count} times without a yes");
    }

    private sealed class CardTries
    {
        public Queue<DateTimeOffset> NotApproved { get; } = [];
        public int Approved { get; set; }
    }

    /// <summary>An agent sees it, or has said that it was settled with the card company.</summary>
    private static bool IsSeen(Order order, AttentionReason reason) =>
        order.Attention.Contains(reason) || order.SettledByHand.ContainsKey(reason);

    private void AttemptsAreSound(Order order, Order? before)
    {
        if (order.Attempts.Count(attempt => attempt.IsLive) > 1)
            Broken($"Invariant 1: {order.Number} has more than one live attempt");
        if (order.Attempts.Any(attempt => attempt is { Outcome: AttemptOutcome.Unknown, Reversal: null }))
            Broken($"Invariant 2: {order.Number} has an unknown attempt without a durable reversal");
        if (order.Standing is Standing.Cancelled && order.Attempts.Any(attempt => attempt.IsLive))
            Broken($"Invariant 11: {order.Number} is cancelled with a live attempt");
        if (
            order.Standing is Standing.Cancelled
            && order.Attempts.Any(attempt => attempt.IsReversing)
            && !IsSeen(order, AttentionReason.ReversalUnconfirmed)
        )
        {
            Broken($"Invariant 11: {order.Number} is cancelled with an open reversal that no agent sees");
        }

        for (var index = 0; index < (before?.Attempts.Length ?? 0); index++)
        {
            if (
                before!.Attempts[index].Outcome is not AttemptOutcome.Sent
                && before.Attempts[index].Outcome.GetType() != order.Attempts[index].Outcome.GetType()
            )
            {
                Broken(
                    $"Invariant 8: {order.Number} attempt {index + 1} went from {before.Attempts[index].Outcome} to {order.Attempts[index].Outcome}"
                );
            }
        }

        if (
            order.Captured.MinorUnits > order.Total.MinorUnits
            || order.Attempts.Any(attempt => order.CapturedOn(attempt.Ordinal).MinorUnits > attempt.Amount.MinorUnits)
        )
        {
            Broken($"Invariant 10: {order.Number} captured more than was approved");
        }

        if (order is { Standing: Standing.Approved, Approval: null, NeedsAuthorization: true })
            Broken($"Invariant 9: {order.Number} has no approval any more, and no way to another");
    }

    /// <summary>5: a notice never says declined while an outcome is unknown, and never approved without proof.</summary>
    private void NoticeIsTrue(Order order, OrderEvent happened)
    {
        if (happened is not OrderEvent.NoticeQueued { Notice: var notice })
            return;
        if (
            notice is { Class: HoldClass.Declined, Kind: NoticeKind.Problem or NoticeKind.Update }
            && order.Attempts.LastOrDefault(attempt => attempt.Outcome is not (AttemptOutcome.NotSent or AttemptOutcome.Sent))?.Outcome
                is AttemptOutcome.Unknown
        )
        {
            Broken($"Invariant 5: {notice.Id} says declined while the last outcome is unknown");
        }

        if (
            notice.Outcome == NoticeOutcome.Approved
            && order.Approval is not { Outcome: AttemptOutcome.Approved { ApprovalCode.Length: > 0 } }
        )
        {
            Broken($"Invariant 5: {notice.Id} says approved without an approval code");
        }
    }

    /// <summary>1 and 11, seen from the card company: it holds what stands, and nothing else.</summary>
    private void HoldsMatch(Order order, IReadOnlyDictionary<string, long> held)
    {
        var standing = order.Approval;
        foreach (var attempt in order.Attempts)
        {
            var amount = held.GetValueOrDefault(attempt.Claim.Rrn);
            if (attempt == standing && amount != attempt.Amount.MinorUnits)
            {
                Broken(
                    $"{order.Number} stands on {attempt.Claim.Rrn}, for which the card company holds {amount} of {attempt.Amount.MinorUnits}"
                );
            }

            if (
                attempt != standing
                && amount != order.CapturedOn(attempt.Ordinal).MinorUnits
                && order.Attention.IsEmpty
                && !IsSeen(order, AttentionReason.ReversalUnconfirmed)
            )
            {
                Broken(
                    $"Invariant 11: the card company holds {amount} for {order.Number} attempt {attempt.Ordinal} ({attempt.Outcome}, {attempt.Reversal}), and no agent sees it"
                );
            }
        }
    }

    /// <summary>Whatever was looked at is on record, and what is told once is there once.</summary>
    private void TrailIsWhole()
    {
        var recorded = new HashSet<string?>();
        var told = new HashSet<string?>();
        foreach (var stored in world.Merchant.Disk.ReadAllAsync(0, int.MaxValue, CancellationToken.None).AsTask().GetAwaiter().GetResult())
        {
            if (AuditPayload.Read(stored, "") is not { } line)
                continue;
            if (line.Kind == LookedAtKind)
                recorded.Add(line.What);
            else if (line.Kind == ToldOnceKind && !told.Add(line.What))
                Broken($"{line.What} was told once and is on record twice");
        }
        foreach (var what in lookedAt.Where(what => !recorded.Contains(what)))
            Broken($"{what} was looked at and that is not on record");
    }

    /// <summary>4: each announced hold has one problem and one outcome.</summary>
    private void NoticesMatch(Order order)
    {
        for (var episode = 1; episode <= order.Episodes; episode++)
        {
            var notices = order.Notices.Where(record => record.Notice.Episode == episode).ToList();
            var (begun, ended) = (
                notices.Count(record => record.Notice.Kind == NoticeKind.Problem),
                notices.Count(record => record.Notice.Kind == NoticeKind.Outcome)
            );
            if (begun > 1 || (order.Hold?.Episode == episode ? ended > 0 : begun != ended))
                Broken($"Invariant 4: {order.Number} hold {episode} has {begun} problem and {ended} outcome notices");
        }
        foreach (var record in order.Notices)
        {
            if (!mails.ContainsKey(NoticeMail.MessageIdOf(record.Notice.Id, SimulatedMerchant.Profile, SimulatedMerchant.MarkKeys.Current)))
                Broken($"{record.Notice.Id} was queued and never delivered");
        }

        if (!mailed.GetValueOrDefault(order.Number, []).SequenceEqual(order.Notices.Select(record => record.Notice.Id)))
            Broken($"Invariant 4: the mails of {order.Number} did not leave in the order in which they were queued");
    }

    private Dictionary<string, long> HeldAtCardCompany()
    {
        var cards = new Dictionary<StreamId, CardHistory>();
        foreach (
            var stored in world.CardCompanyDisk.ReadAllAsync(0, int.MaxValue, CancellationToken.None).AsTask().GetAwaiter().GetResult()
        )
        {
            if (stored.Stream.Value.StartsWith("card", StringComparison.Ordinal))
                cards[stored.Stream] = cards.GetValueOrDefault(stored.Stream, CardHistory.Empty).Evolve(CardEventNames.Load(stored));
        }

        return cards
            .Values.SelectMany(card => card.Authorizations.Values)
            .GroupBy(authorization => authorization.Request.Rrn)
            .ToDictionary(group => group.Key, group => group.Sum(authorization => authorization.Used));
    }
}
