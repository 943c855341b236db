using Shonin.CardNetwork.Vault;

namespace Shonin.Specs.CardNetwork;

internal static class Seeded
{
    /// <summary>The same bytes for the same seed.</summary>
    internal static RandomFill Bytes(int seed)
    {
        var random = new Random(seed);
        return random.NextBytes;
    }
}
