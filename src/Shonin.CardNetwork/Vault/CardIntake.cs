using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.CardNetwork.Vault;

/// <summary>
/// Where cards enter: the bodies that hold a card number or a security code are read here, so that the web code never touches
/// either. It takes raw bytes and gives secrets, or refusals that repeat nothing of what was typed.
/// </summary>
public sealed class CardIntake(VaultKeys keys, TimeProvider clock)
{
    /// <summary>Largest body that is looked at, in bytes. A card needs under 300.</summary>
    public const int BodySizeMaxBytes = 4096;

    private const int TypedExpiryLengthMax = 9; // 12 / 2030
    private const int TypedExpiryDigitsMax = 6;
    private const int HolderSizeMaxBytes = 300; // 100 Japanese characters

    /// <summary>Reads <c>POST /v1/cards</c>: <c>{"number","expiry":"YYYY-MM","securityCode","holder"?}</c>, and no other field.</summary>
    public CardReading ParseJson(ReadOnlySpan<byte> utf8) => Parse(CardBody.ReadJson(utf8, BodySizeMaxBytes), OtherFields.Refused);

    /// <summary>
    /// Reads the card entry page's form: the same names, the expiry also as printed on the card (<c>MM/YY</c>). Other fields
    /// of the form come back in <see cref="CardReading.Accepted.Others"/>.
    /// </summary>
    public CardReading ParseForm(ReadOnlySpan<byte> urlEncoded) => Parse(CardBody.ReadForm(urlEncoded, BodySizeMaxBytes), OtherFields.Kept);

    /// <summary>
    /// Splits a JSON body that may hold <c>"securityCode"</c> beside things that are not secret (confirmations, a change of the
    /// payment method): the code becomes a secret, the rest goes on without it.
    /// </summary>
    public static CodeReading SplitJson(ReadOnlySpan<byte> utf8) => Split(CardBody.ReadJson(utf8, BodySizeMaxBytes));

    /// <summary>The same for a form, as the order page's button sends it.</summary>
    public static CodeReading SplitForm(ReadOnlySpan<byte> urlEncoded) => Split(CardBody.ReadForm(urlEncoded, BodySizeMaxBytes));

    private enum OtherFields
    {
        Refused,
        Kept,
    }

    private CardReading Parse(CardBody body, OtherFields otherFields)
    {
        using (body)
        {
            var faults = new List<CardFault>(body.Faults);
            if (otherFields == OtherFields.Refused && body.Others.Count > 0)
                faults.Add(CardFault.UnknownField);
            if (body.Faults.Contains(CardFault.BodyTooLarge) || body.Faults.Contains(CardFault.BodyMalformed))
                return new CardReading.Refused([.. faults.Select(CardRefusal.Of)]);

            var number = ReadNumber(body, faults);
            var expiry = ReadExpiry(body, faults);
            var code = ReadSecurityCode(body, number, faults);
            if (body.Value(CardField.Holder) is { } holder && !IsName(holder.Reveal()))
                faults.Add(CardFault.HolderMalformed);

            if (faults.Count == 0 && number is not null && code is not null)
                return new CardReading.Accepted(new CardEntry(number, expiry, code), HashOf(number, expiry, body), body.Others);
            number?.Dispose();
            code?.Dispose();
            return new CardReading.Refused([.. faults.Order().Select(CardRefusal.Of)])
            {
                Others = body.Others,
                TypedExpiry = TypedExpiryOf(body),
            };
        }
    }

    /// <summary>
    /// What a form brought as the expiry, if it is short enough to be one: whoever types the number into the wrong box does not get it
    /// back.
    /// </summary>
    private static string? TypedExpiryOf(CardBody body)
    {
        if (!body.IsForm || body.Value(CardField.Expiry) is not { } text)
            return null;
        var typed = Encoding.UTF8.GetString(text.Reveal());
        return typed.Length is > 0 and <= TypedExpiryLengthMax && typed.Count(char.IsDigit) <= TypedExpiryDigitsMax ? typed : null;
    }

