using Shonin.CardCompany.Deciding;
using Shonin.Iso8583;

namespace Shonin.CardCompany.Wire;

/// <summary>Writes answers: what the profile repeats of the request, and what was decided.</summary>
internal static class AnswerWriter
{
    private static readonly int[] repeatedInAuthorizations = [3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49, 62, 63];
    private static readonly int[] repeatedInAdvices = [7, 11, 32, 37, 41, 42];
    private static readonly int[] repeatedInNetworkManagement = [7, 11, 32, 41, 70];

    private const int AdviceCodeElement = 84;
    private const int SecurityCodeElement = 87;

    public static Message ToCardRequest(Message request, CardRequest meaning, Answer answer)
    {
        if (meaning is not (CardRequest.Authorize or CardRequest.Refund))
            return new Message(request.Mti.Answer()).SetFrom(request, repeatedInAdvices).Set(39, answer.ResponseCode);

        var message = new Message(request.Mti.Answer()).SetFrom(request, repeatedInAuthorizations).Set(39, answer.ResponseCode);
        if (answer.ApprovalCode is { } approvalCode)
            message.Set(38, approvalCode);
        if (answer.NetworkCode is { } networkCode)
            message.Set(44, networkCode);
        if (Elements(answer) is { IsEmpty: false } elements)
            message.Set(48, elements.Write());
        if (answer.ApprovedAmount is { } approved)
            SetPart(message, approved, meaning.Facts.Amount);
        if (answer.TransactionId is { } transactionId)
            message.Set(63, transactionId);
        return message;
    }

    public static Message ToNetworkManagement(Message request, string responseCode) =>
        new Message(request.Mti.Answer()).SetFrom(request, repeatedInNetworkManagement).Set(39, responseCode);

    /// <summary>To something that is not decided about, of which at least the fields of its key could be read.</summary>
    /// <param name="transactionId">Field 63 of a 0110 whose request brought none.</param>
    public static Message ToRefused(Message request, string responseCode, string transactionId)
    {
        var message = new Message(request.Mti.Answer())
            .SetFrom(request, request.Mti.Class is MessageClass.NetworkManagement ? repeatedInNetworkManagement : repeatedInAdvices)
            .Set(39, responseCode);
        return (request.Mti.Class, request.Mti.Function) is (MessageClass.Authorization, MessageFunction.Request)
            ? message.Set(63, RequestReader.TransactionIdOf(request) ?? transactionId)
            : message;
    }

    private static void SetPart(Message message, Amount approved, Amount asked)
    {
        var original = new AdditionalAmount(
            "00",
            AdditionalAmount.OriginalAmount,
            Currencies.Number(asked.Currency),
            BalanceSign.Debit,
            asked.MinorUnits
        );
        message.Set(4, approved.MinorUnits).Set(54, AdditionalAmount.Write(original));
    }

    private static Subelements Elements(Answer answer)
    {
        var elements = Subelements.Empty;
        if (answer.AdviceCode is { } advice)
            elements = elements.With(AdviceCodeElement, advice);
        if (answer.SecurityCodeResult is { } result)
            elements = elements.With(SecurityCodeElement, result);
        return elements;
    }
}
