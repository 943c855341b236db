using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Orders;
using Shonin.Specs.Notices;

namespace Shonin.Specs.Web;

/// <summary>Whatever an order goes through, and whatever the card company's record adds, no two sentences of its page disagree.</summary>
public sealed class ContradictionSpecs
{
    /// <summary>Whether the two must agree on any page, or only where there is one request that both can mean.</summary>
    private enum Of
    {
        EveryOrder,
        OneRequest,
    }

    private const int StepCount = 30;

    private static readonly SpokenTime tokyo = new("Asia/Tokyo");

    /// <summary>Sentences that cannot both be true of one order. Each side is tried in its own language.</summary>
    private static readonly (Regex One, Regex Other, Of Of)[] pairs =
    [
        // What the record knows, nobody says that we do not know.
        Pair(
            "承認したのかどうかは、まだわかりません",
            "承認していました|カード会社で承認されていました|承認の返答が、遅れて届きました",
            Of.OneRequest
        ),
        Pair(
            "don't know whether your card company approved",
            "approved it on|The card company approved our|came late: approved",
            Of.OneRequest
        ),
        Pair(
            "^カード会社から返答がありませんでした$",
            "返答が、?当店に届きませんでした|カード会社に届いていませんでした|遅れて届きました",
            Of.OneRequest
        ),
        Pair("^Your card company didn't answer$", "Its answer never reached us|never reached the card company|came late", Of.OneRequest),
        // The card, after refusals.
        Pair("問題があるとは限りません|断られたのではありません|断っていません", "承認しないという返答|を、カード会社は承認しませんでした"),
        Pair(
            "doesn't mean that anything is wrong|weren't refused|wasn't refused|hasn't refused|because there was none",
            "the answer was no|said no to|answer: no"
        ),
        Pair("^カード会社から承認が得られませんでした$", "回答できませんでした|回答できず", Of.OneRequest),
        Pair("^Your card company said no$", "couldn't answer", Of.OneRequest),
        // Money.
        Pair("発送のときに請求|発送のときに、発送した分|発送のときの1回", "商品を発送しました"),
        Pair("charged when it's shipped|when we ship it|once, when we ship", "We shipped a parcel"),
        Pair("代金もいただいていません|代金もいただきません", "を請求しました|請求が確定しました"),
        Pair("nothing has been charged|nothing will be charged", "We've charged|was settled"),
        Pair("押さえられていません|押さえられていないはずです", "押さえられています|押さえられたまま|押さえられているかもしれません"),
        Pair("shows no hold|should show no hold|should no longer show|Your card should show none", "as held|stays held"),
        Pair("承認されていないので", "^承認されました$|承認の返答を受け取りました"),
        Pair("Nothing was approved", "^Approved$|We received the answer: approved"),
        Pair("押さえられているかもしれません", "カード会社は、問い合わせの取り消しを確認しました"),
        // What goes on.
        Pair("カード会社に問い合わせています", "カード会社につながりません。|当店の手違いで、まだ問い合わせて"),
        Pair("^We're asking your card company$", "We can't reach your card company|haven't asked"),
        Pair("^取り消しました$", "発送の準備をしています|もう一度問い合わせます"),
        Pair("^Cancelled$", "getting it ready|We'll ask again"),
        Pair("記録は、まだ届いていません", "最初から一致しています"),
        Pair("own record hasn't arrived", "agree from the start"),
    ];

    [Fact]
    public void No_two_sentences_of_a_page_disagree()
    {
        var broken = new Dictionary<string, string>();
        var seed = Walks.NewSeed();
        foreach (var (page, requestCount) in PagesOfWalks(seed, Walks.Times(7)))
        {
            foreach (var (one, other, of) in pairs)
            {
                if ((of == Of.EveryOrder || requestCount == 1) && one.IsMatch(page) && other.IsMatch(page))
                    broken.TryAdd($"{one} | {other}", page);
            }
        }

        Assert.True(broken.Count == 0, $"seed {seed}: " + string.Join("\n\n", broken.Select(pair => $"{pair.Key}:\n{pair.Value}")));
    }

