using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;

namespace Shonin.Merchant.Orders;

/// <summary>The names under which an order is found, and what may exist once: each is a unique key of the log.</summary>
internal static class OrderKeys
{
    public const string AccessScope = "access";
    public const string ClaimScope = "claim";
    public const string NoticeScope = "notice";

    /// <summary>
    /// What is on record of a notice's words. Its first are numbered 0; those that took their place while its mail waited, from 1.
    /// </summary>
    public const string NoticeWordsScope = "noticeRewritten";
    public const string NoticeReferenceScope = "noticeReference";
    public const string ShipmentScope = "shipment";

    /// <summary>So many characters at the beginning of a link's secret are its time.</summary>
    public const int AccessTimeLength = 7;
    public const int AccessLength = AccessTimeLength + 26;
    private static readonly SearchValues<char> accessLetters = SearchValues.Create(Supplier.Alphabet);

    /// <summary>Order numbers are N and at least four digits, the first is N1001.</summary>
    public const long FirstNumber = 1001;
    private const int NumberDigitsMax = 15;
    public const string StreamPrefix = "order-";

    public static StreamId StreamOf(OrderId order) => new(StreamPrefix + order.Value);

    /// <summary>
    /// Whose the documents of an order are: its own, so that one order's person and texts can be erased while another's are needed.
    /// </summary>
    public static string OwnerOf(OrderId order) => StreamPrefix + order.Value;

    public static OrderId? OrderOf(StreamId stream) =>
        stream.Value.StartsWith(StreamPrefix, StringComparison.Ordinal) ? new OrderId(stream.Value[StreamPrefix.Length..]) : null;

    public static string NumberOf(long sequence) => string.Create(CultureInfo.InvariantCulture, $"N{sequence}");

    /// <summary>The running number in an order number, or null where it is none.</summary>
    public static long? SequenceOf(string number) =>
        number.Length is > 1 and <= NumberDigitsMax + 1
        && number[0] == 'N'
        && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0
        && number[1] != '0'
            ? long.Parse(number.AsSpan(1), CultureInfo.InvariantCulture)
            : null;

    /// <summary>One scope for each count of digits, so that the greatest number is the greatest by comparison of bytes.</summary>
    public static string NumberScope(int digitCount) => string.Create(CultureInfo.InvariantCulture, $"orderNumber{digitCount}");

    public static UniqueKey Number(string number) => new(NumberScope(number.Length - 1), number);

    public static string WordsValue(NoticeRecord record) => WordsValue(record.Notice.Id, record.RewrittenCount);

    public static string WordsValue(string noticeId, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{noticeId}/{ordinal}");

    /// <summary>No two notices have one number; beside it stands the notice's id.</summary>
    public static UniqueKey Reference(NoticeReference reference, string noticeId) =>
        new(NoticeReferenceScope, reference.Digits, Encoding.UTF8.GetBytes(noticeId));

    /// <summary>The sequence after the greatest that the log holds.</summary>
    public static async ValueTask<long> NextSequenceAsync(IEventReader log, CancellationToken cancellation)
    {
        for (var digits = NumberDigitsMax; digits > 0; digits--)
        {
            if (await log.GreatestKeyAsync(NumberScope(digits), cancellation) is { } greatest)
                return SequenceOf(greatest)!.Value + 1;
        }

        return FirstNumber;
    }

    /// <summary>
    /// The link's secret is kept as a hash only, so that reading the log opens no order. Its time stands before the hash, so that the links
    /// of one hour lie together in the index; links from before that have none.
    /// </summary>
    public static string AccessValue(string accessKey)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(accessKey)));
        var isTimed = accessKey.Length == AccessLength && accessKey.AsSpan(0, AccessTimeLength).IndexOfAnyExcept(accessLetters) < 0;
        return isTimed ? accessKey[..AccessTimeLength] + hash : hash;
    }

    /// <summary>WIRE: a request's key is acquirer, terminal, transmission time and STAN, and the year it came in.</summary>
    public static string ClaimValue(WireSender sender, string wireKey, int year) =>
        string.Create(CultureInfo.InvariantCulture, $"{sender.Acquirer}/{sender.Terminal}/{year}-{wireKey}");

    public static UniqueKey Claim(MerchantOptions options, Claim claim) =>
        new(ClaimScope, ClaimValue(claim.Sender ?? options.Sender, claim.WireKey, claim.TransmittedAt.UtcDateTime.Year));

    /// <summary>The client's key, with what it is told again for ever.</summary>
    public static UniqueKey Outcome(RequestKey key, FirstOutcome outcome) =>
        new(RequestKey.LogScope, key.LogValue, JsonSerializer.SerializeToUtf8Bytes(outcome, OrderEventJson.Default.FirstOutcome));
}
