using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Shonin.CardNetwork.Vault;
using Shonin.Cards;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.MailChecks;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Web;

namespace Shonin.Orders;

/// <summary>An order whose link was opened, as this request may see it.</summary>
internal sealed record OpenedOrder(OrderRecord Record, string AccessKey, PageContext Context, CardMention Mention)
{
    public Order Order => Record.Order;
}

/// <summary>What the pages of one order share: finding it by its link, its screen, and what a form must bring.</summary>
internal sealed class OrderAccess(OrderBook book, EvidenceSource evidence, ScreenKeys keys, TimeProvider clock)
{
    /// <summary>Longest key that is looked up; ours are shorter.</summary>
    private const int AccessKeyLengthMax = 128;

    private const int LastFourLengthMax = 4;

    private readonly FormSeal seal = new(keys, clock);
    private readonly CardProof proof = new(keys, clock);

    /// <summary>The order of the link, or the page that says why there is none.</summary>
    public async ValueTask<(OpenedOrder? Opened, IResult? Fault)> OpenAsync(HttpContext http, string accessKey, string path)
    {
        var record = accessKey.Length > AccessKeyLengthMax ? null : await book.FindByAccessKeyAsync(accessKey, http.RequestAborted);
        if (record is null)
            return (null, PageFaults.NotFound(http));
        if (record.AccessKey is null)
            return (null, PageFaults.Gone(http));
        var locale = PageFaults.Asked(http.Request) ?? record.Order.Locale;
        return (
            new(
                record,
                accessKey,
                PageFaults.ContextOf(http, $"/o/{accessKey}{path}") with
                {
                    Locale = locale,
                    Now = clock.GetUtcNow(),
                    HelpPath = $"/o/{accessKey}/help",
                },
                Mention(http, record.Order)
            ),
            null
        );
    }

    public async ValueTask<TimelineView> TimelineAsync(OpenedOrder opened, CancellationToken cancellation) =>
        Timeline.Of(opened.Record, await evidence(opened.Record, cancellation), opened.Context.Locale, Audience.Customer);

    public async ValueTask<OrderScreen> ScreenAsync(OpenedOrder opened, CancellationToken cancellation)
    {
        var timeline = await TimelineAsync(opened, cancellation);
        var family = await book.FamilyOfAsync(opened.Order, cancellation);
        return OrderScreen.Of(opened.Order, timeline, opened.Context.Time, clock.GetUtcNow(), opened.Mention, family);
    }

    public string NewForm(OpenedOrder opened) => seal.New(opened.Order.Id.Value);

    /// <summary>The form's request id, if the form is ours and whoever sends it knows the card's last four; else what to say.</summary>
    public async ValueTask<FormReading> ReadAsync(HttpContext http, OpenedOrder opened, IReadOnlyDictionary<string, string> fields)
    {
        if (seal.Open(opened.Order.Id.Value, fields.GetValueOrDefault(FormSeal.FieldName)) is not { } request)
        {
            return new FormReading.Refused(PageTroubles.TooLongOpen);
        }

        if (proof.IsProved(http, opened.Order.Id))
            return new FormReading.Accepted(request);
        var typed = CardProof.DigitsOf(fields.GetValueOrDefault(CardProof.FieldName, ""));
        return typed.Length == 0
            ? new FormReading.Refused(new(ProofWords.Missing(opened.Order.Card), LastFourId))
            : await ProveAsync(http, opened, request, typed);
    }

