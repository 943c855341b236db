using System.Text;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Line;

/// <summary>
/// Decides what befalls each frame, over all connections of a line. It remembers how many requests each rule has counted, and which
/// answers are to be touched; it keeps no card number, only its last four digits.
/// </summary>
internal sealed class LineCourse(LineScript script, WireEncoding encoding)
{
    private const int MemoryCountMax = 100_000;

    private readonly MessageFormat format = MessageFormat.Profile(encoding);
    private readonly bool countsOrders = script.Rules.Any(rule => rule.SkipOrders > 0);
    private readonly Lock gate = new();
    private readonly BoundedMemory<(int Rule, string Group), int> counts = new(MemoryCountMax);
    private readonly BoundedMemory<string, int> orderCounts = new(MemoryCountMax);
    private readonly BoundedMemory<(string Card, string Order), int> orderPlaces = new(MemoryCountMax);
    private readonly BoundedMemory<string, Encounter> answers = new(MemoryCountMax);

    /// <summary>What befalls this frame; null where it passes.</summary>
    /// <param name="message">A frame without its length.</param>
    internal Encounter? Judge(ReadOnlySpan<byte> message, LineDirection direction)
    {
        if (format.Parse(message) is not ParseResult.Parsed { Message: var parsed })
            return null;
        lock (gate)
        {
            return direction switch
            {
                LineDirection.ToCardCompany => JudgeRequest(parsed),
                LineDirection.ToMerchant => answers.Take(KeyOf(parsed.Mti, parsed)),
            };
        }
    }

    private Encounter? JudgeRequest(Message request)
    {
        var last4 = LastFour(request.Bytes(2));
        var order = request.Text(62) ?? "";
        var what = $"{request.Mti} of order {MaskedOrder(order)} on card …{last4}";
        var place = countsOrders ? PlaceOf(last4, order) : 1;
        Encounter? mine = null,
            answer = null;
        for (var index = 0; index < script.Rules.Count; index++)
        {
            var rule = script.Rules[index];
            if (place <= rule.SkipOrders || !Fits(rule, request, last4, order))
                continue;
            var group = (
                index,
                rule.Per switch
                {
                    LineGroup.Order => order,
                    LineGroup.Card => last4,
                    LineGroup.Line => "",
                }
            );
            var count = counts.Find(group);
            counts.Set(group, count + 1);
            if (count < rule.Skip || count - rule.Skip >= rule.First)
                continue;
            switch (rule.Affects)
            {
                case LinePart.Request:
                    mine ??= new Encounter(rule, $"the request {what}");
                    break;
                case LinePart.Answer:
                    answer ??= new Encounter(rule, $"the answer to the request {what}");
                    break;
            }
        }
        if (answer is not null && request.Mti.ExpectsAnswer)
            answers.Set(KeyOf(request.Mti.Answer(), request), answer);
        return mine;
    }

    /// <summary>Which order of its card it is: 1 for the first that was seen.</summary>
    private int PlaceOf(string card, string order)
    {
        if (orderPlaces.Find((card, order)) is var place and > 0)
            return place;
        place = orderCounts.Find(card) + 1;
        orderCounts.Set(card, place);
        orderPlaces.Set((card, order), place);
        return place;
    }

    private static bool Fits(LineRule rule, Message request, string last4, string order) =>
        (rule.CardEndsWith is null || rule.CardEndsWith == last4)
        && (rule.Order is null || rule.Order == order)
        && (rule.Requests.Count == 0 || rule.Requests.Contains(request.Mti.ToString()));

    private static string KeyOf(Mti answer, Message message) =>
        $"{answer}|{message.Number(32)}|{message.Text(41)}|{message.Text(7)}|{message.Number(11)}";

    private static string LastFour(ReadOnlySpan<byte> number) => Encoding.ASCII.GetString(number.Length < 8 ? default : number[^4..]);

    /// <summary>An order number is no secret, but somebody may have put a card's number there.</summary>
    private static string MaskedOrder(string order) => order.Count(char.IsAsciiDigit) < Vault.Pan.DigitCountMin ? order : "(hidden)";
}

internal enum LineDirection
{
    ToCardCompany,
    ToMerchant,
}

/// <summary>A rule that met a message.</summary>
/// <param name="What">The message, for the log.</param>
internal sealed record Encounter(LineRule Rule, string What);

/// <summary>Values by key, of which the oldest goes when there are too many.</summary>
internal sealed class BoundedMemory<TKey, TValue>(int countMax)
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> values = [];
    private readonly Queue<TKey> byAge = new();

    internal TValue? Find(TKey key) => values.GetValueOrDefault(key);

    internal TValue? Take(TKey key) => values.Remove(key, out var value) ? value : default;

    internal void Set(TKey key, TValue value)
    {
        if (values.TryAdd(key, value))
            byAge.Enqueue(key);
        else
            values[key] = value;
        // A key that was taken is still in the queue, and makes room here without costing a value.
        while (byAge.Count > countMax)
            values.Remove(byAge.Dequeue());
    }
}
