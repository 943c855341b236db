using System.Collections.Immutable;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>
/// Writes every notice. Each says, in this order: what happened, what it means for the order, what happens next by itself, what the
/// customer can do, by when, the facts, how to reach a person, and how to check the notice without its links.
/// </summary>
public static class NoticeWording
{
    private static readonly Words answerThis = new(
        "このメールに返信しても、担当者に届きます。カード番号は書かないでください。",
        "You can also answer this mail: it reaches an agent. Please don't write a card number in it."
    );

    /// <summary>The page where a customer types an order number and a notice number to see whether the notice is real.</summary>
    public static Words CheckPageName { get; } = new("お知らせの確認", "Check a notice");

    /// <summary>The notice's words, true of the order as it stands right after the notice was queued.</summary>
    /// <exception cref="InvariantBrokenException">The order cannot have caused this notice: an approval without its proof, a hold that is
    ///   none.</exception>
    public static NoticeText Compose(Notice notice, Order order, NoticeContext context) =>
        Write(FactsOf(notice, order, context)).In(order.Locale);

    /// <summary>
    /// The words of a notice whose mail leaves long after it was queued: its own where they are still true, and otherwise what is true now.
    /// </summary>
    public static NoticeText ComposeLate(NoticeRecord record, Order order, NoticeContext context)
    {
        var facts = FactsOf(record.Notice, order, context);
        return (
            LateMessages.IsStillTrue(record.Notice, order) ? Write(facts) : Write(facts, LateMessages.Write(facts, record.QueuedAt))
        ).In(order.Locale);
    }

    private static NoticeFacts FactsOf(Notice notice, Order order, NoticeContext context) =>
        new(notice, order, context, new SpokenTime(context.Merchant.TimeZone));

    private static Letter Write(NoticeFacts facts)
    {
        return Write(
            facts,
            facts.Notice.Kind switch
            {
                NoticeKind.Problem or NoticeKind.Update or NoticeKind.Reminder => HoldMessages.Write(facts),
                NoticeKind.Outcome or NoticeKind.Cancelled => OutcomeMessages.Write(facts),
                NoticeKind.Received => ParcelMessages.Received(facts),
                NoticeKind.Shipped => ParcelMessages.Shipped(facts),
                NoticeKind.Delivered => ParcelMessages.Delivered(facts),
            }
        );
    }

    private static Letter Write(NoticeFacts facts, NoticeBody message)
    {
        return new Letter(
            Subject(message.State, facts.Order),
            Greeting(facts.Context.CustomerName),
            message.Lead,
            message.Opening,
            [.. message.Sections, Facts(facts), Contact(facts), Check(facts)],
            Signature(facts.Context.Merchant)
        );
    }

    /// <summary>【承認されました】ご注文 N1001(12,480円) · Approved: order N1001 (¥12,480).</summary>
    private static Words Subject(Words state, Order order) =>
        new(
            $"【{state.Ja}】ご注文 {order.Number}({order.Total.Text(Locale.Ja)})",
            $"{state.En}: order {order.Number} ({order.Total.Text(Locale.En)})"
        );

    private static Words? Greeting(string customerName)
    {
        var name = Words.Quoted(customerName).Ja.Trim();
        return name.Length == 0 ? null : new($"{name} 様", $"Hello {name},");
    }

    private static Section Facts(NoticeFacts facts)
    {
        var order = facts.Order;
        var rows = ImmutableArray.CreateBuilder<Passage>();
        void Row(string ja, string en, Words value) => rows.Add(new Passage.Fact(new(ja, en), value));

        Row("注文番号", "Order number", Words.Quoted(order.Number));
        foreach (var item in order.Items)
        {
            var name = Words.Quoted(item.Name);
            Row(
                "商品",
                "Item",
                new(
                    $"{name.Ja} × {item.Quantity} ({item.Amount.Text(Locale.Ja)})",
                    $"{name.En} × {item.Quantity} ({item.Amount.Text(Locale.En)})"
                )
            );
        }
        Row("合計", "Total", Words.Of(order.Total));
        Row("ご注文の日時", "Ordered", facts.Time.DayAndTime(order.PlacedAt));
        Row("お支払い", "Paying with", OrderWording.CardName(order.Card, CardMention.Brand));
        if (
            facts.Notice.Kind != NoticeKind.Received
            && order.Attempts.LastOrDefault(attempt => attempt.Outcome is not AttemptOutcome.NotSent) is { } asked
        )
        {
            var label =
                RequestAccount.CountOf(order) == 1
                    ? new Words("カード会社に問い合わせた日時", "We asked your card company")
                    : new Words("最後にカード会社に問い合わせた日時", "We last asked your card company");
            Row(label.Ja, label.En, facts.Time.DayAndTime(asked.Claim.TransmittedAt));
            Row("カード会社にお尋ねになるときの番号", "Number to quote to your card company", Words.Quoted(asked.Claim.Rrn));
        }
        if (order.Approval is { Outcome: AttemptOutcome.Approved approved })
            Row("カード会社の承認番号", "Your card company's approval code", Words.Quoted(approved.ApprovalCode));
        Row("お知らせ番号", "Notice number", Words.Quoted(facts.Notice.NumberToQuote()));
        return new Section(new("ご注文の内容", "Your order"), rows.ToImmutable());
    }

