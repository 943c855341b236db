using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>
/// The elements of field 48: for each a 2-digit id, a 2-digit length and a value, ids ascending. Immutable.
/// <see cref="ToString"/> is masked; <see cref="Write"/> is what goes into the field.
/// </summary>
public sealed class Subelements
{
    private const int Field = 48;
    private const int IdMax = 99;
    private const int LengthMax = 99;

    private readonly ImmutableSortedDictionary<int, string> values;

    private Subelements(ImmutableSortedDictionary<int, string> values) => this.values = values;

    /// <summary>No elements.</summary>
    public static Subelements Empty { get; } = new(ImmutableSortedDictionary<int, string>.Empty);

    /// <summary>
    /// Reads a field's value. Never throws. Ids that repeat or do not ascend are unreadable: nobody could tell which one is meant.
    /// </summary>
    public static FieldReading<Subelements> Parse(ReadOnlySpan<byte> field)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<int, string>();
        var lastId = -1;
        for (var position = 0; position < field.Length; )
        {
            if (field.Length - position < 4 || Message.DigitsMax18(field.Slice(position, 4)) is not { } head)
                return Unreadable($"byte {position}: expected 2 digits of id and 2 of length");
            var (id, length) = ((int)(head / 100), (int)(head % 100));
            if (id <= lastId)
                return Unreadable($"element {id:00} / byte {position}: expected an id above {lastId:00}");
            position += 4;
            if (field.Length - position < length)
            {
                return Unreadable(
                    $"element {id:00} / byte {position}: expected {length} characters, got the end of the field after {field.Length - position}"
                );
            }

            values.Add(id, Encoding.ASCII.GetString(field.Slice(position, length)));
            lastId = id;
            position += length;
        }
        return new FieldReading<Subelements>.Read(new Subelements(values.ToImmutable()));
    }

    /// <summary>The elements of the message's field 48; empty where it has none.</summary>
    public static FieldReading<Subelements> Of(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Parse(message.Bytes(Field));
    }

    /// <summary>The value, or null where the element is absent.</summary>
    public string? this[int id] => values.GetValueOrDefault(id);

    /// <summary>The ids that are there, ascending.</summary>
    public IEnumerable<int> Ids => values.Keys;

    /// <summary>Whether there is no element.</summary>
    public bool IsEmpty => values.IsEmpty;

    /// <summary>The same with one element set. Characters beyond printable ASCII are transliterated or become <c>?</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not 0 to 99, or the value is longer than 99.</exception>
    public Subelements With(int id, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id, IdMax);
        var plain = Transliteration.ToAscii(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, LengthMax, nameof(value));
        return new Subelements(values.SetItem(id, plain));
    }

    /// <summary>The same without one element.</summary>
    public Subelements Without(int id) => new(values.Remove(id));

    /// <summary>The field's value, ids ascending; longer than 999 is refused when the message is written.</summary>
    public string Write()
    {
        var field = new StringBuilder();
        foreach (var (id, value) in values)
            field.Append(CultureInfo.InvariantCulture, $"{id:00}{value.Length:00}{value}");
        return field.ToString();
    }

    /// <summary>Masked as for a log.</summary>
    public override string ToString() =>
        string.Join(' ', values.Select(element => $"{element.Key:00}={MessageMask.Element(element.Key, element.Value)}"));

    private static FieldReading<Subelements> Unreadable(FormattableString problem) =>
        new FieldReading<Subelements>.Unreadable($"DE {Field} / {problem.ToString(CultureInfo.InvariantCulture)}");
}
