using System.Buffers.Binary;
using System.Collections.Immutable;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Merchant.Orders;

/// <summary>
/// Fresh identities for decisions. STANs run from a random start and wrap; what makes a message's key unique is the log's constraint
/// on acquirer, terminal, second and STAN, and a decision that meets a taken one is made again with the next.
/// </summary>
internal sealed class Supplier(TimeProvider clock, RandomFill random, WireSender sender)
{
    private const int StanMax = 999_999; // ISO 8583 field 11 is n6
    public const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: nothing that reads like something else
    private const int RrnLength = 12; // ISO 8583 field 37 is an12
    private const int TimeTextLength = OrderKeys.AccessTimeLength;

    private static readonly DateTimeOffset timeEpoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long runs = StartOf(random);

    public Supplies Next()
    {
        var run = Interlocked.Increment(ref runs);
        var firstStan = 1 + (int)(run % (StanMax / Supplies.StanCount)) * Supplies.StanCount;
        return new Supplies(firstStan, NewRrn(), NewReferences(), sender);
    }

    /// <summary>32 hexadecimal digits: a UUIDv7 (RFC 9562 section 5.7), so that ids of one hour lie together in the index.</summary>
    public OrderId NewOrderId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random(bytes);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, clock.GetUtcNow().ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)(0x70 | bytes[6] & 0x0F);
        bytes[8] = (byte)(0x80 | bytes[8] & 0x3F);
        return new OrderId(Convert.ToHexStringLower(bytes));
    }

    /// <summary>For the customer's link: <see cref="OrderKeys.AccessTimeLength"/> letters and digits of time, then 130 random bits in 26.</summary>
    public string NewAccessKey() => NewTimeText() + RandomText(OrderKeys.AccessLength - TimeTextLength);

    public string NewShipmentId() => "shp_" + RandomText(20);

    /// <summary>Five base-32 digits of chance after seven of time: sorts by time, and two of one moment differ.</summary>
    private string NewRrn() => NewTimeText() + RandomText(RrnLength - TimeTextLength);

    /// <summary>Seven base-32 digits that count 32 milliseconds each.</summary>
    private string NewTimeText()
    {
        var milliseconds = (long)(clock.GetUtcNow() - timeEpoch).TotalMilliseconds >> 5;
        Span<char> text = stackalloc char[TimeTextLength];
        for (var index = TimeTextLength - 1; index >= 0; index--, milliseconds >>= 5)
            text[index] = Alphabet[(int)(milliseconds & 31)];
        return new string(text);
    }

    private ImmutableArray<NoticeReference> NewReferences()
    {
        // 64 bits for a billion numbers: none is likelier than another by more than a part in ten billion.
        Span<byte> chance = stackalloc byte[8 * Supplies.ReferenceCount];
        random(chance);
        var references = ImmutableArray.CreateBuilder<NoticeReference>(Supplies.ReferenceCount);
        for (var index = 0; index < Supplies.ReferenceCount; index++)
            references.Add(NoticeReference.Of((int)(BinaryPrimitives.ReadUInt64BigEndian(chance[(8 * index)..]) % NoticeReference.Count)));
        return references.MoveToImmutable();
    }

    private string RandomText(int length)
    {
        Span<byte> chance = stackalloc byte[32];
        random(chance[..length]);
        return string.Create(length, chance[..length].ToArray(), (text, bytes) =>
        {
            for (var index = 0; index < text.Length; index++)
                text[index] = Alphabet[bytes[index] & 31];
        });
    }

    private static long StartOf(RandomFill random)
    {
        Span<byte> bytes = stackalloc byte[4];
        random(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
