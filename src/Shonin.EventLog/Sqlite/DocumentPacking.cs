using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Shonin.EventLog.Sqlite;

/// <summary>What stands in a document's sealed content; stored beside it.</summary>
internal enum Packing
{
    /// <summary>The document as it is.</summary>
    None = 0,

    /// <summary>Its size in bytes (unsigned 32 bit, big-endian), then the document compressed by Brotli (RFC 7932).</summary>
    Brotli = 1,
}

/// <summary>Packs documents before they are sealed: afterwards nothing makes them smaller.</summary>
internal static class DocumentPacking
{
    /// <summary>The fastest. A notice of 10 KB becomes a fifth; the next levels take twice the time and bring little.</summary>
    private const int Quality = 1;
    private const int WindowBits = 18; // RFC 7932 section 9.1; 256 KiB

    /// <summary>Smaller ones fit a page anyway.</summary>
    private const int SizeBytesMin = 512;

    internal static (Packing Packing, ReadOnlyMemory<byte> Content) Pack(ReadOnlyMemory<byte> document)
    {
        if (document.Length < SizeBytesMin)
            return (Packing.None, document);
        var room = ArrayPool<byte>.Shared.Rent(document.Length);
        try
        {
            BinaryPrimitives.WriteUInt32BigEndian(room, (uint)document.Length);
            var packed = room.AsSpan(sizeof(uint), document.Length - sizeof(uint));
            return BrotliEncoder.TryCompress(document.Span, packed, out var size, Quality, WindowBits)
                ? (Packing.Brotli, room.AsSpan(0, sizeof(uint) + size).ToArray())
                : (Packing.None, document);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room, clearArray: true); // it held what nobody may find in a dump
        }
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Pack"/> made.</exception>
    internal static byte[] Unpack(Packing packing, byte[] content)
    {
        if (packing == Packing.None)
            return content;
        if (
            packing != Packing.Brotli
            || content.Length < sizeof(uint)
            || BinaryPrimitives.ReadUInt32BigEndian(content) is > AppendLimits.DocumentSizeBytesMax
        )
        {
            throw new InvalidDataException($"No document is packed as {packing}, or none is so large.");
        }

        var document = new byte[BinaryPrimitives.ReadUInt32BigEndian(content)];
        return BrotliDecoder.TryDecompress(content.AsSpan(sizeof(uint)), document, out var size) && size == document.Length
            ? document
            : throw new InvalidDataException("A packed document is damaged.");
    }
}
