using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;

namespace Shonin.Specs.Orders;

/// <summary>
/// Facts as the log holds them. The file beside this spec is what a log of today looks like: a change to it is a change to every log
/// that exists, and needs a new stored name. Set SHONIN_WRITE_PAGES=1 to write new names into it.
/// </summary>
public sealed class StoredOrderEventsSpecs
{
    private static readonly DateTimeOffset at = new(2026, 11, 24, 1, 2, 7, 123, TimeSpan.Zero);
    private static readonly DateTimeOffset later = at + TimeSpan.FromMinutes(5);
    private static readonly CardOnFile card = new(new("card_1"), "visa", "0002", "2029-08", "f1");
    private static readonly Claim claim = new(417, "R00000000417", new DateTimeOffset(2026, 11, 24, 1, 2, 7, TimeSpan.Zero));
    private static readonly Money amount = new(12_480, Currency.Jpy);
    private static readonly AnswerCodes codes = new("05", "24", "G12", "M", at);

    private static readonly OrderEvent[] samples =
    [
        new OrderEvent.OrderPlaced(
            new("0193aaaabbbbccccddddeeeeffff0001"),
            "N1001",
            "cust_1",
            Locale.Ja,
            [new("BEANS", "コーヒー豆 200g", new(2_080, Currency.Jpy), 6)],
            amount,
            card,
            "ref-1",
            at
        ),
        new OrderEvent.AttemptClaimed(1, claim, card, amount, Initiator.CustomerConfirms, later, at),
        new OrderEvent.AttemptClaimed(
            2,
            claim with
            {
                Sender = new("100001", "SHONIN01"),
            },
            card,
            amount,
            Initiator.CustomerConfirms,
            later,
            at,
            TimeSpan.FromSeconds(10)
        ),
        new OrderEvent.AttemptNotSent(1, "no signed-on connection", later, at),
        new OrderEvent.AttemptNotSent(1, "the vault cannot open the card", later, at, NotSentCause.OwnFault),
        new OrderEvent.AttemptApproved(1, "00", "A1B2C3", "T-1", later, at),
        new OrderEvent.AttemptPartiallyApproved(1, "A1B2C3", new(5_000, Currency.Jpy), at),
        new OrderEvent.AttemptDeclined(1, codes, at),
        new OrderEvent.AttemptDeclined(1, codes with { TransactionId = "T-1" }, at),
        new OrderEvent.AttemptPartiallyApproved(1, "A1B2C3", new(5_000, Currency.Jpy), at, "T-1"),
        new OrderEvent.EvidenceNoted(1, EvidenceKind.LateAnswer, "05", null, at, "T-1"),
        new OrderEvent.AttemptReferred(1, codes with { AdviceCode = null, NetworkCode = "G30", SecurityCodeResult = null }, at),
        new OrderEvent.AttemptUnanswered(1, at),
        new OrderEvent.EvidenceNoted(1, EvidenceKind.LateApproval, "00", "A1B2C3", at),
        new OrderEvent.ReversalStarted(1, claim, ReversalReason.AnswerLateOrNever, later, at),
        new OrderEvent.ReversalRepeated(1, 2, later, at),
        new OrderEvent.ReversalAnswered(1, "25", at),
        new OrderEvent.ReversalRefused(1, "96", at),
        new OrderEvent.HoldOpened(1, HoldClass.NoAnswer, later, later, at),
        new OrderEvent.HoldClassChanged(1, HoldClass.Referred, at),
        new OrderEvent.HoldAnnounced(1, later, at),
        new OrderEvent.CustomerReminded(1, 2, later, at),
        new OrderEvent.RetryScheduled(1, null, at),
        new OrderEvent.HoldEnded(1, at),
        new OrderEvent.ConfirmationAsked("request-1", at),
        new OrderEvent.CardChanged("request-2", card, at),
        new OrderEvent.CancellationAsked("request-3", CancelledBy.Agent, "changed my mind", later, at),
        new OrderEvent.OrderCancelled(CancelledBy.Deadline, at),
        new OrderEvent.NoticeQueued(
            new Notice("N1001-1-outcome", NoticeKind.Outcome, 1, HoldClass.Declined, NoticeOutcome.Approved, null),
            at
        ),
        new OrderEvent.NoticeQueued(
            new Notice("N1001-received", NoticeKind.Received, 0, null, null, null, NoticeReference.Of(48_217_730)),
            at
        ),
        new OrderEvent.NoticeSent("N1001-1-outcome", at),
        new OrderEvent.NoticeDelayed("N1001-1-outcome", "450 greylisted", at),
        new OrderEvent.NoticeRewritten("N1001-1-outcome", "1@shop.example.jp", at),
        new OrderEvent.NoticeWithdrawn("N1001-1-outcome", at),
        new OrderEvent.NoticeUndeliverable("N1001-1-outcome", "550 no such user", at),
        new OrderEvent.ShipmentRegistered(
            "request-4",
            "shp_1",
            [new ShippedItem("BEANS", 2)],
            amount,
            1,
            claim,
            "ヤマト運輸",
            "1234",
            later,
            later,
            at
        ),
        new OrderEvent.CaptureRepeated("shp_1", 2, later, at),
        new OrderEvent.CaptureAnswered("shp_1", "00", at),
        new OrderEvent.ShipmentDelivered("shp_1", later, at),
        new OrderEvent.AuthorizationExpired(1, at),
        new OrderEvent.TriesReleased("ann", at),
        new OrderEvent.DeadlineExtended("request-1", 1, "ann", later, at),
        new OrderEvent.AttentionSettledByHand(AttentionReason.DeliveryMissing, Remedy.ParcelFound, "ann", at),
        new OrderEvent.CardProved(at),
        new OrderEvent.CardProofMissed(at),
        new OrderEvent.AttentionAsked(AttentionReason.DoNotShip, at),
        new OrderEvent.AttentionSettled(AttentionReason.ReversalUnconfirmed, at),
    ];

