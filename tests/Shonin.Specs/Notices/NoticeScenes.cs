using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Notices;

/// <summary>A moment at which a customer is written to.</summary>
internal sealed record NoticeScene(string Title, OrderStory Story, Notice Told)
{
    /// <summary>The customer's other orders in a row.</summary>
    public PurchaseFamily Family { get; init; } = PurchaseFamily.Alone;

    /// <summary>With the number that customers quote of it.</summary>
    public Notice Notice { get; init; } = Told with { Reference = NoticeReference.Of(482_177_305) };

    /// <summary>When its mail should have left, where that was long before.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public NoticeText Write()
    {
        var context = NoticeScenes.Context(Story.Now) with { Family = Family };
        return DueAt is { } dueAt
            ? NoticeWording.ComposeLate(new NoticeRecord(Notice, dueAt, null), Story.Order, context)
            : NoticeWording.Compose(Notice, Story.Order, context);
    }
}

/// <summary>Every notice that there is: each kind, class and outcome, and what makes a difference inside them.</summary>
internal static class NoticeScenes
{
    private static readonly Money half = new(6_240, Currency.Jpy);

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

    public static NoticeContext Context(DateTimeOffset at) => new(Merchant, "山田 花子", "https://shop.example.jp/o/k7Qm2vXr9sTb", at);

    public static IReadOnlyList<NoticeScene> All(Locale locale) =>
        [
            Received(locale),
            .. Problems(locale),
            .. RunOut(locale),
            .. Updates(locale),
            .. Reminders(locale),
            .. Outcomes(locale),
            .. Parcels(locale),
        ];

    /// <summary>Notices whose mail left only when the order had moved on.</summary>
    public static IEnumerable<NoticeScene> Late(Locale locale)
    {
        yield return Held(
            "problem",
            NoticeKind.Problem,
            "its mail leaves late, and the hold is over",
            HoldClass.Declined,
            OnHold(locale, HoldClass.Declined).After(TimeSpan.FromHours(2)).Ask(Initiator.CustomerConfirms).Approved().HoldEnds()
        ) with
        {
            DueAt = OrderStory.Morning + TimeSpan.FromMinutes(1),
        };
        yield return new(
            "received; its mail leaves late, and the order was cancelled",
            Asked(locale)
                .After(TimeSpan.FromHours(2))
                .Declined("05")
                .Hold(HoldClass.Declined)
                .CancelAsked(CancelledBy.Customer)
                .Cancelled(CancelledBy.Customer),
            new("N1001-received", NoticeKind.Received, 0, null, null, null)
        )
        {
            DueAt = OrderStory.Morning,
        };
    }

    public static NoticeScene Received(Locale locale) =>
        new("received", OrderStory.Placed(locale).Ask(), new("N1001-received", NoticeKind.Received, 0, null, null, null));

