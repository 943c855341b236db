using System.Buffers.Text;
using System.Collections;
using System.Diagnostics;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>
/// One message: its type and its fields. Values are ASCII bytes as they stand on an ASCII wire, whatever the encoding they came in
/// (binary fields: their bytes), in one buffer. A parsed value has its padding; a value that was set is padded when it is written.
/// Not for two threads at once. <see cref="ToString"/> is masked.
/// </summary>
public sealed class Message
{
    /// <summary>Values of all fields together, in bytes. A frame carries 4,096; the rest is room for messages of other profiles.</summary>
    public const int ValueBytesMax = ushort.MaxValue;

    private readonly record struct Slot(ushort Start, ushort Length);

    private UInt128 present; // Bit 128 - n stands for field n, as in the two bitmaps put together.
    private Slot[] slots; // One for each present field, ascending.
    private byte[] values;
    private int used;

    /// <summary>A message without fields.</summary>
    public Message(Mti mti)
        : this(mti, fieldCount: 24, valueBytes: 224) { }

    /// <summary>The same fields under another type: a repeat, say. The original is left alone.</summary>
    public Message(Mti mti, Message fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Mti = mti;
        (present, used) = (fields.present, fields.used);
        (slots, values) = ([.. fields.slots], [.. fields.values]);
        IsPartial = fields.IsPartial;
    }

    internal Message(Mti mti, int fieldCount, int valueBytes)
    {
        Mti = mti;
        slots = fieldCount == 0 ? [] : new Slot[fieldCount];
        values = valueBytes == 0 ? [] : GC.AllocateUninitializedArray<byte>(valueBytes);
    }

    /// <summary>The message type.</summary>
    public Mti Mti { get; }

    /// <summary>The numbers of the fields that are there, ascending. Bitmaps are not among them.</summary>
    public FieldNumbers Fields => new(present);

    /// <param name="field">1 to 128; 1 is never there, the second bitmap makes itself.</param>
    public bool Has(int field) => (Bit(field) & present) != 0;

    /// <summary>The value as it is on an ASCII wire, empty where the field is absent. Good until the next change of the message.</summary>
    public ReadOnlySpan<byte> Bytes(int field)
    {
        if (!Has(field))
            return default;
        var slot = slots[IndexOf(field)];
        return values.AsSpan(slot.Start, slot.Length);
    }

    /// <summary>
    /// The value without the spaces at its right, or null where the field is absent. Leading zeros of numbers stay. Not for binary fields.
    /// </summary>
    public string? Text(int field) => Has(field) ? Encoding.ASCII.GetString(Bytes(field).TrimEnd((byte)' ')) : null;

    /// <summary>The value as a number, or null where the field is absent, is not digits alone, or has more than 18.</summary>
    public long? Number(int field) => DigitsMax18(Bytes(field));

    /// <summary>Sets text. Characters beyond printable ASCII are transliterated (é becomes e) or become <c>?</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The field is not 2 to 128, or the values together would exceed
    ///   <see cref="ValueBytesMax"/>.</exception>
    public Message Set(int field, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var plain = Transliteration.ToAscii(value);
        Encoding.ASCII.GetBytes(plain, Room(field, plain.Length));
        return this;
    }

    /// <summary>Sets a number of 0 or more, without leading zeros: writing adds them where the field is fixed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The field is not 2 to 128, or the number is negative.</exception>
    public Message Set(int field, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Span<byte> digits = stackalloc byte[20];
        return Utf8Formatter.TryFormat(value, digits, out var count) ? Set(field, digits[..count]) : throw new UnreachableException();
    }

    /// <summary>
    /// Sets bytes as they are. In text fields those that are not printable ASCII become <c>?</c> when the message is written.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The field is not 2 to 128.</exception>
    public Message Set(int field, ReadOnlySpan<byte> value)
    {
        if (value.Overlaps(values))
            value = value.ToArray(); // Room may overwrite or move what it points to.
        value.CopyTo(Room(field, value.Length));
        return this;
    }

