using Xunit.v3;

namespace Shonin.Specs;

/// <summary>
/// Marks what opens something real: a data folder with its database, a listening server, a socket, a chain of certificates. The specs of
/// the rules alone run without them in seconds (<c>./shonin test specs</c>), these by <c>./shonin test parts</c>, and the whole run takes
/// both.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RealPartsAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(RealParts.Trait, RealParts.Real)];
}

internal static class RealParts
{
    public const string Trait = "Parts";
    public const string Real = "real";

    /// <summary>
    /// Called where a spec opens something real, so that none does unmarked. What all specs share (a fixture) belongs to none and may.
    /// </summary>
    public static void Open()
    {
        if (TestContext.Current.Test is { } test && !(test.Traits.TryGetValue(Trait, out var parts) && parts.Contains(Real)))
        {
            throw new InvalidOperationException(
                $"{test.TestDisplayName} opens something real: its class is to be marked with [RealParts]."
            );
        }
    }
}
