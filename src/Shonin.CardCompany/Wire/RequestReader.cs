using System.Diagnostics;
using System.Globalization;
using System.Text;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.EventLog;
using Shonin.Iso8583;

namespace Shonin.CardCompany.Wire;

/// <summary>What a message turned out to be.</summary>
internal abstract record Incoming
{
    private Incoming() { }

    /// <summary>A complete request about a card.</summary>
    public sealed record AboutCard(StreamId Card, CardRequest Request) : Incoming;

    /// <summary>0800.</summary>
    public sealed record AboutConnection(RequestIdentity Key, NetworkCode Code) : Incoming;

    /// <summary>A message of ours that lacks something or has it wrong, with enough to address the answer: 39=30.</summary>
    public sealed record Faulty(string Problem) : Incoming;

    /// <summary>Nobody could be answered: the connection is closed.</summary>
    public sealed record Unreadable(string Problem) : Incoming;

    /// <summary>A message of a type that is not answered here: an answer, a notification, another business.</summary>
    public sealed record NotForUs(string Problem) : Incoming;
}

/// <summary>Fields 32, 41, 7 and 11 as they came.</summary>
internal sealed record AnswerAddress(string Acquirer, string Terminal, string Transmitted, int Stan)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Acquirer}/{Terminal}/{Transmitted}/{Stan:000000}");
}

/// <summary>Field 70.</summary>
internal enum NetworkCode
{
    SignOn,
    SignOff,
    Echo,
    Unknown,
}

/// <summary>Turns messages of the card network profile into requests. Nothing behind this sees a card number.</summary>
internal sealed class RequestReader(CardKeys keys)
{
    private static readonly string[] answered = ["0100", "0101", "0120", "0121", "0200", "0220", "0221", "0400", "0420", "0421", "0800"];

    /// <summary>What the decision and the history need of every request about a card; the profile's other fields may be missing.</summary>
    private static readonly int[] required = [2, 3, 4, 37, 42, 49];

    /// <summary>
    /// What a repeat must have in common with the first: who pays what to whom. Field 48 is not among them, it loses its security code.
    /// </summary>
    private static readonly int[] content = [2, 3, 4, 14, 37, 42, 49, 62, 90, 95];

    public Incoming Read(ParseResult parsed, DateTimeOffset at) =>
        parsed switch
        {
            ParseResult.Parsed { Message: var message } when !IsAnswered(message) => new Incoming.NotForUs(
                $"{message.Mti} is not answered here"
            ),
            ParseResult.Parsed { Message: var message } when AddressOf(message) is null => new Incoming.Unreadable(
                "DE 7, 11, 32 and 41 are needed for an answer"
            ),
            ParseResult.Parsed { Message: var message } => KeyOf(message, at) is { } key
                ? ReadWhole(message, key, at)
                : new Incoming.Faulty("DE 7: no such date or time"),
            ParseResult.Malformed malformed => IsAnswered(malformed.Partial) && AddressOf(malformed.Partial) is not null
                ? new Incoming.Faulty(malformed.Error.What)
                : new Incoming.Unreadable(malformed.Error.What),
            _ => throw new UnreachableException(),
        };

    /// <summary>
    /// The key that fields 32, 41, 7 and 11 make, or null where one of them is missing or wrong, or field 7 is no date and time.
    /// </summary>
    public static RequestIdentity? KeyOf(Message message, DateTimeOffset at) =>
        AddressOf(message) is { } address && TransmittedAt(address.Transmitted, at) is { } transmittedAt
            ? new RequestIdentity(address.Acquirer, address.Terminal, transmittedAt, address.Stan)
            : null;

    /// <summary>
    /// What an answer needs to find its request; null where a field of it is missing. A time that cannot be is repeated as it came.
    /// </summary>
    public static AnswerAddress? AddressOf(Message message) =>
        (message.Number(32), message.Text(41), message.Number(11), message.Text(7))
            is ({ } acquirer, { Length: > 0 } terminal, { } stan, { } transmitted)
            ? new AnswerAddress(Plain(acquirer), terminal, transmitted, (int)stan)
            : null;

    /// <summary>Whether messages of this type are answered at all.</summary>
    public static bool IsAnswered(Message message) => Array.IndexOf(answered, message.Mti.ToString()) >= 0;

    private Incoming ReadWhole(Message message, RequestIdentity key, DateTimeOffset at)
    {
        if (message.Mti.Class is MessageClass.NetworkManagement)
            return new Incoming.AboutConnection(key, CodeOf(message));
        foreach (var field in required)
        {
            if (!message.Has(field))
                return Missing(field);
        }

        if (message.Number(4) is not { } minorUnits || message.Number(49) is not { } currency)
            return new Incoming.Faulty("DE 4 and DE 49: expected digits");
        return Subelements.Of(message) switch
        {
            FieldReading<Subelements>.Unreadable unreadable => new Incoming.Faulty(unreadable.What),
            FieldReading<Subelements>.Read { Value: var elements } => ReadKind(
                message,
                Facts(message, key, new Amount(minorUnits, Currencies.Letters((int)currency)), elements),
                elements,
                at
            ),
            _ => throw new UnreachableException(),
        };
    }

