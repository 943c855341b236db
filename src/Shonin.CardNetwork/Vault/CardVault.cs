using System.Security.Cryptography;
using System.Text;
using Shonin.Domain.Approvals;
using Shonin.EventLog.Secrets;

namespace Shonin.CardNetwork.Vault;

/// <summary>Limits of the vault.</summary>
public sealed record VaultOptions
{
    /// <summary>How long a security code may wait for its one use: ten minutes, and never more.</summary>
    public TimeSpan SecurityCodeLifetime
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SecurityCodeLifetimeMax);
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = SecurityCodeLifetimeMax;

    /// <summary>How many codes wait at most.</summary>
    public int SecurityCodeCountMax { get; init; } = 10_000;

    /// <summary>DESIGN.md, invariant 13.</summary>
    public static readonly TimeSpan SecurityCodeLifetimeMax = TimeSpan.FromMinutes(10);
}

/// <summary>
/// The only place that keeps card numbers. What goes out is a token, the last four digits and a fingerprint; the number itself comes
/// out only to be put into a message (<see cref="UnlockAsync"/>), and the security code once.
/// </summary>
public sealed class CardVault(IVaultStore store, VaultKeys keys, RandomFill random, TimeProvider clock, VaultOptions options)
    : IAsyncDisposable
{
    private const int TokenSizeBytes = 16; // 128 bits: nobody guesses one, and two never meet
    private const int PlainSizeBytes = 1 + Pan.DigitCountMax;
    private const int RotationBatchCount = 500;

    private readonly WaitingCodes codes = new(clock, options);

    /// <summary>Keeps a rotation from retiring a key while a card is being stored under it.</summary>
    private readonly SemaphoreSlim changing = new(1, 1);

    /// <summary>Keeps the card under a new token, durably, and holds its security code in memory for its first use.</summary>
    /// <exception cref="VaultUnavailableException">Nothing was kept; the message says what to do.</exception>
    public async ValueTask<CardOnFile> StoreAsync(CardEntry card, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(card);
        var known = new CardOnFile(
            NewToken(),
            CardBrands.Name(card.Number.Brand),
            card.Number.Last4,
            card.Expiry.ToString(),
            FingerprintOf(card.Number)
        );
        await changing.WaitAsync(CancellationToken.None);
        try
        {
            await store.AddAsync(Lock(known, clock.GetUtcNow(), card.Number), cancellation);
        }
        finally
        {
            changing.Release();
        }
        codes.Hold(known.Token, card.SecurityCode);
        return known;
    }

    /// <summary>What the merchant may know of the card, or null where there is no such token.</summary>
    /// <exception cref="VaultUnavailableException">The store cannot be read.</exception>
    public async ValueTask<CardOnFile?> FindAsync(CardToken token, CancellationToken cancellation) =>
        (await store.FindAsync(token, cancellation))?.Card;

    /// <summary>Holds a code that the customer typed again, for one attempt within ten minutes. It replaces an earlier one.</summary>
    public void HoldSecurityCode(CardToken token, SecurityCode code)
    {
        ArgumentNullException.ThrowIfNull(code);
        codes.Hold(token, code);
    }

    /// <summary>
    /// Forgets a card for good: number and expiry are gone. Whoever wants to pay with it brings it again. One that is gone already is no
    /// error.
    /// </summary>
    /// <exception cref="VaultUnavailableException">The store failed; the card is there still.</exception>
    public async ValueTask ForgetAsync(CardToken token, CancellationToken cancellation)
    {
        await changing.WaitAsync(CancellationToken.None);
        try
        {
            await store.RemoveAsync(token, cancellation);
        }
        finally
        {
            changing.Release();
        }
        codes.Take(token)?.Code.Dispose();
    }

    /// <summary>How many security codes wait in memory.</summary>
    public int WaitingSecurityCodeCount => codes.Count;

    /// <summary>
    /// Locks every card with a new key and retires the old ones. It may be stopped at any point and started again: a key goes only
    /// when no card needs it.
    /// </summary>
    /// <returns>How many cards were locked anew.</returns>
    /// <exception cref="VaultUnavailableException">The store failed, or a card was tampered with; all cards are still readable as
    ///   before.</exception>
    public async ValueTask<int> RotateAsync(CancellationToken cancellation)
    {
        keys.AddNew();
        var count = 0;
        while (true)
        {
            await changing.WaitAsync(CancellationToken.None);
            try
            {
                var old = await store.ReadUnderOtherKeysAsync(keys.Current.Id, RotationBatchCount, cancellation);
                if (old.Count == 0)
                {
                    keys.RetireOld();
                    return count;
                }
                await store.ReplaceBoxesAsync([.. old.Select(LockAnew)], cancellation);
                count += old.Count;
            }
            finally
            {
                changing.Release();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        codes.Dispose();
        changing.Dispose();
        await store.DisposeAsync();
    }

    /// <summary>The number itself, for a message. Whoever unlocks it disposes of it.</summary>
    internal async ValueTask<UnlockResult> UnlockAsync(CardToken token, CancellationToken cancellation)
    {
        try
        {
            return await store.FindAsync(token, cancellation) is { } card ? Unlock(card) : UnlockResult.NoSuchCard.Instance;
        }
        catch (VaultUnavailableException error)
        {
            return new UnlockResult.Unreadable(error.Message);
        }
    }

    /// <summary>The code that waits for this card, which from now on waits no more. Null where there is none, or it is too old.</summary>
    internal TakenCode? TakeSecurityCode(CardToken token) => codes.Take(token);

    /// <summary>Puts back a code of which certainly no byte left.</summary>
    internal void GiveBack(TakenCode taken) => codes.GiveBack(taken);

    /// <summary>
    /// A digest of bytes that may hold a card number, 64 hexadecimal digits. Keyed: from a plain hash of a message somebody could
    /// try out the six unknown digits.
    /// </summary>
    internal string DigestOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(HMACSHA256.HashData(keys.Requests.Reveal(), bytes));

    private CardToken NewToken()
    {
        Span<byte> bytes = stackalloc byte[TokenSizeBytes];
        random(bytes);
        return new CardToken($"card_{Convert.ToHexStringLower(bytes)}");
    }

    /// <summary>Half of an HMAC-SHA-256 is far beyond chance meetings, and short enough for a stream's name.</summary>
    private string FingerprintOf(Pan number) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(keys.Fingerprints.Reveal(), number.Reveal()).AsSpan(0, 16));

    private SealedCard Lock(CardOnFile card, DateTimeOffset storedAt, Pan number)
    {
        var (keyId, key) = keys.Current;
        Span<byte> nonce = stackalloc byte[Envelope.NonceSizeBytes];
        random(nonce);
        // One size for all, so that the box does not tell how long the number is.
        Span<byte> plain = stackalloc byte[PlainSizeBytes];
        plain.Clear();
        plain[0] = (byte)number.DigitCount;
        number.Reveal().CopyTo(plain[1..]);
        ReadOnlyMemory<byte> envelope = Envelope.Seal(key.Reveal(), nonce, content: plain, place: PlaceOf(card, keyId));
        CryptographicOperations.ZeroMemory(plain);
        return new SealedCard(card, storedAt, keyId, envelope[..Envelope.NonceSizeBytes], envelope[Envelope.NonceSizeBytes..]);
    }

    private SealedCard LockAnew(SealedCard card)
    {
        switch (Unlock(card))
        {
            case UnlockResult.Unlocked unlocked:
                using (unlocked.Number)
                    return Lock(card.Card, card.StoredAt, unlocked.Number);
            case UnlockResult.Unreadable(var why):
                throw new VaultUnavailableException(why);
            case UnlockResult.NoSuchCard:
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private UnlockResult Unlock(SealedCard card)
    {
        if (keys.Find(card.KeyId) is not { } key)
        {
            return new UnlockResult.Unreadable(
                $"Card {card.Card.Token} is locked with key {card.KeyId}, which the vault's key file does not hold. Restore the key file that belongs to this vault.db."
            );
        }

        Span<byte> plain = stackalloc byte[PlainSizeBytes];
        try
        {
            Envelope.Open(key.Reveal(), [.. card.Nonce.Span, .. card.Box.Span], place: PlaceOf(card.Card, card.KeyId), content: plain);
            return CardExpiry.Parse(Encoding.ASCII.GetBytes(card.Card.Expiry)) is { } expiry
                ? new UnlockResult.Unlocked(Pan.FromVault(plain.Slice(1, plain[0])), expiry)
                : Tampered(card);
        }
        catch (CryptographicException)
        {
            return Tampered(card);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static UnlockResult.Unreadable Tampered(SealedCard card) =>
        new(
            $"Card {card.Card.Token} does not open with key {card.KeyId}: its row in vault.db was changed, or the key file is another vault's. Restore both from one backup."
        );

    /// <summary>What the box is tied to: swapped rows, a changed expiry or brand, another key's number do not open.</summary>
    private static byte[] PlaceOf(CardOnFile card, int keyId) =>
        Encoding.UTF8.GetBytes($"shonin vault 1\n{card.Token}\n{card.Brand}\n{card.Last4}\n{card.Expiry}\n{card.Fingerprint}\n{keyId}");
}

/// <summary>A card number out of its box, or why there is none.</summary>
internal abstract record UnlockResult
{
    private UnlockResult() { }

    internal sealed record Unlocked(Pan Number, CardExpiry Expiry) : UnlockResult;

    internal sealed record NoSuchCard : UnlockResult
    {
        internal static readonly NoSuchCard Instance = new();
    }

    /// <param name="Why">What is wrong and what to do, without a digit of the number.</param>
    internal sealed record Unreadable(string Why) : UnlockResult;
}
