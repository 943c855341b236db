using System.Buffers;
using System.Security.Cryptography;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>
/// Gathers small pieces before they are hashed: a message of a few kilobytes is hashed in one call, a large one in blocks,
/// and neither is copied whole.
/// </summary>
internal sealed class Sha256Sink : IDisposable
{
    private const int BlockSizeBytes = 16 * 1024;
    private readonly byte[] block = ArrayPool<byte>.Shared.Rent(BlockSizeBytes);
    private readonly long hashedBytesMax;
    private IncrementalHash? earlierBlocks;
    private int used;

    /// <param name="hashedBytesMax">Bytes beyond this one are counted and not hashed: the l= tag of DKIM.</param>
    public Sha256Sink(long hashedBytesMax = long.MaxValue) => this.hashedBytesMax = hashedBytesMax;

    /// <summary>All bytes that were appended, hashed or not.</summary>
    public long AppendedBytes { get; private set; }

    public void Append(byte one) => Append([one]);

    public void Append(ReadOnlySpan<byte> piece)
    {
        var room = Math.Max(0, hashedBytesMax - AppendedBytes);
        AppendedBytes += piece.Length;
        if (piece.Length > room)
        {
            piece = piece[..(int)room];
        }

        if (piece.Length > block.Length - used)
        {
            Flush();
            if (piece.Length > block.Length)
            {
                earlierBlocks!.AppendData(piece);
                return;
            }
        }

        piece.CopyTo(block.AsSpan(used));
        used += piece.Length;
    }

    public byte[] Finish()
    {
        if (earlierBlocks is null)
        {
            return SHA256.HashData(block.AsSpan(0, used));
        }

        Flush();
        return earlierBlocks.GetHashAndReset();
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(block);
        earlierBlocks?.Dispose();
    }

    private void Flush()
    {
        earlierBlocks ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        earlierBlocks.AppendData(block, 0, used);
        used = 0;
    }
}
