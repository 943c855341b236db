using System.Text.Json;
using Shonin.Domain.Approvals;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Cards;

internal sealed record KeepCard(CardOnFile Card);

internal sealed record CardKept(CardOnFile Card);

/// <summary>
/// A card of the vault as a kind of stream: its one fact is what the shop may know of it: a token, and nothing from which the number
/// can be found.
/// </summary>
internal sealed class CardOnFileKind : StreamKind<CardOnFile, KeepCard, CardKept, CardOnFile>
{
    private const string StreamPrefix = "cardOnFile-";
    private const string KeptName = "cardKept";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    public override string Prefix => StreamPrefix;

    public static StreamId StreamOf(CardToken token) => new(StreamPrefix + token.Value);

    public override Decided<CardOnFile, CardKept, CardOnFile> Decide(
        StreamId stream,
        CardOnFile? state,
        KeepCard command,
        DateTimeOffset at
    ) => state is null ? new([new CardKept(command.Card)], command.Card) : new([], state);

    public override CardOnFile Evolve(CardOnFile? state, CardKept happened) =>
        state is null ? happened.Card : throw new InvalidOperationException("A card is kept once.");

    public override NewEvent Store(CardKept happened)
    {
        var card = happened.Card;
        var stored = new Stored(card.Token.Value, card.Brand, card.Last4, card.Expiry, card.Fingerprint);
        return new NewEvent(KeptName, JsonSerializer.SerializeToUtf8Bytes(stored, json));
    }

    public override CardKept Load(StoredEvent stored) =>
        stored.Type == KeptName && JsonSerializer.Deserialize<Stored>(stored.Payload.Span, json) is { } card
            ? new CardKept(new CardOnFile(new CardToken(card.Token), card.Brand, card.Last4, card.Expiry, card.Fingerprint))
            : throw new JsonException($"{stored.Type} is no fact of a card.");

    private sealed record Stored(string Token, string Brand, string Last4, string Expiry, string Fingerprint);
}
