using System.Collections.Immutable;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Contacts;

/// <summary>A line of a conversation in a letter.</summary>
/// <param name="Who">Who said it; null for what happened.</param>
public sealed record LetterLine(DateTimeOffset At, Words? Who, Words Text);

/// <summary>What a letter about a contact needs beside what it tells.</summary>
/// <param name="Page">The customer's own link to the contact.</param>
/// <param name="Quoted">The number of the order that it is about; null where there is none.</param>
public sealed record ContactLetterContext(MerchantProfile Merchant, string CustomerName, string Page, string? Quoted)
{
    /// <summary>What becomes of an answer to the letter.</summary>
    public LetterAnswers Answers { get; init; } = LetterAnswers.Unread;
}

public enum LetterAnswers
{
    Unread,

    /// <summary>They become messages of the contact.</summary>
    JoinTheContact,
}

/// <summary>The letters of a contact. The card's digits stand in none of them.</summary>
public static class ContactLetterWording
{
    private static readonly Words open = new("会話のページ", "The conversation's page");
    private static readonly Words answerThis = new(
        "このメールに返信しても、続けられます。",
        "You can also answer this mail: your answer joins the conversation."
    );
    private static readonly Words fromANotice = new(
        "ご注文についてのご質問でしたら、そのご注文のお知らせのメールに返信してください。担当者が、ご注文を見ながらお答えできます。",
        "If it's about an order, answer any mail that we sent you about that order: then the agent sees the order too."
    );

    public static Letter Transcript(ContactLetterContext context, ImmutableArray<LetterLine> lines) =>
        LetterOf(
            context,
            context.Quoted is { } order
                ? new($"【会話の控え】ご注文 {order}", $"Transcript of your conversation about order {order}")
                : new("【会話の控え】お問い合わせ", "Transcript of your conversation"),
            new("ご依頼のあった、会話の控えです。", "Here is the transcript that was asked for."),
            [],
            [
                new Section(
                    new($"会話({ZoneOf(context, lines).Ja})", $"The conversation ({ZoneOf(context, lines).En})"),
                    [.. lines.Select(line => PassageOf(context, line))]
                ),
            ]
        );

    /// <param name="lines">What the agent said that nobody has seen.</param>
    public static Letter Answer(ContactLetterContext context, string? agent, ImmutableArray<LetterLine> lines) =>
        LetterOf(
            context,
            context.Quoted is { } order
                ? new($"【お返事】ご注文 {order} のお問い合わせ", $"An answer about order {order}")
                : new("【お返事】お問い合わせ", "An answer to your question"),
            new($"{Named(agent).Ja}から、お返事があります。", $"{Named(agent).En} has answered you."),
            [.. lines.Select(line => new Passage.Sentence(line.Text))],
            []
        );

    public static Letter Apology(ContactLetterContext context, DateTimeOffset promisedBy)
    {
        var by = new SpokenTime(context.Merchant.TimeZone).DayAndTime(promisedBy);
        return LetterOf(
            context,
            context.Quoted is { } order
                ? new($"【お返事が遅れています】ご注文 {order}", $"Our answer about order {order} is late")
                : new("【お返事が遅れています】お問い合わせ", "Our answer to your question is late"),
            new(
                "お約束の時刻までにお返事できませんでした。申し訳ありません。",
                "We haven't answered you by the time we promised. We are sorry."
            ),
            [
                new Passage.Sentence(
                    new(
                        $"{by.Ja}までに、必ずお返事します。お客様の操作は必要ありません。",
                        $"You'll have an answer by {by.En}. You don't need to do anything."
                    )
                ),
            ],
            []
        );
    }

