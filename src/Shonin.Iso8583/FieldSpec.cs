namespace Shonin.Iso8583;

/// <summary>How a message is laid out in bytes.</summary>
public enum WireEncoding
{
    /// <summary>Everything in ASCII; bitmaps and binary fields as upper-case hexadecimal characters.</summary>
    Ascii,

    /// <summary>Type, numbers and lengths in packed BCD, bitmaps and binary fields as they are, text in ASCII.</summary>
    Binary,
}

/// <summary>What a field may hold; the letters are the standard's.</summary>
public enum FieldKind
{
    /// <summary>n: digits. Fixed fields are right-justified with zeros.</summary>
    Numeric,

    /// <summary>a: letters. Fixed fields are left-justified with spaces, as all text is.</summary>
    Alphabetic,

    /// <summary>an: letters and digits.</summary>
    Alphanumeric,

    /// <summary>ans: printable ASCII, 0x20 to 0x7E.</summary>
    Text,

    /// <summary>z: track data, digits and the separator <c>=</c> (<c>D</c> is read as the same).</summary>
    Track,

    /// <summary>x+n: C (credit) or D (debit), then digits. The length counts the letter too.</summary>
    SignedNumeric,

    /// <summary>b: bytes. The length counts bytes.</summary>
    Binary,
}

/// <summary>Whether a field has one length, or carries its length before it.</summary>
public enum LengthForm
{
    /// <summary>Always the same length.</summary>
    Fixed,

    /// <summary>Two digits of length before the value; at most 99.</summary>
    Ll,

    /// <summary>Three digits of length before the value; at most 999.</summary>
    Lll,
}

/// <summary>One field of a message format, as data.</summary>
public sealed record FieldSpec
{
    /// <summary>Field 1 is the second bitmap.</summary>
    public const int FieldMin = 2;

    /// <summary>The last field of two bitmaps.</summary>
    public const int FieldMax = 128;

    /// <param name="number">2 to 128; field 1 is the second bitmap and is nobody's to define.</param>
    /// <param name="name">What it is called in explanations, as in "amount, transaction".</param>
    /// <param name="lengthMax">In digits, characters, or bytes of a binary field: the length of a fixed field, the most of another
    ///   one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number or the length cannot be on the wire.</exception>
    public FieldSpec(int number, string name, FieldKind kind, LengthForm form, int lengthMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, FieldMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, FieldMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthMax, LengthLimit(form));
        (Number, Name, Kind, Form, LengthMax) = (number, name, kind, form, lengthMax);
    }

    /// <summary>2 to 128.</summary>
    public int Number { get; }

    /// <summary>The standard's word.</summary>
    public string Name { get; }

    /// <summary>What the value is made of.</summary>
    public FieldKind Kind { get; }

    /// <summary>How its length is told.</summary>
    public LengthForm Form { get; }

    /// <summary>In digits, characters, or bytes of a binary field.</summary>
    public int LengthMax { get; }

    /// <summary>The format in the standard's letters: <c>n6</c>, <c>LLVAR n..19</c>.</summary>
    public string Format =>
        Form switch
        {
            LengthForm.Fixed => $"{Letters}{LengthMax}",
            LengthForm.Ll => $"LLVAR {Letters}..{LengthMax}",
            LengthForm.Lll => $"LLLVAR {Letters}..{LengthMax}",
        };

    /// <inheritdoc/>
    public override string ToString() => $"DE {Number} {Name} ({Format})";

    private string Letters =>
        Kind switch
        {
            FieldKind.Numeric => "n",
            FieldKind.Alphabetic => "a",
            FieldKind.Alphanumeric => "an",
            FieldKind.Text => "ans",
            FieldKind.Track => "z",
            FieldKind.SignedNumeric => "x+n",
            FieldKind.Binary => "b",
        };

    private static int LengthLimit(LengthForm form) =>
        form switch
        {
            LengthForm.Fixed => 999,
            LengthForm.Ll => 99,
            LengthForm.Lll => 999,
        };
}
