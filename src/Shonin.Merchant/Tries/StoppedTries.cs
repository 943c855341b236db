using System.Text.Json.Serialization;

namespace Shonin.Merchant.Tries;

/// <summary>A card, or an hour of the shop, on which nothing more is tried until a person has looked at it or its time is over.</summary>
/// <param name="Name">The card's fingerprint, or the hour as yyyyMMddHH in UTC.</param>
/// <param name="Brand">Null for an hour.</param>
/// <param name="Count">How many tries were not approved.</param>
public sealed record StoppedTries(string Name, string? Brand, string? Last4, int Count, DateTimeOffset At)
{
    /// <summary>Whether it is an hour of the shop.</summary>
    [JsonIgnore]
    public bool IsShop => Brand is null;
}

/// <param name="By">Who let it be tried again, as the desk knows them.</param>
internal sealed record ReleasedTries(string By, DateTimeOffset At);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StoppedTries))]
[JsonSerializable(typeof(ReleasedTries))]
internal sealed partial class TriesJson : JsonSerializerContext;
