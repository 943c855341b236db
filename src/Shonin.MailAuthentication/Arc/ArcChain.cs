using System.Globalization;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;
using UnreachableException = System.Diagnostics.UnreachableException;

namespace Shonin.MailAuthentication.Arc;

/// <summary>The ARC sets of a message, complete and in order, before any signature is verified (RFC 8617 section 4).</summary>
internal sealed record ArcChain(IReadOnlyList<ArcChain.Set> Sets)
{
    public const int InstanceMax = 50; // RFC 8617 section 4.2.1

    /// <summary>Finds the sets. One field too many, too few or malformed spoils the chain (RFC 8617 section 5.2, step 2).</summary>
    public static ArcChainParse Parse(MailMessage message)
    {
        var results = new SortedDictionary<int, ArcResults>();
        var signatures = new SortedDictionary<int, MessageSignature>();
        var seals = new SortedDictionary<int, Seal>();
        foreach (var field in message.Fields)
        {
            var problem =
                field.Is("ARC-Authentication-Results"u8) ? Add(results, ReadResults(field), "ARC-Authentication-Results")
                : field.Is("ARC-Message-Signature"u8) ? Add(signatures, ReadSignature(field), "ARC-Message-Signature")
                : field.Is("ARC-Seal"u8) ? Add(seals, ReadSeal(field), "ARC-Seal")
                : null;
            if (problem is not null)
            {
                return new ArcChainParse.Malformed(problem);
            }
        }

        var count = Math.Max(results.Count, Math.Max(signatures.Count, seals.Count));
        if (count == 0)
        {
            return new ArcChainParse.NoChain();
        }

        var sets = new List<Set>();
        for (var instance = 1; instance <= count; instance++)
        {
            if (
                !results.TryGetValue(instance, out var result)
                || !signatures.TryGetValue(instance, out var signature)
                || !seals.TryGetValue(instance, out var seal)
            )
            {
                return new ArcChainParse.Malformed($"Set {instance} of {count} lacks one of its three fields (RFC 8617 section 5.2).");
            }

            sets.Add(new Set(instance, result, signature, seal));
        }

        return new ArcChainParse.Parsed(new ArcChain(sets));
    }

    private static string? Add<T>(SortedDictionary<int, T> known, ArcFieldReading<T> reading, string name) =>
        reading switch
        {
            ArcFieldReading<T>.Malformed(var why) => $"{name}: {why}",
            ArcFieldReading<T>.Read(var instance, var value) when !known.TryAdd(instance, value) =>
                $"{name}: instance {instance} stands there twice.",
            ArcFieldReading<T>.Read => null,
            _ => throw new UnreachableException(),
        };

    private static ArcFieldReading<MessageSignature> ReadSignature(HeaderField field) =>
        TagList.Parse(field.Value.Span) switch
        {
            TagListParse.Malformed(var why) => new ArcFieldReading<MessageSignature>.Malformed(why),
            TagListParse.Parsed(var tags) => ReadSignature(field, tags),
            _ => throw new UnreachableException(),
        };

    private static ArcFieldReading<MessageSignature> ReadSignature(HeaderField field, TagList tags)
    {
        if (InstanceOf(tags["i"]) is not { } instance)
        {
            return new ArcFieldReading<MessageSignature>.Malformed($"i= must be 1 to {InstanceMax}.");
        }

        var reading = new SignatureTags(tags);
        var algorithm = reading.Algorithm();
        var (header, body) = reading.Canonicalizations("relaxed/relaxed");
        var signature = new MessageSignature(field, tags.Find("b"), algorithm, reading.Domain(), reading.Selector(), reading.Base64("b"))
        {
            Header = header,
            Body = body,
            BodyHash = reading.BodyHash(),
            BodyLength = reading.BodyLength(),
            SignedFields = reading.SignedFields(),
        };
        reading.Time("t");
        return Settle(instance, signature, reading, algorithm) switch
        {
            ArcFieldReading<MessageSignature>.Read when signature.SignedFields.Contains("arc-seal", StringComparer.OrdinalIgnoreCase) =>
                new ArcFieldReading<MessageSignature>.Malformed("h= must not name ARC-Seal (RFC 8617 section 4.1.2)."),
            var settled => settled,
        };
    }

    private static ArcFieldReading<Seal> ReadSeal(HeaderField field) =>
        TagList.Parse(field.Value.Span) switch
        {
            TagListParse.Malformed(var why) => new ArcFieldReading<Seal>.Malformed(why),
            TagListParse.Parsed(var tags) => ReadSeal(field, tags),
            _ => throw new UnreachableException(),
        };

