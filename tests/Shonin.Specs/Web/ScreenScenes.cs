using System.Collections.Immutable;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Orders;
using Shonin.Specs.Notices;
using Shonin.Web;

namespace Shonin.Specs.Web;

/// <summary>A moment at which a customer looks at an order's page.</summary>
public sealed record ScreenScene(string Title, OrderRecord Record, CardCompanyEvidence? Evidence, DateTimeOffset Now)
{
    public const string AccessKey = "k7Qm2vXr9sTb";

    /// <summary>Not a real seal: these pages are looked at, not sent.</summary>
    public const string Form = "0193000000007000800000000000f0f0.00";

    public static readonly MerchantProfile Merchant = new(
        "証商店",
        "Akashi Store",
        "shop.example.jp",
        "notice@shop.example.jp",
        "03-5550-0100",
        "毎日 9時から21時",
        "every day, 9:00 to 21:00",
        "https://shop.example.jp/help",
        "Asia/Tokyo"
    );

    public PageContext Context(Locale locale) => new(locale, Merchant, $"/o/{AccessKey}");

    public OrderScreen Screen(Locale locale, CardMention mention) =>
        OrderScreen.Of(Record.Order, Timeline.Of(Record, Evidence, locale, Audience.Customer), Context(locale).Time, Now, mention);

    public Task<string> PageAsync(Locale locale, CardMention mention = CardMention.Brand, params PageTrouble[] troubles) =>
        PageHtml.RenderAsync<OrderPage, OrderModel>(new(Context(locale), Screen(locale, mention), AccessKey, Form, [.. troubles]));

    public override string ToString() => Title;
}

/// <summary>An order in every state that it can have, told with real events.</summary>
public static class ScreenScenes
{
    private static readonly Money total = new(12_480, Currency.Jpy);
    private static readonly Money half = new(6_240, Currency.Jpy);

    public static IReadOnlyList<ScreenScene> All { get; } =
    [
        Scene("asking", Asked()),
        Scene("out of reach, no hold yet", Asked().NotSent()),
        Scene("declined, we ask again", Asked().Declined("05").Hold(HoldClass.Declined).RetryAfter(TimeSpan.FromMinutes(6)).Announced()),
        Scene(
            "declined, never again",
            Asked().Declined("43").Hold(HoldClass.Declined).NeedsAttention(AttentionReason.DoNotShip).Announced()
        ),
        Scene("declined, wait set", Asked().Declined("51", advice: "25").Hold(HoldClass.Declined).Announced()),
        Scene("declined, number", Asked().Declined("14").Hold(HoldClass.Declined).Announced()),
        Scene("declined, expiry", Asked().Declined("54").Hold(HoldClass.Declined).Announced()),
        Scene("declined, security code", Asked().Declined("N7").Hold(HoldClass.Declined).Announced()),
        Scene("declined, blocked", Asked().Declined("9G").Hold(HoldClass.Declined).Announced()),
        Scene("declined, our fault", Asked().Declined("30").Hold(HoldClass.Declined).Announced()),
        Scene("referred", Asked().Referred("01").Hold(HoldClass.Referred).Announced()),
        Scene("no answer, taking back", Asked().Silent().Hold(HoldClass.NoAnswer).Announced()),
        Scene("no answer, we ask again", Problem()),
        Scene("no answer, out of reach", Asked().NotSent().Hold(HoldClass.NoAnswer).Announced()),
        Scene("no answer, asking again", Problem().Ask(Initiator.CustomerConfirms)),
        Scene("no answer, never arrived, approved", Solved(), 2),
        Scene("no answer, answer lost, approved", Solved("00"), 1, 2),
        Scene("approved", Asked().Approved(), 1),
        Scene("partly shipped", Asked().Approved().Shipped("s1", "4123-5678-9012", half, new ShippedItem("BEANS", 3)), 1),
        Scene("shipped", Shipped(), 1),
        Scene("delivered", Shipped().Delivered("s1"), 1),
        Scene("closing", Asked().Approved().CancelAsked(CancelledBy.Customer).Reverse(1, ReversalReason.CustomerCancelled), 1),
        Scene("cancelled by customer", Cancelled(CancelledBy.Customer), 1),
        Scene(
            "cancelled by deadline",
            Problem().After(TimeSpan.FromDays(6)).CancelAsked(CancelledBy.Deadline).Cancelled(CancelledBy.Deadline)
        ),
        Scene("cancelled by merchant", Cancelled(CancelledBy.Merchant), 1),
        Scene(
            "cancelled, reversal unconfirmed",
            Asked()
                .Approved()
                .CancelAsked(CancelledBy.Customer)
                .Reverse(1, ReversalReason.CustomerCancelled)
                .After(TimeSpan.FromMinutes(10))
                .NeedsAttention(AttentionReason.ReversalUnconfirmed)
                .Cancelled(CancelledBy.Customer),
            1
        ),
    ];

