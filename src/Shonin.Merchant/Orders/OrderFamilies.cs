using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;

namespace Shonin.Merchant.Orders;

/// <summary>
/// Finds a customer's orders in a row on one card. Each order takes a unique key in the scope of its customer and card, in the append that
/// places it or that changes it to the card: numbered, so that the greatest is the latest and no crash loses one. The scope's name is a
/// hash, and the customer's name in the log is one already: once a customer is erased, nobody leads from the one to the other.
/// </summary>
public static class OrderFamilies
{
    /// <summary>Whoever orders more than this on one card in a day is not told of all.</summary>
    private const int KeysLookedAtMax = 200;
    private const int MembersMax = 10;
    private const int OrdinalDigits = 12;

    /// <summary>The order's other orders in a row, each as the log has it now. Those of an erased customer are not found.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public static async ValueTask<PurchaseFamily> OfAsync(IEventReader log, Order order, CancellationToken cancellation)
    {
        var found = new Dictionary<OrderId, FamilyMember>();
        foreach (var card in order.Attempts.Select(attempt => attempt.Card.Fingerprint).Append(order.Card.Fingerprint).Distinct())
            await AddAsync(found, log, order, ScopeOf(order.Customer, card), cancellation);
        return found.Count == 0
            ? PurchaseFamily.Alone
            : new([.. found.Values.OrderBy(member => member.PlacedAt).ThenBy(member => member.Number, StringComparer.Ordinal)]);
    }

    internal static UniqueKey KeyOf(string scope, long ordinal, DateTimeOffset placedAt, DateTimeOffset now) =>
        new(scope, Ordinal(ordinal), new Times(now, placedAt).Write());

    /// <summary>The greatest number that was taken in a row; zero where none was.</summary>
    internal static async ValueTask<long> GreatestAsync(IEventReader log, string scope, CancellationToken cancellation) =>
        await log.GreatestKeyAsync(scope, cancellation) is { } greatest ? OrdinalOf(greatest) : 0;

    private static async ValueTask AddAsync(
        Dictionary<OrderId, FamilyMember> found,
        IEventReader log,
        Order order,
        string scope,
        CancellationToken cancellation
    )
    {
        if (await log.GreatestKeyAsync(scope, cancellation) is not { } greatest)
            return;
        var last = OrdinalOf(greatest);
        for (var ordinal = last; ordinal > 0 && last - ordinal < KeysLookedAtMax && found.Count < MembersMax; ordinal--)
        {
            if (await log.FindKeyAsync(scope, Ordinal(ordinal), cancellation) is not { } key)
                continue;
            var times = Times.Read(key.Content);
            // Keys are taken in the order of time, and no order takes one before it is placed.
            if (times.TakenAt < order.PlacedAt - PurchaseFamily.Window)
                return;
            if (
                (times.PlacedAt - order.PlacedAt).Duration() > PurchaseFamily.Window
                || OrderKeys.OrderOf(key.Stream) is not { } id
                || id == order.Id
                || found.ContainsKey(id)
            )
            {
                continue;
            }

            if (
                await OrderReader.FindAsync(log, id.Value, cancellation) is { Person: not null } other
                && PurchaseFamily.IsOne(order, other.Order)
            )
            {
                found.Add(id, FamilyMember.Of(other.Order));
            }
        }
    }

    internal static string ScopeOf(string customer, string fingerprint) =>
        "family-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{customer}/{fingerprint}")).AsSpan(0, 16));

    private static string Ordinal(long ordinal) => ordinal.ToString($"D{OrdinalDigits}", CultureInfo.InvariantCulture);

    private static long OrdinalOf(string value) => long.Parse(value, CultureInfo.InvariantCulture);

    /// <summary>What stands beside a key: when it was taken, and when its order was placed; Unix time in milliseconds.</summary>
    private readonly record struct Times(DateTimeOffset TakenAt, DateTimeOffset PlacedAt)
    {
        public byte[] Write() =>
            Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{TakenAt.ToUnixTimeMilliseconds()} {PlacedAt.ToUnixTimeMilliseconds()}")
            );

        public static Times Read(ReadOnlyMemory<byte> content)
        {
            var parts = Encoding.ASCII.GetString(content.Span).Split(' ');
            return new(At(parts[0]), At(parts[1]));
        }

        private static DateTimeOffset At(string milliseconds) =>
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
    }
}
