using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
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

    [StructLayout(LayoutKind.Sequential, Pack = 1)] // Five bytes: what a message takes is most of what it costs.
    private readonly record struct Slot(ushort Start, ushort Length, Characters Characters);

    private Bitmaps present;
    private Slot[] slots; // One for each present field, ascending.
    private byte[] values;
    private int used;
    private ParseResult.Parsed? whole;

    /// <summary>A message without fields.</summary>
    public Message(Mti mti)
    {
        Mti = mti;
        (slots, values) = (new Slot[20], new byte[192]); // What a request with its card and its shop takes.
    }

    /// <summary>The same fields under another type: a repeat, say. The original is left alone.</summary>
    public Message(Mti mti, Message fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Mti = mti;
        (present, used) = (fields.present, fields.used);
        (slots, values) = ([.. fields.slots], [.. fields.values]);
        IsPartial = fields.IsPartial;
    }

    /// <summary>A message to be read: it takes its storage when its size is known.</summary>
    internal Message() => (slots, values) = ([], []);

    /// <summary>The message type.</summary>
    public Mti Mti { get; private set; }

    /// <summary>The numbers of the fields that are there, ascending. Bitmaps are not among them.</summary>
    public FieldNumbers Fields => new(present);

    /// <param name="field">1 to 128; 1 is never there, the second bitmap makes itself.</param>
    public bool Has(int field)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(field, FieldSpec.FieldMax);
        return present.Has(field);
    }

    /// <summary>The value as it is on an ASCII wire, empty where the field is absent. Good until the next change of the message.</summary>
    public ReadOnlySpan<byte> Bytes(int field) => Has(field) ? BytesAt(present.CountBefore(field)) : default;

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
        var characters = Characters.Digits;
        if (value.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            value = Transliteration.ToAscii(value);
            characters = Characters.Printable;
        }
        var room = Room(field, value.Length, characters);
        for (var index = 0; index < room.Length; index++)
            room[index] = (byte)value[index];
        return this;
    }

    /// <summary>Sets a number of 0 or more, without leading zeros: writing adds them where the field is fixed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The field is not 2 to 128, or the number is negative.</exception>
    public Message Set(int field, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Span<byte> digits = stackalloc byte[20];
        if (!value.TryFormat(digits, out var count, provider: CultureInfo.InvariantCulture))
            throw new UnreachableException();
        digits[..count].CopyTo(Room(field, count, Characters.Digits));
        return this;
    }

    /// <summary>
    /// Sets bytes as they are. In text fields those that are not printable ASCII become <c>?</c> when the message is written.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The field is not 2 to 128.</exception>
    public Message Set(int field, ReadOnlySpan<byte> value)
    {
        if (value.Overlaps(values))
            value = value.ToArray(); // Room may overwrite or move what it points to.
        value.CopyTo(Room(field, value.Length, Characters.Unknown));
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
        var index = present.CountBefore(field);
        Clear(slots[index]);
        slots.AsSpan(index + 1, present.Count - index - 1).CopyTo(slots.AsSpan(index));
        present = present.Without(field);
        return this;
    }

    /// <summary>The fields that only one of the two has, or that have other bytes; ascending.</summary>
    public IReadOnlyList<int> DifferingFields(Message other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var differing = new List<int>();
        foreach (var field in new FieldNumbers(present.With(other.present)))
        {
            if (Has(field) != other.Has(field) || !Bytes(field).SequenceEqual(other.Bytes(field)))
                differing.Add(field);
        }

        return differing;
    }

    /// <summary>Masked as for a log: <see cref="MessageMask.Mask(Message)"/>.</summary>
    public override string ToString() => MessageMask.Mask(this);

    internal Bitmaps Present => present;

    /// <summary>The value of the field that has so many before it.</summary>
    internal ReadOnlySpan<byte> BytesAt(int index) => values.AsSpan(slots[index].Start, slots[index].Length);

    /// <summary>What is known of that value.</summary>
    internal Characters CharactersAt(int index) => slots[index].Characters;

    /// <summary>What is left of a message that could not be read whole. Its values may not be what their field says.</summary>
    internal bool IsPartial { get; set; }

    /// <summary>The answer that it was read whole; made once, so that reading into the same message again allocates nothing.</summary>
    internal ParseResult.Parsed Whole => whole ??= new ParseResult.Parsed(this);

    /// <summary>Takes another type and other fields, all empty until <see cref="Place"/>; what there was is overwritten.</summary>
    /// <returns>So many bytes, where the values come to stand.</returns>
    internal Span<byte> StartAnew(Mti mti, Bitmaps fields, int valueBytes)
    {
        values.AsSpan(0, used).Clear();
        slots.AsSpan().Clear();
        (Mti, present, used, IsPartial) = (mti, fields, valueBytes, false);
        if (slots.Length < fields.Count)
            slots = new Slot[fields.Count];
        if (values.Length < valueBytes)
            values = GC.AllocateUninitializedArray<byte>(valueBytes);
        return values.AsSpan(0, valueBytes);
    }

    /// <summary>Says where in the bytes from <see cref="StartAnew"/> the value of the field stands that has so many before it.</summary>
    internal void Place(int index, int start, int length, Characters characters) =>
        slots[index] = new Slot((ushort)start, (ushort)length, characters);

    /// <summary>Overwrites what stands before, between and behind the values of placed fields.</summary>
    internal void ClearAroundFields()
    {
        var end = 0;
        foreach (var slot in slots.AsSpan(0, present.Count))
        {
            values.AsSpan(end..slot.Start).Clear();
            end = slot.Start + slot.Length;
        }
        values.AsSpan(end..used).Clear();
    }

    /// <summary>The numbers of the fields, with no list behind them.</summary>
    public readonly struct FieldNumbers : IEnumerable<int>
    {
        private readonly Bitmaps present;

        internal FieldNumbers(Bitmaps present) => this.present = present;

        /// <inheritdoc/>
        public int Count => present.Count;

        /// <summary>Field numbers, ascending.</summary>
        public Enumerator GetEnumerator() => new(present);

        IEnumerator<int> IEnumerable<int>.GetEnumerator() => GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>Walks over the numbers without an allocation.</summary>
        public struct Enumerator : IEnumerator<int>
        {
            private readonly Bitmaps all;
            private Bitmaps rest;

            internal Enumerator(Bitmaps all) => this.all = rest = all;

            /// <inheritdoc/>
            public int Current { get; private set; }
            readonly object IEnumerator.Current => Current;

            /// <inheritdoc/>
            public bool MoveNext()
            {
                if (rest.Lowest is not (> 0 and var next))
                    return false;
                (Current, rest) = (next, rest.Without(next));
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
    private Span<byte> Room(int field, int length, Characters characters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field, FieldSpec.FieldMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(field, FieldSpec.FieldMax);
        var index = present.CountBefore(field);
        var start = used;
        if (present.Has(field) && slots[index].Length >= length)
            start = slots[index].Start;
        else if (used + length > values.Length)
            start = MakeRoom(length);
        if (!present.Has(field))
            Insert(field, index);
        else
            Clear(slots[index]);
        slots[index] = new Slot((ushort)start, (ushort)length, characters);
        used = Math.Max(used, start + length);
        return values.AsSpan(start, length);
    }

    private void Insert(int field, int index)
    {
        var count = present.Count;
        if (count == slots.Length)
            Array.Resize(ref slots, Math.Max(8, slots.Length * 2));
        if (index < count)
            slots.AsSpan(index, count - index).CopyTo(slots.AsSpan(index + 1));
        present = present.With(field);
    }

    /// <summary>Moves the values together into a larger buffer; what no field has is left behind.</summary>
    /// <returns>Where the room is.</returns>
    private int MakeRoom(int length)
    {
        var placed = slots.AsSpan(0, present.Count);
        var end = 0;
        foreach (var slot in placed)
            end += slot.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end + length, ValueBytesMax, nameof(length));
        var old = values.AsSpan(0, used);
        values = GC.AllocateUninitializedArray<byte>(Math.Clamp(used * 2, end + length, ValueBytesMax));
        used = 0;
        foreach (ref var slot in placed)
        {
            old.Slice(slot.Start, slot.Length).CopyTo(values.AsSpan(used));
            slot = slot with { Start = (ushort)used };
            used += slot.Length;
        }
        old.Clear();
        return used;
    }

    private void Clear(Slot slot) => values.AsSpan(slot.Start, slot.Length).Clear();
}
