using System.Buffers;

namespace Shonin.Iso8583;

/// <summary>An encoding and a table of fields: all that is needed to read and write messages.</summary>
public sealed class MessageFormat
{
    /// <summary>
    /// Longer bytes are no message: a packed digit becomes a byte of its value, and a message holds <see cref="Message.ValueBytesMax"/>.
    /// </summary>
    public const int MessageBytesMax = Message.ValueBytesMax / 2;

    private static readonly MessageFormat profileAscii = new(WireEncoding.Ascii, FieldTables.Profile);
    private static readonly MessageFormat profileBinary = new(WireEncoding.Binary, FieldTables.Profile);

    private readonly FieldCodec?[] codecs = new FieldCodec?[FieldSpec.FieldMax + 1];

    /// <param name="fields">At most one for each number. A message with a field that is not among them is malformed.</param>
    /// <exception cref="ArgumentException">Two fields have the same number.</exception>
    public MessageFormat(WireEncoding encoding, IEnumerable<FieldSpec> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        Encoding = encoding;
        foreach (var spec in fields)
        {
            if (codecs[spec.Number] is not null)
                throw new ArgumentException($"DE {spec.Number} is defined twice.", nameof(fields));
            codecs[spec.Number] = new FieldCodec(spec, encoding);
        }
    }

    /// <summary>ISO 8583:1987 with the card network profile's formats: <see cref="FieldTables.Profile"/>.</summary>
    public static MessageFormat Profile(WireEncoding encoding) =>
        encoding switch
        {
            WireEncoding.Ascii => profileAscii,
            WireEncoding.Binary => profileBinary,
        };

    /// <summary>ASCII or packed BCD.</summary>
    public WireEncoding Encoding { get; }

    /// <summary>The field's definition, or null where this format has none.</summary>
    /// <param name="number">1 to 128.</param>
    public FieldSpec? Field(int number) => codecs[number]?.Spec;

    /// <summary>Reads one whole message. Never throws, whatever the bytes are. The message keeps no reference to them.</summary>
    /// <param name="bytes">From the message type on, without a frame's length.</param>
    public ParseResult Parse(ReadOnlyMemory<byte> bytes) => Parse(bytes.Span);

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte})"/>
    public ParseResult Parse(ReadOnlySpan<byte> bytes) => new MessageReader(this, bytes, new Message()).Read();

    /// <summary>
    /// Reads one whole message into one that is there, for whoever is done with a message before the next comes: type and fields are those
    /// of the bytes, what was there is overwritten. Never throws, whatever the bytes are. Bytes without fault take no new object once the
    /// message has held as many fields and bytes.
    /// </summary>
    /// <param name="bytes">From the message type on, without a frame's length; not the value of a field of the same message.</param>
    /// <returns>Its message is the one given, good until something else is read into it.</returns>
    public ParseResult Parse(ReadOnlySpan<byte> bytes, Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new MessageReader(this, bytes, message).Read();
    }

    /// <summary>Writes the message, padded and justified as its fields' formats say; the message itself is left alone.</summary>
    /// <returns>Refused, naming the field, where a value does not fit its format, the format lacks the field, or the destination is too
    ///   small.</returns>
    public WriteResult Write(Message message, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new MessageWriter(this, destination).Write(message);
    }

    /// <inheritdoc cref="Write(Message, Span{byte})"/>
    public WriteResult Write(Message message, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(destination);
        var result = Write(message, destination.GetSpan(ByteCountMax(message)));
        if (result is WriteResult.Written written)
            destination.Advance(written.ByteCount);
        return result;
    }

    /// <summary>No message with these fields is longer when it is written.</summary>
    internal int ByteCountMax(Message message)
    {
        var count = MessageWriter.HeaderBytesMax;
        foreach (var field in message.Fields)
            count += codecs[field]?.ByteCountMax ?? 0;
        return count;
    }

    internal FieldCodec? Codec(int field) => codecs[field];
}