    private static ArcFieldReading<Seal> ReadSeal(HeaderField field, TagList tags)
    {
        if (InstanceOf(tags["i"]) is not { } instance)
        {
            return new ArcFieldReading<Seal>.Malformed($"i= must be 1 to {InstanceMax}.");
        }

        if (tags["h"] is not null)
        {
            return new ArcFieldReading<Seal>.Malformed("h= is not allowed in a seal (RFC 8617 section 4.1.3).");
        }

        if (tags["cv"] is not ("none" or "pass" or "fail"))
        {
            return new ArcFieldReading<Seal>.Malformed($"cv= must be none, pass or fail, it is {DkimSignature.Shown(tags["cv"])}.");
        }

        var reading = new SignatureTags(tags);
        var algorithm = reading.Algorithm();
        var seal = new Seal(field, tags.Find("b"), algorithm, reading.Domain(), reading.Selector(), reading.Base64("b"))
        {
            ChainWord = tags["cv"]!,
            SealedAt = reading.Time("t"),
        };
        return Settle(instance, seal, reading, algorithm);
    }

    private static ArcFieldReading<T> Settle<T>(int instance, T value, SignatureTags reading, DkimAlgorithm algorithm)
    {
        if (reading.Problem is { } problem)
        {
            return new ArcFieldReading<T>.Malformed(problem.Why);
        }

        return algorithm == DkimAlgorithm.RsaSha1
            ? new ArcFieldReading<T>.Malformed("rsa-sha1 is not accepted (RFC 8301 section 3.1).")
            : new ArcFieldReading<T>.Read(instance, value);
    }

    /// <summary>"i=1;", then what an Authentication-Results field would hold (RFC 8617 section 4.1.1).</summary>
    private static ArcFieldReading<ArcResults> ReadResults(HeaderField field)
    {
        var text = field.ValueText();
        var semicolon = text.IndexOf(';', StringComparison.Ordinal);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return
            semicolon > equals
            && equals > 0
            && text[..equals].Trim() == "i"
            && InstanceOf(text[(equals + 1)..semicolon].Trim()) is { } instance
            ? new ArcFieldReading<ArcResults>.Read(instance, new ArcResults(field, text[(semicolon + 1)..].Trim()))
            : new ArcFieldReading<ArcResults>.Malformed($"it must begin with i= and a number of 1 to {InstanceMax}, then a semicolon.");
    }

    private static int? InstanceOf(string? digits) =>
        digits is { Length: 1 or 2 }
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var instance)
        && instance is >= 1 and <= InstanceMax
            ? instance
            : null;

    internal sealed record Set(int Instance, ArcResults Results, MessageSignature Signature, Seal Seal);

    internal sealed record ArcResults(HeaderField Field, string Text);

    /// <summary>What both signed fields of a set carry.</summary>
    internal abstract record Signed(
        HeaderField Field,
        TagList.Tag? SignatureTag,
        DkimAlgorithm Algorithm,
        string Domain,
        string Selector,
        byte[] SignatureBytes
    )
    {
        public string KeyName => $"{Selector}._domainkey.{Domain}";
    }

    internal sealed record MessageSignature(
        HeaderField Field,
        TagList.Tag? SignatureTag,
        DkimAlgorithm Algorithm,
        string Domain,
        string Selector,
        byte[] SignatureBytes
    ) : Signed(Field, SignatureTag, Algorithm, Domain, Selector, SignatureBytes)
    {
        public required Canonicalization Header { get; init; }

        public required Canonicalization Body { get; init; }

        public required byte[] BodyHash { get; init; }

        public required long? BodyLength { get; init; }

        public required IReadOnlyList<string> SignedFields { get; init; }
    }

    internal sealed record Seal(
        HeaderField Field,
        TagList.Tag? SignatureTag,
        DkimAlgorithm Algorithm,
        string Domain,
        string Selector,
        byte[] SignatureBytes
    ) : Signed(Field, SignatureTag, Algorithm, Domain, Selector, SignatureBytes)
    {
        /// <summary>cv=: what the sealer found of the sets below.</summary>
        public required string ChainWord { get; init; }

        public required DateTimeOffset? SealedAt { get; init; }
    }

    private abstract record ArcFieldReading<T>
    {
        private ArcFieldReading() { }

        public sealed record Read(int Instance, T Value) : ArcFieldReading<T>;

        public sealed record Malformed(string Why) : ArcFieldReading<T>;
    }
}

internal abstract record ArcChainParse
{
    private ArcChainParse() { }

    public sealed record NoChain : ArcChainParse;

    public sealed record Parsed(ArcChain Chain) : ArcChainParse;

    public sealed record Malformed(string Why) : ArcChainParse;
}