    /// <summary>A pair that no page comes near proves nothing: each of its sides is said somewhere.</summary>
    [Fact]
    public void Every_sentence_of_the_table_is_really_said_somewhere()
    {
        var unsaid = pairs.SelectMany(pair => new[] { pair.One, pair.Other }).ToHashSet();
        foreach (var (page, _) in PagesOfWalks(20261124, 120).TakeWhile(_ => unsaid.Count > 0))
            unsaid.RemoveWhere(said => said.IsMatch(page));

        Assert.Empty(unsaid.Select(said => said.ToString()));
    }

    private static IEnumerable<(string Page, int RequestCount)> PagesOfWalks(int seed, int walkCount)
    {
        var chance = new Random(seed);
        for (var walk = 0; walk < walkCount; walk++)
        {
            foreach (var page in Pages([.. Enumerable.Range(0, StepCount).Select(_ => chance.Next(10_000))]))
                yield return page;
        }
    }

    private static IEnumerable<(string Page, int RequestCount)> Pages(int[] steps)
    {
        foreach (var step in RandomOrder.Walk(steps))
        {
            // The walk may have what never left answered; a card company cannot.
            if (step.Order.Attempts.Any(attempt => attempt is { Outcome: AttemptOutcome.NotSent, Late: not null }))
                continue;
            var record = new OrderRecord(step.Order, null, null, step.History.Count, step.History);
            // Four digits of chance: the middle ones say which record there is.
            var evidence = step.Chance / 10 % 4 is var kind and < 3 ? RecordOf(step, kind) : null;
            foreach (var locale in Enum.GetValues<Locale>())
            {
                var timeline = Timeline.Of(record, evidence, locale, Audience.Customer);
                yield return (
                    PageText.Of(OrderScreen.Of(step.Order, timeline, tokyo, step.Now, CardMention.Brand), locale),
                    RequestAccount.CountOf(step.Order)
                );
            }
        }
    }

    /// <summary>
    /// A card company's record that fits what we heard; where we heard nothing, it has approved, has nothing, or has refused.
    /// </summary>
    private static CardCompanyEvidence RecordOf(RandomStep step, int silence)
    {
        var rows = ImmutableArray.CreateBuilder<CardCompanyRow>();
        foreach (var attempt in step.Order.Attempts)
        {
            var code = attempt.Outcome switch
            {
                AttemptOutcome.NotSent => null,
                AttemptOutcome.Approved => "00",
                AttemptOutcome.PartiallyApproved => "10",
                AttemptOutcome.Declined declined => declined.Codes.ResponseCode,
                AttemptOutcome.Referred referred => referred.Codes.ResponseCode,
                AttemptOutcome.Sent or AttemptOutcome.Unknown when attempt.Late is { } late => late.Says == LateAnswerSays.Approved
                    ? "00"
                    : "05",
                AttemptOutcome.Sent or AttemptOutcome.Unknown => new[] { "00", null, "05" }[silence],
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            if (code is not null)
                rows.Add(Row(attempt.Claim, "authorization", "0100", code));
            if (attempt.Reversal is { } reversal)
                rows.Add(Row(reversal.Claim, "reversal", "0420", reversal.AnswerCode ?? (code == "00" ? "00" : "25")));
        }
        foreach (var parcel in step.Order.Shipments)
        {
            if (parcel.CaptureCode is { } code)
                rows.Add(Row(parcel.Claim, "capture", "0220", code));
        }

        return new("12345", "SHOP", "9", step.Now, rows.ToImmutable());
    }

    private static CardCompanyRow Row(Claim claim, string kind, string type, string code) =>
        new(
            claim.TransmittedAt.AddMilliseconds(300),
            kind,
            type,
            claim.Stan.ToString("000000", CultureInfo.InvariantCulture),
            claim.TransmittedAt,
            claim.Rrn,
            code,
            code == "00" ? "A1B2C3" : null,
            AnswerDelivery.Sent
        );

    private static (Regex, Regex, Of) Pair(string one, string other, Of of = Of.EveryOrder) => (Compiled(one), Compiled(other), of);

    private static Regex Compiled(string pattern) => new(pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant);
}
