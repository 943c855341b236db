using System.Buffers;
using System.Diagnostics;

namespace Shonin.Iso8583;

/// <summary>How the characters of a value become bytes.</summary>
internal enum FieldPacking
{
    /// <summary>One byte a character.</summary>
    Characters,

    /// <summary>Packed BCD: two digits a byte, an odd count padded left with 0. A track's separator is the digit D.</summary>
    Digits,

    /// <summary>One byte for the sign, then packed BCD.</summary>
    SignedDigits,

    /// <summary>Two hexadecimal characters a byte.</summary>
    Hexadecimal,

    /// <summary>Bytes as they are.</summary>
    Bytes,
}

/// <summary>What is known of a value's characters, each more than the one before, so that they need not be looked at again.</summary>
internal enum Characters : byte
{
    Unknown,

    /// <summary>0x20 to 0x7E.</summary>
    Printable,
    Digits,
}

/// <summary>One field's definition in one encoding, with what reading and writing need to know worked out once.</summary>
internal sealed class FieldCodec
{
    private readonly Characters? enough; // null: however much is known, each value is looked at.

    public FieldCodec(FieldSpec spec, WireEncoding encoding)
    {
        Spec = spec;
        (Kind, LengthMax) = (spec.Kind, spec.LengthMax);
        Packing = PackingOf(spec.Kind, encoding);
        Allowed = AllowedIn(spec.Kind);
        LengthDigits = spec.Form switch
        {
            LengthForm.Fixed => 0,
            LengthForm.Ll => 2,
            LengthForm.Lll => 3,
        };
        LengthByteCount = encoding == WireEncoding.Ascii ? LengthDigits : (LengthDigits + 1) / 2;
        ByteCountMax = LengthByteCount + ByteCount(spec.LengthMax);
        enough = EnoughFor(spec.Kind);
        Ensured = EnsuredBy(spec.Kind);
        IsFixed = spec.Form == LengthForm.Fixed;
        IsExact = IsFixed && spec.Kind is FieldKind.Binary or FieldKind.Track;
    }

    public FieldSpec Spec { get; }
    public FieldKind Kind { get; }

    /// <summary>In digits, characters, or bytes of a binary field.</summary>
    public int LengthMax { get; }

    /// <summary>Whether it always has the same length, and so none before it.</summary>
    public bool IsFixed { get; }
    public FieldPacking Packing { get; }

    /// <summary>The characters that a value may have; for a fixed text, besides the spaces at its right.</summary>
    public SearchValues<byte> Allowed { get; }

    /// <summary>How many digits of length come before the value: 0, 2 or 3.</summary>
    public int LengthDigits { get; }

    /// <summary>How many bytes those digits are.</summary>
    public int LengthByteCount { get; }

    /// <summary>The longest value and its length prefix, in bytes on the wire.</summary>
    public int ByteCountMax { get; }

    /// <summary>How many bytes a value of this length takes on the wire.</summary>
    public int ByteCount(int length) => Packing == FieldPacking.Characters ? length : PackedByteCount(length);

    private int PackedByteCount(int length) =>
        Packing switch
        {
            FieldPacking.Characters => length,
            FieldPacking.Digits => (length + 1) / 2,
            FieldPacking.SignedDigits => length == 0 ? 0 : 1 + length / 2,
            FieldPacking.Hexadecimal => length * 2,
            FieldPacking.Bytes => length,
        };

    /// <summary>Whether a value of this length may stand in the field once it is padded. Bytes and tracks have no padding.</summary>
    public bool Fits(int length) => IsExact ? length == LengthMax : length <= LengthMax;

    /// <summary>The limit in words for an error.</summary>
    public string Limit => IsExact ? $"exactly {Spec.LengthMax}" : $"at most {Spec.LengthMax}";

    private bool IsExact { get; }

    /// <summary>Whether all characters may be there of which so much is known.</summary>
    public bool Takes(Characters known) => known >= enough;

    /// <summary>What is known of a value's characters once they have been looked at.</summary>
    public Characters Ensured { get; }

