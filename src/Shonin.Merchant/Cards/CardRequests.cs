using System.Security.Cryptography;
using Shonin.Domain.Approvals;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Streams;
using CardStreams = Shonin.Streams.StreamHost<
    Shonin.Domain.Approvals.CardOnFile,
    Shonin.Merchant.Cards.KeepCard,
    Shonin.Merchant.Cards.CardKept,
    Shonin.Domain.Approvals.CardOnFile
>;
using KeptOutcome = Shonin.Streams.Outcome<
    Shonin.Domain.Approvals.CardOnFile,
    Shonin.Merchant.Cards.CardKept,
    Shonin.Domain.Approvals.CardOnFile
>;

namespace Shonin.Merchant.Cards;

/// <summary>What came of a card request with an Idempotency-Key.</summary>
public abstract record CardRequestOutcome
{
    private CardRequestOutcome() { }

    public sealed record Repeated(CardOnFile Card) : CardRequestOutcome;

    public sealed record KeyReused : CardRequestOutcome;

    /// <summary>The log cannot be written now; the same request may go well later.</summary>
    public sealed record Unavailable(string Why) : CardRequestOutcome;
}

/// <summary>
/// Which card a client's Idempotency-Key led to, for ever: a unique key of the log, with a keyed hash of the request (without its security
/// code) beside it.
/// </summary>
public sealed class CardRequests : IAsyncDisposable
{
    /// <summary>Where cards are sent to; a client's key counts for one route.</summary>
    public const string Route = "/v1/cards";

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
        new($"{caller} {Route}", idempotencyKey, Convert.FromHexString(requestHash));

    /// <summary>What came of this key before; null where it is new.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<CardRequestOutcome?> FindAsync(RequestKey key, CancellationToken cancellation)
    {
        if (await log.Store.FindKeyAsync(RequestKey.LogScope, key.LogValue, cancellation) is not { } first)
            return null;
        if (!CryptographicOperations.FixedTimeEquals(first.Content.Span, key.BodyHash.Span))
            return new CardRequestOutcome.KeyReused();
        return new CardRequestOutcome.Repeated((await cards.ReadAsync(first.Stream))!.State);
    }

    /// <summary>A card that was not stored under this key before is stored, and the key leads to it from then on.</summary>
    /// <param name="store">Puts it into the vault.</param>
    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    public async ValueTask<CardRequestOutcome> StoreOnceAsync(
        RequestKey key,
        Func<ValueTask<CardOnFile>> store,
        CancellationToken cancellation
    ) => await FindAsync(key, cancellation) ?? await KeepAsync(key, await store(), cancellation);

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
            KeptOutcome.KeyTaken => (await FindAsync(key, cancellation))!,
            { WhyNotNow: { } why } => new CardRequestOutcome.Unavailable(why),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public ValueTask DisposeAsync() => cards.DisposeAsync();
}
