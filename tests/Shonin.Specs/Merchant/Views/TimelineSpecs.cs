using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant;
using Shonin.Merchant.Views;
using Shonin.Specs.Notices;

namespace Shonin.Specs.Merchant.Views;

public sealed class TimelineSpecs
{
    private static readonly TimeZoneInfo japan = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    public static TheoryData<string, FindingCode?> Findings => new()
    {
        { "approved at once", FindingCode.None },
        { "silent, no record of the card company's", null },
        { "silent, the record does not reach so far", null },
        { "silent, and no row in a complete record", FindingCode.RequestNeverArrived },
        { "silent, never arrived, then approved", FindingCode.RequestNeverArrived },
        { "silent, but approved at the card company", FindingCode.AnswerLost },
        { "silent, and the answer could not be delivered", FindingCode.AnswerLost },
        { "silent, then a late approval", FindingCode.AnswerLate },
        { "never sent", FindingCode.RequestNeverArrived },
        { "declined", FindingCode.Declined },
        { "declined, then approved", FindingCode.DeclinedThenApproved },
        { "referred", FindingCode.Referred },
    };

    [Theory, MemberData(nameof(Findings))]
    public void The_finding_follows_from_both_records(string story, FindingCode? expected)
    {
        var (record, evidence) = Told(story);

        Assert.Equal(expected, Timeline.Of(record, evidence, Locale.Ja, Audience.Customer).Finding?.Code);
    }

    [Fact]
    public void A_request_that_never_arrived_is_a_broken_line_with_its_name()
    {
        var (record, evidence) = Told("silent, and no row in a complete record");

        var asked = Timeline.Of(record, evidence, Locale.En, Audience.Customer).Items.First(item => item.Kind == "attemptClaimed");

        Assert.Equal(new Crossing(CrossingDirection.ToCardCompany, CrossingFate.Lost, "the approval request was lost"), asked.Crossing);
    }

    [Fact]
    public void Without_the_card_companys_record_nothing_is_shown_on_its_side_and_the_timeline_says_so()
    {
        var (record, _) = Told("silent, no record of the card company's");

        var view = Timeline.Of(record, null, Locale.En, Audience.Customer);

        Assert.DoesNotContain(view.Items, item => item.Side == TimelineSide.CardCompany);
        Assert.Contains("hasn't arrived yet", view.EvidenceNote, StringComparison.Ordinal);
        Assert.Equal(CrossingFate.NotKnown, view.Items.First(item => item.Kind == "attemptClaimed").Crossing?.Fate);
    }

    [Fact]
    public void An_answer_that_was_lost_is_a_broken_line_from_the_card_company()
    {
        var (record, evidence) = Told("silent, but approved at the card company");

        var decided = Timeline.Of(record, evidence, Locale.En, Audience.Customer).Items.First(item => item.Side == TimelineSide.CardCompany);

        Assert.Equal(new Crossing(CrossingDirection.ToMerchant, CrossingFate.Lost, "the answer was lost"), decided.Crossing);
    }

    [Fact]
    public void The_card_companys_clock_cannot_put_its_decision_before_the_request()
    {
        var story = OrderStory.Placed(Locale.En).Ask().Approved();
        var early = Row(story.Order, 1) with { At = OrderStory.Morning.AddMinutes(-3) };

        var kinds = Timeline.Of(Record(story), Evidence(early), Locale.En, Audience.Customer).Items.Select(item => item.Kind).ToList();

        Assert.Equal(["orderPlaced", "attemptClaimed", "authorizationDecided", "attemptApproved"], kinds);
    }

    [Theory]
    [InlineData("43")]
    [InlineData("05")]
    [InlineData("62")]
    public void The_customer_sees_no_code_of_a_decline_and_the_agent_does(string code)
    {
        var story = OrderStory.Placed(Locale.En).Ask().Declined(code).NeedsAttention(AttentionReason.DoNotShip);
        var evidence = Evidence(Row(story.Order, 1, code));

        var customer = Timeline.Of(Record(story), evidence, Locale.En, Audience.Customer);
        var agent = Timeline.Of(Record(story), evidence, Locale.En, Audience.Agent);

        Assert.DoesNotContain(customer.Items, item => item.Evidence.Split(' ').Contains(code) || item.Kind == "attentionAsked");
        Assert.Contains(agent.Items, item => item.Side == TimelineSide.Merchant && item.Evidence == code);
        Assert.Contains(agent.Items, item => item.Text.Contains("do not ship, do not explain", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Locale.Ja, 100)]
    [InlineData(Locale.En, 100)]
    [InlineData(Locale.Ja, 40)]
    [InlineData(Locale.En, 30)]
    [InlineData(Locale.Ja, 1)]
    public void The_terminals_picture_stays_within_its_width(Locale locale, int width)
    {
        var (record, evidence) = Told("silent, never arrived, then approved");

        var lines = TimelineText.Render(Timeline.Of(record, evidence, locale, Audience.Agent), japan, width).Split('\n');

        Assert.All(lines, line => Assert.InRange(TimelineText.Width(line), 0, Math.Max(width, TimelineText.WidthMin)));
        Assert.Contains(lines, line => line.Contains('✕'));
    }

    [Fact]
    public void An_export_is_read_where_its_signature_holds_and_refused_where_one_byte_was_changed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var story = OrderStory.Placed(Locale.En).Ask().Approved();
        var (payload, export) = Exported(key, Evidence(Row(story.Order, 1)));

        var read = Assert.IsType<EvidenceReading.Genuine>(CardCompanyEvidence.Read(export, key));
        Assert.Equal(Row(story.Order, 1), Assert.Single(read.Evidence.Rows));

        payload[^2] ^= 1;
        Assert.IsType<EvidenceReading.NotGenuine>(CardCompanyEvidence.Read(Envelope(payload, export), key));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.IsType<EvidenceReading.NotGenuine>(CardCompanyEvidence.Read(export, other));
        Assert.IsType<EvidenceReading.Unreadable>(CardCompanyEvidence.Read("{}"u8, key));
        Assert.IsType<EvidenceReading.Unreadable>(CardCompanyEvidence.Read("not json"u8, key));
    }