    private static Pan? ReadNumber(CardBody body, List<CardFault> faults)
    {
        if (body.Value(CardField.Number) is not { } text)
        {
            if (!body.Mentions(CardField.Number))
                faults.Add(CardFault.NumberMissing);
            return null;
        }
        switch (Pan.Parse(text.Reveal()))
        {
            case PanReading.Read(var pan):
                return pan;
            case PanReading.Refused(var fault):
                faults.Add(
                    fault switch
                    {
                        PanFault.NotDigits => CardFault.NumberNotDigits,
                        PanFault.WrongLength => CardFault.NumberWrongLength,
                        PanFault.WrongCheckDigit => CardFault.NumberWrongCheckDigit,
                    }
                );
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private CardExpiry ReadExpiry(CardBody body, List<CardFault> faults)
    {
        if (body.Value(CardField.Expiry) is not { } text)
        {
            if (!body.Mentions(CardField.Expiry))
                faults.Add(CardFault.ExpiryMissing);
            return default;
        }
        var expiry = body.IsForm ? CardExpiry.ParseTyped(text.Reveal()) : CardExpiry.Parse(text.Reveal());
        if (expiry is not { } month)
            faults.Add(CardFault.ExpiryMalformed);
        else if (month.IsPast(clock.GetUtcNow()))
            faults.Add(CardFault.ExpiryPast);
        return expiry ?? default;
    }

    private static SecurityCode? ReadSecurityCode(CardBody body, Pan? number, List<CardFault> faults)
    {
        if (body.Value(CardField.SecurityCode) is not { } text)
        {
            if (!body.Mentions(CardField.SecurityCode))
                faults.Add(CardFault.SecurityCodeMissing);
            return null;
        }
        var code = SecurityCode.Parse(text.Reveal());
        if (code is null || number is not null && code.DigitCount != CardBrands.SecurityCodeLength(number.Brand))
            faults.Add(CardFault.SecurityCodeMalformed);
        return code;
    }

    private static CodeReading Split(CardBody body)
    {
        using (body)
        {
            var faults = new List<CardFault>(body.Faults);
            if (body.Mentions(CardField.Number) || body.Mentions(CardField.Expiry) || body.Mentions(CardField.Holder))
                faults.Add(CardFault.CardNotWelcome);
            SecurityCode? code = null;
            // An empty box of a form is no code; an empty string in JSON is a mistake.
            if (body.Value(CardField.SecurityCode) is { } text && !(body.IsForm && text.Reveal().IsEmpty))
            {
                code = SecurityCode.Parse(text.Reveal());
                if (code is null)
                    faults.Add(CardFault.SecurityCodeMalformed);
            }
            if (faults.Count == 0)
                return new CodeReading.Accepted(code, body.Rest());
            code?.Dispose();
            return new CodeReading.Refused([.. faults.Order().Select(CardRefusal.Of)]);
        }
    }

    private static bool IsName(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.Length > HolderSizeMaxBytes)
            return false;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var sizeBytes) != System.Buffers.OperationStatus.Done || Rune.IsControl(rune))
                return false;
            utf8 = utf8[sizeBytes..];
        }
        return true;
    }

    /// <summary>
    /// The request as an idempotency key remembers it: a keyed hash of everything but the security code, 64 hexadecimal digits.
    /// Number and expiry count as read, so that the same card typed with other spaces is the same request.
    /// </summary>
    private string HashOf(Pan number, CardExpiry expiry, CardBody body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.Requests.Reveal());
        hash.AppendData(number.Reveal());
        hash.AppendData(Encoding.ASCII.GetBytes($"|{expiry}|"));
        if (body.Value(CardField.Holder) is { } holder)
            hash.AppendData(holder.Reveal());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A card as its owner typed it. Dispose of it once the vault has it.</summary>
public sealed class CardEntry(Pan number, CardExpiry expiry, SecurityCode securityCode) : IDisposable
{
    public Pan Number { get; } = number;
    public CardExpiry Expiry { get; } = expiry;
    public SecurityCode SecurityCode { get; } = securityCode;

    public override string ToString() => $"{Number} {Expiry}";

    public void Dispose()
    {
        Number.Dispose();
        SecurityCode.Dispose();
    }
}

/// <summary>What a body with a card held.</summary>
public abstract record CardReading
{
    private CardReading() { }

    /// <param name="RequestHash">A keyed hash of the request without the security code, for its idempotency key.</param>
    /// <param name="Others">A form's fields that are not the card's, in their order.</param>
    public sealed record Accepted(CardEntry Card, string RequestHash, IReadOnlyList<KeyValuePair<string, string>> Others) : CardReading;

    public sealed record Refused(IReadOnlyList<CardRefusal> Refusals) : CardReading
    {
        /// <summary>A form's fields that are not the card's, in their order; empty where it could not be read.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Others { get; init; } = [];

        /// <summary>What a form brought as the expiry, so that it need not be typed again; null where it is too long to be one.</summary>
        public string? TypedExpiry { get; init; }
    }
}