    private RequestFacts Facts(Message message, RequestIdentity key, Amount amount, Subelements elements)
    {
        var number = message.Text(2)!;
        return new RequestFacts(
            message.Mti.ToString(),
            key,
            message.Text(37)!,
            amount,
            message.Text(42)!,
            Scrubbed.Text(message.Text(62)),
            elements[20],
            Last4: number[Math.Max(0, number.Length - 4)..],
            Digest(message)
        );
    }

    private Incoming ReadKind(Message message, RequestFacts facts, Subelements elements, DateTimeOffset at) =>
        (message.Mti.Class, message.Mti.Function) switch
        {
            (MessageClass.Authorization, MessageFunction.Request) => ReadAuthorization(message, facts, elements),
            (MessageClass.Authorization, _) => message.Text(39) is { Length: 2 } decided
                ? About(message, new CardRequest.Advise(facts, decided, message.Text(38)))
                : Missing(39),
            (MessageClass.Reversal, _) => ReadReversal(message, facts, at),
            (MessageClass.Financial, MessageFunction.Advice) => (OriginalOf(message, at), message.Text(38)) switch
            {
                (null, _) => Missing(90),
                (_, null or "") => Missing(38),
                var (original, approvalCode) => About(message, new CardRequest.Capture(facts, original, approvalCode)),
            },
            (MessageClass.Financial, _) => OriginalOf(message, at) is { } original
                ? About(message, new CardRequest.Refund(facts, message.Text(3)!, original))
                : Missing(90),
            _ => throw new UnreachableException(),
        };

    private Incoming ReadAuthorization(Message message, RequestFacts facts, Subelements elements) =>
        message.Text(14) is { } printed && ExpiryOf(printed) is { } expiry
            ? About(
                message,
                new CardRequest.Authorize(
                    facts,
                    message.Text(3)!,
                    expiry,
                    elements[92] is { } code ? new ComparedSecret(code) : null,
                    elements[61] == "1" ? PartialApproval.Supported : PartialApproval.NotSupported,
                    TransactionIdOf(message)
                )
            )
            : Missing(14);

    private Incoming ReadReversal(Message message, RequestFacts facts, DateTimeOffset at)
    {
        if (OriginalOf(message, at) is not { } original)
            return Missing(90);
        var whole = new CardRequest.Reverse(facts, original, NewTotal: null, message.Text(39));
        if (!message.Has(95))
            return About(message, whole);
        return ReplacementAmount.Parse(message.Bytes(95)) switch
        {
            FieldReading<ReplacementAmount>.Read { Value: var total } => About(message, whole with { NewTotal = total.MinorUnits }),
            FieldReading<ReplacementAmount>.Unreadable unreadable => new Incoming.Faulty(unreadable.What),
            _ => throw new UnreachableException(),
        };
    }

    private Incoming.AboutCard About(Message message, CardRequest request) => new(keys.Stream(message.Text(2)!), request);

    private static Incoming.Faulty Missing(int field) => new($"DE {field}: missing, or not what the profile says");

    /// <summary>Field 90 names no terminal: it is the one that sends the message.</summary>
    private static RequestIdentity? OriginalOf(Message message, DateTimeOffset at) =>
        OriginalData.Parse(message.Bytes(90)) is FieldReading<OriginalData>.Read { Value: var data }
        && TransmittedAt(data.Transmitted, at) is { } transmittedAt
            ? new RequestIdentity(Plain(data.Acquirer), message.Text(41)!, transmittedAt, data.Stan)
            : null;

    /// <summary>
    /// A stand-in's advice counts as of one kind with the request it is about, so that the merchant's repeat is recognised after it.
    /// </summary>
    private string Digest(Message message)
    {
        var content = new StringBuilder(message.Mti.Class.ToString());
        if (message.Mti.Class is MessageClass.Financial)
            content.Append(message.Mti.Function);
        foreach (var field in RequestReader.content)
            content.Append(CultureInfo.InvariantCulture, $"|{field}={message.Text(field)}");
        return keys.Digest(content.ToString());
    }

    /// <summary>Field 63 as the merchant brought it; null where it brought none, or an empty one.</summary>
    public static string? TransactionIdOf(Message message) =>
        message.Text(63) is { } brought && !string.IsNullOrWhiteSpace(brought) ? brought : null;

    private static NetworkCode CodeOf(Message message) =>
        message.Number(70) switch
        {
            1 => NetworkCode.SignOn,
            2 => NetworkCode.SignOff,
            301 => NetworkCode.Echo,
            _ => NetworkCode.Unknown,
        };

    private static Expiry? ExpiryOf(string yearMonth) =>
        DateTime.TryParseExact("20" + yearMonth, "yyyyMM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            ? new Expiry(month.Year, month.Month)
            : null;

    /// <summary>MMDDhhmmss, UTC, in the year that brings it nearest to now.</summary>
    private static DateTimeOffset? TransmittedAt(string digits, DateTimeOffset now)
    {
        DateTimeOffset? nearest = null;
        for (var year = now.UtcDateTime.Year - 1; year <= now.UtcDateTime.Year + 1; year++)
        {
            var withYear = year.ToString("0000", CultureInfo.InvariantCulture) + digits;
            if (
                DateTimeOffset.TryParseExact(
                    withYear,
                    "yyyyMMddHHmmss",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var candidate
                ) && (nearest is not { } best || (candidate - now).Duration() < (best - now).Duration())
            )
            {
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static string Plain(long acquirer) => acquirer.ToString(CultureInfo.InvariantCulture);
}