    private static (OrderRecord Record, CardCompanyEvidence? Evidence) Told(string story)
    {
        var asked = OrderStory.Placed(Locale.Ja).Ask();
        switch (story)
        {
            case "approved at once":
                asked.Approved();
                return (Record(asked), Evidence(Row(asked.Order, 1)));
            case "silent, no record of the card company's":
                return (Record(asked.Silent()), null);
            case "silent, the record does not reach so far":
                return (Record(asked.Silent()), Evidence() with { Until = OrderStory.Morning.AddSeconds(-1) });
            case "silent, and no row in a complete record":
                return (Record(asked.Silent().Hold(HoldClass.NoAnswer).Reversed(1, "25")), Evidence());
            case "silent, never arrived, then approved":
                asked.Silent().Hold(HoldClass.NoAnswer).Reversed(1, "25").Ask(Initiator.AutomaticRetry).Approved().HoldEnds();
                return (Record(asked), Evidence(Row(asked.Order, 2)));
            case "silent, but approved at the card company":
                return (Record(asked.Silent()), Evidence(Row(asked.Order, 1)));
            case "silent, and the answer could not be delivered":
                return (Record(asked.Silent()), Evidence(Row(asked.Order, 1) with { Answer = AnswerDelivery.Undelivered }));
            case "silent, then a late approval":
                asked.Silent().Then(new OrderEvent.EvidenceNoted(1, EvidenceKind.LateApproval, "00", "A1B2C3", asked.Now));
                return (Record(asked), Evidence(Row(asked.Order, 1)));
            case "never sent":
                return (Record(asked.NotSent()), Evidence());
            case "declined":
                return (Record(asked.Declined("05")), Evidence(Row(asked.Order, 1, "05")));
            case "declined, then approved":
                asked.Declined("51").Hold(HoldClass.Declined).Ask(Initiator.CustomerConfirms).Approved().HoldEnds();
                return (Record(asked), null);
            case "referred":
                return (Record(asked.Referred("01")), null);
            default:
                throw new ArgumentOutOfRangeException(nameof(story));
        }
    }

    private static OrderRecord Record(OrderStory story) => new(story.Order, null, null, story.History.Count, story.History);

    private static CardCompanyRow Row(Order order, int attempt, string code = "00")
    {
        var claim = order.Attempts[attempt - 1].Claim;
        return new(
            claim.TransmittedAt.AddMilliseconds(400), "authorizationDecided", "0100", claim.Stan, claim.WireKey[..10], claim.Rrn, code,
            code == "00" ? "A1B2C3" : null, AnswerDelivery.Sent);
    }

    private static CardCompanyEvidence Evidence(params CardCompanyRow[] rows) =>
        new(OrderStory.Morning.AddDays(-1), OrderStory.Morning.AddDays(1), [.. rows]);

    private static (byte[] Payload, byte[] Export) Exported(ECDsa key, CardCompanyEvidence evidence)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new { evidence.From, evidence.Until, Rows = evidence.Rows.Select(row => new { row.At, row.Kind, row.Mti, row.Stan, row.TransmittedAt, row.Rrn, row.ResponseCode, row.ApprovalCode, answer = "sent" }) },
            JsonSerializerOptions.Web);
        var signature = key.SignData(payload, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return (payload, JsonSerializer.SerializeToUtf8Bytes(new { payload, signature }, JsonSerializerOptions.Web));
    }

    private static byte[] Envelope(byte[] payload, byte[] export)
    {
        using var original = JsonDocument.Parse(export);
        return Encoding.UTF8.GetBytes($$"""{"payload":"{{Convert.ToBase64String(payload)}}","signature":"{{original.RootElement.GetProperty("signature").GetString()}}"}""");
    }
}