    /// <summary>The place of the first character that may not be there, or -1.</summary>
    public int IndexOfUnfit(ReadOnlySpan<byte> value)
    {
        switch (Kind)
        {
            case FieldKind.Numeric:
                return value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            case FieldKind.Binary:
                return -1;
            case FieldKind.SignedNumeric:
                if (value.IsEmpty)
                    return -1;
                if (value[0] is not ((byte)'C' or (byte)'D'))
                    return 0;
                var digit = value[1..].IndexOfAnyExcept(Allowed);
                return digit < 0 ? -1 : digit + 1;
            case FieldKind.Alphabetic or FieldKind.Alphanumeric when IsFixed:
                return value.TrimEnd((byte)' ').IndexOfAnyExcept(Allowed);
            case FieldKind.Alphabetic or FieldKind.Alphanumeric or FieldKind.Text or FieldKind.Track:
                return value.IndexOfAnyExcept(Allowed);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>What the field's characters are, in words for an error.</summary>
    public string Expected =>
        Spec.Kind switch
        {
            FieldKind.Numeric => "digits",
            FieldKind.Alphabetic => "letters",
            FieldKind.Alphanumeric => "letters and digits",
            FieldKind.Text => "printable ASCII characters",
            FieldKind.Track => "digits and '='",
            FieldKind.SignedNumeric => "C or D and digits",
            FieldKind.Binary => "bytes",
        };

    /// <summary>What a value of this length is on the wire, in words for an error.</summary>
    public string ExpectedOf(int length) =>
        Packing == FieldPacking.Hexadecimal ? $"{ByteCount(length)} hexadecimal characters" : $"{length} {Expected}";

    private static Characters? EnoughFor(FieldKind kind) =>
        kind switch
        {
            FieldKind.Binary => Characters.Unknown,
            FieldKind.Text => Characters.Printable,
            FieldKind.Numeric or FieldKind.Alphanumeric or FieldKind.Track => Characters.Digits,
            FieldKind.Alphabetic or FieldKind.SignedNumeric => null,
        };

    private static Characters EnsuredBy(FieldKind kind) =>
        kind switch
        {
            FieldKind.Binary => Characters.Unknown,
            FieldKind.Numeric => Characters.Digits,
            FieldKind.Alphabetic or FieldKind.Alphanumeric or FieldKind.Text or FieldKind.Track or FieldKind.SignedNumeric =>
                Characters.Printable,
        };

    private static FieldPacking PackingOf(FieldKind kind, WireEncoding encoding) =>
        (kind, encoding) switch
        {
            (FieldKind.Binary, WireEncoding.Ascii) => FieldPacking.Hexadecimal,
            (FieldKind.Binary, WireEncoding.Binary) => FieldPacking.Bytes,
            (FieldKind.Numeric or FieldKind.Track, WireEncoding.Binary) => FieldPacking.Digits,
            (FieldKind.SignedNumeric, WireEncoding.Binary) => FieldPacking.SignedDigits,
            (FieldKind.Numeric or FieldKind.Track or FieldKind.SignedNumeric, WireEncoding.Ascii) => FieldPacking.Characters,
            (FieldKind.Alphabetic or FieldKind.Alphanumeric or FieldKind.Text, WireEncoding.Ascii or WireEncoding.Binary) =>
                FieldPacking.Characters,
            _ => throw new UnreachableException(),
        };

    private static readonly SearchValues<byte> digits = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> lettersAndDigits = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );
    private static readonly SearchValues<byte> trackCharacters = SearchValues.Create("0123456789=D"u8);
    private static readonly SearchValues<byte> printable = SearchValues.Create([
        .. Enumerable.Range(0x20, 0x7F - 0x20).Select(code => (byte)code),
    ]);
    private static readonly SearchValues<byte> anything = SearchValues.Create([.. Enumerable.Range(0, 256).Select(code => (byte)code)]);

    private static SearchValues<byte> AllowedIn(FieldKind kind) =>
        kind switch
        {
            FieldKind.Numeric or FieldKind.SignedNumeric => digits,
            FieldKind.Alphabetic => letters,
            FieldKind.Alphanumeric => lettersAndDigits,
            FieldKind.Text => printable,
            FieldKind.Track => trackCharacters,
            FieldKind.Binary => anything,
        };
}
