using System.Security.Cryptography;
using System.Text;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;

namespace Shonin.Specs.EventLog;

public sealed class DocumentPackingSpecs
{
    [Theory]
    [InlineData(0, "None")]
    [InlineData(511, "None")]
    [InlineData(512, "Brotli")]
    [InlineData(10_000, "Brotli")]
    [InlineData(AppendLimits.DocumentSizeBytesMax, "Brotli")]
    public void A_text_is_packed_from_half_a_kibibyte_on_and_comes_back_the_same(int size, string packing)
    {
        var document = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("ご注文ありがとうございます。", size / 42 + 1)))[..size];
        var packed = DocumentPacking.Pack(document);
        Assert.Equal(packing, packed.Packing.ToString());
        Assert.True(packed.Content.Length <= document.Length);
        Assert.Equal(document, DocumentPacking.Unpack(packed.Packing, packed.Content.ToArray()));
    }

    [Fact]
    public void What_cannot_be_made_smaller_stays_as_it_is()
    {
        var document = RandomNumberGenerator.GetBytes(4_000);
        var packed = DocumentPacking.Pack(document);
        Assert.Equal((Packing.None, 4_000), (packed.Packing, packed.Content.Length));
    }

    [Fact]
    public void What_nobody_packed_is_refused_and_no_size_is_believed()
    {
        var good = DocumentPacking.Pack(new byte[1_000]).Content.ToArray();
        Assert.Throws<InvalidDataException>(() => DocumentPacking.Unpack(Packing.Brotli, good[..^1]));
        Assert.Throws<InvalidDataException>(() => DocumentPacking.Unpack(Packing.Brotli, [1]));
        Assert.Throws<InvalidDataException>(() => DocumentPacking.Unpack((Packing)2, good));
        Assert.Throws<InvalidDataException>(() => DocumentPacking.Unpack(Packing.Brotli, [0, 0, 3, 0xE7, .. good[4..]]));
        Assert.Throws<InvalidDataException>(() => DocumentPacking.Unpack(Packing.Brotli, [0xFF, 0xFF, 0xFF, 0xFF, .. good[4..]]));
    }
}
