using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.EventLog.Secrets;

namespace Shonin.Web;

/// <summary>
/// What the steps of one form hand to each other by the browser, encrypted: nothing that can be read, made up, or used in another place.
/// How long it is good for stands in what is sealed.
/// </summary>
/// <param name="place">Where it belongs; what was sealed for another place does not open.</param>
internal sealed class SealedTicket<T>(ScreenKeys keys, string place)
    where T : class
{
    private readonly byte[] place = Encoding.ASCII.GetBytes(place);

    public string Seal(T ticket) =>
        Base64Url.EncodeToString(Envelope.Seal(keys.Tickets, JsonSerializer.SerializeToUtf8Bytes(ticket), place));

    /// <summary>Null where it is none of ours.</summary>
    public T? Open(string? brought)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Envelope.Open(keys.Tickets, Base64Url.DecodeFromChars(brought ?? ""), place));
        }
        catch (Exception foreign) when (foreign is CryptographicException or FormatException or JsonException)
        {
            return null; // the page says to start again
        }
    }
}
