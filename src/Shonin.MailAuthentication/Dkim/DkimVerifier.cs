using System.Diagnostics;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>Bounds and choices of a verification.</summary>
public sealed record DkimVerifyOptions
{
    /// <summary>The values that the members below name.</summary>
    public static DkimVerifyOptions Default { get; } = new();

    /// <summary>
    /// Signatures that are verified; those below get <see cref="DkimReason.TooManySignatures"/>. Lists and gateways add a handful.
    /// </summary>
    public int SignatureCountMax { get; init; } = 10;

    /// <summary>RFC 8301 section 3.2: shorter RSA keys must not count.</summary>
    public int RsaBitsMin { get; init; } = 1024;

    /// <summary>RFC 8301 section 3.2 asks for up to 4096; beyond this a stranger's key only costs time.</summary>
    public int RsaBitsMax { get; init; } = 8192;

    /// <summary>Keys that are known apart from DNS; none, unless said.</summary>
    public KeptKeys? KeptKeys { get; init; }
}

/// <summary>
/// Verifies DKIM signatures (RFC 6376 section 6, RFC 8301, RFC 8463) on the raw message. Keep one verifier for many messages:
/// it keeps imported keys. Safe for any number of threads.
/// </summary>
public sealed class DkimVerifier
{
    private readonly DkimKeyLookup keys;
    private readonly DkimVerifyOptions options;

    /// <param name="lookup">Asked for keys.</param><param name="options">Bounds and choices; the default ones where absent.</param>
    public DkimVerifier(DnsLookup lookup, DkimVerifyOptions? options = null)
        : this(lookup, options ?? DkimVerifyOptions.Default, new DkimKeyCache()) { }

