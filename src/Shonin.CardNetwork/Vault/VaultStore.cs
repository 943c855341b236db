using Shonin.Domain.Approvals;

namespace Shonin.CardNetwork.Vault;

/// <summary>A card as the vault's store holds it: what the merchant may know in clear, the number and nothing else in the box.</summary>
/// <param name="KeyId">Which key locked the box.</param>
/// <param name="Nonce">The first 12 bytes of the <see cref="Shonin.EventLog.Secrets.Envelope"/>, new for each locking.</param>
/// <param name="Box">The rest of it: the padded number enciphered, and the tag. Its place is everything that stands in clear here.</param>
public sealed record SealedCard(CardOnFile Card, DateTimeOffset StoredAt, int KeyId, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Box);

/// <summary>
/// The vault's store. SQLite and memory stand behind it, and one compliance suite runs against both. It knows no key and sees no
/// number.
/// </summary>
public interface IVaultStore : IAsyncDisposable
{
    /// <summary>Adds a card, durable when this returns.</summary>
    /// <exception cref="VaultUnavailableException">Nothing was written: the disk is full, the file is gone or locked.</exception>
    ValueTask AddAsync(SealedCard card, CancellationToken cancellation);

    /// <summary>The card, or null where no such token was ever given out.</summary>
    /// <exception cref="VaultUnavailableException">The store cannot be read.</exception>
    ValueTask<SealedCard?> FindAsync(CardToken token, CancellationToken cancellation);

    /// <summary>
    /// Cards that were locked with another key than this one, in the order of their tokens, at most <paramref name="limit"/>.
    /// </summary>
    /// <exception cref="VaultUnavailableException">The store cannot be read.</exception>
    ValueTask<IReadOnlyList<SealedCard>> ReadUnderOtherKeysAsync(int keyId, int limit, CancellationToken cancellation);

    /// <summary>Replaces key, nonce and box of cards that are there, all or none, durable when this returns.</summary>
    /// <exception cref="VaultUnavailableException">Nothing was written.</exception>
    ValueTask ReplaceBoxesAsync(IReadOnlyList<SealedCard> cards, CancellationToken cancellation);

    /// <summary>Deletes a card; what stood there is overwritten. One that is gone already is no error.</summary>
    /// <exception cref="VaultUnavailableException">Nothing was deleted.</exception>
    ValueTask RemoveAsync(CardToken token, CancellationToken cancellation);
}

/// <summary>The vault's store did not do what was asked, and nothing was changed. The message says what to do.</summary>
public sealed class VaultUnavailableException(string what, Exception? cause = null) : IOException(what, cause);

/// <summary>The store of the simulation: it forgets when the process ends.</summary>
public sealed class InMemoryVaultStore : IVaultStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, SealedCard> cards = new(StringComparer.Ordinal);

    public ValueTask AddAsync(SealedCard card, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(card);
        lock (gate)
        {
            if (!cards.TryAdd(card.Card.Token.Value, card))
                throw new VaultUnavailableException($"Token {card.Card.Token} exists already; the source of randomness repeats itself.");
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<SealedCard?> FindAsync(CardToken token, CancellationToken cancellation)
    {
        lock (gate)
            return ValueTask.FromResult(token.Value is null ? null : cards.GetValueOrDefault(token.Value));
    }

    public ValueTask<IReadOnlyList<SealedCard>> ReadUnderOtherKeysAsync(int keyId, int limit, CancellationToken cancellation)
    {
        lock (gate)
            return ValueTask.FromResult<IReadOnlyList<SealedCard>>([.. cards.Values.Where(card => card.KeyId != keyId).Take(limit)]);
    }

    public ValueTask ReplaceBoxesAsync(IReadOnlyList<SealedCard> cards, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(cards);
        lock (gate)
        {
            foreach (var card in cards)
            {
                if (this.cards.TryGetValue(card.Card.Token.Value, out var there))
                    this.cards[card.Card.Token.Value] = there with { KeyId = card.KeyId, Nonce = card.Nonce, Box = card.Box };
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveAsync(CardToken token, CancellationToken cancellation)
    {
        lock (gate)
            cards.Remove(token.Value ?? "");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