    /// <summary>Takes those of the fields that the other message has.</summary>
    public Message SetFrom(Message other, params ReadOnlySpan<int> fields)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var field in fields)
        {
            if (other.Has(field))
                Set(field, other.Bytes(field));
        }

        return this;
    }

    /// <summary>Takes a field away and overwrites its bytes: a security code does not linger in the buffer.</summary>
    public Message Remove(int field)
    {
        if (!Has(field))
            return this;
        var index = IndexOf(field);
        values.AsSpan(slots[index].Start, slots[index].Length).Clear();
        slots.AsSpan(index + 1, Count - index - 1).CopyTo(slots.AsSpan(index));
        present &= ~Bit(field);
        return this;
    }

    /// <summary>The fields that only one of the two has, or that have other bytes; ascending.</summary>
    public IReadOnlyList<int> DifferingFields(Message other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var differing = new List<int>();
        foreach (var field in new FieldNumbers(present | other.present))
        {
            if (Has(field) != other.Has(field) || !Bytes(field).SequenceEqual(other.Bytes(field)))
                differing.Add(field);
        }

        return differing;
    }

    /// <summary>Masked as for a log: <see cref="MessageMask.Mask(Message)"/>.</summary>
    public override string ToString() => MessageMask.Mask(this);

    internal UInt128 Present => present;

    /// <summary>What is left of a message that could not be read whole. Its values may not be what their field says.</summary>
    internal bool IsPartial { get; set; }

    /// <summary>The numbers of the fields, with no list behind them.</summary>
    public readonly struct FieldNumbers : IEnumerable<int>
    {
        private readonly UInt128 present;

        internal FieldNumbers(UInt128 present) => this.present = present;

        /// <inheritdoc/>
        public int Count => (int)UInt128.PopCount(present);

        /// <summary>Field numbers, ascending.</summary>
        public Enumerator GetEnumerator() => new(present);

        IEnumerator<int> IEnumerable<int>.GetEnumerator() => GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>Walks over the numbers without an allocation.</summary>
        public struct Enumerator : IEnumerator<int>
        {
            private readonly UInt128 all;
            private UInt128 rest;

            internal Enumerator(UInt128 all) => this.all = rest = all;

            /// <inheritdoc/>
            public int Current { get; private set; }
            readonly object IEnumerator.Current => Current;

            /// <inheritdoc/>
            public bool MoveNext()
            {
                if (rest == 0)
                    return false;
                Current = (int)UInt128.LeadingZeroCount(rest) + 1;
                rest &= ~Bit(Current);
                return true;
            }

            /// <inheritdoc/>
            public void Reset() => rest = all;

            /// <inheritdoc/>
            public readonly void Dispose() { }
        }
    }

    /// <summary>Digits alone, one to eighteen; null for anything else.</summary>
    internal static long? DigitsMax18(ReadOnlySpan<byte> digits)
    {
        if (digits.IsEmpty || digits.Length > 18 || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return null;
        long number = 0;
        foreach (var digit in digits)
            number = number * 10 + (digit - '0');
        return number;
    }

    /// <summary>The place of a value of this length: in the field's old place where it fits, else behind all others.</summary>
    internal Span<byte> Room(int field, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field, FieldSpec.FieldMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(used + length, ValueBytesMax, nameof(length));
        var index = IndexOf(field);
        if (Has(field))
        {
            var old = values.AsSpan(slots[index].Start, slots[index].Length);
            old.Clear();
            if (length <= old.Length)
            {
                slots[index] = new Slot(slots[index].Start, (ushort)length);
                return old[..length];
            }
        }
        else
        {
            if (Count == slots.Length)
                Array.Resize(ref slots, Math.Max(8, slots.Length * 2));
            slots.AsSpan(index, Count - index).CopyTo(slots.AsSpan(index + 1));
            present |= Bit(field);
        }
        if (used + length > values.Length)
            Enlarge(used + length);
        slots[index] = new Slot((ushort)used, (ushort)length);
        used += length;
        return values.AsSpan(used - length, length);
    }

    private void Enlarge(int needed)
    {
        var old = values;
        values = GC.AllocateUninitializedArray<byte>(Math.Max(needed, old.Length * 2));
        old.AsSpan(0, used).CopyTo(values);
        old.AsSpan(0, used).Clear();
    }

    private int Count => (int)UInt128.PopCount(present);

    /// <summary>How many present fields come before this one.</summary>
    private int IndexOf(int field) => (int)UInt128.PopCount(present >> (129 - field));

    private static UInt128 Bit(int field)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(field, FieldSpec.FieldMax);
        return UInt128.One << (128 - field);
    }
}
