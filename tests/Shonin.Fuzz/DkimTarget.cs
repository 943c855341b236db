using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;

namespace Shonin.Fuzz;

/// <summary>Verifying signatures: nothing passes for our domain that we did not sign.</summary>
internal static class DkimTarget
{
    public static FuzzTarget Target { get; } = new("dkim", () => Letters.Seeds().Concat(SharedVectors.Files("dkim", "*.msg")), CheckAsync);

    private static async ValueTask CheckAsync(byte[] input)
    {
        if (MailMessage.Parse(input) is not MessageParse.Parsed(var message))
        {
            return;
        }

        var results = await new DkimVerifier(Letters.Published).VerifyAsync(message, Letters.Now);
        Property.Same(message.Fields.Count(field => field.Is("DKIM-Signature"u8)), results.Count, "Each signature has one result");
        for (var index = 0; index < results.Count; index++)
        {
            Property.Same(index, results[index].Index, "Results stand in the order of the fields");
            CheckResult(message, results[index]);
        }
    }

    private static void CheckResult(MailMessage message, DkimResult result)
    {
        Property.Holds(
            result.Coverage is null || (result.Coverage.SignedBytes >= 0 && result.Coverage.SignedBytes <= result.Coverage.TotalBytes),
            "No more is covered than there is"
        );
        Property.Holds(result.HeaderSignature == HashCheck.NotChecked || result.KeyBits > 0, "A signature is checked with a key");
        if (result.Outcome is not DkimOutcome.Pass)
        {
            return;
        }

        Property.Holds(
            result is { BodyHash: HashCheck.Matches, HeaderSignature: HashCheck.Matches, Signature: not null },
            "A pass matches in body and header"
        );
        Property.Same(0, result.Coverage!.UncoveredBytes, "A pass leaves nothing of the body unsigned");
        Property.Holds(message.First("From"u8) is not null, "A pass has a From");
        Property.Holds(!(result.Signature!.ExpiresAt < Letters.Now), "A pass has not expired");
        if (result.Signature.Domain.Equals(Letters.Key.Domain, StringComparison.OrdinalIgnoreCase))
        {
            Property.Holds(Letters.IsOurs(message, FieldsCovered.All), "Only what we signed passes for our domain");
        }
    }
}