    [Fact]
    public void Every_fact_has_a_stored_name_and_a_sample_here()
    {
        var cases = typeof(OrderEvent)
            .GetNestedTypes()
            .Where(type => type.IsSubclassOf(typeof(OrderEvent)))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .ToArray();
        Assert.Equal(cases, samples.Select(sample => sample.GetType()).Distinct().OrderBy(type => type.Name, StringComparer.Ordinal));
        Assert.Equal(cases.Length, EventNames.All.Count);
        Assert.Equal(cases.Length, samples.Select(EventNames.Of).Distinct().Count());
    }

    [Fact]
    public void Facts_are_stored_as_the_approved_file_says()
    {
        var written = new StringBuilder();
        foreach (var sample in samples)
        {
            var stored = StoredOrderEvents.Write(sample);
            written.Append(stored.Type).Append(' ').Append(Encoding.UTF8.GetString(stored.Payload.Span)).Append('\n');
        }
        var approved = Beside("order-events.txt");
        if (Environment.GetEnvironmentVariable("SHONIN_WRITE_PAGES") == "1")
            File.WriteAllText(approved, written.ToString());
        Assert.True(File.Exists(approved), $"{approved} is missing: run this spec with SHONIN_WRITE_PAGES=1");
        Assert.Equal(File.ReadAllText(approved), written.ToString());
    }

    [Fact]
    public void What_a_log_holds_is_read_back_and_written_again_byte_for_byte()
    {
        foreach (var line in File.ReadAllLines(Beside("order-events.txt")))
        {
            var (name, payload) = (
                line[..line.IndexOf(' ', StringComparison.Ordinal)],
                line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]
            );
            var read = StoredOrderEvents.Read(name, Encoding.UTF8.GetBytes(payload));
            var again = StoredOrderEvents.Write(read);
            Assert.Equal((name, payload), (again.Type, Encoding.UTF8.GetString(again.Payload.Span)));
        }
    }

    [Fact]
    public void A_fact_of_a_later_version_is_named_and_not_skipped() =>
        Assert.Contains(
            "orderTeleported",
            Assert.Throws<UnknownEventException>(() => StoredOrderEvents.Read("orderTeleported", "{}"u8)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("null"), InlineData("{"), InlineData("[]"), InlineData("""{"by":"nobody","at":"2026-11-24T01:02:07Z"}""")]
    public void A_payload_that_is_not_the_facts_own_is_refused(string payload)
    {
        Assert.Throws<JsonException>(() => StoredOrderEvents.Read("orderCancelled", Encoding.UTF8.GetBytes(payload)));
        Assert.IsType<OrderEvent.OrderCancelled>(
            StoredOrderEvents.Read("orderCancelled", """{"by":"Agent","at":"2026-11-24T01:02:07Z"}"""u8)
        );
    }

    private static string Beside(string name, [CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, name);
}
