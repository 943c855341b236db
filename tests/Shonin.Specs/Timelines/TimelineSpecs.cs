using System.Security.Cryptography;
using System.Text.Json;
using Shonin.CardCompany.Export;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Specs.Notices;

namespace Shonin.Specs.Timelines;

public sealed class TimelineSpecs
{
    private static readonly TimeZoneInfo japan = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    public static TheoryData<string, FindingCode?> Findings =>
        new()
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

    [Theory, InlineData(Locale.Ja), InlineData(Locale.En)]
    public void What_we_mailed_to_our_customer_is_no_line_of_the_card_companys_timeline(Locale locale)
    {
        var notice = new Notice("N1001-1-problem", NoticeKind.Problem, 1, HoldClass.Declined, null, null);
        var story = NoticeScenes.OnHold(locale, HoldClass.Declined);
        story.Then(new OrderEvent.NoticeQueued(notice, story.Now)).Then(new OrderEvent.NoticeUndeliverable(notice.Id, "550", story.Now));
        var record = new OrderRecord(story.Order, null, null, story.History.Count, story.History);
        IEnumerable<string> Kinds(Audience audience) =>
            Timeline
                .Of(record, null, locale, audience)
                .Items.Select(item => item.Kind)
                .Where(kind => kind.StartsWith("notice", StringComparison.Ordinal));

        Assert.Equal(["noticeQueued", "noticeUndeliverable"], Kinds(Audience.Customer));
        Assert.Empty(Kinds(Audience.CardCompany));
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

        var decided = Timeline
            .Of(record, evidence, Locale.En, Audience.Customer)
            .Items.First(item => item.Side == TimelineSide.CardCompany);

        Assert.Equal(new Crossing(CrossingDirection.ToMerchant, CrossingFate.Lost, "the answer was lost"), decided.Crossing);
    }

    [Fact]
    public void The_card_companys_clock_cannot_put_its_decision_before_the_request()
    {
        var story = OrderStory.Placed(Locale.En).Ask().Approved();
        var early = Row(story.Order, 1) with { At = OrderStory.Morning.AddMinutes(-3) };

        var kinds = Timeline.Of(Record(story), Evidence(early), Locale.En, Audience.Customer).Items.Select(item => item.Kind).ToList();

        Assert.Equal(["orderPlaced", "attemptClaimed", "authorization", "attemptApproved"], kinds);
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
    public void Pages_of_the_export_add_up_and_are_complete_once_one_has_nothing_more()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var story = OrderStory.Placed(Locale.En).Ask().Approved();
        var row = Row(story.Order, 1);

        var first = Assert.IsType<CardCompanyEvidenceReading.Genuine>(Empty.Add(Export(key, "0", "7", row), key)).Evidence;
        Assert.Equal(row, Assert.Single(first.Rows));
        Assert.False(first.Covers(OrderStory.Morning));

        var last = Assert.IsType<CardCompanyEvidenceReading.Genuine>(first.Add(Export(key, "7", "7"), key)).Evidence;
        Assert.Equal(row, Assert.Single(last.Rows));
        Assert.True(last.Covers(OrderStory.Morning));
        Assert.False(last.Covers(OrderStory.Morning.AddDays(2)));
    }

    [Fact]
    public void What_the_card_company_signs_is_what_the_merchant_reads()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var story = OrderStory.Placed(Locale.En).Ask().Approved();
        var row = Row(story.Order, 1);
        var signed = new ExportSigning(key).Sign(
            new ExportPage(
                MerchantExport.Schema,
                "12345",
                "SHOP",
                OrderStory.Morning,
                "0",
                [
                    new ExportRow(
                        row.At,
                        row.Kind,
                        row.Mti,
                        row.Stan,
                        row.TransmittedAt,
                        row.Rrn,
                        "T1",
                        "N1001",
                        "0002",
                        new ExportMoney(12_480, "JPY"),
                        null,
                        row.ResponseCode,
                        row.ApprovalCode,
                        "host",
                        "sent",
                        "first"
                    ),
                ],
                "7"
            )
        );

        var read = Empty.Add(JsonSerializer.SerializeToUtf8Bytes(signed, JsonSerializerOptions.Web), key);

        Assert.Equal(row, Assert.Single(Assert.IsType<CardCompanyEvidenceReading.Genuine>(read).Evidence.Rows));
    }

    [Fact]
    public void A_page_that_was_changed_left_out_or_is_somebody_elses_proves_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var page = Export(key, "0", "7");

        Assert.IsType<CardCompanyEvidenceReading.NotGenuine>(Empty.Add(page, other));
        Assert.IsType<CardCompanyEvidenceReading.NotGenuine>((Empty with { Merchant = "ANOTHER" }).Add(page, key));
        Assert.IsType<CardCompanyEvidenceReading.Unreadable>((Empty with { Next = "5" }).Add(page, key));
        Assert.IsType<CardCompanyEvidenceReading.NotGenuine>(Empty.Add(Changed(page), key));
        Assert.IsType<CardCompanyEvidenceReading.Unreadable>(Empty.Add("{}"u8, key));
        Assert.IsType<CardCompanyEvidenceReading.Unreadable>(Empty.Add("not json"u8, key));
        Assert.IsType<CardCompanyEvidenceReading.Unreadable>(Empty.Add(new byte[CardCompanyEvidence.PageSizeMaxBytes + 1], key));
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
                return (Record(asked.Silent()), Evidence() with { CompleteUntil = OrderStory.Morning.AddSeconds(29) });
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
            claim.TransmittedAt.AddMilliseconds(400),
            "authorization",
            "0100",
            claim.WireKey[^6..],
            claim.TransmittedAt,
            claim.Rrn,
            code,
            code == "00" ? "A1B2C3" : null,
            AnswerDelivery.Sent
        );
    }

    private static CardCompanyEvidence Evidence(params CardCompanyRow[] rows) =>
        new("12345", "SHOP", "9", OrderStory.Morning.AddDays(1), [.. rows]);

    private static CardCompanyEvidence Empty => CardCompanyEvidence.Before("12345", "SHOP");

    private static byte[] Export(ECDsa key, string after, string next, params CardCompanyRow[] rows)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                CardCompanyEvidence.Schema,
                Acquirer = "12345",
                Merchant = "SHOP",
                IssuedAt = OrderStory.Morning.AddDays(1),
                after,
                Rows = rows.Select(row => new
                {
                    row.At,
                    row.Kind,
                    row.Mti,
                    row.Stan,
                    row.TransmittedAt,
                    row.Rrn,
                    Terminal = "T1",
                    row.ResponseCode,
                    row.ApprovalCode,
                    DecidedBy = "host",
                    Answer = "sent",
                    Repeat = "first",
                }),
                next,
            },
            JsonSerializerOptions.Web
        );
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                CardCompanyEvidence.Schema,
                payload,
                signature = key.SignData(payload, HashAlgorithmName.SHA256),
                key = "",
            },
            JsonSerializerOptions.Web
        );
    }

    /// <summary>The page with one letter of its payload changed, under its old signature.</summary>
    private static byte[] Changed(byte[] page)
    {
        using var read = JsonDocument.Parse(page);
        var payload = read.RootElement.GetProperty("payload").GetBytesFromBase64();
        payload[^2] ^= 1;
        return JsonSerializer.SerializeToUtf8Bytes(
            new { payload, signature = read.RootElement.GetProperty("signature").GetString() },
            JsonSerializerOptions.Web
        );
    }
}
