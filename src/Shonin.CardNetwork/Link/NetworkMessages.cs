using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Link;

/// <summary>Requests as messages of the card network profile, and the profile's answers as what the merchant may know.</summary>
internal sealed class NetworkMessages(LinkOptions options)
{
    internal static readonly Mti AuthorizationRequest = Mti.Parse("0100");
    private static readonly Mti reversalAdvice = Mti.Parse("0420");
    private static readonly Mti captureAdvice = Mti.Parse("0220");
    internal static readonly Mti NetworkRequest = Mti.Parse("0800");

    private const string Purchase = "000000"; // field 3
    private const string PaidOnce = "10"; // field 48 element 80
    private const string OriginalApproved = ResponseCodes.Approved; // field 39 of a capture: what the original was answered with

    private const int InitiatorElement = 20;
    private const int WayOfPayingElement = 80;
    private const int AdviceCodeElement = 84;
    private const int SecurityCodeResultElement = 87;
    private const int SecurityCodeElement = 92;

    private readonly long acquirer = long.Parse(options.Acquirer, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Whether the request may carry a security code: the customer is there, and typed it for this.</summary>
    internal static bool MayCarrySecurityCode(NetworkRequest request) =>
        request is NetworkRequest.Authorize { Initiator: Initiator.Customer or Initiator.CustomerConfirms };

    /// <summary>The request with the card's number in it; <see cref="Wipe"/> it once it is written.</summary>
    internal Message Build(NetworkRequest request, Pan number, CardExpiry expiry, SecurityCode? code) =>
        request switch
        {
            NetworkRequest.Authorize authorize => BuildAuthorization(authorize, number, expiry, code),
            NetworkRequest.Reverse reverse => BuildReversal(reverse, number),
            NetworkRequest.Capture capture => BuildAdvice(
                TypeOf(captureAdvice, capture.Repeat),
                capture,
                number,
                capture.Original,
                capture.ApprovalCode,
                OriginalApproved
            ),
            _ => throw new UnreachableException(),
        };

    /// <summary>Overwrites what must not linger: the number, and the elements among which a security code may be.</summary>
    internal static void Wipe(Message message) => message.Remove(2).Remove(48);

    /// <param name="code">Field 70: 001 sign-on, 002 sign-off, 301 echo.</param>
    internal Message BuildNetwork(string code, int stan, DateTimeOffset at) =>
        new Message(NetworkRequest)
            .Set(7, Transmission(at))
            .Set(11, stan)
            .Set(32, options.Acquirer)
            .Set(41, options.Terminal)
            .Set(70, code);

    /// <summary>
    /// What kind of request this type answers; null where it answers none of ours. 0410 answers 0400, which is never sent here.
    /// </summary>
    internal static AnswerKind? KindOf(Mti answer) =>
        answer.Value switch
        {
            110 => AnswerKind.Authorization,
            430 => AnswerKind.Reversal,
            230 => AnswerKind.Capture,
            _ => null,
        };

    internal static AnswerKind KindOf(NetworkRequest request) =>
        request switch
        {
            Domain.Approvals.NetworkRequest.Authorize => AnswerKind.Authorization,
            Domain.Approvals.NetworkRequest.Reverse => AnswerKind.Reversal,
            Domain.Approvals.NetworkRequest.Capture => AnswerKind.Capture,
            _ => throw new UnreachableException(),
        };

    /// <summary>The <see cref="Claim.WireKey"/> of an answer, or why it has none.</summary>
    internal KeyReading ReadKey(Message message)
    {
        if (
            message.Number(11) is not { } stan
            || message.Text(7) is not { Length: 10 } transmitted
            || message.Number(32) is not { } theirs
            || message.Text(41) is not { } terminal
        )
        {
            return new KeyReading.Missing("DE 7, 11, 32 and 41 are needed to tell which request this answers");
        }

        var wireKey = string.Create(CultureInfo.InvariantCulture, $"{transmitted}-{stan:000000}");
        return IsOwn(theirs, terminal)
            ? new KeyReading.Ours(wireKey)
            : new KeyReading.Foreign(
                "DE 32 or DE 41 is another acquirer's or terminal's",
                wireKey,
                new(theirs.ToString(CultureInfo.InvariantCulture), terminal)
            );
    }

    /// <summary>
    /// Under which name <see cref="SentRequests"/> keeps a request: its wire key, and whose it is where that is not today's settings.
    /// </summary>
    internal string SentKeyOf(Claim claim) =>
        claim.Sender is { } sender && !IsOwn(AcquirerOf(claim), sender.Terminal)
            ? SentKeyOf(claim.WireKey, AcquirerOf(claim), sender.Terminal)
            : claim.WireKey;

    internal static string SentKeyOf(KeyReading.Foreign foreign) =>
        SentKeyOf(
            foreign.WireKey,
            long.Parse(foreign.Sender.Acquirer, NumberStyles.None, CultureInfo.InvariantCulture),
            foreign.Sender.Terminal
        );

    private static string SentKeyOf(string wireKey, long acquirer, string terminal) =>
        string.Create(CultureInfo.InvariantCulture, $"{acquirer}/{terminal}/{wireKey}");

    private bool IsOwn(long acquirerNumber, string terminal) => acquirerNumber == acquirer && terminal == options.Terminal;

    private long AcquirerOf(Claim claim) =>
        claim.Sender is { } sender ? long.Parse(sender.Acquirer, NumberStyles.None, CultureInfo.InvariantCulture) : acquirer;

    /// <summary>The answer's content. Field 39 is there: the caller checked.</summary>
    internal static NetworkAnswer ReadAnswer(
        Message message,
        AnswerKind kind,
        string wireKey,
        Subelements elements,
        DateTimeOffset at,
        AnswerMatch match
    ) =>
        new(
            kind,
            wireKey,
            Rrn: Filled(message, 37),
            ResponseCode: message.Text(39)!,
            ApprovalCode: Filled(message, 38),
            AdviceCode: elements[AdviceCodeElement],
            NetworkCode: Filled(message, 44),
            SecurityCodeResult: elements[SecurityCodeResultElement],
            ApprovedAmount: AmountOf(message),
            TransactionId: Filled(message, 63),
            at,
            match
        );

    private Message BuildAuthorization(NetworkRequest.Authorize request, Pan number, CardExpiry expiry, SecurityCode? code)
    {
        var message = Begin(AuthorizationRequest, request, number)
            .Set(14, expiry.WireText)
            .Set(18, options.Category)
            .Set(37, request.Claim.Rrn)
            .Set(43, options.NameAndPlace);
        switch (request.Initiator)
        {
            case Initiator.Customer or Initiator.CustomerConfirms:
                message.Set(22, "812").Set(25, "59"); // the customer is in the web shop
                break;
            case Initiator.AutomaticRetry or Initiator.Agent or Initiator.Reauthorization:
                message.Set(22, "100").Set(25, "08"); // initiated by the merchant
                break;
        }
        SetElements(message, request.Initiator, code);
        return request.EarlierTransactionId is { } earlier ? message.Set(63, earlier) : message;
    }

    private Message BuildReversal(NetworkRequest.Reverse request, Pan number)
    {
        var message = BuildAdvice(
            TypeOf(reversalAdvice, request.Repeat),
            request,
            number,
            request.Original,
            request.ApprovalCode,
            ReasonCode(request.Reason)
        );
        return request.NewTotal is { } total ? message.Set(95, new ReplacementAmount(total.MinorUnits).Write()) : message;
    }

    private Message BuildAdvice(Mti type, NetworkRequest request, Pan number, Claim original, string? approvalCode, string reason)
    {
        var message = Begin(type, request, number)
            .Set(37, original.Rrn)
            .Set(39, reason)
            .Set(
                90,
                new OriginalData(AuthorizationRequest, original.Stan, Transmission(original.TransmittedAt), AcquirerOf(original)).Write()
            );
        return approvalCode is null ? message : message.Set(38, approvalCode);
    }

    private Message Begin(Mti type, NetworkRequest request, Pan number)
    {
        var local = TimeZoneInfo.ConvertTime(request.Claim.TransmittedAt, options.LocalZone);
        return new Message(type)
            .Set(2, number.Reveal())
            .Set(3, Purchase)
            .Set(4, request.Amount.MinorUnits)
            .Set(7, Transmission(request.Claim.TransmittedAt))
            .Set(11, request.Claim.Stan)
            .Set(12, local.ToString("HHmmss", CultureInfo.InvariantCulture))
            .Set(13, local.ToString("MMdd", CultureInfo.InvariantCulture))
            .Set(32, request.Claim.Sender?.Acquirer ?? options.Acquirer)
            .Set(41, request.Claim.Sender?.Terminal ?? options.Terminal)
            .Set(42, options.Merchant)
            .Set(49, request.Amount.Currency.Number)
            .Set(62, request.OrderNumber);
    }

    /// <summary>The security code is written behind the other elements by hand, so that it is never a string.</summary>
    private static void SetElements(Message message, Initiator initiator, SecurityCode? code)
    {
        var open = Subelements.Empty.With(InitiatorElement, InitiatorCode(initiator)).With(WayOfPayingElement, PaidOnce).Write();
        Span<byte> field = stackalloc byte[64];
        var size = Encoding.ASCII.GetBytes(open, field);
        if (code is not null)
        {
            size += Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{SecurityCodeElement:00}{code.DigitCount:00}"),
                field[size..]
            );
            code.Reveal().CopyTo(field[size..]);
            size += code.DigitCount;
        }
        message.Set(48, field[..size]);
        CryptographicOperations.ZeroMemory(field);
    }

