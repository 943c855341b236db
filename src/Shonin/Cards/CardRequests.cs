using System.Security.Cryptography;
using System.Text.Json;
using Shonin.Domain.Approvals;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Streams;
using CardStreams = Shonin.Streams.StreamHost<
    Shonin.Domain.Approvals.CardOnFile,
    Shonin.Cards.KeepCard,
    Shonin.Cards.CardKept,
    Shonin.Domain.Approvals.CardOnFile
>;
using KeptOutcome = Shonin.Streams.Outcome<Shonin.Domain.Approvals.CardOnFile, Shonin.Cards.CardKept, Shonin.Domain.Approvals.CardOnFile>;

namespace Shonin.Cards;

/// <summary>What came of a card request with an Idempotency-Key.</summary>
internal abstract record CardRequestOutcome
{
    private CardRequestOutcome() { }

    public sealed record New : CardRequestOutcome;

    public sealed record Repeated(CardOnFile Card) : CardRequestOutcome;

    public sealed record KeyReused : CardRequestOutcome;

    /// <summary>The log cannot be written now; the same request may go well later.</summary>
    public sealed record Unavailable(string Why) : CardRequestOutcome;
}

internal sealed record KeepCard(CardOnFile Card);

internal sealed record CardKept(CardOnFile Card);

/// <summary>
/// A card of the vault as a kind of stream: its one fact is what the shop may know of it: a token, and nothing from which the number
/// can be found.
/// </summary>
internal sealed class CardOnFileKind : StreamKind<CardOnFile, KeepCard, CardKept, CardOnFile>
{
    private const string StreamPrefix = "cardOnFile-";
    private const string KeptName = "cardKept";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    public override string Prefix => StreamPrefix;

    public static StreamId StreamOf(CardToken token) => new(StreamPrefix + token.Value);

    public override Decided<CardOnFile, CardKept, CardOnFile> Decide(
        StreamId stream,
        CardOnFile? state,
        KeepCard command,
        DateTimeOffset at
    ) => state is null ? new([new CardKept(command.Card)], command.Card) : new([], state);

    public override CardOnFile Evolve(CardOnFile? state, CardKept happened) =>
        state is null ? happened.Card : throw new InvalidOperationException("A card is kept once.");

    public override NewEvent Store(CardKept happened)
    {
        var card = happened.Card;
        var stored = new Stored(card.Token.Value, card.Brand, card.Last4, card.Expiry, card.Fingerprint);
        return new NewEvent(KeptName, JsonSerializer.SerializeToUtf8Bytes(stored, json));
    }

    public override CardKept Load(StoredEvent stored) =>
        stored.Type == KeptName && JsonSerializer.Deserialize<Stored>(stored.Payload.Span, json) is { } card
            ? new CardKept(new CardOnFile(new CardToken(card.Token), card.Brand, card.Last4, card.Expiry, card.Fingerprint))
            : throw new JsonException($"{stored.Type} is no fact of a card.");

    private sealed record Stored(string Token, string Brand, string Last4, string Expiry, string Fingerprint);
}

/// <summary>
/// Which card a client's Idempotency-Key led to, for ever: a unique key of the log, with a keyed hash of the request (without its security
/// code) beside it.
/// </summary>
internal sealed class CardRequests : IAsyncDisposable
{
    /// <summary>A card's stream is read again only where its request is repeated.</summary>
    private const int IdleCountMax = 1_000;

    private readonly OwnedLog log;
    private readonly CardStreams cards;

    private CardRequests(OwnedLog log, CardStreams cards) => (this.log, this.cards) = (log, cards);

    public static async ValueTask<CardRequests> OpenAsync(
        OwnedLog log,
        TimeProvider clock,
        Action<Exception> onFault,
        CancellationToken cancellation
    )
    {
        var ports = new StreamPorts<CardOnFile, CardKept>(log, clock)
        {
            OnFault = onFault,
            OnUnreadable = onFault,
            IdleCountMax = IdleCountMax,
        };
        return new(log, await CardStreams.OpenAsync(new CardOnFileKind(), ports, cancellation));
    }

    /// <param name="caller">The API key's id.</param>
    /// <param name="idempotencyKey">The client's own.</param>
    /// <param name="requestHash">The request's keyed hash in hexadecimal digits.</param>
    public static RequestKey KeyOf(string caller, string idempotencyKey, string requestHash) =>
        new($"{caller} {CardEndpoint.Route}", idempotencyKey, Convert.FromHexString(requestHash));

    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<CardRequestOutcome> FindAsync(RequestKey key, CancellationToken cancellation)
    {
        if (await log.Store.FindKeyAsync(RequestKey.LogScope, key.LogValue, cancellation) is not { } first)
            return new CardRequestOutcome.New();
        if (!CryptographicOperations.FixedTimeEquals(first.Content.Span, key.BodyHash.Span))
            return new CardRequestOutcome.KeyReused();
        return new CardRequestOutcome.Repeated((await cards.ReadAsync(first.Stream))!.State);
    }

    /// <summary>
    /// Keeps the first outcome of a key, durably. Where two requests with one key run at once, the first one's stands for both.
    /// </summary>
    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<CardRequestOutcome> KeepAsync(RequestKey key, CardOnFile card, CancellationToken cancellation)
    {
        var remembered = new UniqueKey(RequestKey.LogScope, key.LogValue, key.BodyHash);
        var outcome = await cards
            .SubmitAsync(CardOnFileKind.StreamOf(card.Token), new KeepCard(card), new() { Remember = (_, _) => remembered })
            .AsTask()
            .WaitAsync(cancellation);
        return outcome switch
        {
            KeptOutcome.Done(var kept, _) => new CardRequestOutcome.Repeated(kept),
            KeptOutcome.KeyTaken => await FindAsync(key, cancellation),
            { WhyNotNow: { } why } => new CardRequestOutcome.Unavailable(why),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public ValueTask DisposeAsync() => cards.DisposeAsync();
}
