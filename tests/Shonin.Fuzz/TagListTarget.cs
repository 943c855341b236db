using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;

namespace Shonin.Fuzz;

/// <summary>Tag lists, and what is read from them: the DKIM-Signature field and the key record.</summary>
internal static class TagListTarget
{
    public static FuzzTarget Target { get; } = new("tag-list", Seeds, CheckAsync);

    private static readonly byte[] anyDigest = SHA256.HashData("x"u8);
    private static readonly byte[] anySignature = [.. Enumerable.Range(0, 256).Select(index => (byte)((index * 7) + 17))];

    private static IEnumerable<byte[]> Seeds()
    {
        foreach (var message in Letters.Seeds().Concat(SharedVectors.Files("dkim", "*.msg")).Select(Letters.Parsed))
        {
            foreach (
                var field in message.Fields.Where(field =>
                    field.Is("DKIM-Signature"u8) || field.Is("ARC-Seal"u8) || field.Is("ARC-Message-Signature"u8)
                )
            )
            {
                yield return field.Value.ToArray();
            }
        }

        foreach (
            var record in new[]
            {
                Letters.Key.DnsRecord,
                "v=DKIM1; k=rsa; t=y:s; h=sha256:sha1; s=email; p=MEgCQQC7VJ TUt9Us8cKj/mDIf2W9\r\n x",
                "p=",
                "k=new; p=AAAA; n=a note",
                "v=1; a=rsa-sha256; c=relaxed; d=shop.example; s=a.b; i=x@mail.shop.example; t=1; x=999999999999; l=0; q=dns/txt:other; z=From:a|To:b; h=from : to::; bh="
                    + Convert.ToBase64String(anyDigest)
                    + "; b=AAAA\r\n AAAA ;",
            }
        )
        {
            yield return Encoding.Latin1.GetBytes(record);
        }

        foreach (var record in SharedVectors.Files("dkim", "*.dns"))
        {
            yield return record;
        }
    }

    private static ValueTask CheckAsync(byte[] input)
    {
        if (TagList.Parse(input) is TagListParse.Parsed(var tags))
        {
            CheckTags(Encoding.Latin1.GetString(input), tags);
        }

        if (DkimPublicKey.Parse(Encoding.Latin1.GetString(input)) is DkimPublicKeyParse.Parsed(var key))
        {
            Property.Holds(key.Key.Algorithm is null || key.Key.SizeBits > 0, "A known key has a size");
            if (key.Key.SizeBits <= DkimVerifyOptions.Default.RsaBitsMax)
            {
                Property.Holds(
                    !key.Key.Verifies(anyDigest, anySignature[..Math.Max(64, Math.Min(256, key.Key.SizeBits / 8))]),
                    "No key verifies a signature that nobody made"
                );
            }
        }

        var field = HeaderField.Split((byte[])[.. "DKIM-Signature:"u8, .. input]);
        if (DkimSignature.Parse(field) is DkimSignatureParse.Parsed(var signature))
        {
            CheckSignature(field, signature);
        }

        return ValueTask.CompletedTask;
    }

    private static void CheckTags(string text, TagList tags)
    {
        var position = 0;
        foreach (var tag in tags.Tags)
        {
            Property.Holds(
                position <= tag.ValueStart && tag.ValueStart <= tag.ValueEnd && tag.ValueEnd <= text.Length,
                "Tags lie in the text in order"
            );
            Property.Same(tag.Value, text[tag.ValueStart..tag.ValueEnd].Trim(' ', '\t', '\r', '\n'), "A value is a slice of the text");
            Property.Same(tag, tags.Find(tag.Name), "Each tag stands there once");
            position = tag.ValueEnd;
        }

        var written = string.Join(';', tags.Tags.Select(tag => $"{tag.Name}={tag.Value}"));
        var again = TagList.Parse(written) is TagListParse.Parsed(var parsed)
            ? parsed
            : throw new BrokenPropertyException($"A list written again is refused: {written}");
        Property.Holds(
            tags.Tags.Select(tag => (tag.Name, tag.Value)).SequenceEqual(again.Tags.Select(tag => (tag.Name, tag.Value))),
            "A list written again is the same"
        );
    }

    private static void CheckSignature(HeaderField field, DkimSignature signature)
    {
        Property.Holds(signature.SignedFields.Contains("from", StringComparer.OrdinalIgnoreCase), "From is signed");
        Property.Holds(signature.BodyHash.Length == 32 || signature.Algorithm == DkimAlgorithm.RsaSha1, "bh= holds a SHA-256");
        Property.Holds(signature.SignatureBytes.Length > 0, "b= holds something");
        Property.Holds(
            signature.KeyName.Length <= 2 * 253 + "._domainkey.".Length && !signature.KeyName.StartsWith('.'),
            "The key's name is one"
        );
        Property.Holds(
            signature.ExpiresAt is null || signature.SignedAt is null || signature.ExpiresAt > signature.SignedAt,
            "It expires after it is signed"
        );
        var identityDomain = signature.Identity[(signature.Identity.LastIndexOf('@') + 1)..];
        Property.Holds(("." + identityDomain).EndsWith("." + signature.Domain, StringComparison.OrdinalIgnoreCase), "i= lies in d=");
        var value = Encoding.Latin1.GetString(field.Value.Span);
        var cut = string.Concat(value[signature.SignatureTag.ValueStart..signature.SignatureTag.ValueEnd].Split(' ', '\t', '\r', '\n'));
        Property.Holds(
            Convert.FromBase64String(cut).AsSpan().SequenceEqual(signature.SignatureBytes),
            "What is cut out of the field is b= alone"
        );

        var written = HeaderField.Split(Encoding.Latin1.GetBytes("DKIM-Signature: " + Written(signature)));
        var again = DkimSignature.Parse(written) is DkimSignatureParse.Parsed(var parsed)
            ? parsed
            : throw new BrokenPropertyException($"A signature written again is refused: {Written(signature)}");
        Property.Same(Written(signature), Written(again), "A signature written again is the same");
    }

    private static string Written(DkimSignature signature)
    {
        var algorithm = signature.Algorithm switch
        {
            DkimAlgorithm.RsaSha1 => "rsa-sha1",
            DkimAlgorithm.RsaSha256 => "rsa-sha256",
            DkimAlgorithm.Ed25519Sha256 => "ed25519-sha256",
        };
        var text = new StringBuilder()
            .Append(
                CultureInfo.InvariantCulture,
                $"v=1; a={algorithm}; d={signature.Domain}; s={signature.Selector}; i={signature.Identity}; "
            )
            .Append(
                CultureInfo.InvariantCulture,
                $"c={signature.Header.ToString().ToLowerInvariant()}/{signature.Body.ToString().ToLowerInvariant()}; "
            )
            .Append(
                CultureInfo.InvariantCulture,
                $"h={string.Join(':', signature.SignedFields)}; bh={Convert.ToBase64String(signature.BodyHash)}; "
            );
        if (signature.BodyLength is { } length)
        {
            text.Append(CultureInfo.InvariantCulture, $"l={length}; ");
        }

        if (signature.SignedAt is { } signedAt)
        {
            text.Append(CultureInfo.InvariantCulture, $"t={signedAt.ToUnixTimeSeconds()}; ");
        }

        if (signature.ExpiresAt is { } expiresAt)
        {
            text.Append(CultureInfo.InvariantCulture, $"x={expiresAt.ToUnixTimeSeconds()}; ");
        }

        return text.Append(CultureInfo.InvariantCulture, $"b={Convert.ToBase64String(signature.SignatureBytes)}").ToString();
    }
}