    private static Section Contact(NoticeFacts facts)
    {
        var merchant = facts.Context.Merchant;
        return new Section(
            new("お問い合わせ", "Talk to a person"),
            [
                new Passage.Sentence(
                    new(
                        $"電話 {merchant.SupportPhone} ({merchant.SupportHoursJa})。お知らせ番号 {facts.Notice.NumberToQuote()} をお伝えください。",
                        $"Call {merchant.SupportPhone} ({merchant.SupportHoursEn}) and quote notice number {facts.Notice.NumberToQuote()}."
                    )
                ),
                .. merchant.HelpAddress is null ? ImmutableArray<Passage>.Empty : [new Passage.Sentence(answerThis)],
                new Passage.Link(new("お問い合わせのページ", "Our help page"), merchant.SupportUrl),
            ]
        );
    }

    private static Section Check(NoticeFacts facts)
    {
        var merchant = facts.Context.Merchant;
        return new Section(
            new("リンクを使わずに、本物か確かめるには", "Check that this is from us, without its links"),
            [
                new Passage.Step(
                    1,
                    new(
                        $"このメールのリンクは押さずに、いつものブックマークから、またはアドレス欄に {merchant.Domain} と打って、当店のページを開きます。",
                        $"Leave the links in this email alone. Open our shop from your own bookmark, or type {merchant.Domain} into the address bar."
                    )
                ),
                new Passage.Step(
                    2,
                    new(
                        $"「{CheckPageName.Ja}」に、注文番号 {facts.Order.Number} と、お知らせ番号 {facts.Notice.NumberToQuote()} を入れます。",
                        $"Under “{CheckPageName.En}”, enter order number {facts.Order.Number} and notice number {facts.Notice.NumberToQuote()}."
                    )
                ),
                new Passage.Step(
                    3,
                    new(
                        "送った日時が出れば、当店がお送りしたものです。出ないときは、何も入力せず、当店のページにある番号にお電話ください。",
                        "If it shows when we sent it, it is from us. If not, enter nothing else and call the number on our pages."
                    )
                ),
                new Passage.Sentence(
                    new(
                        $"当店のお知らせは {merchant.SenderAddress} からお送りしています。カード番号や暗証番号をメールでお尋ねすることはありません。",
                        $"We send notices from {merchant.SenderAddress}. We never ask for a card number or a PIN by email."
                    )
                ),
            ]
        );
    }

    private static Words Signature(MerchantProfile merchant) =>
        new($"{merchant.NameJa} ({merchant.Domain})", $"{merchant.NameEn} ({merchant.Domain})");
}

/// <summary>What a notice is written from.</summary>
internal sealed record NoticeFacts(Notice Notice, Order Order, NoticeContext Context, SpokenTime Time)
{
    public DateTimeOffset Now => Context.At;

    /// <summary>ご注文 N1001(12,480円) · order N1001 (¥12,480).</summary>
    public Words OrderName { get; } =
        new($"ご注文 {Order.Number}({Order.Total.Text(Locale.Ja)})", $"order {Order.Number} ({Order.Total.Text(Locale.En)})");
}

/// <summary>The part of a letter that its kind decides.</summary>
/// <param name="State">The subject's first words.</param>
internal sealed record NoticeBody(Words State, Words Lead, ImmutableArray<Passage> Opening, ImmutableArray<Section> Sections)
{
    public static Section WhereItStands(params ReadOnlySpan<Words> sentences) =>
        Section(new("いまのご注文", "Where your order stands"), sentences);

    public static Section WhatHappensNext(params ReadOnlySpan<Words> sentences) => Section(new("このあと", "What happens next"), sentences);

    public static Section Section(Words heading, params ReadOnlySpan<Words> sentences) => new(heading, Say(sentences));

    public static ImmutableArray<Passage> Say(params ReadOnlySpan<Words> sentences)
    {
        var passages = ImmutableArray.CreateBuilder<Passage>(sentences.Length);
        foreach (var sentence in sentences)
            passages.Add(new Passage.Sentence(sentence));
        return passages.ToImmutable();
    }

    public static Passage OrderPage(NoticeFacts facts) =>
        new Passage.Link(new("ご注文のページ", "Your order's page"), facts.Context.OrderLink);
}