    /// <param name="promisedBy">Until when an answer is promised.</param>
    public static Letter Acknowledgement(ContactLetterContext context, DateTimeOffset promisedBy)
    {
        var by = new SpokenTime(context.Merchant.TimeZone).DayAndTime(promisedBy);
        return LetterOf(
            context,
            context.Quoted is { } order
                ? new($"【受け取りました】ご注文 {order} のお問い合わせ", $"We have your mail about order {order}")
                : new("【受け取りました】お問い合わせ", "We have your mail"),
            new("お送りいただいたメールが届きました。", "Your mail has reached us."),
            [
                new Passage.Sentence(
                    new(
                        $"{by.Ja}までに、担当者がお返事します。お客様の操作は必要ありません。",
                        $"You'll have an answer by {by.En}. You don't need to do anything."
                    )
                ),
                new Passage.Sentence(
                    new(
                        "添付ファイルは受け取っていません。カード番号は、メールに書かないでください。",
                        "We took no attachments. Please don't write a card number in a mail."
                    )
                ),
                .. context.Quoted is null ? [new Passage.Sentence(fromANotice)] : ImmutableArray<Passage>.Empty,
            ],
            []
        );
    }

    public static Letter FollowUp(ContactLetterContext context, string? agent) =>
        LetterOf(
            context,
            context.Quoted is { } order
                ? new($"【お問い合わせ】ご注文 {order} について", $"Your conversation about order {order}")
                : new("【お問い合わせ】ありがとうございました", "Your conversation with us"),
            new(
                $"{Named(agent).Ja}が、お問い合わせをお受けしました。",
                agent is null ? "You spoke with an agent of ours." : $"You spoke with {agent}."
            ),
            [
                new Passage.Sentence(
                    new(
                        "会話は終わりましたが、続きがあれば、下のページからいつでもお尋ねください。これまでの会話も、そこに残っています。",
                        "The conversation has ended. If anything is left, ask again on the page below, any time; all that was said is there."
                    )
                ),
            ],
            []
        );

    private static Letter LetterOf(
        ContactLetterContext context,
        Words subject,
        Words lead,
        ImmutableArray<Passage> opening,
        ImmutableArray<Section> sections
    )
    {
        var (merchant, name) = (context.Merchant, Words.Quoted(context.CustomerName).Ja.Trim());
        return new(
            subject,
            name.Length == 0 ? null : new($"{name} 様", $"Hello {name},"),
            lead,
            opening,
            [
                .. sections,
                new Section(
                    new("続きを話す", "Go on"),
                    [
                        new Passage.Link(open, context.Page),
                        .. context.Answers switch
                        {
                            LetterAnswers.Unread => ImmutableArray<Passage>.Empty,
                            LetterAnswers.JoinTheContact => [new Passage.Sentence(answerThis)],
                        },
                    ]
                ),
                new Section(
                    new("お問い合わせ", "Talk to a person"),
                    [
                        new Passage.Sentence(
                            context.Quoted is { } quoted
                                ? new(
                                    $"電話 {merchant.SupportPhone} ({merchant.SupportHoursJa})。番号 {quoted} をお伝えください。",
                                    $"Call {merchant.SupportPhone} ({merchant.SupportHoursEn}) and quote {quoted}."
                                )
                                : new(
                                    $"電話 {merchant.SupportPhone} ({merchant.SupportHoursJa})",
                                    $"Call {merchant.SupportPhone} ({merchant.SupportHoursEn})."
                                )
                        ),
                    ]
                ),
            ],
            new($"{merchant.NameJa} ({merchant.Domain})", $"{merchant.NameEn} ({merchant.Domain})")
        );
    }

    private static Passage PassageOf(ContactLetterContext context, LetterLine line)
    {
        var at = new SpokenTime(context.Merchant.TimeZone).DayAndTimeInTable(line.At);
        return line.Who is { } who
            ? new Passage.Fact(new($"{who.Ja} {at.Ja}", $"{who.En}, {at.En}"), Indented(line.Text))
            : new Passage.Sentence(new($"― {line.Text.Ja} ({at.Ja})", $"— {line.Text.En} ({at.En})"));
    }

    /// <summary>Further lines stand in, so that none of them passes for somebody else's.</summary>
    private static Words Indented(Words text) =>
        new(text.Ja.Replace("\n", "\n    ", StringComparison.Ordinal), text.En.Replace("\n", "\n    ", StringComparison.Ordinal));

    private static Words ZoneOf(ContactLetterContext context, ImmutableArray<LetterLine> lines) =>
        new SpokenTime(context.Merchant.TimeZone).Zone(lines.Length == 0 ? default : lines[^1].At);

    private static Words Named(string? agent) => agent is null ? new("担当者", "An agent") : new($"担当者の{agent}", agent);
}
