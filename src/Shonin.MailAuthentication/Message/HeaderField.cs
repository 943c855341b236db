using System.Text;

namespace Shonin.MailAuthentication.Message;

/// <summary>One header field as raw bytes, with its folds and without its last line end.</summary>
public readonly struct HeaderField : IEquatable<HeaderField>
{
    private readonly int nameLength;
    private readonly int colon;

    private HeaderField(ReadOnlyMemory<byte> raw, int nameLength, int colon)
    {
        Raw = raw;
        this.nameLength = nameLength;
        this.colon = colon;
    }

    /// <summary>The field as it lies in the message, name and folds included.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The name as written, without the colon; empty where the line is no field.</summary>
    public ReadOnlySpan<byte> Name => Raw.Span[..nameLength];

    /// <summary>All that follows the colon, folds and spaces included.</summary>
    public ReadOnlyMemory<byte> Value => Raw[(colon + 1)..];

    internal bool HasSpaceBeforeColon => nameLength > 0 && nameLength != colon;

    /// <summary>Where the value begins inside <see cref="Raw"/>.</summary>
    internal int ValueStart => colon + 1;

    /// <summary>Whether the field has this name, in any case.</summary>
    public bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    /// <summary>The value as one line: folds undone, white space around it cut, bytes read as Latin-1 so that none is lost.</summary>
    public string ValueText()
    {
        var text = Encoding.Latin1.GetString(Value.Span);
        return text.Replace("\r\n", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Trim(' ', '\t');
    }

    /// <summary>
    /// Finds name and value (RFC 5322 section 2.2; white space before the colon is obsolete, section 4.5, and read all the same).
    /// </summary>
    internal static HeaderField Split(ReadOnlyMemory<byte> raw)
    {
        var bytes = raw.Span;
        var colon = bytes.IndexOf((byte)':');
        var nameLength = colon < 0 ? 0 : bytes[..colon].TrimEnd(" \t"u8).Length;
        return nameLength == 0 || bytes[..nameLength].ContainsAnyExceptInRange((byte)33, (byte)126)
            ? new HeaderField(raw, 0, -1)
            : new HeaderField(raw, nameLength, colon);
    }

    /// <inheritdoc/>
    public bool Equals(HeaderField other) => Raw.Equals(other.Raw);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HeaderField other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Raw.GetHashCode();

    /// <summary>The same bytes at the same place.</summary>
    public static bool operator ==(HeaderField left, HeaderField right) => left.Equals(right);

    /// <summary>Not the same bytes at the same place.</summary>
    public static bool operator !=(HeaderField left, HeaderField right) => !left.Equals(right);
}