    /// <summary>With none left a right guess and a wrong one hear the same. A right one is remembered with the answer.</summary>
    private async ValueTask<FormReading> ProveAsync(HttpContext http, OpenedOrder opened, string request, string typed)
    {
        switch (
            await book.SubmitAsync(opened.Order.Id, new OrderCommand.ProveCard(typed), null, Patience.RespondAtOnce, http.RequestAborted)
        )
        {
            // The last fact of the record is the guess itself: the order takes one command after the other.
            case RequestResult.Done { Record.History: [.., OrderEvent.CardProved] }:
                proof.Remember(http, opened.Order.Id);
                return new FormReading.Accepted(request);
            case RequestResult.Done or RequestResult.Refused:
                var order = (await book.FindAsync(opened.Order.Id, http.RequestAborted))?.Order ?? opened.Order;
                var guesses = ProofGuesses.Of(order, book.TryLimits, clock.GetUtcNow());
                return new FormReading.Refused(new(ProofWords.Of(guesses, order.Card, opened.Context.Time), LastFourId));
            case RequestResult.Unavailable:
                return new FormReading.Failed(PageFaults.Unavailable(http, TimeSpan.FromMinutes(1)));
            case RequestResult.TooLarge:
                return new FormReading.Failed(PageFaults.TooLarge(http));
            case RequestResult.Overloaded overloaded:
                return new FormReading.Failed(PageFaults.Unavailable(http, overloaded.RetryAfter));
            case RequestResult.KeyReused or RequestResult.TriesLimited:
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Sends the command as the page's own request, and says what came of it: null where it was done.</summary>
    public async ValueTask<IResult?> SubmitAsync(
        HttpContext http,
        OpenedOrder opened,
        OrderCommand command,
        Func<PageTrouble, ValueTask<IResult>> refuse
    ) =>
        await book.SubmitAsync(opened.Order.Id, command, null, Patience.RespondAtOnce, http.RequestAborted) switch
        {
            RequestResult.Done => null,
            RequestResult.Refused refused => await refuse(new(RefusalWords.Of(refused.Reason), null)),
            RequestResult.TriesLimited => await refuse(new(RefusalWords.Of(Refusal.TriesSpent), null)),
            RequestResult.Unavailable => PageFaults.Unavailable(http, TimeSpan.FromMinutes(1)),
            RequestResult.TooLarge => PageFaults.TooLarge(http),
            RequestResult.Overloaded overloaded => PageFaults.Unavailable(http, overloaded.RetryAfter),
            RequestResult.KeyReused => throw new Domain.InvariantBrokenException("a page's command has no idempotency key"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>The whole body, or null where it is larger than a form of ours can be.</summary>
    public static ValueTask<byte[]?> ReadBodyAsync(HttpContext http) => ReadBodyAsync(http, CardIntake.BodySizeMaxBytes);

    public static async ValueTask<byte[]?> ReadBodyAsync(HttpContext http, int sizeBytesMax)
    {
        var body = new byte[sizeBytesMax + 1];
        var size = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (size <= sizeBytesMax)
            return body[..size];
        CryptographicOperations.ZeroMemory(body);
        return null;
    }

    /// <summary>What may come back into the form: at most as much as its boxes take.</summary>
    /// <param name="expiry">The new card's, where the form has one.</param>
    public static TypedFields Typed(IReadOnlyDictionary<string, string> fields, string? expiry = null) =>
        new(fields.GetValueOrDefault(CardProof.FieldName) is { Length: > 0 and <= LastFourLengthMax } lastFour ? lastFour : null, expiry);

    public static IReadOnlyDictionary<string, string> Fields(ReadOnlyMemory<byte> urlEncoded)
    {
        var fields = new Dictionary<string, string>();
        foreach (var pair in new QueryStringEnumerable(Encoding.UTF8.GetString(urlEncoded.Span)))
            fields.TryAdd(pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        return fields;
    }

    private CardMention Mention(HttpContext http, Order order) => proof.IsProved(http, order.Id) ? CardMention.LastFour : CardMention.Brand;

    private const string LastFourId = "last-four";
}

/// <summary>What a form brought.</summary>
internal abstract record FormReading
{
    private FormReading() { }

    public sealed record Accepted(string Request) : FormReading;

    public sealed record Refused(PageTrouble Trouble) : FormReading;

    /// <summary>It could not be looked at now; the page says so.</summary>
    public sealed record Failed(IResult Page) : FormReading;
}