    public static IEnumerable<NoticeScene> Problems(Locale locale)
    {
        NoticeScene Problem(string title, HoldClass holdClass, OrderStory story) =>
            Held("problem", NoticeKind.Problem, title, holdClass, story);

        yield return Problem(
            "no; we ask again",
            HoldClass.Declined,
            Asked(locale).Declined("05").Hold(HoldClass.Declined).RetryAfter(TimeSpan.FromMinutes(6)).Announced()
        );
        yield return Problem(
            "no; this card cannot be asked again",
            HoldClass.Declined,
            Asked(locale).Declined("43").Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "no; advice code forbids asking again",
            HoldClass.Declined,
            Asked(locale).Declined("05", advice: "03").Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "no; advice code sets a wait",
            HoldClass.Declined,
            Asked(locale).Declined("51", advice: "25").Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "no; the number is wrong",
            HoldClass.Declined,
            Asked(locale).Declined("14").Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "no; the expiry date is wrong",
            HoldClass.Declined,
            Asked(locale).Declined("54").Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "no; the security code is wrong",
            HoldClass.Declined,
            Asked(locale).Declined("N7").Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "no; blocked by the cardholder",
            HoldClass.Declined,
            Asked(locale).Declined("9G").Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "no; only a part was approved",
            HoldClass.Declined,
            Asked(locale).PartlyApproved().Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "our own mistake, the request was faulty",
            HoldClass.Declined,
            Asked(locale).Declined("30").Hold(HoldClass.Declined).Announced()
        );
        yield return Problem(
            "the card company's side could not answer; we ask again",
            HoldClass.Declined,
            Asked(locale).Declined("91").Hold(HoldClass.Declined).RetryAfter(TimeSpan.FromMinutes(5)).Announced()
        );
        yield return Problem(
            "our own mistake, the request could not be sent",
            HoldClass.NoAnswer,
            Asked(locale).NotSent(NotSentCause.OwnFault).Hold(HoldClass.NoAnswer).Announced()
        );
        yield return Problem(
            "held back to protect the card",
            HoldClass.NoAnswer,
            Asked(locale).NotSent(NotSentCause.HeldBack).Hold(HoldClass.NoAnswer).Announced()
        );
        yield return Problem(
            "no; the order before it was approved",
            HoldClass.Declined,
            Asked(locale).Declined("05").Hold(HoldClass.Declined).RetryAfter(TimeSpan.FromHours(1)).Announced()
        ) with
        {
            Family = new([new("N1000", OrderStory.Morning.AddHours(-1), FamilyStanding.Shipped)]),
        };
        yield return Problem(
            "asks the customer to call",
            HoldClass.Referred,
            Asked(locale).Referred("01").Hold(HoldClass.Referred).Announced()
        );
        yield return Problem(
            "no answer; the hold is being released",
            HoldClass.NoAnswer,
            Asked(locale).Silent().Hold(HoldClass.NoAnswer).RetryAfter(TimeSpan.FromMinutes(5)).Announced()
        );
        yield return Problem(
            "no answer; released, we ask again",
            HoldClass.NoAnswer,
            Asked(locale).Silent().Hold(HoldClass.NoAnswer).Reversed(1).RetryAfter(TimeSpan.FromMinutes(5)).Announced()
        );
        yield return Problem(
            "no answer; no hold was found",
            HoldClass.NoAnswer,
            Asked(locale).Silent().Hold(HoldClass.NoAnswer).Reversed(1, "25").RetryAfter(TimeSpan.FromMinutes(5)).Announced()
        );
        yield return Problem("out of reach", HoldClass.NoAnswer, Asked(locale).NotSent().Hold(HoldClass.NoAnswer).Announced());
        yield return Problem(
            "no; we are asking again now",
            HoldClass.Declined,
            Asked(locale).Declined("05").Hold(HoldClass.Declined).Announced().Ask(Initiator.AutomaticRetry)
        );
    }

    /// <summary>Of an order that was approved, and not all of it was shipped in time.</summary>
    public static IEnumerable<NoticeScene> RunOut(Locale locale)
    {
        NoticeScene Problem(string title, HoldClass holdClass, OrderStory story) =>
            Held("problem", NoticeKind.Problem, title, holdClass, story);

        yield return Problem(
            "the approval has run out; it is being given back",
            HoldClass.Expired,
            ApprovedAtOnce(locale).RunsOut().Announced()
        );
        yield return Problem(
            "the approval has run out again, and we don't ask any more",
            HoldClass.Expired,
            ApprovedAtOnce(locale).RunsOut().NoRetry().Reversed(1).Announced()
        );
        yield return Problem("the approval has run out for the rest", HoldClass.Expired, PartShipped(locale).RunsOut().Announced());
        yield return Problem(
            "no, when asked again after an approval that ran out",
            HoldClass.Declined,
            PartShipped(locale)
                .RunsOut()
                .Reversed(1)
                .Ask(Initiator.Reauthorization)
                .Declined("05")
                .ClassChanges(HoldClass.Declined)
                .RetryAfter(TimeSpan.FromMinutes(6))
                .Announced()
        );
        yield return Outcome(
            "again, after the approval had run out",
            NoticeOutcome.Approved,
            HoldClass.Expired,
            ApprovedAtOnce(locale).RunsOut().Announced().Reversed(1).Ask(Initiator.Reauthorization).Approved().HoldEnds()
        );
        yield return Outcome(
            "the rest again, after the approval had run out",
            NoticeOutcome.Approved,
            HoldClass.Expired,
            PartShipped(locale).RunsOut().Announced().Reversed(1).Ask(Initiator.Reauthorization).Approved().HoldEnds()
        );
        yield return Outcome(
            "the rest, after the approval had run out",
            NoticeOutcome.CancelledByDeadline,
            HoldClass.Declined,
            PartShipped(locale)
                .RunsOut()
                .Reversed(1)
                .Ask(Initiator.Reauthorization)
                .Declined("05")
                .ClassChanges(HoldClass.Declined)
                .Announced()
                .After(TimeSpan.FromDays(6))
                .CancelAsked(CancelledBy.Deadline)
                .Cancelled(CancelledBy.Deadline)
        );
    }

