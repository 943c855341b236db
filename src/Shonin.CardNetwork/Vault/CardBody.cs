using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Shonin.CardNetwork.Vault;

internal enum CardField
{
    Number,
    Expiry,
    SecurityCode,
    Holder,
}

/// <summary>
/// A body taken apart: the four fields of a card as secrets, and everything else. What could not be read is in
/// <see cref="Faults"/>; no fault, and no exception, repeats a byte of the body.
/// </summary>
internal sealed class CardBody : IDisposable
{
    private const int FieldCountMax = 32;
    private const int JsonDepthMax = 8;

    private static readonly string[] names = ["number", "expiry", "securityCode", "holder"];

    private readonly Secret?[] values = new Secret?[names.Length];
    private readonly bool[] mentioned = new bool[names.Length];
    private readonly List<CardFault> faults = [];
    private readonly List<KeyValuePair<string, string>> others = [];
    private readonly ArrayBufferWriter<byte> rest = new();

    private CardBody(BodyShape shape) => IsForm = shape == BodyShape.Form;

    private enum BodyShape
    {
        Json,
        Form,
    }

    internal bool IsForm { get; }
    internal IReadOnlyList<CardFault> Faults => faults;

    /// <summary>Fields that are not a card's, with the text of their values.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Others => others;

    internal Secret? Value(CardField field) => values[(int)field];

    /// <summary>Whether the field stood there at all, readable or not.</summary>
    internal bool Mentions(CardField field) => mentioned[(int)field];

    /// <summary>The body without its card fields, in its own encoding.</summary>
    internal ReadOnlyMemory<byte> Rest() => rest.WrittenMemory;

    public void Dispose()
    {
        foreach (var value in values)
            value?.Dispose();
    }

    /// <summary>Reads an object of fields; an empty body is an empty object.</summary>
    internal static CardBody ReadJson(ReadOnlySpan<byte> utf8, int sizeMaxBytes)
    {
        var body = new CardBody(BodyShape.Json);
        if (utf8.Length > sizeMaxBytes)
            return body.With(CardFault.BodyTooLarge);
        using var rest = new Utf8JsonWriter(body.rest);
        rest.WriteStartObject();
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonDepthMax });
            if (!IsBlank(utf8))
                body.ReadObject(ref reader, rest);
        }
        catch (JsonException)
        {
            // The exception's message may quote the body; the fault does not.
            body.With(CardFault.BodyMalformed);
        }
        catch (InvalidOperationException)
        {
            // A string that is not UTF-8.
            body.With(CardFault.BodyMalformed);
        }
        if (body.faults.Count == 0)
            rest.WriteEndObject();
        return body;
    }

    /// <summary>Reads <c>application/x-www-form-urlencoded</c> (WHATWG URL standard, section 5.1).</summary>
    internal static CardBody ReadForm(ReadOnlySpan<byte> urlEncoded, int sizeMaxBytes)
    {
        var body = new CardBody(BodyShape.Form);
        if (urlEncoded.Length > sizeMaxBytes)
            return body.With(CardFault.BodyTooLarge);
        var fieldCount = 0;
        var decoded = new byte[urlEncoded.Length];
        foreach (var range in urlEncoded.Split((byte)'&'))
        {
            var pair = urlEncoded[range];
            if (pair.IsEmpty)
                continue;
            if (++fieldCount > FieldCountMax)
                return body.With(CardFault.BodyMalformed);
            var equals = pair.IndexOf((byte)'=');
            var name = Encoding.UTF8.GetString(decoded.AsSpan(0, Decode(equals < 0 ? pair : pair[..equals], decoded)));
            var value = decoded.AsSpan(0, Decode(equals < 0 ? [] : pair[(equals + 1)..], decoded));
            var index = Array.IndexOf(names, name);
            if (index >= 0)
                body.Keep((CardField)index, value);
            else
                body.KeepOther(name, value, pair);
            CryptographicOperations.ZeroMemory(decoded);
        }
        return body;
    }

    private CardBody With(CardFault fault)
    {
        if (!faults.Contains(fault))
            faults.Add(fault);
        return this;
    }

    private void ReadObject(ref Utf8JsonReader reader, Utf8JsonWriter rest)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() ?? "";
            if (names.Count >= FieldCountMax)
                throw new JsonException();
            if (!names.Add(name))
                With(CardFault.FieldRepeated);
            reader.Read();
            var index = Array.IndexOf(CardBody.names, name);
            if (index >= 0)
                KeepJson((CardField)index, ref reader);
            else
                KeepOtherJson(name, ref reader, rest);
        }
        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
            throw new JsonException();
    }

    private void KeepJson(CardField field, ref Utf8JsonReader reader)
    {
        mentioned[(int)field] = true;
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            With(NotText(field));
            return;
        }
        var text = new byte[reader.ValueSpan.Length];
        Keep(field, text.AsSpan(0, reader.CopyString(text)));
        CryptographicOperations.ZeroMemory(text);
    }

    private void KeepOtherJson(string name, ref Utf8JsonReader reader, Utf8JsonWriter rest)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        others.Add(new(name, value.RootElement.ToString()));
        rest.WritePropertyName(name);
        value.RootElement.WriteTo(rest);
    }

    private void Keep(CardField field, ReadOnlySpan<byte> value)
    {
        mentioned[(int)field] = true;
        if (values[(int)field] is not null)
            With(CardFault.FieldRepeated);
        else
            values[(int)field] = new Secret(value);
    }

    private void KeepOther(string name, ReadOnlySpan<byte> value, ReadOnlySpan<byte> pair)
    {
        others.Add(new(name, Encoding.UTF8.GetString(value)));
        if (rest.WrittenCount > 0)
            rest.Write("&"u8);
        rest.Write(pair);
    }

    private static CardFault NotText(CardField field) =>
        field switch
        {
            CardField.Number => CardFault.NumberNotText,
            CardField.Expiry => CardFault.ExpiryNotText,
            CardField.SecurityCode => CardFault.SecurityCodeNotText,
            CardField.Holder => CardFault.HolderNotText,
        };

    private static bool IsBlank(ReadOnlySpan<byte> utf8) => utf8.Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>Percent-decoding; a percent sign without two hexadecimal digits stands for itself, as browsers have it.</summary>
    private static int Decode(ReadOnlySpan<byte> text, Span<byte> into)
    {
        var size = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (
                text[index] == '%'
                && index + 2 < text.Length
                && char.IsAsciiHexDigit((char)text[index + 1])
                && char.IsAsciiHexDigit((char)text[index + 2])
            )
            {
                into[size++] = (byte)(Hex(text[index + 1]) * 16 + Hex(text[index + 2]));
                index += 2;
            }
            else
            {
                into[size++] = text[index] == '+' ? (byte)' ' : text[index];
            }
        }
        return size;
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
