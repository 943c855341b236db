using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shonin.EventLog;

namespace Shonin.Audit;

/// <summary>
/// The key of each month under which the trail's addresses are hashed: a <see cref="Document"/> of an owner of its own, so that it can be
/// erased. For one caller at a time.
/// </summary>
internal sealed class AuditMonthKeys(IEventStore store, Func<int, byte[]> randomBytes)
{
    public const int MonthsKept = 13;

    /// <summary>How many months further back are looked at, for keys that could not be erased in time.</summary>
    private const int MonthsLookedBack = 12;

    private MonthKey? current;
    private bool isErasingDue;

    /// <summary>
    /// The month's key: the stored one, or a new one, which counts once <see cref="MonthKey.Unstored"/> is durable
    /// (<see cref="NoteStored"/>).
    /// </summary>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public async ValueTask<MonthKey> OfAsync(DateTimeOffset now)
    {
        var owner = OwnerOf(now);
        if (current?.Owner == owner)
            return current;
        return current = await store.ReadDocumentAsync(owner, CancellationToken.None) is { Length: MonthKey.SizeBytes } kept
            ? new MonthKey(owner, kept.ToArray()) { IsStored = true }
            : new MonthKey(owner, randomBytes(MonthKey.SizeBytes));
    }

    public void NoteStored(MonthKey key)
    {
        if (key.IsStored)
            return;
        current = key with { IsStored = true };
        isErasingDue = true;
    }

    /// <summary>Erases the keys older than <see cref="MonthsKept"/> months, once for each new month's key that is stored.</summary>
    /// <exception cref="LogUnusableException">The log cannot be written; they are erased with the next call.</exception>
    public async ValueTask EraseOldAsync(DateTimeOffset now)
    {
        if (!isErasingDue)
            return;
        for (var back = MonthsKept; back < MonthsKept + MonthsLookedBack; back++)
            await store.EraseOwnerAsync(OwnerOf(now.AddMonths(-back)), CancellationToken.None);
        isErasingDue = false;
    }

    private static string OwnerOf(DateTimeOffset at) => "audit-" + at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

/// <param name="Owner">Also the id of its document.</param>
internal sealed record MonthKey(string Owner, byte[] Key)
{
    public const int SizeBytes = 32; // HMAC-SHA-256 (RFC 2104 section 3)
    private const int HashSizeBytes = 8; // Enough to tell the addresses of a month apart.

    public bool IsStored { get; init; }

    /// <summary>What is to become durable with the first line that uses it.</summary>
    public IReadOnlyList<Document> Unstored => IsStored ? [] : [new Document(Owner, Owner, Key)];

    /// <param name="prefix">An address, as far as it counts as one party (<see cref="NetworkSite"/>).</param>
    public string HashOf(string prefix) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(prefix)).AsSpan(0, HashSizeBytes));
}
