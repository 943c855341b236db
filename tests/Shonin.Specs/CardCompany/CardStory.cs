using System.Globalization;
using Shonin.CardCompany.Deciding;

namespace Shonin.Specs.CardCompany;

/// <summary>One card's story, told message by message to the decider; what it decided is folded as the log would fold it.</summary>
internal sealed class CardStory(Account? account)
{
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 1, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Validity = TimeSpan.FromDays(60);
    public const string ApprovalCode = "A00001";

    public static readonly Account Open = new(
        "4242",
        "TARO YAMADA",
        Expiry: new Expiry(2030, 12),
        new ComparedSecret("123"),
        AccountState.Open,
        ArrearsState.None,
        Limit: null,
        AnswerRule.Approve.Instance,
        null,
        null
    );

    public CardHistory History { get; private set; } = CardHistory.Empty;
    public List<CardEvent> Events { get; } = [];
    public DateTimeOffset Now { get; set; } = Start;

    public static RequestIdentity Key(int stan) => new("12345", "SHOP0001", Start, stan);

    public static RequestFacts Facts(string mti, int stan, long yen, string currency = "JPY") =>
        new(
            mti,
            Key(stan),
            string.Create(CultureInfo.InvariantCulture, $"R{stan:00000000000}"),
            new Amount(yen, currency),
            "MERCHANT1",
            "N1001",
            "C0",
            "4242",
            string.Create(CultureInfo.InvariantCulture, $"{(mti is "0120" or "0121" ? "010" : mti[..3])}-{yen}-{currency}")
        );

    public static CardRequest.Authorize Authorize(
        int stan,
        long yen,
        string currency = "JPY",
        Expiry? expiry = null,
        string? code = "123",
        string processing = "000000",
        PartialApproval partial = PartialApproval.NotSupported,
        string mti = "0100"
    ) =>
        new(
            Facts(mti, stan, yen, currency),
            processing,
            expiry ?? new Expiry(2030, 12),
            code is null ? null : new ComparedSecret(code),
            partial,
            null
        );

    public static CardRequest.Advise Advise(int stan, long yen, string responseCode, string mti = "0120") =>
        new(Facts(mti, stan, yen), responseCode, responseCode == "00" ? "S00001" : null);

    public static CardRequest.Reverse Reverse(int stan, int original, long? newTotal = null, string mti = "0420") =>
        new(Facts(mti, stan, 1000), Key(original), newTotal, "68");

    public static CardRequest.Capture Capture(
        int stan,
        int original,
        long yen,
        string approvalCode = ApprovalCode,
        string currency = "JPY"
    ) => new(Facts("0220", stan, yen, currency), Key(original), approvalCode);

    public static CardRequest.Refund Refund(int stan, int original, long yen) => new(Facts("0200", stan, yen), "200000", Key(original));

    public Answer Tell(CardRequest request)
    {
        var decision = Assert.IsType<CardDecision.Answered>(
            CardDecider.Decide(History, account, new CardCommand.Receive(Now, request, ApprovalCode, "T0001", Now + Validity))
        );
        Fold(decision.Events);
        return decision.Answer;
    }

    public CardDecision Tell(CardCommand command)
    {
        var decision = CardDecider.Decide(History, account, command);
        if (decision is CardDecision.Accepted accepted)
            Fold(accepted.Events);
        return decision;
    }

    public CardStory After(CardRequest request)
    {
        Tell(request);
        return this;
    }

    public CardStory After(CardCommand command)
    {
        Tell(command);
        return this;
    }

    /// <summary>Why the last message was decided so.</summary>
    public string LastReason =>
        Events[^1] switch
        {
            CardEvent.AuthorizationDecided decided => decided.Reason.ToString(),
            CardEvent.AuthorizationAdvised advised => advised.Reason.ToString(),
            CardEvent.ReversalDecided reversal => reversal.Reason.ToString(),
            CardEvent.CaptureDecided capture => capture.Reason.ToString(),
            CardEvent.RefundDecided refund => refund.Reason.ToString(),
            CardEvent.RequestKeyReused reused => reused.Reason.ToString(),
            var other => other.GetType().Name,
        };

    private void Fold(IEnumerable<CardEvent> events)
    {
        foreach (var happened in events)
        {
            History = History.Evolve(happened);
            Events.Add(happened);
        }
    }
}