/// <summary>What a body held that may bring a security code.</summary>
public abstract record CodeReading
{
    private CodeReading() { }

    /// <param name="Code">Null where none was given.</param>
    /// <param name="Rest">The body without the code, in its own encoding; <c>{}</c> where a JSON body was empty.</param>
    public sealed record Accepted(SecurityCode? Code, ReadOnlyMemory<byte> Rest) : CodeReading;

    public sealed record Refused(IReadOnlyList<CardRefusal> Refusals) : CodeReading;
}

/// <summary>One thing that was wrong with a card's body.</summary>
/// <param name="Fault">For a page that says it in the customer's language.</param>
/// <param name="Code">The problem's code: <c>malformed</c>, <c>invalidCard</c> or <c>bodyTooLarge</c>.</param>
/// <param name="Pointer">JSON pointer (RFC 6901) to the field, empty for the whole body.</param>
/// <param name="Detail">What was wrong and what to do, without what was typed.</param>
public sealed record CardRefusal(CardFault Fault, string Code, string Pointer, string Detail)
{
    internal static CardRefusal Of(CardFault fault)
    {
        var (code, pointer, detail) = Words(fault);
        return new CardRefusal(fault, code, pointer, detail);
    }

    private static (string Code, string Pointer, string Detail) Words(CardFault fault) =>
        fault switch
        {
            CardFault.BodyTooLarge => (
                "bodyTooLarge",
                "",
                $"The body is larger than {CardIntake.BodySizeMaxBytes} bytes; a card needs under 300."
            ),
            CardFault.BodyMalformed => (
                "malformed",
                "",
                "The body is not one object of text fields; check its syntax, and that every value is a string."
            ),
            CardFault.FieldRepeated => ("malformed", "", "A field stands there twice; send each once."),
            CardFault.UnknownField => (
                "malformed",
                "",
                "There is a field that a card does not have; send number, expiry, securityCode and holder."
            ),
            CardFault.CardNotWelcome => (
                "malformed",
                "",
                "A card's number, expiry and holder are accepted by POST /v1/cards alone; send the card's token here."
            ),
            CardFault.NumberMissing => ("malformed", "/number", "The card number is missing."),
            CardFault.NumberNotText => ("malformed", "/number", "The card number must be a string."),
            CardFault.NumberNotDigits => (
                "invalidCard",
                "/number",
                "The card number holds something that is neither digit, space nor hyphen."
            ),
            CardFault.NumberWrongLength => (
                "invalidCard",
                "/number",
                "The card number has too few or too many digits for its kind of card."
            ),
            CardFault.NumberWrongCheckDigit => (
                "invalidCard",
                "/number",
                "The card number's check digit does not fit; a digit is mistyped."
            ),
            CardFault.ExpiryMissing => ("malformed", "/expiry", "The expiry is missing."),
            CardFault.ExpiryNotText => ("malformed", "/expiry", "The expiry must be a string."),
            CardFault.ExpiryMalformed => ("invalidCard", "/expiry", "The expiry is not a month; write YYYY-MM as in 2030-12."),
            CardFault.ExpiryPast => ("invalidCard", "/expiry", "The card's expiry is past; use another card."),
            CardFault.SecurityCodeMissing => ("malformed", "/securityCode", "The security code is missing."),
            CardFault.SecurityCodeNotText => ("malformed", "/securityCode", "The security code must be a string."),
            CardFault.SecurityCodeMalformed => (
                "invalidCard",
                "/securityCode",
                "The security code is not the three digits, on American Express four, that are printed on the card."
            ),
            CardFault.HolderNotText => ("malformed", "/holder", "The holder must be a string."),
            CardFault.HolderMalformed => (
                "invalidCard",
                "/holder",
                "The holder is empty, longer than 300 bytes, or holds a control character."
            ),
        };
}

/// <summary>Everything that can be wrong with a card's body, in the order in which it is told.</summary>
public enum CardFault
{
    BodyTooLarge,
    BodyMalformed,
    FieldRepeated,
    UnknownField,
    CardNotWelcome,
    NumberMissing,
    NumberNotText,
    NumberNotDigits,
    NumberWrongLength,
    NumberWrongCheckDigit,
    ExpiryMissing,
    ExpiryNotText,
    ExpiryMalformed,
    ExpiryPast,
    SecurityCodeMissing,
    SecurityCodeNotText,
    SecurityCodeMalformed,
    HolderNotText,
    HolderMalformed,
}