    public static IEnumerable<NoticeScene> Updates(Locale locale)
    {
        NoticeScene Update(HoldClass holdClass, OrderStory story) => Held("update", NoticeKind.Update, "", holdClass, story);

        yield return Update(
            HoldClass.Declined,
            OnHold(locale, HoldClass.NoAnswer)
                .Ask(Initiator.AutomaticRetry)
                .Declined("51")
                .ClassChanges(HoldClass.Declined)
                .RetryAfter(TimeSpan.FromHours(1))
        );
        yield return Held(
            "update",
            NoticeKind.Update,
            "our own mistake after no answer",
            HoldClass.Declined,
            OnHold(locale, HoldClass.NoAnswer).Ask(Initiator.AutomaticRetry).Declined("30").ClassChanges(HoldClass.Declined)
        );
        yield return Held(
            "update",
            NoticeKind.Update,
            "the card company's side could not answer, after no answer",
            HoldClass.Declined,
            OnHold(locale, HoldClass.NoAnswer)
                .Ask(Initiator.AutomaticRetry)
                .Declined("91")
                .ClassChanges(HoldClass.Declined)
                .RetryAfter(TimeSpan.FromHours(1))
        );
        yield return Update(
            HoldClass.Referred,
            OnHold(locale, HoldClass.NoAnswer).Ask(Initiator.AutomaticRetry).Referred("05", "G30").ClassChanges(HoldClass.Referred)
        );
        yield return Update(
            HoldClass.NoAnswer,
            OnHold(locale, HoldClass.Referred).Ask(Initiator.CustomerConfirms).Silent().ClassChanges(HoldClass.NoAnswer)
        );
    }

    public static IEnumerable<NoticeScene> Reminders(Locale locale)
    {
        foreach (var holdClass in Enum.GetValues<HoldClass>())
            yield return Held("reminder", NoticeKind.Reminder, "", holdClass, OnHold(locale, holdClass).Reminded());
        yield return Held(
            "reminder",
            NoticeKind.Reminder,
            "the card company's side could not answer",
            HoldClass.Declined,
            Asked(locale).Declined("96").Hold(HoldClass.Declined).Announced().Reminded()
        );
        yield return Held(
            "reminder",
            NoticeKind.Reminder,
            "the approval came too late",
            HoldClass.NoAnswer,
            Asked(locale).Silent().AnsweredLate(EvidenceKind.LateApproval, "00").Hold(HoldClass.NoAnswer).Reversed(1).Announced().Reminded()
        );
    }

