using System.Globalization;
using System.Text;
using Shonin.EventLog;

namespace Shonin.Merchant.Tries;

/// <summary>
/// How the log counts tries: by unique keys, numbered for each card and each hour, so that the greatest one counts them. Beside a card's
/// key stands when the try was not approved (milliseconds since 1970), beside an hour's how many approvals the hour had; a release stands
/// among them and ends what counts.
/// </summary>
internal static class TryKeys
{
    public const string StreamPrefix = "tries-";

    private const string Released = "released";

    public static string ScopeOfCard(string fingerprint) => $"{StreamPrefix}card-{fingerprint}";

    /// <param name="hour">As <see cref="HourOf"/> names it.</param>
    public static string ScopeOfShop(string hour) => $"{StreamPrefix}shop-{hour}";

    public static StreamId StreamOfCard(string fingerprint) => new(ScopeOfCard(fingerprint));

    public static StreamId StreamOfShop(string hour) => new(ScopeOfShop(hour));

    /// <summary>The hour in UTC, yyyyMMddHH.</summary>
    public static string HourOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    public static DateTimeOffset NextHour(DateTimeOffset now) =>
        new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour) + TimeSpan.TicksPerHour, TimeSpan.Zero);

    public static UniqueKey OfCard(string fingerprint, long ordinal, DateTimeOffset at) =>
        Key(ScopeOfCard(fingerprint), ordinal, Text(at.ToUnixTimeMilliseconds()));

    public static UniqueKey OfShop(string hour, long ordinal, int approved) => Key(ScopeOfShop(hour), ordinal, Text(approved));

    public static UniqueKey Release(string scope, long ordinal) => Key(scope, ordinal, Released);

    /// <summary>Zero where nothing was counted yet.</summary>
    public static async ValueTask<long> GreatestAsync(IEventStore store, string scope, CancellationToken cancellation) =>
        await store.GreatestKeyAsync(scope, cancellation) is { } greatest ? long.Parse(greatest, CultureInfo.InvariantCulture) : 0;

    /// <summary>
    /// What stands beside each key, from the newest back to a release or to the first that counts no more. A refused append leaves a gap.
    /// </summary>
    public static async ValueTask<(long Greatest, List<long> Counted)> ReadAsync(
        IEventStore store,
        string scope,
        Func<long, bool> counts,
        CancellationToken cancellation
    )
    {
        var counted = new List<long>();
        var greatest = await GreatestAsync(store, scope, cancellation);
        for (var ordinal = greatest; ordinal > 0; ordinal--)
        {
            if (await store.FindKeyAsync(scope, Ordinal(ordinal), cancellation) is not { } key)
                continue;
            var beside = Encoding.UTF8.GetString(key.Content.Span);
            if (beside == Released)
                break;
            var value = long.Parse(beside, CultureInfo.InvariantCulture);
            if (!counts(value))
                break;
            counted.Add(value);
        }
        return (greatest, counted);
    }

    private static UniqueKey Key(string scope, long ordinal, string beside) => new(scope, Ordinal(ordinal), Encoding.UTF8.GetBytes(beside));

    private static string Ordinal(long ordinal) => ordinal.ToString("D12", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
