using System.Globalization;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>Messages for logs and screens: no card number but its last four digits, no security code, nothing of a shape that is not known to be harmless.</summary>
public static class MessageMask
{
    /// <summary>One line, as in <c>0100 2=************4242 3=000000 4=000000015000</c>.</summary>
    public static string Mask(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var line = new StringBuilder(message.Mti.ToString());
        foreach (var field in message.Fields)
            line.Append(CultureInfo.InvariantCulture, $" {field}={Value(field, message.Bytes(field))}");
        return line.ToString();
    }

    /// <summary>One element of field 48, masked.</summary>
    internal static string Element(int id, string value) => id is 20 or 61 or 84 or 87 && value.Length <= 2 ? value : "(hidden)";

    /// <summary>One field's value, masked.</summary>
    internal static string Value(int field, ReadOnlySpan<byte> value) =>
        field is 3 or 4 or 7 or 11 or 12 or 13 or 39 or 49 or 70 && Message.DigitsMax18(value) is not null ? Encoding.ASCII.GetString(value) : "(hidden)";
}
