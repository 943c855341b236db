using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using UnreachableException = System.Diagnostics.UnreachableException;

namespace Shonin.MailAuthentication.Arc;

/// <summary>
/// Validates the chain of seals on a message (RFC 8617 section 5.2). Safe for any number of threads; keeps imported keys.
/// </summary>
public sealed class ArcVerifier
{
    private const int RsaBitsMin = 1024; // RFC 8301 section 3.2
    private const int RsaBitsMax = 8192; // Above this a stranger's key only costs time.

    private const int MessageSignatureCountMax = 10; // The last one must hold; the older ones only tell how far back nothing was changed.

    private readonly DkimKeyLookup keys;

    /// <param name="lookup">Asked for keys.</param>
    public ArcVerifier(DnsLookup lookup)
        : this(lookup, new DkimKeyCache()) { }

    internal ArcVerifier(DnsLookup lookup, DkimKeyCache cache)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        keys = new DkimKeyLookup(lookup, cache);
    }

    /// <summary>Validates the chain (RFC 8617 section 5.2).</summary>
    public async ValueTask<ArcResult> VerifyAsync(MailMessage message, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return ArcChain.Parse(message) switch
        {
            ArcChainParse.NoChain => new ArcResult(new ArcOutcome.None(), []),
            ArcChainParse.Malformed(var why) => new ArcResult(new ArcOutcome.Fail(ArcReason.Structure, why), []),
            ArcChainParse.Parsed(var chain) => await VerifyAsync(message, chain, cancellation),
            _ => throw new UnreachableException(),
        };
    }

    private async ValueTask<ArcResult> VerifyAsync(MailMessage message, ArcChain chain, CancellationToken cancellation)
    {
        var sets = chain
            .Sets.Select(set => new ArcSet(
                set.Instance,
                set.Seal.Domain,
                set.Seal.Selector,
                set.Seal.ChainWord,
                set.Seal.SealedAt,
                set.Results.Text
            ))
            .ToList();
        if (BrokenLink(chain) is { } broken)
        {
            return new ArcResult(broken, sets);
        }

        var bodies = new BodyHashes(message.Body);
        var oldestPass = 0;
        foreach (var set in chain.Sets.Reverse().Take(MessageSignatureCountMax))
        {
            var trouble = await TroubleWithSignatureAsync(message, set.Signature, bodies, cancellation);
            if (trouble is null)
            {
                oldestPass = set.Instance;
                continue;
            }

            if (set.Instance == chain.Sets.Count)
            {
                return new ArcResult(trouble, sets);
            }

            // Older signatures need not hold, for lists change messages; they tell how far back nothing was changed.
            break;
        }

        foreach (var set in chain.Sets.Reverse())
        {
            if (await TroubleWithSealAsync(chain, set, cancellation) is { } trouble)
            {
                return new ArcResult(trouble, sets) { OldestPass = oldestPass };
            }
        }

        return new ArcResult(new ArcOutcome.Pass(), sets) { OldestPass = oldestPass };
    }

    /// <summary>
    /// The first sealer found no chain, every later one an intact one; anything else ends it (RFC 8617 section 5.2, steps 2 and 3).
    /// </summary>
    private static ArcOutcome.Fail? BrokenLink(ArcChain chain)
    {
        foreach (var set in chain.Sets)
        {
            var expected = set.Instance == 1 ? "none" : "pass";
            if (set.Seal.ChainWord != expected)
            {
                return new ArcOutcome.Fail(
                    ArcReason.ChainRecordedBroken,
                    $"Seal {set.Instance} says cv={set.Seal.ChainWord}, where only {expected} leads on."
                );
            }
        }

        return null;
    }

    private async ValueTask<ArcOutcome?> TroubleWithSignatureAsync(
        MailMessage message,
        ArcChain.MessageSignature signature,
        BodyHashes bodies,
        CancellationToken cancellation
    )
    {
        var body = bodies.Of(signature.Body, signature.BodyLength);
        if (!body.Digest.AsSpan().SequenceEqual(signature.BodyHash) || signature.BodyLength > body.TotalBytes)
        {
            return new ArcOutcome.Fail(ArcReason.MessageSignatureDiffers, $"The body is not the one that {signature.Domain} signed.");
        }

        var digest = SignedHeader.Digest(message, signature.SignedFields, signature.Field, signature.SignatureTag!, signature.Header);
        return await TroubleAsync(signature, digest, ArcReason.MessageSignatureDiffers, cancellation);
    }

    /// <summary>
    /// A seal signs all sets up to its own, results, signature and seal in turn, relaxed, its own b= left out (RFC 8617 section 5.1.1).
    /// </summary>
    private async ValueTask<ArcOutcome?> TroubleWithSealAsync(ArcChain chain, ArcChain.Set sealedSet, CancellationToken cancellation)
    {
        using var sink = new Sha256Sink();
        foreach (var set in chain.Sets.Take(sealedSet.Instance))
        {
            Canonical.WriteField(set.Results.Field, Canonicalization.Relaxed, sink);
            Canonical.WriteField(set.Signature.Field, Canonicalization.Relaxed, sink);
            if (set.Instance < sealedSet.Instance)
            {
                Canonical.WriteField(set.Seal.Field, Canonicalization.Relaxed, sink);
            }
        }

        Canonical.WriteSignatureField(sealedSet.Seal.Field, sealedSet.Seal.SignatureTag!, Canonicalization.Relaxed, sink);
        return await TroubleAsync(sealedSet.Seal, sink.Finish(), ArcReason.SealDiffers, cancellation);
    }

    private async ValueTask<ArcOutcome?> TroubleAsync(
        ArcChain.Signed signed,
        byte[] digest,
        ArcReason differs,
        CancellationToken cancellation
    ) =>
        await keys.FindAsync(signed.KeyName, cancellation) switch
        {
            KeyAnswer.NoAnswer(var why) => new ArcOutcome.TempError(why),
            KeyAnswer.Missing(var why) => new ArcOutcome.Fail(ArcReason.KeyNotUsable, why),
            KeyAnswer.Found(var found) => Trouble(signed, digest, differs, found),
            _ => throw new UnreachableException(),
        };

    private static ArcOutcome.Fail? Trouble(
        ArcChain.Signed signed,
        byte[] digest,
        ArcReason differs,
        IReadOnlyList<DkimPublicKeyParse> found
    )
    {
        var usable = found.OfType<DkimPublicKeyParse.Parsed>().Select(parse => parse.Key).Where(key => IsFor(key, signed)).ToList();
        if (usable.Exists(key => key.Key.Verifies(digest, signed.SignatureBytes)))
        {
            return null;
        }

        return usable.Count > 0
            ? new ArcOutcome.Fail(differs, $"The signature of {signed.Domain} does not fit.")
            : new ArcOutcome.Fail(
                ArcReason.KeyNotUsable,
                found[0] is DkimPublicKeyParse.Unusable(_, var why)
                    ? why
                    : $"The key {signed.KeyName} is not for this signature, or not of {RsaBitsMin} to {RsaBitsMax} bits."
            );
    }

    private static bool IsFor(DkimPublicKey key, ArcChain.Signed signed) =>
        key.Key.Algorithm == signed.Algorithm
        && key.AllowsSha256
        && key.IsForMail
        && (key.Key.Algorithm != DkimAlgorithm.RsaSha256 || key.Key.SizeBits is >= RsaBitsMin and <= RsaBitsMax);
}