    internal DkimVerifier(DnsLookup lookup, DkimVerifyOptions options, DkimKeyCache cache)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        keys = new DkimKeyLookup(lookup, cache);
        this.options = options;
    }

    /// <summary>One result a DKIM-Signature field, from the top down; empty where the message has none.</summary>
    /// <param name="receivedAt">When the message was received; x= is held against this, so that an old mail does not fail because it is
    ///   old.</param>
    public async ValueTask<IReadOnlyList<DkimResult>> VerifyAsync(
        MailMessage message,
        DateTimeOffset receivedAt,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(message);
        var results = new List<DkimResult>();
        var bodies = new BodyHashes(message.Body);
        foreach (var field in message.Fields)
        {
            if (field.Is("DKIM-Signature"u8))
            {
                results.Add(
                    results.Count < options.SignatureCountMax
                        ? await VerifyAsync(message, field, results.Count, bodies, receivedAt, cancellation)
                        : new DkimResult(
                            results.Count,
                            new DkimOutcome.Policy(
                                DkimReason.TooManySignatures,
                                $"Only the first {options.SignatureCountMax} signatures are verified."
                            )
                        )
                );
            }
        }

        return results;
    }

    private async ValueTask<DkimResult> VerifyAsync(
        MailMessage message,
        HeaderField field,
        int index,
        BodyHashes bodies,
        DateTimeOffset receivedAt,
        CancellationToken cancellation
    )
    {
        var parse = DkimSignature.Parse(field);
        if (parse is DkimSignatureParse.Malformed(var reason, var why))
        {
            return new DkimResult(index, new DkimOutcome.PermError(reason, why));
        }

        var signature = ((DkimSignatureParse.Parsed)parse).Signature;
        if (signature.Algorithm == DkimAlgorithm.RsaSha1)
        {
            return new DkimResult(
                index,
                new DkimOutcome.Policy(DkimReason.AlgorithmNotAccepted, "rsa-sha1 proves nothing any more (RFC 8301 section 3.1).")
            )
            {
                Signature = signature,
            };
        }

        var body = bodies.Of(signature.Body, signature.BodyLength);
        var result = new DkimResult(index, new DkimOutcome.Pass())
        {
            Signature = signature,
            BodyHash = body.Digest.AsSpan().SequenceEqual(signature.BodyHash) ? HashCheck.Matches : HashCheck.Differs,
            Coverage = new BodyCoverage(Math.Min(signature.BodyLength ?? body.TotalBytes, body.TotalBytes), body.TotalBytes),
        };
        var verified = await VerifyByKeyAsync(message, field, result, cancellation);
        return signature.ExpiresAt < receivedAt
            ? verified with
            {
                Outcome = new DkimOutcome.Fail(
                    DkimReason.Expired,
                    $"The signature held until {signature.ExpiresAt:u}; the message came {receivedAt:u}."
                ),
                IsOnlyExpired = verified.Outcome is DkimOutcome.Pass,
            }
            : verified;
    }

    private async ValueTask<DkimResult> VerifyByKeyAsync(
        MailMessage message,
        HeaderField field,
        DkimResult result,
        CancellationToken cancellation
    )
    {
        var signature = result.Signature!;
        var kept = options.KeptKeys?.Invoke(signature);
        if (kept is KeptKey.Revoked(var whyRevoked))
        {
            return result with { Outcome = new DkimOutcome.PermError(DkimReason.KeyRevoked, whyRevoked) };
        }

        return (await keys.FindAsync(signature.KeyName, cancellation), kept) switch
        {
            (KeyAnswer.Found(var found), _) => VerifyWithAny(found, message, field, result with { KeySource = DkimKeySource.Dns }),
            (_, KeptKey.Kept(var record)) => VerifyWithAny(
                [keys.Import(record)],
                message,
                field,
                result with
                {
                    KeySource = DkimKeySource.Archive,
                }
            ),
            (KeyAnswer.NoAnswer(var whyNot), _) => result with { Outcome = new DkimOutcome.TempError(DkimReason.KeyLookupFailed, whyNot) },
            (KeyAnswer.Missing(var whyNot), _) => result with { Outcome = new DkimOutcome.PermError(DkimReason.KeyMissing, whyNot) },
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>The first key that verifies decides; otherwise the first record's trouble is told.</summary>
    private DkimResult VerifyWithAny(IReadOnlyList<DkimPublicKeyParse> found, MailMessage message, HeaderField field, DkimResult result)
    {
        DkimResult? first = null;
        foreach (var parse in found)
        {
            var attempt = parse switch
            {
                DkimPublicKeyParse.Unusable(var reason, var why) => result with { Outcome = new DkimOutcome.PermError(reason, why) },
                DkimPublicKeyParse.Parsed(var key) => VerifyWith(key, message, field, result),
                _ => throw new UnreachableException(),
            };
            if (attempt.HeaderSignature == HashCheck.Matches)
            {
                return attempt;
            }

            first ??= attempt;
        }

        return first!;
    }

    private DkimResult VerifyWith(DkimPublicKey key, MailMessage message, HeaderField field, DkimResult result)
    {
        var signature = result.Signature!;
        result = result with { KeyBits = key.Key.SizeBits };
        if (WhyNotForThis(key, signature) is { } refusal)
        {
            return result with { Outcome = refusal };
        }

        var digest = SignedHeader.Digest(message, signature.SignedFields, field, signature.SignatureTag, signature.Header);
        result = result with
        {
            HeaderSignature = key.Key.Verifies(digest, signature.SignatureBytes) ? HashCheck.Matches : HashCheck.Differs,
        };
        var outcome = OutcomeOf(result);
        return !key.IsInTestMode
            ? result with
            {
                Outcome = outcome,
            }
            : result with
            {
                Outcome = new DkimOutcome.Neutral(
                    DkimReason.KeyInTestMode,
                    $"The key is marked as a test (t=y), so the mail counts as unsigned; otherwise: {outcome.Word}."
                ),
            };
    }

    private DkimOutcome? WhyNotForThis(DkimPublicKey key, DkimSignature signature)
    {
        if (key.Key.Algorithm != signature.Algorithm)
        {
            return new DkimOutcome.PermError(DkimReason.KeyTypeDiffers, "The published key is of another type than the signature.");
        }

        if (!key.AllowsSha256)
        {
            return new DkimOutcome.PermError(DkimReason.KeyForbidsHash, "The key's h= does not allow SHA-256.");
        }

        if (!key.IsForMail)
        {
            return new DkimOutcome.PermError(DkimReason.KeyNotForMail, "The key's s= is not for mail.");
        }

        if (key.ForbidsSubdomains && !DomainName.IsEqual(signature.Identity[(signature.Identity.LastIndexOf('@') + 1)..], signature.Domain))
        {
            return new DkimOutcome.PermError(DkimReason.KeyForbidsSubdomain, $"The key's t=s does not allow i={signature.Identity}.");
        }

        return
            signature.Algorithm == DkimAlgorithm.RsaSha256
            && (key.Key.SizeBits < options.RsaBitsMin || key.Key.SizeBits > options.RsaBitsMax)
            ? new DkimOutcome.Policy(
                DkimReason.KeySizeNotAccepted,
                $"The key has {key.Key.SizeBits} bits; {options.RsaBitsMin} to {options.RsaBitsMax} are accepted (RFC 8301 section 3.2)."
            )
            : null;
    }

    private static DkimOutcome OutcomeOf(DkimResult result)
    {
        var coverage = result.Coverage!;
        if (result.Signature!.BodyLength > coverage.TotalBytes)
        {
            return new DkimOutcome.PermError(
                DkimReason.BodyShorterThanSigned,
                $"l= covers {result.Signature.BodyLength} bytes, the body has {coverage.TotalBytes} (RFC 6376 section 3.5)."
            );
        }

        if (result.BodyHash == HashCheck.Differs)
        {
            return new DkimOutcome.Fail(DkimReason.BodyHashDiffers, "The body is not the one that was signed.");
        }

        if (result.HeaderSignature == HashCheck.Differs)
        {
            return new DkimOutcome.Fail(DkimReason.SignatureDiffers, "The signature does not fit the signed fields and the published key.");
        }

        return coverage.UncoveredBytes > 0
            ? new DkimOutcome.Policy(
                DkimReason.BodyNotCovered,
                $"l= leaves the last {coverage.UncoveredBytes} bytes of the body unsigned; anyone may have added them (RFC 6376 section 8.2)."
            )
            : new DkimOutcome.Pass();
    }
}
