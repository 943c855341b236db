using System.Security.Cryptography;
using Shonin.EventLog.Secrets;

namespace Shonin.Specs.EventLog;

public sealed class EnvelopeSpecs
{
    private static readonly byte[] key = [.. Enumerable.Range(0, Envelope.KeySizeBytes).Select(value => (byte)value)];

    // Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation" (2005), appendix B: AES-256 with associated data.
    [Fact]
    public void The_published_vector_of_GCM_is_sealed_and_opened_byte_for_byte()
    {
        var published = Convert.FromHexString("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        var nonce = Convert.FromHexString("cafebabefacedbaddecaf888");
        var content = Convert.FromHexString(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        );
        var place = Convert.FromHexString("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        var envelope = Envelope.Seal(published, nonce, content, place);
        Assert.Equal(
            "cafebabefacedbaddecaf888"
                + "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b",
            Convert.ToHexStringLower(envelope)
        );
        Assert.Equal(content, Envelope.Open(published, envelope, place));
    }

    [Fact]
    public void It_opens_only_under_its_key_in_its_place_and_unaltered()
    {
        var envelope = Envelope.Seal(key, "approved"u8, place: "here"u8);
        Assert.Equal("approved"u8.ToArray(), Envelope.Open(key, envelope, place: "here"u8));
        Refused(() => Envelope.Open(key, envelope, place: "there"u8));
        Refused(() => Envelope.Open(new byte[Envelope.KeySizeBytes], envelope, place: "here"u8));
        for (var size = 0; size < envelope.Length; size++)
            Refused(() => Envelope.Open(key, envelope.AsSpan(0, size), place: "here"u8));
        for (var index = 0; index < envelope.Length; index++)
        {
            envelope[index] ^= 1;
            Refused(() => Envelope.Open(key, envelope, place: "here"u8));
            envelope[index] ^= 1;
        }
    }

    [Fact]
    public void The_same_content_never_gives_the_same_envelope() =>
        Assert.NotEqual(Envelope.Seal(key, "approved"u8, place: "here"u8), Envelope.Seal(key, "approved"u8, place: "here"u8));

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    public void Content_of_another_size_than_expected_is_refused_and_leaves_nothing_behind(int sizeBytes)
    {
        var content = Enumerable.Repeat((byte)0xff, sizeBytes).ToArray();
        Refused(() => Envelope.Open(key, Envelope.Seal(key, "approved"u8, place: "here"u8), place: "here"u8, content));
        Assert.DoesNotContain(content, value => value != 0);
    }

    private static void Refused(Action open) => Assert.ThrowsAny<CryptographicException>(open);
}