    public static ScreenScene Titled(string title) => All.First(scene => scene.Title == title);

    private static OrderStory Asked() => OrderStory.Placed(Locale.Ja).Then(Queued(NoticeKind.Received, OrderStory.Morning)).Ask();

    private static OrderStory Problem(string reversalCode = "25")
    {
        var story = Asked().Silent().Hold(HoldClass.NoAnswer).Reversed(1, reversalCode).RetryAfter(TimeSpan.FromMinutes(5)).Announced();
        return story.Then(Queued(NoticeKind.Problem, story.Now));
    }

    private static OrderStory Solved(string reversalCode = "25")
    {
        var story = Problem(reversalCode).After(TimeSpan.FromMinutes(4)).Ask(Initiator.AutomaticRetry).Approved().HoldEnds();
        return story.Then(Queued(NoticeKind.Outcome, story.Now));
    }

    private static OrderStory Shipped() => Asked().Approved().After(TimeSpan.FromHours(5)).Shipped("s1", "4123-5678-9012", total);

    private static OrderStory Cancelled(CancelledBy by) =>
        Asked().Approved().CancelAsked(by).Reverse(1, ReversalReason.CustomerCancelled).Reversed(1).Cancelled(by);

    private static OrderEvent.NoticeQueued Queued(NoticeKind kind, DateTimeOffset at) =>
        new(
            new(
                $"N1001-{(kind == NoticeKind.Received ? "" : "1-")}{kind.ToString().ToLowerInvariant()}",
                kind,
                kind == NoticeKind.Received ? 0 : 1,
                null,
                kind == NoticeKind.Outcome ? NoticeOutcome.Approved : null,
                null
            ),
            at
        );

    /// <param name="arrived">The attempts that the card company's record has; none at all means that the record is not at hand.</param>
    private static ScreenScene Scene(string title, OrderStory story, params int[] arrived)
    {
        var order = story.Order;
        var rows = arrived
            .Select(attempt => order.Attempts[attempt - 1].Claim)
            .Select(claim => new CardCompanyRow(
                claim.TransmittedAt.AddMilliseconds(300),
                "authorization",
                "0100",
                Stan(claim),
                claim.TransmittedAt,
                claim.Rrn,
                "00",
                "A1B2C3",
                AnswerDelivery.Sent
            ))
            .Concat(Settlements(story))
            .ToImmutableArray();
        var evidence = arrived.Length == 0 ? null : new CardCompanyEvidence("12345", "SHOP", "9", story.Now.AddDays(1), rows);
        return new(title, new(order, null, ScreenScene.AccessKey, story.History.Count, story.History), evidence, story.Now);
    }

    private static string Stan(Claim claim) => claim.Stan.ToString("000000", System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<CardCompanyRow> Settlements(OrderStory story)
    {
        foreach (var attempt in story.Order.Attempts)
        {
            if (attempt.Reversal is { } reversal)
            {
                yield return new(
                    reversal.StartedAt.AddMilliseconds(300),
                    "reversal",
                    "0420",
                    Stan(reversal.Claim),
                    reversal.Claim.TransmittedAt,
                    reversal.Claim.Rrn,
                    reversal.AnswerCode ?? "00",
                    null,
                    AnswerDelivery.Sent
                );
            }
        }

        foreach (var parcel in story.Order.Shipments)
        {
            yield return new(
                parcel.ShippedAt.AddMilliseconds(300),
                "capture",
                "0220",
                Stan(parcel.Claim),
                parcel.Claim.TransmittedAt,
                parcel.Claim.Rrn,
                "00",
                null,
                AnswerDelivery.Sent
            );
        }
    }
}
