using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;

namespace Shonin.Fuzz;

/// <summary>Verifying undoes signing and sealing, whatever message is signed.</summary>
internal static class SigningTarget
{
    public static FuzzTarget Target { get; } = new("signing", Letters.Seeds, CheckAsync);

    private static async ValueTask CheckAsync(byte[] input)
    {
        // One field fewer than a message may have, or the signed one is refused.
        var limits = new MessageLimits
        {
            FieldCountMax = MessageLimits.Default.FieldCountMax - 4,
            HeaderBytesMax = MessageLimits.Default.HeaderBytesMax - 4096,
        };
        if (
            MailMessage.Parse(input, limits) is not MessageParse.Parsed(var message)
            || message.First("From"u8) is null
            || message.ObstacleAbove is not null
        )
        {
            return;
        }

        var signed = new DkimSigner().Sign(input, [Letters.Key], Letters.Now);
        Property.Holds(signed.AsSpan().EndsWith(input), "Signing leaves the message as it is");
        await CheckSignatureAsync(signed, "What we sign passes");

        var found = await new ArcVerifier(Letters.Published).VerifyAsync(Letters.Parsed(signed));
        if (
            new ArcSealer().Seal(Letters.Parsed(signed), found, "shop.example; none", Letters.Key, Letters.Now) is ArcSealing.Sealed(
                var sealedOnce
            )
        )
        {
            Property.Holds(sealedOnce.AsSpan().EndsWith(signed), "Sealing leaves the message as it is");
            await CheckSignatureAsync(sealedOnce, "What we seal still passes");
            var after = await new ArcVerifier(Letters.Published).VerifyAsync(Letters.Parsed(sealedOnce));
            Property.Same(found.Outcome is ArcOutcome.Fail ? "fail" : "pass", after.Outcome.Word, "A seal carries on what was found");
        }
    }

    private static async ValueTask CheckSignatureAsync(byte[] message, string property)
    {
        var results = await new DkimVerifier(Letters.Published).VerifyAsync(Letters.Parsed(message), Letters.Now);
        Property.Holds(
            results.Count > 0 && results[0].Outcome is DkimOutcome.Pass,
            $"{property}: {(results.Count > 0 ? results[0].Outcome : "no result")}"
        );
    }
}
