using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.Message;

namespace Shonin.Fuzz;

/// <summary>Chains of seals: none passes for our domain that we did not seal.</summary>
internal static class ArcTarget
{
    public static FuzzTarget Target { get; } = new("arc", () => Letters.Seeds().Concat(Letters.SharedMessages()), CheckAsync);

    private static async ValueTask CheckAsync(byte[] input)
    {
        if (MailMessage.Parse(input) is not MessageParse.Parsed(var message))
        {
            return;
        }

        var result = await new ArcVerifier(Letters.Published).VerifyAsync(message);
        var sealCount = message.Fields.Count(field => field.Is("ARC-Seal"u8));
        Property.Holds(result.Sets.Count == 0 || result.Sets.Count == sealCount, "Each seal has one set");
        Property.Holds(
            result.Sets.Select(set => set.Instance).SequenceEqual(Enumerable.Range(1, result.Sets.Count)),
            "Sets are numbered from 1 without a gap"
        );
        Property.Holds(result.OldestPass >= 0 && result.OldestPass <= result.Sets.Count, "The oldest pass is one of the sets");
        if (result.Outcome is ArcOutcome.None)
        {
            Property.Holds(
                !message.Fields.Any(field =>
                    field.Is("ARC-Seal"u8) || field.Is("ARC-Message-Signature"u8) || field.Is("ARC-Authentication-Results"u8)
                ),
                "None means that nobody sealed"
            );
        }

        if (result.Outcome is ArcOutcome.Pass)
        {
            Property.Holds(result.Sets.Count > 0 && result.OldestPass > 0, "A pass has sets");
            Property.Holds(
                result.Sets.All(set => set.ChainWord == (set.Instance == 1 ? "none" : "pass")),
                "A pass was recorded by every sealer"
            );
            if (result.Sets[^1].Sealer.Equals(Letters.Key.Domain, StringComparison.OrdinalIgnoreCase))
            {
                Property.Holds(Letters.IsOurs(message, FieldsCovered.Lowest), "Only what we sealed passes for our domain");
            }
        }
    }
}
