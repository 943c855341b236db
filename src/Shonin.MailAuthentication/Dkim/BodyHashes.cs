namespace Shonin.MailAuthentication.Dkim;

/// <summary>The body's digests, each made once a message however many signatures ask for it.</summary>
internal sealed class BodyHashes(ReadOnlyMemory<byte> body)
{
    private readonly Dictionary<(Canonicalization Form, long? Length), BodyDigest> made = [];

    public BodyDigest Of(Canonicalization form, long? length)
    {
        if (!made.TryGetValue((form, length), out var digest))
        {
            using var sink = new Sha256Sink(length ?? long.MaxValue);
            Canonical.WriteBody(body.Span, form, sink);
            digest = new BodyDigest(sink.Finish(), sink.AppendedBytes);
            made.Add((form, length), digest);
        }

        return digest;
    }
}

/// <param name="Digest">SHA-256 over the signed part.</param>
/// <param name="TotalBytes">All bytes of the canonical body, signed or not.</param>
internal sealed record BodyDigest(byte[] Digest, long TotalBytes);
