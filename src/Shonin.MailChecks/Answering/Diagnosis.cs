using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>What can be behind a mail that says a payment was not approved, in the order in which a customer can rule it out.</summary>
public enum PossibleCause
{
    FalseMail,
    NoAnswer,
    CardRegisteredWrongly,
    ArrearsOrLimit,
}

public enum CauseState
{
    ThisIsIt,
    RuledOut,

    /// <summary>The merchant is not told, and never guesses.</summary>
    OnlyCardCompanyCanSay,
    CannotBeTold,
}

/// <summary>One cause: how it stands, why, and the one thing to do about it.</summary>
public sealed record CauseFinding(PossibleCause Cause, CauseState State, Words Why, Words Action);

/// <summary>What helps the card company find our request.</summary>
/// <param name="Rrn">The number that both records share.</param>
public sealed record RequestToAskAbout(Words AskedAt, Words Amount, string Rrn);

/// <summary>The four causes of one mail, and where its order stands now as far as the reader may know it.</summary>
/// <param name="Order">Null where the mail is not proved to be about an order of ours.</param>
/// <param name="Request">Null where no request is on record, or where it never left.</param>
public sealed record Diagnosis(ImmutableArray<CauseFinding> Causes, OrderNow? Order, RequestToAskAbout? Request)
{
    /// <summary>
    /// Nothing here reaches further than the mail itself: it holds its order's link. An order is looked at only where the mail is proved
    /// word for word, and the card company's reason is named only where the customer can mend it.
    /// </summary>
    /// <param name="order">The order of the proved notice, or null.</param>
    public static Diagnosis Of(VerdictWord word, LedgerFinding ledger, Order? order, SpokenTime time, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(time);
        return
            IsProved(word, ledger)
            && order is not null
            && ledger is LedgerFinding.Known { Notice: { Class: { } holdClass } notice }
            && notice.OrderNumber == order.Number
            ? new(OfOrder(order, holdClass), OrderNow.Of(order, time, now), RequestIn(order, holdClass, time))
            : new(WithoutOrder(word), null, null);
    }

    /// <summary>
    /// Whether there is something to diagnose: our own notice of a hold, or a mail that says in words that a payment was not approved.
    /// </summary>
    public static bool IsAskedBy(LedgerFinding ledger, MailContent content) =>
        ledger is LedgerFinding.Known { Notice: { Content: ContentMatch.Same } notice }
            ? notice.Kind is NoticeKind.Problem or NoticeKind.Update or NoticeKind.Reminder
            : ApprovalTrouble.IsNamedIn(content);

    /// <summary>Genuine, every word as recorded, and not known to have been sent to somebody else than whoever asks.</summary>
    public static bool IsProved(VerdictWord word, LedgerFinding ledger) =>
        word == VerdictWord.Genuine
        && ledger
            is LedgerFinding.Known { Notice: { Content: ContentMatch.Same, Recipient: RecipientMatch.Matches or RecipientMatch.NotAsked } };

    private static ImmutableArray<CauseFinding> WithoutOrder(VerdictWord word) =>
        word switch
        {
            VerdictWord.NotGenuine =>
            [
                DiagnosisWording.False(word),
                DiagnosisWording.NothingKnownFromFalseMail(PossibleCause.NoAnswer),
                DiagnosisWording.NothingKnownFromFalseMail(PossibleCause.CardRegisteredWrongly),
                DiagnosisWording.NothingKnownFromFalseMail(PossibleCause.ArrearsOrLimit),
            ],
            VerdictWord.Genuine or VerdictWord.CannotTell =>
            [
                DiagnosisWording.False(word),
                DiagnosisWording.AnswerUnknown,
                DiagnosisWording.RegistrationUnknown,
                DiagnosisWording.OnlyCardCompany,
            ],
        };

    private static ImmutableArray<CauseFinding> OfOrder(Order order, HoldClass holdClass)
    {
        var cause = HoldCause.Of(order, holdClass);
        var approvedSince = ApprovedSince(order, cause);
        var earlier = RequestAccount.HasRefusal(order) ? EarlierAnswers.SomeRefusal : EarlierAnswers.NoRefusal;
        return
        [
            DiagnosisWording.False(VerdictWord.Genuine),
            DiagnosisWording.Answer(cause, earlier),
            approvedSince is SinceThen.ApprovedOnSameCard ? DiagnosisWording.RegistrationProvedRight : DiagnosisWording.Registration(cause),
            DiagnosisWording.ArrearsOrLimit(cause, approvedSince, earlier),
        ];
    }

    private static SinceThen ApprovedSince(Order order, HoldCause cause)
    {
        if (order.Approval is not { } approval)
            return SinceThen.NotApproved;
        return cause.Request is { } asked && asked.Card.Fingerprint == approval.Card.Fingerprint
            ? SinceThen.ApprovedOnSameCard
            : SinceThen.ApprovedOnAnother;
    }

    private static RequestToAskAbout? RequestIn(Order order, HoldClass holdClass, SpokenTime time) =>
        HoldCause.Of(order, holdClass).Request is { } attempt
            ? new(time.DayAndSecond(attempt.Claim.TransmittedAt), Words.Of(attempt.Amount), attempt.Claim.Rrn)
            : null;
}

/// <summary>What became of the order since the mail.</summary>
internal enum SinceThen
{
    NotApproved,
    ApprovedOnSameCard,
    ApprovedOnAnother,
}

/// <summary>Whether any request of the order was refused, the mail's or another.</summary>
internal enum EarlierAnswers
{
    NoRefusal,
    SomeRefusal,
}

/// <summary>Where the order stands now, in the words of its own page.</summary>
/// <param name="Told">What is known, what is not, and what happens next, while it is on hold; else empty.</param>
/// <param name="Deadline">Until when it is kept, or null.</param>
public sealed record OrderNow(string Number, Words State, Words Meaning, ImmutableArray<Words> Told, Words? Deadline)
{
    private static Words ToChoose { get; } =
        new(
            "お選びになるときは、このお知らせの「ご注文のページ」を開いてください。このメールは本物なので、そのリンクを使えます。",
            "To choose, open “Your order's page” in this notice. The mail is genuine, so you can use that link."
        );

    internal static OrderNow Of(Order order, SpokenTime time, DateTimeOffset now)
    {
        var advice = order.Hold is { } hold ? HoldAdvice.For(order, hold.Class, time, now, CardMention.Brand) : null;
        return new(
            order.Number,
            OrderWording.StateName(order),
            OrderWording.StateMeaning(order),
            advice is null
                ? []
                :
                [
                    advice.Known,
                    advice.NotKnown,
                    .. advice.Account.Select(line => new Words($"{line.Label.Ja}: {line.What.Ja}", $"{line.Label.En}: {line.What.En}")),
                    advice.Next,
                    ToChoose,
                ],
            advice is null
                ? null
                : new($"{advice.Deadline.Ja}まで、ご注文を残しておきます。", $"We keep the order until {advice.Deadline.En}.")
        );
    }
}