    public static IEnumerable<NoticeScene> Outcomes(Locale locale)
    {
        yield return Outcome(
            "after no answer",
            NoticeOutcome.Approved,
            HoldClass.NoAnswer,
            Asked(locale).NotSent().Hold(HoldClass.NoAnswer).Announced().Ask(Initiator.AutomaticRetry).Approved().HoldEnds()
        );
        yield return Outcome(
            "held twice for a while",
            NoticeOutcome.Approved,
            HoldClass.NoAnswer,
            Asked(locale).Silent().Hold(HoldClass.NoAnswer).Announced().Ask(Initiator.CustomerConfirms).Approved().HoldEnds()
        );
        yield return Outcome(
            "after no answer and a no",
            NoticeOutcome.Approved,
            HoldClass.Declined,
            Asked(locale)
                .Silent()
                .Hold(HoldClass.NoAnswer)
                .Reversed(1)
                .Announced()
                .After(TimeSpan.FromMinutes(4))
                .Ask(Initiator.AutomaticRetry)
                .Declined("51")
                .ClassChanges(HoldClass.Declined)
                .After(TimeSpan.FromHours(1))
                .Ask(Initiator.AutomaticRetry)
                .Approved()
                .HoldEnds()
        );
        yield return Outcome(
            "after the card company's side could not answer",
            NoticeOutcome.Approved,
            HoldClass.Declined,
            Asked(locale).Declined("91").Hold(HoldClass.Declined).Announced().Ask(Initiator.AutomaticRetry).Approved().HoldEnds()
        );
        yield return Outcome(
            "with another card",
            NoticeOutcome.Approved,
            HoldClass.Declined,
            OnHold(locale, HoldClass.Declined).CardChanged().Ask().Approved().HoldEnds()
        );
        yield return Outcome(
            "",
            NoticeOutcome.CancelledByCustomer,
            HoldClass.Declined,
            OnHold(locale, HoldClass.Declined).CancelAsked(CancelledBy.Customer).Cancelled(CancelledBy.Customer)
        );
        yield return Outcome(
            "",
            NoticeOutcome.CancelledByDeadline,
            HoldClass.Referred,
            OnHold(locale, HoldClass.Referred).After(TimeSpan.FromDays(6)).CancelAsked(CancelledBy.Deadline).Cancelled(CancelledBy.Deadline)
        );
        yield return Outcome(
            "",
            NoticeOutcome.CancelledByMerchant,
            HoldClass.Declined,
            OnHold(locale, HoldClass.Declined)
                .CancelAsked(
                    CancelledBy.Merchant,
                    locale == Locale.Ja ? "コーヒーミルの在庫がなくなったため" : "The coffee mill is sold out."
                )
                .Cancelled(CancelledBy.Merchant)
        );
        yield return Outcome(
            "the reversal is not confirmed",
            NoticeOutcome.CancelledByCustomer,
            HoldClass.NoAnswer,
            Asked(locale)
                .Silent()
                .Hold(HoldClass.NoAnswer)
                .Announced()
                .CancelAsked(CancelledBy.Customer)
                .After(TimeSpan.FromMinutes(10))
                .NeedsAttention(AttentionReason.ReversalUnconfirmed)
                .Cancelled(CancelledBy.Customer)
        );
        foreach (
            var (outcome, by) in new[]
            {
                (NoticeOutcome.CancelledByCustomer, CancelledBy.Customer),
                (NoticeOutcome.CancelledByMerchant, CancelledBy.Merchant),
            }
        )
        {
            yield return new(
                $"cancelled outside a hold, {outcome}",
                ApprovedAtOnce(locale).CancelAsked(by).Reverse(1, ReversalReason.CustomerCancelled).Reversed(1).Cancelled(by),
                new("N1001-cancelled", NoticeKind.Cancelled, 0, null, outcome, null)
            );
        }
    }

    public static IEnumerable<NoticeScene> Parcels(Locale locale)
    {
        var whole = new Money(12_480, Currency.Jpy);
        OrderStory Sent() =>
            ApprovedAtOnce(locale)
                .After(TimeSpan.FromHours(5))
                .Shipped("ship_1", "4501-2233-4455", whole, new("BEANS", 3), new ShippedItem("MILL", 1));

        yield return new("shipped", Sent(), new("N1001-shipped-1", NoticeKind.Shipped, 0, null, null, "ship_1"));
        yield return new("shipped in part", PartShipped(locale), new("N1001-shipped-1", NoticeKind.Shipped, 0, null, null, "ship_1"));
        yield return new("delivered", Sent().Delivered("ship_1"), new("N1001-delivered-1", NoticeKind.Delivered, 0, null, null, "ship_1"));
    }

    /// <summary>A hold that was announced a minute after it began.</summary>
    public static OrderStory OnHold(Locale locale, HoldClass holdClass) =>
        holdClass switch
        {
            HoldClass.Declined => Asked(locale).Declined("05").Hold(HoldClass.Declined).Announced(),
            HoldClass.Referred => Asked(locale).Referred("01").Hold(HoldClass.Referred).Announced(),
            HoldClass.NoAnswer => Asked(locale).Silent().Hold(HoldClass.NoAnswer).Reversed(1).Announced(),
            HoldClass.Expired => ApprovedAtOnce(locale).RunsOut().Announced(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public static OrderStory PartShipped(Locale locale) =>
        ApprovedAtOnce(locale).Shipped("ship_1", "4501-2233-4455", half, new ShippedItem("BEANS", 3));

    public static OrderStory ApprovedAtOnce(Locale locale) => Asked(locale).Approved();

    public static OrderStory Asked(Locale locale) => OrderStory.Placed(locale).Ask();

    private static NoticeScene Held(string kindName, NoticeKind kind, string title, HoldClass holdClass, OrderStory story) =>
        new(
            $"{kindName}, {holdClass}{(title.Length == 0 ? "" : ": " + title)}",
            story,
            new($"N1001-1-{kindName}", kind, 1, holdClass, null, null)
        );

    private static NoticeScene Outcome(string title, NoticeOutcome outcome, HoldClass holdClass, OrderStory story) =>
        new(
            $"outcome, {outcome}{(title.Length == 0 ? "" : ": " + title)}",
            story,
            new("N1001-1-outcome", NoticeKind.Outcome, 1, holdClass, outcome, null)
        );
}