    private static string InitiatorCode(Initiator initiator) =>
        initiator switch
        {
            Initiator.Customer => "C0",
            Initiator.CustomerConfirms => "C1",
            Initiator.AutomaticRetry or Initiator.Agent => "M1",
            Initiator.Reauthorization => "M2",
        };

    private static string ReasonCode(ReversalReason reason) =>
        reason switch
        {
            ReversalReason.Error => "06",
            ReversalReason.CustomerCancelled => "17",
            ReversalReason.AnswerLateOrNever => "68",
            ReversalReason.Rest => "32",
        };

    private static Mti TypeOf(Mti first, int repeat) => repeat > 0 ? first.Repeat() : first;

    private static string Transmission(DateTimeOffset at) => at.UtcDateTime.ToString("MMddHHmmss", CultureInfo.InvariantCulture);

    private static Money? AmountOf(Message message) =>
        message.Number(4) is { } minorUnits && message.Number(49) is { } number && Currency.Parse((int)number) is { } currency
            ? new Money(minorUnits, currency)
            : null;

    private static string? Filled(Message message, int field) => message.Text(field) is { Length: > 0 } text ? text : null;
}

/// <summary>Whose an answer is.</summary>
internal abstract record KeyReading
{
    private KeyReading() { }

    internal sealed record Ours(string WireKey) : KeyReading;

    internal sealed record Foreign(string What, string WireKey, WireSender Sender) : KeyReading;

    internal sealed record Missing(string What) : KeyReading;
}
