using System.Numerics;

namespace Shonin.Iso8583;

/// <summary>
/// Which fields are there, as the two bitmaps of a message say it: the highest bit of the first stands for field 1, the highest of the
/// second for field 65. The bit of field 1, that the second one follows, is set on the wire alone.
/// </summary>
internal readonly record struct Bitmaps(ulong First, ulong Second)
{
    /// <summary>Bits of one bitmap.</summary>
    public const int Bits = 64;

    /// <summary>How many fields there are.</summary>
    public int Count => BitOperations.PopCount(First) + BitOperations.PopCount(Second);

    /// <summary>The first field, or 0 where there is none.</summary>
    public int Lowest =>
        First != 0 ? BitOperations.LeadingZeroCount(First) + 1
        : Second != 0 ? BitOperations.LeadingZeroCount(Second) + 1 + Bits
        : 0;

    public bool Has(int field) => ((field <= Bits ? First : Second) & Bit(field)) != 0;

    public Bitmaps With(int field) => field <= Bits ? new(First | Bit(field), Second) : new(First, Second | Bit(field));

    public Bitmaps With(Bitmaps others) => new(First | others.First, Second | others.Second);

    public Bitmaps Without(int field) => field <= Bits ? new(First & ~Bit(field), Second) : new(First, Second & ~Bit(field));

    /// <summary>How many fields come before this one.</summary>
    public int CountBefore(int field) =>
        field <= Bits
            ? BitOperations.PopCount(First & Before(field))
            : BitOperations.PopCount(First) + BitOperations.PopCount(Second & Before(field));

    // A shift heeds the last six bits of its count, so that fields above 64 fall to their place in the second bitmap.
    private static ulong Bit(int field) => 1UL << (Bits - field);

    private static ulong Before(int field) => ~(ulong.MaxValue >> (field - 1));
}
